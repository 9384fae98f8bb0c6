"""A demo server on loopback, a service with a provider of each type, and models of them."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

import pytest

from dispatch_widgets import SettingsService
from dispatch_widgets.demo import DemoServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dispatch_widgets import ResolvedModel


@pytest.fixture
def server() -> Iterator[DemoServer]:
    """A provider on loopback."""
    with DemoServer(models=60) as running:
        yield running


@pytest.fixture
def service(tmp_path: Path, server: DemoServer) -> SettingsService:
    """A service with one provider of each type."""
    made = SettingsService(tmp_path / "dispatch.settings.json")
    made.add_provider(
        name="O", type="openai-compatible", api_key=server.api_key, base_url=server.openai_base_url
    )
    made.add_provider(name="A", type="anthropic", api_key=server.api_key, base_url=server.anthropic_base_url)
    return made


def _first(server: DemoServer, kind: str) -> str:
    return next(model.id for model in server.models() if model.kind == kind)


@pytest.fixture
def chat(service: SettingsService, server: DemoServer) -> ResolvedModel:
    """A chat model of the OpenAI-compatible provider."""
    return service.resolve_model("O", _first(server, "chat"))


@pytest.fixture
def vectors(service: SettingsService, server: DemoServer) -> ResolvedModel:
    """An embedding model of the OpenAI-compatible provider."""
    return service.resolve_model("O", _first(server, "embedding"))


@pytest.fixture
def claude(service: SettingsService, server: DemoServer) -> ResolvedModel:
    """A model of the Anthropic provider."""
    return service.resolve_model("A", server.models("anthropic")[0].id)


@pytest.fixture
def tidied() -> Iterator[None]:
    """Connections and loops that a library leaves open go in the test that ignores the warnings of it."""
    yield
    asyncio.set_event_loop(None)  # LiteLLM sets one for the main thread
    gc.collect()
