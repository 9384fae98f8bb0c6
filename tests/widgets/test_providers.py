"""The Providers tab over the real service and a real HTTP server on loopback."""

from __future__ import annotations

import pytest
from panel_driver.person import until

from dispatch_widgets import Panel, ProvidersPanel, SettingsService
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.errors import DispatchError
from dispatch_widgets.widgets._format import tile

IN_TASKS = "Take it out of its tasks too (the Dispatch app would answer them with mock text)."


@pytest.mark.req("PM-5", "UI")
def test_no_provider_shows_the_next_step(settings_path, person) -> None:
    """With no provider the panel says what one is and offers to add one."""
    me = person(ProvidersPanel(SettingsService(settings_path)))
    assert me.titles("Providers") == []
    assert "No providers yet" in me.headings
    assert me.can_press("Add provider")
    assert me.sees("found below") is bool(me.titles("Found here"))
    assert "Refresh all" not in me.buttons
    assert not settings_path.exists()


@pytest.mark.req("PM-5", "SEC-1")
def test_a_card_says_who_where_and_which_key(service, demo, person) -> None:
    """A card shows name, address, type, masked key, and that no list was fetched yet."""
    me = person(ProvidersPanel(service))
    card = me.row("Lab")
    assert tile("Lab") == "La"
    assert card.lines == [demo.openai_base_url.removeprefix("http://"), "OpenAI-compatible"]
    assert card.facts[0] == "No list yet"
    assert demo.api_key not in me.text
    assert demo.api_key[-4:] in card.facts[1]


@pytest.mark.req("MD-7", "UI")
def test_refresh_fetches_and_counts_by_kind(service, demo, person) -> None:
    """Refresh asks that one provider, and its card then counts models by kind."""
    me = person(ProvidersPanel(service))
    before = len(demo.requests)
    me.press("Refresh Lab")
    me.wait()
    assert len(demo.requests) - before == 1
    assert "chat" in me.row("Lab").facts[0]
    assert "fetched just now" in me.row("Lab").facts[1]
    assert me.row("Anthropic").facts[0] == "No list yet"


@pytest.mark.req("MD-12", "UI")
def test_a_provider_is_not_asked_twice_at_once(service, demo, person) -> None:
    """A second press while a request is under way sends no second request."""
    demo.play(fault("slow", seconds=0.3), where="openai")
    me = person(ProvidersPanel(service))
    before = len(demo.requests)
    refresh = me.as_seen("Refresh Lab")
    refresh.press()
    refresh.press()
    me.wait()
    assert len(demo.requests) - before == 1


@pytest.mark.req("UI")
def test_asking_shows_and_can_be_cancelled(service, demo, person) -> None:
    """While a provider is asked its card counts the seconds, and its Refresh is a way to stop."""
    demo.play(fault("slow", seconds=30), where="openai")
    me = person(ProvidersPanel(service))
    me.press("Refresh Lab")
    assert me.row("Lab").waits
    assert "Asking…" in me.row("Lab").facts[1]
    assert "Refresh Lab" not in me.buttons
    me.press("Stop asking Lab")
    me.wait()
    assert not me.row("Lab").waits
    assert me.can_press("Refresh Lab")


@pytest.mark.req("MD-12", "UI")
def test_refresh_all_shows_each_answer_as_it_comes(service, demo, person) -> None:
    """A slow provider holds back no other: cards fill in one by one, with progress and Cancel."""
    demo.play(fault("slow", seconds=30), where="openai")
    me = person(ProvidersPanel(service))
    me.press("Refresh all")
    until(lambda: "chat" in me.row("Anthropic").facts[0])
    me.see("1 of 2 have answered")
    assert me.row("Lab").waits
    assert "Refresh all" not in me.buttons
    me.press("Cancel")
    me.wait()
    assert not me.sees("have answered")
    assert me.can_press("Refresh all")


FAILURES = {
    "401": ("Key refused", {"Replace key", "Try again"}),
    "403": ("Not allowed", {"Try again"}),
    "429": ("Rate limited until", {"Unlock"}),
    "quota": ("No credit left", {"Unlock"}),
    "500": ("Server error", {"Try again"}),
    "html": ("Not a model list", {"Edit", "Try again"}),
    "reset": ("Cut off", {"Try again"}),
    "redirect-elsewhere": ("Redirected", {"Edit", "Try again"}),
}


@pytest.mark.req("MD-8", "MD-9", "MD-10", "MD-11")
@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_shows_badge_message_hint_and_remedy(service, demo, ids, name, person) -> None:
    """Each failure has its one badge, the error's own message and hint, and the buttons that mend it."""
    badge, offers = FAILURES[name]
    demo.play(fault(name), where="openai")
    me = person(Panel(service))
    me.press("Refresh Lab")
    me.wait()
    card = me.row("Lab")
    assert card.badge.startswith(badge)
    assert service.last_error(ids["Lab"]).message in card.note
    assert offers <= set(card.offers)
    assert "Providers (1)" in me.tabs
    assert demo.api_key not in card.text


@pytest.mark.req("MD-9", "MD-15")
def test_a_failed_refresh_keeps_the_list_in_view(service, demo, person) -> None:
    """After a refresh that fails, the card still counts the models of before and names the failure."""
    me = person(ProvidersPanel(service))
    me.press("Refresh Lab")
    me.wait()
    counted = me.row("Lab").facts[0]
    demo.play(fault("500"), where="openai")
    me.press("Refresh Lab")
    me.wait()
    assert me.row("Lab").facts[0] == counted
    assert me.row("Lab").is_stale
    assert me.row("Lab").badge == "Server error"


@pytest.mark.req("MD-10")
def test_a_rate_limit_locks_refresh_until_unlocked_after_a_question(service, demo, ids, person) -> None:
    """While limited Refresh is off and a countdown stands there; Unlock asks first, then lifts the lock."""
    demo.play(fault("429"), where="openai")
    me = person(ProvidersPanel(service))
    me.press("Refresh Lab")
    me.wait()
    card = me.row("Lab")
    assert not me.can_press("Refresh Lab")
    assert card.ends == service.retry_at(ids["Lab"]).timestamp()
    before = len(demo.requests)
    me.press("Refresh all")
    me.wait()
    assert all(request.path.startswith("/anthropic") for request in demo.requests[before:])
    card.press("Unlock")
    assert "refuse again" in card.note
    assert service.retry_at(ids["Lab"]) is not None
    card.press("Unlock")
    assert service.retry_at(ids["Lab"]) is None
    assert me.can_press("Refresh Lab")


@pytest.mark.req("PM-4")
def test_delete_shows_what_it_hits_and_asks(service, ids, person) -> None:
    """Delete names the entries and tasks it hits and deletes nothing before the answer."""
    entry = service.add_model(provider_id=ids["Lab"], model="m-1", label="Em One", tasks=["grade"])
    me = person(ProvidersPanel(service))
    me.press("Delete Lab")
    card = me.row("Lab")
    assert card.note.startswith("Delete Lab?")
    assert card.value(IN_TASKS) == "ticked"
    assert "Entries: Em One" in card.note.splitlines()
    assert "Tasks: grade (Em One)" in card.note.splitlines()
    assert me.focused() == "Keep it"
    card.press("Keep it")
    assert card.note == ""
    assert service.entry(entry.id).provider_id == ids["Lab"]


@pytest.mark.req("PM-4")
@pytest.mark.parametrize("unassign", [True, False])
def test_deleting_takes_the_tasks_only_if_ticked(service, ids, unassign, person) -> None:
    """The provider goes, its entries stay; the tasks' assignments go when the box is ticked."""
    service.add_model(provider_id=ids["Lab"], model="m-1", tasks=["grade"])
    me = person(ProvidersPanel(service))
    me.press("Delete Lab")
    if not unassign:
        me.untick(IN_TASKS)
    me.press("Delete provider")
    assert me.titles("Providers") == ["Anthropic"]
    assert len(service.catalog) == 1
    assert ("grade" in service.assignments) is not unassign


@pytest.mark.req("PM-4", "UI")
def test_a_deleted_provider_can_be_brought_back(service, ids, person) -> None:
    """The head says who was deleted and offers Undo, also after the last one; the next change ends that."""
    service.add_model(provider_id=ids["Lab"], model="m-1", tasks=["grade"])
    me = person(ProvidersPanel(service))
    me.press("Delete Lab")
    me.press("Delete provider")
    assert me.sees("Lab deleted")
    me.press("Undo")
    assert me.titles("Providers") == ["Lab", "Anthropic"]
    assert "grade" in service.assignments
    assert not me.sees("deleted")
    for name in ("Lab", "Anthropic"):
        me.press(f"Delete {name}")
        me.press("Delete provider")
    assert me.sees("Anthropic deleted")
    assert me.can_press("Undo")
    service.add_model(provider_id="mock", model="mock")
    me.wait()
    assert not me.sees("deleted")


@pytest.mark.req("PM-4", "UI")
def test_what_was_brought_back_is_as_before_and_has_the_focus(service, person) -> None:
    """After Undo the row has its list again, no news of a refresh that it did not see, and the focus."""
    me = person(ProvidersPanel(service))
    for _ in range(2):
        me.press("Refresh all")
        me.wait()
    assert me.row("Lab").badge == "No change"
    counted = me.row("Lab").facts[0]
    me.press("Delete Lab")
    me.press("Delete provider")
    me.wait()
    me.press("Undo")
    me.wait()
    assert me.row("Lab").badge == ""
    assert me.row("Lab").facts[0] == counted
    assert me.focused() == "Refresh Lab"


@pytest.mark.req("ST-6", "UI")
def test_what_another_program_brings_back_has_no_old_news(service, ids, person) -> None:
    """A provider that goes and comes back in the file tells nothing of the refresh before that."""
    me = person(ProvidersPanel(service))
    for _ in range(2):
        me.press("Refresh Lab")
        me.wait()
    assert me.row("Lab").badge == "No change"
    whole = service.path.read_bytes()
    SettingsService(service.path).delete_provider(ids["Lab"])
    service.reload()
    me.wait()
    service.path.write_bytes(whole)
    service.reload()
    me.wait()
    assert me.row("Lab").badge == ""


@pytest.mark.req("MD-13", "UI")
def test_a_refresh_names_what_is_used_and_what_was_left_out(service, demo, ids, person) -> None:
    """Of several that are gone the used one stands first with its task; what was left out is said too."""
    me = person(ProvidersPanel(service))
    card = me.row("Lab")
    me.press("Refresh Lab")
    me.wait()
    used = service.known_models(ids["Lab"])[-1].id
    service.add_model(provider_id=ids["Lab"], model=used, tasks=["digest"])
    demo.play(fault("missing-ids"), where="openai")
    me.press("Refresh Lab")
    me.wait()
    assert f"Gone: {used} (used by digest), " in card.note
    assert "The entry stays and may still answer. " in card.note
    assert "without an id were left out" in card.note
    demo.play(fault("empty-list"), where="openai")
    me.press("Refresh Lab")
    me.wait()
    demo.play(None)
    me.press("Refresh Lab")
    me.wait()
    assert card.badge == f"{len(service.known_models(ids['Lab']))} new"


@pytest.mark.req("MIG-6", "UI")
def test_a_file_that_is_not_converted_says_so_and_offers_it(demo, settings_path, person, monkeypatch) -> None:
    """One notice with Convert stands there; what would write is off, with the reason in its title."""
    monkeypatch.setenv("GROQ_API_KEY", "gsk_" + "a" * 30)
    service = SettingsService(write_sample(settings_path.parent, demo, old=True), auto_migrate=False)
    panel = Panel(service)
    me = person(panel)
    assert me.sees("This file has the old format.")
    assert "No providers yet" not in me.headings
    assert "Add provider" not in me.buttons
    assert not me.row("Groq").can_press("Add")
    assert me.row("Groq").title("Add") == "The file has to be converted first"
    with pytest.raises(DispatchError, match="converted"):
        panel.providers.form("provider")
    me.press("See what changes")
    assert me.open_tab == "Settings file"
    me.tab("Providers")
    me.press("Convert")
    me.wait()
    assert not me.sees("the old format")
    assert me.titles("Providers")
    assert me.can_press("Add provider")
    assert me.row("Groq").can_press("Add")


@pytest.mark.req("ST-3", "UI")
def test_undo_never_costs_another_programs_change(service, ids, person) -> None:
    """After another program has changed the file Undo does nothing but say so."""
    panel = ProvidersPanel(service)
    me = person(panel)
    me.press("Delete Lab")
    me.press("Delete provider")
    with panel.presenter.hub.lock:  # Undo is pressed before the panel has seen the change
        SettingsService(service.path).update_provider(ids["Anthropic"], name="Theirs")
        me.press("Undo")
    assert me.sees("nothing to undo")
    assert [provider.name for provider in service.get_providers()] == ["Theirs"]


@pytest.mark.req("PM-7")
def test_the_mock_provider_has_a_card_without_buttons(service, person) -> None:
    """The built-in provider is listed when an entry refers to it, and cannot be edited or deleted."""
    service.add_model(provider_id="mock", model="mock")
    me = person(ProvidersPanel(service))
    assert me.row("Mock").buttons == []
    assert me.row("Mock").note == ""


@pytest.mark.req("SEC-6")
def test_foreign_names_are_plain_text(service, ids, person) -> None:
    """A name with markup or direction marks is shown as text, cleaned and cut."""
    bad = "<img src=x onerror=alert(1)>"
    service.update_provider(ids["Lab"], name=bad + "\u202e" + "x" * 5000)
    me = person(ProvidersPanel(service))
    title = me.titles("Providers")[0]
    assert title.startswith(f"{bad}x")
    assert len(title) <= 300
    me.press(f"Edit {title}")
    (heading,) = me.headings
    assert heading.startswith(f"Edit {bad}x")


@pytest.mark.req("UI")
def test_a_failed_action_stands_in_its_row(service, person, monkeypatch) -> None:
    """What goes wrong with one card is said in that card, with a way to close it."""
    monkeypatch.setattr(service, "delete_providers", lambda *_args, **_keys: 1 / 0)
    me = person(ProvidersPanel(service))
    card = me.row("Lab")
    me.press("Delete Lab")
    me.press("Delete provider")
    assert "ZeroDivisionError" in card.note
    card.press("Dismiss")
    assert card.note == ""


@pytest.mark.req("ST-3", "UI")
def test_a_deletion_that_met_a_lock_can_be_tried_again(service, person, hold_lock) -> None:
    """While another program holds the file the card says that nothing was saved, and offers to try again."""
    me = person(ProvidersPanel(service))
    me.press("Delete Lab")
    with hold_lock(service):
        me.press("Delete provider")
    assert me.row("Lab").offers == ["Try again", "Dismiss"]
    me.press("Try again")
    assert me.titles("Providers") == ["Anthropic"]


@pytest.mark.req("ST-4")
def test_an_unreadable_file_is_said_and_the_ways_out_are_offered(settings_path, person) -> None:
    """While the file cannot be read the panel says where the mistake is and offers nothing that writes."""
    settings_path.write_text('{"providers": [', encoding="utf-8")
    panel = ProvidersPanel(SettingsService(settings_path))
    me = person(panel)
    assert me.sees("The file has a mistake at line 1, column ")
    assert me.buttons == ["See the ways out"]
    me.press("See the ways out")
    assert me.can_press("Back to Providers")


@pytest.mark.req("MD-10", "UI")
def test_the_question_to_unlock_goes_when_the_limit_does(service, demo, person) -> None:
    """What another panel has unlocked is not asked about any more."""
    me, other = person(ProvidersPanel(service)), person(ProvidersPanel(service))
    demo.play(fault("429", retry_after=3600))
    me.press("Refresh Lab")
    me.wait()
    me.press("Unlock")
    assert "Unlock Lab?" in me.row("Lab").note
    other.wait()
    other.press("Unlock")
    other.press("Unlock")
    me.wait()
    assert "Unlock" not in me.row("Lab").text
