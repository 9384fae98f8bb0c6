"""What the Providers tab says first: what just happened, what comes next, and where to look among many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dispatch_widgets import SettingsService
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.widgets.presenters.app import TABS, AppPresenter
from dispatch_widgets.widgets.presenters.providers.presenter import ProvidersPresenter

if TYPE_CHECKING:
    from collections.abc import Callable

    from presenter_person import Person

NEXT = "Next: choose models"


@pytest.fixture
def sit(at) -> Callable[[SettingsService], Person]:
    """Puts somebody at the Providers tab of a service."""
    return lambda service: at(ProvidersPresenter, service)


def add(person: Person, demo) -> str:
    """Add a provider by the form; gives back its id."""
    person.press("Add provider")
    person.choose("Preset", "Custom")
    person.fill("Name", "Mine")
    person.fill("Base URL", demo.openai_base_url)
    person.fill("Key", demo.api_key)
    person.save()
    return person.presenter.service.get_providers()[-1].id


@pytest.mark.req("UI", "PM-2")
def test_after_adding_the_next_step_is_one_press_away(sit, demo, settings_path) -> None:
    """A provider that was just added leads to its models, until one of them is in the catalog."""
    service = SettingsService(settings_path)
    person = sit(service)
    provider_id = add(person, demo)
    person.settled()
    person.press(NEXT, row="Mine")
    assert person.went == ("models", {"list": provider_id})
    service.add_model(provider_id=provider_id, model="gpt-4o")
    assert not person.settled().offers(NEXT)


@pytest.mark.req("UI")
def test_a_provider_that_was_there_before_has_no_next_step(sit, service) -> None:
    """Neither an old provider nor one whose models did not come is said to be new."""
    person = sit(service)
    person.press("Refresh Lab", row="Lab")
    assert not person.settled().offers(NEXT)


@pytest.mark.req("UI")
def test_the_next_step_is_not_said_over_a_failure(sit, demo, settings_path) -> None:
    """Where no models came the row says why, and leads nowhere."""
    demo.play(fault("401"))
    person = sit(SettingsService(settings_path))
    add(person, demo)
    assert person.settled().sees("Key refused", row="Mine")
    assert not person.offers(NEXT)


@pytest.mark.req("UI", "MIG-1")
def test_a_converted_file_is_said_on_the_first_page(sit, demo, settings_path) -> None:
    """It leads to what changed, is taken back after a question, and is said until somebody dismisses it."""
    path = write_sample(settings_path.parent, demo, old=True)
    before = path.read_bytes()
    person = sit(SettingsService(path))
    assert person.sees("Your file was converted.")
    person.press("See what changed")
    assert person.went == ("settings", {"section": "conversion"})
    person.press("Undo")
    assert path.read_bytes() != before
    assert person.sees("drops every key")
    person.press("Bring the old file back")
    assert path.read_bytes() == before
    assert not person.settled().sees("Your file was converted.")
    assert person.sees("This file has the old format.")
    again = sit(SettingsService(path))
    again.press("Dismiss")
    assert not again.settled().sees("Your file was converted.")


@pytest.mark.req("UI", "ST-10")
def test_a_file_that_vanished_is_said_on_every_tab(service) -> None:
    """Each tab says that the file is gone and what writes it again."""
    app = AppPresenter(service)
    try:
        service.get_providers()
        service.path.unlink()
        service.reload()
        for tab in TABS:
            view = app.tab(tab).view()
            (note,) = [note for note in view.notes if "was deleted or moved" in str(note.title)]
            assert "the next save begins a new one" in str(note.text)
            assert [action.label for action in note.actions] == ["Put it back"]
    finally:
        app.close()


@pytest.mark.req("UI")
def test_no_tab_opens_as_an_empty_box(settings_path) -> None:
    """Of a file that is not there yet each tab says what it is for and what to do."""
    app = AppPresenter(SettingsService(settings_path))
    try:
        for tab in TABS:
            view = app.tab(tab).view()
            assert view.empty or any(part.rows or part.empty or part.facts for part in view.sections), tab
    finally:
        app.close()


@pytest.mark.req("UI")
def test_many_providers_get_a_search_and_orders(sit, service, demo) -> None:
    """From the thirteenth on there is a search, with orders that a page sorts by or is told."""
    for number in range(10):
        service.add_provider(
            name=f"Gateway {9 - number}",
            type="openai-compatible",
            api_key=f"sk-0123456789abcdef{number}",
            base_url=demo.openai_base_url,
        )
    person = sit(service)
    assert person.section("providers").finder is None
    service.add_provider(name="AAA", type="anthropic", api_key="sk-ant-0123456789abcdef")
    person.press("Refresh Lab", row="Lab")
    section = person.settled().section("providers")
    assert [option.value for option in section.finder.sorts] == ["", "title", "attention", "models"]
    assert section.rows[section.finder.orders["models"][0]].title == "Lab"
    assert sorted(section.finder.orders["attention"]) == list(range(len(section.rows)))


@pytest.mark.req("UI")
def test_a_name_opens_the_form_and_a_count_leads_to_the_models(sit, service, ids) -> None:
    """The row's name is a way to Edit, its count one to Models, where a list that is not there yet comes."""
    person = sit(service)
    row = person.row("Lab")
    person.press_action(row.leads)
    assert person.went == ("models", {"list": ids["Lab"]})
    person.press("Refresh Lab", row="Lab")
    assert person.settled().row("Lab").leads == row.leads
    person.press_action(row.opens)
    assert person.form.form["title"] == "Edit Lab"


@pytest.mark.req("ST-6", "UI")
def test_saving_over_an_outside_name_says_so(sit, service, ids) -> None:
    """A name that another program gave while the form was open is replaced, and that is said."""
    person = sit(service)
    person.press("Edit Lab", row="Lab")
    SettingsService(service.path).update_provider(ids["Lab"], name="Theirs")
    person.fill("Name", "Mine")
    person.save()
    assert service.provider(ids["Lab"]).name == "Mine"
    assert person.settled().sees("Another program had named it Theirs meanwhile", row="Mine")
    person.press("Dismiss", row="Mine")
    person.press("Edit Mine", row="Mine")
    person.fill("Name", "Mine 2")
    person.save()
    assert not person.settled().sees("Another program had named it")
