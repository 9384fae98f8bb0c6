"""What the service says of a provider that does not answer as it should."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets import (
    ConsentNeededError,
    DiscoveryError,
    InvalidInputError,
    MissingVariableError,
    SettingsService,
)
from dispatch_widgets.demo import fault

if TYPE_CHECKING:
    from pathlib import Path

    from dispatch_widgets.demo import DemoServer


@pytest.mark.req("MD-14")
def test_a_diagnosis_says_what_was_tried_and_what_to_change(
    service: SettingsService, server: DemoServer, add: Any
) -> None:
    """Diagnosis finds a missing /v1 and suggests the base URL, and reports a missing variable."""
    short = server.openai_base_url.removesuffix("/v1")
    provider_id = add(service, base_url=short)
    diagnosis = service.diagnose(provider_id)
    assert not diagnosis.ok
    assert diagnosis.suggested_base_url == server.openai_base_url
    assert service.start_diagnosis(provider_id).result(30).suggested_base_url == server.openai_base_url
    service.update_provider(provider_id, base_url=server.openai_base_url)
    assert service.diagnose(provider_id).ok
    service.update_provider(provider_id, api_key="${NO_SUCH_API_KEY}")
    assert "NO_SUCH_API_KEY" in service.diagnose(provider_id).steps[0].text


@pytest.mark.req("MD-16")
def test_a_provider_whose_last_answer_failed_is_not_called_well(
    service: SettingsService, server: DemoServer, add: Any
) -> None:
    """Where the last answer failed and the server answers again, the diagnosis says to refresh (MD-16)."""
    provider_id = add(service)
    server.play(fault("500"))
    with pytest.raises(DiscoveryError):
        service.discover_models(provider_id)
    server.play(None)
    found = service.diagnose(provider_id)
    assert found.ok
    assert found.suggestion == "It answers now: refresh its list."
    service.discover_models(provider_id)
    assert service.diagnose(provider_id).suggestion == "Nothing needs to be changed."


@pytest.mark.req("MD-10", "MD-16")
def test_a_provider_that_is_locked_is_to_be_unlocked_first(
    service: SettingsService, server: DemoServer, add: Any
) -> None:
    """While refresh is off, the diagnosis says to wait, and once the server answers to unlock it (MD-16)."""
    provider_id = add(service)
    server.play(fault("429"))
    with pytest.raises(DiscoveryError):
        service.discover_models(provider_id)
    assert "Wait a little" in service.diagnose(provider_id).suggestion
    server.play(None)
    assert service.diagnose(provider_id).suggestion == "It answers now: unlock it, then refresh its list."


@pytest.mark.req("API-1a")
def test_a_provider_is_checked_before_it_is_registered(
    service: SettingsService, server: DemoServer, path: Path
) -> None:
    """A check asks once, gives the list and saves nothing (API-1a)."""
    models = service.check_provider(
        type="openai-compatible", api_key=f"Bearer {server.api_key}", base_url=server.openai_base_url
    )
    assert (len(models) > 0, models.source, models.provider_id) == (True, "live", "")
    assert len(server.requests) == 1
    assert service.check_provider(
        type="anthropic", api_key=server.api_key, base_url=server.anthropic_base_url
    )
    assert service.get_providers() == ()
    assert not path.exists()


@pytest.mark.req("API-1a", "MD-15")
def test_a_check_that_fails_says_what_discovery_would(
    service: SettingsService, server: DemoServer, canary: str
) -> None:
    """A refused key, a missing /v1 and an unset variable are said as discovery says them (MD-15)."""
    given: dict[str, Any] = {"type": "openai-compatible", "base_url": server.openai_base_url}
    with pytest.raises(DiscoveryError, match="refused the key") as refused:
        service.check_provider(**given, api_key=canary)
    assert refused.value.kind == "INVALID_CREDENTIALS"
    assert canary not in str(refused.value)
    short = {**given, "base_url": server.openai_base_url.removesuffix("/v1")}
    with pytest.raises(DiscoveryError) as missed:
        service.check_provider(**short, api_key=server.api_key)
    assert missed.value.suggested_base_url == server.openai_base_url
    with pytest.raises(MissingVariableError, match="NO_SUCH_API_KEY"):
        service.check_provider(**given, api_key="$NO_SUCH_API_KEY")
    with pytest.raises(InvalidInputError) as invalid:
        service.check_provider(type="other", api_key=" ")
    assert {problem.field for problem in invalid.value.problems} == {"type", "credentials.apiKey"}


@pytest.mark.req("API-1a", "MD-14")
def test_a_provider_is_diagnosed_before_it_is_registered(
    service: SettingsService, server: DemoServer, path: Path
) -> None:
    """What would answer is found without saving anything: another base URL, or the other type."""
    short = server.openai_base_url.removesuffix("/v1")
    found = service.start_check_diagnosis(
        type="openai-compatible", api_key=server.api_key, base_url=short
    ).result()
    assert found.suggested_base_url == server.openai_base_url
    other = service.start_check_diagnosis(
        type="anthropic", api_key=server.api_key, base_url=server.openai_base_url
    ).result()
    assert other.suggested_type == "openai-compatible"
    assert not path.exists()


@pytest.mark.req("API-1a", "SEC-4")
def test_a_check_is_a_yes_to_itself_alone(
    service: SettingsService, server: DemoServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reference that is checked is sent that once; a file that names the same pair still asks (SEC-4)."""
    monkeypatch.setenv("LAB_API_KEY", server.api_key)
    credentials = {"apiKey": "${LAB_API_KEY}", "baseUrl": server.openai_base_url}
    path.write_text(
        json.dumps(
            {
                "providers": [
                    {"id": "p", "name": "Lab", "type": "openai-compatible", "credentials": credentials}
                ]
            }
        ),
        encoding="utf-8",
    )
    assert service.check_provider(
        type="openai-compatible", api_key="${LAB_API_KEY}", base_url=server.openai_base_url
    )
    assert service.needs_consent("p") is not None
    with pytest.raises(ConsentNeededError):
        service.discover_models("p")
    assert len(server.requests) == 1


@pytest.mark.req("PM-7")
def test_the_mock_provider_has_nothing_to_diagnose(service: SettingsService) -> None:
    """Its diagnosis is one step that succeeded, without a request."""
    service.add_model(provider_id="mock", model="mock")
    diagnosis = service.diagnose("mock")
    assert diagnosis.ok
    assert len(diagnosis.steps) == 1
