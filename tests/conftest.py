"""What every test stands on: nothing of the user's is touched, nothing leaves loopback."""

from __future__ import annotations

import gc
import json
import os
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dispatch_widgets.settings import _disk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xdist.remote import Producer
    from xdist.scheduler import LoadFileScheduling

CANARY_KEY = "sk-canary-7Hq2Zx9LmWv4Tb8Rn3Kd6Yp1a1b2"
"""A key that must never be seen anywhere but in the settings file and in the request it is for."""

_LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")  # noqa: S104 - the last as a destination: this machine

DATA = Path(__file__).parent / "data"
BROWSER = Path(__file__).parent / "browser"


def pytest_configure() -> None:
    """How fast an example is made or checked fails no test of properties: that is the machine's affair."""
    try:
        from hypothesis import HealthCheck, settings
    except ImportError:  # the libraries' environments (tests/integrations) have none
        return
    settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("any machine")


@pytest.fixture(scope="session", autouse=True)
def _compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Programs that tests start share one folder of compiled modules, where Python may write none elsewhere.

    Without it each of them compiles all that it imports anew.
    """
    with pytest.MonkeyPatch.context() as patch:
        if os.environ.get("PYTHONDONTWRITEBYTECODE"):
            patch.delenv("PYTHONDONTWRITEBYTECODE")
            folder = tmp_path_factory.getbasetemp()
            folder = folder.parent if os.environ.get("PYTEST_XDIST_WORKER") else folder  # one for all workers
            patch.setenv("PYTHONPYCACHEPREFIX", str(folder / "compiled"))
        yield


@pytest.fixture(autouse=True)
def _own_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Home, working folder and settings path lie in the test's own folder; no key variable is set."""
    home = tmp_path / "home"
    work = tmp_path / "work"
    home.mkdir()
    work.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("APPDATA", str(home / "AppData"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / ".local" / "state"))
    monkeypatch.setenv("WIN_PD_OVERRIDE_LOCAL_APPDATA", str(home / "AppData" / "Local"))  # platformdirs' own
    for name in ("DISPATCH_SETTINGS_PATH", "DISPATCH_WIDGETS_KEEP_PROVIDERS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)  # of another environment IPython mixes packages in
    for name in list(os.environ):
        if name.endswith(("_API_KEY", "_BASE_URL", "_API_BASE", "_API_URL", "_PROXY", "_proxy")) or name in {
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
        }:
            monkeypatch.delenv(name)
    monkeypatch.chdir(work)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anything but loopback fails the test at once."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(_LOOPBACK):
            raise AssertionError(f"a test tried to reach {address!r}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _broken_files_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is broken or gone is read again for a moment only; how long it is, tests/settings hold."""
    monkeypatch.setattr(_disk, "FOREIGN_WRITE_WAIT_SECONDS", 0.05)


def pytest_collection_finish() -> None:
    """Leave what is there before the first test out of every collection: all tests, and what they import."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser tests last.

    Playwright keeps an event loop running in the main thread until the end of the session, and
    asyncio.run, which many other tests use, refuses to work beside it.
    """
    items.sort(key=lambda item: BROWSER in item.path.parents)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    """Give each worker whole files, in the order of the collection: the browser tests come last."""
    from xdist.scheduler import LoadFileScheduling

    config.option.loadscopereorder = False  # the largest files first would put browser tests among the others
    return LoadFileScheduling(config, log)


@pytest.fixture
def canary() -> str:
    """The key that is searched for in every output there is."""
    return CANARY_KEY


@pytest.fixture
def write_later() -> Callable[[Path, str], None]:
    """Writes a file as somebody does who comes long after the last save.

    A program that writes within two seconds of a save had read the file before it, so the edit is made again.
    """

    def write_later(path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        long_ago = time.time() - 3600
        os.utime(path, (long_ago, long_ago))

    return write_later


@pytest.fixture
def save_schedules(write_later: Callable[[Path, str], None]) -> Callable[[Path], None]:
    """What the app's "Save schedules" does: the settings without `providers`, rewritten in place."""

    def save_schedules(path: Path) -> None:
        document = json.loads(path.read_text(encoding="utf-8"))
        document.pop("providers", None)
        document["schedules"] = {"fetch": "0 * * * *"}
        write_later(path, json.dumps(document, indent=2))

    return save_schedules


@pytest.fixture
def data_file() -> Callable[[str], Path]:
    """The path of a file below ``tests/data``."""
    return DATA.joinpath
