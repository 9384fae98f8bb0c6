"""The form to add or edit a provider, over the real service and a real HTTP server on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from panel_driver.words import KEY_SOURCE, OTHER_VARIABLE, SOURCES, VARIABLE_NAME

from dispatch_widgets import Panel, ProvidersPanel, SettingsService
from dispatch_widgets._keyring import is_there
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.presets import find_preset
from dispatch_widgets.secrets import NO_KEY_NEEDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ipywidgets import Widget
    from panel_driver.person import Person

    Come = Callable[[Widget], Person]


ADD = "Save and fetch models"
"""The button that saves a new provider."""

NOT_NAMED = "Give it a name."
TYPED, VARIABLE = SOURCES["typed"], SOURCES["variable"]


def adding(me: Person, preset: str = "Custom") -> Person:
    """Open the form to add a provider, and choose a preset."""
    me.press("Add provider")
    me.choose("Preset", preset)
    return me


def in_the_form(me: Person) -> bool:
    """Whether a form is open."""
    return me.sees("Cancel") and any(name.startswith("Sav") for name in me.buttons)


@pytest.mark.req("PM-2", "SEC-2")
def test_adding_saves_and_then_fetches(settings_path, demo, person) -> None:
    """The form saves name, key and base URL, closes, and the models are fetched by themselves."""
    panel = ProvidersPanel(SettingsService(settings_path))
    me = adding(person(panel))
    me.fill("Name", "Mine")
    me.fill("Base URL", demo.openai_base_url + "/chat/completions")
    me.fill("Key", demo.api_key)
    with me.answering_late():
        me.press(ADD)
        assert "Saving…" in me.buttons
    assert not in_the_form(me)
    me.wait()
    (provider,) = panel.service.get_providers()
    assert (provider.name, provider.base_url) == ("Mine", demo.openai_base_url)
    assert provider.credentials.api_key.get_secret_value() == demo.api_key
    assert "chat" in me.row("Mine").facts[0]
    assert "/chat/completions was removed from the end" in me.row("Mine").note


@pytest.mark.req("PM-2", "UI")
def test_a_preset_names_the_provider_unless_a_name_was_typed(settings_path, demo, person) -> None:
    """The preset's name is offered, not written into the field: what was typed is never overwritten."""
    panel = ProvidersPanel(SettingsService(settings_path))
    me = adding(person(panel), "Groq")
    assert (me.value("Name"), me.field("Name").placeholder) == ("", "Groq")
    me.fill("Name", "Mine")  # on its way while the kernel still deals with the preset
    me.choose("Preset", "Custom")
    assert (me.value("Name"), me.value("Base URL")) == ("Mine", "")
    me.fill("Base URL", "http://127.0.0.1:9/v1")
    me.choose("Preset", "Anthropic")
    me.choose("Preset", "Custom")
    assert me.value("Base URL") == "http://127.0.0.1:9/v1"
    mistral = find_preset("mistral")
    me.choose("Preset", mistral.name)
    assert me.value("Base URL") == mistral.base_url
    me.fill("Name", "")
    me.fill("Base URL", demo.openai_base_url)  # nothing of a test may leave loopback
    me.fill("Key", demo.api_key)
    me.press(ADD)
    me.wait()
    assert [provider.name for provider in panel.service.get_providers()] == [mistral.name]


@pytest.mark.req("PM-2")
def test_a_failing_discovery_never_blocks_the_saving(settings_path, demo, person) -> None:
    """A provider whose models cannot be fetched is saved all the same, and its card says what is wrong."""
    demo.play(fault("401"))
    panel = ProvidersPanel(SettingsService(settings_path))
    me = adding(person(panel))
    me.fill("Name", "Mine")
    me.fill("Base URL", demo.openai_base_url)
    me.fill("Key", "sk-some-other-key-than-the-right-one")
    me.press(ADD)
    me.wait()
    assert len(panel.service.get_providers()) == 1
    assert me.row("Mine").badge == "Key refused"


@pytest.mark.req("PM-2", "API-2")
def test_bad_fields_are_told_one_by_one_and_nothing_is_lost(settings_path, demo, person) -> None:
    """A refused form stays open with its input; each bad field says what is wrong; the key is kept."""
    panel = ProvidersPanel(SettingsService(settings_path))
    me = adding(person(panel))
    me.fill("Base URL", demo.openai_base_url.removeprefix("http://"))
    me.fill("Key", demo.api_key)
    me.press(ADD)
    assert in_the_form(me)
    assert NOT_NAMED in me.field("Name").problem
    assert "https://" in me.field("Base URL").problem
    assert me.field("Key").problem == ""
    assert me.sees("2 fields need attention")
    assert me.can_press(ADD)
    assert not settings_path.exists()
    me.fill("Name", "Mine")
    me.fill("Base URL", demo.openai_base_url)
    assert me.value("Key") == demo.api_key
    me.press(ADD)
    (provider,) = panel.service.get_providers()
    assert provider.credentials.api_key.get_secret_value() == demo.api_key


GATEWAY_KEY = "sk-of-the-gateway-0123456789abcdef"


def refused(
    settings_path: Path, person: Come, url: str = "llm.corp.example/v1"
) -> tuple[SettingsService, Person]:
    """Somebody before an add form with the key of a gateway in it, after a save that was refused."""
    service = SettingsService(settings_path)
    me = adding(person(ProvidersPanel(service)))
    me.fill("Base URL", url)
    me.fill("Key", GATEWAY_KEY)
    me.press(ADD)
    assert in_the_form(me)
    assert me.value("Key") == GATEWAY_KEY
    return service, me


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize("url", ["llm.corp.example/v1", "https://llm.corp.example/v1", "LLM.corp.example."])
def test_a_refused_key_is_dropped_with_another_preset(settings_path, url, person) -> None:
    """Custom, key, a refused save, preset OpenAI, Save: the gateway's key goes nowhere, in words."""
    service, me = refused(settings_path, person, url)
    me.choose("Preset", "OpenAI")
    words = me.field("Key").problem
    assert words.lower().startswith("the key sent before was for llm.corp.example")
    assert words.endswith(" and was dropped. Paste the key for this one.")
    assert me.field("Key").placeholder == "Paste the key"
    me.press(ADD)
    assert in_the_form(me)
    assert me.field("Key").problem
    assert service.get_providers() == ()
    me.choose("Preset", "Custom")  # nor does it come back
    me.fill("Base URL", "https://llm.corp.example/v1")
    me.fill("Name", "Gateway")
    me.press(ADD)
    assert service.get_providers() == ()


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize(
    "after",
    [
        "https://llm.other.example/v1",
        "https://llm.corp.example:8443/v1",
        "http://llm.corp.example/v1",
        "https://llm.corp.example.evil.example/v1",
        "https://llm.corp.example@evil.example/v1",
        "evil.example/v1",
    ],
)
def test_a_refused_key_is_dropped_with_another_host(settings_path, after, person) -> None:
    """A key that was sent for one host is saved for no other one: scheme, name and port count."""
    service, me = refused(settings_path, person, "https://llm.corp.example/v1")
    me.fill("Name", "Gateway")
    me.fill("Base URL", after)
    me.press(ADD)
    assert "was for llm.corp.example and was dropped" in me.field("Key").problem
    me.fill("Base URL", after if after.startswith("http") and "@" not in after else "https://evil.example")
    me.press(ADD)
    assert in_the_form(me)
    assert me.value("Key") == ""
    assert service.get_providers() == ()
    me.fill("Key", "sk-another-0123456789")
    assert me.field("Key").problem == ""


@pytest.mark.req("SEC-8")
def test_a_refused_key_is_dropped_with_another_type(settings_path, person) -> None:
    """The same host asked in another way is another choice; a key field that asks for no key says it too."""
    _service, me = refused(settings_path, person)
    me.choose("Type", "Anthropic")
    assert "was for llm.corp.example and was dropped" in me.field("Key").problem
    _service, me = refused(settings_path, person)
    me.choose("Preset", "Ollama")
    assert me.field("Key").problem == ""
    assert "was for llm.corp.example and was dropped" in me.field("Key").hint
    me.press(ADD)
    me.wait()
    assert GATEWAY_KEY not in settings_path.read_text(encoding="utf-8")


@pytest.mark.req("SEC-8", "PM-2")
@pytest.mark.parametrize("typed", ["{}", "http:/{}", "http://{}?x=1", "ftp://{}", "HTTP://user@{}", ""])
def test_a_refused_key_stays_while_its_address_is_mended(settings_path, demo, typed, person) -> None:
    """A base URL that is put right, letter by letter at its front, and keeps its host keeps the key."""
    mended = demo.openai_base_url
    service, me = refused(settings_path, person, typed.format(mended.removeprefix("http://")))
    if typed in ("", "{}"):
        for end in range(1, len("http://") if typed else len(mended)):
            me.fill("Base URL", mended[:end] + typed.format(mended.removeprefix("http://")))
            assert me.field("Key").problem == ""
    me.fill("Base URL", mended)
    assert me.field("Key").problem == ""
    me.fill("Name", "Gateway")
    me.press(ADD)
    (provider,) = service.get_providers()
    assert provider.credentials.api_key.get_secret_value() == GATEWAY_KEY
    me.wait()


@pytest.mark.req("SEC-8")
def test_a_refused_key_belongs_to_the_host_that_it_was_last_sent_for(settings_path, person) -> None:
    """Sent before there was a base URL, a key is for the one that the next Save names, and for no other."""
    service, me = refused(settings_path, person, "")
    me.fill("Base URL", "https://llm.corp.example/v1")
    me.press(ADD)  # refused again: it has no name
    me.fill("Base URL", "")
    me.press(ADD)
    me.fill("Name", "Gateway")
    me.fill("Base URL", "https://llm.other.example/v1")
    me.press(ADD)
    assert "was for llm.corp.example and was dropped" in me.field("Key").problem
    assert service.get_providers() == ()


@pytest.mark.req("SEC-8", "PM-3")
def test_an_edit_drops_a_refused_key_with_its_host_too(service, ids, person) -> None:
    """In the edit form the key that was sent goes with the host; what an empty field keeps is said."""
    me = person(ProvidersPanel(service))
    me.press("Edit Lab")
    before = service.provider(ids["Lab"]).credentials.api_key
    me.fill("Name", "")
    me.fill("Key", GATEWAY_KEY)
    me.press("Save")
    assert me.value("Key") == GATEWAY_KEY
    me.fill("Base URL", "http://127.0.0.1:9/v1")
    me.press("Save")
    masked = service.provider(ids["Lab"]).masked_key
    problem = me.field("Key").problem
    assert problem.startswith("The key sent before was for 127.0.0.1:")
    assert problem.endswith(f"Paste the key for this one, or leave it empty to keep {masked}.")
    me.fill("Name", "Lab")
    me.press("Save")
    assert service.provider(ids["Lab"]).credentials.api_key == before
    me.wait()


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize("change", ["host", "type"])
def test_add_it_again_takes_no_key_along_to_another_server(service, ids, change, person) -> None:
    """The key of a provider that was deleted is for the server that it was saved for; the form says so."""
    me = person(ProvidersPanel(service))
    me.press("Edit Lab")
    SettingsService(service.path).delete_provider(ids["Lab"])
    if change == "host":
        me.fill("Base URL", "http://127.0.0.1:9/v1")
    else:
        me.choose("Type", "Anthropic")
    me.press("Save")
    me.press("Add it again")
    assert in_the_form(me)
    problem = me.field("Key").problem
    assert problem.startswith("The key saved before was for 127.0.0.1:")
    assert problem.endswith("and was dropped. Paste the key for this one.")
    assert "Lab" not in {provider.name for provider in service.get_providers()}


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize("key", ["", "sk-with a-blank", "sk-with\nline", "sk-\u200bzero-width", "sk-…a1b2"])
def test_a_key_that_cannot_be_one_is_refused_without_quoting_it(settings_path, key, person, states) -> None:
    """A blank, broken or masked key is refused at its field, before any request, and not repeated."""
    me = adding(person(ProvidersPanel(SettingsService(settings_path))), "OpenAI")
    me.fill("Key", key)
    me.press(ADD)
    assert me.field("Key").problem
    if key:
        assert key not in me.text
        assert key not in states()
    assert not settings_path.exists()


@pytest.mark.req("SEC-2", "SEC-1")
def test_no_key_is_in_any_state_or_message(settings_path, demo, canary, *, sent, person, states) -> None:
    """A typed key is in no widget's state and in no message to a page, whether saving works or fails."""
    demo.play(fault("echo-key"))
    panel = ProvidersPanel(SettingsService(settings_path))
    me = adding(person(panel))
    me.fill("Key", canary)
    assert canary not in states()
    me.press(ADD)
    assert canary not in states()
    me.fill("Name", "Mine")
    me.fill("Base URL", demo.openai_base_url)
    me.press(ADD)
    me.wait()
    assert canary in settings_path.read_text(encoding="utf-8")
    me.press("Edit Mine")
    assert canary not in states()
    assert canary not in repr(sent)
    assert "a1b2" in states()  # the shown form is there: the search above does look at the right place


@pytest.mark.req("SEC-4", "PM-2")
def test_a_variable_is_stored_by_its_name(settings_path, demo, monkeypatch, person) -> None:
    """A key taken from a variable is stored as ${NAME}, and the form says who does not read it."""
    monkeypatch.setenv("MISTRAL_API_KEY", demo.api_key)
    me = adding(person(ProvidersPanel(SettingsService(settings_path))), find_preset("mistral").name)
    assert me.value(KEY_SOURCE) == VARIABLE
    assert me.value("Key") == "MISTRAL_API_KEY (set in this kernel)"
    assert "Dispatch app does not read variables" in me.field("Key").hint
    me.fill("Base URL", demo.openai_base_url)
    me.press(ADD)
    assert "Save and Test send the value of MISTRAL_API_KEY" in me.field("Key").hint
    assert not settings_path.exists()
    me.press(ADD)
    me.wait()
    text = settings_path.read_text(encoding="utf-8")
    assert "${MISTRAL_API_KEY}" in text
    assert demo.api_key not in text


@pytest.mark.req("PM-2")
def test_a_server_without_keys_gets_the_placeholder(settings_path, person) -> None:
    """A preset that needs no key saves with an empty field, and the card says that none is needed."""
    panel = ProvidersPanel(SettingsService(settings_path))
    me = adding(person(panel), "Ollama")
    me.press(ADD)
    (provider,) = panel.service.get_providers()
    assert provider.credentials.api_key.get_secret_value() == NO_KEY_NEEDED
    me.wait()
    assert "no key needed" in me.row("Ollama").facts[1]
    assert me.row("Ollama").badge == "Not running"


@pytest.mark.req("PM-2")
def test_an_anthropic_gateway_says_what_the_app_would_do(settings_path, person) -> None:
    """With a base URL for type anthropic the form says that the app would send the key to Anthropic."""
    me = adding(person(ProvidersPanel(SettingsService(settings_path))), "Anthropic")
    assert "Base URL" not in me.labels
    me.choose("Preset", "Custom")
    me.choose("Type", "Anthropic")
    me.fill("Base URL", "https://gateway.example.edu")
    assert "would send this key to api.anthropic.com" in me.field("Base URL").hint


@pytest.mark.req("PM-3", "SEC-3")
def test_editing_keeps_the_key_when_its_field_is_empty(service, demo, ids, person) -> None:
    """An edit that changes the name alone keeps key and list, and asks nobody."""
    me = person(ProvidersPanel(service))
    before = len(demo.requests)
    me.press("Edit Lab")
    assert me.field("Key").placeholder.startswith("Leave empty to keep ")
    me.fill("Name", "Laboratory")
    me.press("Save")
    assert service.provider(ids["Lab"]).name == "Laboratory"
    assert service.provider(ids["Lab"]).credentials.api_key.get_secret_value() == demo.api_key
    assert me.row("Laboratory", of="Providers").facts[0] == "No list yet"
    me.wait()
    assert len(demo.requests) == before


@pytest.mark.req("PM-3")
def test_a_new_key_fetches_again(service, demo, ids, person) -> None:
    """A changed key is saved under the same id, and the list is fetched with it."""
    service.update_provider(ids["Lab"], api_key="sk-an-old-key-that-nobody-takes")
    me = person(ProvidersPanel(service))
    me.press("Refresh Lab")
    me.wait()
    assert me.row("Lab").badge == "Key refused"
    me.row("Lab").press("Replace key")
    me.fill("Key", demo.api_key)
    me.press("Save")
    me.wait()
    assert me.row("Lab").badge == ""
    assert "chat" in me.row("Lab").facts[0]


@pytest.mark.req("PM-3")
def test_an_edit_does_not_overwrite_what_another_program_changed(service, ids, person) -> None:
    """Only the fields that were changed in the form are saved; a foreign change of another field stays."""
    me = person(ProvidersPanel(service))
    me.press("Edit Lab")
    SettingsService(service.path).update_provider(ids["Lab"], name="Renamed elsewhere")
    me.fill("Base URL", "http://127.0.0.1:9/v1")
    me.press("Save")
    provider = service.provider(ids["Lab"])
    assert (provider.name, provider.base_url) == ("Renamed elsewhere", "http://127.0.0.1:9/v1")


@pytest.mark.req("UI")
def test_an_unfinished_form_is_still_there_after_going_back(settings_path, person) -> None:
    """Back keeps what was typed for the next time; Cancel gives it up."""
    me = person(ProvidersPanel(SettingsService(settings_path)))
    me.press("Add provider")
    me.fill("Name", "Half")
    me.press("Back to Providers")
    assert not in_the_form(me)
    me.press("Add provider")
    assert me.value("Name") == "Half"
    me.press("Cancel")
    me.press("Add provider")
    assert me.value("Name") != "Half"


class MemoryKeyring(KeyringBackend):
    """A keyring that lives as long as a test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture
def safe() -> Iterator[MemoryKeyring]:
    """The keyring of this test."""
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def with_keyring(panel: ProvidersPanel, demo, person: Come) -> Person:
    """Somebody before the add form, filled in for the demo server, with the key to go into the keyring."""
    me = adding(person(panel))
    me.fill("Name", "My lab")
    me.fill("Base URL", demo.openai_base_url)
    me.see(BOX)
    me.tick(BOX)
    return me


BOX = "Keep the key in the system's keyring"


@pytest.mark.req("SEC-4", "SEC-2")
def test_a_typed_key_can_go_into_the_keyring(settings_path, demo, safe, person, states) -> None:
    """With the box ticked the keyring gets the key, the file only the reference, and models are fetched."""
    service = SettingsService(settings_path)
    me = with_keyring(ProvidersPanel(service), demo, person)
    assert "system's keyring" in me.field("Key").hint
    me.fill("Base URL", "not an address")
    me.fill("Key", demo.api_key)
    me.press(ADD)
    assert in_the_form(me)
    me.fill("Base URL", demo.openai_base_url)
    me.press(ADD)
    me.wait()
    (provider,) = service.get_providers()
    ((place, key),) = safe.held.items()
    assert key == demo.api_key
    assert provider.masked_key == f"keyring:{'/'.join(place)}"
    assert place[1].startswith("my-lab-")
    assert demo.api_key not in settings_path.read_text(encoding="utf-8")
    assert demo.api_key not in states()
    assert "chat" in me.row("My lab").facts[0]


@pytest.mark.req("SEC-8", "SEC-4")
def test_the_keyring_gets_no_key_that_was_for_another_server(settings_path, demo, safe, person) -> None:
    """With the box ticked a held key is dropped with its host all the same; the next key is stored anew."""
    service = SettingsService(settings_path)
    me = with_keyring(ProvidersPanel(service), demo, person)
    me.fill("Name", "")
    me.fill("Base URL", "https://llm.corp.example/v1")
    me.fill("Key", GATEWAY_KEY)
    me.press(ADD)
    me.fill("Name", "My lab")
    me.fill("Base URL", demo.openai_base_url)
    before = dict(safe.held)
    me.press(ADD)
    assert "was for llm.corp.example and was dropped" in me.field("Key").problem
    assert service.get_providers() == ()
    assert safe.held == before
    me.fill("Key", demo.api_key)
    me.press(ADD)
    me.wait()
    (provider,) = service.get_providers()
    place = tuple(provider.masked_key.removeprefix("keyring:").split("/", 1))
    assert (place in before, safe.held[place]) == (False, demo.api_key)


@pytest.mark.req("SEC-4", "UI")
def test_the_keyring_is_offered_where_there_is_one_and_a_key_to_keep(settings_path, safe, person) -> None:
    """Without a keyring that is safe, and for a server that needs no key, the box is not there."""
    me = adding(person(ProvidersPanel(SettingsService(settings_path))), "OpenAI")
    me.see(BOX)
    me.choose("Preset", "Ollama")
    assert BOX not in me.labels
    me.choose("Preset", "Custom")
    assert BOX in me.labels
    me.choose(KEY_SOURCE, VARIABLE)
    assert BOX not in me.labels
    assert safe.held == {}
    for kind in (fail.Keyring, MemoryKeyring):
        keyring.set_keyring(kind())
        assert is_there() is (kind is MemoryKeyring)


@pytest.mark.req("SEC-4")
def test_a_keyring_that_goes_away_saves_nothing(settings_path, demo, safe, person) -> None:
    """Where no keyring is safe any more the form says so and keeps what was typed; unticked, it saves."""
    service = SettingsService(settings_path)
    me = with_keyring(ProvidersPanel(service), demo, person)
    keyring.set_keyring(fail.Keyring())
    me.fill("Key", demo.api_key)
    me.press(ADD)
    assert in_the_form(me)
    assert me.sees("no keyring")
    assert me.sees("Untick")
    assert not settings_path.exists()
    me.untick(BOX)
    me.press(ADD)
    me.wait()
    (provider,) = service.get_providers()
    assert provider.masked_key == f"{demo.api_key[:3]}…{demo.api_key[-4:]}"


@pytest.mark.req("UI")
def test_what_was_wrong_goes_with_the_change_that_mends_it(settings_path, person) -> None:
    """A field's error goes when the field is changed, and what stands beside Save counts the rest."""
    me = adding(person(ProvidersPanel(SettingsService(settings_path))))
    me.fill("Base URL", "http://user:word@127.0.0.1:9/v1")
    me.press(ADD)
    assert me.sees("3 fields need attention")
    assert me.field("Base URL").problem
    me.fill("Base URL", "http://127.0.0.1:9/v1")
    assert me.field("Base URL").problem == ""
    assert me.sees("2 fields need attention")
    me.fill("Name", "M")
    assert me.sees("1 field needs attention")
    me.fill("Key", "sk-0123456789")
    assert me.field("Key").problem == ""
    assert not me.sees("attention")


@pytest.mark.req("UI")
def test_another_preset_starts_without_complaints(settings_path, person) -> None:
    """After a refused save another preset takes all that was wrong back, beside Save too."""
    me = adding(person(ProvidersPanel(SettingsService(settings_path))), "Anthropic")
    me.press(ADD)
    assert me.sees("1 field needs attention")
    me.choose("Preset", "Ollama")
    assert me.field("Key").problem == ""
    assert not me.sees("attention")


@pytest.mark.req("UI")
def test_a_second_account_is_proposed_a_name_of_its_own(service, person) -> None:
    """Where a provider has the preset's name already the next free one is proposed, and taken."""
    service.add_provider(name="OpenAI", type="anthropic", api_key="sk-ant-0123456789abcdef")
    me = adding(person(ProvidersPanel(service)), "OpenAI")
    assert me.field("Name").placeholder == "OpenAI 2"
    me.fill("Base URL", "http://127.0.0.1:9/v1")
    me.fill("Key", "sk-0123456789abcdef")
    me.press(ADD)
    assert "OpenAI 2" in me.titles("Providers")


@pytest.mark.req("UI", "ST-6")
def test_reading_again_keeps_what_was_typed(service, ids, person) -> None:
    """A reload fills the fields that nobody has touched, and leaves the typed ones as they are."""
    me = person(Panel(service))
    me.press("Edit Lab")
    me.fill("Name", "Typed here")
    me.fill("Key", "sk-typed-before-the-reload-0123456789")
    elsewhere = SettingsService(service.path)
    elsewhere.update_provider(
        ids["Lab"], name="Theirs", base_url="http://127.0.0.1:9/v1", api_key="${LAB_API_KEY}"
    )
    me.see("Changed outside at")
    me.press("Reload")
    assert "Edit Theirs" in me.headings
    assert (me.value("Name"), me.value("Base URL")) == ("Typed here", "http://127.0.0.1:9/v1")
    assert me.value(KEY_SOURCE) == TYPED
    assert me.value("Key") == "sk-typed-before-the-reload-0123456789"
    me.choose(KEY_SOURCE, VARIABLE)
    assert me.value("Key").startswith("LAB_API_KEY")
    me.choose(KEY_SOURCE, TYPED)
    me.press("Save")
    provider = service.provider(ids["Lab"])
    assert (provider.name, provider.base_url) == ("Typed here", "http://127.0.0.1:9/v1")
    assert provider.credentials.api_key.get_secret_value().startswith("sk-typed")


@pytest.mark.req("UI", "ST-6")
@pytest.mark.parametrize("way", ["save", "save unchanged", "reload"])
def test_a_provider_that_was_deleted_meanwhile_can_be_added_again(service, ids, way, person) -> None:
    """Save and Reload say who deleted it; what was typed stays, and one press adds it with its key."""
    me = person(Panel(service))
    me.press("Edit Lab")
    key = service.provider(ids["Lab"]).credentials.api_key
    if way != "save unchanged":
        me.fill("Name", "Typed here")
    SettingsService(service.path).delete_provider(ids["Lab"])
    if way == "reload":
        me.see("Changed outside at")
    me.press("Reload" if way == "reload" else "Save")
    assert in_the_form(me)
    assert me.sees("Another program deleted Lab.")
    assert me.sees("What you typed is still here.")
    assert me.can_press("Back")
    assert me.focused() == ("Name" if way == "reload" else "Add it again")
    me.press("Add it again")
    me.wait()
    added = service.get_providers()[-1]
    assert added.name == ("Lab" if way == "save unchanged" else "Typed here")
    assert added.credentials.api_key == key
    assert not in_the_form(me)


@pytest.mark.req("UI")
def test_a_key_hint_speaks_of_the_entries_there_are(service, ids, person) -> None:
    """Of a provider without entries nothing is said about entries."""
    me = person(ProvidersPanel(service))
    me.press("Edit Lab")
    assert "entr" not in me.field("Key").hint
    me.press("Cancel")
    service.add_model(provider_id=ids["Lab"], model="m")
    me.press("Edit Lab")
    assert "the one entry of this provider" in me.field("Key").hint


@pytest.mark.req("SEC-3", "UI")
def test_what_was_pasted_around_a_key_is_taken_off_and_said(settings_path, demo, person, states) -> None:
    """The key alone is saved, and the provider's card says what went until that is dismissed."""
    panel = ProvidersPanel(SettingsService(settings_path))
    me = adding(person(panel))
    me.fill("Name", "Mine")
    me.fill("Base URL", demo.openai_base_url)
    me.fill("Key", f'export LAB_API_KEY="{demo.api_key}"')
    me.press(ADD)
    me.wait()
    (provider,) = panel.service.get_providers()
    assert provider.credentials.api_key.get_secret_value() == demo.api_key
    assert "quotes around the key were taken off" in me.row("Mine").note
    assert demo.api_key not in states()
    me.row("Mine").press("Dismiss")
    assert me.row("Mine").note == ""


@pytest.mark.req("SEC-3", "SEC-4")
@pytest.mark.parametrize("typed", ["$LAB_API_KEY", "LAB_API_KEY", "{env:LAB_API_KEY}", "%LAB_API_KEY%"])
def test_a_variable_may_be_named_as_other_tools_write_it(settings_path, person, typed, monkeypatch) -> None:
    """In the field for a variable's name as in the key field, the file gets ${NAME}."""
    monkeypatch.delenv("LAB_API_KEY", raising=False)
    for source in (VARIABLE, TYPED) if not typed.isidentifier() else (VARIABLE,):
        panel = ProvidersPanel(SettingsService(settings_path))
        me = adding(person(panel), "Anthropic")
        me.choose(KEY_SOURCE, source)
        if source == VARIABLE:
            me.choose("Key", OTHER_VARIABLE)
        me.fill(VARIABLE_NAME if source == VARIABLE else "Key", typed)
        me.press(ADD)
        assert me.sees("Save and Test send the value of") is (source == VARIABLE)
        if source == VARIABLE:
            me.press(ADD)
        me.wait()
        saved = panel.service.get_providers()[-1]
        assert saved.credentials.api_key.get_secret_value() == "${LAB_API_KEY}"


@pytest.mark.req("PM-10", "SEC-1")
def test_a_key_in_the_name_is_refused_and_taken_out_of_the_field(
    settings_path, person, canary, states
) -> None:
    """The notebook would save it with the widgets' state; the sentence says where keys go."""
    panel = ProvidersPanel(SettingsService(settings_path))
    me = adding(person(panel), "Anthropic")
    me.fill("Name", canary)
    me.fill("Key", canary)
    me.press(ADD)
    assert in_the_form(me)
    assert me.field("Name").problem == "This looks like a key. Keys go into the key field."
    assert me.value("Name") == ""
    assert panel.service.get_providers() == ()
    assert canary not in states()
