"""The single parts of a panel where it is narrow, in both themes, and on their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from panel_driver.lab import Notebook

pytestmark = pytest.mark.timeout(300)

SETUP = Path(__file__).with_name("component_cell.py").read_text(encoding="utf-8")
PROVIDERS = (
    SETUP + "shown = listening([provider(name) for name in ('One', 'Two', 'Three')], label='Providers')"
)
NARROW = """
note = dict(tone="warn", title="x " * 40, text="y" * 90, check=dict(label="z " * 40),
            facts=[("Entries", "w " * 40)],
            actions=[dict(action="a", label="Use https://llm.example.edu/v1"),
                     dict(action="b", label="Keep it")])
row = provider("A provider with a rather long name", note=note)
row["badge"] = dict(text="Rate limited until 14:05", tone="warn")
long = {"id": "l", "title": "accounts/fireworks/models/llama-v3p1-405b-instruct", "mono": True,
        "cells": {"price": "$1.00 / $2.00"}}
shorter = {"id": "s", "title": "gpt-4-turbo-preview-20221120", "mono": True, "have": True,
           "from": "A provider with a long name", "cells": {"price": "$1.00 / $2.00", "context": "128k"}}
pick = listening([long, shorter] + [model(number) for number in range(9)], mode="pick", label="p")
outer = panel(listening([row], label="l"), pick)
outer.layout.width = "320px"
outer
"""
# Of each id: whether no room is left between its parts, its end is whole, and at most one cut has dots.
IDS = """() => [...document.querySelectorAll(".dw-id")].map((id) => {
    const width = (part) => {
        const range = document.createRange();
        range.selectNodeContents(part);
        return range.getBoundingClientRect().width;
    };
    const boxes = [...id.querySelectorAll("span")].filter((part) => {
        const { display } = getComputedStyle(part);
        return display !== "contents" && display !== "inline";
    });
    const wider = boxes.map((part) => part.getBoundingClientRect().width - width(part));
    const end = id.lastElementChild;
    const cut = boxes.filter((part) => part.scrollWidth > part.clientWidth);
    const { left, right } = id.getBoundingClientRect();
    const inside = end.getBoundingClientRect().right <= right + 0.5 && right - left > 0;
    return [id.title, Math.max(...wider) < 1, inside && !cut.includes(end) && cut.length < 2];
})"""
COPY = """() => {
    const id = [...document.querySelectorAll(".dw-id")].find((node) => node.title.startsWith("gpt-4-turbo"));
    document.getSelection().selectAllChildren(id.closest(".dw-main"));
    const copied = new ClipboardEvent("copy", { clipboardData: new DataTransfer(), bubbles: true });
    id.dispatchEvent(copied);
    document.getSelection().removeAllRanges();
    return copied.clipboardData.getData("text/plain");
}"""
OUTSIDE = """() => {
    const panel = document.querySelector(".dw-panel");
    const { right } = panel.getBoundingClientRect();
    const nodes = [...panel.querySelectorAll("button, input, select, .dw-row, .dw-note, .dw-model")];
    const fixed = nodes.filter((node) => !node.closest(".dw-chips"));
    const beyond = fixed.filter((node) => node.getBoundingClientRect().right > right);
    return beyond.map((node) => node.outerHTML.slice(0, 100));
}"""


def test_a_component_alone_has_its_looks(other_notebook: Notebook) -> None:
    """Where no panel ever was a component brings its own style sheet, once."""
    notebook = other_notebook  # its page is new
    page = notebook.open(PROVIDERS, "shown", SETUP + "listening([provider('Two')])")
    page.wait_for_function("() => document.getElementById('dispatch-widgets-css')?.textContent.length > 1000")
    assert notebook.output(".dw-row").first.evaluate("(node) => getComputedStyle(node).display") == "grid"
    assert page.locator("style#dispatch-widgets-css").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_scrolls_sideways_where_it_is_narrow(
    notebook: Notebook, theme: Literal["light", "dark"]
) -> None:
    """At 320 px every component fits its panel, in both themes."""
    page = notebook.open(SETUP, NARROW)
    notebook.theme(theme)
    notebook.output(".dw-model").first.wait_for()
    assert page.locator(".dw-panel").evaluate("(node) => node.getBoundingClientRect().width") == 320
    assert page.evaluate(OUTSIDE) == []
    ids = page.evaluate(IDS)
    assert len(ids) > 2
    assert [title for title, is_close, is_whole in ids if not (is_close and is_whole)] == []
    for width in (280, 740, 900):
        page.locator(".dw-panel").evaluate(f"(node) => {{ node.style.width = '{width}px'; }}")
        ids = page.evaluate(IDS)
        assert [title for title, is_close, is_whole in ids if not (is_close and is_whole)] == [], width
        assert "gpt-4-turbo-preview-20221120" in page.evaluate(COPY)
    background = page.locator(".dw-panel").evaluate("(node) => getComputedStyle(node).backgroundColor")
    assert (background == "rgb(255, 255, 255)") == (theme == "light")
