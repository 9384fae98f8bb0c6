"""What the panels' tests stand on: a demo server on loopback, a service over a file of its own."""

from __future__ import annotations

import base64
import gc
from typing import TYPE_CHECKING

import comm
import ipywidgets as widgets
import pytest
from filelock import FileLock
from panel_driver.person import Person
from panel_driver.wire import Outbox

from dispatch_widgets import SettingsService
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.settings.lock_file import lock_path_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path


@pytest.fixture(scope="session")
def _one_demo() -> Iterator[DemoServer]:
    with DemoServer(models=60) as server:
        yield server


@pytest.fixture
def demo(_one_demo: DemoServer) -> DemoServer:
    """A provider server on loopback that plays no fault."""
    _one_demo.play(None)
    return _one_demo


@pytest.fixture(scope="session")
def _earlier_tests_collected() -> None:
    gc.collect()
    gc.freeze()  # the libraries that they loaded would be looked through again after each module


@pytest.fixture(scope="module", autouse=True)
def _collected(_earlier_tests_collected: None) -> Iterator[None]:
    """What fails while panels are collected fails its module's last test; after each it costs too much."""
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def _close_widgets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No panel outlives its test, nor does its hub's thread; the file is looked at often."""
    monkeypatch.setattr("dispatch_widgets.widgets.presenters.hub.hub.POLL_SECONDS", 0.05)
    yield
    widgets.Widget.close_all()


@pytest.fixture
def settings_path(tmp_path: Path) -> Path:
    """Where the test's settings file is, or would be."""
    return tmp_path / "work" / "dispatch.settings.json"


@pytest.fixture
def service(demo: DemoServer, settings_path: Path) -> SettingsService:
    """A service with two providers at the demo server and no entries."""
    made = SettingsService(settings_path)
    made.add_provider(
        name="Lab", type="openai-compatible", api_key=demo.api_key, base_url=demo.openai_base_url
    )
    made.add_provider(
        name="Anthropic", type="anthropic", api_key=demo.api_key, base_url=demo.anthropic_base_url
    )
    return made


@pytest.fixture
def ids(service: SettingsService) -> dict[str, str]:
    """The providers' ids by name."""
    return {provider.name: provider.id for provider in service.get_providers()}


@pytest.fixture(autouse=True)
def outbox(monkeypatch: pytest.MonkeyPatch) -> Outbox:
    """What the kernel sends to pages."""
    box = Outbox()

    def keep(
        self: comm.DummyComm,
        _kind: str,
        data: Mapping[str, object] | None = None,
        metadata: object = None,
        buffers: Iterable[bytes] | None = None,
        **_keys: object,
    ) -> None:
        blocks = [bytes(each) for each in buffers or ()]
        box.messages.append((self.comm_id, {**(data or {}), "buffers": blocks} if blocks else data or {}))

    monkeypatch.setattr(comm.DummyComm, "publish_msg", keep)
    return box


@pytest.fixture
def person(outbox: Outbox) -> Callable[[widgets.Widget], Person]:
    """Puts a person, with a page of their own, before a panel."""
    return lambda panel: Person(panel, outbox)


@pytest.fixture
def states() -> Callable[[], str]:
    """The state of every widget, as it would be saved in a notebook, its blocks of bytes in clear."""

    def everything() -> str:
        state = widgets.Widget.get_manager_state(drop_defaults=False)["state"]
        blocks = [block["data"] for model in state.values() for block in model.get("buffers", ())]
        return repr(state) + "".join(repr(base64.b64decode(block)) for block in blocks)

    return everything


@pytest.fixture
def hold_lock(monkeypatch: pytest.MonkeyPatch) -> Callable[[SettingsService], AbstractContextManager[object]]:
    """Holds the lock of a service's file as another program does; nobody waits long for it."""
    acquire = FileLock.acquire

    def soon(lock: FileLock, timeout: float | None = None, **options: object) -> object:
        return acquire(lock, None if timeout is None else min(timeout, 0.05), **options)

    def hold(service: SettingsService) -> AbstractContextManager[object]:
        monkeypatch.setattr(FileLock, "acquire", soon)
        return FileLock(lock_path_of(service.path))

    return hold


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything that goes from the kernel to pages, from now on."""
    messages: list[str] = []
    keep = comm.DummyComm.publish_msg

    def record(
        self: comm.DummyComm,
        kind: str,
        data: Mapping[str, object] | None = None,
        metadata: object = None,
        buffers: Iterable[bytes] | None = None,
        **keys: object,
    ) -> None:
        messages.append(repr((kind, data, metadata, [bytes(each) for each in buffers or ()], keys)))
        keep(self, kind, data, metadata, buffers)

    monkeypatch.setattr(comm.DummyComm, "publish_msg", record)
    return messages
