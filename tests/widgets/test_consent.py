"""Keys that are named and not written: variables that are missing, and where one may be sent."""

from __future__ import annotations

import json

import pytest

from dispatch_widgets import ConsentNeededError, ModelPicker, ProvidersPanel, SettingsService
from dispatch_widgets.presets import KEY_VARIABLES


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
    question = page.words(page.row(panel.list, "Odd")["note"]["title"])
    assert question == "The file names ${OPENAI_API_KEY} as this provider's key."
    (allow,) = page.row(panel.list, "Odd")["note"]["actions"]
    assert allow["label"] == f"Send $OPENAI_API_KEY to {service.provider(foreign).host}"
    page.press(panel.list, "Send $OPENAI_API_KEY to ", "Odd")
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
    page.press(panel.list, "Send $OPENAI_API_KEY to ", "Odd")
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


# ---- what is pressed is what was seen (SEC-8)


def _change(service, name: str, **credentials: str) -> None:
    """Another program changes a provider's credentials in the file."""
    document = json.loads(service.path.read_text(encoding="utf-8"))
    for provider in document["providers"]:
        if provider["name"] == name:
            provider["credentials"].update(credentials)
    service.path.write_text(json.dumps(document), encoding="utf-8")


@pytest.fixture
def asked(service, foreign, page) -> ProvidersPanel:
    """A panel in which "Send $OPENAI_API_KEY to good.test" stands in the card of Odd."""
    _change(service, "Odd", baseUrl="https://good.test/v1")
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", foreign)
    assert panel.hub.settle()
    (send,) = page.row(panel.list, "Odd")["note"]["actions"]
    assert send["label"] == "Send $OPENAI_API_KEY to good.test"
    return panel


@pytest.mark.req("SEC-8", "SEC-4")
@pytest.mark.parametrize("seen", ["at once", "after the card was drawn anew"])
def test_a_press_sends_to_the_host_that_the_button_named(service, demo, asked, page, seen) -> None:
    """Another host in the file by then: nothing is sent, the card says so and asks for the new one."""
    card = page.row(asked.list, "Odd")
    (button,) = card["note"]["actions"]
    _change(service, "Odd", baseUrl=demo.openai_base_url)
    if seen != "at once":
        asked.hub.look()
        assert asked.hub.settle()
    before = demo.connections
    page.answer(asked.list, button["action"], card["id"])
    page.wait(asked)
    assert demo.connections == before
    host = service.provider(card["id"]).host
    note = page.row(asked.list, "Odd")["note"]
    assert page.words(note["title"]).startswith("The file has changed.")
    assert note["text"].startswith("Nothing was sent.")
    assert [action["label"] for action in note["actions"]] == [f"Send $OPENAI_API_KEY to {host}"]
    page.press(asked.list, f"Send $OPENAI_API_KEY to {host}", "Odd")
    page.wait(asked)
    assert demo.connections > before
    assert "badge" not in page.row(asked.list, "Odd")


@pytest.mark.req("SEC-8")
def test_a_press_sends_the_variable_that_the_button_named(service, demo, asked, page, monkeypatch) -> None:
    """Another variable in the file by then is asked about anew; so is a plain key not sent by that press."""
    monkeypatch.setenv("ANOTHER_SECRET", demo.api_key)
    _change(service, "Odd", apiKey="${ANOTHER_SECRET}", baseUrl=demo.openai_base_url)
    before = demo.connections
    page.press(asked.list, "Send $OPENAI_API_KEY to good.test", "Odd")
    page.wait(asked)
    (send,) = page.row(asked.list, "Odd")["note"]["actions"]
    assert send["label"].startswith("Send $ANOTHER_SECRET to ")
    _change(service, "Odd", apiKey=demo.api_key)
    page.press(asked.list, "Send $ANOTHER_SECRET to ", "Odd")
    page.wait(asked)
    assert demo.connections == before
    assert "any more. Nothing was sent." in page.row(asked.list, "Odd")["note"]["title"]


@pytest.mark.req("SEC-8")
def test_the_list_of_models_keeps_to_what_its_button_named(service, demo, foreign, page) -> None:
    """The same in a list of models: a host that was changed meanwhile is asked about anew."""
    _change(service, "Odd", baseUrl="https://good.test/v1")
    picker = ModelPicker(provider="Odd", service=service)
    picker.refresh.click()
    page.wait(picker)
    _change(service, "Odd", baseUrl=demo.openai_base_url)
    before = demo.connections
    page.press(picker.list, "Send $OPENAI_API_KEY to good.test")
    page.wait(picker)
    assert demo.connections == before
    assert page.words(picker.list.note["title"]).startswith("The file has changed.")
    page.press(picker.list, f"Send $OPENAI_API_KEY to {service.provider(foreign).host}")
    page.wait(picker)
    assert picker.rows


@pytest.mark.req("SEC-8")
def test_a_form_sends_a_variable_to_the_host_that_it_named(service, demo, foreign, page) -> None:
    """Saving sends no variable to a host that another program has put there; the form says which it is."""
    _change(service, "Odd", baseUrl="https://good.test/v1", apiKey="sk-before-0123456789")
    panel = ProvidersPanel(service)
    form = panel.edit(foreign)
    form.secret.source, form.secret.variable = "variable", "OPENAI_API_KEY"
    assert "Saving sends the value of OPENAI_API_KEY to good.test." in page.words(form.secret.hint)
    _change(service, "Odd", baseUrl=demo.openai_base_url)
    before, connections = service.path.read_bytes(), demo.connections
    form.save.click()
    page.type_key(form, "OPENAI_API_KEY", source="variable")
    page.wait(panel)
    assert (service.path.read_bytes(), demo.connections) == (before, connections)
    assert panel.form is form
    host = service.provider(foreign).host
    assert f"to {host}, no longer to good.test" in form.note.content
    assert f"Saving sends the value of OPENAI_API_KEY to {host}." in page.words(form.secret.hint)
    form.save.click()
    page.type_key(form, "OPENAI_API_KEY", source="variable")
    page.wait(panel)
    assert panel.form is None
    assert demo.connections > connections


@pytest.mark.req("SEC-8")
def test_a_form_in_which_nothing_was_changed_says_what_was_changed_elsewhere(
    service, demo, foreign, page
) -> None:
    """It said where saving sends a variable: with another host in the file by then it says which."""
    _change(service, "Odd", baseUrl="https://good.test/v1")
    panel = ProvidersPanel(service)
    form = panel.edit(foreign)
    _change(service, "Odd", baseUrl=demo.openai_base_url)
    connections = demo.connections
    form.save.click()
    page.type_key(form, "OPENAI_API_KEY", source="variable")
    page.wait(panel)
    assert panel.form is form
    assert "no longer to good.test" in form.note.content
    assert f"Saving sends the value of OPENAI_API_KEY to {service.provider(foreign).host}." in page.words(
        form.secret.hint
    )
    assert demo.connections == connections


@pytest.mark.req("SEC-8")
def test_a_form_saves_a_typed_key_for_the_host_that_it_showed(service, demo, ids, page, canary) -> None:
    """A key typed for one host is not saved for another; it is let go, in words, and asked for anew."""
    _change(service, "Lab", baseUrl="https://good.test/v1")
    panel = ProvidersPanel(service)
    form = panel.edit(ids["Lab"])
    _change(service, "Lab", baseUrl=demo.openai_base_url)
    before, connections = service.path.read_bytes(), demo.connections
    form.save.click()
    page.type_key(form, canary)
    page.wait(panel)
    assert (service.path.read_bytes(), demo.connections) == (before, connections)
    assert "enter the key once more" in form.note.content
    assert form.url.value == demo.openai_base_url
    form.save.click()
    page.type_key(form, "")
    page.wait(panel)
    assert canary not in service.path.read_text(encoding="utf-8")
    assert panel.form is None


@pytest.mark.req("SEC-8")
def test_a_form_keeps_another_programs_key_from_the_host_that_was_typed(service, demo, ids, page) -> None:
    """A base URL typed beside the key that was shown is not saved beside another program's key."""
    panel = ProvidersPanel(service)
    form = panel.edit(ids["Lab"])
    form.url.control.value = demo.second_openai_base_url
    _change(service, "Lab", apiKey="sk-of-another-host-0123", baseUrl="https://other.test/v1")
    connections = demo.connections
    form.save.click()
    page.type_key(form, "")
    page.wait(panel)
    assert "another key" in form.note.content
    assert service.provider(ids["Lab"]).base_url == "https://other.test/v1"
    assert demo.connections == connections


@pytest.mark.req("SEC-8", "API-5")
def test_a_type_that_is_not_known_has_its_button_too(service, foreign, page) -> None:
    """What `resolve` refuses for a type that is not known can be allowed in its card."""
    document = json.loads(service.path.read_text(encoding="utf-8"))
    document["providers"][-1].update(type="newer", credentials={"apiKey": "${OPENAI_API_KEY}"})
    service.path.write_text(json.dumps(document), encoding="utf-8")
    panel = ProvidersPanel(service)
    with pytest.raises(ConsentNeededError) as refused:
        service.resolve_model(foreign, "m")
    assert page.row(panel.list, "Odd")["badge"]["text"] == "Unknown type"
    page.press(panel.list, refused.value.button, "Odd")
    assert panel.hub.settle()
    assert service.resolve_model(foreign, "m").base_url == ""
    assert "actions" not in page.row(panel.list, "Odd")["note"]


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
def test_found_here_offers_a_gateways_key_for_the_gateway(settings_path, demo, gateway, page) -> None:
    """One press of Add makes a provider of the gateway, named after its host, and asks the gateway."""
    panel = ProvidersPanel(SettingsService(settings_path))
    (row,) = panel.found.rows
    assert row["title"] == gateway
    assert f"OPENAI_BASE_URL names {gateway}" in map(page.words, row["line"])
    before = len(demo.requests)
    page.press(panel.found.list, "Add", gateway)
    page.wait(panel)
    (provider,) = panel.service.get_providers()
    assert (provider.name, provider.base_url) == (gateway, demo.openai_base_url)
    assert provider.key_variable == "OPENAI_API_KEY"
    assert len(demo.requests) == before + 1


@pytest.mark.req("SEC-8")
def test_found_here_adds_what_its_row_named(settings_path, gateway, page, monkeypatch) -> None:
    """With another server in the environment by the time of the press, nothing is added or sent."""
    panel = ProvidersPanel(SettingsService(settings_path))
    monkeypatch.setenv("OPENAI_BASE_URL", "https://elsewhere.test/v1")
    page.press(panel.found.list, "Add", gateway)
    assert panel.service.get_providers() == ()
    assert panel.trouble is not None
    assert "Nothing was added or sent." in panel.trouble.message
    assert panel.found.rows[0]["title"] == "elsewhere.test"


@pytest.mark.req("SEC-8", "UI")
def test_found_here_says_of_an_address_that_is_none(settings_path, gateway, page, monkeypatch) -> None:
    """A companion that can be no base URL is said; Add leads to the form, which says where it would send."""
    monkeypatch.setenv("OPENAI_BASE_URL", "gateway.test/v1")
    panel = ProvidersPanel(SettingsService(settings_path))
    (row,) = panel.found.rows
    assert "OPENAI_BASE_URL is set to something that is no base URL" in map(page.words, row["line"])
    page.press(panel.found.list, "Add", "OpenAI")
    assert panel.service.get_providers() == ()
    assert panel.form is not None
    hint = page.words(panel.form.secret.hint)
    assert "Saving sends the value of OPENAI_API_KEY to api.openai.com." in hint
    assert "so it is not said which server this key is made for." in hint


@pytest.mark.req("SEC-8", "UI")
def test_the_form_says_that_a_key_may_be_a_gateways(settings_path, gateway, page) -> None:
    """Beside a companion the form for the vendor says where Save sends the key, and why that is asked."""
    panel = ProvidersPanel(SettingsService(settings_path))
    hint = page.words(panel.open_add(preset="openai").secret.hint)
    assert "Saving sends the value of OPENAI_API_KEY to api.openai.com." in hint
    assert f"OPENAI_BASE_URL names {gateway}, so this key may be made for that server." in hint


@pytest.mark.req("SEC-8", "MIG-4")
def test_the_card_of_a_migrated_entry_asks_and_says_why(settings_path, gateway, page) -> None:
    """An entry of an old file without a key: Refresh asks before the gateway's key goes to the vendor."""
    entry = {"id": "openai:m", "providerType": "openai", "model": "gpt-4o", "providerConfig": {}}
    document = {"models": {"catalog": [entry], "assignment": []}}
    settings_path.write_text(json.dumps(document), encoding="utf-8")
    panel = ProvidersPanel(SettingsService(settings_path))
    page.answer(panel.list, "refresh", panel.rows[0]["id"])
    page.wait(panel)
    note = panel.rows[0]["note"]
    assert [action["label"] for action in note["actions"]] == ["Send $OPENAI_API_KEY to api.openai.com"]
    assert f"OPENAI_BASE_URL names {gateway}" in note["text"]
    assert "usually has another key" not in note["text"]


@pytest.mark.req("SEC-8", "MD-14")
def test_a_suggested_address_is_taken_for_the_key_that_it_was_found_with(service, demo, ids, page) -> None:
    """A diagnosis of one account does not send the key, which another program has put there, to its host."""
    _change(service, "Lab", baseUrl=demo.openai_base_url.removesuffix("/v1"))
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    page.answer(panel.list, "diagnose", ids["Lab"])
    page.until(lambda: "items" in page.row(panel.list, "Lab")["note"])
    page.wait(panel)
    _change(service, "Lab", apiKey="sk-of-another-host-0123", baseUrl="https://other.test/v1")
    connections = demo.connections
    page.press(panel.list, "Use …/v1", "Lab")
    page.wait(panel)
    assert service.provider(ids["Lab"]).base_url == "https://other.test/v1"
    assert "another key" in page.row(panel.list, "Lab")["note"]["title"]
    assert demo.connections == connections


@pytest.mark.req("SEC-8")
def test_a_gateways_own_pair_is_asked_about_with_what_is_known(service, foreign, gateway, page) -> None:
    """A file that names the server that the environment names, too, is asked about, and that is said."""
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", foreign)
    assert panel.hub.settle()
    note = page.row(panel.list, "Odd")["note"]
    assert note["text"].startswith("OPENAI_BASE_URL names that server for this key.")
