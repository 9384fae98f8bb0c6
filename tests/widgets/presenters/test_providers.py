"""The Providers tab, as somebody uses it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from presenter_person import Person, until

from dispatch_widgets import SettingsService
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.secrets import NO_KEY_NEEDED
from dispatch_widgets.widgets.presenters.providers.presenter import ProvidersPresenter
from dispatch_widgets.widgets.presenters.shared.views import Focus, Run, plain
from dispatch_widgets.widgets.presenters.status.words import with_code

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def sit(at) -> Callable[[SettingsService], Person]:
    """Puts somebody at the Providers tab of a service."""
    return lambda service: at(ProvidersPresenter, service)


@pytest.fixture
def person(sit, service) -> Person:
    """Somebody at the Providers tab of the service with two providers."""
    return sit(service)


@pytest.mark.req("PM-5", "UI")
def test_no_provider_shows_the_next_step(sit, settings_path, monkeypatch) -> None:
    """With no provider the tab says what one is and offers to add one; the file is not made."""
    person = sit(SettingsService(settings_path))
    assert person.sees("No providers yet")
    assert not person.sees("found below")
    assert [section.id for section in person.view.sections] == ["found"]
    person.press("Add provider")
    assert person.form.form["title"] == "Add provider"
    assert not settings_path.exists()
    monkeypatch.setenv("GROQ_API_KEY", "gsk_" + "a" * 30)
    assert sit(SettingsService(settings_path)).sees("take one that was found below")


@pytest.mark.req("PM-7")
def test_the_built_in_mock_is_one_press_away(sit, settings_path) -> None:
    """It leads to the Router tab, and its row has no buttons."""
    person = sit(SettingsService(settings_path))
    person.press("Try the built-in mock")
    assert person.went == ("router", {})
    assert person.row("Mock").actions == ()
    assert person.sees("No network", row="Mock")
    answer = person.presenter.act("ask_delete", {"row": "mock"})
    if answer.question is not None:
        assert not person.presenter.act("delete", {"row": "mock"}).ok


@pytest.mark.req("PM-5", "SEC-1")
def test_a_row_says_who_where_and_which_key(person, demo) -> None:
    """A row shows name, address, type, masked key, and that no list was fetched yet."""
    row = person.row("Lab")
    assert row.tile == "La"
    assert row.subtitle == (
        demo.openai_base_url.removeprefix("http://"),
        (Run("OpenAI-compatible", wide_only=True),),
    )
    assert person.sees("No list yet", row="Lab")
    assert person.sees(demo.api_key[-4:], row="Lab")
    assert demo.api_key not in person.encoded


@pytest.mark.req("MD-7", "UI")
def test_refresh_fetches_and_counts_by_kind(person, demo) -> None:
    """Refresh asks that one provider, and its row then counts models by kind; what came is said aloud."""
    before = len(demo.requests)
    person.press("Refresh Lab", row="Lab")
    person.settled()
    assert len(demo.requests) - before == 1
    assert person.sees(" chat · ", row="Lab")
    assert person.sees("fetched just now", row="Lab")
    assert person.sees("No list yet", row="Anthropic")
    assert person.view.spoken.words.startswith("Lab: ")
    assert person.view.spoken.words.endswith(" models")
    assert plain(person.section("providers").fact).endswith(" models")


@pytest.mark.req("MD-12", "UI")
def test_a_provider_is_not_asked_twice_at_once(person, demo) -> None:
    """A second press while a request is under way sends no second request."""
    demo.play(fault("slow", seconds=0.3), where="openai")
    before = len(demo.requests)
    refresh = person.row("Lab").actions[0]
    person.press_action(refresh)
    person.press_action(refresh)
    person.settled()
    assert len(demo.requests) - before == 1


@pytest.mark.req("UI")
def test_asking_shows_and_can_be_cancelled(person, demo) -> None:
    """While a provider is asked its row counts the seconds, and its Refresh is a way to stop."""
    demo.play(fault("slow", seconds=30), where="openai")
    person.press("Refresh Lab", row="Lab")
    row = person.row("Lab")
    assert row.waiting
    assert row.details[1][0][0].since is not None
    person.press("Stop asking Lab", row="Lab")
    assert not person.settled().row("Lab").waiting
    assert person.offers("Refresh Lab", row="Lab")


@pytest.mark.req("MD-12", "UI")
def test_refresh_all_shows_each_answer_as_it_comes(person, demo) -> None:
    """A slow provider holds back no other: rows fill in one by one, with progress and Cancel."""
    demo.play(fault("slow", seconds=30), where="openai")
    person.press("Refresh all")
    until(lambda: person.view.spoken is not None and "1 of 2" in person.view.spoken.words)
    assert person.sees(" chat", row="Anthropic")
    assert person.row("Lab").waiting
    section = person.section("providers")
    assert plain(section.fact) == "1 of 2 have answered"
    assert (section.progress.done, section.progress.total) == (1, 2)
    assert person.view.spoken.words == "1 of 2 have answered"
    assert not person.offers("Refresh all")
    person.press("Cancel")
    assert person.settled().section("providers").progress is None
    assert person.offers("Refresh all")


FAILURES = {
    "401": ("Key refused", {"Replace key", "Try again"}),
    "403": ("Not allowed", {"Try again"}),
    "404": ("Wrong address", {"Edit", "Try again"}),
    "429": ("Rate limited until", {"Unlock"}),
    "quota": ("No credit left", {"Unlock"}),
    "500": ("Server error", {"Try again"}),
    "html": ("Not a model list", {"Edit", "Try again", "Diagnose"}),
    "reset": ("Cut off", {"Try again"}),
    "redirect-elsewhere": ("Redirected", {"Edit", "Try again"}),
}


@pytest.mark.req("MD-8", "MD-9", "MD-10", "MD-11")
@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_shows_badge_message_hint_and_remedy(person, service, demo, ids, name) -> None:
    """Each failure has its one badge, the error's own message and hint, and the buttons that mend it."""
    badge, offers = FAILURES[name]
    demo.play(fault(name), where="openai")
    person.press("Refresh Lab", row="Lab")
    person.settled()
    row, error = person.row("Lab"), service.last_error(ids["Lab"])
    assert row.badge.text.startswith(badge)
    assert plain(row.note.title) == error.message
    assert plain(row.note.text)
    assert offers <= set(person.buttons("Lab"))
    assert person.view.title == "Providers (1)"
    assert person.sees("1 needs attention")
    assert person.view.spoken.words == f"Lab: {badge.removesuffix(' until')}"
    assert demo.api_key not in person.encoded


@pytest.mark.req("MD-9", "MD-15")
def test_a_failed_refresh_keeps_the_list_in_view(person, demo) -> None:
    """After a refresh that fails, the row still counts the models of before and names the failure."""
    person.press("Refresh Lab", row="Lab")
    counted = person.settled().row("Lab").details[0]
    demo.play(fault("500"), where="openai")
    person.press("Refresh Lab", row="Lab")
    row = person.settled().row("Lab")
    assert row.details[0] == counted
    assert row.stale
    assert row.badge.text == "Server error"


@pytest.mark.req("MD-10")
def test_a_rate_limit_locks_refresh_until_unlocked_after_a_question(person, service, demo, ids) -> None:
    """While limited Refresh is off and a countdown stands there; Unlock asks first, then lifts the lock."""
    demo.play(fault("429"), where="openai")
    person.press("Refresh Lab", row="Lab")
    person.settled()
    assert person.why_off("Refresh Lab", row="Lab").startswith("Lab can be refreshed again at ")
    note = person.row("Lab").note
    assert note.until == service.retry_at(ids["Lab"]).timestamp()
    assert "{until}" in note.text
    assert note.until_said == "Lab can be refreshed again"
    before = len(demo.requests)
    person.press("Refresh all")
    person.settled()
    assert all(request.path.startswith("/anthropic") for request in demo.requests[before:])
    person.press("Unlock", row="Lab")
    assert person.sees("The server may refuse again, and longer.", row="Lab")
    assert person.focus == Focus(row=ids["Lab"], action="keep")
    person.press("Keep it locked", row="Lab")
    assert service.retry_at(ids["Lab"]) is not None
    person.press("Unlock", row="Lab")
    person.press("Unlock", row="Lab")
    assert service.retry_at(ids["Lab"]) is None
    assert person.settled().offers("Refresh Lab", row="Lab")


@pytest.mark.req("MD-10", "UI")
def test_the_question_to_unlock_goes_when_the_limit_does(sit, service, demo, ids) -> None:
    """What was unlocked elsewhere is not asked about any more."""
    person = sit(service)
    demo.play(fault("429", retry_after=3600))
    person.press("Refresh Lab", row="Lab")
    person.settled().press("Unlock", row="Lab")
    assert person.sees("Unlock Lab?", row="Lab")
    service.unlock(ids["Lab"])
    assert not person.settled().sees("Unlock")


@pytest.mark.req("PM-4")
def test_delete_shows_what_it_hits_and_asks(person, service, ids) -> None:
    """Delete names the entries and tasks it hits and deletes nothing before the answer."""
    entry = service.add_model(provider_id=ids["Lab"], model="m-1", label="Em One", tasks=["grade"])
    person.press("Delete Lab", row="Lab")
    assert person.sees("Delete Lab?", row="Lab")
    assert person.sees("1 catalog entry and 1 task use it. They stay, marked as invalid", row="Lab")
    assert person.sees("Entries Em One", row="Lab")
    assert person.sees("Tasks grade (Em One)", row="Lab")
    assert person.sees("Take it out of its tasks too", row="Lab")
    assert person.focus == Focus(row=ids["Lab"], action="keep")
    person.press("Keep it", row="Lab")
    assert not person.sees("Delete Lab?")
    assert service.entry(entry.id).provider_id == ids["Lab"]
    person.press("Delete Anthropic", row="Anthropic")
    assert person.sees("Nothing uses it.", row="Anthropic")


@pytest.mark.req("PM-4")
@pytest.mark.parametrize("unassign", [True, False])
def test_deleting_takes_the_tasks_only_if_ticked(person, service, ids, unassign) -> None:
    """The provider goes, its entries stay; their tasks go when the box is ticked, as it is at first."""
    service.add_model(provider_id=ids["Lab"], model="m-1", tasks=["grade"])
    person.press("Delete Lab", row="Lab")
    if not unassign:
        box = "Take it out of its tasks too (the Dispatch app would answer them with mock text)."
        person.tick(box, on=False)
    person.press("Delete provider", row="Lab")
    assert person.rows("providers") == ["Anthropic"]
    assert person.focus == Focus(row=ids["Anthropic"])
    assert len(service.catalog) == 1
    assert ("grade" in service.assignments) is not unassign


@pytest.mark.req("PM-4", "UI")
def test_a_deleted_provider_can_be_brought_back(person, service, ids) -> None:
    """The head says who was deleted and offers Undo, also after the last one; the next change ends that."""
    service.add_model(provider_id=ids["Lab"], model="m-1", tasks=["grade"])
    person.press("Delete Lab", row="Lab")
    person.press("Delete provider", row="Lab")
    assert person.sees("Lab deleted")
    person.press("Undo")
    assert person.rows("providers") == ["Lab", "Anthropic"]
    assert person.focus == Focus(row=ids["Lab"])
    assert "grade" in service.assignments
    assert not person.sees("Lab deleted")
    for name in ("Lab", "Anthropic"):
        person.press(f"Delete {name}", row=name)
        person.press("Delete provider", row=name)
    assert person.sees("Anthropic deleted")
    assert person.focus == Focus(action="provider")
    service.add_model(provider_id="mock", model="mock")
    assert not person.settled().sees("Anthropic deleted")


@pytest.mark.req("PM-4", "UI")
def test_what_was_brought_back_is_as_before(person, service) -> None:
    """After Undo the row has its list again, and no news of a refresh that it did not see."""
    for _ in range(2):
        person.press("Refresh all")
        person.settled()
    before = person.row("Lab")
    assert before.badge.text == "No change"
    person.press("Delete Lab", row="Lab")
    person.press("Delete provider", row="Lab")
    person.settled().press("Undo")
    after = person.settled().row("Lab")
    assert after.badge is None
    assert after.details[0] == before.details[0]


@pytest.mark.req("ST-6", "UI")
def test_what_another_program_brings_back_has_no_old_news(person, service, ids) -> None:
    """A provider that goes and comes back in the file tells nothing of the refresh before that."""
    for _ in range(2):
        person.press("Refresh Lab", row="Lab")
        person.settled()
    assert person.row("Lab").badge.text == "No change"
    whole = service.path.read_bytes()
    SettingsService(service.path).delete_provider(ids["Lab"])
    service.reload()
    assert person.settled().rows("providers") == ["Anthropic"]
    service.path.write_bytes(whole)
    service.reload()
    assert person.settled().row("Lab").badge is None


@pytest.mark.req("PM-3", "UI")
@pytest.mark.parametrize("by", ["this service", "another program"])
def test_a_refresh_says_nothing_about_another_account(person, service, ids, by) -> None:
    """With a new key the news of the last refresh go, whoever changed it; with a new name they stay."""
    for _ in range(2):
        person.press("Refresh Lab", row="Lab")
        person.settled()
    assert person.row("Lab").badge.text == "No change"
    other = service if by == "this service" else SettingsService(service.path)
    other.update_provider(ids["Lab"], name="Labor")
    until(lambda: person.rows("providers") == ["Labor", "Anthropic"])
    assert person.row("Labor").badge.text == "No change"
    other.update_provider(ids["Lab"], api_key="sk-another-key-0001")
    until(lambda: person.row("Labor").badge is None)
    assert person.sees("No list yet", row="Labor")


@pytest.mark.req("MD-13", "UI")
def test_a_refresh_names_what_is_used_and_what_was_left_out(person, service, demo, ids) -> None:
    """Of several that are gone the used one stands first with its task; what was left out is said too."""
    person.press("Refresh Lab", row="Lab")
    person.settled()
    used = service.known_models(ids["Lab"])[-1].id
    service.add_model(provider_id=ids["Lab"], model=used, tasks=["digest"])
    demo.play(fault("missing-ids"), where="openai")
    person.press("Refresh Lab", row="Lab")
    note = person.settled().row("Lab").note
    words = f"{plain(note.title)} {plain(note.text)}"
    assert f"Gone: {used} (used by digest), " in words
    assert " more. The entry stays and may still answer." in words
    assert "left out" in words
    assert person.row("Lab").badge.text.endswith(" gone")
    demo.play(None)
    person.press("Refresh Lab", row="Lab")
    assert plain(person.settled().row("Lab").note.title).startswith("New: ")
    person.press("Show in Models", row="Lab")
    assert person.went == ("models", {"list": ids["Lab"], "kind": "new"})
    badge = person.row("Lab").badge
    person.press("Dismiss", row="Lab")
    assert (person.row("Lab").badge, person.row("Lab").note) == (badge, None)


@pytest.mark.req("MIG-6", "UI")
def test_a_file_that_is_not_converted_says_so_and_offers_it(sit, demo, settings_path, monkeypatch) -> None:
    """One notice with Convert stands there; what would write is off, and says why."""
    monkeypatch.setenv("GROQ_API_KEY", "gsk_" + "a" * 30)
    person = sit(SettingsService(write_sample(settings_path.parent, demo, old=True), auto_migrate=False))
    assert person.sees("This file has the old format.")
    assert person.sees("a copy of it is made first. Today's Dispatch app drops every key")
    assert not person.sees("No providers yet")
    assert person.why_off("Add", row="Groq") == "The file has to be converted first"
    person.press("See what changes")
    assert person.went == ("settings", {})
    person.presenter.act("unknown")
    person.press("Convert")
    assert person.heard == ["Converted"]
    assert not person.sees("This file has the old format.")
    assert person.rows("providers")
    assert person.offers("Add provider")
    assert person.offers("Add", row="Groq")


@pytest.mark.req("ST-3", "UI")
def test_undo_never_costs_another_programs_change(person, service, ids) -> None:
    """After another program has changed the file Undo does nothing but say so."""
    person.press("Delete Lab", row="Lab")
    person.press("Delete provider", row="Lab")
    undo = person.section("providers").done.undo
    with person.presenter.hub.lock:  # Undo is pressed before the panel has seen the change
        SettingsService(service.path).update_provider(ids["Anthropic"], name="Theirs")
        person.press_action(undo)
    assert person.sees("nothing to undo")
    assert [provider.name for provider in service.get_providers()] == ["Theirs"]


@pytest.mark.req("ST-3", "UI")
def test_undo_undoes_the_change_that_it_stands_beside(person, service, ids) -> None:
    """Undo that is pressed before the panel has seen a later change of the same notebook undoes neither."""
    person.press("Delete Lab", row="Lab")
    person.press("Delete provider", row="Lab")
    undo = person.section("providers").done.undo
    with person.presenter.hub.lock:
        service.delete_provider(ids["Anthropic"])
        person.press_action(undo)
    assert person.sees("nothing to undo")
    assert not service.get_providers()


@pytest.mark.req("ST-3", "UI")
def test_undo_of_an_earlier_change_does_not_undo_the_next_one(person, service) -> None:
    """A second window can still show the Undo of a change that the first one has made another after."""
    person.press("Delete Lab", row="Lab")
    person.press("Delete provider", row="Lab")
    undo = person.section("providers").done.undo
    person.press("Delete Anthropic", row="Anthropic")
    person.press("Delete provider", row="Anthropic")
    person.press_action(undo)
    assert person.sees("nothing to undo")
    assert not service.get_providers()
    person.press("Undo")
    assert [provider.name for provider in service.get_providers()] == ["Anthropic"]


@pytest.mark.req("ST-3", "ST-6", "UI")
def test_why_undo_is_gone_is_said(person, service, ids) -> None:
    """Once another program has saved, what was deleted is still said, and that it cannot be undone."""
    person.press("Delete Lab", row="Lab")
    person.press("Delete provider", row="Lab")
    assert person.offers("Undo")
    SettingsService(service.path).update_provider(ids["Anthropic"], name="Theirs")
    until(lambda: person.sees("Lab deleted. It cannot be undone: the file has changed since."))
    assert not person.offers("Undo")
    service.update_provider(ids["Anthropic"], name="Ours")
    until(lambda: not person.sees("Lab deleted"))


@pytest.mark.req("SEC-6")
def test_foreign_names_are_cleaned_and_cut(person, service, ids) -> None:
    """A name with markup or direction marks is text like any other, cleaned and cut."""
    service.update_provider(ids["Lab"], name="<img src=x onerror=alert(1)>\u202e" + "x" * 5000)
    title = person.settled().rows("providers")[0]
    assert title.startswith("<img src=x onerror=alert(1)>x")
    assert len(title) <= 300


@pytest.mark.req("UI")
def test_what_was_pressed_in_a_row_that_is_gone_is_said_all_the_same(person, service, ids) -> None:
    """A failure whose row is not there any more stands above the rows."""
    refresh = person.row("Lab").actions[2]
    with person.presenter.hub.lock:
        SettingsService(service.path).delete_provider(ids["Lab"])
        person.press_action(refresh)
    assert person.rows("providers") == ["Anthropic"]
    assert "error" in [note.tone for note in person.view.notes]
    person.press("Dismiss")
    assert "error" not in [note.tone for note in person.view.notes]


@pytest.mark.req("ST-3", "UI")
def test_a_deletion_that_met_a_lock_can_be_tried_again(person, service, hold_lock) -> None:
    """While another program holds the file the row says that nothing was saved, and offers to try again."""
    person.press("Delete Lab", row="Lab")
    with hold_lock(service):
        person.press("Delete provider", row="Lab")
    assert person.buttons("Lab") == ["Try again", "Dismiss"]
    assert person.sees("another program holds", row="Lab")
    person.press("Try again", row="Lab")
    assert person.rows("providers") == ["Anthropic"]
    assert person.sees("Lab deleted")


@pytest.mark.req("ST-4")
def test_an_unreadable_file_is_said_and_nothing_offered(sit, settings_path) -> None:
    """While the file cannot be read the tab says where the mistake is and offers nothing that writes."""
    settings_path.write_text('{"providers": [', encoding="utf-8")
    person = sit(SettingsService(settings_path))
    assert person.sees("What you saved is still in the file")
    assert person.view.sections == ()
    assert person.view.attention == 0


@pytest.mark.req("UI")
def test_one_refresh_is_one_view_when_it_begins_and_one_when_it_ends(person, demo, ids) -> None:
    """A refresh of one provider changes this tab twice, and no other row of it."""
    demo.play(fault("slow", seconds=0.2), where="openai")
    person.settled()
    views = [person.view]
    person.presenter.on_change(lambda: views.append(person.presenter.view()))
    person.press("Refresh Lab", row="Lab")
    person.settled()
    assert [view.sections[0].rows[0].waiting for view in views] == [False, True, False]
    assert all(view.sections[0].rows[1] == views[0].sections[0].rows[1] for view in views)


@pytest.mark.req("UI")
def test_who_sees_a_request_ended_finds_the_news_of_it_too(person, ids) -> None:
    """Between the end of a request and its event there is no moment in which all seems to be delivered."""
    hub, found = person.presenter.hub, []

    def look() -> None:
        assert hub.events.settle()
        found.append(person.row("Lab").waiting)

    class Watched(dict):
        def pop(self, *args: Any) -> Any:
            gone = super().pop(*args)
            watcher.start()
            watcher.join(0.2)  # as long as a thread may be kept waiting here
            return gone

    watcher = threading.Thread(target=look)
    hub.requests = Watched()
    person.press("Refresh Lab", row="Lab")
    person.settled()
    watcher.join()
    assert found == [False]


# ---- diagnosis


@pytest.fixture
def short(service, demo) -> str:
    """The id of a provider whose base URL misses /v1."""
    made = service.add_provider(
        name="Short",
        type="openai-compatible",
        api_key=demo.api_key,
        base_url=demo.openai_base_url.removesuffix("/v1"),
    )
    return made.id


@pytest.mark.req("MD-14")
def test_a_suggested_base_url_is_one_press_away(person, service, demo, short) -> None:
    """When the base URL misses /v1 the row offers it, and taking it saves and fetches."""
    person.settled().press("Refresh Short", row="Short")
    assert person.settled().buttons("Short")[0] == "Use …/v1"
    person.press("Use …/v1", row="Short")
    person.settled()
    assert service.provider(short).base_url == demo.openai_base_url
    assert person.sees(" chat", row="Short")


@pytest.mark.req("MD-14", "UI")
def test_diagnose_shows_its_steps_and_a_suggestion_to_take(person, service, demo, short) -> None:
    """Diagnose lists each step with its outcome in the row, and a base URL that works is one press away."""
    person.settled().press("Refresh Short", row="Short")
    person.settled().press("Diagnose", row="Short")
    until(lambda: person.row("Short").note.steps)
    note = person.row("Short").note
    assert {step.ok for step in note.steps} == {True, False}
    assert plain(note.title) == service.last_error(short).message  # what happened stays
    assert Run(f"{demo.openai_base_url}/models", mono=True) in note.steps[-1].text
    assert person.buttons("Short") == ["Use …/v1", "Edit", "Copy report", "Close"]
    assert demo.api_key not in person.encoded
    person.press("Copy report", row="Short")
    assert "/models" in person.clipboard
    assert demo.api_key not in person.clipboard
    person.press("Use …/v1", row="Short")
    person.settled()
    assert service.provider(short).base_url == demo.openai_base_url
    assert person.row("Short").note is None


@pytest.mark.req("MD-14", "UI")
def test_a_missing_v1_is_found_with_a_wrong_key_too(sit, service, demo) -> None:
    """An address that refuses the key where the given one has no list is offered; without one Edit stays."""
    for base_url, first in ((f"{demo.url}/openai", "Use …/v1"), (f"{demo.url}/nowhere", "Edit")):
        service.add_provider(
            name=first, type="openai-compatible", api_key="sk-not-the-key-0123456789", base_url=base_url
        )
        demo.play(fault("404") if first == "Edit" else None)  # else the known ways lead to the demo's own
        person = sit(service)
        person.press(f"Refresh {first}", row=first)
        person.settled().press("Diagnose", row=first)
        until(lambda row=first, person=person: person.row(row).note.steps)
        offered = person.buttons(first)
        assert offered[0] == first
        assert {"Edit", "Copy report", "Close"} <= set(offered)
        assert "Diagnose" not in offered
        assert ("seems to miss" in plain(person.row(first).note.text)) is (first != "Edit")
        person.press("Close", row=first)
        assert not person.row(first).note.steps


@pytest.mark.req("MD-14", "UI")
def test_a_diagnosis_without_a_fault_leads_to_trying_again(person, demo) -> None:
    """When all works by now, that is said, and one press asks for the models again."""
    demo.play(fault("html"))
    person.press("Refresh Lab", row="Lab")
    person.settled()
    demo.play(None)
    person.press("Diagnose", row="Lab")
    until(lambda: person.sees("Everything works on the way to Lab now.", row="Lab"))
    assert person.buttons("Lab")[0] == "Try again"
    person.press("Try again", row="Lab")
    assert person.settled().row("Lab").note is None


@pytest.mark.req("MD-14", "UI")
def test_a_diagnosis_goes_with_the_next_answer(sit, service, demo) -> None:
    """Refresh all, or another panel's refresh, replaces a diagnosis by what is true now."""
    person, other = sit(service), sit(service)
    for refresh in (lambda: person.press("Refresh all"), lambda: other.press("Refresh Lab", row="Lab")):
        demo.play(fault("html"))
        person.press("Refresh Lab", row="Lab")
        person.settled().press("Diagnose", row="Lab")
        until(lambda: person.row("Lab").note is not None and person.row("Lab").note.steps)
        demo.play(None)
        other.settled()
        refresh()
        assert person.settled().row("Lab").note is None


@pytest.mark.req("UI")
def test_addresses_and_commands_in_a_hint_are_in_the_code_typeface(sit, service) -> None:
    """Addresses and what stands between backticks are code; the words and their full stops are not."""
    words = "https://llm.example.edu/v1/models does answer: the base URL seems to miss /v1."
    assert [run.text for run in with_code(words) if isinstance(run, Run)] == [
        "https://llm.example.edu/v1/models",
        "/v1",
    ]
    for text in ("Is it https:// there, or http://? A proxy.", "An odd ` one.", "3 models/v1"):
        assert with_code(text) == text
    service.add_provider(
        name="Ollama", type="openai-compatible", api_key=NO_KEY_NEEDED, base_url="http://localhost:11434/v1"
    )
    person = sit(service)
    person.press("Refresh Ollama", row="Ollama")
    row = person.settled().row("Ollama")
    assert row.badge.text == "Not running"
    assert Run("ollama serve", mono=True) in row.note.text
    assert person.sees("no key needed", row="Ollama")
