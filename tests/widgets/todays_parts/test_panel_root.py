"""The panel's root as Python sees it: what it has the page say, focus and copy, and the looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch_widgets.widgets.panel_root import PanelRoot

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipywidgets import Widget
    from panel_driver.wire import Wire


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
    looks = PanelRoot().get_state("_css")["_css"]
    assert ".dw-panel" in looks
    assert looks.count("{") == looks.count("}")
