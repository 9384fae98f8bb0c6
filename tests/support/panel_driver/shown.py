"""What a panel shows, part by part, as plain data: what `Person` reads and acts on.

Whatever a panel is made of, one function turns it into these parts (today `todays_widgets.look`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Place = Literal[
    "", "heading", "problem", "title", "line", "badge", "meta", "cell", "tag", "from",
    "note", "done", "failed", "until", "stale",
]  # fmt: skip
"""What some words are: a part of a row, a line of a note that went well or not, the end of a countdown."""


@dataclass(frozen=True)
class Words:
    """Something to read.

    Attributes:
        text: What it says.
        place: What it is, where that matters.
        tone: ``ok``, ``info``, ``warn`` or ``error``, where its colour and sign say so.
    """

    text: str
    place: Place = ""
    tone: str = ""


@dataclass(frozen=True)
class Button:
    """A button.

    Attributes:
        name: What it is called.
        press: Presses it.
        enabled: Whether it can be pressed.
        title: What pointing at it says: of one that is off, why.
        in_note: Whether it stands in a note of its row.
    """

    name: str
    press: Callable[[], None]
    enabled: bool = True
    title: str = ""
    in_note: bool = False


@dataclass(frozen=True)
class Field:
    """A field, a choice or a box to tick.

    Attributes:
        label: Its label.
        value: What it holds; for a choice the words of the option, for a box ``ticked`` or nothing.
        set: Puts something in: a text, the words of an option, ``ticked`` or nothing.
        options: What there is to choose.
        placeholder: What stands in it while it is empty.
        problem: What is said to be wrong with it.
        hint: What else is said below it.
        enabled: Whether it can be changed.
        marked: Whether it is marked as one that needs attention.
        dots: Whether dots stand there in place of what it holds.
    """

    label: str
    value: str
    set: Callable[[str], None]
    options: Sequence[str] = ()
    placeholder: str = ""
    problem: str = ""
    hint: str = ""
    enabled: bool = True
    marked: bool = False
    dots: bool = False


@dataclass(frozen=True)
class Row:
    """A row of a list.

    Attributes:
        title: Its title.
        id: The model id that stands in it, where it is a model's.
        parts: All that is in it, the title too.
        picked: Whether it is picked.
        pick: Picks it, where that can be done.
    """

    title: str
    parts: Sequence[Shown]
    id: str = ""
    picked: bool = False
    pick: Callable[[], None] | None = None


@dataclass(frozen=True)
class List:
    """A list with a name.

    Attributes:
        name: Its name.
        rows: Its rows.
    """

    name: str
    rows: Sequence[Row] = field(default_factory=tuple)


@dataclass(frozen=True)
class Group:
    """Parts that belong together, as the row of a task.

    Attributes:
        parts: What is in it.
    """

    parts: Sequence[Shown]


@dataclass(frozen=True)
class Tab:
    """A tab.

    Attributes:
        name: What stands on it.
        is_open: Whether its content is what is shown.
        open: Opens it.
    """

    name: str
    is_open: bool
    open: Callable[[], None]


Shown = Words | Button | Field | List | Group | Tab
