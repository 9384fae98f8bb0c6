"""What an `ItemList` is given: rows, actions and notes as plain JSON values.

Texts are shown as text and never as HTML (SEC-6). Wherever a type says `Rich`, these are allowed:

- a ``str``;
- a `Run`, a piece of text with a look: ``{"text": "sk-…a1b2", "mono": True}``;
- a list of both, drawn one after the other without anything between them.

A *line* is a list of `Rich` parts that the page joins with middle dots.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Tone = Literal["info", "ok", "warn", "error"]
Icon = Literal[
    "refresh", "plus", "edit", "trash", "check", "warn", "error", "info", "clock", "search", "offline",
    "file", "copy", "back", "next", "undo", "close", "external", "server", "env",
]  # fmt: skip


class Run(TypedDict, total=False):
    """A piece of text with a look.

    Attributes:
        text: What it says.
        mono: In the code typeface: keys, variables, URLs, commands.
        id: A model id: code typeface, and when it is long it loses its middle and keeps its tail.
        bold: Stands out.
        wide: Left out where the panel is narrow; a dot before it goes too.
        spin: A spinner stands before the text.
        since: Seconds since 1970; the seconds passed since then follow the text and tick: ``3 s``.
        until: Seconds since 1970; the time left until then follows the text and ticks: ``40:58``.
    """

    text: str
    mono: bool
    id: bool
    bold: bool
    wide: bool
    spin: bool
    since: float
    until: float


Rich = str | Run | list[str | Run]


class Badge(TypedDict):
    """The one badge of a row. Without a tone it is grey and has no icon."""

    text: str
    tone: NotRequired[Tone]
    icon: NotRequired[Icon]


class Action(TypedDict):
    """A button of a row, of a note, of `ItemList.busy` or `ItemList.empty`.

    Attributes:
        action: What `ItemList.on_action` is told when it is pressed. Any word but those that
            `ItemList.on_action` lists as the page's own. ``edit``, ``delete`` and ``refresh``
            are also reached by Enter, Delete and R on the row. After a blank may follow what it was
            about when it was drawn: it comes back as the person saw it, whatever is drawn by then.
        label: What it says; with ``only`` its name: "Refresh OpenAI".
        icon: Stands before the label.
        style: ``primary``, ``danger``, ``quiet``, or none.
        only: Icon only; the label is its name and its tooltip.
        disabled: Cannot be pressed; keeps its place.
        title: A tooltip: why it is disabled, for example.
    """

    action: str
    label: str
    icon: NotRequired[Icon]
    style: NotRequired[Literal["", "primary", "danger", "quiet"]]
    only: NotRequired[bool]
    disabled: NotRequired[bool]
    title: NotRequired[str]


class NoteItem(TypedDict):
    """One line of a note's list; ``ok`` puts a tick (or a cross) before it, in sight and in words."""

    text: Rich
    ok: NotRequired[bool]
    icon: NotRequired[Icon]


class NoteSelect(TypedDict):
    """A choice inside a note.

    Attributes:
        label: Its name for screen readers.
        options: Pairs of value and text.
        value: Which one is chosen at first; the first one otherwise.
    """

    label: str
    options: Sequence[Sequence[str]]
    value: NotRequired[str]


class NoteCheck(TypedDict):
    """A box to tick inside a note."""

    label: str
    value: NotRequired[bool]


class Note(TypedDict, total=False):
    """What happened, in words, and what to do next; opens under a row.

    Attributes:
        tone: Its colour and, unless ``icon`` says otherwise, its icon.
        icon: The sign before it.
        title: The message.
        text: The hint. The characters ``{until}`` in a plain ``str`` are where the countdown stands.
        until: Seconds since 1970: a countdown, after the text unless the text has a place for it.
            When it ends the page says so and sends ``elapsed``.
        until_said: What is said aloud at its end: "OpenRouter can be refreshed again".
        items: Lines of a list (steps of a diagnosis).
        facts: Pairs of a heading and what stands beside it (what a deletion hits).
        select: A choice; its value comes with every action of the note as ``data["select"]``.
        check: A box; its state comes with every action of the note as ``data["check"]``.
        actions: Its buttons, the one that mends it first.
        tall: Buttons below the text. So by itself where there are items, facts or a box.
        alert: Said aloud at once by screen readers.
    """

    tone: Tone
    icon: Icon
    title: Rich
    text: Rich
    until: float
    until_said: str
    items: Sequence[NoteItem]
    facts: Sequence[tuple[str, Rich]]
    select: NoteSelect
    check: NoteCheck
    actions: Sequence[Action]
    tall: bool
    alert: bool


class Cell(TypedDict):
    """A cell with a colour: ``{"text": "Deleted", "tone": "error"}``."""

    text: str
    tone: NotRequired[Tone]


class SortKeys(TypedDict, total=False):
    """What a row of a ``pick`` list is sorted by. What is absent comes last.

    Attributes:
        name: By name; the title where absent.
        created: Newest first, in seconds since 1970.
        context: Largest first, in tokens.
        price: Cheapest first, in dollars per million tokens.
    """

    name: str
    created: float
    context: float
    price: float


_Origin = TypedDict("_Origin", {"from": str}, total=False)  # "from" cannot be written as an attribute


class Row(_Origin, total=False):
    """One row: plain JSON values, ``id`` alone is required. Do not change a row after handing it over.

    All modes:

    Attributes:
        id: What answers name the row by; unique in the list, shown nowhere.
        title: Its first line.
        mono: The title is a model id: code typeface, a long one keeps its tail.
        line: Its second line: parts joined by dots. In ``pick`` only the first part is drawn; with
            ``mono`` or ``id`` it is the model's id.
        badge: The one badge beside the title (``rail``: only its icon, in place of the count).

    ``manage``:

    Attributes:
        tile: Two letters before the row.
        meta: One or two lines at the right, each a line of its own kind: ``[line, line]``, where a
            line is a `Rich` or a list of parts.
        cells: Text of each of `ItemList.columns`, by the column's key.
        note: Opens under the row.
        actions: Its buttons, at the right.
        tag: A grey word at the right in place of buttons ("Kept").
        state: ``waiting`` and ``stale`` turn the first line of ``meta`` grey.

    ``pick``:

    Attributes:
        from: The provider's name, where the list holds models of several.
        kind: Which chip the row answers to; also its Kind cell.
        new: Answers to the chip New as well, which shows only where some row has it.
        have: Is in the catalog already: a tick in place of the box, cannot be picked.
        cells: ``context`` and ``price``, as text; absent is shown as a dash.
        search: Text that is searched beside title, line and provider (the owner).
        sort: What it is sorted by.

    ``rail``:

    Attributes:
        count: Stands at the right: "402".
    """

    id: str
    title: str
    mono: bool
    line: Sequence[Rich]
    badge: Badge
    tile: str
    meta: Sequence[Rich | Sequence[Rich]]
    cells: Mapping[str, str | Cell]
    note: Note | None
    actions: Sequence[Action]
    tag: str
    state: Literal["", "waiting", "stale"]
    kind: Literal["chat", "embedding", "other"]
    new: bool
    have: bool
    search: str
    sort: SortKeys
    count: str


class Busy(TypedDict, total=False):
    """Shown in place of rows while there are none yet: ``{"text": "Asking openrouter.ai…", "since": t}``."""

    text: str
    since: float
    actions: Sequence[Action]


class Empty(TypedDict, total=False):
    """Shown in place of rows when there are none and none are on their way."""

    title: str
    text: str
    actions: Sequence[Action]


class Pick(TypedDict, total=False):
    """How a ``pick`` list behaves.

    Attributes:
        multiple: Several rows can be picked at once (default True); else one, shown as a radio.
        add: A button adds what is picked; Enter and double click add too (default True).
        kinds: Chips to filter by kind (default True).
        by_hand: The last row takes an id that is not listed (default True).
        by_hand_label: Its button (default "Add by hand").
        owners: Pairs of a provider's id and name: such an id can be any of theirs, so the row asks whose.
        where: Whose models they are, for the sentence that nothing matches: "OpenRouter".
        total: How many there are in all, if the rows are not all of them.
        search_all: Offers to search all providers when nothing matches (default False).
        sort: Which order comes first: ``name`` (default), ``created``, ``context``, ``price``.
        value_name: With ``multiple`` False: the name of the value in code, such as ``picker.value``.
    """

    multiple: bool
    add: bool
    kinds: bool
    by_hand: bool
    by_hand_label: str
    owners: Sequence[Sequence[str]]
    where: str
    total: int
    search_all: bool
    sort: Literal["name", "created", "context", "price"]
    value_name: str
