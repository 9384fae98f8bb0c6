"""Keys that are named and not written: variables that are missing, and where one may be sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from panel_driver.words import KEY_SOURCE, SOURCES

from dispatch_widgets import ConsentNeededError, ModelPicker, Panel, ProvidersPanel, SettingsService
from dispatch_widgets.presets import KEY_VARIABLES

if TYPE_CHECKING:
    from panel_driver.person import Person

TO_GOOD = "Send $OPENAI_API_KEY to good.test"


def sends(variable: str, host: str) -> str:
    """The name of the button that sends a variable to a host."""
    return f"Send ${variable} to {host}"


@pytest.mark.req("SEC-4")
def test_a_variable_that_is_not_set_is_said_without_asking(service, demo, person) -> None:
    """A key that refers to a variable that is not set shows as missing, and nobody is asked."""
    service.add_provider(
        name="Fire", type="openai-compatible", api_key="${FIRE_API_KEY}", base_url=demo.openai_base_url
    )
    before = len(demo.requests)
    me = person(ProvidersPanel(service))
    assert me.row("Fire").badge == "Key missing"
    assert "FIRE_API_KEY" in me.row("Fire").note.splitlines()[0]
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
def test_a_foreign_variable_is_sent_only_after_consent(service, demo, foreign, person) -> None:
    """For a variable that was not made for a host, Refresh asks "Send $NAME to host" before it sends."""
    me = person(Panel(service))
    card = me.row("Odd")
    before = len(demo.requests)
    me.press("Refresh Odd")
    me.press("Refresh all")
    me.wait()
    assert len(demo.requests) == before + 2  # the two that are the user's own
    assert card.badge == "Not sent"
    assert "Providers (1)" in me.tabs
    assert card.note.splitlines()[0] == "The file names ${OPENAI_API_KEY} as this provider's key."
    send = sends("OPENAI_API_KEY", service.provider(foreign).host)
    assert card.offers == [send]
    card.press(send)
    me.wait()
    assert len(demo.requests) == before + 3
    assert "chat" in card.facts[0]
    assert service.needs_consent(foreign) is None
    assert card.badge == ""
    assert "Providers" in me.tabs


@pytest.mark.req("SEC-4")
def test_what_a_cell_was_refused_can_be_allowed_in_the_card(service, demo, foreign, person) -> None:
    """After dw.discover_models() in a cell was refused, the card says why and holds the button."""
    me = person(ProvidersPanel(service))
    with pytest.raises(ConsentNeededError) as refused:
        service.discover_models(foreign)
    me.wait()
    card = me.row("Odd")
    assert card.badge == "Not sent"
    assert card.offers == [refused.value.button]
    card.press(refused.value.button)
    me.wait()
    assert card.badge == ""


@pytest.mark.req("SEC-4")
def test_a_new_address_for_a_reference_is_asked_about_or_said_in_the_form(
    service, demo, foreign, person
) -> None:
    """The form says where a variable is sent, so saving is the yes; a keyring's key is asked about."""
    me = person(ProvidersPanel(service))
    me.press("Edit Odd")
    assert "Save and Test send the value of OPENAI_API_KEY" in me.field("Key").hint
    me.fill("Base URL", demo.second_openai_base_url)
    me.press("Save")
    me.wait()
    assert service.needs_consent(foreign) is None
    SettingsService(service.path).update_provider(foreign, api_key="keyring:someone/else")
    service.reload()
    me.wait()
    me.press("Edit Odd")
    before = len(demo.requests)
    me.fill("Base URL", demo.openai_base_url)
    me.press("Save")
    me.wait()
    assert len(demo.requests) == before
    (send,) = me.row("Odd").offers
    assert send.startswith("Send keyring:someone/else to ")


@pytest.mark.req("UI", "SEC-4")
def test_a_variable_that_is_not_set_is_said_to_be_missing_in_the_kernel(service, monkeypatch, person) -> None:
    """Where people read panels, the process is the kernel."""
    monkeypatch.delenv("COURSE_KEY", raising=False)
    service.add_provider(
        name="Course", type="openai-compatible", api_key="${COURSE_KEY}", base_url="http://127.0.0.1:9/v1"
    )
    me = person(ProvidersPanel(service))
    assert me.row("Course").note.splitlines()[0] == "COURSE_KEY is not set in this kernel."


# ---- what is pressed is what was seen (SEC-8)


def _change(service, name: str, **credentials: str) -> None:
    """Another program changes a provider's credentials in the file."""
    document = json.loads(service.path.read_text(encoding="utf-8"))
    for provider in document["providers"]:
        if provider["name"] == name:
            provider["credentials"].update(credentials)
    service.path.write_text(json.dumps(document), encoding="utf-8")


@pytest.fixture
def asked(service, foreign, person) -> Person:
    """Somebody who sees "Send $OPENAI_API_KEY to good.test" in the card of Odd."""
    _change(service, "Odd", baseUrl="https://good.test/v1")
    me: Person = person(ProvidersPanel(service))
    me.press("Refresh Odd")
    me.wait()
    assert me.row("Odd").offers == [TO_GOOD]
    return me


@pytest.mark.req("SEC-8", "SEC-4")
@pytest.mark.parametrize("seen", ["at once", "after the card was drawn anew"])
def test_a_press_sends_to_the_host_that_the_button_named(service, demo, foreign, asked, seen) -> None:
    """Another host in the file by then: nothing is sent, the card says so and asks for the new one."""
    card = asked.row("Odd")
    button = card.as_seen(TO_GOOD)
    _change(service, "Odd", baseUrl=demo.openai_base_url)
    if seen != "at once":
        service.reload()
        asked.wait()
    before = len(demo.requests)
    button.press()
    asked.wait()
    assert len(demo.requests) == before
    new = sends("OPENAI_API_KEY", service.provider(foreign).host)
    title, words = card.note.splitlines()
    assert title.startswith("The file has changed.")
    assert words.startswith("Nothing was sent.")
    assert card.offers == [new]
    card.press(new)
    asked.wait()
    assert len(demo.requests) > before
    assert card.badge == ""


@pytest.mark.req("SEC-8")
def test_a_press_sends_the_variable_that_the_button_named(service, demo, asked, monkeypatch) -> None:
    """Another variable in the file by then is asked about anew; so is a plain key not sent by that press."""
    monkeypatch.setenv("ANOTHER_SECRET", demo.api_key)
    card = asked.row("Odd")
    button = card.as_seen(TO_GOOD)
    _change(service, "Odd", apiKey="${ANOTHER_SECRET}", baseUrl=demo.openai_base_url)
    before = len(demo.requests)
    button.press()
    asked.wait()
    (send,) = card.offers
    assert send.startswith("Send $ANOTHER_SECRET to ")
    button = card.as_seen(send)
    _change(service, "Odd", apiKey=demo.api_key)
    button.press()
    asked.wait()
    assert len(demo.requests) == before
    assert "any more. Nothing was sent." in card.note.splitlines()[0]


@pytest.mark.req("SEC-8")
def test_the_list_of_models_keeps_to_what_its_button_named(service, demo, foreign, person) -> None:
    """The same in a list of models: a host that was changed meanwhile is asked about anew."""
    _change(service, "Odd", baseUrl="https://good.test/v1")
    me = person(ModelPicker(provider="Odd", service=service))
    me.press("Refresh")
    me.wait()
    button = me.as_seen(TO_GOOD)
    _change(service, "Odd", baseUrl=demo.openai_base_url)
    before = len(demo.requests)
    button.press()
    me.wait()
    assert len(demo.requests) == before
    assert me.sees("The file has changed.")
    me.press(sends("OPENAI_API_KEY", service.provider(foreign).host))
    me.wait()
    assert me.rows("Models")


@pytest.mark.req("SEC-8")
def test_a_form_sends_a_variable_to_the_host_that_it_named(service, demo, foreign, person) -> None:
    """Saving sends no variable to a host that another program has put there; the form says which it is."""
    _change(service, "Odd", baseUrl="https://good.test/v1", apiKey="sk-before-0123456789")
    service.reload()
    me = person(ProvidersPanel(service))
    me.press("Edit Odd")
    me.choose(KEY_SOURCE, SOURCES["variable"])
    me.choose("Key", "OPENAI_API_KEY (set in this kernel)")
    assert "Save and Test send the value of OPENAI_API_KEY to good.test." in me.field("Key").hint
    _change(service, "Odd", baseUrl=demo.openai_base_url)
    before, connections = service.path.read_bytes(), len(demo.requests)
    me.press("Save")
    me.wait()
    assert (service.path.read_bytes(), len(demo.requests)) == (before, connections)
    assert "Edit Odd" in me.headings
    host = service.provider(foreign).host
    assert me.sees(f"to {host}, no longer to good.test")
    assert f"Save and Test send the value of OPENAI_API_KEY to {host}." in me.field("Key").hint
    me.choose(KEY_SOURCE, SOURCES["variable"])
    me.choose("Key", "OPENAI_API_KEY (set in this kernel)")
    me.press("Save")
    me.wait()
    assert "Edit Odd" not in me.headings
    assert len(demo.requests) > connections


@pytest.mark.req("SEC-8")
def test_a_form_in_which_nothing_was_changed_says_what_was_changed_elsewhere(
    service, demo, foreign, person
) -> None:
    """It said where saving sends a variable: with another host in the file by then it says which."""
    _change(service, "Odd", baseUrl="https://good.test/v1")
    service.reload()
    me = person(ProvidersPanel(service))
    me.press("Edit Odd")
    _change(service, "Odd", baseUrl=demo.openai_base_url)
    connections = len(demo.requests)
    me.press("Save")
    me.wait()
    assert "Edit Odd" in me.headings
    assert me.sees("no longer to good.test")
    host = service.provider(foreign).host
    assert f"Save and Test send the value of OPENAI_API_KEY to {host}." in me.field("Key").hint
    assert len(demo.requests) == connections


@pytest.mark.req("SEC-8")
def test_a_form_saves_a_typed_key_for_the_host_that_it_showed(service, demo, person, canary) -> None:
    """A key typed for one host is not saved for another; it is let go, in words, and asked for anew."""
    _change(service, "Lab", baseUrl="https://good.test/v1")
    service.reload()
    me = person(ProvidersPanel(service))
    me.press("Edit Lab")
    me.fill("Key", canary)
    _change(service, "Lab", baseUrl=demo.openai_base_url)
    before, connections = service.path.read_bytes(), len(demo.requests)
    me.press("Save")
    me.wait()
    assert (service.path.read_bytes(), len(demo.requests)) == (before, connections)
    assert me.sees("enter the key once more")
    assert me.value("Base URL") == demo.openai_base_url
    me.press("Save")
    me.wait()
    assert canary not in service.path.read_text(encoding="utf-8")
    assert "Edit Lab" not in me.headings


@pytest.mark.req("SEC-8")
def test_a_form_keeps_another_programs_key_from_the_host_that_was_typed(service, demo, ids, person) -> None:
    """A base URL typed beside the key that was shown is not saved beside another program's key."""
    me = person(ProvidersPanel(service))
    me.press("Edit Lab")
    me.fill("Base URL", demo.second_openai_base_url)
    _change(service, "Lab", apiKey="sk-of-another-host-0123", baseUrl="https://other.test/v1")
    connections = len(demo.requests)
    me.press("Save")
    me.wait()
    assert me.sees("another key")
    assert service.provider(ids["Lab"]).base_url == "https://other.test/v1"
    assert len(demo.requests) == connections


@pytest.mark.req("SEC-8", "API-5")
def test_a_type_that_is_not_known_has_its_button_too(service, foreign, person) -> None:
    """What `resolve` refuses for a type that is not known can be allowed in its card."""
    document = json.loads(service.path.read_text(encoding="utf-8"))
    document["providers"][-1].update(type="newer", credentials={"apiKey": "${OPENAI_API_KEY}"})
    service.path.write_text(json.dumps(document), encoding="utf-8")
    me = person(ProvidersPanel(service))
    with pytest.raises(ConsentNeededError) as refused:
        service.resolve_model(foreign, "m")
    card = me.row("Odd")
    assert card.badge == "Unknown type"
    card.press(refused.value.button)
    me.wait()
    assert service.resolve_model(foreign, "m").base_url == ""
    assert card.offers == []


# ---- companions


@pytest.fixture
def gateway(demo, monkeypatch) -> str:
    """`OPENAI_API_KEY` and `OPENAI_BASE_URL` of a company's gateway; gives the gateway's host."""
    for name in KEY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", demo.api_key)
    monkeypatch.setenv("OPENAI_BASE_URL", demo.openai_base_url)
    return demo.openai_base_url.split("/")[2]


@pytest.mark.req("SEC-8", "UI")
def test_found_here_offers_a_gateways_key_for_the_gateway(settings_path, demo, gateway, person) -> None:
    """One press of Add makes a provider of the gateway, named after its host, and asks the gateway."""
    panel = ProvidersPanel(SettingsService(settings_path))
    me = person(panel)
    assert me.titles("Found here") == [gateway]
    assert f"OPENAI_BASE_URL names {gateway}" in me.row(gateway).lines
    before = len(demo.requests)
    me.row(gateway).press("Add")
    me.wait()
    (provider,) = panel.service.get_providers()
    assert (provider.name, provider.base_url) == (gateway, demo.openai_base_url)
    assert provider.key_variable == "OPENAI_API_KEY"
    assert len(demo.requests) == before + 1


@pytest.mark.req("SEC-8")
def test_found_here_adds_what_its_row_named(settings_path, gateway, person, monkeypatch) -> None:
    """With another server in the environment by the time of the press, nothing is added or sent."""
    panel = ProvidersPanel(SettingsService(settings_path))
    row = person(panel).row(gateway)
    monkeypatch.setenv("OPENAI_BASE_URL", "https://elsewhere.test/v1")
    row.press("Add")
    me = person(panel)
    assert panel.service.get_providers() == ()
    assert me.sees("Nothing was added or sent.")
    assert me.titles("Found here") == ["elsewhere.test"]


@pytest.mark.req("SEC-8", "UI")
def test_found_here_says_of_an_address_that_is_none(settings_path, gateway, person, monkeypatch) -> None:
    """A companion that can be no base URL is said; Add leads to the form, which says where it would send."""
    monkeypatch.setenv("OPENAI_BASE_URL", "gateway.test/v1")
    panel = ProvidersPanel(SettingsService(settings_path))
    me = person(panel)
    assert me.titles("Found here") == ["OpenAI"]
    assert "OPENAI_BASE_URL is set to something that is no base URL" in me.row("OpenAI").lines
    me.row("OpenAI").press("Add")
    assert panel.service.get_providers() == ()
    hint = me.field("Key").hint
    assert "Save and Test send the value of OPENAI_API_KEY to api.openai.com." in hint
    assert "so it is not said which server this key is made for." in hint


@pytest.mark.req("SEC-8", "UI")
def test_the_form_says_that_a_key_may_be_a_gateways(settings_path, gateway, person) -> None:
    """Beside a companion the form for the vendor says where Save sends the key, and why that is asked."""
    me = person(ProvidersPanel(SettingsService(settings_path)))
    me.press("Add provider")
    me.choose("Preset", "OpenAI")
    hint = me.field("Key").hint
    assert "Save and Test send the value of OPENAI_API_KEY to api.openai.com." in hint
    assert f"OPENAI_BASE_URL names {gateway}, so this key may be made for that server." in hint


@pytest.mark.req("SEC-8", "MIG-4")
def test_the_card_of_a_migrated_entry_asks_and_says_why(settings_path, gateway, person) -> None:
    """An entry of an old file without a key: Refresh asks before the gateway's key goes to the vendor."""
    entry = {"id": "openai:m", "providerType": "openai", "model": "gpt-4o", "providerConfig": {}}
    document = {"models": {"catalog": [entry], "assignment": []}}
    settings_path.write_text(json.dumps(document), encoding="utf-8")
    me = person(ProvidersPanel(SettingsService(settings_path)))
    (name,) = me.titles("Providers")
    me.press(f"Refresh {name}")
    me.wait()
    card = me.row(name, of="Providers")
    assert card.offers == ["Send $OPENAI_API_KEY to api.openai.com"]
    assert f"OPENAI_BASE_URL names {gateway}" in card.note
    assert "usually has another key" not in card.note


@pytest.mark.req("SEC-8", "MD-14")
def test_a_suggested_address_is_taken_for_the_key_that_it_was_found_with(service, demo, ids, person) -> None:
    """A diagnosis of one account does not send the key, which another program has put there, to its host."""
    _change(service, "Lab", baseUrl=demo.openai_base_url.removesuffix("/v1"))
    service.reload()
    me = person(ProvidersPanel(service))
    card = me.row("Lab")
    me.press("Refresh Lab")
    me.wait()
    card.press("Diagnose")
    card.see("/models")
    me.wait()
    _change(service, "Lab", apiKey="sk-of-another-host-0123", baseUrl="https://other.test/v1")
    connections = len(demo.requests)
    card.press("Use …/v1")
    me.wait()
    assert service.provider(ids["Lab"]).base_url == "https://other.test/v1"
    assert "another key" in card.note
    assert len(demo.requests) == connections


@pytest.mark.req("SEC-8")
def test_a_gateways_own_pair_is_asked_about_with_what_is_known(service, foreign, gateway, person) -> None:
    """A file that names the server that the environment names, too, is asked about, and that is said."""
    me = person(ProvidersPanel(service))
    me.press("Refresh Odd")
    me.wait()
    assert me.row("Odd").note.splitlines()[1].startswith("OPENAI_BASE_URL names that server for this key.")
