"""Keys that are named and not written: variables that are missing, and where one may be sent."""

from __future__ import annotations

import pytest

from dispatch_widgets import ConsentNeededError, ProvidersPanel, SettingsService


@pytest.mark.req("SEC-4")
def test_a_variable_that_is_not_set_is_said_without_asking(service, demo, page) -> None:
    """A key that refers to a variable that is not set shows as missing, and nobody is asked."""
    service.add_provider(
        name="Fire", type="openai-compatible", api_key="${FIRE_API_KEY}", base_url=demo.openai_base_url
    )
    before = len(demo.requests)
    panel = ProvidersPanel(service)
    card = page.row(panel.list, "Fire")
    assert card["badge"]["text"] == "Key missing"
    assert "FIRE_API_KEY" in page.words(card["note"]["title"])
    assert len(demo.requests) == before


@pytest.fixture
def foreign(service, demo, monkeypatch) -> str:
    """The id of a provider that came with the file and names a variable made for another server."""
    monkeypatch.setenv("OPENAI_API_KEY", demo.api_key)
    elsewhere = SettingsService(service.path)
    made = elsewhere.add_provider(
        name="Odd", type="openai-compatible", api_key="${OPENAI_API_KEY}", base_url=demo.openai_base_url
    )
    return made.id


@pytest.mark.req("SEC-4")
def test_a_foreign_variable_is_sent_only_after_consent(service, demo, foreign, page) -> None:
    """For a variable that was not made for a host, Refresh asks "Send $NAME to host" before it sends."""
    panel = ProvidersPanel(service)
    before = len(demo.requests)
    page.answer(panel.list, "refresh", foreign)
    panel.refresh_all.click()
    page.wait(panel)
    assert len(demo.requests) == before + 2  # the two that are the user's own
    assert page.row(panel.list, "Odd")["badge"]["text"] == "Not sent"
    assert panel.attention() == 1
    (allow,) = page.row(panel.list, "Odd")["note"]["actions"]
    assert allow["label"] == f"Send $OPENAI_API_KEY to {service.provider(foreign).host}"
    page.answer(panel.list, "allow", foreign)
    page.wait(panel)
    assert len(demo.requests) == before + 3
    assert "chat" in page.words(page.row(panel.list, "Odd")["meta"][0])
    assert service.needs_consent(foreign) is None
    assert "badge" not in page.row(panel.list, "Odd")
    assert panel.attention() == 0


@pytest.mark.req("SEC-4")
def test_what_a_cell_was_refused_can_be_allowed_in_the_card(service, demo, foreign, page) -> None:
    """After dw.discover_models() in a cell was refused, the card says why and holds the button."""
    panel = ProvidersPanel(service)
    with pytest.raises(ConsentNeededError) as refused:
        service.discover_models(foreign)
    assert panel.hub.settle()
    card = page.row(panel.list, "Odd")
    assert card["badge"]["text"] == "Not sent"
    (allow,) = card["note"]["actions"]
    assert allow["label"] == refused.value.button
    page.answer(panel.list, "allow", foreign)
    page.wait(panel)
    assert "badge" not in page.row(panel.list, "Odd")


@pytest.mark.req("SEC-4")
def test_a_new_address_for_a_reference_is_asked_about_or_said_in_the_form(
    service, demo, foreign, page
) -> None:
    """The form says where a variable is sent, so saving is the yes; a keyring's key is asked about."""
    panel = ProvidersPanel(service)
    form = panel.edit(foreign)
    assert "Saving sends the value of OPENAI_API_KEY" in page.words(form.secret.hint)
    form.url.control.value = demo.second_openai_base_url
    form.save.click()
    page.type_key(form, "OPENAI_API_KEY", source="variable")
    page.wait(panel)
    assert service.needs_consent(foreign) is None
    SettingsService(service.path).update_provider(foreign, api_key="keyring:someone/else")
    form = panel.edit(foreign)
    before = len(demo.requests)
    form.url.control.value = demo.openai_base_url
    form.save.click()
    page.type_key(form, "")
    page.wait(panel)
    assert len(demo.requests) == before
    (allow,) = page.row(panel.list, "Odd")["note"]["actions"]
    assert allow["label"].startswith("Send keyring:someone/else to ")


@pytest.mark.req("UI", "SEC-4")
def test_a_variable_that_is_not_set_is_said_to_be_missing_in_the_kernel(service, monkeypatch) -> None:
    """Where people read panels, the process is the kernel."""
    monkeypatch.delenv("COURSE_KEY", raising=False)
    service.add_provider(
        name="Course", type="openai-compatible", api_key="${COURSE_KEY}", base_url="http://127.0.0.1:9/v1"
    )
    panel = ProvidersPanel(service)
    assert panel.rows[-1]["note"]["title"] == "COURSE_KEY is not set in this kernel."
