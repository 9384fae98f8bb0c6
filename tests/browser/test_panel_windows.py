"""Two windows on one notebook: the key that is saved is that of the window where Save was pressed (SEC-2)."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.timeout(300), pytest.mark.req("SEC-2")]

ROUNDS = 3


def _key(app: Any) -> Any:
    return app.panel.locator("input[type=password]")


def _saved(app: Any) -> str:
    (lab,) = (each for each in app.document()["providers"] if each["name"] == "Lab")
    return str(lab["credentials"]["apiKey"])


def _open(app: Any, other_window: Any) -> Any:
    app.write()
    app.open()
    return app.in_window(other_window)


def _edit(where: Any, *windows: Any) -> None:
    from playwright.sync_api import expect

    where.button("Edit Lab").click()
    for window in windows:
        expect(_key(window)).to_be_visible()
        expect(_key(window)).to_have_value("")


def _save(where: Any, *windows: Any, by: str = "click") -> None:
    from playwright.sync_api import expect

    if by == "click":
        where.button("Save").click()
    else:
        _key(where).press("Enter")
    for window in windows:
        expect(_key(window)).to_have_count(0)


@pytest.mark.parametrize("by", ["click", "Enter"])
@pytest.mark.parametrize("typed", ["here", "here, then there", "there, then here"])
def test_the_key_of_the_window_where_save_was_pressed(
    app: Any, other_window: Any, typed: str, by: str
) -> None:
    """With a key in one window or in both, in any order, the one beside the pressed Save is saved."""
    there = _open(app, other_window)
    for number in range(ROUNDS):
        here, away = (app, there) if number % 2 == 0 else (there, app)
        keys = {"here": f"sk-here-{number}-0123456789abcdef", "there": f"sk-there-{number}-0123456789abcdef"}
        _edit(here, app, there)
        for place in typed.split(", then "):
            window = {"here": here, "there": away}[place]
            _key(window).fill(keys[place])
        _save(here, app, there, by=by)
        assert _saved(app) == keys["here"], number


def test_an_empty_field_keeps_the_key_whatever_another_window_holds(app: Any, other_window: Any) -> None:
    """Save beside an empty field keeps the saved key; what is typed in the other window is not taken."""
    there = _open(app, other_window)
    before = _saved(app)
    for number in range(ROUNDS):
        here, away = (app, there) if number % 2 == 0 else (there, app)
        _edit(here, app, there)
        _key(away).fill("sk-typed-elsewhere-0123456789abcdef")
        _save(here, app, there)
        assert _saved(app) == before, number


def test_a_refused_save_in_one_window_leaves_the_key_of_the_other(app: Any, other_window: Any) -> None:
    """After a refused save there, the key typed here is still in its field, and Save here saves it."""
    from playwright.sync_api import expect

    there = _open(app, other_window)
    for number in range(ROUNDS):
        key = f"sk-here-{number}-0123456789abcdef"
        _edit(app, app, there)
        _key(app).fill(key)
        _key(there).fill("sk-there-0123456789abcdef")
        there.panel.get_by_label("Name", exact=True).fill("")
        there.button("Save").click()
        expect(there.panel.get_by_text("Give it a name.")).to_be_visible()
        expect(_key(there)).to_have_value("")
        expect(_key(app)).to_have_value(key)
        app.panel.get_by_label("Name", exact=True).fill("Lab")
        _save(app, app, there)
        assert _saved(app) == key, number
