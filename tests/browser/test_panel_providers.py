"""The Providers tab in a real JupyterLab: editing and deleting, and what a refresh can bring."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dispatch_widgets.demo import DemoServer

pytestmark = pytest.mark.timeout(300)


def _named(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in document["providers"] if each["name"] == name)
    return found


@pytest.mark.req("UI", "PM-3", "SEC-3")
def test_a_provider_is_edited(app: Any, canary: str) -> None:
    """Edit keeps a key that is left empty, refuses a bad URL at its field, and keeps what was typed."""
    from playwright.sync_api import expect

    app.write()
    panel = app.open()
    before = _named(app.document(), "OpenAI")
    app.button("Edit OpenAI").click()
    name, url = panel.get_by_label("Name", exact=True), panel.get_by_label("Base URL")
    expect(name).to_be_focused()
    expect(name).to_have_value("OpenAI")
    key = panel.locator("input[type=password]")
    expect(key).to_have_attribute("placeholder", re.compile("^Leave empty to keep sk-…"))
    expect(panel.get_by_text("A new key reaches all 2 entries of this provider at once.")).to_be_visible()
    name.fill("Main account")
    url.fill("ftp://llm.example.edu/v1")
    app.button("Save").click()
    expect(panel.get_by_text("1 field needs attention")).to_be_visible()
    expect(panel.get_by_role("alert").filter(has_text="https://")).to_be_visible()
    expect(url).to_have_attribute("aria-invalid", "true")
    expect(url).to_be_focused()
    assert _named(app.document(), "OpenAI") == before

    url.fill(f"{app.server.second_openai_base_url}/chat/completions")
    expect(panel.get_by_text("/chat/completions was removed from the end")).to_be_visible()
    key.fill(app.server.second_api_key)
    app.button("Save").click()
    card = app.card("Main account")
    expect(card).to_contain_text("15 chat · 3 embedding · 2 other")
    after = _named(app.document(), "Main account")
    changed = {"apiKey": app.server.second_api_key, "baseUrl": app.server.second_openai_base_url}
    assert after == {**before, "name": "Main account", "credentials": changed}
    app.button("Edit Main account").click()
    name.fill("Second thoughts")
    app.press("Escape")
    expect(app.button("Edit Main account")).to_be_focused()
    app.button("Edit Main account").click()
    name.fill("Lab 2")
    app.button("Save").click()
    expect(app.card("Lab 2")).to_be_visible()
    assert _named(app.document(), "Lab 2") == {**after, "name": "Lab 2"}
    assert canary not in panel.inner_html()


def _delete_openai(app: Any) -> None:
    question = app.card("OpenAI").locator(".dw-note")
    app.button("Delete OpenAI").click()
    question.get_by_role("checkbox").uncheck()
    question.get_by_role("button", name="Delete provider").click()


def _bring_back_openai(app: Any, before: dict[str, Any]) -> None:
    app.button("Undo").click()
    app.focus_comes_to("OpenAI")
    assert app.document() == before


@pytest.mark.req("UI", "PM-4")
def test_a_provider_is_deleted(app: Any) -> None:
    """Delete names the entries and tasks that it hits, keeps them, and says so in every tab until mended."""
    from playwright.sync_api import expect

    app.write()
    panel = app.open()
    before = app.document()
    app.button("Delete OpenAI").click()
    question = app.card("OpenAI").locator(".dw-note")
    expect(question).to_contain_text("Delete OpenAI?")
    expect(question).to_contain_text("2 catalog entries and 1 task use it.")
    expect(question).to_contain_text("GPT-4o · Embeddings, small")
    expect(question).to_contain_text("embed (Embeddings, small)")
    expect(question.get_by_role("checkbox")).to_be_checked()
    expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    app.press("Enter")
    expect(question).to_have_count(0)
    assert app.document() == before

    _delete_openai(app)
    expect(app.card("OpenAI")).to_have_count(0)
    app.focus_comes_to("Lab")
    _bring_back_openai(app, before)
    _delete_openai(app)
    app.focus_comes_to("Lab")
    document = app.document()
    assert document["models"] == before["models"]
    assert [each["name"] for each in document["providers"]] == ["Anthropic", "Lab"]
    expect(panel.get_by_role("tab", name="Models (2)")).to_be_visible()
    expect(panel.get_by_role("tab", name="Router (1)")).to_be_visible()

    app.tab("Router")
    expect(panel.get_by_text("The provider of this entry was deleted.")).to_be_visible()
    app.button("Give a provider").click()
    entry = panel.get_by_role("grid", name="Catalog").locator(".dw-row", has_text="Embeddings, small")
    expect(entry).to_contain_text("No provider")
    entry.get_by_label("Provider for Embeddings, small").select_option(label="Lab")
    entry.get_by_role("button", name="Give provider").click()
    expect(panel.get_by_role("tab", name="Models (1)")).to_be_visible()
    expect(panel.get_by_role("tab", name="Router", exact=True)).to_be_visible()

    app.tab("Providers")
    app.button("Delete Lab").click()
    note = app.card("Lab").locator(".dw-note")
    expect(note).to_contain_text("2 tasks")
    note.get_by_role("button", name="Delete provider").click()
    app.button("Delete Anthropic").click()
    expect(app.card("Anthropic").locator(".dw-note")).not_to_contain_text("task")
    app.card("Anthropic").get_by_role("button", name="Delete provider").click()
    expect(panel.get_by_role("heading", name="No providers yet")).to_be_visible()
    document = app.document()
    assert document["providers"] == []
    assert document["models"]["assignment"] == []
    assert len(document["models"]["catalog"]) == 4


# What is played, and what is then seen: the badge, what the note says, the buttons that mend it.
FAILURES = {
    "401": ("Key refused", ["refused the key", "(401)", "typed by hand"], ["Replace key", "Try again"]),
    "403": ("Not allowed", ["may not list models", "(403)"], ["Try again"]),
    "quota": ("No credit left", ["no credit left", "billing, not speed"], ["Unlock"]),
    "500": ("Server error", ["(500)", "try again"], ["Try again"]),
    "html": ("Not a model list", ["web page"], ["Edit", "Try again", "Diagnose"]),
    "redirect-elsewhere": ("Redirected", ["(302)", "keys do not follow"], ["Edit", "Try again"]),
    "hang": ("Unreachable", ["did not answer within 2 s"], ["Try again", "Diagnose"]),
    "reset-mid-body": ("Cut off", [], ["Try again", "Diagnose"]),
}


@pytest.mark.req("UI", "MD-8", "MD-9", "MD-11", "MD-15", "SEC-1")
def test_each_failure_has_its_badge_and_its_hint(app: Any, canary: str) -> None:
    """What went wrong stands in the card, with what to do next; the list of before stays (MD-8 to MD-11)."""
    from playwright.sync_api import expect

    app.write()
    panel = app.open(lists=True, timeout_seconds=2.0)
    card = app.card("OpenAI")
    note = card.locator(".dw-note")
    listed = card.locator(".dw-meta .dw-line").first.inner_text()
    assert "chat" in listed
    for what, (badge, words, buttons) in FAILURES.items():
        app.server.play(what, where="openai")
        card.get_by_role("button", name=re.compile("^Refresh")).click()
        expect(card.locator(".dw-badge"), what).to_have_text(badge)
        for word in words:
            expect(note, what).to_contain_text(word, ignore_case=True)
        assert note.get_by_role("button").all_inner_texts() == buttons, what
        expect(card.locator(".dw-meta .dw-line").first, what).to_have_text(listed)
        expect(panel.get_by_role("tab", name="Providers (1)"), what).to_be_visible()
        app.server.play(None)
        note.get_by_role("button", name="Try again").click()
        expect(card.locator(".dw-badge"), what).to_have_text("No change")
    app.server.play("echo-key", where="openai")
    card.get_by_role("button", name=re.compile("^Refresh")).click()
    expect(card.locator(".dw-badge")).to_have_text("Key refused")
    note.get_by_role("button", name="Replace key").click()
    expect(panel.locator("input[type=password]")).to_be_focused()
    assert canary not in panel.inner_html()


@pytest.mark.req("UI", "MD-10")
def test_a_rate_limit_counts_down_and_can_be_unlocked(app: Any) -> None:
    """Under a limit Refresh is off, the time left is seen, and Unlock asks before it lifts it (MD-10)."""
    from playwright.sync_api import expect

    app.write()
    panel = app.open(lists=True)
    app.server.play("429", where="openai", retry_after=7200)
    card = app.card("OpenAI")
    note = card.locator(".dw-note")
    app.button("Refresh OpenAI").click()
    expect(card.locator(".dw-badge")).to_have_text(re.compile(r"^Rate limited until \d\d:\d\d$|tomorrow"))
    expect(note).to_contain_text("too many requests (429)")
    expect(note).to_contain_text("Using the models is not affected.")
    refresh = app.button("Refresh OpenAI")
    expect(refresh).to_be_disabled()
    expect(refresh).to_have_attribute("title", re.compile("can be refreshed again at"))
    left = note.inner_text()
    assert re.search(r"in (1:59:\d\d|2:00:00)\.", left)
    expect(note).not_to_have_text(left)
    asked = len(app.server.requests)
    app.button("Refresh all").click()
    expect(app.card("Lab").locator(".dw-badge")).to_have_text("No change")
    assert len([one for one in app.server.requests[asked:] if one.path.startswith("/openai")]) == 0
    app.tab("Models")
    panel.locator(".dw-rail-item", has_text="OpenAI").click()
    expect(app.button("Refresh")).to_be_disabled()
    expect(panel.locator(".dw-model").first).to_be_visible()
    app.tab("Providers")

    app.server.play(None)
    note.get_by_role("button", name="Unlock").click()
    expect(note).to_contain_text("The server may refuse again, and longer.")
    expect(note.get_by_role("button", name="Keep it locked")).to_be_focused()
    note.get_by_role("button", name="Unlock").click()
    expect(refresh).to_be_enabled()
    refresh.click()
    expect(card.locator(".dw-badge")).to_have_text("No change")
    expect(panel.get_by_role("tab", name="Providers", exact=True)).to_be_visible()


@pytest.mark.req("UI", "MD-9", "MD-14", "MD-12")
def test_a_wrong_address_is_found_and_mended(app: Any) -> None:
    """A 404 offers the address that does answer; nothing running is said; others answer all the same."""
    from playwright.sync_api import expect

    gone = DemoServer()
    with gone:
        closed = gone.openai_base_url

    def spoil(document: dict[str, Any]) -> None:
        _named(document, "OpenAI")["credentials"]["baseUrl"] = f"{app.server.url}/openai"
        _named(document, "Lab")["credentials"]["baseUrl"] = closed

    app.write(change=spoil)
    panel = app.open()
    app.button("Refresh all").click()
    expect(app.card("Anthropic")).to_contain_text("chat")
    expect(panel.get_by_role("tab", name="Providers (2)")).to_be_visible()
    lab = app.card("Lab")
    expect(lab.locator(".dw-badge")).to_have_text("Not running")
    expect(lab.locator(".dw-note")).to_contain_text("Nothing answers on 127.0.0.1")
    card = app.card("OpenAI")
    expect(card.locator(".dw-badge")).to_have_text("Wrong address")
    expect(card.locator(".dw-note")).to_contain_text("(404)")
    card.get_by_role("button", name="Use …/v1").click()
    expect(card).to_contain_text("embedding")
    expect(card.locator(".dw-note")).to_have_count(0)
    assert _named(app.document(), "OpenAI")["credentials"]["baseUrl"] == app.server.openai_base_url

    lab.get_by_role("button", name="Diagnose").click()
    expect(lab.locator(".dw-note-list")).to_contain_text("Nothing answers on 127.0.0.1")
    offered = lab.locator(".dw-note").get_by_role("button").all_inner_texts()
    assert offered == ["Try again", "Copy report", "Close"]
    lab.get_by_role("button", name="Close").click()
    expect(lab.locator(".dw-badge")).to_have_text("Not running")


@pytest.mark.req("UI", "MD-13", "MD-12")
def test_a_refresh_shows_what_changed_and_can_be_stopped(app: Any) -> None:
    """Cards fill in as each answers, Cancel stops the rest, and new and gone models are named."""
    from playwright.sync_api import expect

    app.write()
    panel = app.open(lists=True)
    app.server.play("hang", where="second")
    app.button("Refresh all").click()
    expect(panel.locator(".dw-head").first).to_contain_text("2 of 3 have answered")
    expect(panel.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "2")
    expect(app.card("Anthropic").locator(".dw-badge")).to_have_text("No change")
    expect(app.card("Lab")).to_contain_text("Asking…")
    app.button("Cancel").click()
    expect(app.button("Refresh all")).to_be_visible()
    expect(app.card("Lab")).not_to_contain_text("Asking…")
    expect(app.card("Lab")).to_contain_text("15 chat")

    app.server.play(None)
    models = app.server.models("second")
    used = next(model for model in models if model.id == "qwen3-8b")
    app.server.set_models([model for model in models if model is not used], account="second")
    app.button("Refresh Lab").click()
    note = app.card("Lab").locator(".dw-note")
    expect(app.card("Lab").locator(".dw-badge")).to_have_text("1 gone")
    expect(note).to_contain_text("Gone: qwen3-8b, used by classify. The entry stays and may still answer.")
    expect(panel.get_by_role("tab", name="Models (1)")).to_be_visible()
    app.server.set_models(models, account="second")
    app.button("Refresh Lab").click()
    expect(app.card("Lab").locator(".dw-badge")).to_have_text("1 new")
    note.get_by_role("button", name="Show in Models").click()
    expect(panel.locator(".dw-model")).to_have_count(1)
    expect(panel.locator(".dw-model")).to_contain_text("qwen3-8b")
    expect(panel.get_by_role("tab", name="Models", exact=True)).to_be_visible()
