"""The Router tab, as somebody uses it."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import IPython
import pytest
from presenter_person import Person, until

from dispatch_widgets import SettingsService
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.settings.tasks import TASK_PURPOSE, TASKS
from dispatch_widgets.widgets.presenters.router.presenter import RouterPresenter
from dispatch_widgets.widgets.presenters.shared.encode import encode
from dispatch_widgets.widgets.presenters.shared.views import Focus, plain

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def entries(service, ids) -> dict[str, str]:
    """Ids of three entries: two that chat, one that embeds."""
    lab = ids["Lab"]
    return {
        "one": service.add_model(provider_id=lab, model="one", label="One", capabilities=["chat"]).id,
        "two": service.add_model(provider_id=lab, model="two", label="Two", capabilities=["chat"]).id,
        "vec": service.add_model(provider_id=lab, model="vec", label="Vec", capabilities=["embedding"]).id,
    }


@pytest.fixture
def router(at, service) -> Callable[[], Person]:
    """Somebody at the Router tab."""
    return lambda: at(RouterPresenter, service)


@pytest.mark.req("UI")
def test_there_are_six_tasks_with_their_purpose(router) -> None:
    """Every task stands there with a line on what it does."""
    person = router()
    assert person.rows("tasks") == list(TASKS)
    assert all(person.sees(TASK_PURPOSE[task], row=task) for task in TASKS)


@pytest.mark.req("UI")
def test_each_task_offers_the_entries_that_can_do_it(router, entries) -> None:
    """Chat tasks offer chat entries, embed offers embedding entries, with their provider's name."""
    person = router()
    assert person.options("Entry for grade") == ["Not set", "One · Lab", "Two · Lab"]
    assert person.options("Entry for embed") == ["Not set", "Vec · Lab"]
    assert person.sees("Code that asks for it gets an error", row="grade")


@pytest.mark.req("UI", "API-1")
def test_a_choice_is_saved_at_once_and_can_be_undone(service, router, entries) -> None:
    """Choosing an entry writes the file; Saved and Undo stand in that row; Undo brings back what was."""
    person = router()
    person.choose("Entry for grade", "One · Lab")
    assert SettingsService(service.path).assignments["grade"].model_id == entries["one"]
    assert person.heard == ["Saved"]
    assert person.sees("Saved", row="grade")
    assert not person.sees("Saved", row="skill")
    person.choose("Entry for grade", "Two · Lab")
    person.press("Undo", row="grade")
    assert service.assignments["grade"].model_id == entries["one"]
    assert person.chosen("Entry for grade") == "One · Lab"
    assert person.focus == Focus(row="grade", action="choose")
    assert not person.offers("Undo")
    person.choose("Entry for digest", "Two · Lab")
    person.press("Undo")
    assert "digest" not in service.assignments


@pytest.mark.req("UI", "ST-3")
def test_undo_holds_until_the_next_change(service, router, entries) -> None:
    """A change of another task, or of the file by another program, ends the Undo of the one before."""
    person = router()
    person.choose("Entry for grade", "One · Lab")
    person.choose("Entry for skill", "One · Lab")
    assert not person.offers("Undo", row="grade")
    assert person.offers("Undo", row="skill")
    SettingsService(service.path).unassign("grade")
    until(lambda: not person.offers("Undo", row="skill"))


@pytest.mark.req("UI", "API-1")
def test_not_set_takes_the_assignment_away(service, router, entries) -> None:
    """Choosing "Not set" unassigns the task; it is the first choice before and after."""
    service.assign("grade", entries["one"])
    person = router()
    before = person.options("Entry for grade")
    assert before[0] == "Not set"
    person.choose("Entry for grade", "Not set")
    assert "grade" not in service.assignments
    assert person.options("Entry for grade") == before
    service.assign("embed", entries["one"])  # an entry that does not fit stands after it, too
    assert person.settled().options("Entry for embed")[:2] == ["Not set", "One · Lab · chat"]


@pytest.mark.req("PM-4")
def test_an_assignment_that_cannot_be_used_is_shown(service, ids, router, entries) -> None:
    """A task whose entry lost its provider keeps it as a marked choice, with the reason and the way out."""
    service.assign("grade", entries["one"])
    service.delete_provider(ids["Lab"])
    person = router()
    assert person.chosen("Entry for grade") == "One · provider deleted"
    assert person.row("grade").choice.invalid
    assert person.sees("The provider of this entry was deleted.", row="grade")
    assert person.view.title == "Router (1)"
    assert person.sees("1 needs attention")
    person.press("Give a provider", row="grade")
    assert person.went == ("models", {"row": entries["one"]})
    assert service.assignments["grade"].model_id == entries["one"]


@pytest.mark.req("UI", "MD-12")
def test_doubts_about_a_tasks_model_are_said_and_counted(service, demo, ids, router, entries) -> None:
    """A model that is no longer listed, and one of the wrong kind, are warned of; a task not set is not."""
    everything = demo.models()
    leaving = service.add_model(provider_id=ids["Lab"], model=everything[0].id, capabilities=["chat"])
    service.assign("grade", leaving.id)
    service.assign("embed", entries["one"])
    service.assign("digest", entries["two"])
    person = router()
    person.presenter.hub.ask(ids["Lab"], force=True)
    person.settled()
    assert person.view.attention == 1
    assert person.sees("Lab does not list this model.", row="digest")
    assert person.row("grade").note is None
    demo.set_models(everything[1:])
    try:
        person.presenter.hub.ask(ids["Lab"], force=True)
        person.settled()
    finally:
        demo.set_models(everything)
    assert person.view.title == "Router (2)"
    assert person.sees("2 need attention")
    assert person.sees("Lab no longer lists this model.", row="grade")
    assert person.sees("embed needs an embedding model", row="embed")


@pytest.mark.req("UI")
def test_what_the_dispatch_app_refuses_is_said_and_counted(service, ids, router) -> None:
    """An Anthropic provider's entry for embed, which the Dispatch app refuses, is warned of."""
    vec = {"model": "vec", "label": "Vec", "capabilities": ["embedding"]}
    entry = service.add_model(provider_id=ids["Anthropic"], **vec)
    service.assign("embed", entry.id)
    person = router()
    note = person.row("embed").note
    assert note is not None
    assert note.tone == "warn"
    assert person.sees("The Dispatch app refuses an Anthropic provider for embed.", row="embed")
    assert person.sees("1 needs attention")
    assert person.chosen("Entry for embed") == "Vec · Anthropic"


@pytest.mark.req("UI", "MD-11")
def test_a_list_that_lacks_models_without_an_id_marks_none_as_gone(service, demo, ids, router) -> None:
    """Those that were left out may be the very ones: no task's model is said to be listed no longer."""
    for number, model in enumerate(demo.models()):
        service.add_model(provider_id=ids["Lab"], model=model.id, tasks=[] if number else ["grade"])
    person = router()
    person.presenter.hub.ask(ids["Lab"], force=True)
    person.settled()
    demo.play("missing-ids")
    person.presenter.hub.ask(ids["Lab"], force=True)
    person.settled()
    assert "left out" in service.known_models(ids["Lab"]).warning
    assert not person.sees("no longer lists")
    assert person.presenter.hub.gone == {}


@pytest.mark.req("UI")
def test_none_fits_says_so_and_leads_to_models(service, ids, router) -> None:
    """With no embedding model embed cannot be chosen, says how many are listed, and leads to Models."""
    service.add_model(provider_id=ids["Lab"], model="one", capabilities=["chat"])
    count = service.discover_models(ids["Lab"]).counts()["embedding"]
    person = router()
    assert person.options("Entry for embed") == ["No entry fits"]
    assert person.row("embed").choice.off == "No entry fits"
    assert person.sees(f"No embedding model in the catalog. Your providers list {count}.", row="embed")
    person.press("Choose one in Models", row="embed")
    assert person.went == ("models", {"kind": "embedding"})


@pytest.mark.req("UI", "PM-6")
def test_unknown_kinds_are_offered_to_the_chat_tasks_and_marked(service, ids, router) -> None:
    """An entry with an empty capability list counts as chat and says that its kind is unknown."""
    service.add_model(provider_id=ids["Lab"], model="odd", label="Odd", capabilities=[])
    person = router()
    assert person.options("Entry for grade") == ["Not set", "Odd · Lab · kind unknown"]
    assert person.options("Entry for embed") == ["No entry fits"]


@pytest.mark.req("UI")
def test_entries_with_the_same_words_are_told_apart(service, ids, router) -> None:
    """Two entries of the same name and provider show their ids."""
    for model in ("m1", "m2"):
        service.add_model(provider_id=ids["Lab"], model=model, label="Same", capabilities=["chat"])
    shown = router().options("Entry for grade")[1:]
    assert len(set(shown)) == 2
    assert all(label.startswith("Same · Lab (") for label in shown)


@pytest.mark.req("ST-6", "UI")
def test_two_windows_stay_in_step(service, router, entries) -> None:
    """A choice in one panel shows in another over the same service, and so does a change by code."""
    one, two = router(), router()
    one.choose("Entry for grade", "One · Lab")
    assert two.settled().chosen("Entry for grade") == "One · Lab"
    service.unassign("grade")
    assert one.settled().chosen("Entry for grade") == two.chosen("Entry for grade") == "Not set"


@pytest.mark.req("ST-3", "UI")
def test_a_choice_that_cannot_be_saved_goes_back(service, router, entries) -> None:
    """If the entry is gone from the file, the choice returns to what the file says and the row tells why."""
    person = router()
    assert "Two · Lab" in person.options("Entry for grade")
    with person.presenter.hub.lock:  # it is chosen before the panel has seen the change
        SettingsService(service.path).delete_model(entries["two"])
        person.choose("Entry for grade", "Two · Lab")
    assert person.chosen("Entry for grade") == "Not set"
    assert person.sees("Not saved", row="grade")
    assert not person.offers("Try again")
    person.choose("Entry for grade", "One · Lab")
    assert not person.sees("Not saved")


@pytest.mark.req("UI")
def test_a_choice_that_will_not_be_saved_in_a_moment_goes_back(service, router, entries, monkeypatch) -> None:
    """Only what may pass is tried again; after any other failure the choice shows what the file says."""
    person = router()

    def fail(_task: str, _entry_id: str) -> None:
        raise RuntimeError("odd")

    monkeypatch.setattr(service, "assign", fail)
    person.choose("Entry for grade", "Two · Lab")
    assert person.chosen("Entry for grade") == "Not set"
    assert person.sees("This did not work: RuntimeError: odd", row="grade")
    assert not person.offers("Try again")
    assert entries


@pytest.mark.req("ST-3", "UI")
def test_a_choice_that_meets_a_lock_stays_and_can_be_tried_again(service, router, entries, hold_lock) -> None:
    """The row says once why it was not saved, with the choice still in place; Try again saves it."""
    person = router()
    with hold_lock(service):
        person.choose("Entry for grade", "Two · Lab")
    assert person.chosen("Entry for grade") == "Two · Lab"
    assert "\n".join(person.lines()).count("Not saved:") == 1
    assert "grade" not in service.assignments
    person.presenter.hub.post("settings")
    assert person.settled().chosen("Entry for grade") == "Two · Lab"
    with hold_lock(service):
        person.press("Try again", row="grade")
    assert person.sees("Not saved:", row="grade")
    person.press("Try again", row="grade")
    assert service.assignments["grade"].model_id == entries["two"]
    assert not person.sees("Not saved")
    person.press("Undo")
    assert person.focus == Focus(row="grade", action="choose")
    assert "grade" not in service.assignments


@pytest.mark.req("ST-3", "UI")
def test_a_choice_that_waits_is_not_lost_when_another_task_is_saved(
    service, router, entries, hold_lock
) -> None:
    """A choice that met a lock stays beside its error while the other tasks are saved."""
    person = router()
    with hold_lock(service):
        person.choose("Entry for grade", "Two · Lab")
    person.choose("Entry for digest", "One · Lab")
    assert service.assignments["digest"].model_id == entries["one"]
    assert person.chosen("Entry for grade") == "Two · Lab"
    person.press("Try again", row="grade")
    assert service.assignments["grade"].model_id == entries["two"]
    assert not person.sees("Not saved")


@pytest.mark.req("UI", "PM-4")
def test_an_entry_that_could_do_it_but_for_its_provider_is_named(service, ids, router, entries) -> None:
    """A task that nothing fits does not deny an entry that only lacks a provider, and leads to it."""
    service.delete_provider(ids["Lab"])
    person = router()
    assert person.sees("Vec could do it, but cannot be used.", row="embed")
    person.press("Give a provider", row="embed")
    assert person.went == ("models", {"row": entries["vec"]})


@pytest.mark.req("UI")
def test_no_entries_shows_the_next_step(router) -> None:
    """Without entries the tab says to pick models first, and no task can be chosen."""
    person = router()
    assert person.sees("No entries to choose from")
    assert all(row.choice.off and row.note is None for row in person.section("tasks").rows)
    person.press("Choose models")
    assert person.went == ("models", {})


@pytest.mark.req("UI", "API-5")
def test_the_snippet_is_code_that_works(at, service, router, entries, monkeypatch) -> None:
    """The code for the next cell names the task chosen last and runs as it stands."""
    person = router()
    assert not person.sees("Use it")
    person.choose("Entry for digest", "One · Lab")
    person.press("Copy")
    assert person.clipboard == person.snippet("digest").code
    assert f'dw.SettingsService("{service.path.name}").resolve(' in person.clipboard  # in the working folder
    assert ran(person.clipboard)["model"].model == "one"

    monkeypatch.setenv("DISPATCH_SETTINGS_PATH", str(service.path))
    person = at(RouterPresenter, SettingsService())
    person.choose("Entry for classify", "One · Lab")
    assert person.sees('dw.resolve("classify")')
    assert ran(person.snippet().code)["model"].model == "one"

    service = person.presenter.service
    service.add_model(provider_id="mock", model="mock-chat", tasks=["skill"])
    service.delete_provider(service.entry(entries["one"]).provider_id)
    until(lambda: person.sees('dw.resolve("skill")'))  # the others would raise
    service.unassign("skill")
    until(lambda: not person.sees("Use it"))


def ran(code: str) -> dict[str, Any]:
    """The variables after code ran, up to what the SDK of a vendor makes of it."""
    names: dict[str, Any] = {}
    exec(code.partition("client = ")[0], names)  # noqa: S102
    return names


@pytest.mark.req("UI", "API-5")
def test_the_code_uses_the_notebooks_own_variable(service, router, entries, monkeypatch) -> None:
    """Where a variable holds the service, the code calls it; variables of others are not read."""

    class Curious:
        @property
        def service(self) -> object:
            raise AssertionError("somebody looked")

    shell = SimpleNamespace(user_ns={"other": Curious(), "mine": service})
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    person = router()
    person.choose("Entry for digest", "One · Lab")
    assert person.sees('model = mine.resolve("digest")')
    assert not person.sees("import dispatch_widgets")


@pytest.mark.req("UI")
def test_a_library_that_is_not_installed_is_named(router, entries, monkeypatch) -> None:
    """Code for a library that is not here says how to install it."""
    monkeypatch.setitem(sys.modules, "langchain_openai", None)
    person = router()
    person.choose("Entry for digest", "One · Lab")
    note = plain(person.snippet(library="langchain").note)
    assert note == "LangChain is not installed here. Run %pip install langchain-openai first."
    assert person.snippet(library="client").note == ""


@pytest.fixture
def chat(service, ids) -> str:
    """A chat model that the demo server answers for, given to grade."""
    models = service.discover_models(ids["Lab"])
    model = next(model for model in models if model.kind == "chat")
    service.add_model(provider_id=ids["Lab"], model=model.id, capabilities=["chat"], tasks=["grade"])
    return model.id


@pytest.mark.req("UI", "API-5")
def test_try_asks_the_model_and_says_what_came(demo, chat, router) -> None:
    """Nothing is asked before Try is pressed; then one request goes out and the row says how it went."""
    before = len(demo.requests)
    person = router()
    assert len(demo.requests) == before
    assert not person.offers("Try", row="skill")
    person.press("Try", row="grade")
    until(lambda: person.sees(f"{chat} gave an answer after", row="grade"))
    assert len(demo.requests) == before + 1
    assert person.row("grade").note.tone == "ok"
    until(lambda: person.view.spoken is not None)  # said just after it is shown
    assert person.view.spoken.words.startswith(f"grade: {chat}")
    assert person.offers("Try", row="grade")


@pytest.mark.req("UI", "MD-15")
def test_a_failed_try_says_why_and_what_to_do(service, demo, ids, chat, router) -> None:
    """A refusal stands in the row with the way to mend it; another choice takes it away."""
    demo.play(fault("401"), where="openai")
    person = router()
    person.press("Try", row="grade")
    until(lambda: person.offers("Replace key", row="grade"))
    assert person.row("grade").note.tone == "error"
    person.press("Replace key", row="grade")
    assert person.went == ("providers", {"form": "provider", "row": ids["Lab"], "field": "key"})
    service.unassign("grade")
    assert person.settled().row("grade").note is None


@pytest.mark.req("UI", "MD-15")
def test_a_try_goes_when_its_entry_gets_another_model(service, chat, router) -> None:
    """What one model answered does not stand beside the name of another; a new label changes nothing."""
    person = router()
    person.press("Try", row="grade")
    until(lambda: person.sees(f"{chat} gave an answer after", row="grade"))
    (entry,) = service.catalog
    service.update_model(entry.id, label="Mine")
    assert person.settled().row("grade").note.tone == "ok"
    service.update_model(entry.id, model=f"{chat}-2")
    assert not person.settled().sees("gave an answer")


@pytest.mark.req("UI")
def test_a_try_can_be_stopped(demo, chat, router) -> None:
    """While the answer is due Try is off, the row has Cancel, and a second press asks nobody."""
    demo.play(fault("slow", seconds=20), where="openai")
    person = router()
    before = len(demo.requests)
    (again,) = [action for action in person.row("grade").actions if action.name == "try_task"]
    person.press("Try", row="grade")
    assert person.why_off("Try", row="grade") == "It is being asked"
    assert person.sees("Asking for a few tokens, 30 s at most…", row="grade")
    person.press_action(again)
    person.press("Cancel", row="grade")
    assert person.settled().row("grade").note is None
    assert len(demo.requests) <= before + 1
    assert person.offers("Try", row="grade")


@pytest.mark.req("SEC-4", "UI")
@pytest.mark.usefixtures("chat")
def test_a_try_that_may_not_be_sent_says_so(service, demo, ids, router, monkeypatch) -> None:
    """Try does not send a variable that was made for another server either; the row leads to Providers."""
    monkeypatch.setenv("OPENAI_API_KEY", demo.api_key)
    SettingsService(service.path).update_provider(ids["Lab"], api_key="${OPENAI_API_KEY}")
    person = router()
    before = len(demo.requests)
    person.press("Try", row="grade")
    assert person.sees("Nothing was sent.", row="grade")
    assert len(demo.requests) == before
    person.press("Go to provider", row="grade")
    assert person.went == ("providers", {"row": ids["Lab"]})


@pytest.mark.req("SEC-1")
def test_no_key_is_in_what_a_page_is_given_after_a_try(service, ids, canary, chat, router) -> None:
    """A refused key is in no view."""
    service.update_provider(ids["Lab"], api_key=canary)
    person = router()
    person.press("Try", row="grade")
    until(lambda: person.row("grade").note.tone == "error")
    assert canary not in person.encoded


@pytest.mark.req("UI")
def test_an_action_that_this_version_does_not_know_is_answered(router, entries) -> None:
    """A page of another version is told so, whatever it sends; nothing is done."""
    person = router()
    for name, args in (("fly", {}), ("choose", {"row": 7}), ("choose", {"row": "grade"}), ("choose", None)):
        answer = person.presenter.act(name, args)
        assert not answer.ok
    assert person.sees("This panel is newer or older than its page.")
    assert encode(person.view)["title"] == "Router"


@pytest.mark.req("UI")
def test_only_what_changed_is_told(service, ids, router, entries) -> None:
    """A choice is one change of the view; what changes nothing in this tab is none."""
    person = router()
    told: list[None] = []
    stop = person.presenter.on_change(lambda: told.append(None))
    person.choose("Entry for grade", "One · Lab")
    assert person.settled()
    assert len(told) == 1
    service.update_provider(ids["Anthropic"], name="Other")
    person.presenter.hub.post("panels")
    person.presenter.hub.post("time")
    assert person.settled()
    assert len(told) == 2  # Undo is gone
    stop()
    service.update_provider(ids["Lab"], name="Renamed")
    assert "One · Renamed" in person.settled().options("Entry for grade")
    assert len(told) == 2
