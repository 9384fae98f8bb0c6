"""A person at a panel that has a presenter, without a page: reads its view, sends what a page would."""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from dispatch_widgets.widgets.presenters.shared.encode import encode

from .shown import Button, Field, Group, List, Row, Shown, Words
from .wire import say_from_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from dispatch_widgets.widgets.page_panel import PagePanel

    from .shown import Place

    Json = Mapping[str, Any]
    Send = Callable[[PagePanel, Json], Json]

_ids = count(1)


class Window:
    """What one page keeps of a panel: the questions that wait for an answer.

    Args:
        panel: The panel.
        send: Sends a message and gives back its reply.
        copy: Puts a text on the clipboard.
    """

    def __init__(self, panel: PagePanel, send: Send, copy: Callable[[str], None]) -> None:
        self._panel, self._send, self._copy = panel, send, copy
        self._questions: dict[str, Json] = {}

    def parts(self) -> Iterator[Shown]:
        """What the panel shows, in order."""
        view = encode(self._panel.presenter.view())
        for note in view.get("notes", ()):
            yield from self._note(note)
        if empty := view.get("empty"):
            yield from self._empty(empty)
        for section in view.get("sections", ()):
            yield from self._section(section)

    def focused(self, focus: Json) -> str:
        """The name of what an answer moves the focus to; empty if that is not there."""
        view = encode(self._panel.presenter.view())
        wanted = focus.get("action")
        places: list[Json] = [{"notes": view.get("notes", ())}]
        for section in view.get("sections", ()):
            rows = section.get("rows", ())
            if focus.get("row"):
                places += [row for row in rows if row["id"] == focus["row"]]
            elif focus.get("section") in {None, section["id"]}:
                places.append(section)
        for place in places:
            notes = [*place.get("notes", ()), place.get("note", {}), *self._asked(place.get("actions", ()))]
            offered = [
                *place.get("actions", ()),
                *(each for note in notes for each in note.get("actions", ())),
            ]
            offered += [place.get("choice", {}).get("action"), place.get("done", {}).get("undo")]
            for action in filter(None, offered):
                if action["name"] == wanted:
                    return str(action["label"])
        return ""

    # -- the parts of a view -----------------------------------------------------------------------

    def _section(self, section: Json) -> Iterator[Shown]:
        yield Words(section["title"], "heading")
        if "done" in section:
            yield from self._done(section["done"])
        else:
            yield Words(plain(section.get("fact", "")))
        yield from self._buttons(section.get("actions", ()))
        yield Words(plain(section.get("text", "")))
        for note in (*section.get("notes", ()), *self._asked(section.get("actions", ()))):
            yield from self._note(note)
        rows = section.get("rows", ())
        yield from (Group(tuple(self._choice_row(row, section))) for row in rows if "choice" in row)
        if plain_rows := [row for row in rows if "choice" not in row]:
            yield List(section["title"], [self._row(row) for row in plain_rows])
        if empty := section.get("empty"):
            yield from self._empty(empty)
        for fact in section.get("facts", ()):
            yield from (Words(fact["name"]), Words(plain(fact["value"])))
        comparison = section.get("comparison", {})
        for code in filter(None, (section.get("code"), comparison.get("before"), comparison.get("after"))):
            yield Words("\n".join(line["text"] for line in code["lines"]))
            yield from self._buttons([code["copy"]] if "copy" in code else ())
        yield Words(plain(section.get("foot", "")))

    def _choice_row(self, row: Json, section: Json) -> Iterator[Shown]:
        yield Words(row["title"], "title")
        yield from (Words(plain(part), "line") for part in row.get("subtitle", ()))
        yield self._choice(row["choice"], section.get("options", {}))
        yield from self._buttons(row.get("actions", ()))
        if "done" in row:
            yield from self._done(row["done"])
        else:
            yield from (Words(_line(parts), "meta") for parts in row.get("details", ()))
        if "note" in row:
            yield from self._note(row["note"])

    def _row(self, row: Json) -> Row:
        parts: list[Shown] = [Words(row["title"], "title")]
        parts += [Words(plain(part), "line") for part in row.get("subtitle", ())]
        parts += [Words(_line(line), "meta") for line in row.get("details", ())]
        parts += [Words(row["tag"], "tag")] if "tag" in row else []
        parts += self._buttons(row.get("actions", ()))
        for note in (*([row["note"]] if "note" in row else ()), *self._asked(row.get("actions", ()))):
            parts += self._note(note, "note")
        return Row(row["title"], parts)

    def _choice(self, choice: Json, shared: Json) -> Field:
        options = [*choice.get("options", ()), *shared.get(choice.get("shared", ""), ())]
        labels = [option["label"] for option in options]
        chosen = next(option["label"] for option in options if option["value"] == choice.get("value", ""))

        def choose(label: str) -> None:
            self._press(choice["action"], choice=options[labels.index(label)]["value"])

        enabled = not choice.get("off")
        return Field(
            choice["label"], chosen, choose, labels, enabled=enabled, marked=choice.get("invalid", False)
        )

    def _note(self, note: Json, place: Place = "") -> Iterator[Shown]:
        title, text = plain(note["title"]), plain(note.get("text", ""))
        lines = [title, text] if place else [f"{title} {text}".strip()]
        yield from (Words(line, place, note["tone"]) for line in lines if line)
        yield from self._buttons(note.get("actions", ()), in_note=True, asked=note.get("asked", ""))

    def _done(self, done: Json) -> Iterator[Shown]:
        yield Words(done["words"])
        yield from self._buttons([done["undo"]] if "undo" in done else ())

    def _empty(self, empty: Json) -> Iterator[Shown]:
        yield Words(empty["title"], "heading")
        yield Words(plain(empty["text"]))
        yield from self._buttons(empty.get("actions", ()))

    # -- what is pressed ---------------------------------------------------------------------------

    def _asked(self, actions: Iterable[Json]) -> Iterator[Json]:
        """The questions of actions that are offered."""
        for action in actions:
            if question := self._questions.get(_key(action)):
                yield {**question, "asked": _key(action)}

    def _buttons(
        self, actions: Iterable[Json], *, in_note: bool = False, asked: str = ""
    ) -> Iterator[Button]:
        for action in actions:
            off = action.get("off", "")
            press = partial(self._press, action, asked)
            yield Button(action["label"], press, not off, off or action.get("title", ""), in_note)

    def _press(self, action: Json, asked: str = "", **more: object) -> None:
        message: dict[str, Any] = {"id": f"driver-{next(_ids)}", "args": {**action.get("args", {}), **more}}
        match action.get("kind"):
            case "copy":
                self._copy(str(action["args"]["text"]))
            case "close":
                self._questions.pop(asked, None)
            case "go":
                say_from_page(self._panel, {**message, "kind": "go", "tab": action["name"]})
            case _:
                answer = self._send(self._panel, {**message, "kind": "act", "name": action["name"]})["answer"]
                for answered in (asked, _key(action)):
                    self._questions.pop(answered, None)
                if "question" in answer:
                    self._questions[_key(action)] = answer["question"]
                if "copy" in answer:
                    self._copy(answer["copy"])


def _key(action: Json) -> str:
    return f"{action['name']} {action.get('args', {}).get('row', '')}"


def plain(words: Any) -> str:
    """Words without their looks."""
    if isinstance(words, str):
        return words
    if isinstance(words, dict):
        return str(words["text"])
    return "".join(plain(run) for run in words)


def _line(parts: Iterable[Any]) -> str:
    return " · ".join(plain(part) for part in parts)
