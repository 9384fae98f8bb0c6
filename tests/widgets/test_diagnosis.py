"""A failing card's way out: the diagnosis, its suggestion, and how a hint is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dispatch_widgets import ProvidersPanel
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.secrets import NO_KEY_NEEDED
from dispatch_widgets.widgets.presenters.shared.views import Run
from dispatch_widgets.widgets.presenters.status.words import with_code

if TYPE_CHECKING:
    from panel_driver.person import Person, SeenRow


def short_of_v1(service, demo, name: str = "Short", **more: str) -> str:
    """Add a provider whose base URL misses /v1, and give its id."""
    wanted = {"api_key": demo.api_key, "base_url": demo.openai_base_url.removesuffix("/v1"), **more}
    return service.add_provider(name=name, type="openai-compatible", **wanted).id


def diagnosed(me: Person, name: str) -> SeenRow:
    """Refresh a provider, press Diagnose and wait for what it finds."""
    card = me.row(name)
    me.press(f"Refresh {name}")
    me.wait()
    card.press("Diagnose")
    card.see("Copy report")
    me.wait()
    return card


@pytest.mark.req("MD-14")
def test_a_suggested_base_url_is_one_click_away(service, demo, person) -> None:
    """When the base URL misses /v1 the card offers it, and taking it saves and fetches."""
    provider_id = short_of_v1(service, demo)
    me = person(ProvidersPanel(service))
    me.press("Refresh Short")
    me.wait()
    assert me.row("Short").offers[0] == "Use …/v1"
    me.press("Use …/v1")
    me.wait()
    assert service.provider(provider_id).base_url == demo.openai_base_url
    assert "chat" in me.row("Short").facts[0]


@pytest.mark.req("MD-14", "UI")
def test_diagnose_shows_its_steps_and_a_suggestion_to_take(service, demo, person, states) -> None:
    """Diagnose lists each step with its outcome in the card, and a base URL that works is one press away."""
    provider_id = short_of_v1(service, demo)
    me = person(ProvidersPanel(service))
    card = diagnosed(me, "Short")
    assert set(card.steps.values()) == {True, False}
    before = service.last_error(provider_id)
    assert card.note.splitlines()[0] == before.message  # what happened stays, with what to change below it
    assert f"{demo.openai_base_url}/models" in list(card.steps)[-1]
    assert card.offers == ["Use …/v1", "Edit", "Copy report", "Close"]
    assert demo.api_key not in states()
    me.press("Copy report")
    assert "/models" in me.clipboard
    assert demo.api_key not in me.clipboard
    me.press("Use …/v1")
    me.wait()
    assert service.provider(provider_id).base_url == demo.openai_base_url
    assert card.note == ""


@pytest.mark.req("MD-14", "UI")
def test_a_missing_v1_is_found_with_a_wrong_key_too(service, demo, person) -> None:
    """An address that refuses the key where the given one has no list is offered; without one Edit stays."""
    for base_url, first in ((f"{demo.url}/openai", "Use …/v1"), (f"{demo.url}/nowhere", "Edit")):
        demo.play(fault("404") if first == "Edit" else None)  # else the known ways lead to the demo's own
        short_of_v1(service, demo, f"With {first}", api_key="sk-not-the-key-0123456789", base_url=base_url)
        card = diagnosed(person(ProvidersPanel(service)), f"With {first}")
        assert card.offers[0] == first
        assert {"Edit", "Copy report", "Close"} <= set(card.offers)
        assert "Diagnose" not in card.offers
        assert ("seems to miss" in card.note) is (first != "Edit")


@pytest.mark.req("MD-14", "UI")
def test_a_diagnosis_without_a_fault_leads_to_trying_again(service, demo, person) -> None:
    """When all works by now, that is said, and one press asks for the models again."""
    me = person(ProvidersPanel(service))
    card = me.row("Lab")
    demo.play(fault("html"))
    me.press("Refresh Lab")
    me.wait()
    demo.play(None)
    card.press("Diagnose")
    card.see("Everything works on the way to Lab now.")
    assert card.offers[0] == "Try again"
    me.press("Try again")
    me.wait()
    assert card.note == ""


@pytest.mark.req("MD-14", "UI")
def test_a_diagnosis_goes_with_the_next_answer(service, demo, person) -> None:
    """Refresh all, or another panel's refresh, replaces a diagnosis by what is true now."""
    me, other = person(ProvidersPanel(service)), person(ProvidersPanel(service))
    for who, name in ((me, "Refresh all"), (other, "Refresh Lab")):
        demo.play(fault("html"))
        card = diagnosed(me, "Lab")
        demo.play(None)
        who.press(name)
        me.wait()
        assert card.note == ""


@pytest.mark.req("UI")
def test_commands_in_a_hint_stand_in_the_typewriter_face(service, person) -> None:
    """What a hint has between backticks is shown as code."""
    service.add_provider(
        name="Ollama", type="openai-compatible", api_key=NO_KEY_NEEDED, base_url="http://localhost:11434/v1"
    )
    me = person(ProvidersPanel(service))
    me.press("Refresh Ollama")
    me.wait()
    assert "ollama serve" in me.row("Ollama").note
    assert "`" not in me.row("Ollama").note
    assert Run("ollama serve", mono=True) in with_code("Start it with `ollama serve`.")
