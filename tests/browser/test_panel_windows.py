"""Two windows on one notebook: the key that is saved is that of the window where Save was pressed (SEC-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from panel_driver.app import App
    from panel_driver.lab import Notebook

pytestmark = [pytest.mark.timeout(300), pytest.mark.req("SEC-2")]

ROUNDS = 3


def _saved(app: App) -> str:
    (lab,) = (each for each in app.document()["providers"] if each["name"] == "Lab")
    return str(lab["credentials"]["apiKey"])


def _open(app: App, other_window: Notebook) -> App:
    app.write()
    app.open()
    return app.in_window(other_window)


def _edit(*windows: App) -> None:
    for window in windows:
        window.press("Edit Lab")
        window.see_in("Key", "")


def _save(where: App, *, by: str = "click") -> None:
    if by == "click":
        where.press("Save")
    else:
        where.field("Key").press("Enter")
    expect(where.field("Key")).to_have_count(0)


@pytest.mark.parametrize("by", ["click", "Enter"])
@pytest.mark.parametrize("typed", ["here", "here, then there", "there, then here"])
def test_the_key_of_the_window_where_save_was_pressed(
    app: App, other_window: Notebook, typed: str, by: str
) -> None:
    """With a key in one window or in both, in any order, the one beside the pressed Save is saved."""
    there = _open(app, other_window)
    for number in range(ROUNDS):
        here, away = (app, there) if number % 2 == 0 else (there, app)
        keys = {"here": f"sk-here-{number}-0123456789abcdef", "there": f"sk-there-{number}-0123456789abcdef"}
        _edit(here, away)
        for place in typed.split(", then "):
            window = {"here": here, "there": away}[place]
            window.fill("Key", keys[place])
        _save(here, by=by)
        assert _saved(app) == keys["here"], number
        away.see_in("Key", keys["there"] if "there" in typed else "")
        away.press("Cancel")


def test_an_empty_field_keeps_the_key_whatever_another_window_holds(app: App, other_window: Notebook) -> None:
    """Save beside an empty field keeps the saved key; what is typed in the other window is not taken."""
    there = _open(app, other_window)
    before = _saved(app)
    for number in range(ROUNDS):
        here, away = (app, there) if number % 2 == 0 else (there, app)
        _edit(here, away)
        away.fill("Key", "sk-typed-elsewhere-0123456789abcdef")
        _save(here)
        assert _saved(app) == before, number
        away.press("Cancel")


def test_a_refused_save_in_one_window_leaves_the_key_of_the_other(app: App, other_window: Notebook) -> None:
    """After a refused save there, the key typed here is still in its field, and Save here saves it."""
    there = _open(app, other_window)
    for number in range(ROUNDS):
        key = f"sk-here-{number}-0123456789abcdef"
        _edit(app, there)
        app.fill("Key", key)
        there.fill("Key", "sk-there-0123456789abcdef")
        there.fill("Name", "")
        there.press("Save")
        there.see("Give it a name.")
        app.see_in("Key", key)
        _save(app)
        assert _saved(app) == key, number
        there.press("Cancel")
