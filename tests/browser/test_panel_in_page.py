"""A panel at home in a page: the theme, the width that it is given, its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest
from panel_driver.lab import Theme
from playwright.sync_api import expect

if TYPE_CHECKING:
    from panel_driver.app import App

pytestmark = [pytest.mark.timeout(300), pytest.mark.req("UI")]

LEAST_PX = 240
# What the theme's variable is and what the panel is painted in, both as the browser computes colours.
_COLOURS = """(panel) => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.background = "var(--jp-layout-color1)";
    const wanted = getComputedStyle(probe).backgroundColor;
    probe.remove();
    return [wanted, getComputedStyle(panel).backgroundColor];
}"""


def test_every_theme_is_followed(app: App) -> None:
    """In each of JupyterLab's themes the panel stands on the colour that the theme gives."""
    app.write()
    app.open()
    seen = set()
    for theme in get_args(Theme):
        app.notebook.theme(theme)
        wanted, painted = app.node.evaluate(_COLOURS)
        assert painted == wanted, theme
        seen.add(painted)
    assert len(seen) == len(get_args(Theme))


def test_a_place_without_a_width_shows_a_panel(app: App) -> None:
    """Where the host gives no width at all, the panel is as wide as can be read."""
    app.write()
    app.open()
    app.node.evaluate("(panel) => Object.assign(panel.parentElement.style, { width: 0, flex: 'none' })")
    assert app.node.evaluate("(panel) => panel.getBoundingClientRect().width") >= LEAST_PX


def test_the_keys_are_shown_on_a_question_mark(app: App) -> None:
    """? shows the list of keys and hides it again; in a field it is typed."""
    app.write()
    app.open()
    app.not_see("Show or hide this list")
    app.button("Add provider").focus()
    app.key("?")
    app.see("Show or hide this list")
    assert app.focused() == "Keys"
    app.key("?")
    app.not_see("Show or hide this list")
    app.press("Add provider")
    app.field("Name").focus()
    app.key("?")
    expect(app.field("Name")).to_have_value("?")
    app.not_see("Show or hide this list")
