"""The Providers tab in a real JupyterLab: editing and deleting, and what a refresh can bring."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from dispatch_widgets.demo import DemoServer

if TYPE_CHECKING:
    from panel_driver.app import App, Document

pytestmark = pytest.mark.timeout(300)

COUNTS = re.compile(r"\d+ chat[^\n]*")


def _named(document: Document, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in document["providers"] if each["name"] == name)
    return found


@pytest.mark.req("UI", "PM-3", "SEC-3")
def test_a_provider_is_edited(app: App, canary: str) -> None:
    """Edit keeps a key that is left empty, refuses a bad URL at its field, and keeps what was typed."""
    app.write()
    app.open()
    before = _named(app.document(), "OpenAI")
    app.press("Edit OpenAI")
    app.focus_in("Name")
    app.see_in("Name", "OpenAI")
    expect(app.field("Key")).to_have_attribute("placeholder", re.compile("^Leave empty to keep sk-…"))
    app.see("A new key reaches all 2 entries of this provider at once.")
    app.fill("Name", "Main account")
    app.fill("Base URL", "ftp://llm.example.edu/v1")
    app.press("Save")
    app.see("1 field needs attention")
    app.see_alert("https://")
    expect(app.field("Base URL")).to_have_attribute("aria-invalid", "true")
    app.focus_in("Base URL")
    assert _named(app.document(), "OpenAI") == before

    app.fill("Base URL", f"{app.server.second_openai_base_url}/chat/completions")
    app.fill("Key", app.server.second_api_key)
    app.press("Save")
    app.card("Main account").see("15 chat · 3 embedding · 2 other")
    after = _named(app.document(), "Main account")
    changed = {"apiKey": app.server.second_api_key, "baseUrl": app.server.second_openai_base_url}
    assert after == {**before, "name": "Main account", "credentials": changed}
    app.press("Edit Main account")
    app.fill("Name", "Second thoughts")
    app.key("Escape")
    app.focus_on("Edit Main account")
    app.press("Edit Main account")
    app.fill("Name", "Lab 2")
    app.press("Save")
    expect(app.card("Lab 2").node).to_be_visible()
    assert _named(app.document(), "Lab 2") == {**after, "name": "Lab 2"}
    assert canary not in app.node.inner_html()


def _delete_openai(app: App) -> None:
    app.press("Delete OpenAI")
    app.card("OpenAI").untick(re.compile(""))
    app.card("OpenAI").press("Delete provider")


def _bring_back_openai(app: App, before: Document) -> None:
    app.press("Undo")
    app.focus_comes_to("OpenAI")
    assert app.document() == before


@pytest.mark.req("UI", "PM-4")
def test_a_provider_is_deleted(app: App) -> None:
    """Delete names the entries and tasks that it hits, keeps them, and says so in every tab until mended."""
    app.write()
    app.open()
    before = app.document()
    app.press("Delete OpenAI")
    card = app.card("OpenAI")
    card.see("Delete OpenAI?", "2 catalog entries and 1 task use it.", "GPT-4o · Embeddings, small")
    card.see("embed (Embeddings, small)")
    expect(card.node.get_by_role("checkbox")).to_be_checked()
    card.focus_on("Keep it")
    app.key("Enter")
    card.not_see("Delete OpenAI?")
    assert app.document() == before

    _delete_openai(app)
    card.gone()
    app.focus_comes_to("Lab")
    _bring_back_openai(app, before)
    _delete_openai(app)
    app.focus_comes_to("Lab")
    document = app.document()
    assert document["models"] == before["models"]
    assert [each["name"] for each in document["providers"]] == ["Anthropic", "Lab"]
    app.see_tab_named("Models (2)")
    app.see_tab_named("Router (1)")

    app.tab("Router")
    app.see("The provider of this entry was deleted.")
    app.press("Give a provider")
    entry = app.row("Embeddings, small", of="Catalog")
    entry.see("No provider", whole=True)
    entry.choose("Provider for Embeddings, small", "Lab")
    entry.press("Give provider")
    app.see_tab_named("Models (1)")
    app.see_tab_named("Router")

    app.tab("Providers")
    app.press("Delete Lab")
    app.card("Lab").see("2 tasks")
    app.card("Lab").press("Delete provider")
    app.press("Delete Anthropic")
    app.card("Anthropic").can_press("Delete provider")
    app.card("Anthropic").not_see("task")
    app.card("Anthropic").press("Delete provider")
    app.see_heading("No providers yet")
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
OWN = ["Refresh OpenAI", "Edit OpenAI", "Delete OpenAI"]


@pytest.mark.req("UI", "MD-8", "MD-9", "MD-11", "MD-15", "SEC-1")
def test_each_failure_has_its_badge_and_its_hint(app: App, canary: str) -> None:
    """What went wrong stands in the card, with what to do next; the list of before stays (MD-8 to MD-11)."""
    app.write()
    app.open(lists=True, timeout_seconds=2.0)
    card = app.card("OpenAI")
    listed = COUNTS.search(card.text)
    assert listed is not None
    for what, (badge, words, buttons) in FAILURES.items():
        app.server.play(what, where="openai")
        card.press("Refresh OpenAI")
        card.see(badge, whole=True)
        card.see(*words)
        assert [name for name in card.buttons() if name not in OWN] == buttons, what
        card.see(listed[0], whole=True)
        app.see_tab_named("Providers (1)")
        app.server.play(None)
        if "Unlock" in buttons:  # asked once more, with the credit that was bought
            card.press("Unlock")
            card.press("Unlock")
        card.press("Try again" if "Try again" in buttons else "Refresh OpenAI")
        card.see("No change", whole=True)
    app.server.play("echo-key", where="openai")
    card.press("Refresh OpenAI")
    card.see("Key refused", whole=True)
    card.press("Replace key")
    app.focus_in("Key")
    assert canary not in app.node.inner_html()


@pytest.mark.req("UI", "MD-10")
def test_a_rate_limit_counts_down_and_can_be_unlocked(app: App) -> None:
    """Under a limit Refresh is off, the time left is seen, and Unlock asks before it lifts it (MD-10)."""
    app.write()
    app.open(lists=True)
    app.server.play("429", where="openai", retry_after=7200)
    card = app.card("OpenAI")
    card.press("Refresh OpenAI")
    card.see(re.compile(r"^Rate limited until \d\d:\d\d$|^Rate limited until .*tomorrow"))
    card.see("too many requests (429)", "Using the models is not affected.")
    refresh = card.button("Refresh OpenAI")
    expect(refresh).to_be_disabled()
    expect(refresh).to_have_attribute("title", re.compile("can be refreshed again at"))
    left = re.search(r"in (1:59:\d\d|2:00:00)\.", card.text)
    assert left is not None
    card.not_see(left[0])
    asked = len(app.server.requests)
    app.press("Refresh all")
    app.card("Lab").see("No change", whole=True)
    assert len([one for one in app.server.requests[asked:] if one.path.startswith("/openai")]) == 0
    app.tab("Models")
    app.choose("Provider", "OpenAI")
    app.cannot_press("Refresh")
    expect(app.models.first).to_be_visible()
    app.tab("Providers")

    app.server.play(None)
    card.press("Unlock")
    card.see("The server may refuse again, and longer.")
    card.focus_on("Keep it locked")
    card.press("Unlock")
    card.can_press("Refresh OpenAI")
    card.press("Refresh OpenAI")
    card.see("No change", whole=True)
    app.see_tab_named("Providers")


@pytest.mark.req("UI", "MD-9", "MD-14", "MD-12")
def test_a_wrong_address_is_found_and_mended(app: App) -> None:
    """A 404 offers the address that does answer; nothing running is said; others answer all the same."""
    gone = DemoServer()
    with gone:
        closed = gone.openai_base_url

    def spoil(document: Document) -> None:
        _named(document, "OpenAI")["credentials"]["baseUrl"] = f"{app.server.url}/openai"
        _named(document, "Lab")["credentials"]["baseUrl"] = closed

    app.write(change=spoil)
    app.open()
    app.press("Refresh all")
    app.card("Anthropic").see("chat")
    app.see_tab_named("Providers (2)")
    lab = app.card("Lab")
    lab.see("Not running", whole=True)
    lab.see("Nothing answers on 127.0.0.1")
    card = app.card("OpenAI")
    card.see("Wrong address", whole=True)
    card.see("(404)")
    card.press("Use …/v1")
    card.see("embedding")
    card.not_see("(404)")
    assert card.buttons() == OWN
    assert _named(app.document(), "OpenAI")["credentials"]["baseUrl"] == app.server.openai_base_url

    lab.press("Diagnose")
    expect(lab.node.get_by_role("listitem").filter(has_text="Nothing answers on 127.0.0.1")).to_be_visible()
    lab.can_press("Copy report")
    own = ["Refresh Lab", "Edit Lab", "Delete Lab"]
    assert [name for name in lab.buttons() if name not in own] == ["Try again", "Copy report", "Close"]
    lab.press("Close")
    lab.see("Not running", whole=True)


@pytest.mark.req("UI", "MD-13", "MD-12")
def test_a_refresh_shows_what_changed_and_can_be_stopped(app: App) -> None:
    """Cards fill in as each answers, Cancel stops the rest, and new and gone models are named."""
    app.write()
    app.open(lists=True)
    app.server.play("hang", where="second")
    app.press("Refresh all")
    app.see("2 of 3 have answered")
    expect(app.node.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "2")
    app.card("Anthropic").see("No change", whole=True)
    app.card("Lab").see("Asking…")
    app.press("Cancel")
    expect(app.button("Refresh all")).to_be_visible()
    app.card("Lab").not_see("Asking…")
    app.card("Lab").see("15 chat")

    app.server.play(None)
    models = app.server.models("second")
    used = next(model for model in models if model.id == "qwen3-8b")
    app.server.set_models([model for model in models if model is not used], account="second")
    app.press("Refresh Lab")
    app.card("Lab").see("1 gone", whole=True)
    app.card("Lab").see("Gone: qwen3-8b, used by classify.", "The entry stays and may still answer.")
    app.see_tab_named("Models (1)")
    app.server.set_models(models, account="second")
    app.press("Refresh Lab")
    app.card("Lab").see("1 new", whole=True)
    app.card("Lab").press("Show in Models")
    expect(app.models).to_have_count(1)
    expect(app.models).to_contain_text("qwen3-8b")
    app.see_tab_named("Models")
