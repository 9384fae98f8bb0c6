"""What is known of a provider is in one place: its list, what went wrong, its lock, who waits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from dispatch_widgets import DiscoveryError, MissingVariableError, SettingsService
from dispatch_widgets.service import Change

if TYPE_CHECKING:
    from pathlib import Path

URL = "http://127.0.0.1:9/v1"
HOUR = 3600.0


class Server:
    """A provider whose answers can be changed."""

    def __init__(self) -> None:
        self.status, self.asked = 200, 0

    async def answer(self, _: httpx.Request) -> httpx.Response:
        """Lists one model, or refuses."""
        self.asked += 1
        await asyncio.sleep(0.05)
        return httpx.Response(self.status, json={"data": [{"id": "m"}]})


@pytest.fixture
def server() -> Server:
    """The provider's side."""
    return Server()


@pytest.fixture
def now() -> list[float]:
    """What the clock says."""
    return [1_800_000_000.0]


@pytest.fixture
def service(tmp_path: Path, server: Server, now: list[float]) -> SettingsService:
    """A service that asks it."""
    return SettingsService(
        tmp_path / "dispatch.settings.json",
        transport=httpx.MockTransport(server.answer),
        clock=lambda: now[0],
    )


def _add(service: SettingsService, key: str = "sk-0123456789abcdef") -> str:
    return service.add_provider(name="P", type="openai-compatible", api_key=key, base_url=URL).id


@pytest.mark.req("MD-6", "MD-15")
def test_a_variable_that_is_there_again_is_no_error_any_more(
    service: SettingsService, monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    """The list from before answers without a request, and what could not be asked meanwhile is forgotten."""
    monkeypatch.setenv("LAB_LLM_KEY", "sk-0123456789abcdef")
    provider_id = _add(service, "${LAB_LLM_KEY}")
    service.discover_models(provider_id)
    monkeypatch.delenv("LAB_LLM_KEY")
    with pytest.raises(MissingVariableError) as caught:
        service.discover_models(provider_id)
    assert service.last_error(provider_id) is caught.value
    monkeypatch.setenv("LAB_LLM_KEY", "sk-0123456789abcdef")
    assert service.discover_models(provider_id).source == "cache"
    assert service.last_error(provider_id) is None
    assert server.asked == 1


@pytest.mark.req("MD-10")
def test_a_lock_that_is_lifted_takes_its_own_error_with_it_and_no_other(
    service: SettingsService, server: Server, now: list[float]
) -> None:
    """A failure that came after the lock was over stays known."""
    provider_id = _add(service)
    server.status = 429
    with pytest.raises(DiscoveryError):
        service.discover_models(provider_id)
    assert service.retry_at(provider_id) is not None
    service.unlock(provider_id)
    assert service.retry_at(provider_id) is None
    assert service.last_error(provider_id) is None
    with pytest.raises(DiscoveryError):
        service.discover_models(provider_id)
    now[0] += 2 * HOUR
    server.status = 401
    with pytest.raises(DiscoveryError) as caught:
        service.discover_models(provider_id)
    service.unlock(provider_id)
    assert service.last_error(provider_id) is caught.value
    server.status = 200
    models: Any = service.discover_models(provider_id)
    assert service.last_error(provider_id) is None
    assert [model.id for model in models] == ["m"]


@pytest.mark.req("MD-7")
def test_one_request_is_told_once(service: SettingsService, server: Server) -> None:
    """Several callers share one request: who listens hears that it began and that it ended."""
    provider_id = _add(service)
    heard: list[tuple[Change, bool]] = []
    service.subscribe(lambda change: heard.append((change, service.is_asking(provider_id))))

    async def cell() -> None:
        await asyncio.gather(*(service.discover_models_async(provider_id) for _ in range(3)))

    asyncio.run(cell())
    assert heard == [(Change("asking", provider_id), True), (Change("discovery", provider_id), False)]
    assert server.asked == 1
    assert not service.is_asking(provider_id)
