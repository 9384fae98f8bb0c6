"""Foreign text and tables of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch_widgets._text import clean, escaped, html_table, text_table
from dispatch_widgets.discovery.models import DiscoveredModel, ModelList


@pytest.mark.req("SEC-6")
@given(st.text())
def test_a_cleaned_text_is_one_printable_line(text: str) -> None:
    """Whatever a server says, one line without control or direction marks is left."""
    shown = clean(text)
    assert len(shown.splitlines()) <= 1
    assert len(shown) <= 300
    assert not any(mark in shown for mark in "\u202e\u2066\u200b\x00\x1b\n")
    assert clean(shown) == shown


@pytest.mark.req("SEC-6")
def test_a_long_text_is_cut_and_says_so() -> None:
    """A name of 10,000 characters does not fill the page."""
    assert clean("x" * 10_000).endswith("…")
    assert len(clean("x" * 10_000)) == 300


@pytest.mark.req("SEC-6")
def test_html_from_outside_is_text() -> None:
    """A model called `<img onerror>` is shown, not run."""
    evil = '<img src=x onerror="alert(1)">'
    assert "<img" not in escaped(evil)
    models = ModelList(
        models=(DiscoveredModel(id=evil, name=evil, capabilities=("chat",)),), provider_name=evil
    )
    assert "<img" not in models._repr_html_()
    assert "&lt;img" in models._repr_html_()
    assert "<img" not in html_table([evil], [[evil]], caption=evil)


def test_a_text_table_is_aligned() -> None:
    """Columns begin under their titles."""
    lines = text_table(["a", "long title"], [["wide cell", None], ["b", 3]]).splitlines()
    assert lines == ["a          long title", "wide cell", "b          3"]


def test_a_long_list_shows_its_beginning_and_how_many_follow() -> None:
    """5,000 models as a cell's last line are one screen, not five thousand lines (UI)."""
    models = ModelList(
        models=tuple(
            DiscoveredModel(id=f"m-{n}", name=f"m-{n}", capabilities=("chat",)) for n in range(5000)
        ),
        provider_name="Demo",
        warning="Something is odd.",
    )
    assert len(repr(models).splitlines()) < 30
    assert "… and 4,980 more" in repr(models)
    assert "Demo: 5,000 chat (live)" in repr(models)
    assert "Something is odd." in models._repr_html_()


def test_a_list_shows_no_column_without_content() -> None:
    """What a server states of none of its models is no column of the table (UI)."""
    bare = ModelList(models=(DiscoveredModel(id="a-1", name="a-1", capabilities=("chat",)),))
    named = ModelList(models=(*bare.models, DiscoveredModel(id="b-2", name="Bee", capabilities=("chat",))))
    assert repr(bare).splitlines()[1:] == ["Model  Kind", "a-1    chat"]
    assert repr(named).splitlines()[1] == "Model  Name  Kind"
    assert "<th" in named._repr_html_()
    assert named._repr_html_().count("<th ") == 3
    assert repr(ModelList(models=())) == "no models (live)"
