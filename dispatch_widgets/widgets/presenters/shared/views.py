"""What a page is given to draw: frozen plain data, the same in every window.

Everything below is JSON once it has passed `encode.encode`. Texts are text and never HTML (SEC-6). A key is
in none of them (SEC-2). What is of one window alone (which form is open, what is typed, searched or selected)
is in none of them either.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - the page's types are written from these at run time
from dataclasses import dataclass, field
from typing import Literal

Tab = Literal["providers", "models", "router", "settings"]
Tone = Literal["", "ok", "info", "warn", "error"]
Icon = Literal[
    "", "refresh", "plus", "edit", "trash", "check", "warn", "error", "info", "clock", "search", "offline",
    "file", "copy", "back", "next", "undo", "close", "external", "server", "env", "play",
]  # fmt: skip
Style = Literal["", "primary", "danger", "quiet", "link"]
Kind = Literal["chat", "embedding", "other"]
ArgumentValue = str | int | bool | tuple[str, ...]
ActionArgs = dict[str, ArgumentValue]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text with a look.

    Attributes:
        text: What it says.
        mono: In the code typeface: keys, variables, URLs, commands.
        model_id: A model id: code typeface; a long one loses its middle and keeps its end.
        bold: Stands out.
        wide_only: Left out where the panel is narrow.
        spinner: A spinner stands before the text.
        since: Seconds since 1970; the time passed since then follows the text and ticks.
        until: Seconds since 1970; the time left until then follows the text and ticks.
        href: An http(s) address that opens in a new tab.
    """

    text: str
    mono: bool = False
    model_id: bool = False
    bold: bool = False
    wide_only: bool = False
    spinner: bool = False
    since: float | None = None
    until: float | None = None
    href: str = ""


Words = str | tuple[str | Run, ...]


def plain(words: Words) -> str:
    """Words without their looks."""
    if isinstance(words, str):
        return words
    return "".join(run if isinstance(run, str) else run.text for run in words)


def joined(*parts: Words) -> Words:
    """Words one after the other, with a blank between those that say something."""
    runs: list[str | Run] = []
    for part in parts:
        if part:
            runs += [" "] if runs else []
            runs += [part] if isinstance(part, str) else part
    if all(isinstance(run, str) for run in runs):
        return "".join(run for run in runs if isinstance(run, str))
    return tuple(runs)


@dataclass(frozen=True, slots=True)
class Badge:
    """The one badge of a row."""

    text: str
    tone: Tone = ""
    icon: Icon = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be pressed.

    Attributes:
        name: What it is called in `Presenter.act`; for the other kinds what is opened or gone to.
        label: What it says.
        args: What goes with it: which row it is about, and what the person saw beside it (SEC-8). A page
            sends them back as they are, and what its note's choice and box hold as ``choice`` and ``ticked``.
        kind: ``act`` is sent to the presenter. The others need no kernel, but for fetching the form: ``form``
            opens the form of this name, ``go`` shows the tab of this name, ``copy`` puts ``args["text"]`` on
            the clipboard, ``insert`` puts it into a new cell where the host lets a page do that and is shown
            nowhere else, ``close`` closes the note that it stands in, ``save`` submits the form that it
            stands in, with ``args`` beside the form's own. ``fill`` does that without the key, and ``paste``
            with the pasted text in the key's place.
        icon: Stands before the label.
        style: How it looks.
        icon_only: The label is not shown, but is its name and tooltip.
        off: Why it cannot be pressed now; empty when it can.
        title: What pointing at it says, where that is not its label.
    """

    name: str
    label: str
    args: ActionArgs = field(default_factory=dict)
    kind: Literal["act", "form", "go", "copy", "insert", "close", "save", "fill", "paste"] = "act"
    icon: Icon = ""
    style: Style = ""
    icon_only: bool = False
    off: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One of the values to choose from."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of one of several values; what is chosen goes with an action as ``choice``.

    Attributes:
        label: Its name for screen readers.
        options: What there is to choose.
        shared: The name of further options, which several choices of the tab have (`Section.options`).
        value: What is chosen.
        action: What is done at once when another one is chosen; None where a button does it.
        off: Why nothing can be chosen now; empty when it can.
        invalid: Whether what is chosen cannot be used.
    """

    label: str
    options: tuple[Option, ...]
    shared: str = ""
    value: str = ""
    action: Action | None = None
    off: str = ""
    invalid: bool = False


@dataclass(frozen=True, slots=True)
class CheckBox:
    """A box to tick; its state goes with an action as ``ticked``."""

    label: str
    ticked: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a list: what was tried and whether it worked."""

    text: Words
    ok: bool | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A heading and what stands beside it."""

    name: str
    value: Words


@dataclass(frozen=True, slots=True)
class Note:
    """What happened, in words, and what to do next.

    Attributes:
        tone: Its colour, and its icon unless there is one of its own.
        title: What happened.
        text: What still works, and what mends it. ``{until}`` in it is where the countdown stands.
        actions: Its buttons, the one that mends it first.
        icon: A sign of its own.
        until: Seconds since 1970, of a countdown.
        until_said: What is said aloud when the countdown ends.
        steps: Lines of a list.
        facts: What a question's answer would hit.
        choice: A choice that goes with its actions.
        check: A box that goes with its actions.
        alert: Whether screen readers say it at once.
    """

    tone: Tone
    title: Words
    text: Words = ""
    actions: tuple[Action, ...] = ()
    icon: Icon = ""
    until: float | None = None
    until_said: str = ""
    steps: tuple[Step, ...] = ()
    facts: tuple[Fact, ...] = ()
    choice: Choice | None = None
    check: CheckBox | None = None
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What was done just now, and the way back."""

    words: str
    undo: Action | None = None


@dataclass(frozen=True, slots=True)
class EmptyState:
    """What stands where there is nothing yet, with its next step."""

    title: str
    text: Words
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a column."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a section.

    Attributes:
        id: What it is told apart by in its section; shown nowhere.
        title: Its first line.
        subtitle: What stands below the title; parts that the page joins with dots.
        details: Lines at the right, each of parts that the page joins with dots.
        cells: What stands in the section's columns, by their keys.
        badge: The badge beside its title.
        tile: Two letters before it.
        mono: Whether the title is a model id.
        tag: A grey word at the right.
        waiting: Whether an answer about it is on its way.
        stale: Whether its first detail is old.
        note: What is said under it.
        choice: What is chosen in it.
        done: What was done in it just now.
        actions: Its buttons.
        fixed: Whether it has none of the buttons that all rows of its section have.
        opens: What pressing its title does.
        leads: What pressing its first detail does, or the row beside what is pressed for itself.
    """

    id: str
    title: str
    subtitle: tuple[Words, ...] = ()
    details: tuple[tuple[Words, ...], ...] = ()
    cells: Mapping[str, Cell] = field(default_factory=dict)
    badge: Badge | None = None
    tile: str = ""
    mono: bool = False
    tag: str = ""
    waiting: bool = False
    stale: bool = False
    note: Note | None = None
    choice: Choice | None = None
    done: Done | None = None
    actions: tuple[Action, ...] = ()
    fixed: bool = False
    opens: Action | None = None
    leads: Action | None = None


@dataclass(frozen=True, slots=True)
class Finder:
    """A search over the rows of a section, and the orders that they can have; both are the window's own.

    Names in braces are put in by the page.

    Attributes:
        label: Its name.
        nothing: What stands there when no row matches.
        sorts: The orders that can be chosen. An empty one is that of the rows; in a search, best match first.
            A page sorts by itself by ``title``, by ``line`` (the first of the subtitle) and by the keys of
            columns; ``reversed`` is the other way round.
        orders: The places of the rows in each other order.
        clear: Empties the search.
        found: How many rows match.
        did_you_mean: Searches for what was probably meant, where nothing matches.
        sort: The name of the choice of an order.
        page_rows: How many rows are shown at once.
        page: Which of them are shown; ``page_before`` and ``page_after`` lead to others.
        page_before: See above.
        page_after: See above.
    """

    label: str
    nothing: str
    sorts: tuple[Option, ...]
    orders: Mapping[str, tuple[int, ...]]
    clear: str
    found: str
    did_you_mean: str
    sort: str
    page_rows: int
    page: str
    page_before: str
    page_after: str


@dataclass(frozen=True, slots=True)
class BulkAction:
    """Something that is done with several rows at once.

    Attributes:
        action: What is done. The ids of the rows go with it as ``rows``; ``{count}`` in its label is their
            number.
        rows: The rows that it can be done with; empty for all that are not fixed.
        choice: What has to be chosen for it; goes with it as ``choice``.
    """

    action: Action
    rows: tuple[str, ...] = ()
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """That several rows can be selected, and what is done with them; which ones are is the window's own.

    Attributes:
        actions: What can be done with those that are selected.
        hint: How to select; stands there while none is.
        all: Selects all that are found; their number is ``{count}``.
        selected: How many are selected.
        clear: Selects none.
    """

    actions: tuple[BulkAction, ...]
    hint: str
    all: str
    selected: str
    clear: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a section's rows."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of several have answered."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A line of a text that is shown as it is.

    Attributes:
        text: The line.
        number: Its number in the file; 0 for none.
        mark: ``removed``, ``added``, ``here`` (the mistake is in it), or empty.
        pointer: The column, counted from 0, under which a mark points at the mistake; -1 for none.
    """

    text: str
    number: int = 0
    mark: Literal["", "removed", "added", "here"] = ""
    pointer: int = -1


@dataclass(frozen=True, slots=True)
class Code:
    """Lines to read.

    Attributes:
        title: What it is, for screen readers and above one of two.
        lines: Its lines.
        left_out: How many more lines there are.
    """

    title: str
    lines: tuple[CodeLine, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code for a cell that uses the model of a task with a library.

    Attributes:
        task: The task.
        library: What the library is told apart by.
        name: What the library is called.
        code: The code.
        note: What has to be done before it runs.
    """

    task: str
    library: str
    name: str
    code: str
    note: Words = ""


@dataclass(frozen=True, slots=True)
class Snippets:
    """Code for the next cell; which task and library it is for is chosen in a window.

    Attributes:
        all: One for each task and library; the first one of a task is its default.
        first: The task that is shown until another is chosen, and again when this is another one.
        task: The name of the choice of the task.
        library: The name of the choice of the library.
        actions: What can be done with the code, which goes with them as ``text``.
    """

    all: tuple[Snippet, ...]
    first: str
    task: str
    library: str
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts side by side."""

    before: Code
    after: Code
    open: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a tab with a heading.

    Attributes:
        id: What it is told apart by in its tab.
        title: Its heading.
        fact: What stands beside the heading.
        text: What stands below the heading.
        done: What was done in it just now; stands in place of the fact.
        actions: Its buttons.
        progress: How far what is under way has come.
        notes: What is said above its rows.
        columns: The headings of its rows' cells.
        rows: Its rows.
        finder: The search over its rows; None where they are few.
        selection: What can be done with several of its rows at once.
        options: Options that choices of several rows have together, by a name.
        row_actions: Buttons that every row has. ``{title}`` in a label is the row's title; the row's id goes
            with them as ``row``.
        empty: What stands in place of rows.
        facts: Pairs of a heading and what stands beside it.
        code: Lines to read.
        snippets: Code for the next cell.
        comparison: Two texts side by side.
        foot: What stands below all that.
        name: The name of its rows for screen readers, where its heading is no name.
    """

    id: str
    title: str
    fact: Words = ""
    text: Words = ""
    done: Done | None = None
    actions: tuple[Action, ...] = ()
    progress: Progress | None = None
    notes: tuple[Note, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    finder: Finder | None = None
    selection: Selection | None = None
    options: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    row_actions: tuple[Action, ...] = ()
    empty: EmptyState | None = None
    facts: tuple[Fact, ...] = ()
    code: Code | None = None
    snippets: Snippets | None = None
    comparison: Comparison | None = None
    foot: Words = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What screen readers say when something happened by itself; another number is another sentence."""

    number: int
    words: str


@dataclass(frozen=True, slots=True)
class View:
    """What a tab shows.

    Attributes:
        tab: Which one.
        title: Its title, with what needs attention counted.
        attention: How many things need somebody to look at them.
        notes: What is said above everything.
        empty: What stands there when there is nothing to show yet, or the file cannot be read.
        sections: Its parts.
        spoken: What was said aloud last.
        forms: Another number means that open forms may say something else: they are asked for anew.
    """

    tab: Tab
    title: str
    attention: int = 0
    notes: tuple[Note, ...] = ()
    empty: EmptyState | None = None
    sections: tuple[Section, ...] = ()
    spoken: Spoken | None = None
    forms: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """A line under a field.

    Attributes:
        text: What it says.
        tone: Its colour and sign.
        about: The fields whose values it speaks of: it goes when another value is typed into one of them, as
            nobody knows then what it would say.
    """

    text: Words
    tone: Tone = ""
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form.

    Attributes:
        name: What its value is called in `Presenter.submit`.
        label: What stands above it.
        kind: ``key`` holds a key: its value goes with `Presenter.submit` alone, as ``key``.
        value: What is in it at first; of a key always empty. A box is ``true`` or empty.
        options: What there is to choose.
        other: Whether something else than the options can be typed.
        placeholder: Stands in it while it is empty.
        messages: Lines below it.
        problem: What is wrong with it; empty when nothing is.
        emptied: Whether what is in it is to be dropped: a key that was for another server (SEC-8), or one
            that got into a field where keys do not belong (PM-10).
        mono: In the code typeface.
        beside: Whether it stands beside the one before it where there is room.
        follows: Whether the form is asked for anew, with what is chosen in it, when another value of this
            choice or box is chosen: what is in other fields or below them depends on it. Nothing that is
            typed is sent before the form is submitted (SEC-2).
    """

    name: str
    label: str
    kind: Literal["text", "choice", "radio", "check", "key"] = "text"
    value: str = ""
    options: tuple[Option, ...] = ()
    other: bool = False
    placeholder: str = ""
    messages: tuple[Message, ...] = ()
    problem: str = ""
    emptied: bool = False
    mono: bool = False
    beside: bool = False
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A form that takes the place of a tab's sections.

    Attributes:
        name: What it is called in `Presenter.form` and `Presenter.submit`.
        title: Its heading.
        args: What goes with it: which row it is about, and what the person saw (SEC-8).
        fields: Its fields.
        save: The name of the button that submits it.
        back: Where the way back leads.
        test: Tries what is in the fields, without saving it; its result is said in the form.
        paste: Reads a pasted text, which fills the fields.
        foot: What stands beside the buttons.
        note: What is said above the buttons.
        revision: The number of the version that it was filled from; see `Header.revision`.
        seen: When that version was saved, as ``13:22``.
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    save: str
    back: str
    args: ActionArgs = field(default_factory=dict)
    test: Action | None = None
    paste: Action | None = None
    foot: str = ""
    note: Note | None = None
    revision: int = 0
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Focus:
    """Where the focus goes: the first of these that is named and there."""

    section: str = ""
    row: str = ""
    action: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """A form to open, or a tab to show, as the answer to a press.

    Attributes:
        form: The form's name; empty for none.
        tab: The tab's name; empty for this one.
        args: Of the form, or where to look in the tab.
    """

    form: str = ""
    tab: Tab | Literal[""] = ""
    args: ActionArgs = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileOnDisk:
    """Where the settings file is, so that a page can find it on its own server and open it there.

    Attributes:
        path: The whole path.
        home: The home folder.
        size_bytes: How big it is: a file of another size is another file.
    """

    path: str
    home: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class TextRange:
    """A part of a text that a page holds, in UTF-16 units."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a press or of a form; only the window that sent it gets it.

    Attributes:
        ok: Whether it was done, and of a form, whether it can be left. What went wrong with a press stands in
            the view, with a form in ``note``.
        say: What is said aloud.
        focus: Where the focus goes, if the person has done nothing else since (SEC-9).
        question: Asked where it was pressed. The window shows it until it is answered or the action that
            asked is not offered any more; nothing is done before.
        open: What to show next.
        copy: A text for the clipboard.
        file: Where the file is; only ever in an answer, so that the whole path is in no saved state.
        problems: What is wrong with the fields, by their names.
        note: What is said above the form's buttons.
        form: The form anew, where the file says something else than it did; typed values stay.
        clear: Fields to empty: a key got into them, or the key in them was for another server. Of a list of
            models: what was done with and is picked, typed or ticked no more. ``rows``: selected rows.
        added: Rows that were added: they are brought into view, and marked until the next answer.
        key_for: What the key was submitted for. Goes with the next submission as ``key_for`` while nobody has
            touched the key's field (SEC-8).
        refill: Whether the values of ``form`` take the place of what is typed in its fields, but for a key.
        pasted_key: Where the key stands in the pasted text, which the page holds: a key is in no answer.
    """

    ok: bool = True
    say: str = ""
    focus: Focus | None = None
    question: Note | None = None
    open: Opening | None = None
    copy: str = ""
    file: FileOnDisk | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    note: Note | None = None
    form: Form | None = None
    clear: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    key_for: str = ""
    refill: bool = False
    pasted_key: TextRange | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """Which file is shown, and what stands over all tabs. A panel that stands alone has not the file's facts.

    Attributes:
        file: The file's name.
        folder: Its folder, the home folder as ``~``.
        why: Why this one.
        saved: Who saved it last, and when.
        copy_path: Puts the whole path on the clipboard: asked for, so that the path itself is in no view.
        bar: What stands under the header.
        revision: Counts the changes by other programs: an open form of an earlier revision was filled from
            what is not in the file any more.
        changed_at: When the last of these changes was seen, as ``13:24``.
        changed_outside: What the bar says over such a form. ``{seen}`` in it is the form's own ``seen``; the
            sentence with it is left out where both read the same.
        titles: The tabs' titles.
        keys: What the keyboard does, key by key.
        keys_name: What opens and closes that.
    """

    file: str = ""
    folder: str = ""
    why: str = ""
    saved: str = ""
    copy_path: Action | None = None
    bar: Note | None = None
    revision: int = 0
    changed_at: str = ""
    changed_outside: Note | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    keys: tuple[Fact, ...] = ()
    keys_name: str = ""
