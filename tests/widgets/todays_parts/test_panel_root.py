"""The panel's root as Python sees it: what it has the page say, focus and copy, and the looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dispatch_widgets.widgets.item_list import ItemList, Row, panel_css
from dispatch_widgets.widgets.panel_root import PanelRoot

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipywidgets import Widget
    from panel_driver.wire import Wire


@pytest.mark.req("SEC-9")
def test_what_moves_the_focus_names_what_it_answers(page: Callable[[Widget], Wire]) -> None:
    """The answer to an action of a list carries the name of the gesture, for every widget; code has none."""
    row: Row = {"id": "One", "title": "One", "actions": [{"action": "edit", "label": "Edit"}]}
    shown, root = ItemList([row]), PanelRoot()
    seen = [page(widget) for widget in (shown, root)]

    def move(*_answer: object) -> None:
        shown.focus("One")
        root.focus(".dw-name")

    def gestures() -> list[str | None]:
        contents = [message["content"] for each in seen for message, _ in each.take()]
        return [content.get("gesture") for content in contents if content["kind"] == "focus"]

    shown.on_action(move)
    action = {"kind": "action", "action": "edit", "id": "One", "data": {}}
    seen[0].say({**action, "gesture": "here:4"})
    assert gestures() == ["here:4"] * 2
    for gesture in (None, 4, "x" * 65):
        seen[0].say({**action, "gesture": gesture})
        assert gestures() == [None] * 2
    move()
    assert gestures() == [None] * 2


def test_the_root_speaks_focuses_and_copies(page: Callable[[Widget], Wire]) -> None:
    """Each of the root's commands is one message to the page."""
    root = PanelRoot()
    seen = page(root)
    root.say("Saved")
    root.focus(".dw-name")
    root.copy("text", said="Path copied")
    assert seen.contents() == [
        {"kind": "say", "text": "Saved"},
        {"kind": "focus", "selector": ".dw-name"},
        {"kind": "copy", "text": "text", "said": "Path copied"},
    ]


def test_the_root_answers_so_that_a_form_can_wait(page: Callable[[Widget], Wire]) -> None:
    """A page that holds back a press until the kernel has all its input gets its answer."""
    seen = page(PanelRoot())
    for message in (None, {"kind": "pong"}, {"kind": "ping"}, {"kind": "ping", "press": "p1"}):
        seen.say(message)
    answers = [{"kind": "pong", "press": ""}, {"kind": "pong", "press": "p1"}]
    assert seen.contents() == answers


def test_the_root_carries_the_looks() -> None:
    """The style sheet is part of the root's state, so that a saved page keeps its looks."""
    assert PanelRoot().get_state("_css") == {"_css": panel_css()}
    assert panel_css().count("{") == panel_css().count("}")


def test_a_list_that_stands_alone_can_ask_for_its_looks(page: Callable[[Widget], Wire]) -> None:
    """Without a panel around it, a component gets the style sheet on request."""
    seen = page(ItemList())
    seen.say({"kind": "styles"})
    assert seen.contents() == [{"kind": "styles", "css": panel_css()}]
