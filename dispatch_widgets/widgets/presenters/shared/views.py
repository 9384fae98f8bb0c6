"""The data that a page draws: frozen dataclasses, the same in every window.

`encode.encode` turns everything below into JSON. Texts are plain text and never HTML (SEC-6). No view holds a
key (SEC-2), nor anything that belongs to one window alone (the open form, what is typed, searched for or
selected).
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - write_types.py evaluates the annotations at run time
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
    """A piece of formatted text.

    Attributes:
        text: The text itself.
        mono: True for the code typeface: keys, variables, URLs, commands.
        model_id: True for a model id: code typeface, and a long one is shortened in the middle, not at its
            end.
        bold: True for bold text.
        wide_only: True if it is left out where the panel is narrow.
        spinner: True if a spinner precedes the text.
        since: Seconds since 1970; the time elapsed since then follows the text and ticks.
        until: Seconds since 1970; the time left until then follows the text and ticks.
        href: An http(s) address, opened in a new tab.
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
    """The text of words without their formatting."""
    if isinstance(words, str):
        return words
    return "".join(run if isinstance(run, str) else run.text for run in words)


def joined(*parts: Words) -> Words:
    """Words joined by spaces; empty ones are skipped."""
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
    """The badge of a row, which has one at most."""

    text: str
    tone: Tone = ""
    icon: Icon = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A button or link.

    Attributes:
        name: The action's name in `Presenter.act`; for other kinds the form or tab that it opens.
        label: The button's text.
        args: Its arguments: the row that it acts on, and what the person saw beside it (SEC-8). A page sends
            them back unchanged, and adds the state of its note's choice and checkbox as ``choice`` and
            ``ticked``.
        kind: ``act`` is sent to the presenter. The others are handled by the page, which asks the kernel only
            for forms: ``form`` opens the form of this name, ``go`` shows the tab of this name, ``copy`` puts
            ``args["text"]`` on the clipboard, ``insert`` puts it into a new cell and is shown only where the
            host allows that, ``close`` closes the note that the action is in, ``save`` submits the form that
            it is in, with ``args`` added to the form's own. ``fill`` submits it without the key, and
            ``paste`` with the pasted text in place of the key.
        icon: The icon before the label.
        style: The look of the button.
        icon_only: True if the label is only the accessible name and tooltip.
        off: The reason why it is disabled; empty if it is enabled.
        title: The tooltip, where it is not the label.
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
    """An option of a choice."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A dropdown; its value is sent with an action as ``choice``.

    Attributes:
        label: The accessible name.
        options: The options of this choice alone.
        shared: The key in `Section.options` of further options, which several choices of the tab share.
        value: The selected option's value.
        action: Sent at once when another option is selected; None where a button sends the choice.
        off: The reason why it is disabled; empty if it is enabled.
        invalid: True if the selected option cannot be used.
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
    """A checkbox; its state is sent with an action as ``ticked``."""

    label: str
    ticked: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a list of steps; ``ok`` says whether it worked, and is None where neither applies."""

    text: Words
    ok: bool | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A heading and the value beside it."""

    name: str
    value: Words


@dataclass(frozen=True, slots=True)
class Note:
    """A message about what happened and what to do next.

    Attributes:
        tone: The colour, and the icon unless ``icon`` is set.
        title: What happened.
        text: What still works, and how to fix it. ``{until}`` in it is replaced by the countdown.
        actions: The buttons, the best fix first.
        icon: An icon in place of the tone's; empty for that one.
        until: The end of a countdown, in seconds since 1970; None for no countdown.
        until_said: Announced to screen readers when the countdown ends.
        steps: A list of lines, such as those of a diagnosis.
        facts: For a question: what the action would affect.
        choice: A dropdown whose value is sent with the actions.
        check: A checkbox whose state is sent with the actions.
        alert: True if screen readers announce it at once.
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
    """The result of the last action, with its Undo."""

    words: str
    undo: Action | None = None


@dataclass(frozen=True, slots=True)
class EmptyState:
    """Shown where there is no content yet, with the next step to take."""

    title: str
    text: Words
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """The text in a column of a row."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a section.

    Attributes:
        id: Identifies the row in its section; never shown.
        title: The first line.
        subtitle: The line below the title; the page joins its parts with dots.
        details: Lines at the right; the page joins the parts of each with dots.
        cells: The row's cells, by the keys of the section's columns.
        badge: The badge beside the title.
        tile: Two letters in a tile before the title; empty for no tile.
        mono: True if the title is a model id.
        tag: A grey word at the right.
        waiting: True while a request about it is in flight.
        stale: True if its first detail is out of date.
        note: A message below the row.
        choice: A dropdown in the row.
        done: The result of the last action in the row.
        actions: Its own buttons.
        fixed: True if it cannot be selected and has none of the buttons in `Section.row_actions`.
        opens: The action of a press on the title.
        leads: The action of a press on the first detail, or anywhere in the row that is no control.
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
    """The search over the rows of a section, and the orders to sort them by; each window has its own of both.

    The page replaces the names in braces.

    Attributes:
        label: The accessible name and placeholder of the search field.
        nothing: Shown when no row matches.
        sorts: The orders to choose from. The empty value is the order of the rows; in a search, best match
            first. The page itself sorts by ``title``, by ``line`` (the first part of the subtitle) and by the
            keys of columns; ``reversed`` is the order of the rows backwards.
        orders: The row indices in each order that the page cannot work out itself, by the order's value.
        clear: The label of the button that empties the search.
        found: The number of matching rows.
        did_you_mean: The label of a button that searches for a similar name, where nothing matches.
        sort: The accessible name of the choice of an order.
        page_rows: The number of rows on a page.
        page: Which rows are on the page that is shown.
        page_before: The label of the button to the previous page.
        page_after: The label of the button to the next page.
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
    """An action on several rows at once.

    Attributes:
        action: The action. The ids of the rows are sent as ``rows``; ``{count}`` in its label is their
            number.
        rows: Ids of the rows that it applies to; empty for all that are not fixed.
        choice: A dropdown beside the button; its value is sent as ``choice``.
    """

    action: Action
    rows: tuple[str, ...] = ()
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Lets people select several rows, and act on them. Each window has its own selection.

    Attributes:
        actions: The actions on the selected rows.
        hint: How to select; shown while no row is selected.
        all: The label of the button that selects all rows found; their number is ``{count}``.
        selected: The number of selected rows.
        clear: The label of the button that clears the selection.
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
    """How many of several requests have been answered."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A line of a text that is shown verbatim.

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
    """A text that is shown verbatim.

    Attributes:
        title: The accessible name; also the heading where two texts are compared.
        lines: The lines.
        left_out: The number of further lines that are not shown.
    """

    title: str
    lines: tuple[CodeLine, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code for a cell that uses the model of a task with a library.

    Attributes:
        task: The task.
        library: The library's key.
        name: The library's name.
        code: The code.
        note: What to do before it runs, such as installing the library.
    """

    task: str
    library: str
    name: str
    code: str
    note: Words = ""


@dataclass(frozen=True, slots=True)
class Snippets:
    """Code for the next cell; each window has its own choice of task and library.

    Attributes:
        all: One snippet for each task and library; the first of a task is its default.
        first: The task that is shown until another is selected, and again whenever this value changes.
        task: The accessible name of the choice of a task.
        library: The accessible name of the choice of a library.
        actions: The buttons below the code, which is sent with them as ``text``.
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
        id: Identifies the section in its tab.
        title: The heading.
        fact: A short text beside the heading.
        text: A paragraph below the heading.
        done: The result of the last action in the section; shown in place of ``fact``.
        actions: The buttons beside the heading.
        progress: The progress of requests in flight; None if there is none.
        notes: Messages above the rows.
        columns: The columns of the rows' cells.
        rows: The rows.
        finder: The search over the rows; None where they are few.
        selection: The selection of several rows; None where rows cannot be selected.
        options: Options that choices of several rows share, by the key in `Choice.shared`.
        row_actions: Buttons that every row has. ``{title}`` in a label is the row's title; the row's id is
            sent with them as ``row``.
        empty: Shown in place of rows.
        facts: Pairs of a heading and a value.
        code: A text that is shown verbatim.
        snippets: Code for the next cell.
        comparison: Two texts side by side.
        foot: A paragraph at the end of the section.
        name: The accessible name of the rows, where the title does not serve as one.
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
    """An announcement to screen readers; a new number marks a new one, even with the same words."""

    number: int
    words: str


@dataclass(frozen=True, slots=True)
class View:
    """The content of a tab.

    Attributes:
        tab: The tab.
        title: The tab's title, with the number of things that need attention.
        attention: The number of things that need attention.
        notes: Messages at the top.
        empty: Shown when there is nothing to show yet, or the file cannot be read.
        sections: The sections.
        spoken: The last announcement to screen readers.
        forms: Changes when open forms may have new content: the page then requests them again.
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
        text: The text.
        tone: The colour and icon.
        about: The fields that it is about: it disappears when one of their values is edited, as it may not
            hold for the new one.
    """

    text: Words
    tone: Tone = ""
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form.

    Attributes:
        name: The key of its value in `Presenter.submit`.
        label: The label above it.
        kind: The kind of control. ``key`` holds a key: its value is sent with `Presenter.submit` alone, as
            ``key``.
        value: The initial value; always empty for a key. That of a checkbox is ``true`` or empty.
        options: The options of a choice or radio group.
        other: True if values other than the options can be typed.
        placeholder: Shown in the field while it is empty.
        messages: Lines below it.
        problem: What is wrong with its value; empty if nothing is.
        emptied: True if the page has to discard the value: a key for another server (SEC-8), or one in a
            field where keys do not belong (PM-10).
        mono: True for the code typeface.
        beside: True if it is placed beside the previous field where there is room.
        follows: True if the page requests the form again when this choice or checkbox changes, because other
            fields or their messages depend on it. Typed text is sent only when the form is submitted (SEC-2).
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
    """A form, shown in place of a tab's sections.

    Attributes:
        name: The form's name in `Presenter.form` and `Presenter.submit`.
        title: The heading.
        args: Its arguments: the row that is edited, and what the person saw (SEC-8).
        fields: The fields.
        save: The label of the button that submits it.
        back: The title of the tab that its Back button returns to.
        test: Tests the values without saving them; the result is shown in the form.
        paste: Parses a pasted text and fills the fields from it.
        foot: A short text beside the buttons.
        note: A message above the buttons.
        revision: The revision of the file that it was filled from; see `Header.revision`.
        seen: When that revision was saved, as ``13:22``.
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
    """Where the focus moves: to the first of these that is named and present."""

    section: str = ""
    row: str = ""
    action: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """A form to open or a tab to show in response to an action.

    Attributes:
        form: The form's name; empty for none.
        tab: The tab's name; empty for the current one.
        args: The form's arguments, or where to look in the tab.
    """

    form: str = ""
    tab: Tab | Literal[""] = ""
    args: ActionArgs = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileOnDisk:
    """The location of the settings file, so that a page can find it on its own server and open it there.

    Attributes:
        path: The absolute path.
        home: The home folder.
        size_bytes: The size in bytes; a file of another size on the server is not the same file.
    """

    path: str
    home: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class TextRange:
    """A range of a text that a page holds, in UTF-16 code units."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The response to an action or a submitted form; only the window that sent it gets it.

    Attributes:
        ok: True if it was done; for a form, True if it can be closed. Errors of an action are shown in the
            view, those of a form in ``note``.
        say: Announced to screen readers.
        focus: Where the focus moves, unless the person has done something else meanwhile (SEC-9).
        question: Asked where the action was pressed. The window shows it until it is answered or the action
            that asked is no longer offered; nothing is done before that.
        open: The form or tab to show next.
        copy: A text for the clipboard.
        file: The location of the file; only ever in a response, so that the full path is in no saved state.
        problems: What is wrong with the fields, by field name.
        note: A message above the form's buttons.
        form: The form again, where the file has changed since it was filled; typed values stay.
        clear: Names of fields to empty: a key was typed into them, or the key in them was for another server.
            In a list of models: what was used and is deselected, emptied or unticked. ``rows``: the selected
            rows.
        added: Ids of rows that were added: they are scrolled into view, and marked until the next response.
        key_for: The server that the key was submitted for. Sent with the next submission as ``key_for`` while
            the key's field is not edited (SEC-8).
        refill: True if the values of ``form`` replace what is typed in its fields, except a key.
        pasted_key: The range of the key in the pasted text, which the page holds: no response contains a key.
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
    """The header above all tabs. A panel with a single tab has no facts about the file in it.

    Attributes:
        file: The file's name.
        folder: Its folder, with the home folder as ``~``.
        why: Why this file is used.
        saved: Who saved it last, and when.
        copy_path: Copies the full path; an action, so that the path itself is in no view.
        bar: A message below the header.
        revision: Counts the changes by other programs; a form of an earlier revision was filled from values
            that may no longer be in the file.
        changed_at: When the last of these changes was saved, as ``13:24``.
        changed_outside: The message over such a form. ``{seen}`` in it is the form's own ``seen``; the page
            leaves out the sentence with it where that equals ``changed_at``.
        titles: The titles of the tabs.
        keys: The keyboard shortcuts, each with what it does.
        keys_name: The label of the button that shows and hides them.
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
