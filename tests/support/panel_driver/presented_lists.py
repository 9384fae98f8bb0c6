"""The lists that models are picked from, in one window: what the page keeps of them, without one."""

from __future__ import annotations

import json
import zlib
from functools import partial
from typing import TYPE_CHECKING, Any

from .shown import Button, Field, List, Row, Shown, Words
from .words import KINDS, SEARCH, SHOW_KIND, WHOSE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    Json = Mapping[str, Any]
    Key = tuple[str, str]
    """A model: its provider's id, and its own."""

_ALL = "*"


class Parts:
    """What a list asks of the window that it stands in."""

    def note(self, note: Json) -> Iterator[Shown]:
        """A note."""
        raise NotImplementedError

    def empty(self, empty: Json) -> Iterator[Shown]:
        """What stands where nothing is."""
        raise NotImplementedError

    def buttons(self, actions: Iterable[Json]) -> Iterator[Button]:
        """Buttons."""
        raise NotImplementedError

    def done(self, done: Json) -> Iterator[Shown]:
        """What was done just now."""
        raise NotImplementedError

    def press(self, action: Json, **more: object) -> None:
        """Press something, with what goes with it."""
        raise NotImplementedError


class Lists:
    """What a window keeps of a panel's lists of models.

    Args:
        parts: How everything but the lists is read.
        send: Sends a message and gives back its reply, with the blocks of bytes beside it as ``buffers``.
    """

    def __init__(self, parts: Parts, send: Callable[[Json], Json]) -> None:
        self._parts, self._send = parts, send
        self._held: dict[str, tuple[str, list[Json]]] = {}
        self._provider: str | None = None
        self._picked: list[Key] = []
        self._had: set[Key] = set()
        self._ticked: set[str] = set()
        self._owner_asked = False
        self._typed: dict[str, str] = {}
        self.fetched = 0
        """How often rows have come."""

    # -- what leads here, and what comes of a press --------------------------------------------------

    def look(self, args: Json) -> None:
        """Show what something leads to."""
        if "list" in args:
            self._show(args["list"])
        if "tasks" in args:
            self._ticked = set(args["tasks"])
        if "kind" in args:
            self._typed[SHOW_KIND], self._typed[SEARCH] = args["kind"].capitalize(), ""

    def clear(self, names: Iterable[str]) -> None:
        """What was done with is picked, typed or ticked no more."""
        done = set(names)
        self._ticked -= done
        if "models" in done:
            self._picked = []
        if "model" in done:
            self._typed.pop("Model id", None)

    def _show(self, provider: str) -> None:
        self._provider, self._owner_asked = provider, False
        if provider:
            self._parts.press({"name": "show_list", "args": {"row": provider}})

    # -- rows ----------------------------------------------------------------------------------------

    def _rows(self, state: Json) -> list[Json]:
        """The rows of a list: fetched if the mark is another one than that of those held."""
        provider, mark = state["provider_id"], state.get("mark", "")
        if not mark:
            return []
        held = self._held.get(provider, ("", []))
        if held[0] != mark:
            reply = self._send({"kind": "models", "provider": provider, "mark": held[0]})
            held = (reply["models"]["mark"], unpack(reply["buffers"][0]))
            self._held[provider] = held
            self.fetched += 1
        return held[1]

    def _all_rows(self, view: Json, state: Json) -> Iterator[tuple[Key, Json]]:
        members = [state] if state["provider_id"] else [each for each in view["lists"] if each["provider_id"]]
        for member in members:
            for row in self._rows(member):
                yield (member["provider_id"], row["id"]), row

    # -- the Models tab ------------------------------------------------------------------------------

    def adding(self, view: Json, section: Json) -> Iterator[Shown]:
        """The upper part of the Models tab."""
        lists = {each["provider_id"]: each for each in view["lists"]}
        chosen = self._provider if self._provider is not None and self._provider in lists else view["first"]
        state = lists[chosen]
        yield Words(section["title"], "heading")
        yield Words(state.get("fact", ""))
        yield from self._parts.buttons([state["refresh"]])
        for note in section.get("notes", ()):
            yield from self._parts.note(note)
        yield from self._rail(section["rows"], chosen)
        rows = list(self._all_rows(view, state))
        had = {(each["provider_id"], model) for each in view["lists"] for model in each.get("in_catalog", ())}
        there = {key for key, _ in rows}
        self._picked = [key for key in self._picked if key in there]
        self._had = had
        yield from self._list(view, state, rows, had)
        owners = {option["label"]: option["value"] for option in state.get("owners", ())}
        yield from self._by_hand(view["words"], view["add_by_hand"], kinds=True, owners=owners, whose=chosen)
        yield from self._bar(view["words"], add=view["add"], take_out=view["take_out"])
        if "done" in section:
            yield from self._parts.done(section["done"])
        for task in view["tasks"]:
            tick = partial(self._tick, task["value"])
            yield Field(task["label"], "ticked" if task["value"] in self._ticked else "", tick)

    def _rail(self, rows: Sequence[Json], chosen: str) -> Iterator[Shown]:
        names = {row["title"]: row["id"] for row in rows}
        current = next((title for title, key in names.items() if key == (chosen or _ALL)), "")

        def choose(title: str) -> None:
            self._show("" if names[title] == _ALL else names[title])

        yield Field("Provider", current, choose, list(names))
        yield List("Provider", [_rail_row(row) for row in rows])

    def _tick(self, task: str, words: str) -> None:
        (self._ticked.add if words else self._ticked.discard)(task)

    # -- the picker ----------------------------------------------------------------------------------

    def picker(self, view: Json) -> Iterator[Shown]:
        """The picker."""
        if not view.get("lists"):
            return
        state, picked = view["lists"][0], view.get("picked", {})
        yield Words(view["title"], "heading")
        yield Words(view.get("fact", ""))
        yield from self._parts.buttons([view["refresh"]])
        rows = list(self._all_rows(view, state))
        if picked.get("unlisted"):
            row = {
                "id": picked["model"],
                "kind": picked.get("kind", "other"),
                "line": view["words"]["not_listed"],
            }
            rows.insert(0, ((picked.get("provider_id", ""), picked["model"]), row))
        self._picked = [(picked.get("provider_id", ""), picked["model"])] if "model" in picked else []
        yield from self._list(view, state, rows, set(), one=view["pick"])
        if "pick_by_hand" in view:
            yield from self._by_hand(view["words"], view["pick_by_hand"])
        yield from self._bar(view["words"], one=view["pick"])
        if "use" in view:
            yield from self._parts.buttons([view["use"]])
            if "done" in view:
                yield from self._parts.done(view["done"])
            else:
                yield Words(view.get("task_fact", ""))

    # -- what both have ------------------------------------------------------------------------------

    def _list(
        self,
        view: Json,
        state: Json,
        rows: Sequence[tuple[Key, Json]],
        had: set[Key],
        one: Json | None = None,
    ) -> Iterator[Shown]:
        if note := state.get("note"):
            yield Words(_plain(note["title"]), "heading")
            yield from self._parts.note(note)
        elif not rows and (busy := state.get("busy")):
            yield Words(busy["text"])
            yield from self._parts.buttons([busy["cancel"]])
        elif not rows and (empty := state.get("empty")):
            yield from self._parts.empty(empty)
        if view.get("kinds", True):
            chosen = self._typed.get(SHOW_KIND, "All")
            yield Field(
                SHOW_KIND, chosen, partial(self._typed.__setitem__, SHOW_KIND), ["All", *KINDS, "Other"]
            )
        query = self._typed.get(SEARCH, "")
        yield Field(SEARCH, query, partial(self._typed.__setitem__, SEARCH))
        found = any(query in f"{row.get('name', '')} {row['id']}" for _, row in rows)
        if query and rows and not found and state.get("search_all"):
            yield Button(view["words"]["search_all"], partial(self._show, ""))
        names = {each["provider_id"]: each.get("where", "") for each in view["lists"]}
        yield List(
            view["words"]["name"],
            [
                self._model(key, row, "" if state["provider_id"] else names[key[0]], had=key in had, one=one)
                for key, row in rows
            ],
        )

    def _model(self, key: Key, row: Json, whose: str, *, had: bool, one: Json | None) -> Row:
        model = str(row.get("shown_id", row["id"]))
        name = str(row.get("name", model))
        second = model if name != model else row.get("line") or row.get("ends") or row.get("created", "")
        parts: list[Shown] = [Words(name, "title")]
        parts += [Words(second, "line")] if second else []
        parts += [Words(row[cell], "cell") for cell in ("context", "price", "kind") if cell in row]
        parts += [Words(whose, "from")] if whose else []
        parts += [Words("in catalog", "badge")] if had else []
        pick = partial(self._pick, key, one)
        return Row(name, parts, str(row["id"]), key in self._picked, pick)

    def _pick(self, key: Key, one: Json | None) -> None:
        if one is not None:
            self._parts.press(one, provider=key[0], model=key[1])
        elif key not in self._picked:
            self._picked.append(key)

    def _by_hand(
        self,
        words: Json,
        action: Json,
        *,
        kinds: bool = False,
        owners: Mapping[str, str] | None = None,
        whose: str = "",
    ) -> Iterator[Shown]:
        typed = self._typed.get("Model id", "")
        yield Field("Model id", typed, partial(self._typed.__setitem__, "Model id"))
        more: dict[str, object] = {}
        if kinds:
            kind = self._typed.get("Kind", "Chat")
            yield Field("Kind", kind, partial(self._typed.__setitem__, "Kind"), list(KINDS))
            more = {"kind": KINDS[kind], "provider": whose, "tasks": sorted(self._ticked)}
        owner = self._typed.get(WHOSE, "")
        if owners:
            yield Field(WHOSE, owner, partial(self._typed.__setitem__, WHOSE), list(owners))
            more["provider"] = owners.get(owner, "")
            if self._owner_asked and owner not in owners:
                yield Words(words["ask_owner"], "problem", "error")

        def add() -> None:
            self._owner_asked = bool(owners) and owner not in (owners or {})
            if not self._owner_asked:
                self._parts.press(action, model=typed.strip(), **more)

        yield Button(action["label"], add, bool(typed.strip()))

    def _bar(
        self, words: Json, *, add: Json | None = None, take_out: Json | None = None, one: Json | None = None
    ) -> Iterator[Shown]:
        if self._picked:
            yield Button(words["unselect"], partial(self._unpick, one))
        there = [key for key in self._picked if key in self._had]
        if take_out is not None and there:
            label = take_out["label"].replace("{count}", str(len(there)))
            yield Button(label, partial(self._press_with, take_out, there))
        new = [key for key in self._picked if key not in self._had]
        count = len(new)
        if add is not None:
            label = (
                add["label"].replace("{count}", str(count)) if count else add["label"].replace("{count} ", "")
            )
            yield Button(label, partial(self._press_with, add, new), bool(count))

    def _unpick(self, one: Json | None) -> None:
        if one is None:
            self._picked = []
        else:
            self._parts.press(one, provider="", model="")

    def _press_with(self, action: Json, keys: Sequence[Key]) -> None:
        providers, models = ([key[place] for key in keys] for place in (0, 1))
        self._parts.press(action, providers=providers, models=models, tasks=sorted(self._ticked))


def unpack(block: bytes) -> list[Json]:
    """The rows in a block of bytes, as the page reads it."""
    columns: dict[str, list[Any]] = json.loads(zlib.decompress(block))
    places = range(len(next(iter(columns.values()), [])))
    return [
        {name: values[place] for name, values in columns.items() if values[place] is not None}
        for place in places
    ]


def _plain(words: Any) -> str:
    if isinstance(words, str):
        return words
    return "".join(run if isinstance(run, str) else run["text"] for run in words)


def _rail_row(row: Json) -> Row:
    parts: list[Shown] = [Words(row["title"], "title")]
    if badge := row.get("badge"):
        parts.append(Words(badge["text"], "badge", badge.get("tone", "")))
    if tag := row.get("tag"):
        parts.append(Words(tag, "tag"))
    return Row(row["title"], parts)
