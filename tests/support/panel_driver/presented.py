"""A person at a panel that has a presenter, without a page: reads its view, sends what a page would."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from dispatch_widgets.widgets.presenters.shared.encode import encode

from .presented_forms import Forms, plain
from .presented_lists import Lists, Parts
from .shown import Button, Field, Group, List, Row, Shown, Words
from .words import SEARCH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from dispatch_widgets.widgets.page_panel import PagePanel

    from .shown import Place

    Json = Mapping[str, Any]
    Send = Callable[[PagePanel, Json], Json]

_ids = count(1)


def next_id() -> str:
    """An id for a message."""
    return f"driver-{next(_ids)}"


class Window(Parts):
    """What one page keeps of a tab: questions, what is chosen in notes, an open form, its lists of models.

    Args:
        panel: The panel.
        tab: The tab.
        send: Sends a message and gives back its reply.
        copy: Puts a text on the clipboard.
        is_late: Whether the kernel answers later.
        move_focus: Called with the name of what gets the focus without the kernel.
        go: Opens another tab.
    """

    def __init__(
        self,
        panel: PagePanel,
        tab: str,
        send: Send,
        *,
        copy: Callable[[str], None],
        is_late: Callable[[], bool],
        move_focus: Callable[[str], None],
        go: Callable[[str, Json], None],
    ) -> None:
        self._panel, self._send, self._copy = panel, send, copy
        self._tab, self._go, self._move_focus = tab, go, move_focus
        self._questions: dict[str, Json] = {}
        self._held: defaultdict[str, dict[str, object]] = defaultdict(dict)
        self._snippet: dict[str, str] = {}
        self.forms = Forms(self._ask, is_late, move_focus, self._follow)
        self.lists = Lists(self, self._ask)

    @property
    def _view(self) -> Json:
        view: Json = encode(getattr(self._panel, self._tab).view())
        return view

    def look(self, args: Json) -> None:
        """Look for what something leads to: a form, a list of models, or a row."""
        rest = {name: value for name, value in args.items() if name != "form"}
        if "form" in args:
            self.open_form(args["form"], rest)
            return
        if self._tab == "models":
            self.lists.look(args)
            self._move_focus(self.looked_at(args))
        else:
            self._move_focus(self.focused(args))

    def parts(self) -> Iterator[Shown]:
        """What the tab shows, in order."""
        view = self._view
        self.forms.keep_in_step(view.get("forms", 0))
        if self.forms.current is not None:
            yield from self.forms.parts(self.forms.current)
            return
        for note in view.get("notes", ()):
            for each in (note, *self._asked(note.get("actions", ()))):
                yield from self._note(each)
        if empty := view.get("empty"):
            yield from self._empty(empty)
        if "pick" in view:
            yield from self.lists.picker(view)
        for section in view.get("sections", ()):
            if "add" in view and section["id"] == "add":
                yield from self.lists.adding(view, section)
            else:
                yield from self._section(section)

    def focused(self, focus: Json) -> str:
        """The name of what an answer moves the focus to; empty if that is not there."""
        if in_form := self.forms.focused(focus):
            return in_form
        view = self._view
        wanted = focus.get("action")
        places: list[Json] = [{"notes": view.get("notes", ())}]
        if "pick" in view:
            places.append({"actions": [view[name] for name in ("use",) if name in view], **view})
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
                if action["name"] == wanted or (wanted is None and "off" not in action):
                    return str(action["label"])
        return ""

    def looked_at(self, args: Json) -> str:
        """The name of what gets the focus where something leads to a list, or to an entry of the catalog."""
        if "row" not in args:
            return SEARCH
        rows = [row for section in self._view["sections"] for row in section.get("rows", ())]
        row = next(row for row in rows if row["id"] == args["row"])
        return str(row.get("note", {}).get("choice", {}).get("label") or row["title"])

    # -- for the lists -----------------------------------------------------------------------------

    def note(self, note: Json) -> Iterator[Shown]:
        yield from self._note(note)

    def empty(self, empty: Json) -> Iterator[Shown]:
        yield from self._empty(empty)

    def buttons(self, actions: Iterable[Json]) -> Iterator[Button]:
        yield from self._buttons(actions)

    def done(self, done: Json) -> Iterator[Shown]:
        yield from self._done(done)

    def press(self, action: Json, **more: object) -> None:
        self._press(action, held=more)

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
            rows_of = section.get("name", section["title"])
            yield List(rows_of, [self._row(row, section) for row in plain_rows])
        if empty := section.get("empty"):
            yield from self._empty(empty)
        for fact in section.get("facts", ()):
            yield from (Words(fact["name"]), Words(plain(fact["value"])))
        comparison = section.get("comparison", {})
        for code in filter(None, (section.get("code"), comparison.get("before"), comparison.get("after"))):
            yield Words("\n".join(line["text"] for line in code["lines"]))
        if snippets := section.get("snippets"):
            yield from self._snippets(snippets)
        yield Words(plain(section.get("foot", "")))

    def _snippets(self, snippets: Json) -> Iterator[Shown]:
        """The code that is chosen in this window, as long as no other task is to be shown."""
        found = snippets["all"]
        if self._snippet.get("first") != snippets["first"]:
            self._snippet = {"first": snippets["first"], "task": snippets["first"], "library": ""}
        tasks = list(dict.fromkeys(each["task"] for each in found))
        task = self._snippet["task"] if self._snippet["task"] in tasks else snippets["first"]
        of_task = [each for each in found if each["task"] == task]
        chosen = next((each for each in of_task if each["library"] == self._snippet["library"]), of_task[0])
        keys = {each["name"]: each["library"] for each in of_task}
        yield Field(snippets["task"], task, lambda name: self._snippet.update(task=name), tasks)
        yield Field(
            snippets["library"],
            chosen["name"],
            lambda name: self._snippet.update(library=keys[name]),
            list(keys),
        )
        yield Words(plain(chosen.get("note", "")))
        yield Words(chosen["code"])
        copies = [action for action in snippets["actions"] if action["kind"] == "copy"]  # no host, no cells
        yield from self._buttons({**action, "args": {"text": chosen["code"]}} for action in copies)

    def _choice_row(self, row: Json, section: Json) -> Iterator[Shown]:
        yield Words(row["title"], "title")
        yield from (Words(plain(part), "line") for part in row.get("subtitle", ()))
        yield self._choice(row["choice"])
        yield from self._buttons(row.get("actions", ()))
        if "done" in row:
            yield from self._done(row["done"])
        else:
            yield from (Words(_line(parts), "meta") for parts in row.get("details", ()))
        if "note" in row:
            yield from self._note(row["note"])

    def _row(self, row: Json, section: Json) -> Row:
        actions = [*row.get("actions", ()), *(() if row.get("fixed") else _shared_actions(row, section))]
        parts: list[Shown] = [Words(row["title"], "title")]
        parts += [Words(plain(part), "line") for part in row.get("subtitle", ())]
        if badge := row.get("badge"):
            parts.append(Words(badge["text"], "badge", badge.get("tone", "")))
        parts += [Words(_line(line), "meta") for line in row.get("details", ())]
        parts += [Words(cell["text"], "cell") for cell in row.get("cells", {}).values() if cell.get("text")]
        parts += [Words(row["tag"], "tag")] if "tag" in row else []
        parts += [Words("stale", "stale")] if row.get("stale") else []
        parts += self._done(row["done"]) if "done" in row else []
        parts += self._buttons(actions)
        note = row.get("note", {})
        asked = list(self._asked([*actions, *note.get("actions", ())]))
        for each in asked or ([note] if note else []):
            parts += self._note(each, "note")
        ids = [run["text"] for part in row.get("subtitle", ()) for run in _runs(part) if run.get("model_id")]
        return Row(row["title"], parts, ids[0] if ids else row["title"] if row.get("mono") else "")

    def _options(self, choice: Json) -> list[Json]:
        """What there is to choose: a choice's own options, and those that several of the tab have."""
        all_shared = [section.get("options", {}) for section in self._view.get("sections", ())]
        return [
            *choice.get("options", ()),
            *(each for shared in all_shared for each in shared.get(choice.get("shared", ""), ())),
        ]

    def _choice(self, choice: Json) -> Field:
        options = self._options(choice)
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
        if "until" in note:
            left = timedelta(seconds=max(0, round(note["until"] - time.time())))
            text = text.replace("{until}", str(left).removeprefix("0:"))
            yield Words(str(note["until"]), "until")
        lines = [title, text] if place else [f"{title} {text}".strip()]
        yield from (Words(line, place, note["tone"]) for line in lines if line)
        for step in note.get("steps", ()):
            outcome: Place = "done" if step.get("ok") else "failed" if "ok" in step else place
            yield Words(plain(step["text"]), outcome)
        for fact in note.get("facts", ()):
            yield Words(f"{fact['name']}: {plain(fact['value'])}", place)
        asked = note.get("asked", "")
        held = self._held[f"{asked} {title}"]
        if choice := note.get("choice"):
            options = {option["label"]: option["value"] for option in self._options(choice)}
            held.setdefault("choice", choice.get("value") or next(iter(options.values()), ""))
            chosen = next(label for label, value in options.items() if value == held["choice"])
            yield Field(
                choice["label"], chosen, lambda label: held.update(choice=options[label]), list(options)
            )
        if check := note.get("check"):
            held.setdefault("ticked", check.get("ticked", False))
            ticked = "ticked" if held["ticked"] else ""
            yield Field(check["label"], ticked, lambda tick: held.update(ticked=bool(tick)))
        yield from self._buttons(note.get("actions", ()), in_note=True, asked=asked, held=held)

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
        self,
        actions: Iterable[Json],
        *,
        in_note: bool = False,
        asked: str = "",
        held: Mapping[str, object] | None = None,
    ) -> Iterator[Button]:
        for action in actions:
            off = action.get("off", "")
            press = partial(self._press, action, asked, held)
            title = off or action.get("title", action["label"])
            yield Button(action["label"], press, not off, title, in_note)

    def _ask(self, message: Json) -> Json:
        return self._send(self._panel, {"id": next_id(), "tab": self._tab, **message})

    def _press(
        self, action: Json, asked: str = "", held: Mapping[str, object] | None = None, **more: object
    ) -> None:
        args = {**action.get("args", {}), **(held or {}), **more}
        match action.get("kind"):
            case "copy":
                self._copy(str(action["args"]["text"]))
            case "close":
                self._questions.pop(asked, None)
            case "go":
                self._go(action["name"], args)
            case "form":
                self._questions.pop(asked, None)
                self.open_form(action["name"], args)
            case _:
                answer = self._ask({"kind": "act", "name": action["name"], "args": args})["answer"]
                for answered in (asked, _key(action)):
                    self._questions.pop(answered, None)
                self._held.clear()
                self.lists.clear(answer.get("clear", ()))
                if "question" in answer:
                    self._questions[_key(action)] = answer["question"]
                self._follow(answer)

    def _follow(self, answer: Json) -> None:
        if "copy" in answer:
            self._copy(answer["copy"])
        opening = answer.get("open", {})
        if "tab" in opening:
            self._go(opening["tab"], opening.get("args", {}))
        if "form" in opening:
            self.open_form(opening["form"], opening.get("args", {}))

    def open_form(self, name: str, args: Json) -> None:
        """Open a form."""
        revision = self._view.get("forms", 0)
        self.forms.open(name, args, revision)


def _shared_actions(row: Json, section: Json) -> Iterator[Json]:
    """The buttons that all rows of a section have, as they are in one of them."""
    for action in section.get("row_actions", ()):
        label = action["label"].replace("{title}", row["title"])
        yield {**action, "label": label, "args": {**action.get("args", {}), "row": row["id"]}}


def _runs(words: Any) -> list[Json]:
    """The pieces of words that have a look."""
    pieces = words if isinstance(words, list) else [words]
    return [piece for piece in pieces if isinstance(piece, dict)]


def _key(action: Json) -> str:
    return f"{action['name']} {action.get('args', {}).get('row', '')}"


def _line(parts: Iterable[Any]) -> str:
    return " · ".join(plain(part) for part in parts)
