"""The Router tab over the real service."""

from __future__ import annotations

import pytest

import dispatch_widgets
from dispatch_widgets import Panel, RouterPanel, SettingsService
from dispatch_widgets._text import escaped
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.settings.tasks import TASK_PURPOSE, TASKS
from dispatch_widgets.widgets._news import News
from dispatch_widgets.widgets._parts import is_shown
from dispatch_widgets.widgets._tasks import SAVING


@pytest.fixture
def entries(service, ids) -> dict[str, str]:
    """Ids of three entries: two that chat, one that embeds."""
    lab = ids["Lab"]
    return {
        "one": service.add_model(provider_id=lab, model="one", label="One", capabilities=["chat"]).id,
        "two": service.add_model(provider_id=lab, model="two", label="Two", capabilities=["chat"]).id,
        "vec": service.add_model(provider_id=lab, model="vec", label="Vec", capabilities=["embedding"]).id,
    }


def labels(panel, task: str) -> list[str]:
    """The choices of a task as they are shown."""
    return [label for label, _ in panel.tasks[task].pick.options]


@pytest.mark.req("UI")
def test_there_are_six_tasks_with_their_purpose(service) -> None:
    """Every task stands there with a line on what it does."""
    panel = RouterPanel(service)
    assert list(panel.tasks) == list(TASKS)
    for task, row in panel.tasks.items():
        assert TASK_PURPOSE[task] in row.row.children[0].value


@pytest.mark.req("UI")
def test_each_task_offers_the_entries_that_can_do_it(service, entries) -> None:
    """Chat tasks offer chat entries, embed offers embedding entries, with their provider's name."""
    panel = RouterPanel(service)
    assert labels(panel, "grade") == ["Not set", "One · Lab", "Two · Lab"]
    assert labels(panel, "embed") == ["Not set", "Vec · Lab"]


@pytest.mark.req("UI", "API-1")
def test_a_choice_is_saved_at_once_and_can_be_undone(service, entries) -> None:
    """Choosing an entry writes the file; Saved and Undo stand in that row; Undo brings back what was."""
    panel = RouterPanel(service)
    panel.tasks["grade"].pick.value = entries["one"]
    assert SettingsService(service.path).assignments["grade"].model_id == entries["one"]
    assert panel.tasks["grade"].saved[0] in panel.tasks["grade"].info.children
    panel.tasks["grade"].pick.value = entries["two"]
    panel.undo("grade")
    assert service.assignments["grade"].model_id == entries["one"]
    assert panel.assignments == {"grade": entries["one"]}
    assert panel.tasks["grade"].model in panel.tasks["grade"].info.children
    panel.tasks["digest"].pick.value = entries["two"]
    panel.undo("digest")
    assert "digest" not in service.assignments


@pytest.mark.req("UI")
def test_undo_holds_until_the_next_change(service, entries) -> None:
    """A change of another task ends the Undo of the one before."""
    panel = RouterPanel(service)
    panel.tasks["grade"].pick.value = entries["one"]
    panel.tasks["skill"].pick.value = entries["one"]
    panel.undo("grade")
    assert service.assignments["grade"].model_id == entries["one"]


@pytest.mark.req("UI", "API-1")
def test_not_set_takes_the_assignment_away(service, entries) -> None:
    """Choosing "Not set" unassigns the task; it is the first choice before and after."""
    service.assign("grade", entries["one"])
    panel = RouterPanel(service)
    before = labels(panel, "grade")
    assert before[0] == "Not set"
    panel.tasks["grade"].pick.value = ""
    assert "grade" not in service.assignments
    assert labels(panel, "grade") == before
    service.assign("embed", entries["one"])  # an entry that does not fit stands after it, too
    assert panel.hub.settle()
    assert labels(panel, "embed")[:2] == ["Not set", "One · Lab · chat"]


@pytest.mark.req("PM-4")
def test_an_assignment_that_cannot_be_used_is_shown(service, ids, entries) -> None:
    """A task whose entry lost its provider keeps it as a marked choice, with the reason and the way out."""
    service.assign("grade", entries["one"])
    service.delete_provider(ids["Lab"])
    panel = RouterPanel(service)
    assert panel.tasks["grade"].pick.label == "One · provider deleted"
    assert "dw-invalid" in panel.tasks["grade"].pick._dom_classes
    assert "The provider of this entry was deleted." in panel.messages["grade"]
    assert panel.attention() == 1
    assert service.assignments["grade"].model_id == entries["one"]


@pytest.mark.req("UI", "MD-12")
def test_doubts_about_a_tasks_model_are_said_and_counted(service, demo, ids, entries, page) -> None:
    """A model that is no longer listed, and one of the wrong kind, are warned of; a task not set is not."""
    everything = demo.models()
    leaving = service.add_model(provider_id=ids["Lab"], model=everything[0].id, capabilities=["chat"])
    service.assign("grade", leaving.id)
    service.assign("embed", entries["one"])
    service.assign("digest", entries["two"])
    panel = RouterPanel(service)
    panel.hub.ask(ids["Lab"], force=True)
    page.wait(panel)
    assert panel.attention() == 1
    assert panel.messages.keys() == {"embed", "digest"}
    assert "Lab does not list this model." in panel.messages["digest"]
    demo.set_models(everything[1:])
    try:
        panel.hub.ask(ids["Lab"], force=True)
        page.wait(panel)
    finally:
        demo.set_models(everything)
    assert panel.attention() == 2
    assert "Lab no longer lists this model." in panel.messages["grade"]
    assert "embed needs an embedding model" in panel.messages["embed"]
    assert "2 need attention" in panel._fact.value


@pytest.mark.req("UI", "MD-11")
def test_a_list_that_lacks_models_without_an_id_marks_none_as_gone(service, demo, ids, page) -> None:
    """Those that were left out may be the very ones: no task's model is said to be listed no longer."""
    for number, model in enumerate(demo.models()):
        service.add_model(provider_id=ids["Lab"], model=model.id, tasks=[] if number else ["grade"])
    panel = RouterPanel(service)
    panel.hub.ask(ids["Lab"], force=True)
    page.wait(panel)
    demo.play("missing-ids")
    panel.hub.ask(ids["Lab"], force=True)
    page.wait(panel)
    assert "left out" in service.known_models(ids["Lab"]).warning
    assert panel.hub.gone == {}


@pytest.mark.req("UI")
def test_none_fits_says_so_and_leads_to_models(service, ids) -> None:
    """With no embedding model embed cannot be chosen, says how many are listed, and leads to Models."""
    service.add_model(provider_id=ids["Lab"], model="one", capabilities=["chat"])
    models = service.discover_models(ids["Lab"])
    panel = RouterPanel(service)
    assert panel.tasks["embed"].pick.disabled
    assert labels(panel, "embed") == ["No entry fits"]
    count = models.counts()["embedding"]
    assert f"No embedding model in the catalog. Your providers list {count}." in panel.messages["embed"]
    assert panel.tasks["embed"].message.children[1].description == "Choose one in Models"


@pytest.mark.req("UI", "PM-6")
def test_unknown_kinds_are_offered_to_the_chat_tasks_and_marked(service, ids) -> None:
    """An entry with an empty capability list counts as chat and says that its kind is unknown."""
    entry = service.add_model(provider_id=ids["Lab"], model="odd", label="Odd", capabilities=[])
    panel = RouterPanel(service)
    assert entry.capabilities == ()
    assert labels(panel, "grade") == ["Not set", "Odd · Lab · kind unknown"]
    assert labels(panel, "embed") == ["No entry fits"]


@pytest.mark.req("UI")
def test_entries_with_the_same_words_are_told_apart(service, ids) -> None:
    """Two entries of the same name and provider show their ids."""
    for model in ("m1", "m2"):
        service.add_model(provider_id=ids["Lab"], model=model, label="Same", capabilities=["chat"])
    shown = labels(RouterPanel(service), "grade")[1:]
    assert len(set(shown)) == 2
    assert all(label.startswith("Same · Lab (") for label in shown)


@pytest.mark.req("ST-6", "UI")
def test_two_panels_stay_in_step(service, entries) -> None:
    """A choice in one panel shows in another over the same service, and so does a change by code."""
    one, two = RouterPanel(service), RouterPanel(service)
    one.tasks["grade"].pick.value = entries["one"]
    assert two.hub.settle()
    assert two.assignments == {"grade": entries["one"]}
    service.unassign("grade")
    assert two.hub.settle()
    assert one.assignments == two.assignments == {}


@pytest.mark.req("ST-3", "UI")
def test_a_choice_that_cannot_be_saved_goes_back(service, entries) -> None:
    """If the entry is gone from the file, the choice returns to what the file says and the row tells why."""
    panel = RouterPanel(service)
    SettingsService(service.path).delete_model(entries["two"])
    panel.tasks["grade"].pick.value = entries["two"]
    assert panel.tasks["grade"].pick.value == ""
    assert "Not saved" in panel.messages["grade"]
    panel.tasks["grade"].pick.value = entries["one"]
    assert "grade" not in panel.messages


@pytest.mark.req("ST-3", "UI")
def test_a_choice_that_meets_a_lock_stays_and_can_be_tried_again(service, entries, hold_lock, sent) -> None:
    """While it is saved the row says so; then why it was not, once, with the choice still in place."""
    panel = RouterPanel(service)
    row = panel.tasks["grade"]
    sent.clear()
    with hold_lock(service):
        row.pick.value = entries["two"]
    assert SAVING in str(sent)
    assert row.saving not in row.info.children
    assert row.pick.value == entries["two"]
    assert panel.messages["grade"].count("Not saved:") == 1
    assert "grade" not in service.assignments
    panel.hub.post(News("settings"))
    assert panel.hub.settle()
    assert row.pick.value == entries["two"]
    again = row.message.children[1]
    assert again.description == "Try again"
    sent.clear()
    again.click()
    assert service.assignments["grade"].model_id == entries["two"]
    assert "grade" not in panel.messages
    assert ".dw-pick-grade select" in str(sent)
    sent.clear()
    panel.undo("grade")
    assert ".dw-pick-grade select" in str(sent)
    assert "grade" not in service.assignments


@pytest.mark.req("UI", "PM-4")
def test_an_entry_that_could_do_it_but_for_its_provider_is_named(service, ids, entries) -> None:
    """A task that nothing fits does not deny an entry that only lacks a provider, and leads to it."""
    service.delete_provider(ids["Lab"])
    app = Panel(service)
    message = app.router.tasks["embed"].message
    assert "Vec could do it" in app.router.messages["embed"]
    assert message.children[1].description == "Give a provider"
    focused = []
    app.models.entries.focus = lambda *where: focused.append(where)
    message.children[1].click()
    assert app.tabs.selected_index == 1
    assert focused == [(entries["vec"], "note:select")]


@pytest.mark.req("UI")
def test_no_entries_shows_the_next_step(service) -> None:
    """Without entries the panel says to pick models first, and no task can be chosen."""
    panel = RouterPanel(service)
    assert is_shown(panel._empty)
    assert all(row.pick.disabled for row in panel.tasks.values())
    assert panel.messages == {}


@pytest.mark.req("UI", "API-5")
def test_the_snippet_is_code_that_works(service, entries, page, monkeypatch) -> None:
    """The code for the next cell names the task chosen last and runs as it stands."""
    panel = RouterPanel(service)
    assert not is_shown(panel._use)
    panel.tasks["digest"].pick.value = entries["one"]
    assert is_shown(panel._use)
    names: dict[str, object] = {"dw": dispatch_widgets, "service": service}
    assert 'service.resolve("digest")' in panel.snippet  # the file is not the one that dw would find
    exec(panel.snippet.removesuffix(".client()"), names)  # noqa: S102
    assert names.pop("client").model == "one"

    monkeypatch.setenv("DISPATCH_SETTINGS_PATH", str(service.path))
    panel = RouterPanel(SettingsService())
    panel.tasks["classify"].pick.value = entries["one"]
    assert 'dw.resolve("classify")' in panel.snippet
    exec(panel.snippet.removesuffix(".client()"), names)  # noqa: S102
    assert names["client"].model == "one"

    panel.service.add_model(provider_id="mock", model="mock-chat", tasks=["skill"])
    panel.service.delete_provider(panel.service.entry(entries["one"]).provider_id)
    page.until(lambda: 'dw.resolve("skill")' in panel.snippet)  # the others would raise
    panel.service.unassign("skill")
    page.until(lambda: not is_shown(panel._use))


@pytest.fixture
def chat(service, ids) -> str:
    """A chat model that the demo server answers for, given to grade."""
    models = service.discover_models(ids["Lab"])
    model = next(model for model in models if model.kind == "chat")
    service.add_model(provider_id=ids["Lab"], model=model.id, capabilities=["chat"], tasks=["grade"])
    return model.id


@pytest.mark.req("UI", "API-5")
def test_try_asks_the_model_and_says_what_came(service, demo, chat, page) -> None:
    """Nothing is asked before Try is pressed; then one request goes out and the row says how it went."""
    before = len(demo.requests)
    panel = RouterPanel(service)
    row = panel.tasks["grade"]
    assert len(demo.requests) == before
    assert panel.tasks["skill"].try_it is None
    row.try_it.click()
    page.until(row.trial.future.done)
    assert panel.hub.settle()
    assert len(demo.requests) == before + 1
    assert f"{chat} gave an answer after" in panel.messages["grade"]
    assert "dw-ok" in row.message._dom_classes
    assert not row.try_it.disabled


@pytest.mark.req("UI", "MD-15")
def test_a_failed_try_says_why_and_what_to_do(service, demo, ids, chat, page) -> None:
    """A refusal stands in the row with its hint; another choice takes it away."""
    demo.play(fault("401"), where="openai")
    panel = RouterPanel(service)
    panel.try_it("grade")
    page.until(panel.tasks["grade"].trial.future.done)
    assert panel.hub.settle()
    error = panel.tasks["grade"].trial.future.result().error
    assert escaped(error.message, 600) in panel.messages["grade"]
    assert escaped(error.hint, 400) in panel.messages["grade"]
    app = Panel(service)
    app.router.try_it("grade")
    page.until(app.router.tasks["grade"].trial.future.done)
    assert app.hub.settle()
    lead = app.router.tasks["grade"].message.children[1]
    assert lead.description == "Replace key"
    lead.click()
    assert app.providers.form.provider.id == ids["Lab"]
    service.unassign("grade")
    assert panel.hub.settle()
    assert "grade" not in panel.messages


@pytest.mark.req("UI")
def test_a_try_can_be_stopped(service, demo, chat, page) -> None:
    """While the answer is due the row has Cancel in place of Try, and a second press asks nobody."""
    demo.play(fault("slow", seconds=20), where="openai")
    panel = RouterPanel(service)
    panel.try_it("grade")
    row = panel.tasks["grade"]
    assert row.try_it.disabled
    running = row.trial
    panel.try_it("grade")
    assert row.trial is running
    stop = row.message.children[1]
    assert stop.description == "Cancel"
    stop.click()
    page.until(running.future.done)
    assert running.future.cancelled()
    assert panel.hub.settle()
    assert "grade" not in panel.messages
    assert not row.try_it.disabled


@pytest.mark.req("SEC-4", "UI")
def test_a_try_that_may_not_be_sent_says_so(service, demo, ids, chat, monkeypatch) -> None:
    """Try does not send a variable that was made for another server either; the row leads to Providers."""
    monkeypatch.setenv("OPENAI_API_KEY", demo.api_key)
    SettingsService(service.path).update_provider(ids["Lab"], api_key="${OPENAI_API_KEY}")
    app = Panel(service)
    before = len(demo.requests)
    app.router.try_it("grade")
    assert app.hub.settle()
    assert len(demo.requests) == before
    assert "Nothing was sent." in app.router.messages["grade"]
    app.router.tasks["grade"].message.children[1].click()
    assert app.tabs.selected_index == 0


@pytest.mark.req("SEC-1")
def test_no_key_is_in_the_state_after_a_try(service, ids, canary, chat, page) -> None:
    """A refused key is in no widget's state after a try."""
    service.update_provider(ids["Lab"], api_key=canary)
    panel = RouterPanel(service)
    panel.try_it("grade")
    page.until(panel.tasks["grade"].trial.future.done)
    assert panel.hub.settle()
    assert panel.messages["grade"]
    assert canary not in page.states()
