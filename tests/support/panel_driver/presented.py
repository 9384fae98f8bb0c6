"""A person at a panel that has a presenter, without a page: reads its view, sends what a page would."""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from dispatch_widgets.widgets.presenters.shared.encode import encode
from dispatch_widgets.widgets.presenters.shared.views import (
    Action,
    Choice,
    EmptyState,
    Note,
    Row,
    Run,
    Section,
    plain,
)

from .shown import Button, Field, Group, Shown, Words
from .wire import say_from_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dispatch_widgets.widgets.page_panel import PagePanel
    from dispatch_widgets.widgets.presenters.shared.views import Words as Said

_ids = count(1)


def look(panel: PagePanel, copy: Callable[[str], None]) -> Iterator[Shown]:
    """What a panel shows, in order.

    Args:
        panel: The panel.
        copy: Puts a text on the clipboard.
    """
    yield from _View(panel, copy).parts()


def focused(panel: PagePanel, focus: Mapping[str, str]) -> str:
    """The name of what an answer moves the focus to; empty if that is not there."""
    rows = [row for section in panel.presenter.view().sections for row in section.rows]
    for row in rows:
        if row.id == focus.get("row"):
            offered = [*row.actions, *(row.note.actions if row.note else ())]
            if row.choice is not None and row.choice.action is not None:
                offered.append(row.choice.action)
            return next((each.label for each in offered if each.name == focus.get("action")), "")
    return ""


class _View:
    def __init__(self, panel: PagePanel, copy: Callable[[str], None]) -> None:
        self._panel, self._copy = panel, copy

    def parts(self) -> Iterator[Shown]:
        view = self._panel.presenter.view()
        for note in view.notes:
            yield from self._note(note)
        if view.empty is not None:
            yield from self._empty(view.empty)
        for section in view.sections:
            yield from self._section(section)

    def _section(self, section: Section) -> Iterator[Shown]:
        yield Words(section.title, "heading")
        yield Words(plain(section.fact))
        for row in section.rows:
            yield Group(tuple(self._row(row, section)))
        if section.code is not None:
            yield Words("\n".join(line.text for line in section.code.lines))
            if section.code.copy is not None:
                yield self._button(section.code.copy)

    def _row(self, row: Row, section: Section) -> Iterator[Shown]:
        yield Words(row.title, "title")
        yield from (Words(_text(part), "line") for part in row.subtitle)
        if row.choice is not None:
            yield self._choice(row.choice, section)
        for action in row.actions:
            yield self._button(action)
        for line in row.details if row.done is None else ():
            yield Words(" · ".join(_text(part) for part in line), "meta")
        if row.done is not None:
            yield Words(row.done.words)
            if row.done.undo is not None:
                yield self._button(row.done.undo)
        if row.note is not None:
            yield from self._note(row.note)

    def _choice(self, choice: Choice, section: Section) -> Field:
        options = [*choice.options, *section.options.get(choice.shared, ())]
        labels = [option.label for option in options]
        chosen = next(option.label for option in options if option.value == choice.value)

        def choose(label: str) -> None:
            assert choice.action is not None
            self._send(choice.action, choice=options[labels.index(label)].value)

        return Field(choice.label, chosen, choose, labels, enabled=not choice.off, marked=choice.invalid)

    def _note(self, note: Note) -> Iterator[Shown]:
        yield Words(f"{plain(note.title)} {plain(note.text)}".strip(), tone=note.tone)
        for action in note.actions:
            yield self._button(action, in_note=True)

    def _empty(self, empty: EmptyState) -> Iterator[Shown]:
        yield Words(empty.title, "heading")
        yield Words(plain(empty.text))
        for action in empty.actions:
            yield self._button(action)

    def _button(self, action: Action, *, in_note: bool = False) -> Button:
        press = partial(self._send, action)
        return Button(action.label, press, not action.off, action.off or action.title, in_note)

    def _send(self, action: Action, **more: object) -> None:
        message: dict[str, Any] = {"id": f"driver-{next(_ids)}", "args": encode({**action.args, **more})}
        match action.kind:
            case "copy":
                self._copy(str(action.args["text"]))
            case "go":
                say_from_page(self._panel, {**message, "kind": "go", "tab": action.name})
            case _:
                say_from_page(self._panel, {**message, "kind": "act", "name": action.name})


def _text(part: Said | Run) -> str:
    return part.text if isinstance(part, Run) else plain(part)
