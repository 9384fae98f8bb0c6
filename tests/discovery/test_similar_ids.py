"""A typed id that resembles a listed one is asked about; the cases are those of the page's search too."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch_widgets.discovery.similar_ids import did_you_mean

DATA = Path(__file__).parents[1] / "data"
SEARCH: dict[str, Any] = json.loads((DATA / "search_cases.json").read_text(encoding="utf-8"))
IDS: list[str] = SEARCH["ids"]
CASES: list[dict[str, Any]] = SEARCH["cases"]


def plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def matches(query: str) -> set[str]:
    """The ids that have each word of a query, as the data's own words say it."""
    words = [plain(word) for word in query.split()]
    return {each for each in IDS if all(word in plain(each) for word in words)}


def test_the_ids_of_the_search_cases_are_real() -> None:
    """Each is in a provider's recorded list or in the table of kinds, and stands once."""
    recorded = "".join(path.read_text(encoding="utf-8") for path in (DATA / "payloads").glob("*.json"))
    rows = (DATA / "model_kinds.tsv").read_text(encoding="utf-8").splitlines()
    real = {row.split("\t")[1] for row in rows} | set(re.findall(r'"id":\s*"([^"]+)"', recorded))
    assert len(set(IDS)) == len(IDS) >= 60
    assert not set(IDS) - real


@pytest.mark.req("UI")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["query"])
def test_the_search_cases_say_what_they_are(case: dict[str, Any]) -> None:
    """A match matches by the letters alone, a slip and a nothing match nothing."""
    there = matches(case["query"])
    if case["kind"] == "match":
        assert {case["first"], *case.get("also", ())} <= there
        assert not there & set(case.get("without", ()))
    else:
        assert not there
        assert ("first" in case) is (case["kind"] == "slip")


@pytest.mark.req("UI")
@pytest.mark.parametrize(
    "case", [case for case in CASES if case["kind"] != "match"], ids=lambda case: case["query"]
)
def test_a_typed_id_with_a_slip_is_asked_about(case: dict[str, Any]) -> None:
    """One or two slips in the letters lead to the listed id; anything else leads nowhere."""
    assert did_you_mean(case["query"], IDS) == case.get("first")


@pytest.mark.req("UI")
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gpt4o", "gpt-4o"),
        ("GPT-4o", "gpt-4o"),
        (" gpt-4o ", None),
        ("gpt-4o", None),
        ("openai/gpt-4o", "gpt-4o"),
        ("kimi-k2:free", "moonshotai/kimi-k2:free"),
        ("gpt-4.2", None),
        ("gpt-5.1", None),
        ("o4", None),
        ("claude-sonnet-4-7", None),
        ("claude-sonnet-4-5", None),
        ("", None),
        ("-", None),
    ],
)
def test_other_digits_are_another_model(typed: str, meant: str | None) -> None:
    """Punctuation, case and the vendor's name do not count; a version that is not listed is no slip."""
    assert did_you_mean(typed, IDS) == meant


@pytest.mark.req("UI")
def test_the_closest_counts_then_the_shortest() -> None:
    """Of several that resemble it, the one with fewer slips is offered, and a short one before a long one."""
    assert did_you_mean("mistral-larg", ["mistral-lerge", "mistral-large"]) == "mistral-large"
    assert did_you_mean("gpt4o", ["azure/gpt-4o", "gpt-4o"]) == "gpt-4o"


@pytest.mark.req("UI")
@given(st.text(max_size=30), st.lists(st.text(max_size=30), max_size=6))
def test_what_is_offered_is_listed_and_never_what_was_typed(typed: str, known: list[str]) -> None:
    """Whatever is typed and listed."""
    meant = did_you_mean(typed, known)
    assert meant is None or (meant in known and meant != typed.strip())
