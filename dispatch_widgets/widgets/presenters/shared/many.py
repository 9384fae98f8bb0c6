"""Sections with many rows: the search, the orders, and actions on several rows at once."""

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
"""The number of rows on a page: few enough that the buttons below them are in view on a small screen."""
SELECTED = "rows"
"""The field that an answer clears after an action on the selected rows."""
MOST_NAMED = 12
"""The most entries or tasks that a question names; the others are counted."""


def finder(
    rows: Sequence[Row],
    label: str,
    *,
    nothing: str,
    sorts: tuple[Option, ...],
    orders: Mapping[str, Sequence[Any]],
) -> Finder | None:
    """The search over rows, and their orders; None if the rows fit in view.

    Args:
        rows: The rows.
        label: The search field's name.
        nothing: Shown when no row matches.
        sorts: The orders to choose from.
        orders: The sort keys of the orders that a page cannot work out, one for each row.
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
    """The selection of rows, with the actions on several of them."""
    return Selection(
        actions,
        hint="Space selects, Shift selects a run",
        all="Select all {count}",
        selected="{count} selected",
        clear="Clear",
    )


def rows_meant(args: Arguments) -> tuple[str, ...]:
    """The rows that an action is for: the selected ones, or the one where it was pressed.

    Raises:
        MismatchError: If there is none.
    """
    found = args.texts("rows") if "rows" in args else (args.text("row"),)
    if not found:
        raise MismatchError
    return found


def question_focus(args: Arguments, section: str) -> Focus:
    """Where the focus of a question is: on the answer that keeps everything, in the section or the row."""
    place = args.text("row")
    return Focus(section=section, action="keep") if place == section else Focus(row=place, action="keep")


def gone_already(args: Arguments, section: str) -> Answer:
    """The answer when all rows to delete are already gone."""
    clear = selection_done(args, section)
    return Answer(say="They are deleted already", clear=clear, focus=Focus(section=section))


def row_after(order: Sequence[str], gone: str, there: Collection[str]) -> str:
    """The row that takes the place of a deleted one, or else the last row; empty if there is none."""
    left = [row for row in order if row in there]
    return left[min(order.index(gone), len(left) - 1)] if left else ""


def selection_done(args: Arguments, section: str) -> tuple[str, ...]:
    """What an answer clears: the selection, unless the action was one of a single row."""
    return (SELECTED,) if args.text("row") == section else ()


def needs_attention_first(rows: Sequence[Row]) -> list[bool]:
    """Sort keys that put the rows first whose badge is a warning or an error."""
    return [not (row.badge and row.badge.tone in {"warn", "error"}) for row in rows]


def named(names: Sequence[str]) -> str:
    """The first of many names, and the number of the others."""
    more = len(names) - MOST_NAMED
    return " · ".join(names[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
