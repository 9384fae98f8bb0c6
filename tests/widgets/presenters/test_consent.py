"""Keys that are named and not written: variables that are missing, and where one may be sent."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from presenter_person import Person, until

from dispatch_widgets import ConsentNeededError, SettingsService
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.detection import find_here_async
from dispatch_widgets.presets import KEY_VARIABLES, find_preset
from dispatch_widgets.secrets import NO_KEY_NEEDED
from dispatch_widgets.widgets.presenters.providers import found_here
from dispatch_widgets.widgets.presenters.providers.presenter import ProvidersPresenter
from dispatch_widgets.widgets.presenters.shared.views import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def sit(at) -> Callable[[SettingsService], Person]:
    """Puts somebody at the Providers tab of a service."""
    return lambda service: at(ProvidersPresenter, service)


def change_elsewhere(service, name: str, **credentials: str) -> None:
    """Another program changes a provider's credentials in the file."""
    document = json.loads(service.path.read_text(encoding="utf-8"))
    for provider in document["providers"]:
        if provider["name"] == name:
            provider["credentials"].update(credentials)
    service.path.write_text(json.dumps(document), encoding="utf-8")


@pytest.fixture
def foreign(service, demo, monkeypatch) -> str:
    """The id of a provider that came with the file and names a variable made for another server."""
    monkeypatch.setenv("OPENAI_API_KEY", demo.api_key)
    elsewhere = SettingsService(service.path)
    made = elsewhere.add_provider(
        name="Odd", type="openai-compatible", api_key="${OPENAI_API_KEY}", base_url=demo.openai_base_url
    )
    service.reload()
    return made.id


@pytest.mark.req("SEC-4", "UI")
def test_a_variable_that_is_not_set_is_said_without_asking(service, demo, sit) -> None:
    """A key that refers to a variable that is not set shows as missing in the kernel, and nobody is asked."""
    service.add_provider(
        name="Fire", type="openai-compatible", api_key="${FIRE_API_KEY}", base_url=demo.openai_base_url
    )
    before = len(demo.requests)
    person = sit(service)
    assert person.row("Fire").badge.text == "Key missing"
    assert person.sees("FIRE_API_KEY is not set in this kernel.", row="Fire")
    assert person.buttons("Fire") == ["Edit"]
    assert len(demo.requests) == before


@pytest.mark.req("SEC-4")
def test_a_foreign_variable_is_sent_only_after_consent(service, demo, foreign, sit) -> None:
    """For a variable that was not made for a host, Refresh asks "Send $NAME to host" before it sends."""
    person = sit(service)
    before = len(demo.requests)
    person.press("Refresh Odd", row="Odd")
    person.settled().press("Refresh all")
    person.settled()
    assert len(demo.requests) == before + 2  # the two that are the user's own
    assert person.row("Odd").badge.text == "Not sent"
    assert person.view.attention == 1
    assert person.sees("The file names ${OPENAI_API_KEY} as this provider's key.", row="Odd")
    assert person.buttons("Odd") == [f"Send $OPENAI_API_KEY to {service.provider(foreign).host}"]
    person.press("Send $OPENAI_API_KEY to ", row="Odd")
    person.settled()
    assert len(demo.requests) == before + 3
    assert person.sees(" chat", row="Odd")
    assert service.needs_consent(foreign) is None
    assert person.row("Odd").badge is None
    assert person.view.attention == 0


@pytest.mark.req("SEC-4")
def test_what_a_cell_was_refused_can_be_allowed_in_the_row(service, foreign, sit) -> None:
    """After dw.discover_models() in a cell was refused, the row says why and holds the button."""
    person = sit(service)
    with pytest.raises(ConsentNeededError) as refused:
        service.discover_models(foreign)
    assert person.settled().row("Odd").badge.text == "Not sent"
    assert person.buttons("Odd") == [refused.value.button]
    person.press(refused.value.button, row="Odd")
    assert person.settled().row("Odd").badge is None


@pytest.mark.req("SEC-4")
def test_a_new_address_for_a_reference_is_asked_about_or_said_in_the_form(
    service, demo, foreign, sit
) -> None:
    """The form says where a variable is sent, so saving is the yes; a keyring's key is asked about."""
    person = sit(service)
    person.press("Edit Odd", row="Odd")
    assert person.sees("Save and Test send the value of OPENAI_API_KEY")
    person.fill("Base URL", demo.second_openai_base_url)
    person.save()
    person.settled()
    assert service.needs_consent(foreign) is None
    SettingsService(service.path).update_provider(foreign, api_key="keyring:someone/else")
    service.reload()
    person.settled().press("Edit Odd", row="Odd")
    before = len(demo.requests)
    person.fill("Base URL", demo.openai_base_url)
    person.save()
    person.settled()
    assert len(demo.requests) == before
    (button,) = person.buttons("Odd")
    assert button.startswith("Send keyring:someone/else to ")


# ---- what is pressed is what was seen (SEC-8)


@pytest.fixture
def asked(service, foreign, sit) -> Person:
    """Somebody who sees "Send $OPENAI_API_KEY to good.test" in the row of Odd."""
    change_elsewhere(service, "Odd", baseUrl="https://good.test/v1")
    service.reload()
    person = sit(service)
    person.press("Refresh Odd", row="Odd")
    assert person.settled().buttons("Odd") == ["Send $OPENAI_API_KEY to good.test"]
    assert foreign
    return person


@pytest.mark.req("SEC-8", "SEC-4")
@pytest.mark.parametrize("seen", ["at once", "after the row was drawn anew"])
def test_a_press_sends_to_the_host_that_the_button_named(service, demo, asked, seen, foreign) -> None:
    """Another host in the file by then: nothing is sent, the row says so and asks for the new one."""
    (button,) = asked.row("Odd").note.actions
    change_elsewhere(service, "Odd", baseUrl=demo.openai_base_url)
    if seen != "at once":
        until(lambda: asked.sees("127.0.0.1", row="Odd"))
    before = len(demo.requests)
    asked.press_action(button)
    asked.settled()
    assert len(demo.requests) == before
    host = service.provider(foreign).host
    assert asked.sees("The file has changed. It names ${OPENAI_API_KEY}", row="Odd")
    assert asked.row("Odd").note.text.startswith("Nothing was sent.")
    assert asked.row("Odd").note.alert
    assert asked.buttons("Odd") == [f"Send $OPENAI_API_KEY to {host}"]
    asked.press(f"Send $OPENAI_API_KEY to {host}", row="Odd")
    assert asked.settled().row("Odd").badge is None
    assert len(demo.requests) > before


@pytest.mark.req("SEC-8")
def test_a_press_sends_the_variable_that_the_button_named(service, demo, asked, monkeypatch) -> None:
    """Another variable in the file by then is asked about anew; so is a plain key not sent by that press."""
    monkeypatch.setenv("ANOTHER_SECRET", demo.api_key)
    (button,) = asked.row("Odd").note.actions
    change_elsewhere(service, "Odd", apiKey="${ANOTHER_SECRET}", baseUrl=demo.openai_base_url)
    before = len(demo.requests)
    asked.press_action(button)
    (button,) = asked.settled().row("Odd").note.actions
    assert button.label.startswith("Send $ANOTHER_SECRET to ")
    change_elsewhere(service, "Odd", apiKey=demo.api_key)
    asked.press_action(button)
    asked.settled()
    assert len(demo.requests) == before
    assert asked.sees("any more. Nothing was sent.", row="Odd")


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize("changed", [True, False])
def test_a_form_sends_a_variable_to_the_host_that_it_named(service, demo, foreign, sit, changed) -> None:
    """Saving sends no variable to a host that another program has put there; the form says which it is."""
    key = "sk-before-0123456789" if changed else "${OPENAI_API_KEY}"
    change_elsewhere(service, "Odd", baseUrl="https://good.test/v1", apiKey=key)
    service.reload()
    person = sit(service)
    person.press("Edit Odd", row="Odd")
    if changed:
        person.choose("Where the key comes from", "Environment variable")
        person.choose("Key", "OPENAI_API_KEY")
    assert person.sees("Save and Test send the value of OPENAI_API_KEY to good.test.")
    change_elsewhere(service, "Odd", baseUrl=demo.openai_base_url)
    before, connections = service.path.read_bytes(), len(demo.requests)
    assert not person.save().ok
    assert (service.path.read_bytes(), len(demo.requests)) == (before, connections)
    host = service.provider(foreign).host
    assert person.sees(f"to {host}, no longer to good.test")
    assert person.sees("Look at the base URL. If it is right, press Save again.")
    assert person.sees(f"Save and Test send the value of OPENAI_API_KEY to {host}.")
    assert person.save().ok
    person.settled()
    assert len(demo.requests) > connections or not changed


@pytest.mark.req("SEC-8")
def test_a_form_saves_a_typed_key_for_the_host_that_it_showed(service, demo, ids, canary, sit) -> None:
    """A key typed for one host is not saved for another; it is let go, in words, and asked for anew."""
    change_elsewhere(service, "Lab", baseUrl="https://good.test/v1")
    service.reload()
    person = sit(service)
    person.press("Edit Lab", row="Lab")
    change_elsewhere(service, "Lab", baseUrl=demo.openai_base_url)
    before, connections = service.path.read_bytes(), len(demo.requests)
    person.fill("Key", canary)
    person.save()
    assert (service.path.read_bytes(), len(demo.requests)) == (before, connections)
    assert person.sees("enter the key once more and press Save again")
    assert person.value("Base URL") == demo.openai_base_url
    assert person.value("Key") == ""
    person.save()
    person.settled()
    assert canary not in service.path.read_text(encoding="utf-8")
    assert person.form is None


@pytest.mark.req("SEC-8")
def test_a_form_keeps_another_programs_key_from_the_host_that_was_typed(service, demo, ids, sit) -> None:
    """A base URL typed beside the key that was shown is not saved beside another program's key."""
    person = sit(service)
    person.press("Edit Lab", row="Lab")
    person.fill("Base URL", demo.second_openai_base_url)
    change_elsewhere(service, "Lab", apiKey="sk-of-another-host-0123", baseUrl="https://other.test/v1")
    connections = len(demo.requests)
    person.save()
    assert person.sees("another key")
    assert service.provider(ids["Lab"]).base_url == "https://other.test/v1"
    assert len(demo.requests) == connections


@pytest.mark.req("SEC-8", "API-5")
def test_a_type_that_is_not_known_has_its_button_too(service, foreign, sit) -> None:
    """What `resolve` refuses for a type that is not known can be allowed in its row."""
    document = json.loads(service.path.read_text(encoding="utf-8"))
    document["providers"][-1].update(type="newer", credentials={"apiKey": "${OPENAI_API_KEY}"})
    service.path.write_text(json.dumps(document), encoding="utf-8")
    service.reload()
    person = sit(service)
    with pytest.raises(ConsentNeededError) as refused:
        service.resolve_model(foreign, "m")
    assert person.row("Odd").badge.text == "Unknown type"
    assert person.why_off("Refresh Odd", row="Odd") == "This version does not know how to ask it"
    assert person.sees("resolve() gives its key out after a yes.", row="Odd")
    person.press(refused.value.button, row="Odd")
    assert service.resolve_model(foreign, "m").base_url == ""
    assert person.settled().buttons("Odd") == []
    person.press("Edit Odd", row="Odd")
    assert person.chosen("Type") == "newer"


@pytest.mark.req("SEC-8", "MD-14")
def test_a_suggested_address_is_taken_for_the_key_that_it_was_found_with(service, demo, ids, sit) -> None:
    """A diagnosis of one account does not send the key, which another program has put there, to its host."""
    change_elsewhere(service, "Lab", baseUrl=demo.openai_base_url.removesuffix("/v1"))
    service.reload()
    person = sit(service)
    person.press("Refresh Lab", row="Lab")
    person.settled().press("Diagnose", row="Lab")
    until(lambda: person.row("Lab").note.steps)
    (use,) = [action for action in person.row("Lab").note.actions if action.name == "use_url"]
    change_elsewhere(service, "Lab", apiKey="sk-of-another-host-0123", baseUrl="https://other.test/v1")
    connections = len(demo.requests)
    person.press_action(use)
    person.settled()
    assert service.provider(ids["Lab"]).base_url == "https://other.test/v1"
    assert person.sees("another key", row="Lab")
    assert len(demo.requests) == connections
    assert not person.presenter.act("use_url", {**use.args, "seen": "unknown"}).ok


# ---- companions, and what is found here


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEY_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def gateway(demo, monkeypatch) -> str:
    """`OPENAI_API_KEY` and `OPENAI_BASE_URL` of a company's gateway; gives the gateway's host."""
    monkeypatch.setenv("OPENAI_API_KEY", demo.api_key)
    monkeypatch.setenv("OPENAI_BASE_URL", demo.openai_base_url)
    return demo.openai_base_url.split("/")[2]


@pytest.mark.req("SEC-8", "UI")
def test_found_here_offers_a_gateways_key_for_the_gateway(settings_path, demo, gateway, sit) -> None:
    """One press of Add makes a provider of the gateway, named after its host, and asks the gateway."""
    person = sit(SettingsService(settings_path))
    assert person.rows("found") == [gateway]
    assert person.sees(f"OPENAI_BASE_URL names {gateway}", row=gateway)
    assert person.sees("A key found this way is not copied.")
    before = len(demo.requests)
    person.press("Add", row=gateway)
    (provider,) = person.settled().presenter.service.get_providers()
    assert (provider.name, provider.base_url) == (gateway, demo.openai_base_url)
    assert provider.key_variable == "OPENAI_API_KEY"
    assert len(demo.requests) == before + 1
    assert person.rows("found") == []


@pytest.mark.req("SEC-8")
def test_found_here_adds_what_its_row_named(settings_path, gateway, monkeypatch, sit) -> None:
    """With another server in the environment by the time of the press, nothing is added or sent."""
    person = sit(SettingsService(settings_path))
    assert person.rows("found") == [gateway]
    monkeypatch.setenv("OPENAI_BASE_URL", "https://elsewhere.test/v1")
    person.press("Add", row=gateway)
    assert list(person.presenter.service.get_providers()) == []
    assert person.sees("What was found here has changed. Nothing was added or sent.")
    assert person.rows("found") == ["elsewhere.test"]


@pytest.mark.req("SEC-8", "UI")
def test_found_here_says_of_an_address_that_is_none(settings_path, gateway, monkeypatch, sit) -> None:
    """A companion that can be no base URL is said; Add leads to the form, which says where it would send."""
    monkeypatch.setenv("OPENAI_BASE_URL", "gateway.test/v1")
    person = sit(SettingsService(settings_path))
    assert person.sees("OPENAI_BASE_URL is set to something that is no base URL", row="OpenAI")
    person.press("Add", row="OpenAI")
    assert list(person.presenter.service.get_providers()) == []
    assert person.chosen("Preset") == "OpenAI"
    assert person.sees("Save and Test send the value of OPENAI_API_KEY to api.openai.com.")
    assert person.sees("so it is not said which server this key is made for.")
    assert gateway


@pytest.mark.req("SEC-8", "UI")
def test_the_form_says_that_a_key_may_be_a_gateways(settings_path, gateway, sit) -> None:
    """Beside a companion the form for the vendor says where Save sends the key, and why that is asked."""
    person = sit(SettingsService(settings_path))
    person.press("Add provider")
    person.choose("Preset", "OpenAI")
    assert person.sees("Save and Test send the value of OPENAI_API_KEY to api.openai.com.")
    assert person.sees(f"OPENAI_BASE_URL names {gateway}, so this key may be made for that server.")


@pytest.mark.req("SEC-8", "MIG-4")
def test_the_row_of_a_migrated_entry_asks_and_says_why(settings_path, gateway, sit) -> None:
    """An entry of an old file without a key: Refresh asks before the gateway's key goes to the vendor."""
    entry = {"id": "openai:m", "providerType": "openai", "model": "gpt-4o", "providerConfig": {}}
    document = {"models": {"catalog": [entry], "assignment": []}}
    settings_path.write_text(json.dumps(document), encoding="utf-8")
    person = sit(SettingsService(settings_path))
    (name,) = person.rows("providers")
    person.press(f"Refresh {name}", row=name)
    assert person.settled().buttons(name) == ["Send $OPENAI_API_KEY to api.openai.com"]
    text = plain(person.row(name).note.text)
    assert f"OPENAI_BASE_URL names {gateway}" in text
    assert "usually has another key" not in text


@pytest.mark.req("SEC-8")
@pytest.mark.usefixtures("foreign", "gateway")
def test_a_gateways_own_pair_is_asked_about_with_what_is_known(service, sit) -> None:
    """A file that names the server that the environment names, too, is asked about, and that is said."""
    person = sit(service)
    person.press("Refresh Odd", row="Odd")
    text = plain(person.settled().row("Odd").note.text)
    assert text.startswith("OPENAI_BASE_URL names that server for this key.")


@pytest.fixture
def local_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    """A local server that needs no key, on the port that Ollama is looked for."""
    with DemoServer(models=12, api_key=NO_KEY_NEEDED) as server:
        presets = [replace(find_preset("ollama"), base_url=server.openai_base_url)]
        monkeypatch.setattr(found_here, "find_here_async", partial(find_here_async, presets=presets))
        yield server


@pytest.mark.req("UI", "PM-2")
def test_local_servers_are_asked_only_when_asked_to_look(settings_path, local_server, sit) -> None:
    """Look again asks local ports in the background; what answers can be added with one press."""
    person = sit(SettingsService(settings_path))
    assert person.rows("found") == []
    assert person.sees("Local servers are asked when you look again.")
    assert len(local_server.requests) == 0
    with person.presenter.hub.lock:  # the answer can be here before the next line, and waits outside
        person.press("Look again")
        assert person.why_off("Look again") == "Local ports are being asked"
        assert person.sees("Asking local ports…")
    until(lambda: person.rows("found") == ["Model server"])
    assert person.view.spoken.words == "1 local server found"
    assert person.sees("Answers on 127.0.0.1:", row="Model server")
    assert person.sees(" with 12 models", row="Model server")
    person.press("Add", row="Model server")
    (provider,) = person.settled().presenter.service.get_providers()
    assert (provider.name, provider.base_url) == ("Model server", local_server.openai_base_url)
    assert person.sees("no key needed", row="Model server")
    assert person.rows("found") == []
    assert person.sees("no other local server answers.")


@pytest.mark.req("UI")
def test_what_was_hidden_is_shown_again_by_looking_again(service, local_server, monkeypatch, sit) -> None:
    """Hide puts what was found away and says how much; Look again brings it back."""
    monkeypatch.setenv("MISTRAL_API_KEY", "sk-0123456789abcdef")
    person = sit(service)
    assert person.sees("MISTRAL_API_KEY is set in this kernel", row="Mistral")
    person.press("Hide")
    assert person.rows("found") == []
    assert person.sees("1 hidden")
    assert not person.offers("Hide")
    person.press("Look again")
    until(lambda: person.rows("found") == ["Mistral", "Model server"])
    assert local_server.requests


@pytest.mark.req("UI")
def test_looking_in_vain_says_so(service, monkeypatch, sit) -> None:
    """Beside variables that were found it is said that no local server answers, once they were asked."""
    monkeypatch.setenv("MISTRAL_API_KEY", "sk-0123456789abcdef")
    monkeypatch.setattr(found_here, "find_here_async", partial(find_here_async, presets=[]))
    person = sit(service)
    assert not person.sees("local server")
    person.press("Look again")
    until(lambda: person.sees("In this kernel's environment. No local server answers."))
    assert person.rows("found") == ["Mistral"]


@pytest.mark.req("UI", "PM-2", "SEC-4")
def test_a_second_account_gets_a_name_of_its_own(service, monkeypatch, sit) -> None:
    """What is found here is added by its variable's name, under a name that no other provider has."""
    monkeypatch.setenv("GROQ_API_KEY", "gsk_" + "a" * 30)
    service.add_provider(name="Groq", type="anthropic", api_key="sk-ant-0123456789abcdef")
    person = sit(service)
    monkeypatch.setattr(person.presenter.hub, "ask", lambda *_args, **_keys: True)
    person.look_at("found")
    person.press("Add", row="Groq")
    assert service.get_providers()[-1].name == "Groq 2"
    assert service.get_providers()[-1].key_variable == "GROQ_API_KEY"


@pytest.mark.req("UI")
def test_a_local_server_that_wants_a_key_leads_to_the_form(settings_path, local_server, sit) -> None:
    """A server on a local port that refuses the placeholder is offered, with the form for its key."""
    local_server.play(fault("401"))
    person = sit(SettingsService(settings_path))
    person.press("Look again")
    until(lambda: person.rows("found"))
    assert person.sees("and wants a key", row="Model server")
    person.press("Add", row="Model server")
    assert person.chosen("Preset") == "Ollama"
