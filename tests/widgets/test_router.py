"""The Router tab over the real service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets import Panel, RouterPanel, SettingsService
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.settings.tasks import TASK_PURPOSE, TASKS

if TYPE_CHECKING:
    from panel_driver.person import Person


@pytest.fixture
def entries(service, ids) -> dict[str, str]:
    """Ids of three entries: two that chat, one that embeds."""
    lab = ids["Lab"]
    return {
        "one": service.add_model(provider_id=lab, model="one", label="One", capabilities=["chat"]).id,
        "two": service.add_model(provider_id=lab, model="two", label="Two", capabilities=["chat"]).id,
        "vec": service.add_model(provider_id=lab, model="vec", label="Vec", capabilities=["embedding"]).id,
    }


def entry_for(task: str) -> str:
    """The label of a task's choice."""
    return f"Entry for {task}"


def given(me: Person) -> dict[str, str]:
    """What the tasks that have an entry show as theirs."""
    chosen = {task: me.value(entry_for(task)) for task in TASKS}
    return {task: words for task, words in chosen.items() if words not in {"Not set", "No entry fits"}}


@pytest.mark.req("UI")
def test_there_are_six_tasks_with_their_purpose(service, person) -> None:
    """Every task stands there with a line on what it does."""
    me = person(RouterPanel(service))
    assert [label for label in me.labels if label.startswith("Entry for ")] == list(map(entry_for, TASKS))
    for task in TASKS:
        assert me.task(task).sees(TASK_PURPOSE[task])


@pytest.mark.req("UI")
def test_each_task_offers_the_entries_that_can_do_it(service, entries, person) -> None:
    """Chat tasks offer chat entries, embed offers embedding entries, with their provider's name."""
    me = person(RouterPanel(service))
    assert me.options("Entry for grade") == ["Not set", "One · Lab", "Two · Lab"]
    assert me.options("Entry for embed") == ["Not set", "Vec · Lab"]


@pytest.mark.req("UI", "API-1")
def test_a_choice_is_saved_at_once_and_can_be_undone(service, entries, person) -> None:
    """Choosing an entry writes the file; Saved and Undo stand in that row; Undo brings back what was."""
    me = person(RouterPanel(service))
    me.choose("Entry for grade", "One · Lab")
    assert SettingsService(service.path).assignments["grade"].model_id == entries["one"]
    assert me.task("grade").sees("Saved")
    me.choose("Entry for grade", "Two · Lab")
    me.task("grade").press("Undo")
    assert service.assignments["grade"].model_id == entries["one"]
    assert given(me) == {"grade": "One · Lab"}
    assert not me.task("grade").sees("Saved")
    me.choose("Entry for digest", "Two · Lab")
    me.task("digest").press("Undo")
    assert "digest" not in service.assignments


@pytest.mark.req("UI")
def test_undo_holds_until_the_next_change(service, entries, person) -> None:
    """A change of another task ends the Undo of the one before."""
    me = person(RouterPanel(service))
    me.choose("Entry for grade", "One · Lab")
    undo = me.task("grade").as_seen("Undo")
    me.choose("Entry for skill", "One · Lab")
    assert "Undo" not in me.task("grade").buttons
    undo.press()
    assert service.assignments["grade"].model_id == entries["one"]


@pytest.mark.req("UI", "API-1")
def test_not_set_takes_the_assignment_away(service, entries, person) -> None:
    """Choosing "Not set" unassigns the task; it is the first choice before and after."""
    service.assign("grade", entries["one"])
    me = person(RouterPanel(service))
    before = me.options("Entry for grade")
    assert before[0] == "Not set"
    me.choose("Entry for grade", "Not set")
    assert "grade" not in service.assignments
    assert me.options("Entry for grade") == before
    service.assign("embed", entries["one"])  # an entry that does not fit stands after it, too
    me.wait()
    assert me.options("Entry for embed")[:2] == ["Not set", "One · Lab · chat"]


@pytest.mark.req("PM-4")
def test_an_assignment_that_cannot_be_used_is_shown(service, ids, entries, person) -> None:
    """A task whose entry lost its provider keeps it as a marked choice, with the reason and the way out."""
    service.assign("grade", entries["one"])
    service.delete_provider(ids["Lab"])
    me = person(Panel(service))
    assert "Router (1)" in me.tabs
    me.tab("Router")
    assert me.value("Entry for grade") == "One · provider deleted"
    assert me.field("Entry for grade").marked
    assert me.task("grade").sees("The provider of this entry was deleted.")
    assert service.assignments["grade"].model_id == entries["one"]


@pytest.mark.req("UI", "MD-12")
def test_doubts_about_a_tasks_model_are_said_and_counted(service, demo, ids, entries, person) -> None:
    """A model that is no longer listed, and one of the wrong kind, are warned of; a task not set is not."""
    everything = demo.models()
    leaving = service.add_model(provider_id=ids["Lab"], model=everything[0].id, capabilities=["chat"])
    service.assign("grade", leaving.id)
    service.assign("embed", entries["one"])
    service.assign("digest", entries["two"])
    panel = Panel(service)
    me = person(panel)
    me.press("Refresh Lab")
    me.wait()
    me.tab("Router")
    assert "Router (1)" in me.tabs
    assert me.task("embed").sees("embed needs an embedding model")
    assert me.task("digest").sees("Lab does not list this model.")
    doubts = ("does not list", "no longer lists", "needs an")
    assert {task for task in TASKS if any(map(me.task(task).sees, doubts))} == {"embed", "digest"}
    demo.set_models(everything[1:])
    try:
        me.tab("Providers")
        me.press("Refresh Lab")
        me.wait()
    finally:
        demo.set_models(everything)
    me.tab("Router")
    assert "Router (2)" in me.tabs
    assert me.task("grade").sees("Lab no longer lists this model.")
    assert me.task("embed").sees("embed needs an embedding model")
    assert me.task("embed").tone("embed needs") == "warn"
    assert me.sees("2 need attention")


@pytest.mark.req("UI", "MD-11")
def test_a_list_that_lacks_models_without_an_id_marks_none_as_gone(service, demo, ids, person) -> None:
    """Those that were left out may be the very ones: no task's model is said to be listed no longer."""
    for number, model in enumerate(demo.models()):
        service.add_model(provider_id=ids["Lab"], model=model.id, tasks=[] if number else ["grade"])
    me = person(Panel(service))
    me.press("Refresh Lab")
    me.wait()
    demo.play("missing-ids")
    me.press("Refresh Lab")
    me.wait()
    assert "left out" in service.known_models(ids["Lab"]).warning
    me.tab("Router")
    assert not me.sees("no longer lists")
    me.tab("Models")
    assert {row.badge for row in me.rows("Catalog")} == {""}


@pytest.mark.req("UI")
def test_none_fits_says_so_and_leads_to_models(service, ids, person) -> None:
    """With no embedding model embed cannot be chosen, says how many are listed, and leads to Models."""
    service.add_model(provider_id=ids["Lab"], model="one", capabilities=["chat"])
    models = service.discover_models(ids["Lab"])
    me = person(RouterPanel(service))
    assert not me.field("Entry for embed").enabled
    assert me.options("Entry for embed") == ["No entry fits"]
    count = models.counts()["embedding"]
    assert me.task("embed").sees(f"No embedding model in the catalog. Your providers list {count}.")
    assert me.task("embed").can_press("Choose one in Models")


@pytest.mark.req("UI", "PM-6")
def test_unknown_kinds_are_offered_to_the_chat_tasks_and_marked(service, ids, person) -> None:
    """An entry with an empty capability list counts as chat and says that its kind is unknown."""
    entry = service.add_model(provider_id=ids["Lab"], model="odd", label="Odd", capabilities=[])
    me = person(RouterPanel(service))
    assert entry.capabilities == ()
    assert me.options("Entry for grade") == ["Not set", "Odd · Lab · kind unknown"]
    assert me.options("Entry for embed") == ["No entry fits"]


@pytest.mark.req("UI")
def test_entries_with_the_same_words_are_told_apart(service, ids, person) -> None:
    """Two entries of the same name and provider show their ids."""
    for model in ("m1", "m2"):
        service.add_model(provider_id=ids["Lab"], model=model, label="Same", capabilities=["chat"])
    shown = person(RouterPanel(service)).options("Entry for grade")[1:]
    assert len(set(shown)) == 2
    assert all(label.startswith("Same · Lab (") for label in shown)


@pytest.mark.req("ST-6", "UI")
def test_two_panels_stay_in_step(service, entries, person) -> None:
    """A choice in one panel shows in another over the same service, and so does a change by code."""
    one, two = person(RouterPanel(service)), person(RouterPanel(service))
    one.choose("Entry for grade", "One · Lab")
    two.wait()
    assert given(two) == {"grade": "One · Lab"}
    service.unassign("grade")
    two.wait()
    assert given(one) == given(two) == {}


@pytest.mark.req("ST-3", "UI")
def test_a_choice_that_cannot_be_saved_goes_back(service, entries, person) -> None:
    """If the entry is gone from the file, the choice returns to what the file says and the row tells why."""
    me = person(RouterPanel(service))
    SettingsService(service.path).delete_model(entries["two"])
    me.choose("Entry for grade", "Two · Lab")
    assert me.value("Entry for grade") == "Not set"
    assert me.task("grade").sees("Not saved")
    me.choose("Entry for grade", "One · Lab")
    assert not me.task("grade").sees("Not saved")


@pytest.mark.req("ST-3", "UI")
def test_a_choice_that_meets_a_lock_stays_and_can_be_tried_again(service, entries, hold_lock, person) -> None:
    """The row says why it was not saved, once, with the choice still in place."""
    me = person(RouterPanel(service))
    grade = me.task("grade")
    with hold_lock(service):
        me.choose("Entry for grade", "Two · Lab")
    assert me.value("Entry for grade") == "Two · Lab"
    assert grade.text.count("Not saved:") == 1
    assert "grade" not in service.assignments
    SettingsService(service.path).assign("skill", entries["one"])  # it is drawn anew
    service.reload()
    me.wait()
    assert me.value("Entry for grade") == "Two · Lab"
    grade.press("Try again")
    assert service.assignments["grade"].model_id == entries["two"]
    assert not grade.sees("Not saved")
    assert me.focused() == "Entry for grade"
    grade.press("Undo")
    assert me.focused() == "Entry for grade"
    assert "grade" not in service.assignments


@pytest.mark.req("UI", "PM-4")
def test_an_entry_that_could_do_it_but_for_its_provider_is_named(service, ids, entries, person) -> None:
    """A task that nothing fits does not deny an entry that only lacks a provider, and leads to it."""
    service.delete_provider(ids["Lab"])
    me = person(Panel(service))
    me.tab("Router")
    assert me.task("embed").sees("Vec could do it")
    me.task("embed").press("Give a provider")
    assert me.open_tab == "Models"
    assert me.focused() == "Provider for Vec"


@pytest.mark.req("UI")
def test_no_entries_shows_the_next_step(service, person) -> None:
    """Without entries the panel says to pick models first, and no task can be chosen."""
    me = person(RouterPanel(service))
    assert "No entries to choose from" in me.headings
    for task in TASKS:
        assert not me.field(entry_for(task)).enabled
        assert me.task(task).buttons == []


@pytest.mark.req("UI", "API-5")
def test_the_snippet_is_code_that_works(service, entries, monkeypatch, person) -> None:
    """The code for the next cell names the task chosen last and runs as it stands."""
    me = person(RouterPanel(service))
    assert "Use it" not in me.headings
    me.choose("Entry for digest", "One · Lab")
    assert "Use it" in me.headings
    assert me.value("Task") == "digest"
    assert ran(me)["model"].model == "one"

    monkeypatch.setenv("DISPATCH_SETTINGS_PATH", str(service.path))
    panel = RouterPanel(SettingsService())
    me = person(panel)
    me.choose("Entry for classify", "One · Lab")
    assert 'dw.resolve("classify")' in me.text
    assert ran(me)["model"].model == "one"

    panel.service.add_model(provider_id="mock", model="mock-chat", tasks=["skill"])
    panel.service.delete_provider(panel.service.entry(entries["one"]).provider_id)
    me.see('dw.resolve("skill")')  # the others would raise
    panel.service.unassign("skill")
    me.not_see("Use it")


def ran(me: Person) -> dict[str, Any]:
    """The variables after the copied code ran, up to what the SDK of a vendor makes of it."""
    me.press("Copy")
    code, sdk, _ = me.clipboard.partition("client = ")
    assert sdk
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102
    return names


@pytest.mark.req("UI", "API-5")
def test_the_task_and_the_library_of_the_code_are_chosen(service, entries, person) -> None:
    """Each task with a model has code for each library; the choice stays until another task gets a model."""
    me = person(RouterPanel(service))
    me.choose("Entry for grade", "One · Lab")
    me.choose("Entry for embed", "Vec · Lab")
    assert me.options("Task") == ["grade", "embed"]
    assert me.options("Library") == ["OpenAI SDK", "LiteLLM", "LangChain"]
    assert (me.value("Task"), me.value("Library")) == ("embed", "OpenAI SDK")
    assert "client.embeddings.create(" in me.text
    me.choose("Library", "LangChain")
    assert "OpenAIEmbeddings(**model.langchain_kwargs())" in me.text
    me.choose("Task", "grade")
    assert "ChatOpenAI(**model.langchain_kwargs())" in me.text
    me.choose("Library", "LiteLLM")
    assert "litellm.completion(" in me.text
    assert "Insert below" not in me.buttons  # without a host that lets a page do that
    me.choose("Entry for skill", "Two · Lab")
    assert me.value("Task") == "skill"


@pytest.fixture
def chat(service, ids) -> str:
    """A chat model that the demo server answers for, given to grade."""
    models = service.discover_models(ids["Lab"])
    model = next(model for model in models if model.kind == "chat")
    service.add_model(provider_id=ids["Lab"], model=model.id, capabilities=["chat"], tasks=["grade"])
    return model.id


@pytest.mark.req("UI", "API-5")
def test_try_asks_the_model_and_says_what_came(service, demo, chat, person) -> None:
    """Nothing is asked before Try is pressed; then one request goes out and the row says how it went."""
    before = len(demo.requests)
    me = person(RouterPanel(service))
    assert len(demo.requests) == before
    assert "Try" not in me.task("skill").buttons
    me.task("grade").press("Try")
    me.task("grade").see(f"{chat} gave an answer after")
    assert me.task("grade").tone("gave an answer after") == "ok"
    assert len(demo.requests) == before + 1
    assert me.task("grade").can_press("Try")


@pytest.mark.req("UI", "MD-15")
def test_a_failed_try_says_why_and_what_to_do(service, demo, ids, chat, person) -> None:
    """A refusal stands in the row with its hint; another choice takes it away."""
    demo.play(fault("401"), where="openai")
    alone = person(RouterPanel(service))
    alone.task("grade").press("Try")
    alone.task("grade").see("refused the key")
    error = service.start_try("grade").result(20).error
    assert alone.task("grade").sees(f"{error.message} {error.hint}")
    me = person(Panel(service))
    me.tab("Router")
    me.task("grade").press("Try")
    me.task("grade").see("refused the key")
    me.task("grade").press("Replace key")
    assert me.open_tab == "Providers"
    assert "Edit Lab" in me.headings
    service.unassign("grade")
    alone.wait()
    assert not alone.task("grade").sees("refused the key")


@pytest.mark.req("UI")
def test_a_try_can_be_stopped(service, demo, chat, person) -> None:
    """While the answer is due the row has Cancel in place of Try, and a second press asks nobody."""
    demo.play(fault("slow", seconds=20), where="openai")
    me = person(RouterPanel(service))
    grade = me.task("grade")
    before = len(demo.requests)
    again = grade.as_seen("Try")
    again.press()
    assert not grade.can_press("Try")
    again.press()
    grade.press("Cancel")
    me.wait()
    assert len(demo.requests) <= before + 1
    assert "Cancel" not in grade.buttons
    assert not grade.sees("gave an answer")
    assert grade.can_press("Try")


@pytest.mark.req("SEC-4", "UI")
def test_a_try_that_may_not_be_sent_says_so(service, demo, ids, *, chat, monkeypatch, person) -> None:
    """Try does not send a variable that was made for another server either; the row leads to Providers."""
    monkeypatch.setenv("OPENAI_API_KEY", demo.api_key)
    SettingsService(service.path).update_provider(ids["Lab"], api_key="${OPENAI_API_KEY}")
    me = person(Panel(service))
    me.tab("Router")
    before = len(demo.requests)
    me.task("grade").press("Try")
    me.wait()
    assert len(demo.requests) == before
    assert me.task("grade").sees("Nothing was sent.")
    (way,) = [name for name in me.task("grade").buttons if name != "Try"]
    me.task("grade").press(way)
    assert me.open_tab == "Providers"


@pytest.mark.req("SEC-1")
def test_no_key_is_in_the_state_after_a_try(service, ids, canary, *, chat, person, states) -> None:
    """A refused key is in no widget's state after a try."""
    service.update_provider(ids["Lab"], api_key=canary)
    me = person(RouterPanel(service))
    me.task("grade").press("Try")
    me.task("grade").see("refused the key")
    assert canary not in states()
