"""Makes the table of refusals in docs/discovery.md from the code's own.

python docs/make_tables.py
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from dispatch_widgets.discovery.refusals import REASONS

if TYPE_CHECKING:
    from collections.abc import Container

PAGE = Path(__file__).with_name("discovery.md")
BEGIN, END = "<!-- made by docs/make_tables.py: begin -->", "<!-- made by docs/make_tables.py: end -->"
_FILLED_IN = {
    "{base_url}": "Check the base URL.",
    "{where_the_key_went}": "Which header the server looks into, and which type of provider uses it.",
}


def refusals() -> str:
    """The table of `discovery.refusals`: kinds, what servers say, hints."""
    rows = [
        "| `kind` | It means | Servers say, for example | Without such words | Hint |",
        "|---|---|---|---|---|",
    ]
    for reason in REASONS:
        said = "; ".join(f"“{example}”" for example in reason.examples)
        statuses = _statuses(reason.statuses)
        rows.append(f"| `{reason.kind}` | {reason.meaning} | {said} | {statuses} | {_hint(reason.hint)} |")
    return "\n".join(rows)


def page_with_tables(page: str) -> str:
    """The page with its table as it should be."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{refusals()}\n{END}{rest.split(END)[1]}"


def _hint(hint: str) -> str:
    for part, words in _FILLED_IN.items():
        hint = hint.replace(part, words)
    return re.sub(r"\s*\{\w+\}\s*", " ", hint).strip()


def _statuses(statuses: Container[int]) -> str:
    if isinstance(statuses, range):
        return "200" if 200 in statuses else f"other {statuses[0] // 100}xx"  # noqa: PLR2004
    return ", ".join(str(status) for status in range(100, 600) if status in statuses)


if __name__ == "__main__":
    PAGE.write_text(page_with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
