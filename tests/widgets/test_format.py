"""How panels write times, counts, sizes, prices and names."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dispatch_widgets.discovery.models import Price
from dispatch_widgets.widgets import _format


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Anthropic", "An"),
        ("OpenAI", "OA"),
        ("OpenRouter", "OR"),
        ("LM Studio", "LM"),
        ("Course gateway", "Co"),
        ("llama.cpp", "ll"),
        ("", "?"),
        ("🙂", "?"),
        ("\u202eab", "ab"),
    ],
)
def test_a_tile_is_two_letters(name, letters) -> None:
    """A provider's tile has its capitals where it is written with several, else its first letters."""
    assert _format.tile(name) == letters


@pytest.mark.parametrize(
    ("before", "shown"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=12), "12 min ago"),
        (timedelta(hours=2), "10:00"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=7), "14 Nov"),
        (timedelta(days=700), "22 Dec 2023"),
    ],
)
def test_times_are_relative_then_clock_then_date(before, shown, monkeypatch) -> None:
    """Under one hour a time is relative, then the clock, then the date."""
    noon = datetime.now().astimezone().replace(2025, 11, 21, 12, 0, 0, 0)
    assert _format.ago(noon - before, noon) == shown


def test_times_in_discoverys_words_are_told_as_the_panels_own_are() -> None:
    """The zone that messages name elsewhere is left out beside times that name none; other words stay."""
    for zone in ("UTC", "UTC+9", "UTC-3:30"):
        words = f"You see the list from 14:36 {zone}. Refresh works again tomorrow at 09:05 {zone}."
        assert _format.without_zone(words) == (
            "You see the list from 14:36. Refresh works again tomorrow at 09:05."
        )
    assert _format.without_zone("The UTC clock of 14:36 UTCX") == "The UTC clock of 14:36 UTCX"


def test_a_moment_soon_is_told_by_the_clock() -> None:
    """A moment within half a day is told by the clock, also past midnight; later ones name the day."""
    night = datetime.now().astimezone().replace(hour=23, minute=30, second=0, microsecond=0)
    assert _format.clock(night + timedelta(hours=1), night) == "00:30"
    assert _format.clock(night + timedelta(hours=20), night) == "tomorrow 19:30"


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (None, ""),
        (0, ""),
        (-1, ""),
        (512, "512"),
        (8192, "8k"),
        (131072, "131k"),
        (999_400, "999k"),
        (999_600, "1M"),
        (10**6, "1M"),
        (1048576, "1M"),
    ],
)
def test_context_sizes_are_short(count, shown) -> None:
    """A context size is shown in thousands or millions of tokens, and not at all where it is not stated."""
    assert _format.tokens(count) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (Price(), ""),
        (Price(input=0.0, output=0.0), "free"),
        (Price(input=3.5, output=10.0), "$3.50 / $10.00"),
        (Price(input=0.0001), "$0.0001 / –"),  # noqa: RUF001 - as it is shown
    ],
)
def test_prices_are_dollars_for_a_million(value, shown) -> None:
    """A price shows what goes in and out; what is not stated is a dash."""
    assert _format.price(value) == shown


def test_words_of_the_panels() -> None:
    """Counts, lists, sizes and folders read as people write them."""
    assert [_format.plural(n, "entry", "entries") for n in (0, 1, 1204)] == [
        "0 entries",
        "1 entry",
        "1,204 entries",
    ]
    assert _format.plural(0, "entry", "entries", zero="No") == "No entries"
    assert _format.plural(1, "entry", "entries", zero="No") == "1 entry"
    assert [_format.listed(words) for words in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert _format.size(999) == "999 B"
    assert _format.size(6100) == "6.1 kB"
    assert _format.folder(Path.home() / "x" / "f.json") == str(Path("~") / "x")
    assert _format.folder(Path("/srv/f.json")) == str(Path("/srv"))
    assert _format.folder(Path("/srv/a/b/c/f.json")) == str(Path("…/b/c"))
    assert _format.shown_path(Path("/srv/a/b/c/f.json")) == str(Path("…/b/c/f.json"))


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (1, "at 13:00"),
        (20, "tomorrow at 08:00"),
        (-2, "at 10:00"),
        (-20, "yesterday"),
        (-24 * 7, "on 14 Nov"),
    ],
)
def test_a_moment_behind_a_verb_has_its_preposition(hours: int, words: str) -> None:
    """The clock has "at", a day has "on", and "tomorrow" and "yesterday" have neither before them."""
    noon = datetime.now().astimezone().replace(2025, 11, 21, 12, 0, 0, 0)
    assert _format.at_clock(noon + timedelta(hours=hours), noon) == words
