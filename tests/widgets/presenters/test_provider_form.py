"""The form to add or edit a provider, as somebody fills it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from presenter_person import Person, until

from dispatch_widgets import SettingsService
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.errors import DispatchError
from dispatch_widgets.presets import find_preset
from dispatch_widgets.secrets import NO_KEY_NEEDED
from dispatch_widgets.widgets.presenters.providers.presenter import ProvidersPresenter
from dispatch_widgets.widgets.presenters.shared.encode import to_json
from dispatch_widgets.widgets.presenters.shared.views import Focus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GATEWAY_KEY = "sk-of-the-gateway-0123456789abcdef"
CUSTOM = {"preset": "", "type": "openai-compatible", "source": "typed"}


@pytest.fixture
def sit(at) -> Callable[[SettingsService], Person]:
    """Puts somebody at the Providers tab of a service."""
    return lambda service: at(ProvidersPresenter, service)


@pytest.fixture
def adding(sit, settings_path) -> Callable[..., Person]:
    """Somebody with the form to add a first provider open, at a preset: Custom unless another is named."""

    def open_form(preset: str = "Custom") -> Person:
        person = sit(SettingsService(settings_path))
        person.press("Add provider")
        person.choose("Preset", preset)
        return person

    return open_form


def saved(person: Person) -> list:
    """The providers in the file."""
    return list(person.presenter.service.get_providers())


def key_of(provider) -> str:
    """The key in the file."""
    return provider.credentials.api_key.get_secret_value()


@pytest.mark.req("PM-2", "SEC-2")
def test_adding_saves_and_then_fetches(adding, demo) -> None:
    """The form saves name, key and base URL, closes, and the models are fetched by themselves."""
    person = adding()
    person.fill("Name", "Mine")
    person.fill("Base URL", demo.openai_base_url + "/chat/completions")
    person.fill("Key", demo.api_key)
    person.press("Save and fetch models")
    assert person.form is None
    (provider,) = saved(person)
    assert person.focus == Focus(row=provider.id)
    assert [words.split(":")[0] for words in person.heard] == [
        "Saved. /chat/completions was removed from the end"
    ]
    assert (provider.name, provider.base_url, key_of(provider)) == (
        "Mine",
        demo.openai_base_url,
        demo.api_key,
    )
    assert person.settled().sees(" chat", row="Mine")


@pytest.mark.req("PM-2", "UI")
def test_a_preset_names_the_provider_unless_a_name_was_typed(adding, demo) -> None:
    """The preset's name is offered, not written into the field: what was typed is never overwritten."""
    person = adding("Groq")
    assert (person.value("Name"), person.placeholder("Name")) == ("", "Groq")
    assert person.sees("Make a key at ")
    assert not person.has_field("Type")
    person.fill("Name", "Mine")
    person.choose("Preset", "Custom")
    assert (person.value("Name"), person.value("Base URL")) == ("Mine", "")
    person.fill("Base URL", "http://127.0.0.1:9/v1")
    person.choose("Preset", "Anthropic")
    assert not person.has_field("Base URL")
    person.choose("Preset", "Custom")
    person.fill("Base URL", "http://127.0.0.1:9/v1")
    person.choose("Preset", "Mistral")
    assert person.value("Base URL") == find_preset("mistral").base_url
    person.fill("Name", "")
    person.fill("Base URL", demo.openai_base_url)  # nothing of a test may leave loopback
    person.fill("Key", demo.api_key)
    person.save()
    assert [provider.name for provider in saved(person.settled())] == [find_preset("mistral").name]


@pytest.mark.req("PM-2")
def test_a_failing_discovery_never_blocks_the_saving(adding, demo) -> None:
    """A provider whose models cannot be fetched is saved all the same, and its row says what is wrong."""
    demo.play(fault("401"))
    person = adding()
    person.fill("Name", "Mine")
    person.fill("Base URL", demo.openai_base_url)
    person.fill("Key", "sk-some-other-key-than-the-right-one")
    assert person.save().ok
    assert person.settled().sees("Key refused", row="Mine")


@pytest.mark.req("PM-2", "API-2", "SEC-2")
def test_bad_fields_are_told_one_by_one_and_nothing_is_lost(adding, demo, settings_path) -> None:
    """A refused form stays open with its input, its key too; each bad field says what is wrong."""
    person = adding()
    person.fill("Base URL", demo.openai_base_url.removeprefix("http://"))
    person.fill("Key", demo.api_key)
    answer = person.save()
    assert answer.problems.keys() == {"name", "base_url"}
    assert person.sees("Give it a name.")
    assert person.sees("Start it with https://")
    assert person.sees("2 fields need attention")
    assert person.focus.field in answer.problems
    assert not settings_path.exists()
    person.fill("Name", "Mine")
    person.fill("Base URL", demo.openai_base_url)
    assert person.value("Key") == demo.api_key
    person.save()
    (provider,) = saved(person)
    assert key_of(provider) == demo.api_key
    person.settled()


@pytest.fixture
def refused(adding) -> Callable[..., Person]:
    """Somebody whose key for a gateway is still in its field after a save that was refused."""

    def refuse(url: str = "llm.corp.example/v1") -> Person:
        person = adding()
        person.fill("Base URL", url)
        person.fill("Key", GATEWAY_KEY)
        assert not person.save().ok
        assert person.value("Key") == GATEWAY_KEY
        return person

    return refuse


@pytest.mark.req("SEC-8")
def test_a_preset_whose_reply_was_lost_still_fills_the_form(adding) -> None:
    """A later request in place of that of the choice must not leave another preset's base URL there."""
    person = adding("OpenAI")
    chosen = {"preset": "groq", "source": "typed", "name": "", "variable": ""}
    made = person.presenter.form("provider", person.form.form["args"], chosen, "")
    url = next(field.value for field in made.fields if field.name == "base_url")
    assert url == find_preset("groq").base_url
    again = person.presenter.form("provider", made.args, chosen, "source")  # what is filled stays
    assert next(field.value for field in again.fields if field.name == "base_url") == url


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize("url", ["llm.corp.example/v1", "https://llm.corp.example/v1", "LLM.corp.example."])
def test_a_refused_key_is_dropped_with_another_preset(refused, url) -> None:
    """Custom, key, a refused save, preset OpenAI: the gateway's key goes nowhere, in words, for good."""
    person = refused(url)
    person.choose("Preset", "OpenAI")
    (words,) = [line for line in person.lines() if "was dropped" in line]
    assert words.lower().startswith("the key sent before was for llm.corp.example")
    assert words.endswith(" and was dropped. Paste the key for this one.")
    assert person.value("Key") == ""
    assert not person.save().ok
    person.choose("Preset", "Custom")  # nor does it come back
    person.fill("Base URL", "https://llm.corp.example/v1")
    person.fill("Name", "Gateway")
    assert not person.save().ok
    assert saved(person) == []


ELSEWHERE = [
    "https://llm.other.example/v1",
    "https://llm.corp.example:8443/v1",
    "http://llm.corp.example/v1",
    "https://llm.corp.example.evil.example/v1",
    "https://llm.corp.example@evil.example/v1",
    "evil.example/v1",
]


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize("after", ELSEWHERE)
def test_a_refused_key_is_dropped_with_another_host(refused, after) -> None:
    """A key that was submitted for one host is saved for no other one: scheme, name and port count."""
    person = refused("https://llm.corp.example/v1")
    person.fill("Name", "Gateway")
    person.fill("Base URL", after)
    person.save()
    person.fill(
        "Base URL", after if after.startswith("http") and "@" not in after else "https://evil.example"
    )
    person.save()
    assert saved(person) == []
    assert person.value("Key") == ""
    person.fill("Key", "sk-another-0123456789abcdef")
    assert not person.sees("was dropped")


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize("after", ELSEWHERE)
def test_a_page_that_says_nothing_in_between_saves_no_key_for_another_host(refused, after) -> None:
    """The submission itself says what the key was refused for, and is refused again."""
    person = refused("https://llm.corp.example/v1")
    values = CUSTOM | {"name": "Gateway", "base_url": after}
    answer = person.presenter.submit("provider", values, GATEWAY_KEY, person.form.args())
    assert answer.clear == ("key",)
    assert answer.problems["key"].startswith("The key sent before was for llm.corp.example and was dropped.")
    assert saved(person) == []


@pytest.mark.req("SEC-8", "PM-2")
def test_a_key_that_is_let_go_hides_no_other_problem(refused) -> None:
    """Whose key it was is said at the key, and what is wrong with the other fields at theirs."""
    person = refused("https://llm.corp.example/v1")
    values = CUSTOM | {"name": " ", "base_url": "ftp://x"}
    answer = person.presenter.submit("provider", values, GATEWAY_KEY, person.form.args())
    assert list(answer.problems) == ["key", "name", "base_url"]
    assert "was dropped" in answer.problems["key"]
    assert answer.clear == ("key",)


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize("label", ["Save", "Test"])
def test_a_refused_key_that_is_out_of_sight_is_not_forgotten(refused, monkeypatch, label) -> None:
    """What is saved or tested with a variable in between changes nothing of which server the key was for."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-env-0123456789abcdef")
    person = refused("https://llm.corp.example/v1")
    person.choose("Where the key comes from", "Environment variable")
    person.fill("Base URL", "https://llm.other.example/v1")
    for _ in range(2):  # that it sends the variable elsewhere is said first
        assert not person.press(label).ok
    person.choose("Where the key comes from", "Paste it")
    person.fill("Name", "Gateway")
    assert "was dropped" in person.save().problems["key"]
    assert person.value("Key") == ""
    assert saved(person) == []


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize("then", ["preset", "host"])
def test_a_key_that_was_sent_without_an_answer_is_for_its_server_too(adding, then) -> None:
    """A kernel that was busy for too long may save it yet; the form that holds it drops it all the same."""
    person = adding()
    person.fill("Name", "Gateway")
    person.fill("Base URL", "https://127.0.0.1:9/v1")
    person.fill("Key", GATEWAY_KEY)
    person.save_unheard()
    person.settled()
    if then == "preset":
        person.choose("Preset", "OpenAI")
        assert person.sees("The key sent before was for 127.0.0.1:9 and was dropped.")
    else:
        person.fill("Base URL", "https://127.0.0.1:10/v1")
        assert "was dropped" in person.save().problems["key"]
    assert person.value("Key") == ""
    assert [each.base_url for each in saved(person)] == ["https://127.0.0.1:9/v1"]


@pytest.mark.req("SEC-8")
def test_a_refused_key_is_dropped_with_another_type(refused, settings_path) -> None:
    """The same host asked in another way is another choice; where no key is asked for it is said too."""
    person = refused()
    person.choose("Type", "Anthropic")
    assert person.sees("was for llm.corp.example and was dropped")
    person = refused()
    person.choose("Preset", "Ollama")
    assert person.sees("was for llm.corp.example and was dropped")
    person.save()
    person.settled()
    assert GATEWAY_KEY not in settings_path.read_text(encoding="utf-8")


@pytest.mark.req("SEC-8", "PM-2")
@pytest.mark.parametrize("typed", ["{}", "http:/{}", "http://{}?x=1", "ftp://{}", "HTTP://user@{}", ""])
def test_a_refused_key_stays_while_its_address_is_mended(refused, demo, typed) -> None:
    """A base URL that is put right, letter by letter at its front, and keeps its host keeps the key."""
    mended = demo.openai_base_url
    person = refused(typed.format(mended.removeprefix("http://")))
    if typed in ("", "{}"):
        for end in range(1, len("http://") if typed else len(mended)):
            person.fill("Base URL", mended[:end] + typed.format(mended.removeprefix("http://")))
            assert not person.sees("was dropped")
    person.fill("Base URL", mended)
    assert not person.sees("was dropped")
    person.fill("Name", "Gateway")
    assert person.save().ok
    (provider,) = saved(person)
    assert key_of(provider) == GATEWAY_KEY
    person.settled()


@pytest.mark.req("SEC-8")
def test_a_refused_key_belongs_to_the_host_that_it_was_last_sent_for(refused) -> None:
    """Sent before there was a base URL, a key is for the one that the next Save names, and for no other."""
    person = refused("")
    person.fill("Base URL", "https://llm.corp.example/v1")
    person.save()  # refused again: it has no name
    person.fill("Base URL", "")
    person.save()
    person.fill("Name", "Gateway")
    person.fill("Base URL", "https://llm.other.example/v1")
    person.save()
    assert person.sees("was for llm.corp.example and was dropped")
    assert saved(person) == []


@pytest.mark.req("SEC-8", "PM-3")
def test_an_edit_drops_a_refused_key_with_its_host_too(sit, service, ids) -> None:
    """In the edit form the key goes with the host; what an empty field keeps is said."""
    person = sit(service)
    person.press("Edit Lab", row="Lab")
    before = key_of(service.provider(ids["Lab"]))
    person.fill("Name", "")
    person.fill("Key", GATEWAY_KEY)
    person.save()
    person.fill("Base URL", "http://127.0.0.1:9/v1")
    person.save()
    masked = service.provider(ids["Lab"]).masked_key
    assert person.sees("The key sent before was for 127.0.0.1:")
    assert person.sees(f"Paste the key for this one, or leave it empty to keep {masked}.")
    person.fill("Name", "Lab")
    person.save()
    assert key_of(service.provider(ids["Lab"])) == before
    person.settled()


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize("change", ["host", "type"])
def test_add_it_again_takes_no_key_along_to_another_server(sit, service, ids, change) -> None:
    """The key of a provider that was deleted is for the server that it was saved for; the form says so."""
    person = sit(service)
    person.press("Edit Lab", row="Lab")
    SettingsService(service.path).delete_provider(ids["Lab"])
    if change == "host":
        person.fill("Base URL", "http://127.0.0.1:9/v1")
    else:
        person.choose("Type", "Anthropic")
    person.save()
    person.press("Add it again")
    assert person.sees("The key saved before was for 127.0.0.1:")
    assert person.sees("and was dropped. Paste the key for this one.")
    assert "Lab" not in {provider.name for provider in service.get_providers()}


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize("key", ["", "sk-with a-blank", "sk-with\nline", "sk-\u200bzero-width", "sk-…a1b2"])
def test_a_key_that_cannot_be_one_is_refused_without_quoting_it(adding, settings_path, key) -> None:
    """A blank, broken or masked key is refused at its field, before any request, and not repeated."""
    person = adding("OpenAI")
    person.fill("Key", key)
    answer = person.save()
    assert answer.problems["key"]
    if key:
        assert key not in str(to_json(answer)) + person.encoded
    assert not settings_path.exists()


@pytest.mark.req("SEC-2", "SEC-1")
def test_a_submitted_key_is_nowhere_but_in_the_file(adding, demo, canary, settings_path, caplog) -> None:
    """Whether saving works or fails, it is in no view, form, answer or log, and on no object of the panel."""
    demo.play(fault("echo-key"))
    person = adding()
    person.fill("Key", canary)
    given: list[str] = []

    def see(answer) -> None:
        given.extend([person.encoded, str(to_json(answer)), repr(answer), repr(vars(person.presenter))])
        given.extend(repr(getattr(part, "__dict__", "")) for part in vars(person.presenter).values())

    see(person.save())
    person.fill("Name", "Mine")
    person.fill("Base URL", demo.openai_base_url.removeprefix("http://"))
    see(person.save())
    assert canary not in "".join(given) + caplog.text
    person.fill("Base URL", demo.openai_base_url)
    see(person.save())
    person.settled()
    assert canary in settings_path.read_text(encoding="utf-8")
    given.append(person.encoded)
    person.press("Edit Mine", row="Mine")
    given.append(person.encoded)
    assert canary not in "".join(given) + caplog.text
    assert "a1b2" in person.encoded  # the shown form is there: the search above does look at the right place


@pytest.mark.req("SEC-2", "SEC-1")
def test_what_nobody_foresaw_quotes_no_key(adding, canary, monkeypatch, caplog) -> None:
    """An error that has the key in its text is said by its kind alone."""
    person = adding("Anthropic")
    canary += " and words that look like no key"
    person.fill("Key", canary)

    def fail_with_it(**given: str) -> None:
        raise RuntimeError(f"odd: {given}")

    monkeypatch.setattr(person.presenter.service, "add_provider", fail_with_it)
    answer = person.save()
    assert person.sees("This did not work: RuntimeError")
    given = str(to_json(answer)) + person.encoded + caplog.text
    assert "like no key" not in given
    assert "A panel's form could not be saved: RuntimeError" in caplog.text


@pytest.mark.req("SEC-4", "PM-2")
def test_a_variable_is_stored_by_its_name(adding, settings_path, demo, monkeypatch) -> None:
    """A key taken from a variable is stored as ${NAME}, and the form says who does not read it."""
    monkeypatch.setenv("MISTRAL_API_KEY", demo.api_key)
    person = adding("Mistral")
    assert person.chosen("Where the key comes from") == "Environment variable"
    assert "MISTRAL_API_KEY (set in this kernel)" in person.options("Key")
    assert person.sees("The file gets ${MISTRAL_API_KEY}. The value is read when it is used")
    assert person.sees("Dispatch app does not read variables")
    assert not person.sees("Save and Test send")
    person.fill("Base URL", demo.openai_base_url)
    assert not person.save().ok
    assert person.sees("Save and Test send the value of MISTRAL_API_KEY to 127.0.0.1:")
    assert not settings_path.exists()
    assert person.save().ok
    person.settled()
    text = settings_path.read_text(encoding="utf-8")
    assert "${MISTRAL_API_KEY}" in text
    assert demo.api_key not in text
    assert person.sees(" chat", row="Mistral")


@pytest.mark.req("SEC-4", "SEC-8")
def test_a_variable_goes_where_the_form_said_and_nowhere_else(adding, demo, monkeypatch) -> None:
    """A page that submits another base URL than its form spoke of is asked anew, and nothing is saved."""
    monkeypatch.setenv("MISTRAL_API_KEY", demo.api_key)
    person = adding("Mistral")
    form = person.presenter.form("provider", {"preset": "mistral"})
    values = {
        "preset": "mistral",
        "name": "",
        "source": "variable",
        "variable": "MISTRAL_API_KEY",
        "base_url": demo.openai_base_url,
    }
    connections = len(demo.requests)
    answer = person.presenter.submit(form.name, values, "", form.args)
    assert not answer.ok
    assert answer.note.title.startswith("Save and Test send the value of MISTRAL_API_KEY to 127.0.0.1:")
    assert answer.note.text == "Look at the base URL. If it is right, press Save again."
    assert saved(person) == []
    assert len(demo.requests) == connections
    assert person.presenter.submit(form.name, values, "", answer.form.args).ok
    assert len(saved(person.settled())) == 1


@pytest.mark.req("PM-2")
def test_a_server_without_keys_gets_the_placeholder(adding) -> None:
    """A preset that needs no key saves with an empty field, and the row says that none is needed."""
    person = adding("Ollama")
    assert person.placeholder("Key") == "Not needed: leave it empty"
    assert person.sees("The server needs no key.")
    person.save()
    (provider,) = saved(person.settled())
    assert key_of(provider) == NO_KEY_NEEDED
    assert person.sees("no key needed", row="Ollama")
    assert person.row("Ollama").badge.text == "Not running"


@pytest.mark.req("PM-2")
def test_an_anthropic_gateway_says_what_the_app_would_do(adding) -> None:
    """With a base URL for type anthropic the form says that the app would send the key to Anthropic."""
    person = adding("Anthropic")
    assert not person.has_field("Base URL")
    person.choose("Preset", "Custom")
    person.choose("Type", "Anthropic")
    assert person.sees("would send this key to api.anthropic.com")
    assert person.sees("Models are read from https://api.anthropic.com/v1/models")
    person.fill("Base URL", "http://gateway.example.edu")
    assert not person.sees("Models are read from")  # what is typed is nobody's before Save
    person.fill("Key", "sk-ant-0123456789abcdef")
    person.fill("Name", "Gateway")
    assert not person.save().ok
    assert person.sees("http: the key travels unencrypted to gateway.example.edu.")
    assert person.sees("Models are read from http://gateway.example.edu/v1/models")
    assert person.value("Key") == "sk-ant-0123456789abcdef"
    assert saved(person) == []


@pytest.mark.req("PM-3", "SEC-3")
def test_editing_keeps_the_key_when_its_field_is_empty(sit, service, demo, ids) -> None:
    """An edit that changes the name alone keeps key and list, and asks nobody."""
    person = sit(service)
    before = len(demo.requests)
    person.press("Edit Lab", row="Lab")
    assert person.placeholder("Key").startswith("Leave empty to keep ")
    assert person.sees("A new key or URL fetches the list again.")
    person.fill("Name", "Laboratory")
    person.press("Save")
    assert service.provider(ids["Lab"]).name == "Laboratory"
    assert key_of(service.provider(ids["Lab"])) == demo.api_key
    assert person.settled().rows("providers") == ["Laboratory", "Anthropic"]
    assert person.focus == Focus(row=ids["Lab"])
    assert len(demo.requests) == before


@pytest.mark.req("PM-3")
def test_a_new_key_fetches_again(sit, service, demo, ids) -> None:
    """A changed key is saved under the same id, and the list is fetched with it."""
    service.update_provider(ids["Lab"], api_key="sk-an-old-key-that-nobody-takes")
    person = sit(service)
    person.press("Refresh Lab", row="Lab")
    assert person.settled().sees("Key refused", row="Lab")
    person.press("Replace key", row="Lab")
    person.fill("Key", demo.api_key)
    person.save()
    assert person.settled().row("Lab").badge is None
    assert person.sees(" chat", row="Lab")


@pytest.mark.req("PM-3")
def test_an_edit_does_not_overwrite_what_another_program_changed(sit, service, ids) -> None:
    """Only the fields that were changed in the form are saved; a foreign change of another field stays."""
    person = sit(service)
    person.press("Edit Lab", row="Lab")
    SettingsService(service.path).update_provider(ids["Lab"], name="Renamed elsewhere")
    person.fill("Base URL", "http://127.0.0.1:9/v1")
    person.save()
    provider = service.provider(ids["Lab"])
    assert (provider.name, provider.base_url) == ("Renamed elsewhere", "http://127.0.0.1:9/v1")
    person.settled()


@pytest.mark.req("SEC-2", "UI")
def test_two_windows_save_each_its_own(sit, service, ids, demo) -> None:
    """Forms that are open in two windows know nothing of each other."""
    person = sit(service)
    other = Person(person.presenter)
    person.press("Edit Lab", row="Lab")
    other.press("Edit Anthropic", row="Anthropic")
    person.fill("Name", "One")
    other.fill("Name", "Two")
    other.fill("Key", "sk-ant-of-the-other-0123456789")
    person.save()
    assert other.value("Name") == "Two"
    other.save()
    assert [provider.name for provider in service.get_providers()] == ["One", "Two"]
    assert key_of(service.provider(ids["Lab"])) == demo.api_key
    person.settled()


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


BOX = "Keep the key in the system's keyring"


@pytest.fixture
def filled(adding, demo) -> Callable[[], Person]:
    """Somebody with the add form filled in for the demo server, with the key to be kept in the keyring."""

    def fill() -> Person:
        person = adding()
        until(lambda: person.has_field(BOX))
        person.fill("Name", "My lab")
        person.fill("Base URL", demo.openai_base_url)
        person.tick(BOX)
        return person

    return fill


@pytest.mark.req("SEC-4", "SEC-2")
def test_a_typed_key_can_go_into_the_keyring(filled, settings_path, demo, safe) -> None:
    """With the box ticked the keyring gets the key, the file only the reference, and models are fetched."""
    person = filled()
    assert person.sees("goes into the system's keyring")
    person.fill("Key", demo.api_key)
    person.fill("Base URL", "not an address")
    assert not person.save().ok
    assert safe.held == {}  # nothing goes there that is not saved then
    person.fill("Base URL", demo.openai_base_url)
    person.fill("Key", demo.api_key)
    person.save()
    (provider,) = saved(person.settled())
    ((place, key),) = safe.held.items()
    assert key == demo.api_key
    assert provider.masked_key == f"keyring:{'/'.join(place)}"
    assert place[1].startswith("my-lab-")
    assert demo.api_key not in settings_path.read_text(encoding="utf-8") + person.encoded
    assert person.sees(" chat", row="My lab")


@pytest.mark.req("UI", "ST-6")
def test_a_form_that_is_asked_for_anew_keeps_what_it_said(sit, service, ids) -> None:
    """As when a keyring is found: what a Save said stays, and so does the version that it was filled from."""
    presenter = sit(service).presenter
    opened = presenter.form("provider", {"row": ids["Anthropic"]})
    chosen = {"type": "anthropic", "source": "typed"}
    typed = {**chosen, "name": "Gateway", "base_url": "http://gateway.example.edu"}
    answer = presenter.submit("provider", typed, "sk-ant-0123456789abcdef", opened.args)
    assert answer.form is not None
    SettingsService(service.path).update_provider(ids["Lab"], name="Renamed elsewhere")
    until(lambda: presenter.hub.revision > opened.revision)
    anew = presenter.form("provider", answer.form.args, chosen)
    assert (anew.revision, anew.seen) == (opened.revision, opened.seen)
    assert b"http://gateway.example.edu/v1/models" in to_json(anew)
    read_again = presenter.form("provider", {**answer.form.args, "reload": True}, chosen)
    assert read_again.revision == presenter.hub.revision


@pytest.mark.req("UI", "SEC-8")
def test_a_form_of_an_earlier_service_is_read_anew_before_it_is_saved(sit, service, ids) -> None:
    """A new service has shown nothing yet: a form of an earlier one is saved only after it was read anew."""
    opened = sit(service).presenter.form("provider", {"row": ids["Lab"]})
    presenter = sit(SettingsService(service.path)).presenter
    values = {"name": "Typed", "type": "openai-compatible", "source": "typed", "base_url": opened.args["url"]}
    refused = presenter.submit("provider", values, "", opened.args)
    assert refused.note is not None
    assert "too long ago" in str(refused.note.title)
    form = presenter.form("provider", {**opened.args, "reload": True}, {})
    assert presenter.submit("provider", values, "", form.args).ok


@pytest.mark.req("SEC-8", "SEC-4")
def test_the_keyring_gets_no_key_that_was_for_another_server(filled, demo, safe) -> None:
    """With the box ticked a refused key is dropped with its host all the same."""
    person = filled()
    person.fill("Name", "")
    person.fill("Base URL", "https://llm.corp.example/v1")
    person.fill("Key", GATEWAY_KEY)
    person.save()
    person.fill("Name", "My lab")
    person.fill("Base URL", demo.openai_base_url)
    assert not person.save().ok
    assert person.sees("was for llm.corp.example and was dropped")
    assert safe.held == {}
    person.fill("Key", demo.api_key)
    person.save()
    (provider,) = saved(person.settled())
    assert safe.held[tuple(provider.masked_key.removeprefix("keyring:").split("/", 1))] == demo.api_key


@pytest.mark.req("SEC-4", "UI")
def test_the_keyring_is_offered_where_there_is_one_and_a_key_to_keep(adding, safe) -> None:
    """For a server that needs no key, and for a variable, the box is not there."""
    person = adding("OpenAI")
    until(lambda: person.has_field(BOX))
    person.choose("Preset", "Ollama")
    assert not person.has_field(BOX)
    person.choose("Preset", "Custom")
    assert person.has_field(BOX)
    person.choose("Where the key comes from", "Environment variable")
    assert not person.has_field(BOX)
    assert safe.held == {}


@pytest.mark.req("SEC-4")
@pytest.mark.usefixtures("safe")
def test_a_keyring_that_goes_away_saves_nothing(filled, demo, settings_path) -> None:
    """Where no keyring is safe any more the form says so and keeps what was typed; unticked, it saves."""
    person = filled()
    keyring.set_keyring(fail.Keyring())
    person.fill("Key", demo.api_key)
    assert not person.save().ok
    assert person.sees("no keyring")
    assert person.sees("Untick “Keep the key in the system's keyring” and save again")
    assert not settings_path.exists()
    person.tick(BOX, on=False)
    person.save()
    (provider,) = saved(person.settled())
    assert provider.masked_key == f"{demo.api_key[:3]}…{demo.api_key[-4:]}"


@pytest.mark.req("UI")
def test_a_second_account_is_proposed_a_name_of_its_own(sit, service) -> None:
    """Where a provider has the preset's name already the next free one is proposed and taken."""
    service.add_provider(name="OpenAI", type="anthropic", api_key="sk-ant-0123456789abcdef")
    person = sit(service)
    person.press("Add provider")
    person.choose("Preset", "OpenAI")
    assert person.placeholder("Name") == "OpenAI 2"


@pytest.mark.req("UI", "ST-6")
def test_reading_again_keeps_what_was_typed(sit, service, ids) -> None:
    """A reload fills the fields that nobody has touched, and leaves the typed ones as they are."""
    person = sit(service)
    person.press("Edit Lab", row="Lab")
    assert (person.form.form.get("revision", 0), len(person.form.form["seen"])) == (
        person.presenter.hub.revision,
        5,
    )
    person.fill("Name", "Typed here")
    person.fill("Key", "sk-typed-before-the-reload-0123456789")
    elsewhere = SettingsService(service.path)
    elsewhere.update_provider(ids["Lab"], name="Theirs", base_url="http://127.0.0.1:9/v1")
    service.reload()
    until(lambda: person.presenter.hub.revision == person.form.form.get("revision", 0) + 1)
    person.reload()
    assert person.form.form["title"] == "Edit Theirs"
    assert person.form.form.get("revision", 0) == person.presenter.hub.revision
    assert (person.value("Name"), person.value("Base URL")) == ("Typed here", "http://127.0.0.1:9/v1")
    assert person.value("Key").startswith("sk-typed")
    person.save()
    provider = service.provider(ids["Lab"])
    assert (provider.name, provider.base_url) == ("Typed here", "http://127.0.0.1:9/v1")
    assert key_of(provider).startswith("sk-typed")
    person.settled()


@pytest.mark.req("UI", "ST-6")
@pytest.mark.parametrize("way", ["save", "save unchanged", "reload"])
def test_a_provider_that_was_deleted_meanwhile_can_be_added_again(sit, service, ids, way) -> None:
    """Save and Reload say who deleted it; what was typed stays, and one press adds it with its key."""
    person = sit(service)
    person.press("Edit Lab", row="Lab")
    key = key_of(service.provider(ids["Lab"]))
    if way != "save unchanged":
        person.fill("Name", "Typed here")
    SettingsService(service.path).delete_provider(ids["Lab"])
    if way == "reload":
        service.reload()
        person.reload()
    else:
        person.save()
    assert person.sees("Another program deleted Lab.")
    assert person.sees("What you typed is still here.")
    person.press("Add it again")
    added = service.get_providers()[-1]
    assert added.name == ("Lab" if way == "save unchanged" else "Typed here")
    assert key_of(added) == key
    assert person.form is None
    person.settled()


@pytest.mark.req("SEC-4")
def test_add_it_again_takes_no_reference_along_unseen(sit, service, ids) -> None:
    """A key of a keyring that the form does not show is not given to a provider that is added again."""
    service.update_provider(ids["Lab"], api_key="keyring:someone/else")
    person = sit(service)
    person.press("Edit Lab", row="Lab")
    SettingsService(service.path).delete_provider(ids["Lab"])
    person.save()
    person.press("Add it again")
    assert person.sees("1 field needs attention")
    assert [provider.name for provider in service.get_providers()] == ["Anthropic"]


@pytest.mark.req("UI")
def test_back_from_a_provider_that_is_gone_leaves_the_form(sit, service, ids) -> None:
    """Beside Add it again stands the way back."""
    person = sit(service)
    person.press("Edit Lab", row="Lab")
    SettingsService(service.path).delete_provider(ids["Lab"])
    person.save()
    person.press("Back")
    assert person.form is None


@pytest.mark.req("UI")
def test_a_key_hint_speaks_of_the_entries_there_are(sit, service, ids) -> None:
    """Of a provider without entries nothing is said about entries."""
    person = sit(service)
    person.press("Edit Lab", row="Lab")
    assert not person.sees("of this provider")
    person.leave()
    service.add_model(provider_id=ids["Lab"], model="m")
    person.settled().press("Edit Lab", row="Lab")
    assert person.sees("A new key reaches the one entry of this provider at once.")


@pytest.mark.req("SEC-3", "UI")
def test_what_was_pasted_around_a_key_is_taken_off_and_said(adding, demo) -> None:
    """The key alone is saved, and the provider's row says what went until that is dismissed."""
    person = adding()
    person.fill("Name", "Mine")
    person.fill("Base URL", demo.openai_base_url)
    person.fill("Key", f'export LAB_API_KEY="{demo.api_key}"')
    person.save()
    (provider,) = saved(person.settled())
    assert key_of(provider) == demo.api_key
    assert person.sees("quotes around the key were taken off", row="Mine")
    assert person.heard[-1].startswith("Saved. ")
    assert demo.api_key not in person.encoded
    person.press("Dismiss", row="Mine")
    assert person.row("Mine").note is None


@pytest.mark.req("SEC-3", "SEC-4")
@pytest.mark.parametrize("typed", ["$LAB_API_KEY", "LAB_API_KEY", "{env:LAB_API_KEY}", "%LAB_API_KEY%"])
def test_a_variable_may_be_named_as_other_tools_write_it(adding, typed) -> None:
    """In the field for a variable's name as in the key field, the file gets ${NAME}."""
    for source in (
        ("Environment variable", "Paste it") if not typed.isidentifier() else ("Environment variable",)
    ):
        person = adding("Anthropic")
        person.choose("Where the key comes from", source)
        if source == "Paste it":
            person.fill("Key", typed)
        else:
            person.choose("Key", typed)
        if not person.save().ok:  # it asked whether the variable may go there
            person.save()
        assert key_of(saved(person.settled())[-1]) == "${LAB_API_KEY}"


@pytest.mark.req("PM-10", "SEC-1")
def test_a_key_in_the_name_is_refused_and_taken_out_of_the_field(adding, canary) -> None:
    """The sentence says where keys go, and the page is told to empty the field."""
    person = adding("Anthropic")
    person.fill("Name", canary)
    person.fill("Key", canary)
    answer = person.save()
    assert person.sees("This looks like a key. Keys go into the key field.")
    assert "name" in answer.clear
    assert person.value("Name") == ""
    assert saved(person) == []
    assert canary not in person.encoded + str(to_json(answer))


@pytest.mark.req("UI", "ST-3")
def test_a_save_that_meets_a_lock_keeps_the_form(sit, service, ids, hold_lock) -> None:
    """The form says why, and Try again submits the same once more."""
    person = sit(service)
    person.press("Edit Lab", row="Lab")
    person.fill("Name", "Laboratory")
    with hold_lock(service):
        person.save()
    assert person.sees("Not saved: ")
    assert person.sees("Your input is still here.")
    person.press("Try again")
    assert person.form is None
    assert service.provider(ids["Lab"]).name == "Laboratory"


@pytest.mark.req("SEC-8", "ST-3")
def test_a_key_that_met_a_lock_is_dropped_with_its_host_too(adding, demo, hold_lock) -> None:
    """Whatever the save was refused for, the key is for the server that it was submitted for."""
    person = adding()
    person.fill("Name", "Mine")
    person.fill("Base URL", "https://llm.corp.example/v1")
    person.fill("Key", GATEWAY_KEY)
    with hold_lock(person.presenter.service):
        assert not person.save().ok
    person.fill("Base URL", demo.openai_base_url)
    person.save()
    assert person.sees("was for llm.corp.example and was dropped")
    assert saved(person) == []


@pytest.mark.req("MIG-6")
def test_no_form_is_given_before_the_file_is_converted(sit, demo, settings_path) -> None:
    """Code that opens the form is told why there is none."""
    old = write_sample(settings_path.parent, demo, old=True)
    person = sit(SettingsService(old, auto_migrate=False))
    with pytest.raises(DispatchError, match="converted"):
        person.presenter.form("provider")
    with pytest.raises(DispatchError, match="newer or older"):
        person.presenter.form("unknown")
    assert not person.presenter.submit("unknown", {}).ok
