"""respx, the mock that people use with httpx, answers every request of the package in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
import respx

from dispatch_widgets import SettingsService
from dispatch_widgets.detection import find_here
from dispatch_widgets.errors import DiscoveryError
from dispatch_widgets.presets import PRESETS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BASE = "https://llm.example.invalid/v1"  # a name that nobody has: what is not mocked fails
LIST = {"data": [{"id": "gpt-x"}, {"id": "text-embedding-x"}]}
CHAT = {"choices": [{"message": {"role": "assistant", "content": "Hello."}}]}


@pytest.fixture(params=["httpcore", "httpx"], ids=["default", "using httpx"])
def router(request: pytest.FixtureRequest) -> Iterator[respx.MockRouter]:
    """A router in its default mode, which stands in for httpcore, and in the one that stands in for httpx."""
    with respx.mock(using=request.param) as mocked:
        yield mocked


@pytest.fixture
def service(tmp_path: Path) -> SettingsService:
    """A service with an empty file."""
    return SettingsService(tmp_path / "dispatch.settings.json")


def _add(service: SettingsService, **changes: Any) -> str:
    account = {"name": "Uni", "type": "openai-compatible", "api_key": "sk-test-0123456789", "base_url": BASE}
    return service.add_provider(**{**account, **changes}).id


@pytest.mark.req("MD-2")
def test_discovery_is_mocked(service: SettingsService, router: respx.MockRouter) -> None:
    """A list comes from the mock, with the key on the request as on a real one."""
    route = router.get(f"{BASE}/models").respond(json=LIST)
    models = service.discover_models(_add(service))
    assert [model.id for model in models] == ["gpt-x", "text-embedding-x"]
    assert route.calls.last.request.headers["authorization"] == "Bearer sk-test-0123456789"


@pytest.mark.req("MD-1")
def test_the_pages_of_a_list_are_mocked(service: SettingsService, router: respx.MockRouter) -> None:
    """So does a list of several pages."""
    url = "https://api.anthropic.com/v1/models"
    last = {"data": [{"id": "claude-b"}], "has_more": False}
    router.get(url, params={"after_id": "claude-a"}).respond(json=last)
    first = {"data": [{"id": "claude-a"}], "has_more": True, "last_id": "claude-a"}
    router.get(url).respond(json=first)
    anthropic = _add(service, type="anthropic", base_url=None)
    assert [model.id for model in service.discover_models(anthropic)] == ["claude-a", "claude-b"]


@pytest.mark.req("MD-14")
def test_a_diagnosis_is_mocked(service: SettingsService, router: respx.MockRouter) -> None:
    """A diagnosis asks nobody but the mock, not a name server either."""
    router.get(f"{BASE}/models").respond(json=LIST)
    found = service.diagnose(_add(service))
    assert [str(step) for step in found.steps] == [f"✓ {BASE}/models answers with 2 models."]


@pytest.mark.req("API-5")
def test_a_try_is_mocked(service: SettingsService, router: respx.MockRouter) -> None:
    """The POST that tries a model goes to the mock, its second form too."""
    refusal = {"error": {"message": "Use max_completion_tokens instead."}}
    answers = [httpx.Response(400, json=refusal), httpx.Response(200, json=CHAT)]
    route = router.post(f"{BASE}/chat/completions").mock(side_effect=answers)
    assert service.try_model(_add(service), "gpt-x")
    assert route.call_count == 2


def test_find_here_is_mocked(router: respx.MockRouter) -> None:
    """Looking for local servers asks the mock, whatever runs on this machine."""
    router.get("http://localhost:11434/v1/models").respond(json=LIST)
    router.get(host__in=("localhost", "127.0.0.1")).mock(side_effect=httpx.ConnectError)
    found = find_here(environ={})
    assert [(server.preset.name, server.models) for server in found.servers] == [("Ollama", 2)]
    assert any(preset.name == "Ollama" for preset in PRESETS)


@pytest.mark.req("SEC-5")
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("scheme", ["http", "https", "socks5"])
def test_proxies_in_the_environment_change_nothing(
    scheme: str,
    variable: str,
    service: SettingsService,
    router: respx.MockRouter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The mock answers in a proxy's place too."""
    monkeypatch.setenv(variable, f"{scheme}://127.0.0.1:9")
    router.get(f"{BASE}/models").respond(json=LIST)
    assert len(service.discover_models(_add(service))) == 2


@pytest.mark.req("MD-9", "MD-15")
@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (httpx.ConnectError, "CONNECTION_REFUSED"),
        (httpx.ConnectTimeout, "TIMEOUT"),
        (httpx.ReadTimeout, "TIMEOUT"),
        (httpx.ReadError, "INTERRUPTED"),
        (httpx.RemoteProtocolError, "INTERRUPTED"),
        (httpx.ProxyError, "PROXY"),
        (httpx.Response(401), "INVALID_CREDENTIALS"),
        (httpx.Response(429, headers={"retry-after": "60"}), "RATE_LIMITED"),
    ],
)
def test_what_a_mock_raises_is_told_by_its_kind(
    trouble: Any, kind: str, service: SettingsService, router: respx.MockRouter
) -> None:
    """The bare exceptions of httpx mean what they mean from the network, and are raised once each (MD-9)."""
    mocked = {"return_value": trouble} if isinstance(trouble, httpx.Response) else {"side_effect": trouble}
    route = router.get(f"{BASE}/models").mock(**mocked)
    with pytest.raises(DiscoveryError) as caught:
        service.discover_models(_add(service))
    assert (caught.value.kind, route.call_count) == (kind, 1)


def test_a_request_without_a_mock_is_told_to_the_author(
    service: SettingsService, router: respx.MockRouter
) -> None:
    """The error of respx itself comes out as it is: which request has no mock."""
    with pytest.raises(AssertionError, match=r"llm\.example\.invalid/v1/models.*not mocked"):
        service.discover_models(_add(service))
