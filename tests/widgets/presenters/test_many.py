"""Many entries and providers: what a page searches and sorts by, and what is done with several at once."""

from __future__ import annotations

import pytest

from dispatch_widgets.service import NewModel, SettingsService
from dispatch_widgets.widgets.presenters.models.presenter import ModelsPresenter
from dispatch_widgets.widgets.presenters.providers.presenter import ProvidersPresenter
from dispatch_widgets.widgets.presenters.shared.many import MOST_NAMED, MOST_WITHOUT_SEARCH
from dispatch_widgets.widgets.presenters.shared.views import Focus

pytestmark = pytest.mark.req("UI")


@pytest.fixture
def person(at, service):
    """Somebody at the Models tab."""
    return at(ModelsPresenter, service)


@pytest.fixture
def fill(service, ids):
    """Adds entries of the Lab, each called by its number."""

    def add(count: int) -> list[str]:
        made = service.add_models(
            NewModel(provider_id=ids["Lab"], model=f"m-{n}", label=f"Entry {n}") for n in range(count)
        )
        return [entry.id for entry in made]

    return add


def _bulk(person, name: str):
    """What is done with several entries under this name; None if it is not offered."""
    selection = person.section("catalog").selection
    return next((bulk for bulk in selection.actions if bulk.action.name == name), None)


def test_a_catalog_has_a_search_from_the_thirteenth_entry_on(person, service, fill) -> None:
    """A dozen entries have neither search nor selection; from the thirteenth on both are there."""
    fill(MOST_WITHOUT_SEARCH)
    section = person.settled().section("catalog")
    assert (section.finder, section.selection) == (None, None)
    fill(1)
    section = person.settled().section("catalog")
    keys = [option.value for option in section.finder.sorts]
    assert keys == ["", "reversed", "title", "line", "provider", "kind", "used", "attention"]
    assert {column.key for column in section.columns} >= {"provider", "kind", "used"}
    assert list(section.finder.orders) == ["attention"]
    assert [bulk.action.label for bulk in section.selection.actions] == ["Delete {count}"]


def test_the_newest_entry_comes_first(person, service, fill) -> None:
    """What was added last stands first, next to where it was added; the file keeps its order."""
    made = fill(3)
    assert person.settled().rows("catalog") == ["Entry 2", "Entry 1", "Entry 0"]
    assert [entry.id for entry in service.catalog] == made


def test_an_adding_says_which_rows_came(person, service, ids) -> None:
    """The answer to an adding names the new rows, so that they are brought into view."""
    added = {"providers": [ids["Lab"]], "models": ["m"]}
    answer = person.presenter.act("add_models", added)
    assert answer.added == tuple(entry.id for entry in service.catalog)


def test_several_are_deleted_after_one_question(person, service, ids, fill) -> None:
    """One question names what goes and the tasks that it hits; one save, and one Undo brings all back."""
    made = fill(MOST_NAMED + 2)
    service.assign("grade", made[3])
    before = service.path.read_bytes()
    act = person.presenter.act
    bulk = _bulk(person, "ask_delete_entries")
    asked = act(bulk.action.name, {**bulk.action.args, "rows": made})
    assert service.path.read_bytes() == before
    assert asked.focus == Focus(section="catalog", action="keep")
    note = asked.question
    assert note.title == f"Delete {len(made)} entries?"
    assert note.text == "grade uses them and is then not set."
    assert str(note.facts[0].value).endswith("Entry 11 and 2 more")
    sure, keep = note.actions
    assert (sure.label, keep.label) == (f"Delete {len(made)} entries", "Keep them")
    answer = act(sure.name, sure.args)
    assert answer.say == f"{len(made)} entries deleted"
    assert answer.clear == ("rows",)
    assert not service.catalog
    assert "grade" not in service.assignments
    person.settled().press("Undo")
    assert service.path.read_bytes() == before


def test_one_in_its_row_is_deleted_and_leaves_the_selection(person, service, fill) -> None:
    """Deleting the one entry of a row does not end what is selected elsewhere."""
    first, *_ = fill(2)
    answer = person.presenter.act("delete_entry", {"row": first, "rows": [first]})
    assert answer.say == "Entry 0 deleted"
    assert answer.clear == ()


def test_entries_without_a_provider_can_be_selected_among_few(person, service, ids) -> None:
    """Two entries without a provider are enough for a selection, which offers to give them one."""
    made = [
        service.add_model(provider_id=ids["Anthropic"], model=f"claude-{n}", label=f"Claude {n}").id
        for n in range(2)
    ]
    kept = service.add_model(provider_id=ids["Lab"], model="m").id
    service.delete_provider(ids["Anthropic"])
    before = service.path.read_bytes()
    person.settled()
    bulk = _bulk(person, "give_provider")
    assert set(bulk.rows) == set(made)
    assert kept not in bulk.rows
    options = person.section("catalog").options[bulk.choice.shared]
    assert [option.label for option in options] == ["Choose a provider", "Lab"]
    act = person.presenter.act
    refused = act("give_provider", {**bulk.action.args, "rows": made, "choice": ""})
    assert (refused.ok, refused.focus) == (False, Focus(section="catalog", field="give_provider"))
    assert service.path.read_bytes() == before
    given = act("give_provider", {**bulk.action.args, "rows": made, "choice": ids["Lab"]})
    assert given.say == "2 entries use Lab now"
    assert {entry.provider_id for entry in service.catalog} == {ids["Lab"]}
    person.settled().press("Undo")
    assert service.path.read_bytes() == before
    assert person.settled().section("catalog").done is None


@pytest.mark.parametrize("rows", [[], "e0", [1]])
def test_rows_of_another_version_are_refused(person, service, fill, rows) -> None:
    """What is no list of ids does nothing, and is said."""
    fill(1)
    answer = person.presenter.act("delete_entry", {"row": "catalog", "rows": rows})
    assert not answer.ok
    assert len(service.catalog) == 1
    assert person.settled().sees("This panel is newer or older than its page.")


@pytest.fixture
def crowd(at, service, demo):
    """Somebody at the Providers tab of a service with so many providers that several can be selected."""
    for number in range(MOST_WITHOUT_SEARCH):
        service.add_provider(
            name=f"Gateway {number}",
            type="openai-compatible",
            api_key=demo.api_key,
            base_url=demo.openai_base_url,
        )
    return at(ProvidersPresenter, service)


@pytest.mark.req("MD-12")
def test_several_providers_are_refreshed_together(crowd, service) -> None:
    """Those that are selected are asked, the others are not."""
    section = crowd.section("providers")
    bulk, _delete = section.selection.actions
    chosen = [row.id for row in section.rows if row.title in {"Gateway 1", "Gateway 2"}]
    assert set(chosen) <= set(bulk.rows)
    answer = crowd.presenter.act(bulk.action.name, {**bulk.action.args, "rows": chosen})
    assert answer.clear == ("rows",)
    crowd.settled()
    fetched = {each.id for each in service.get_providers() if service.known_models(each.id) is not None}
    assert fetched == set(chosen)


@pytest.mark.req("PM-4")
def test_several_providers_are_deleted_after_one_question(crowd, service) -> None:
    """One question names them and what uses them; one save deletes them, and one Undo brings all back."""
    chosen = [each.id for each in service.get_providers() if each.name in {"Gateway 1", "Gateway 2"}]
    other = service.add_provider(name="Spare", type="anthropic", api_key="sk-ant-0123456789abcdef").id
    entry = service.add_model(provider_id=chosen[1], model="m", label="Mine")
    service.add_model(provider_id=chosen[0], model="n", label="Ours")
    service.assign("grade", entry.id)
    crowd.settled()
    service.discover_models(chosen[0])
    before = service.path.read_bytes()
    act = crowd.presenter.act
    refresh, delete = crowd.section("providers").selection.actions
    assert (refresh.action.name, delete.action.label) == ("refresh_several", "Delete {count}")
    assert other in delete.rows
    asked = act(delete.action.name, {**delete.action.args, "rows": chosen})
    assert service.path.read_bytes() == before
    assert asked.focus == Focus(section="providers", action="keep")
    note = asked.question
    assert note.title == "Delete 2 providers?"
    assert note.text.startswith("2 catalog entries and 1 task use them. They stay, marked as invalid,")
    assert [(fact.name, str(fact.value)) for fact in note.facts] == [
        ("Providers", "Gateway 1 · Gateway 2"),
        ("Entries", "Mine · Ours"),
        ("Tasks", "grade (Mine)"),
    ]
    assert note.check.label.startswith("Take them out of their tasks too")
    sure, keep = note.actions
    assert (sure.label, keep.label) == ("Delete 2 providers", "Keep them")
    answer = act(sure.name, {**sure.args, "ticked": True})
    assert answer.say == "2 providers deleted"
    assert answer.clear == ("rows",)
    assert answer.focus == Focus(row=next(e.id for e in service.get_providers() if e.name == "Gateway 3"))
    assert not {each.id for each in service.get_providers()} & set(chosen)
    assert "grade" not in service.assignments
    crowd.settled().press("Undo")
    assert service.path.read_bytes() == before
    crowd.settled()
    assert service.known_models(chosen[0]) is not None  # its list was there before, and is fetched again
    assert service.known_models(chosen[1]) is None


def test_providers_that_are_gone_are_not_asked_about(crowd, service) -> None:
    """What another program has deleted meanwhile is left out of the question, and of the deletion."""
    first, second, *_ = [each.id for each in service.get_providers()]
    act = crowd.presenter.act
    asked = {"row": "providers", "rows": [first, second]}
    sure = act("ask_delete_several", asked).question.actions[0]
    SettingsService(service.path).delete_provider(first)
    again = act(sure.name, sure.args)
    assert again.question.title == f"Delete {service.provider(second).name}?"
    SettingsService(service.path).delete_provider(second)
    crowd.presenter.service.reload()
    assert act("ask_delete_several", asked).say == "They are deleted already"


def test_a_provider_that_is_gone_is_said(at, service, ids) -> None:
    """Where one of several was deleted meanwhile nobody is asked, and that is said."""
    person = at(ProvidersPresenter, service)
    gone = {"row": "providers", "rows": [ids["Lab"], "gone"]}
    assert not person.presenter.act("refresh_several", gone).ok
    assert person.settled().section("providers").notes[0].alert
    assert service.known_models(ids["Lab"]) is None
