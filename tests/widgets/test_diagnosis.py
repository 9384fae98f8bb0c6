"""A failing card's way out: the diagnosis, its suggestion, and how a hint is written."""

from __future__ import annotations

import pytest

from dispatch_widgets import ProvidersPanel
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.secrets import NO_KEY_NEEDED
from dispatch_widgets.widgets._states import with_code


@pytest.mark.req("MD-14")
def test_a_suggested_base_url_is_one_click_away(service, demo, page) -> None:
    """When the base URL misses /v1 the card offers it, and taking it saves and fetches."""
    provider = service.add_provider(
        name="Short",
        type="openai-compatible",
        api_key=demo.api_key,
        base_url=demo.openai_base_url.removesuffix("/v1"),
    )
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", provider.id)
    page.wait(panel)
    use = page.row(panel.list, "Short")["note"]["actions"][0]
    assert use["label"] == "Use …/v1"
    page.answer(panel.list, "use_url", provider.id)
    page.wait(panel)
    assert service.provider(provider.id).base_url == demo.openai_base_url
    assert "chat" in page.words(page.row(panel.list, "Short")["meta"][0])


@pytest.mark.req("MD-14", "UI")
def test_diagnose_shows_its_steps_and_a_suggestion_to_take(service, demo, page) -> None:
    """Diagnose lists each step with its outcome in the card, and a base URL that works is one press away."""
    provider = service.add_provider(
        name="Short",
        type="openai-compatible",
        api_key=demo.api_key,
        base_url=demo.openai_base_url.removesuffix("/v1"),
    )
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", provider.id)
    page.wait(panel)
    page.answer(panel.list, "diagnose", provider.id)
    page.until(lambda: "items" in page.row(panel.list, "Short")["note"])
    note = page.row(panel.list, "Short")["note"]
    assert {item["ok"] for item in note["items"]} == {True, False}
    before = service.last_error(provider.id)
    assert page.words(note["title"]) == before.message  # what happened stays, with what to change below it
    assert {"text": f"{demo.openai_base_url}/models", "mono": True} in note["items"][-1]["text"]
    assert [action["action"] for action in note["actions"]] == [
        "use_url",
        "edit",
        "copy_diagnosis",
        "close_diagnosis",
    ]
    assert demo.api_key not in page.states()
    page.answer(panel.list, "use_url", provider.id)
    page.wait(panel)
    assert service.provider(provider.id).base_url == demo.openai_base_url
    assert "note" not in page.row(panel.list, "Short")


@pytest.mark.req("MD-14", "UI")
def test_a_missing_v1_is_found_with_a_wrong_key_too(service, demo, page) -> None:
    """An address that refuses the key where the given one has no list is offered; without one Edit stays."""
    for base_url, first in ((f"{demo.url}/openai", "use_url"), (f"{demo.url}/nowhere", "edit")):
        demo.play(fault("404") if first == "edit" else None)  # else the known ways lead to the demo's own
        provider = service.add_provider(
            name=first, type="openai-compatible", api_key="sk-not-the-key-0123456789", base_url=base_url
        )
        panel = ProvidersPanel(service)
        page.answer(panel.list, "refresh", provider.id)
        page.wait(panel)
        page.answer(panel.list, "diagnose", provider.id)
        page.until(lambda row=first, panel=panel: "items" in page.row(panel.list, row)["note"])
        note = page.row(panel.list, first)["note"]
        offered = [action["action"] for action in note["actions"]]
        assert offered[0] == first
        assert {"edit", "copy_diagnosis", "close_diagnosis"} <= set(offered)
        assert "diagnose" not in offered
        assert ("seems to miss" in page.words(note["text"])) is (first == "use_url")


@pytest.mark.req("MD-14", "UI")
def test_a_diagnosis_without_a_fault_leads_to_trying_again(service, demo, ids, page) -> None:
    """When all works by now, that is said, and one press asks for the models again."""
    panel = ProvidersPanel(service)
    demo.play(fault("html"))
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    demo.play(None)
    page.answer(panel.list, "diagnose", ids["Lab"])
    page.until(lambda: "items" in page.row(panel.list, "Lab")["note"])
    note = page.row(panel.list, "Lab")["note"]
    assert note["title"] == "Everything works on the way to Lab now."
    assert note["actions"][0] == {"action": "refresh", "label": "Try again"}
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    assert "note" not in page.row(panel.list, "Lab")


@pytest.mark.req("MD-14", "UI")
def test_a_diagnosis_goes_with_the_next_answer(service, demo, ids, page) -> None:
    """Refresh all, or another panel's refresh, replaces a diagnosis by what is true now."""
    panel, other = ProvidersPanel(service), ProvidersPanel(service)
    for refresh in (panel.refresh_all.click, lambda: page.answer(other.list, "refresh", ids["Lab"])):
        demo.play(fault("html"))
        page.answer(panel.list, "refresh", ids["Lab"])
        page.wait(panel)
        page.answer(panel.list, "diagnose", ids["Lab"])
        page.until(lambda: "items" in page.row(panel.list, "Lab")["note"])
        demo.play(None)
        refresh()
        page.wait(panel)
        assert "note" not in page.row(panel.list, "Lab")


@pytest.mark.req("UI")
def test_addresses_in_a_hint_stand_in_the_typewriter_face() -> None:
    """Addresses and what stands between backticks are code; the words and their full stops are not."""
    words = "https://llm.example.edu/v1/models does answer: the base URL seems to miss /v1."
    assert [run["text"] for run in with_code(words) if isinstance(run, dict)] == [
        "https://llm.example.edu/v1/models",
        "/v1",
    ]
    for plain in ("Is it https:// there, or http://? A proxy.", "An odd ` one.", "3 models/v1"):
        assert with_code(plain) == plain


@pytest.mark.req("UI")
def test_commands_in_a_hint_stand_in_the_typewriter_face(service, demo, page) -> None:
    """What a hint has between backticks is shown as code."""
    service.add_provider(
        name="Ollama", type="openai-compatible", api_key=NO_KEY_NEEDED, base_url="http://localhost:11434/v1"
    )
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", page.row(panel.list, "Ollama")["id"])
    page.wait(panel)
    assert {"text": "ollama serve", "mono": True} in page.row(panel.list, "Ollama")["note"]["text"]
