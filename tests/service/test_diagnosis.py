"""What the service says of a provider that does not answer as it should."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from dispatch_widgets import (
        SettingsService,
    )
    from dispatch_widgets.demo import DemoServer


@pytest.mark.req("MD-14")
def test_a_diagnosis_says_what_was_tried_and_what_to_change(
    service: SettingsService, server: DemoServer, add: Any
) -> None:
    """A base URL without its /v1 is found out, with the one to take; a missing variable is told too."""
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
