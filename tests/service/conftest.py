"""A service over a file of its own, and a provider on loopback."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets import SettingsService
from dispatch_widgets.demo import DemoServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def server() -> Iterator[DemoServer]:
    """A provider on loopback."""
    with DemoServer() as running:
        yield running


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A settings file that does not exist yet."""
    return tmp_path / "dispatch.settings.json"


@pytest.fixture
def service(path: Path) -> SettingsService:
    """A service for it."""
    return SettingsService(path)


@pytest.fixture
def on_disk(path: Path) -> Callable[[], dict[str, Any]]:
    """What stands in the file now."""

    def read() -> dict[str, Any]:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return document

    return read


@pytest.fixture
def add(server: DemoServer) -> Callable[..., str]:
    """Adds the provider on loopback to a service, and gives its id."""

    def add(service: SettingsService, name: str = "Demo", **changes: Any) -> str:
        given = {"type": "openai-compatible", "api_key": server.api_key, "base_url": server.openai_base_url}
        return service.add_provider(name=name, **{**given, **changes}).id

    return add
