"""The Providers tab over the real service and a real HTTP server on loopback."""

from __future__ import annotations

import re

import pytest

from dispatch_widgets import Panel, ProvidersPanel, SettingsService
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.errors import DispatchError
from dispatch_widgets.widgets._parts import is_shown


@pytest.mark.req("PM-5", "UI")
def test_no_provider_shows_the_next_step(settings_path) -> None:
    """With no provider the panel says what one is and offers to add one."""
    panel = ProvidersPanel(SettingsService(settings_path))
    assert panel.rows == ()
    assert is_shown(panel._empty)
    assert ("found below" in panel._empty_words.value) is bool(panel.found.rows)
    assert not is_shown(panel._section)
    assert not settings_path.exists()


@pytest.mark.req("PM-5", "SEC-1")
def test_a_card_says_who_where_and_which_key(service, demo, page) -> None:
    """A card shows name, address, type, masked key, and that no list was fetched yet."""
    panel = ProvidersPanel(service)
    card = page.row(panel.list, "Lab")
    assert card["tile"] == "La"
    assert [page.words(part) for part in card["line"]] == [
        demo.openai_base_url.removeprefix("http://"),
        "OpenAI-compatible",
    ]
    assert next(page.words(line) for line in card["meta"]) == "No list yet"
    assert "never fetched" in page.words(card["meta"][1])
    assert demo.api_key not in repr(panel.rows)
    assert demo.api_key[-4:] in page.words(card["meta"][1])


@pytest.mark.req("MD-7", "UI")
def test_refresh_fetches_and_counts_by_kind(service, demo, ids, page) -> None:
    """Refresh asks that one provider, and its card then counts models by kind."""
    panel = ProvidersPanel(service)
    before = len(demo.requests)
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    assert len(demo.requests) - before == 1
    assert "chat" in page.words(page.row(panel.list, "Lab")["meta"][0])
    assert "fetched just now" in page.words(page.row(panel.list, "Lab")["meta"][1])
    assert page.words(page.row(panel.list, "Anthropic")["meta"][0]) == "No list yet"


@pytest.mark.req("MD-12", "UI")
def test_a_provider_is_not_asked_twice_at_once(service, demo, ids, page) -> None:
    """A second press while a request is under way sends no second request."""
    demo.play(fault("slow", seconds=0.3), where="openai")
    panel = ProvidersPanel(service)
    before = len(demo.requests)
    page.answer(panel.list, "refresh", ids["Lab"])
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    assert len(demo.requests) - before == 1


@pytest.mark.req("UI")
def test_asking_shows_and_can_be_cancelled(service, demo, ids, page) -> None:
    """While a provider is asked its card counts the seconds, and its Refresh is a way to stop."""
    demo.play(fault("slow", seconds=30), where="openai")
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", ids["Lab"])
    card = page.row(panel.list, "Lab")
    assert card["state"] == "waiting"
    assert "since" in card["meta"][1][0]
    assert card["actions"][0]["action"] == "cancel"
    page.answer(panel.list, "cancel", ids["Lab"])
    page.wait(panel)
    assert page.row(panel.list, "Lab")["state"] == ""
    assert page.row(panel.list, "Lab")["actions"][0]["action"] == "refresh"


@pytest.mark.req("MD-12", "UI")
def test_refresh_all_shows_each_answer_as_it_comes(service, demo, ids, page) -> None:
    """A slow provider holds back no other: cards fill in one by one, with progress and Cancel."""
    demo.play(fault("slow", seconds=30), where="openai")
    panel = ProvidersPanel(service)
    panel.refresh_all.click()
    page.until(lambda: "chat" in page.words(page.row(panel.list, "Anthropic")["meta"][0]))
    panel.hub.settle()
    assert page.row(panel.list, "Lab")["state"] == "waiting"
    assert re.sub("<[^>]*>", "", panel._fact.value).startswith("1 of 2 have answered")
    assert is_shown(panel.cancel_all)
    assert not is_shown(panel.refresh_all)
    panel.cancel_all.click()
    page.wait(panel)
    assert panel.hub.batch is None
    assert is_shown(panel.refresh_all)


FAILURES = {
    "401": ("Key refused", {"replace_key", "refresh"}),
    "403": ("Not allowed", {"refresh"}),
    "429": ("Rate limited until", {"unlock"}),
    "quota": ("No credit left", {"unlock"}),
    "500": ("Server error", {"refresh"}),
    "html": ("Not a model list", {"edit", "refresh"}),
    "reset": ("Cut off", {"refresh"}),
    "redirect-elsewhere": ("Redirected", {"edit", "refresh"}),
}


@pytest.mark.req("MD-8", "MD-9", "MD-10", "MD-11")
@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_shows_badge_message_hint_and_remedy(service, demo, ids, name, page) -> None:
    """Each failure has its one badge, the error's own message and hint, and the buttons that mend it."""
    badge, offers = FAILURES[name]
    demo.play(fault(name), where="openai")
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    card = page.row(panel.list, "Lab")
    assert card["badge"]["text"].startswith(badge)
    assert page.words(card["note"]["title"])
    assert offers <= {action["action"] for action in card["note"]["actions"]}
    assert panel.attention() == 1
    assert demo.api_key not in repr(card)


@pytest.mark.req("MD-9", "MD-15")
def test_a_failed_refresh_keeps_the_list_in_view(service, demo, ids, page) -> None:
    """After a refresh that fails, the card still counts the models of before and names the failure."""
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    counted = page.row(panel.list, "Lab")["meta"][0]
    demo.play(fault("500"), where="openai")
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    card = page.row(panel.list, "Lab")
    assert card["meta"][0] == counted
    assert card["state"] == "stale"
    assert card["badge"]["text"] == "Server error"


@pytest.mark.req("MD-10")
def test_a_rate_limit_locks_refresh_until_unlocked_after_a_question(service, demo, ids, page) -> None:
    """While limited Refresh is off and a countdown stands there; Unlock asks first, then lifts the lock."""
    demo.play(fault("429"), where="openai")
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    card = page.row(panel.list, "Lab")
    assert card["actions"][0]["disabled"]
    assert card["note"]["until"] == service.retry_at(ids["Lab"]).timestamp()
    before = len(demo.requests)
    page.answer(panel.list, "refresh", ids["Lab"])
    panel.refresh_all.click()
    page.wait(panel)
    assert all(request.path.startswith("/anthropic") for request in demo.requests[before:])
    page.answer(panel.list, "unlock", ids["Lab"])
    assert "refuse again" in page.row(panel.list, "Lab")["note"]["text"]
    assert service.retry_at(ids["Lab"]) is not None
    page.answer(panel.list, "confirm_unlock", ids["Lab"])
    assert service.retry_at(ids["Lab"]) is None
    assert "disabled" not in page.row(panel.list, "Lab")["actions"][0]


@pytest.mark.req("PM-4")
def test_delete_shows_what_it_hits_and_asks(service, ids, page) -> None:
    """Delete names the entries and tasks it hits and deletes nothing before the answer."""
    entry = service.add_model(provider_id=ids["Lab"], model="m-1", label="Em One", tasks=["grade"])
    panel = ProvidersPanel(service)
    page.answer(panel.list, "delete", ids["Lab"])
    note = page.row(panel.list, "Lab")["note"]
    assert note["title"] == "Delete Lab?"
    assert note["check"]["value"] is True
    assert ("Entries", "Em One") in [tuple(fact) for fact in note["facts"]]
    assert ("Tasks", "grade (Em One)") in [tuple(fact) for fact in note["facts"]]
    page.answer(panel.list, "keep", ids["Lab"])
    assert page.row(panel.list, "Lab").get("note") is None
    assert service.entry(entry.id).provider_id == ids["Lab"]


@pytest.mark.req("PM-4")
@pytest.mark.parametrize("unassign", [True, False])
def test_deleting_takes_the_tasks_only_if_ticked(service, ids, unassign, page) -> None:
    """The provider goes, its entries stay; the tasks' assignments go when the box is ticked."""
    service.add_model(provider_id=ids["Lab"], model="m-1", tasks=["grade"])
    panel = ProvidersPanel(service)
    page.answer(panel.list, "delete", ids["Lab"])
    page.answer(panel.list, "confirm_delete", ids["Lab"], check=unassign)
    assert [found["title"] for found in panel.rows] == ["Anthropic"]
    assert len(service.catalog) == 1
    assert ("grade" in service.assignments) is not unassign


@pytest.mark.req("PM-4", "UI")
def test_a_deleted_provider_can_be_brought_back(service, ids, page) -> None:
    """The head says who was deleted and offers Undo, also after the last one; the next change ends that."""
    service.add_model(provider_id=ids["Lab"], model="m-1", tasks=["grade"])
    panel = ProvidersPanel(service)
    page.answer(panel.list, "delete", ids["Lab"])
    page.answer(panel.list, "confirm_delete", ids["Lab"], check=True)
    assert panel.done.words == "Lab deleted"
    panel.done.undo()
    assert [row["title"] for row in panel.rows] == ["Lab", "Anthropic"]
    assert "grade" in service.assignments
    assert panel.done.words == ""
    for name in ("Lab", "Anthropic"):
        page.answer(panel.list, "delete", ids[name])
        page.answer(panel.list, "confirm_delete", ids[name])
    assert panel.done.words == "Anthropic deleted"
    assert is_shown(panel._section)
    service.add_model(provider_id="mock", model="mock")
    assert panel.hub.settle()
    assert panel.done.words == ""


@pytest.mark.req("PM-4", "UI")
def test_what_was_brought_back_is_as_before_and_has_the_focus(service, ids, page, monkeypatch) -> None:
    """After Undo the row has its list again, no news of a refresh that it did not see, and the focus."""
    panel = ProvidersPanel(service)
    for _ in range(2):
        panel.refresh_all.click()
        page.wait(panel)
    before = page.row(panel.list, "Lab")
    assert before["badge"]["text"] == "No change"
    page.answer(panel.list, "delete", ids["Lab"])
    page.answer(panel.list, "confirm_delete", ids["Lab"])
    assert panel.hub.settle()
    focused = []
    monkeypatch.setattr(panel.list, "focus", lambda *where: focused.append(where))
    panel.done.undo()
    page.wait(panel)
    after = page.row(panel.list, "Lab")
    assert "badge" not in after
    assert after["meta"][0] == before["meta"][0]
    assert focused == [(ids["Lab"],)]


@pytest.mark.req("ST-6", "UI")
def test_what_another_program_brings_back_has_no_old_news(service, ids, page) -> None:
    """A provider that goes and comes back in the file tells nothing of the refresh before that."""
    panel = ProvidersPanel(service)
    for _ in range(2):
        page.answer(panel.list, "refresh", ids["Lab"])
        page.wait(panel)
    assert page.row(panel.list, "Lab")["badge"]["text"] == "No change"
    whole = service.path.read_bytes()
    SettingsService(service.path).delete_provider(ids["Lab"])
    service.reload()
    assert panel.hub.settle()
    service.path.write_bytes(whole)
    service.reload()
    assert panel.hub.settle()
    assert "badge" not in page.row(panel.list, "Lab")


@pytest.mark.req("MD-13", "UI")
def test_a_refresh_names_what_is_used_and_what_was_left_out(service, demo, ids, page) -> None:
    """Of several that are gone the used one stands first with its task; what was left out is said too."""
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    used = service.known_models(ids["Lab"])[-1].id
    service.add_model(provider_id=ids["Lab"], model=used, tasks=["digest"])
    demo.play(fault("missing-ids"), where="openai")
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    note = page.row(panel.list, "Lab")["note"]
    words = page.words([note["title"], note["text"]])
    assert f"Gone: {used} (used by digest), " in words
    assert "The entry stays and may still answer. " in words
    assert "without an id were left out" in words
    demo.play(fault("empty-list"), where="openai")
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    demo.play(None)
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    assert page.row(panel.list, "Lab")["badge"]["text"] == f"{len(service.known_models(ids['Lab']))} new"


@pytest.mark.req("MIG-6", "UI")
def test_a_file_that_is_not_converted_says_so_and_offers_it(demo, settings_path, page, monkeypatch) -> None:
    """One notice with Convert stands there; what would write is off, with the reason in its title."""
    monkeypatch.setenv("GROQ_API_KEY", "gsk_" + "a" * 30)
    service = SettingsService(write_sample(settings_path.parent, demo, old=True), auto_migrate=False)
    app = Panel(service)
    panel = app.providers
    assert "from before providers" in panel.before.words
    assert not is_shown(panel._empty)
    assert panel.add.disabled
    assert panel.add.tooltip == "The file has to be converted first"
    assert page.row(panel.found.list, "Groq")["actions"][0]["disabled"]
    with pytest.raises(DispatchError, match="converted"):
        panel.open_add()
    convert, look = panel.before.buttons
    look.click()
    assert app.tabs.selected_index == 3
    convert.click()
    assert panel.hub.settle()
    assert panel.before.words == ""
    assert panel.rows
    assert not panel.add.disabled
    assert "disabled" not in page.row(panel.found.list, "Groq")["actions"][0]


@pytest.mark.req("ST-3", "UI")
def test_undo_never_costs_another_programs_change(service, ids, page) -> None:
    """After another program has changed the file Undo does nothing but say so."""
    panel = ProvidersPanel(service)
    page.answer(panel.list, "delete", ids["Lab"])
    page.answer(panel.list, "confirm_delete", ids["Lab"])
    with panel.hub.lock:  # Undo is pressed before the panel has seen the change
        SettingsService(service.path).update_provider(ids["Anthropic"], name="Theirs")
        panel.done.undo()
    assert panel.trouble is not None
    assert "nothing to undo" in panel.trouble.message
    assert [provider.name for provider in service.get_providers()] == ["Theirs"]


@pytest.mark.req("PM-7")
def test_the_mock_provider_has_a_card_without_buttons(service, page) -> None:
    """The built-in provider is listed when an entry refers to it, and cannot be edited or deleted."""
    service.add_model(provider_id="mock", model="mock")
    panel = ProvidersPanel(service)
    assert page.row(panel.list, "Mock")["actions"] == []
    page.answer(panel.list, "delete", "mock")
    assert page.row(panel.list, "Mock").get("note") is None


@pytest.mark.req("SEC-6")
def test_foreign_names_are_plain_text(service, demo, ids, page) -> None:
    """A name with markup or direction marks is shown as text, cleaned and cut."""
    service.update_provider(ids["Lab"], name="<img src=x onerror=alert(1)>\u202e" + "x" * 5000)
    panel = ProvidersPanel(service)
    title = panel.rows[0]["title"]
    assert title.startswith("<img src=x onerror=alert(1)>x")  # a list draws text only
    assert len(title) <= 300
    form = panel.edit(ids["Lab"])
    assert "<img" not in form.children[0].children[1].value


@pytest.mark.req("UI")
def test_a_failed_action_stands_in_its_row(service, ids, page) -> None:
    """What goes wrong with one card is said in that card, with a way to close it."""
    panel = ProvidersPanel(service)
    panel.act(lambda: 1 / 0, row=ids["Lab"])
    note = page.row(panel.list, "Lab")["note"]
    assert "ZeroDivisionError" in note["title"]
    page.answer(panel.list, "dismiss", ids["Lab"])
    assert page.row(panel.list, "Lab").get("note") is None


@pytest.mark.req("ST-3", "UI")
def test_a_deletion_that_met_a_lock_can_be_tried_again(service, ids, page, hold_lock) -> None:
    """While another program holds the file the card says that nothing was saved, and offers to try again."""
    panel = ProvidersPanel(service)
    page.answer(panel.list, "delete", ids["Lab"])
    with hold_lock(service):
        page.answer(panel.list, "confirm_delete", ids["Lab"])
    note = page.row(panel.list, "Lab")["note"]
    assert [action["action"] for action in note["actions"]] == ["again", "dismiss"]
    page.answer(panel.list, "again", ids["Lab"])
    assert [row["title"] for row in panel.rows] == ["Anthropic"]


@pytest.mark.req("ST-4")
def test_an_unreadable_file_is_said_and_nothing_offered(settings_path) -> None:
    """While the file cannot be read the panel says where the mistake is and offers nothing that writes."""
    settings_path.write_text('{"providers": [', encoding="utf-8")
    panel = ProvidersPanel(SettingsService(settings_path))
    assert is_shown(panel._place)
    assert not is_shown(panel._main)
    assert panel.attention() == 0


@pytest.mark.req("MD-10", "UI")
def test_the_question_to_unlock_goes_when_the_limit_does(service, demo, ids, page) -> None:
    """What another panel has unlocked is not asked about any more."""
    panel, other = ProvidersPanel(service), ProvidersPanel(service)
    demo.play(fault("429", retry_after=3600))
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    page.answer(panel.list, "unlock", ids["Lab"])
    assert page.row(panel.list, "Lab")["note"]["title"] == "Unlock Lab?"
    other.act(lambda: service.unlock(ids["Lab"]))
    assert panel.hub.settle()
    assert "Unlock" not in str(page.row(panel.list, "Lab").get("note"))
