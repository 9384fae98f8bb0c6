"""Many rows: the search over them, their orders, and what is done with several at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .arguments import MismatchError
from .views import Answer, Finder, Focus, Selection

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from .arguments import Arguments
    from .views import BulkAction, Option, Row

MOST_WITHOUT_SEARCH = 12
PAGE_ROWS = 10
"""So many of more rows are shown at once: on a small screen what is done with them is in view below."""
SELECTED = "rows"
"""What an answer clears when something was done with the rows that were selected."""
MOST_NAMED = 12
"""So many entries or tasks are named in a question; the rest is counted."""


def finder(
    rows: Sequence[Row],
    label: str,
    *,
    nothing: str,
    sorts: tuple[Option, ...],
    orders: Mapping[str, Sequence[Any]],
) -> Finder | None:
    """The search over rows, and their orders; None for rows that fit in view.

    Args:
        rows: The rows.
        label: The search's name.
        nothing: What is said when no row matches.
        sorts: The orders that can be chosen.
        orders: What the rows are sorted by in those that a page cannot tell, one value for each row.
    """
    if len(rows) <= MOST_WITHOUT_SEARCH:
        return None
    return Finder(
        label,
        nothing,
        sorts,
        {name: tuple(sorted(range(len(rows)), key=by.__getitem__)) for name, by in orders.items()},
        clear="Clear the search",
        found="{count} found",
        did_you_mean="Did you mean {name}?",
        sort="Order",
        page_rows=PAGE_ROWS,
        page="{first} to {last} of {total}",
        page_before="Previous page",
        page_after="Next page",
    )


def selection(*actions: BulkAction) -> Selection:
    """That rows can be selected, and what is done with several of them."""
    return Selection(
        actions,
        hint="Space selects, Shift selects a run",
        all="Select all {count}",
        selected="{count} selected",
        clear="Clear",
    )


def rows_meant(args: Arguments) -> tuple[str, ...]:
    """What something is done with: the rows that are selected, or the one that was pressed.

    Raises:
        MismatchError: If none is.
    """
    found = args.texts("rows") if "rows" in args else (args.text("row"),)
    if not found:
        raise MismatchError
    return found


def question_focus(args: Arguments, section: str) -> Focus:
    """The focus of a question: on the answer that keeps all, in the section or in the row of one."""
    place = args.text("row")
    return Focus(section=section, action="keep") if place == section else Focus(row=place, action="keep")


def gone_already(args: Arguments, section: str) -> Answer:
    """The answer where nothing is left to delete of what was meant."""
    clear = selection_done(args, section)
    return Answer(say="They are deleted already", clear=clear, focus=Focus(section=section))


def row_after(order: Sequence[str], gone: str, there: Collection[str]) -> str:
    """The row that stands where one stood that went, or else the last one; empty if none is there."""
    left = [row for row in order if row in there]
    return left[min(order.index(gone), len(left) - 1)] if left else ""


def selection_done(args: Arguments, section: str) -> tuple[str, ...]:
    """What an answer clears: what was done with is selected no more, unless it was done in the row of one."""
    return (SELECTED,) if args.text("row") == section else ()


def needs_attention_first(rows: Sequence[Row]) -> list[bool]:
    """What rows are sorted by so that those come first whose badge says that something is off."""
    return [not (row.badge and row.badge.tone in {"warn", "error"}) for row in rows]


def named(names: Sequence[str]) -> str:
    """The first of many names, and how many more there are."""
    more = len(names) - MOST_NAMED
    return " · ".join(names[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
