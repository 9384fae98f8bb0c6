"""Test before Save: the form asks the server once, says what came, and saves nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from presenter_person import Person, until

from dispatch_widgets import SettingsService
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.widgets.presenters.providers.presenter import ProvidersPresenter
from dispatch_widgets.widgets.presenters.shared.encode import to_json

if TYPE_CHECKING:
    from collections.abc import Callable

ELSEWHERE_KEY = "sk-typed-here-0123456789abcdef"


@pytest.fixture
def adding(at, settings_path) -> Callable[..., Person]:
    """Somebody with the form to add a first provider open, at Custom."""

    def open_form() -> Person:
        person = at(ProvidersPresenter, SettingsService(settings_path))
        person.press("Add provider")
        person.choose("Preset", "Custom")
        return person

    return open_form


def after_test(person: Person) -> Person:
    """Press Test, and wait for what comes of it."""
    answer = person.press("Test")
    assert not answer.ok
    if not answer.problems:
        until(lambda: not person.sees("Asking "))
    return person


@pytest.mark.req("PM-2", "UI", "SEC-2")
def test_a_test_counts_the_models_and_saves_nothing(adding, demo, settings_path) -> None:
    """Test says how many models the server lists; the form stays as it is, and no file is made."""
    person = adding()
    person.fill("Base URL", demo.openai_base_url)
    person.fill("Key", demo.api_key)
    after_test(person)
    assert person.sees("Nothing is saved yet.")
    assert person.form.note["title"].endswith(" models")
    assert not settings_path.exists()
    assert person.value("Key") == demo.api_key
    assert demo.api_key not in person.encoded
    assert demo.api_key.encode() not in to_json(person.view)
    person.fill("Name", "Mine")
    assert person.form.note == {}  # it speaks of what was in the fields
    person.save()
    assert [each.name for each in person.presenter.service.get_providers()] == ["Mine"]
    person.settled()


@pytest.mark.req("PM-2", "UI")
def test_a_failed_test_says_why(adding, demo, settings_path) -> None:
    """A refused key is said with its hint, in the form."""
    demo.play(fault("401"))
    person = adding()
    person.fill("Base URL", demo.openai_base_url)
    person.fill("Key", ELSEWHERE_KEY)
    after_test(person)
    assert person.form.note["tone"] == "error"
    assert "key" in person.form.note["title"].lower()
    assert ELSEWHERE_KEY not in json.dumps(person.form.note)
    assert not settings_path.exists()


@pytest.mark.req("PM-2", "MD-14", "UI")
def test_a_suggested_base_url_is_one_press_away(adding, demo) -> None:
    """Where another path of the host lists models a button puts it into the field; the key stays for it."""
    person = adding()
    person.fill("Base URL", demo.openai_base_url.removesuffix("/v1"))
    person.fill("Key", demo.api_key)
    after_test(person)
    person.press("Use …/v1")
    assert person.value("Base URL") == demo.openai_base_url
    assert person.value("Key") == demo.api_key
    after_test(person)
    assert person.form.note["tone"] == "ok"


@pytest.mark.req("PM-2", "MD-14", "UI")
def test_a_suggested_type_is_one_press_away(adding, demo) -> None:
    """A server that answers as the other type is offered as that; the key stays, as the host is the same."""
    person = adding()
    person.choose("Type", "Anthropic")
    person.fill("Base URL", demo.openai_base_url)
    person.fill("Key", demo.api_key)
    after_test(person)
    assert person.form.note["tone"] == "error"
    person.press("Use type OpenAI-compatible")
    assert person.chosen("Type") == "OpenAI-compatible"
    assert person.value("Key") == demo.api_key
    after_test(person)
    assert person.form.note["tone"] == "ok"


@pytest.mark.req("SEC-8")
def test_a_tested_key_goes_to_no_other_server(adding, demo) -> None:
    """A key that was tested at one server is dropped, in words, when Test would send it to another."""
    person = adding()
    person.fill("Base URL", demo.openai_base_url)
    person.fill("Key", demo.api_key)
    after_test(person)
    person.fill("Base URL", "http://127.0.0.1:9/v1")
    person.press("Test")
    assert person.value("Key") == ""
    assert person.sees("was dropped")


@pytest.mark.req("SEC-4", "SEC-8")
def test_a_test_sends_no_variable_unsaid(adding, demo, monkeypatch) -> None:
    """Test sends a variable to a server only where the form says so: else it says it, and nothing is sent."""
    monkeypatch.setenv("SOMEBODYS_API_KEY", demo.api_key)
    person = adding()
    person.choose("Where the key comes from", "Environment variable")
    person.choose("Key", "SOMEBODYS_API_KEY (set in this kernel)")
    person.fill("Base URL", demo.openai_base_url)
    before = len(demo.requests)
    answer = person.press("Test")
    assert answer.note.title.startswith("Save and Test send the value of SOMEBODYS_API_KEY to 127.0.0.1:")
    assert len(demo.requests) == before
    after_test(person)
    assert person.sees("Save and Test send the value of SOMEBODYS_API_KEY")
    assert person.form.note["tone"] == "ok"


@pytest.mark.req("SEC-8")
def test_the_saved_key_is_tested_at_its_own_server_alone(at, service, ids) -> None:
    """Editing tests with the saved key where it is for; for another server a key has to be entered."""
    person = at(ProvidersPresenter, service)
    person.press("Edit Lab", row="Lab")
    after_test(person)
    assert person.form.note["tone"] == "ok"
    person.fill("Base URL", "http://127.0.0.1:9/v1")
    answer = person.press("Test")
    assert "The saved key is for " in answer.problems["key"]


@pytest.mark.req("SEC-4", "SEC-8")
def test_a_test_sends_no_reference_of_the_file_unasked(at, service, demo, ids, monkeypatch) -> None:
    """A reference that the form does not show is tested only after Send was pressed in the row."""
    monkeypatch.setenv("SOMEBODYS_SECRET", demo.second_api_key)
    service.update_provider(ids["Lab"], api_key="${SOMEBODYS_SECRET}")
    person = at(ProvidersPresenter, SettingsService(service.path))  # nobody has said yes to that file
    person.press("Edit Lab", row="Lab")
    person.choose("Where the key comes from", "Paste it")
    before = len(demo.requests)
    answer = person.press("Test")
    assert answer.problems == {"key": "This key goes nowhere before you press Send in the provider's row."}
    assert len(demo.requests) == before


@pytest.mark.req("UI")
def test_a_test_can_be_cancelled(adding, demo) -> None:
    """While the server is silent Cancel ends the test; the form is as it was."""
    demo.play(fault("slow"))
    person = adding()
    person.fill("Base URL", demo.openai_base_url)
    person.fill("Key", demo.api_key)
    person.press("Test")
    assert person.sees("Asking 127.0.0.1:")
    person.press("Cancel")
    assert person.form.note == {}
    assert person.value("Key") == demo.api_key


@pytest.mark.req("API-2", "UI")
def test_a_test_tells_bad_fields_as_save_does(adding) -> None:
    """A base URL that cannot be used, or a missing key, is said at its field; a name is not needed."""
    person = adding()
    person.fill("Base URL", "llm.example/v1")
    assert set(person.press("Test").problems) == {"base_url"}
