"""Paste anything: a pasted text fills the form, and nothing of it is kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from presenter_person import Person, until

from dispatch_widgets import SettingsService
from dispatch_widgets.widgets.presenters.providers.presenter import ProvidersPresenter
from dispatch_widgets.widgets.presenters.shared.encode import encode

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "sk-proj-0123456789abcdefghijklmn9fQ2"
OTHER_KEY = "gsk_0123456789abcdefghijklmnopQRST"


@pytest.fixture
def person(at, settings_path) -> Person:
    """Somebody with the form to add a first provider open."""
    there = at(ProvidersPresenter, SettingsService(settings_path))
    there.press("Add provider")
    return there


@pytest.fixture
def pasted(person) -> Callable[[str], dict]:
    """Pastes a text; gives back the answer as the page gets it."""
    return lambda text: encode(person.paste(text))


@pytest.mark.req("PM-2", "UI", "SEC-2")
def test_a_line_of_env_fills_preset_and_key(person, pasted, settings_path) -> None:
    """The key goes into its field without being in the answer, which says where in the text it stands."""
    answer = pasted(f"# 😀 mine\nOPENAI_API_KEY='{KEY}'  # prod\n")
    assert person.chosen("Preset") == "OpenAI"
    assert person.value("Key") == KEY
    assert KEY not in json.dumps(answer)
    assert person.sees("The key sk-…9fQ2 was taken from OPENAI_API_KEY.")
    assert not settings_path.exists()


@pytest.mark.req("PM-2", "UI", "SEC-2")
def test_a_curl_command_fills_base_url_and_key(person, pasted, demo) -> None:
    """Host and key of a curl command are enough to save a provider."""
    pasted(
        f"curl {demo.openai_base_url}/chat/completions -H 'Authorization: Bearer {demo.api_key}' -d '{{}}'"
    )
    assert (person.chosen("Preset"), person.value("Base URL")) == ("Custom", demo.openai_base_url)
    assert person.sees("What the curl command sends was not taken.")
    person.press("Test")
    until(lambda: person.sees("Nothing is saved yet.") and not person.sees("Asking"))
    assert person.value("Base URL") == demo.openai_base_url
    person.save()
    (provider,) = person.presenter.service.get_providers()
    assert provider.credentials.api_key.get_secret_value() == demo.api_key
    person.settled()


@pytest.mark.req("PM-2", "UI")
def test_a_second_provider_of_a_host_gets_a_name_of_its_own(person, pasted) -> None:
    """Two accounts at one host that were pasted can be told apart."""
    for name, key in (("127.0.0.1:9", KEY), ("127.0.0.1:9 2", OTHER_KEY)):
        pasted(f"curl http://127.0.0.1:9/v1/models -H 'Authorization: Bearer {key}'")
        assert person.value("Name") == name
        person.save()
        person.settled().press("Add provider")


@pytest.mark.req("PM-2", "UI", "SEC-4")
def test_a_variable_is_taken_as_one(person, pasted) -> None:
    """A command that reads the key from a variable chooses that variable."""
    pasted('curl https://api.mistral.ai/v1/models -H "Authorization: Bearer $MISTRAL_API_KEY"')
    assert person.chosen("Preset") == "Mistral"
    assert person.chosen("Where the key comes from") == "Environment variable"
    assert person.chosen("Key").startswith("MISTRAL_API_KEY")
    assert person.form.key == ""


@pytest.mark.req("PM-2", "UI")
def test_of_several_providers_the_first_is_taken_and_the_others_offered(person, pasted) -> None:
    """The first fills the form; a press takes another one in its place, with its own key."""
    pasted(f"OPENAI_API_KEY={KEY}\nGROQ_API_KEY={OTHER_KEY}\nDEBUG=1\n")
    assert person.chosen("Preset") == "OpenAI"
    assert person.sees("DEBUG is not about a provider.")
    person.press("Use Groq")
    assert person.chosen("Preset") == "Groq"
    assert person.value("Key") == OTHER_KEY
    assert person.offers("Use OpenAI")


@pytest.mark.req("PM-2", "UI", "SEC-2")
def test_after_each_saved_one_the_next_of_the_text_is_offered(person, pasted, settings_path) -> None:
    """The page holds the text, so the others need no second paste; the kernel is told their names alone."""
    pasted(f"OPENAI_API_KEY={KEY}\nGROQ_API_KEY={OTHER_KEY}\nMISTRAL_API_KEY=mist-0123456789abcdef\n")
    person.press("Use Groq")
    answer = person.save()
    assert person.heard[-1] == "Saved"
    assert person.focus.action == "next_pasted"
    assert OTHER_KEY not in json.dumps(encode(answer)) + person.encoded
    assert person.form.key == ""
    assert person.sees("Groq was saved.")
    person.press("Next: OpenAI (2 of 3)")
    assert (person.chosen("Preset"), person.value("Key")) == ("OpenAI", KEY)
    assert not person.offers("Use Groq")
    person.choose("Preset", "Custom")
    person.choose("Preset", "OpenAI")
    person.fill("Key", KEY)
    person.save()
    person.press("Next: Mistral (3 of 3)")
    person.save()
    assert person.form is None
    saved = [each["name"] for each in json.loads(settings_path.read_text())["providers"]]
    assert saved == ["Groq", "OpenAI", "Mistral"]


@pytest.mark.req("PM-2", "UI")
def test_another_text_begins_at_its_first_provider(person, pasted, settings_path) -> None:
    """What was saved of one text counts for nothing in the next."""
    pasted(f"OPENAI_API_KEY={KEY}\nGROQ_API_KEY={OTHER_KEY}\n")
    person.save()
    pasted(f"GROQ_API_KEY={OTHER_KEY}x\nMISTRAL_API_KEY=mist-0123456789abcdef\n")
    assert person.chosen("Preset") == "Groq"
    person.save()
    assert person.offers("Next: Mistral (2 of 2)")
    assert len(json.loads(settings_path.read_text())["providers"]) == 2


@pytest.mark.req("PM-2", "UI")
def test_what_holds_no_provider_changes_nothing(person, pasted) -> None:
    """A text without a provider is said to be one, and what is in the fields stays."""
    person.fill("Name", "Mine")
    person.fill("Key", KEY)
    answer = pasted("DEBUG=1\n")
    assert answer["note"]["title"] == "No provider was found in what you pasted."
    assert (person.value("Name"), person.value("Key")) == ("Mine", KEY)


@pytest.mark.req("SEC-8")
def test_a_pasted_key_belongs_to_its_server(person, pasted) -> None:
    """A key that was pasted for one preset is dropped, in words, when another is chosen."""
    pasted(f"OPENAI_API_KEY={KEY}")
    person.choose("Preset", "Groq")
    assert person.value("Key") == ""
    assert person.sees("was dropped")


@pytest.mark.req("PM-2", "UI")
def test_a_key_that_is_not_written_as_it_stands_is_asked_for(person, pasted) -> None:
    """A key that the text breaks up is not guessed at: the form says to paste it into its field."""
    pasted(f"curl https://api.openai.com/v1/models -H 'Authorization: Bearer {KEY[:9]}'\"{KEY[9:]}\"")
    assert person.value("Key") == ""
    assert person.sees("paste the key into its field")


@pytest.mark.req("SEC-2")
def test_a_pasted_text_is_kept_nowhere(person, pasted) -> None:
    """Neither view nor form nor presenter holds the key after a paste."""
    pasted(f"OPENAI_API_KEY={KEY}")
    assert KEY not in person.encoded
    assert KEY not in json.dumps(person.form.form)


@pytest.mark.req("SEC-2", "UI")
def test_a_key_that_is_not_written_as_it_stands_is_not_said_to_be_taken(person, pasted) -> None:
    """A key that a shell puts together from quoted parts is not in the text: that alone is said."""
    pasted(f"curl https://llm.example/v1/models -H 'Authorization: Bearer {KEY[:20]}'\"{KEY[20:]}\"")
    assert person.sees("The key is not written in it as it stands")
    assert not person.sees("was taken from the header")
