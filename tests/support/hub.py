"""A JupyterHub on loopback below a prefix, with its proxy and servers that are processes of this machine."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

_NODE = Path(__file__).parents[1] / "servers" / "node"
PROXY = _NODE / "node_modules/configurable-http-proxy/bin/configurable-http-proxy"
PREFIX = "/a/hub/"
USER = "ada"
_OTHERS = ("jupyter_lsp", "jupyter_server_terminals", "notebook", "nbclassic", "voila.server_extension")
STOP_SECONDS = 30.0
START_SECONDS = 180.0  # on a busy machine it imports for long


def missing() -> str:
    """What a JupyterHub needs and is not here, with how to install it; empty if all is."""
    if sys.platform == "win32":
        return "JupyterHub does not run on Windows"
    if importlib.util.find_spec("jupyterhub") is None:
        return 'JupyterHub is not installed: pip install -e ".[test-integrations]"'
    if shutil.which("node") is None or not PROXY.is_file():
        return "JupyterHub's proxy is not installed: npm install in tests/servers/node"
    return ""


class Hub:
    """A running JupyterHub, and the server of one user.

    Args:
        folder: An empty folder for all it has.
    """

    def __init__(self, folder: Path) -> None:
        public, hub, proxy = _free_ports(3)
        self.origin = f"http://127.0.0.1:{public}"
        self.base = f"{self.origin}{PREFIX}"
        self.url = f"{self.base}user/{USER}"  # as a `Lab` has it
        self.root = folder / "home"
        self.token = secrets.token_hex(16)
        self.password = secrets.token_hex(16)
        self._folder = folder
        self._log = folder / "log.txt"
        self._config = folder / "jupyterhub_config.py"
        self._ports = hub, proxy

    @contextmanager
    def running(self) -> Iterator[Hub]:
        """Starts it, and the user's server; ends both."""
        self._write_config()
        with self._log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", str(self._config)],
                cwd=self._folder,
                env={**os.environ, "CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(16)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._start_server(process)
            yield self
        finally:
            process.terminate()  # it ends its proxy and its servers
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            self._end_servers()

    def log(self) -> str:
        """The log of all its processes."""
        return self._log.read_text("utf-8", errors="replace")

    def _end_servers(self) -> None:
        """Ends what the Hub has left: on a busy machine it does not wait for a server and its kernels."""
        runtime = str(self._folder / "runtime")
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get("JUPYTER_RUNTIME_DIR") == runtime:
                    process.kill()

    def _write_config(self) -> None:
        hub, proxy = self._ports
        self.root.mkdir()
        config = self._folder / "jupyter" / "jupyter_server_config.json"
        config.parent.mkdir()
        off = dict.fromkeys(_OTHERS, False)
        config.write_text(json.dumps({"ServerApp": {"jpserver_extensions": off}}), encoding="utf-8")
        environment = {
            "HOME": str(self.root),
            "IPYTHONDIR": str(self._folder / "ipython"),
            "JUPYTER_CONFIG_DIR": str(config.parent),
            "JUPYTER_DATA_DIR": str(self._folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self._folder / "runtime"),
        }
        settings = {
            "JupyterHub.bind_url": f"{self.origin}{PREFIX}",
            "JupyterHub.hub_bind_url": f"http://127.0.0.1:{hub}",
            "JupyterHub.db_url": f"sqlite:///{self._folder / 'hub.sqlite'}",
            "JupyterHub.cookie_secret_file": str(self._folder / "cookie_secret"),
            "JupyterHub.authenticator_class": "dummy",
            "DummyAuthenticator.password": self.password,
            "Authenticator.allowed_users": {USER},
            "JupyterHub.services": [{"name": "tests", "api_token": self.token}],
            "JupyterHub.load_roles": [
                {
                    "name": "tests",
                    "services": ["tests"],
                    "scopes": ["admin:servers", "access:servers", "read:users", "admin:users"],
                }
            ],
            "ConfigurableHTTPProxy.command": ["node", str(PROXY)],
            "ConfigurableHTTPProxy.api_url": f"http://127.0.0.1:{proxy}",
            "ConfigurableHTTPProxy.pid_file": str(self._folder / "proxy.pid"),
            "JupyterHub.spawner_class": "simple",
            "SimpleLocalProcessSpawner.home_dir_template": str(self.root),
            "Spawner.cmd": [sys.executable, "-m", "jupyterhub.singleuser"],
            "Spawner.args": ["--allow-root", "--LabApp.expose_app_in_browser=True", "--LabApp.news_url="],
            "Spawner.environment": environment,
            "Spawner.default_url": "/lab",
            "Spawner.start_timeout": int(START_SECONDS),
            "Spawner.http_timeout": int(START_SECONDS),
        }
        lines = [f"c.{name} = {value!r}" for name, value in settings.items()]
        self._config.write_text("c = get_config()\n" + "\n".join(lines), encoding="utf-8")

    def _start_server(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        headers = {"Authorization": f"token {self.token}"}
        with httpx.Client(base_url=self.base, headers=headers, timeout=30, trust_env=False) as hub:
            while True:
                assert process.poll() is None, self.log()
                assert time.monotonic() < deadline, self.log()
                try:
                    user = hub.get(f"hub/api/users/{USER}")
                    if user.status_code == httpx.codes.OK:
                        server = user.json()["servers"].get("", {})
                        if server.get("ready"):
                            return
                        if not server.get("pending"):
                            hub.post(f"hub/api/users/{USER}/server")
                    elif user.status_code == httpx.codes.NOT_FOUND:
                        hub.post(f"hub/api/users/{USER}")
                except (httpx.TransportError, ValueError):
                    pass
                time.sleep(0.2)

    @contextmanager
    def page(self) -> Iterator[httpx.Client]:
        """A browser of the user, logged in by the form, with JupyterLab's page open: it has the cookies."""
        with httpx.Client(
            base_url=f"{self.url}/", timeout=60, trust_env=False, follow_redirects=True
        ) as page:
            form = page.get(f"{self.base}hub/login")
            given = {"username": USER, "password": self.password, "_xsrf": page.cookies["_xsrf"]}
            assert form.status_code == httpx.codes.OK
            assert page.post(f"{self.base}hub/login", data=given).status_code == httpx.codes.OK
            opened = page.get("lab")
            assert re.search(r'id="jupyter-config-data"', opened.text), opened.text[:500]
            page.headers.update({"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"})
            yield page

    def xsrf_token(self, page: httpx.Client) -> str:
        """What a script in the page reads in the cookie ``_xsrf``."""
        path = f"{PREFIX}user/{USER}/"
        [token] = [
            cookie.value for cookie in page.cookies.jar if (cookie.name, cookie.path) == ("_xsrf", path)
        ]
        return token or ""


def _free_ports(count: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports
