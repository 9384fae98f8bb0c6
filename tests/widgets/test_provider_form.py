"""The form to add or edit a provider, over the real service and a real HTTP server on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail

from dispatch_widgets import ProvidersPanel, SettingsService
from dispatch_widgets._keyring import is_there
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.presets import find_preset
from dispatch_widgets.secrets import NO_KEY_NEEDED
from dispatch_widgets.widgets._parts import is_shown

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.req("PM-2", "SEC-2")
def test_adding_saves_and_then_fetches(settings_path, demo, page) -> None:
    """The form saves name, key and base URL, closes, and the models are fetched by themselves."""
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add()
    form.preset.control.value = ""
    form.name.control.value = "Mine"
    form.url.control.value = demo.openai_base_url + "/chat/completions"
    assert "was removed" in form.url_note.words
    form.save.click()
    assert form.save.description == "Saving…"
    page.type_key(form, demo.api_key)
    assert panel.form is None
    page.wait(panel)
    (provider,) = panel.service.get_providers()
    assert (provider.name, provider.base_url) == ("Mine", demo.openai_base_url)
    assert provider.credentials.api_key.get_secret_value() == demo.api_key
    assert "chat" in page.words(page.row(panel.list, "Mine")["meta"][0])


@pytest.mark.req("PM-2", "UI")
def test_a_preset_names_the_provider_unless_a_name_was_typed(settings_path, demo, page) -> None:
    """The preset's name is offered, not written into the field: what was typed is never overwritten."""
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add("groq")
    assert (form.name.value, form.name.control.placeholder) == ("", "Groq")
    form.name.control.value = "Mine"  # on its way while the kernel still deals with the preset
    form.preset.control.value = ""
    assert (form.name.value, form.url.value) == ("Mine", "")
    form.url.control.value = "http://127.0.0.1:9/v1"
    form.preset.control.value = "anthropic"
    form.preset.control.value = ""
    assert form.url.value == "http://127.0.0.1:9/v1"
    form.preset.control.value = "mistral"
    assert form.url.value == find_preset("mistral").base_url
    form.name.control.value = ""
    form.url.control.value = demo.openai_base_url  # nothing of a test may leave loopback
    form.save.click()
    page.type_key(form, demo.api_key)
    page.wait(panel)
    assert [provider.name for provider in panel.service.get_providers()] == [find_preset("mistral").name]


@pytest.mark.req("PM-2")
def test_a_failing_discovery_never_blocks_the_saving(settings_path, demo, page) -> None:
    """A provider whose models cannot be fetched is saved all the same, and its card says what is wrong."""
    demo.play(fault("401"))
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add()
    form.preset.control.value = ""
    form.name.control.value = "Mine"
    form.url.control.value = demo.openai_base_url
    form.save.click()
    page.type_key(form, "sk-some-other-key-than-the-right-one")
    page.wait(panel)
    assert len(panel.service.get_providers()) == 1
    assert page.row(panel.list, "Mine")["badge"]["text"] == "Key refused"


@pytest.mark.req("PM-2", "API-2")
def test_bad_fields_are_told_one_by_one_and_nothing_is_lost(settings_path, demo, page) -> None:
    """A refused form stays open with its input; each bad field says what is wrong; the key is kept."""
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add()
    form.preset.control.value = ""
    form.url.control.value = demo.openai_base_url.removeprefix("http://")
    form.save.click()
    page.type_key(form, demo.api_key)
    assert panel.form is form
    assert "Give it a name." in form.name.error.words
    assert "https://" in form.url.error.words
    assert form.secret.error == ""
    assert "2 fields need attention" in form.foot_message.words
    assert not form.saving
    assert not settings_path.exists()
    form.name.control.value = "Mine"
    form.url.control.value = demo.openai_base_url
    form.save.click()
    page.type_key(form, "")  # the field was emptied when the key was sent; it is still known
    (provider,) = panel.service.get_providers()
    assert provider.credentials.api_key.get_secret_value() == demo.api_key


GATEWAY_KEY = "sk-of-the-gateway-0123456789abcdef"


def refused(settings_path, page, url: str = "llm.corp.example/v1") -> tuple[SettingsService, ProvidersPanel]:
    """A panel whose add form holds the key of a gateway, after a save that was refused."""
    service = SettingsService(settings_path)
    panel = ProvidersPanel(service)
    form = panel.open_add()
    form.preset.control.value = ""
    form.url.control.value = url
    form.save.click()
    page.type_key(form, GATEWAY_KEY)
    assert panel.form is form
    assert form.secret.placeholder == "Leave empty to use the key sent before"
    return service, panel


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize("url", ["llm.corp.example/v1", "https://llm.corp.example/v1", "LLM.corp.example."])
def test_a_held_key_is_dropped_with_another_preset(settings_path, url, page) -> None:
    """Custom, key, a refused save, preset OpenAI, Save: the gateway's key goes nowhere, in words."""
    service, panel = refused(settings_path, page, url)
    form = panel.form
    form.preset.control.value = "openai"
    words = form.secret.error
    assert words.lower().startswith("the key sent before was for llm.corp.example")
    assert words.endswith(" and was dropped. Paste the key for this one.")
    assert form.secret.placeholder == "Paste the key"
    form.save.click()
    page.type_key(form, "")
    assert panel.form is form
    assert form.secret.error == words
    assert service.get_providers() == ()
    form.preset.control.value = ""  # nor does it come back
    form.url.control.value = "https://llm.corp.example/v1"
    form.name.control.value = "Gateway"
    form.save.click()
    page.type_key(form, "")
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
def test_a_held_key_is_dropped_with_another_host(settings_path, after, page) -> None:
    """A key that was sent for one host is saved for no other one: scheme, name and port count."""
    service, panel = refused(settings_path, page, "https://llm.corp.example/v1")
    form = panel.form
    form.name.control.value = "Gateway"
    form.url.control.value = after
    form.save.click()
    page.type_key(form, "")
    form.url.control.value = (
        after if after.startswith("http") and "@" not in after else "https://evil.example"
    )
    form.save.click()
    page.type_key(form, "")
    assert panel.form is form
    assert "was for llm.corp.example and was dropped" in form.secret.error
    assert service.get_providers() == ()
    form.secret.filled = True
    assert form.secret.error == ""
    page.type_key(form, "")


@pytest.mark.req("SEC-8")
def test_a_held_key_is_dropped_with_another_type(settings_path, page) -> None:
    """The same host asked in another way is another choice; a key field that asks for no key says it too."""
    _service, panel = refused(settings_path, page)
    form = panel.form
    form.type.control.value = "anthropic"
    assert "was for llm.corp.example and was dropped" in form.secret.error
    _service, panel = refused(settings_path, page)
    form = panel.form
    form.preset.control.value = "ollama"
    assert form.secret.error == ""
    assert "was for llm.corp.example and was dropped" in page.words(form.secret.hint)
    form.save.click()
    page.type_key(form, "")
    page.wait(panel)
    assert GATEWAY_KEY not in settings_path.read_text(encoding="utf-8")


@pytest.mark.req("SEC-8", "PM-2")
@pytest.mark.parametrize("typed", ["{}", "http:/{}", "http://{}?x=1", "ftp://{}", "HTTP://user@{}", ""])
def test_a_held_key_stays_while_its_address_is_mended(settings_path, demo, typed, page) -> None:
    """A base URL that is put right, letter by letter at its front, and keeps its host keeps the key."""
    mended = demo.openai_base_url
    service, panel = refused(settings_path, page, typed.format(mended.removeprefix("http://")))
    form = panel.form
    if typed in ("", "{}"):
        for end in range(1, len("http://") if typed else len(mended)):
            form.url.control.value = mended[:end] + typed.format(mended.removeprefix("http://"))
            assert form.secret.error == ""
    form.url.control.value = mended
    assert form.secret.error == ""
    form.name.control.value = "Gateway"
    form.save.click()
    page.type_key(form, "")
    (provider,) = service.get_providers()
    assert provider.credentials.api_key.get_secret_value() == GATEWAY_KEY
    page.wait(panel)


@pytest.mark.req("SEC-8")
def test_a_held_key_belongs_to_the_host_that_it_was_last_sent_for(settings_path, page) -> None:
    """Sent before there was a base URL, a key is for the one that the next Save names, and for no other."""
    service, panel = refused(settings_path, page, "")
    form = panel.form
    form.url.control.value = "https://llm.corp.example/v1"
    form.save.click()
    page.type_key(form, "")  # refused again: it has no name
    form.url.control.value = ""
    form.save.click()
    page.type_key(form, "")
    form.name.control.value = "Gateway"
    form.url.control.value = "https://llm.other.example/v1"
    assert "was for llm.corp.example and was dropped" in form.secret.error
    form.save.click()
    page.type_key(form, "")
    assert service.get_providers() == ()


@pytest.mark.req("SEC-8", "PM-3")
def test_an_edit_drops_a_held_key_with_its_host_too(service, ids, page) -> None:
    """In the edit form the key that was sent goes with the host; what an empty field keeps is said."""
    panel = ProvidersPanel(service)
    form = panel.edit(ids["Lab"])
    before = service.provider(ids["Lab"]).credentials.api_key
    form.name.control.value = ""
    form.save.click()
    page.type_key(form, GATEWAY_KEY)
    assert form.secret.placeholder == "Leave empty to use the key sent before"
    form.url.control.value = "http://127.0.0.1:9/v1"
    masked = service.provider(ids["Lab"]).masked_key
    assert form.secret.error.startswith("The key sent before was for 127.0.0.1:")
    assert form.secret.error.endswith(f"Paste the key for this one, or leave it empty to keep {masked}.")
    form.name.control.value = "Lab"
    form.save.click()
    page.type_key(form, "")
    assert service.provider(ids["Lab"]).credentials.api_key == before
    page.wait(panel)


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize("change", ["host", "type"])
def test_add_it_again_takes_no_key_along_to_another_server(service, ids, change, page) -> None:
    """The key of a provider that was deleted is for the server that it was saved for; the form says so."""
    panel = ProvidersPanel(service)
    form = panel.edit(ids["Lab"])
    SettingsService(service.path).delete_provider(ids["Lab"])
    if change == "host":
        form.url.control.value = "http://127.0.0.1:9/v1"
    else:
        form.type.control.value = "anthropic"
    form.save.click()
    page.type_key(form, "")
    form.note.buttons[0].click()
    page.type_key(form, "")
    assert panel.form is form
    assert form.secret.error.startswith("The key saved before was for 127.0.0.1:")
    assert form.secret.error.endswith("and was dropped. Paste the key for this one.")
    assert "Lab" not in {provider.name for provider in service.get_providers()}


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize("key", ["", "sk-with a-blank", "sk-with\nline", "sk-\u200bzero-width", "sk-…a1b2"])
def test_a_key_that_cannot_be_one_is_refused_without_quoting_it(settings_path, key, page) -> None:
    """A blank, broken or masked key is refused at its field, before any request, and not repeated."""
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add("openai")
    form.save.click()
    page.type_key(form, key)
    assert form.secret.error
    if key:
        assert key not in form.secret.error
        assert key not in page.states()
    assert not settings_path.exists()


@pytest.mark.req("SEC-2", "SEC-1")
def test_no_key_is_in_any_state_or_message(settings_path, demo, canary, sent, page) -> None:
    """A typed key is in no widget's state and in no message to a page, whether saving works or fails."""
    demo.play(fault("echo-key"))
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add()
    form.preset.control.value = ""
    form.save.click()
    page.type_key(form, canary)
    assert canary not in page.states()
    form.name.control.value = "Mine"
    form.url.control.value = demo.openai_base_url
    form.save.click()
    page.type_key(form, "")
    page.wait(panel)
    assert canary in settings_path.read_text(encoding="utf-8")
    panel.edit(panel.service.get_providers()[0].id)
    assert canary not in page.states()
    assert canary not in repr(sent)
    assert "a1b2" in page.states()  # the shown form is there: the search above does look at the right place


@pytest.mark.req("SEC-4", "PM-2")
def test_a_variable_is_stored_by_its_name(settings_path, demo, monkeypatch, page) -> None:
    """A key taken from a variable is stored as ${NAME}, and the form says who does not read it."""
    monkeypatch.setenv("MISTRAL_API_KEY", demo.api_key)
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add("mistral")
    assert form.secret.source == "variable"
    assert ["MISTRAL_API_KEY", "MISTRAL_API_KEY (set in this kernel)"] in form.secret.variables
    assert "Dispatch app does not read variables" in repr(form.secret.hint)
    form.url.control.value = demo.openai_base_url
    assert "Saving sends the value of MISTRAL_API_KEY" in repr(form.secret.hint)
    form.save.click()
    page.type_key(form, "MISTRAL_API_KEY", source="variable")
    page.wait(panel)
    text = settings_path.read_text(encoding="utf-8")
    assert "${MISTRAL_API_KEY}" in text
    assert demo.api_key not in text


@pytest.mark.req("PM-2")
def test_a_server_without_keys_gets_the_placeholder(settings_path, page) -> None:
    """A preset that needs no key saves with an empty field, and the card says that none is needed."""
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add("ollama")
    form.save.click()
    page.type_key(form, "")
    (provider,) = panel.service.get_providers()
    assert provider.credentials.api_key.get_secret_value() == NO_KEY_NEEDED
    page.wait(panel)
    card = page.row(panel.list, "Ollama")
    assert "no key needed" in page.words(card["meta"][1])
    assert card["badge"]["text"] == "Not running"


@pytest.mark.req("PM-2")
def test_an_anthropic_gateway_says_what_the_app_would_do(settings_path) -> None:
    """With a base URL for type anthropic the form says that the app would send the key to Anthropic."""
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add("anthropic")
    assert not is_shown(form.url)
    form.preset.control.value = ""
    form.type.control.value = "anthropic"
    assert is_shown(form.url)
    form.url.control.value = "https://gateway.example.edu"
    assert "would send this key to api.anthropic.com" in form.url_warning.words


@pytest.mark.req("PM-3", "SEC-3")
def test_editing_keeps_the_key_when_its_field_is_empty(service, demo, ids, page) -> None:
    """An edit that changes the name alone keeps key and list, and asks nobody."""
    panel = ProvidersPanel(service)
    before = len(demo.requests)
    page.answer(panel.list, "edit", ids["Lab"])
    form = panel.form
    assert form.secret.placeholder.startswith("Leave empty to keep ")
    form.name.control.value = "Laboratory"
    form.save.click()
    page.type_key(form, "")
    assert service.provider(ids["Lab"]).name == "Laboratory"
    assert service.provider(ids["Lab"]).credentials.api_key.get_secret_value() == demo.api_key
    assert page.row(panel.list, "Laboratory")
    assert panel.hub.asked == {}
    assert len(demo.requests) == before


@pytest.mark.req("PM-3")
def test_a_new_key_fetches_again(service, demo, ids, page) -> None:
    """A changed key is saved under the same id, and the list is fetched with it."""
    service.update_provider(ids["Lab"], api_key="sk-an-old-key-that-nobody-takes")
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    assert page.row(panel.list, "Lab")["badge"]["text"] == "Key refused"
    page.answer(panel.list, "replace_key", ids["Lab"])
    panel.form.save.click()
    page.type_key(panel.form, demo.api_key)
    page.wait(panel)
    assert "badge" not in page.row(panel.list, "Lab")
    assert "chat" in page.words(page.row(panel.list, "Lab")["meta"][0])


@pytest.mark.req("PM-3")
def test_an_edit_does_not_overwrite_what_another_program_changed(service, ids, page) -> None:
    """Only the fields that were changed in the form are saved; a foreign change of another field stays."""
    panel = ProvidersPanel(service)
    form = panel.edit(ids["Lab"])
    SettingsService(service.path).update_provider(ids["Lab"], name="Renamed elsewhere")
    form.url.control.value = "http://127.0.0.1:9/v1"
    form.save.click()
    page.type_key(form, "")
    provider = service.provider(ids["Lab"])
    assert (provider.name, provider.base_url) == ("Renamed elsewhere", "http://127.0.0.1:9/v1")


@pytest.mark.req("UI")
def test_an_unfinished_form_is_still_there_after_going_back(settings_path) -> None:
    """Back keeps what was typed for the next time; Cancel gives it up."""
    panel = ProvidersPanel(SettingsService(settings_path))
    panel.add.click()
    panel.form.name.control.value = "Half"
    panel.form.back.click()
    assert panel.form is None
    panel.add.click()
    assert panel.form.name.value == "Half"
    panel.form.cancel.click()
    panel.add.click()
    assert panel.form.name.value != "Half"


@pytest.mark.req("UI")
def test_a_page_that_does_not_answer_gives_save_back(settings_path, monkeypatch, page) -> None:
    """If the page never sends the key, Save can be pressed again and the form says so."""
    monkeypatch.setattr("dispatch_widgets.widgets.provider_form.ANSWER_SECONDS", 0.02)
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add("openai")
    form.save.click()
    page.until(lambda: not form.saving)
    assert "did not send the key" in form.note.content


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


def fill(panel, demo, page) -> object:
    """The add form, filled in for the demo server, with the key to be kept in the keyring."""
    form = panel.open_add()
    form.preset.control.value = ""
    form.name.control.value = "My lab"
    form.url.control.value = demo.openai_base_url
    page.until(lambda: is_shown(form.keyring))
    form.keyring.value = True
    return form


@pytest.mark.req("SEC-4", "SEC-2")
def test_a_typed_key_can_go_into_the_keyring(settings_path, demo, safe, page) -> None:
    """With the box ticked the keyring gets the key, the file only the reference, and models are fetched."""
    service = SettingsService(settings_path)
    panel = ProvidersPanel(service)
    form = fill(panel, demo, page)
    assert "system's keyring" in page.words(form.secret.hint)
    form.url.control.value = "not an address"
    form.save.click()
    page.type_key(form, demo.api_key)
    assert panel.form is form
    form.url.control.value = demo.openai_base_url
    form.save.click()
    page.type_key(form, "")
    page.wait(panel)
    (provider,) = service.get_providers()
    ((place, key),) = safe.held.items()
    assert key == demo.api_key
    assert provider.masked_key == f"keyring:{'/'.join(place)}"
    assert place[1].startswith("my-lab-")
    assert demo.api_key not in settings_path.read_text(encoding="utf-8")
    assert demo.api_key not in page.states()
    assert "chat" in page.words(page.row(panel.list, "My lab")["meta"][0])


@pytest.mark.req("SEC-8", "SEC-4")
def test_the_keyring_gets_no_key_that_was_for_another_server(settings_path, demo, safe, page) -> None:
    """With the box ticked a held key is dropped with its host all the same; the next key is stored anew."""
    service = SettingsService(settings_path)
    panel = ProvidersPanel(service)
    form = fill(panel, demo, page)
    form.name.control.value = ""
    form.url.control.value = "https://llm.corp.example/v1"
    form.save.click()
    page.type_key(form, GATEWAY_KEY)
    form.name.control.value = "My lab"
    form.url.control.value = demo.openai_base_url
    before = dict(safe.held)
    form.save.click()
    page.type_key(form, "")
    assert "was for llm.corp.example and was dropped" in form.secret.error
    assert service.get_providers() == ()
    assert safe.held == before
    form.save.click()
    page.type_key(form, demo.api_key)
    page.wait(panel)
    (provider,) = service.get_providers()
    place = tuple(provider.masked_key.removeprefix("keyring:").split("/", 1))
    assert (place in before, safe.held[place]) == (False, demo.api_key)


@pytest.mark.req("SEC-4", "UI")
def test_the_keyring_is_offered_where_there_is_one_and_a_key_to_keep(settings_path, safe, page) -> None:
    """Without a keyring that is safe, and for a server that needs no key, the box is not there."""
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add("openai")
    page.until(lambda: is_shown(form.keyring))
    form.preset.control.value = "ollama"
    assert not is_shown(form.keyring)
    form.preset.control.value = ""
    assert is_shown(form.keyring)
    form.secret.source = "variable"
    assert not is_shown(form.keyring)
    assert safe.held == {}
    for kind in (fail.Keyring, MemoryKeyring):
        keyring.set_keyring(kind())
        assert is_there() is (kind is MemoryKeyring)


@pytest.mark.req("SEC-4")
def test_a_keyring_that_goes_away_saves_nothing(settings_path, demo, safe, page) -> None:
    """Where no keyring is safe any more the form says so and keeps what was typed; unticked, it saves."""
    service = SettingsService(settings_path)
    panel = ProvidersPanel(service)
    form = fill(panel, demo, page)
    keyring.set_keyring(fail.Keyring())
    form.save.click()
    page.type_key(form, demo.api_key)
    assert panel.form is form
    assert "no keyring" in form.note.content
    assert "Untick" in form.note.content
    assert not settings_path.exists()
    form.keyring.value = False
    form.save.click()
    page.type_key(form, "")
    page.wait(panel)
    (provider,) = service.get_providers()
    assert provider.masked_key == f"{demo.api_key[:3]}…{demo.api_key[-4:]}"


@pytest.mark.req("UI")
def test_what_was_wrong_goes_with_the_change_that_mends_it(settings_path, page) -> None:
    """A field's error goes when the field is changed, and what stands beside Save counts the rest."""
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add()
    form.preset.control.value = ""
    form.url.control.value = "http://user:word@127.0.0.1:9/v1"
    form.save.click()
    page.type_key(form, "")
    assert "3 fields need attention" in form.foot_message.words
    form.url.control.value = "http://127.0.0.1:9/v1"
    assert form.url.error.words == ""
    assert "dw-invalid" not in form.url.control._dom_classes
    assert "2 fields need attention" in form.foot_message.words
    form.name.control.value = "M"
    assert "1 field needs attention" in form.foot_message.words
    form.secret.filled = True  # the page says that something is in the key's field
    assert form.secret.error == ""
    assert form.foot_message.words == ""


@pytest.mark.req("UI")
def test_another_preset_starts_without_complaints(settings_path, page) -> None:
    """After a refused save another preset takes all that was wrong back, beside Save too."""
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add("anthropic")
    form.save.click()
    page.type_key(form, "")
    assert "1 field needs attention" in form.foot_message.words
    form.preset.control.value = "ollama"
    assert (form.secret.error, form.foot_message.words) == ("", "")


@pytest.mark.req("UI")
def test_a_second_account_is_proposed_a_name_of_its_own(service, page) -> None:
    """Where a provider has the preset's name already the next free one is proposed."""
    service.add_provider(name="OpenAI", type="anthropic", api_key="sk-ant-0123456789abcdef")
    form = ProvidersPanel(service).open_add("openai")
    assert form.name.control.placeholder == "OpenAI 2"
    assert form.provider_name == "OpenAI 2"


@pytest.mark.req("UI", "ST-6")
def test_reading_again_keeps_what_was_typed(service, ids, page) -> None:
    """A reload fills the fields that nobody has touched, and leaves the typed ones as they are."""
    panel = ProvidersPanel(service)
    form = panel.edit(ids["Lab"])
    form.name.control.value = "Typed here"
    form.secret.filled = True
    elsewhere = SettingsService(service.path)
    elsewhere.update_provider(
        ids["Lab"], name="Theirs", base_url="http://127.0.0.1:9/v1", api_key="${LAB_API_KEY}"
    )
    service.reload()
    panel.reopen()
    assert panel.form is form
    assert "Edit Theirs" in form.children[0].children[1].value
    assert (form.name.value, form.url.value) == ("Typed here", "http://127.0.0.1:9/v1")
    assert (form.secret.source, form.secret.variable) == ("typed", "LAB_API_KEY")
    form.save.click()
    form.secret.filled = False  # the page empties its field as it sends
    page.type_key(form, "sk-typed-before-the-reload-0123456789")
    provider = service.provider(ids["Lab"])
    assert (provider.name, provider.base_url) == ("Typed here", "http://127.0.0.1:9/v1")
    assert provider.credentials.api_key.get_secret_value().startswith("sk-typed")


@pytest.mark.req("UI", "ST-6")
@pytest.mark.parametrize("way", ["save", "save unchanged", "reload"])
def test_a_provider_that_was_deleted_meanwhile_can_be_added_again(
    service, ids, way, page, monkeypatch
) -> None:
    """Save and Reload say who deleted it; what was typed stays, and one press adds it with its key."""
    panel = ProvidersPanel(service)
    form = panel.edit(ids["Lab"])
    key = service.provider(ids["Lab"]).credentials.api_key
    focused = []
    monkeypatch.setattr(panel.root, "focus", focused.append)
    if way != "save unchanged":
        form.name.control.value = "Typed here"
    SettingsService(service.path).delete_provider(ids["Lab"])
    if way == "reload":
        service.reload()
        panel.reopen()
    else:
        form.save.click()
        page.type_key(form, "")
    assert panel.form is form
    assert focused == ([] if way == "reload" else [".dw-form .dw-note .dw-btn, .dw-form .dw-save"])
    assert "Another program deleted Lab." in form.note.content
    assert "What you typed is still here." in form.note.content
    again, back = form.note.buttons
    assert (again.description, back.description) == ("Add it again", "Back")
    again.click()
    page.type_key(form, "")
    page.wait(panel)
    added = service.get_providers()[-1]
    assert added.name == ("Lab" if way == "save unchanged" else "Typed here")
    assert added.credentials.api_key == key
    assert panel.form is None


@pytest.mark.req("UI")
def test_a_key_hint_speaks_of_the_entries_there_are(service, ids, page) -> None:
    """Of a provider without entries nothing is said about entries."""
    panel = ProvidersPanel(service)
    assert "entr" not in page.words(panel.edit(ids["Lab"]).secret.hint)
    service.add_model(provider_id=ids["Lab"], model="m")
    assert "the one entry of this provider" in page.words(panel.edit(ids["Lab"]).secret.hint)


@pytest.mark.req("SEC-3", "UI")
def test_what_was_pasted_around_a_key_is_taken_off_and_said(settings_path, demo, page) -> None:
    """The key alone is saved, and the provider's card says what went until that is dismissed."""
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add()
    form.preset.control.value = ""
    form.name.control.value = "Mine"
    form.url.control.value = demo.openai_base_url
    form.save.click()
    page.type_key(form, f'export LAB_API_KEY="{demo.api_key}"')
    page.wait(panel)
    (provider,) = panel.service.get_providers()
    assert provider.credentials.api_key.get_secret_value() == demo.api_key
    note = page.row(panel.list, "Mine")["note"]
    assert "quotes around the key were taken off" in page.words(note["text"])
    assert demo.api_key not in page.states()
    page.answer(panel.list, "dismiss", provider.id)
    assert "note" not in page.row(panel.list, "Mine")


@pytest.mark.req("SEC-3", "SEC-4")
@pytest.mark.parametrize("typed", ["$LAB_API_KEY", "LAB_API_KEY", "{env:LAB_API_KEY}", "%LAB_API_KEY%"])
def test_a_variable_may_be_named_as_other_tools_write_it(settings_path, page, typed, monkeypatch) -> None:
    """In the field for a variable's name as in the key field, the file gets ${NAME}."""
    monkeypatch.delenv("LAB_API_KEY", raising=False)
    for source in ("variable", "typed") if not typed.isidentifier() else ("variable",):
        panel = ProvidersPanel(SettingsService(settings_path))
        form = panel.open_add("anthropic")
        form.save.click()
        page.type_key(form, typed, source=source)
        page.wait(panel)
        saved = panel.service.get_providers()[-1]
        assert saved.credentials.api_key.get_secret_value() == "${LAB_API_KEY}"


@pytest.mark.req("PM-10", "SEC-1")
def test_a_key_in_the_name_is_refused_and_taken_out_of_the_field(settings_path, page, canary) -> None:
    """The notebook would save it with the widgets' state; the sentence says where keys go."""
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add("anthropic")
    form.name.control.value = canary
    form.save.click()
    page.type_key(form, canary)
    assert panel.form is form
    assert form.name.error.words == "This looks like a key. Keys go into the key field."
    assert panel.service.get_providers() == ()
    assert canary not in page.states()
