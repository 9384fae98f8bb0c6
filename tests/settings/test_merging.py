"""The same edit made once more in another document, and whether that is needed (ST-3)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch_widgets.settings.document import json_equal, parse, render
from dispatch_widgets.settings.merging import has_edit, reapply_edit

pytestmark = pytest.mark.req("ST-3")

BASE = {"ui": {"a": 1}, "providers": [{"id": "p", "name": "P"}], "models": {"catalog": []}}


def read(value: Any) -> Any:
    return parse(json.dumps(value).encode(), path="")


def edited(**changes: Any) -> Any:
    return read({**BASE, **changes})


@pytest.mark.parametrize(
    ("after", "now", "wanted"),
    [
        # A provider was added; the other program's own change stays.
        (
            {"providers": [{"id": "p", "name": "P"}, {"id": "q", "name": "Q"}]},
            {"ui": {"a": 2}},
            {"ui": {"a": 2}, "providers": [{"id": "p", "name": "P"}, {"id": "q", "name": "Q"}]},
        ),
        # A provider was renamed; another was added by the other program.
        (
            {"providers": [{"id": "p", "name": "R"}]},
            {"providers": [{"id": "o", "name": "O"}, {"id": "p", "name": "P", "x": 1}]},
            {"providers": [{"id": "o", "name": "O"}, {"id": "p", "name": "R", "x": 1}]},
        ),
        # A provider was deleted.
        ({"providers": []}, {"ui": {}}, {"ui": {}, "providers": []}),
        # What the edit changed and somebody took away stays away.
        ({"providers": [{"id": "p", "name": "R"}]}, {"providers": []}, {"providers": []}),
        # A value within, and a name that is new.
        ({"ui": {"a": 3}}, {"ui": {"a": 1, "b": 1}}, {"ui": {"a": 3, "b": 1}}),
        ({"new": [1]}, {"new": [2]}, {"new": [2, 1]}),
        # A task's assignment has no id.
        (
            {"models": {"catalog": [], "assignment": [{"task": "grade", "modelId": "e"}]}},
            {"models": {"catalog": [], "assignment": [{"task": "embed", "modelId": "f"}]}},
            {
                "models": {
                    "catalog": [],
                    "assignment": [{"task": "embed", "modelId": "f"}, {"task": "grade", "modelId": "e"}],
                }
            },
        ),
        # Another kind of value in its place.
        ({"ui": {"a": 3}}, {"ui": None}, {"ui": {"a": 3}}),
    ],
)
def test_an_edit_is_made_again(after: Any, now: Any, wanted: Any) -> None:
    """Reapplying an edit keeps the changes of the other program."""
    assert reapply_edit(read(BASE), edited(**after), edited(**now)) == edited(**wanted)


def test_what_was_added_and_changed_since_is_kept_as_it_is() -> None:
    """A provider that was added, and renamed by somebody since, is neither added twice nor named back."""
    after = edited(providers=[{"id": "p", "name": "P"}, {"id": "q", "name": "Q"}])
    now = edited(providers=[{"id": "p", "name": "P"}, {"id": "q", "name": "New"}])
    assert has_edit(read(BASE), after, now)


def test_a_deletion_made_again_takes_nothing_else_away() -> None:
    """What stands behind an item that the edit deleted stays, what another program added included."""
    first, second, third = ({"id": name, "name": name} for name in "pqr")
    before, after = edited(providers=[first, second]), edited(providers=[second])
    now = edited(providers=[first, second, third])
    assert reapply_edit(before, after, now) == edited(providers=[second, third])


def test_a_name_that_was_taken_away_is_taken_away_again() -> None:
    """A field that the edit removed is removed again."""
    after = read({"ui": {"a": 1}})
    assert reapply_edit(read(BASE), after, edited(ui={"a": 2})) == {"ui": {"a": 2}}


values = st.recursive(
    st.integers(0, 3) | st.sampled_from(["x", "y"]),
    lambda inner: (
        st.lists(
            st.fixed_dictionaries({"id": st.sampled_from("abc"), "v": inner}),
            max_size=3,
            unique_by=lambda item: item["id"],
        )
        | st.dictionaries(st.sampled_from("mn"), inner, max_size=2)
    ),
    max_leaves=6,
)
documents = st.dictionaries(st.sampled_from("rst"), values, max_size=3).map(read)


def test_a_value_that_was_changed_and_taken_away_stays_away() -> None:
    """A value that the edit changed and the other program took away is gone, unless the edit overrules."""
    before, after = read({"ui": {"a": 1, "b": 1}}), read({"ui": {"a": 2, "b": 1}})
    now = read({"ui": {"b": 1}})
    assert reapply_edit(before, after, now, overrule=False) == {"ui": {"b": 1}}
    assert reapply_edit(before, after, now) == {"ui": {"b": 1, "a": 2}}


@given(documents, documents, documents, st.booleans())
def test_an_edit_made_again_is_kept(before: Any, after: Any, now: Any, overrule: bool) -> None:
    """A reapplied edit can be saved and is recognised as there, and the arguments are not modified."""
    given_ones = [json.dumps(value) for value in (before, after, now)]
    once = reapply_edit(before, after, now, overrule=overrule)
    assert render(once)
    assert json_equal(reapply_edit(before, after, once, overrule=overrule), once)
    assert [json.dumps(value) for value in (before, after, now)] == given_ones


@given(documents, documents)
def test_an_edit_that_nobody_touched_is_kept(before: Any, after: Any) -> None:
    """An edit that nobody changed since is recognised as still there."""
    assert has_edit(before, before, after)
    assert json_equal(reapply_edit(before, before, after), after)
