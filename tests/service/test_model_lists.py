"""Asking providers for their models through the service, over real HTTP on loopback."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from dispatch_widgets import (
    DiscoveryError,
    InvalidInputError,
    MissingVariableError,
    NotFoundError,
    SettingsService,
)
from dispatch_widgets.demo import DemoServer, fault

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.req("MD-6")
def test_a_cached_list_is_answered_in_the_callers_own_thread_without_a_request(
    service: SettingsService, server: DemoServer, add: Any
) -> None:
    """The second call within the hour makes no request; a forced one does (MD-6, MD-7, API-3)."""
    provider_id = add(service)
    assert service.discover_models(provider_id).source == "live"
    asked = len(server.requests)
    assert service.discover_models(provider_id).source == "cache"
    assert len(server.requests) == asked
    assert service.discover_models(provider_id, force_refresh=True).source == "live"
    assert len(server.requests) == asked + 1


@pytest.mark.req("MD-6")
def test_an_empty_list_is_cached_too(service: SettingsService, server: DemoServer, add: Any) -> None:
    """An empty list is cached for an hour too (MD-6, MD-11)."""
    provider_id = add(service)
    server.play(fault("empty-list"))
    assert len(service.discover_models(provider_id)) == 0
    asked = len(server.requests)
    assert service.discover_models(provider_id).source == "cache"
    assert len(server.requests) == asked


@pytest.mark.req("API-3")
def test_discovery_works_in_a_script_under_a_running_loop_and_in_a_thread(
    service: SettingsService, add: Any
) -> None:
    """The synchronous function gives the same list in all three places, and so does await (API-3)."""
    provider_id = add(service)
    here = service.discover_models(provider_id, force_refresh=True)

    async def cell() -> None:
        assert service.discover_models(provider_id, force_refresh=True).models == here.models
        assert (await service.discover_models_async(provider_id, force_refresh=True)).models == here.models

    asyncio.run(cell())
    found: list[int] = []
    thread = threading.Thread(
        target=lambda: found.append(len(service.discover_models(provider_id, force_refresh=True)))
    )
    thread.start()
    thread.join()
    assert found == [len(here)]


@pytest.mark.req("PM-3")
def test_a_new_key_drops_the_list_and_the_error_of_the_old_one(
    service: SettingsService, server: DemoServer, add: Any
) -> None:
    """A changed key, base URL or type leaves nothing cached (PM-3)."""
    provider_id = add(service, api_key="sk-wrong-key-0000")
    with pytest.raises(DiscoveryError) as caught:
        service.discover_models(provider_id)
    assert caught.value.kind == "INVALID_CREDENTIALS"
    assert service.last_error(provider_id) is caught.value
    service.update_provider(provider_id, api_key=server.api_key)
    assert service.last_error(provider_id) is None
    assert len(service.discover_models(provider_id)) > 100
    service.update_provider(provider_id, base_url=server.second_openai_base_url)
    assert service.known_models(provider_id) is None
    service.update_provider(provider_id, api_key=server.second_api_key)
    assert service.discover_models(provider_id).source == "live"


@pytest.mark.req("MD-12")
def test_a_broken_provider_does_not_hide_the_others(service: SettingsService, add: Any) -> None:
    """Refreshing all gives each provider its own result (MD-12)."""
    good = add(service)
    bad = add(service, "Bad", api_key="sk-wrong-key-0000")
    unset = add(service, "Unset", api_key="${NO_SUCH_API_KEY}")
    seen: list[str] = []
    results = service.refresh_all(on_result=lambda provider_id, _: seen.append(provider_id))
    assert list(results) == [good, bad, unset]
    assert len(results[good]) > 100  # type: ignore[arg-type]
    assert isinstance(results[bad], DiscoveryError)
    assert isinstance(results[unset], MissingVariableError)
    assert sorted(seen) == sorted(results)
    assert service.last_error(unset) is results[unset]


@pytest.mark.req("MD-12", "P-4")
def test_a_provider_that_hangs_delays_no_other(path: Path) -> None:
    """All are asked at once, results come as they are ready, and cancelling cancels what is left (MD-12)."""
    came, others_came = [], threading.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "0.example.edu":
            await asyncio.Event().wait()
        return httpx.Response(200, json={"data": [{"id": "m"}]})

    def note(provider_id: str, _: object) -> None:
        came.append(provider_id)
        if len(came) == len(ids) - 1:
            others_came.set()

    service = SettingsService(path, transport=httpx.MockTransport(answer), timeout_seconds=600)
    ids = [
        service.add_provider(
            name=f"{number}",
            type="openai-compatible",
            api_key="sk-0123456789abcdef",
            base_url=f"https://{number}.example.edu",
        ).id
        for number in range(5)
    ]
    asked = service.start_refresh_all(on_result=note)
    assert others_came.wait(30)
    assert sorted(came) == sorted(ids[1:])
    assert service.is_asking(ids[0])
    asked.cancel()
    while service.is_asking(ids[0]):  # pytest's time-out ends it if the request is not cancelled
        time.sleep(0.01)


@pytest.mark.req("MD-8")
def test_a_model_can_be_typed_by_hand_after_a_refused_key(service: SettingsService, add: Any) -> None:
    """Invalid credentials do not stop the user from keeping a model by its id (MD-8)."""
    provider_id = add(service, api_key="sk-wrong-key-0000")
    with pytest.raises(DiscoveryError):
        service.discover_models(provider_id)
    entry = service.add_model(provider_id=provider_id, model="my/own-model", tasks=["summarize"])
    assert service.resolve("summarize").model == "my/own-model"
    assert service.capabilities_of(entry).known == "inferred"


@pytest.mark.req("PM-3")
@pytest.mark.parametrize("old_status", [200, 401])
@pytest.mark.parametrize("change", ["changed", "deleted"])
def test_an_answer_to_a_request_made_before_a_change_is_thrown_away(
    path: Path, old_status: int, change: str
) -> None:
    """A caller who waits for a response to the old key gets the new account's list, or an error."""
    release = threading.Event()

    async def slow(request: httpx.Request) -> httpx.Response:
        key = request.headers["authorization"]
        if "old" in key:
            await asyncio.to_thread(release.wait, 30)
        status = old_status if "old" in key else 200
        return httpx.Response(status, json={"data": [{"id": key.rsplit("-", 1)[-1]}]})

    service = SettingsService(path, transport=httpx.MockTransport(slow))
    provider = service.add_provider(
        name="P", type="openai-compatible", api_key="sk-key-old", base_url="http://127.0.0.1:9/v1"
    )
    late = service.start_discovery(provider.id)
    if change == "deleted":
        service.delete_provider(provider.id)
        release.set()
        with pytest.raises(NotFoundError):
            late.result(30)
        return
    service.update_provider(provider.id, api_key="sk-key-new")
    release.set()
    assert [model.id for model in late.result(30)] == ["new"]
    assert late.result().warning == ""
    assert service.last_error(provider.id) is None
    assert [model.id for model in service.discover_models(provider.id)] == ["new"]
    assert service.discover_models(provider.id).source == "cache"


@pytest.mark.req("MD-9", "API-2")
@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), None, "10"])
def test_a_timeout_that_is_none_is_refused(path: Path, seconds: Any) -> None:
    """A deadline must be a number of seconds that can pass (MD-9)."""
    with pytest.raises(InvalidInputError) as caught:
        SettingsService(path, timeout_seconds=seconds)
    assert [problem.field for problem in caught.value.problems] == ["timeout_seconds"]


@pytest.mark.req("MD-9")
def test_a_provider_has_ten_seconds(path: Path) -> None:
    """Unless another time is given, a list and a diagnosis wait for 10 s, which the error says (MD-9)."""

    def late(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("late", request=request)

    service = SettingsService(path, transport=httpx.MockTransport(late))
    slow = service.add_provider(
        name="Slow", type="openai-compatible", api_key="sk-0123456789abcdef", base_url="http://127.0.0.1:9/v1"
    )
    with pytest.raises(DiscoveryError, match="did not answer within 10 s"):
        service.discover_models(slow.id)
    assert any("within 10 s" in step.text for step in service.diagnose(slow.id).steps)
