"""The table of features in docs/discovery.md is made from the code; run this file to write it anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispatch_widgets.discovery.features import STATED

PAGE = Path(__file__).parents[2] / "docs" / "discovery.md"
BEGIN = "<!-- features: made by tests/docs/test_feature_table.py -->\n"
END = "<!-- /features -->"


def feature_table() -> str:
    """The rows of the code as a Markdown table."""
    lines = ["| Server | Field | What is stated there | Source |", "|---|---|---|---|"]
    for row in STATED:
        words = ", ".join(f"`{word}` → `{feature}`" for word, feature in row.words.items())
        field = f"`{row.field}`" if row.field else "fields of the model"
        lines.append(f"| {row.server} | {field} | {words} | <{row.source}> |")
    return "\n" + "\n".join(lines) + "\n\n"


def with_table(page: str) -> str:
    """The page with the table of today's code in its place."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}{feature_table()}{END}{rest.partition(END)[2]}"


@pytest.mark.req("MD-18")
def test_the_page_has_the_table_of_the_code() -> None:
    """Every server, field, word and source of the code stands on the page, and nothing else (MD-18)."""
    page = PAGE.read_text(encoding="utf-8")
    assert BEGIN in page
    assert page == with_table(page)


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
