"""Runs `dispatch-widgets demo`: a server, a sample file, and JupyterLab or a tour in the terminal.

No file of the user is read or changed: settings file, Jupyter configuration and notebook are in the demo's
own folders, and no key of the environment is passed to subprocesses.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DispatchError, MissingPackageError
from ..settings.locate import FILE_NAME, PATH_VARIABLE
from .samples import write_sample
from .server import DemoServer
from .session import RUNNING_VARIABLE, demo_environment, remove_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    Say = Callable[[str], None]

NOTEBOOK = "01_quickstart.ipynb"
START_TIMEOUT_SECONDS = 90.0
STOP_TIMEOUT_SECONDS = 15.0
_POLL_SECONDS = 0.1
_LOG = "jupyter.log"
_LOG_LINES_SHOWN = 5

_SECRET_VARIABLE = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS?)S?$", re.IGNORECASE)
# Variables that a surrounding Jupyter sets for its subprocesses.
_JUPYTER_VARIABLE = re.compile(r"(JUPYTER|JPY_|IPYTHONDIR)")
_NO_NEWS = {"fetchNews": "false", "checkForUpdates": False}


class StoppedError(Exception):
    """The user, or the system, asked the demo to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningDemo:
    """A running demo.

    Attributes:
        server: The provider server.
        folder: The working folder, with the notebook and the settings file.
        state: The folder for everything that Jupyter writes.
        settings_path: The sample settings file.
    """

    server: DemoServer
    folder: Path
    state: Path
    settings_path: Path

    def environment(self) -> dict[str, str]:
        """The environment for subprocesses, without the user's keys and Jupyter settings.

        A surrounding virtual environment is left out too, as a kernel would mix in its packages.
        """
        kept = {
            name: value
            for name, value in os.environ.items()
            if not _SECRET_VARIABLE.search(name)
            and not _JUPYTER_VARIABLE.match(name)
            and name != "VIRTUAL_ENV"
        }
        ours = {name: value for name, value in demo_environment(self.server).items() if value is not None}
        places = {
            PATH_VARIABLE: str(self.settings_path),
            RUNNING_VARIABLE: self.server.openai_base_url,
        }
        return {**kept, **ours, **places}


@contextlib.contextmanager
def running_demo(folder: Path | None = None, *, old: bool = False) -> Iterator[RunningDemo]:
    """Sets up the demo, and removes everything at the end except a given folder.

    Args:
        folder: The working folder; a temporary one if None.
        old: Whether the sample file is one in the old format.

    Raises:
        DispatchError: If the folder holds a settings file or the notebook already.
    """
    base = Path(tempfile.mkdtemp(prefix="dispatch-widgets-demo-"))
    try:
        work, state = folder or base / "work", base / "state"
        work = work.resolve()
        work.mkdir(parents=True, exist_ok=True)
        state.mkdir()
        for name in (FILE_NAME, NOTEBOOK):
            if (work / name).exists():
                raise DispatchError(
                    f"There is a {name} in {work} already, and the demo would have to overwrite it.",
                    hint="Choose another folder, or leave out --folder for a temporary one.",
                )
        with DemoServer() as server:
            path = write_sample(work, server, old=old)
            yield RunningDemo(server=server, folder=work, state=state, settings_path=path)
    finally:
        remove_folder(base, settings_path=base / "work" / FILE_NAME)


def notebooks_folder() -> Path:
    """The folder of the walkthrough notebooks, in an installed wheel or in the repository.

    Raises:
        DispatchError: If they are in neither.
    """
    here = Path(__file__).resolve().parent
    for place in (here / "notebooks", here.parents[1] / "notebooks"):
        if (place / NOTEBOOK).is_file():
            return place
    raise DispatchError(
        "The walkthrough notebooks are not part of this installation.",
        hint="Install the package again, or use --text.",
    )


def run_lab(*, folder: Path | None, port: int | None, open_browser: bool, say: Say) -> None:
    """Runs JupyterLab on the quickstart notebook until it is stopped, here or in its own menu.

    Args:
        folder: The working folder; a temporary one if None.
        port: JupyterLab's port; a free one near 8888 if None.
        open_browser: Whether a browser is opened.
        say: Prints a line.

    Raises:
        MissingPackageError: If JupyterLab is not installed.
        DispatchError: If it does not start, or the folder is in use.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise MissingPackageError(
            "jupyterlab",
            purpose="for the demo in a browser (--text needs none)",
            install="dispatch-widgets[demo]",
        )
    source = notebooks_folder()
    with stopped_by_signals(), contextlib.suppress(StoppedError), running_demo(folder) as demo:
        for notebook in sorted(source.glob("*.ipynb")):
            if not (demo.folder / notebook.name).exists():  # the user's own, in a given folder
                shutil.copyfile(notebook, demo.folder / notebook.name)
        process = _start(demo, port=port, open_browser=open_browser)
        try:
            say(f"JupyterLab is at {_address(process, demo)}")
            say(f"The demo's files are in {demo.folder}" + ("" if folder else ", until it ends"))
            say("Stop it with Ctrl-C.")
            process.wait()
        finally:
            _stop(process)


def _start(demo: RunningDemo, *, port: int | None, open_browser: bool) -> subprocess.Popen[bytes]:
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    environment = demo.environment()
    for variable, name in folders.items():
        (demo.state / name).mkdir()
        environment[variable] = str(demo.state / name)
    environment["JUPYTER_PREFER_ENV_PATH"] = "0"  # so that Jupyter takes the kernel below
    _write_json(
        demo.state / "data" / "kernels" / "python3" / "kernel.json",
        {
            "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "Python 3",
            "language": "python",
        },
    )
    _write_json(
        demo.state / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings",
        _NO_NEWS,
    )
    command = [
        *(sys.executable, "-m", "jupyterlab"),
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.allow_remote_access=False",
        f"--ServerApp.root_dir={demo.folder}",
        f"--ServerApp.open_browser={open_browser}",
        f"--LabApp.default_url=/lab/tree/{NOTEBOOK}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--Application.log_level=ERROR",
    ]
    if port is not None:
        command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # containers often run as root
    extensions = _user_extensions()
    if extensions is not None:
        command.append(f"--LabApp.extra_labextensions_path={extensions}")
    with (demo.state / _LOG).open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
            command,
            cwd=demo.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            **_own_group(),
        )


def _own_group() -> dict[str, Any]:
    """Starts a process in its own group, so that Ctrl-C reaches the demo only, which then ends it."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    else:  # noqa: RET505 - mypy sees only one of the two, and says so of what follows both
        return {"start_new_session": True}


def _user_extensions() -> Path | None:
    """The folder of front ends from ``pip install --user``, which the demo's data folder would hide."""
    if sys.prefix != sys.base_prefix:
        return None  # a virtual environment has its own
    from jupyter_core.paths import jupyter_data_dir

    folder = Path(jupyter_data_dir()) / "labextensions"
    return folder if folder.is_dir() else None


def _address(process: subprocess.Popen[bytes], demo: RunningDemo) -> str:
    """Waits for JupyterLab, and returns the notebook's URL with its token."""
    waiting = threading.Event()
    waited = 0.0
    while waited < START_TIMEOUT_SECONDS:
        if process.poll() is not None:
            break
        for path in (demo.state / "runtime").glob("jpserver-*.json"):
            # The file may be incomplete, and exists shortly before the port is open.
            with contextlib.suppress(OSError, ValueError):
                told = json.loads(path.read_text("utf-8"))
                socket.create_connection(("127.0.0.1", told["port"]), timeout=1).close()
                return f"{told['url']}lab/tree/{NOTEBOOK}?token={told['token']}"
        waiting.wait(_POLL_SECONDS)
        waited += _POLL_SECONDS
    log = (demo.state / _LOG).read_text("utf-8", errors="replace").strip().splitlines()
    raise DispatchError(
        "JupyterLab did not start. " + " ".join(log[-_LOG_LINES_SHOWN:]),
        hint="`python -m jupyterlab` says more; --text does without it.",
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends JupyterLab and its kernels, and kills them if they do not end."""
    if process.poll() is not None:
        return
    process.terminate()  # Jupyter then shuts down its kernels
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_TIMEOUT_SECONDS)
        return
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Turns Ctrl-C, SIGTERM and a closed terminal into `StoppedError`, so that everything is cleaned up."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        for one in signals:
            signal.signal(one, signal.SIG_IGN)  # a second signal must not interrupt the clean-up
        raise StoppedError

    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread can handle signals
        return
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    signals = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = [signal.signal(one, stop) for one in signals]
    try:
        yield
    finally:
        for one, handler in zip(signals, before, strict=True):
            signal.signal(one, handler)


def _write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), "utf-8")
