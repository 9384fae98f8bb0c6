"""A Jupyter Server in a process of its own, on loopback, as a person starts it."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, Self

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START_SECONDS = 90.0
STOP_SECONDS = 20.0

_OTHERS = ("jupyterlab", "jupyter_lsp", "jupyter_server_terminals", "notebook", "notebook_shim", "nbclassic")


class RunningJupyter:
    """A server process, its folders and its log.

    Args:
        house: A folder for all it has.
        options: Further command-line options.
    """

    def __init__(self, house: Path, *options: str) -> None:
        self.root = house / "root"
        self.token = secrets.token_hex(16)
        self._log = house / "log.txt"
        self._config = house / "config"
        self._options = options
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self._port}"
        self.base = f"{self.origin}/nb/user.name/"
        self.trpc = f"{self.base}dispatch/trpc"
        self.settings_path = self.root / "dispatch.settings.json"
        self.http = httpx.Client(
            base_url=self.base, headers={"Authorization": f"token {self.token}"}, timeout=60, trust_env=False
        )

    def __enter__(self) -> Self:
        self.root.mkdir(parents=True)
        self._config.mkdir()
        # What other packages add only takes time here. That ours is enabled is not said: it must be.
        extensions = dict.fromkeys(_OTHERS, False)
        config = {"ServerApp": {"jpserver_extensions": extensions}, "IdentityProvider": {"token": self.token}}
        (self._config / "jupyter_server_config.json").write_text(json.dumps(config), encoding="utf-8")
        environment = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(self._config),
            "JUPYTER_RUNTIME_DIR": str(self._config / "runtime"),
            "JUPYTER_DATA_DIR": str(self._config / "data"),
        }
        command = [
            *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--debug"),
            *(f"--port={self._port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={self.root}"),
            f"--ServerApp.base_url={self.base.removeprefix(self.origin)}",
            *self._options,
        ]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=self._config, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return self.http.get("api").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def __exit__(self, *_: object) -> None:
        self.http.close()
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def log(self) -> str:
        """Its log, at DEBUG."""
        return self._log.read_text("utf-8", errors="replace")

    def query(self, name: str, given: Any = None) -> Any:
        """The result of one query."""
        inputs = {} if given is None else {"input": json.dumps(given)}
        return self._data(self.http.get(f"dispatch/trpc/settings.{name}", params=inputs))

    def mutate(self, name: str, given: Any) -> Any:
        """The result of one mutation."""
        return self._data(self.http.post(f"dispatch/trpc/settings.{name}", json=given))

    @staticmethod
    def _data(reply: httpx.Response) -> Any:
        assert reply.status_code == httpx.codes.OK, reply.text
        return reply.json()["result"]["data"]


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningJupyter]:
    """One server for all tests of a module; its settings file stays from test to test."""
    with pytest.MonkeyPatch.context() as patch:
        house = tmp_path_factory.mktemp("jupyter")
        patch.setenv("HOME", str(house / "home"))
        patch.delenv("DISPATCH_SETTINGS_PATH", raising=False)
        patch.delenv("ANTHROPIC_API_KEY", raising=False)
        with RunningJupyter(house) as running:
            yield running


@pytest.fixture
def jupyter_class() -> type[RunningJupyter]:
    """For a test that wants a server with options of its own."""
    return RunningJupyter
