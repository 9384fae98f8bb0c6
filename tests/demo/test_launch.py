"""The demo in JupyterLab: what it starts, what it keeps out, and what it leaves."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets import SettingsService
from dispatch_widgets.demo import launch
from dispatch_widgets.errors import DispatchError, MissingPackageError
from dispatch_widgets.settings.kept_providers import state_folder

if TYPE_CHECKING:
    from pathlib import Path

needs_lab = pytest.mark.skipif(
    importlib.util.find_spec("jupyterlab") is None, reason='pip install "dispatch-widgets[demo]"'
)
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")


@pytest.mark.req("SEC-1")
def test_no_key_of_the_user_reaches_what_the_demo_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """SEC-1: key variables become the demo's key or go, and no Jupyter setting is passed on."""
    for name in ("OPENAI_API_KEY", "MISTRAL_API_KEY", "HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD"):
        monkeypatch.setenv(name, "real")
    monkeypatch.setenv("JUPYTER_TOKEN", "real")
    monkeypatch.setenv("IPYTHONDIR", "/home/somebody")
    monkeypatch.setenv("VIRTUAL_ENV", "/home/somebody/.venv")
    monkeypatch.setenv("LANG", "C.UTF-8")
    with launch.running_demo() as demo:
        environment = demo.environment()
        assert environment["OPENAI_API_KEY"] == demo.server.api_key
        assert environment["DISPATCH_SETTINGS_PATH"] == str(demo.settings_path)
    assert "real" not in environment.values()
    assert not {"IPYTHONDIR", "VIRTUAL_ENV"} & environment.keys()
    assert environment["LANG"] == "C.UTF-8"


@pytest.mark.req("ST-8")
def test_a_temporary_demo_leaves_no_copy_of_its_providers() -> None:
    """What a service kept in the user's state folder of the demo's own file goes with that file."""
    with launch.running_demo() as demo:
        service = SettingsService(demo.settings_path)
        service.delete_provider(service.get_providers()[0].id)
        assert list(state_folder().iterdir())
    assert not list(state_folder().iterdir())


def test_a_demo_takes_everything_away_but_a_folder_that_was_given(tmp_path: Path) -> None:
    """A temporary folder leaves nothing; a folder that was given keeps the file, also after an error."""
    with launch.running_demo() as demo:
        base = demo.state.parent
        assert demo.settings_path.is_file()
    assert not base.exists()
    assert not demo.server.running
    with pytest.raises(KeyError), launch.running_demo(tmp_path / "mine") as demo:
        raise KeyError
    assert not demo.state.exists()
    assert (tmp_path / "mine" / "dispatch.settings.json").is_file()


@pytest.mark.req("SEC-2", "API-5")
def test_the_quickstart_runs_in_the_demos_environment() -> None:
    """Its provider is the server that the command runs, its key the variable, and a model of it answers."""
    book = json.loads((launch.notebooks_folder() / launch.NOTEBOOK).read_text(encoding="utf-8"))
    code = "\n".join("".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code")
    with launch.running_demo() as demo:
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=demo.folder, env=demo.environment(),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        provider = SettingsService(demo.settings_path).get_providers()[-1]
        assert provider.base_url == demo.server.openai_base_url
    assert provider.key_variable == "OPENAI_API_KEY"
    assert "This is a canned answer of the demo server." in done.stdout


def test_a_folder_in_use_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    """A folder with a notebook or settings file of the user's is left as it is."""
    (tmp_path / launch.NOTEBOOK).write_text("mine", encoding="utf-8")
    with pytest.raises(DispatchError, match="already"), launch.running_demo(tmp_path):
        pass
    assert (tmp_path / launch.NOTEBOOK).read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "dispatch.settings.json").exists()


def test_without_jupyterlab_the_way_to_install_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing JupyterLab is named with its install line and with --text, which needs none."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingPackageError) as caught:
        launch.run_lab(folder=None, port=None, open_browser=False, say=print)
    assert "dispatch-widgets[demo]" in caught.value.hint
    assert "--text" in caught.value.message


@needs_lab
@posix
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_lab_demo_serves_the_notebook_and_leaves_nothing(tmp_path: Path, ending: signal.Signals) -> None:
    """JupyterLab answers on loopback with a token, starts the demo's kernel, and is gone after a signal."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "dispatch_widgets", "demo", "--no-browser"],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = re.search(
            r"http://127\.0\.0\.1:\d+/lab/tree/01_quickstart\.ipynb\?token=\w+", process.stdout.readline()
        )
        assert url is not None
        base, _, token = url[0].replace("lab/tree/01_quickstart.ipynb", "").partition("?token=")
        names = {item["name"] for item in _ask(f"{base}api/contents?token={token}")["content"]}
        walkthroughs = {path.name for path in launch.notebooks_folder().glob("*.ipynb")}
        assert names == {*walkthroughs, "dispatch.settings.json"}
        assert len(walkthroughs) == 5
        with pytest.raises(urllib.error.HTTPError, match="403"):
            _ask(f"{base}api/contents")
        spec = _ask(f"{base}api/kernelspecs?token={token}")["kernelspecs"]["python3"]["spec"]
        assert spec["argv"][0] == sys.executable
        kernel = _ask(f"{base}api/kernels?token={token}", b'{"name": "python3"}')
        assert kernel["name"] == "python3"
        process.send_signal(ending)
        assert process.wait(30) == 0, process.stderr
    finally:
        process.kill()
        _, errors = process.communicate()
    assert errors == ""
    assert list(temporary.iterdir()) == []
    with pytest.raises(urllib.error.URLError):
        _ask(f"{base}api")


def _ask(url: str, body: bytes | None = None) -> Any:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})  # noqa: S310
    with opener.open(request, timeout=30) as answer:
        return json.load(answer)


@needs_lab
def test_a_lab_that_does_not_start_is_an_error_with_its_reason(tmp_path: Path) -> None:
    """A port that is taken is told with JupyterLab's own words, and everything is put away."""
    import socket

    before = time.monotonic()
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(DispatchError, match="did not start") as got,
    ):
        launch.run_lab(folder=tmp_path / "f", port=taken.getsockname()[1], open_browser=False, say=print)
    assert "port" in got.value.message.lower()
    assert time.monotonic() - before < launch.START_TIMEOUT_SECONDS
