"""The one list of all panels: providers, models, catalog entries, backups, suggestions.

One widget draws any number of rows from plain data; no row is a widget of its own. What a panel hands
over is in `_rows` (`Row`, `Action`, `Note` and the rest, importable from here); what comes back is the
table of `ItemList.on_action`.
"""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import anywidget
import traitlets

from . import _gestures
from ._rows import (
    Action,
    Badge,
    Busy,
    Cell,
    Empty,
    Note,
    NoteCheck,
    NoteItem,
    NoteSelect,
    Pick,
    Rich,
    Row,
    Run,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    ActionCallback = Callable[[str, str, dict[str, Any]], object]

__all__ = [
    "Action",
    "Badge",
    "Busy",
    "Cell",
    "Empty",
    "ItemList",
    "Note",
    "NoteCheck",
    "NoteItem",
    "NoteSelect",
    "Pick",
    "Rich",
    "Row",
    "Run",
]

STATIC = Path(__file__).parent / "static"
MAX_TYPED_ID_CHARACTERS = 512
"""A model id typed by hand that is longer than this is not an id."""


def _json(value: object) -> bytes:
    # ASCII escapes carry even a lone surrogate through, which UTF-8 cannot; the page cannot read NaN.
    return json.dumps(value, separators=(",", ":"), default=list, allow_nan=False).encode("ascii")


def _ids_from_page(value: Any, widget: ItemList) -> tuple[str, ...]:
    return widget.pickable(value) if isinstance(value, list) else widget.selected


class ItemList(anywidget.AnyWidget):
    """A list drawn from plain rows, in one of three modes.

    - ``manage``: rows of their own height with actions and notes (providers, entries, backups).
      ``variant`` names the layout: ``dw-entries``, ``dw-found``,
      or none for providers.
    - ``pick``: thousands of rows of one height with search, kinds, sort, selection and a row for an
      id typed by hand.
    - ``rail``: a short list to choose one from; a native select where the panel is narrow.

    All methods may be called from any thread.

    Attributes:
        mode: ``manage``, ``pick`` or ``rail``; fixed once shown.
        label: The list's name for screen readers.
        variant: A further CSS class that names the layout.
        columns: Pairs of key and heading; the first pair is the title's column. ``manage`` draws a
            heading line if there are any; ``pick`` uses its own where this is empty.
        busy: See `Busy`; None when nothing is on its way.
        empty: See `Empty`; None shows nothing.
        note: A `Note` above the rows, or in their place where there are none (``pick``).
        pick: See `Pick`.
        current: The id of the chosen row (``rail``).
        selected: The ids picked (``pick``), in the order of picking. Follows the page; may be set.
    """

    # Not the path: anywidget would keep every such widget for ever, to tell it of changes of the file.
    _esm = (STATIC / "item_list.js").read_text(encoding="utf-8")

    mode = traitlets.Enum(["manage", "pick", "rail"], default_value="manage").tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)
    variant = traitlets.Unicode("").tag(sync=True)
    columns: Any = traitlets.Any(()).tag(sync=True)
    busy: Any = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True)
    empty: Any = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True)
    note: Any = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True)
    pick: Any = traitlets.Dict().tag(sync=True)
    current = traitlets.Unicode("").tag(sync=True)
    selected: Any = traitlets.Any(()).tag(
        sync=True, from_json=_ids_from_page, to_json=lambda value, _widget: list(value)
    )

    # The page gets the rows as one block of JSON bytes: no element is validated or copied by
    # traitlets. The trait's own value is only the revision that was last sent whole.
    _rows = traitlets.Int(0).tag(
        sync=True,
        to_json=lambda _value, widget: widget._packed(),  # noqa: SLF001 - our own
        from_json=lambda _value, widget: widget._rows,  # noqa: SLF001 - the page never sets it
    )
    _revision = traitlets.Int(0).tag(sync=True, from_json=lambda _value, widget: widget._revision)  # noqa: SLF001

    def __init__(self, rows: Sequence[Row] = (), **traits: Any) -> None:
        self._lock = threading.RLock()
        self._by_id: dict[str, Row] = {row["id"]: row for row in rows}
        self._callbacks: list[ActionCallback] = []
        super().__init__(**traits)
        self.on_msg(self._on_message)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows as they were handed over last."""
        return tuple(self._by_id.values())

    def set_items(self, rows: Sequence[Row]) -> None:
        """Shows these rows.

        The page updates by difference: a row that did not change is not touched, and focus, scroll
        position, what is selected and what is typed stay.

        Args:
            rows: All rows in their order; of two with the same id the last one counts.
        """
        with self._lock:
            before, after = self._by_id, {row["id"]: row for row in rows}
            changed = [row for key, row in after.items() if before.get(key) != row]
            same_order = len(before) == len(after) and all(a == b for a, b in zip(before, after, strict=True))
            if same_order and not changed:
                return
            self._by_id = after
            with self.hold_sync():  # one message for all that changes
                self._revision_up(changed if same_order and 2 * len(changed) <= len(after) else None)
                self.selected = self.pickable(self.selected)

    def update_item(self, row: Row) -> None:
        """Shows this row in place of the one with its id; an id that is not there is left alone.

        Args:
            row: The whole row, not only what changed in it.
        """
        with self._lock:
            if self._by_id.get(row["id"], row) == row:
                return
            self._by_id[row["id"]] = row
            self._revision_up([row])
            self.selected = self.pickable(self.selected)

    def on_action(self, callback: ActionCallback) -> None:
        """Calls ``callback(action, id, data)`` for every answer of the page.

        =============== =========== ==========================================================
        action          id          data
        =============== =========== ==========================================================
        a row's Action  the row     ``{}``
        a note's Action the row     ``{"select": value, "check": bool}``, each if the note has it
        elapsed         the row     ``{}``: the countdown of its note has ended
        choose          the row     ``{}`` (``rail``); `current` is set already
        add             ``""``      ``{"ids": [...]}`` (``pick``), rows that are not in the catalog
        add_by_hand     ``""``      ``{"model": str, "kind": "chat" or "embedding"}`` (``pick``), and
                                    ``"provider"`` where there are ``owners``; the field empties,
                                    unless the callback gives back False
        search_all      ``""``      ``{"query": str}`` (``pick``)
        others          ``""``      actions of `busy`, `empty` and of the list's own `note`
        =============== =========== ==========================================================

        Messages of any other shape, of rows that are gone, of actions that their row does not offer
        or that are disabled are ignored. While the callbacks run, and while the kernel has not come to
        it yet, the page sends the same answer no second time.
        """
        self._callbacks.append(callback)

    def focus(self, row_id: str = "", action: str = "") -> None:
        """Moves the keyboard focus into the list, wherever it is shown, under `PanelRoot.focus`'s rule.

        Args:
            row_id: The row; empty for the list itself (``pick``: its search field).
            action: A button of the row or its note; empty for the row itself.
        """
        self.send({"kind": "focus", "id": row_id, "action": action, **_gestures.answered_gesture()})

    def filter(
        self, query: str = "", kind: Literal["all", "chat", "embedding", "other", "new"] = "all"
    ) -> None:
        """Sets search text and kind of a ``pick`` list, as if the person had.

        Args:
            query: Words that all must occur.
            kind: The chip.
        """
        self.send({"kind": "filter", "query": query, "chip": kind})

    def pickable(self, ids: Iterable[object]) -> tuple[str, ...]:
        """Those of some ids that are rows and not in the catalog, each once, in the order given."""
        found = (key for key in ids if isinstance(key, str) and key in self._by_id)
        return tuple(dict.fromkeys(key for key in found if not self._by_id[key].get("have")))

    # -- to the page ---------------------------------------------------------------------------

    def _packed(self) -> bytes:
        """All rows as JSON. ``now`` lets the page allow for a clock that differs from the kernel's."""
        with self._lock:
            state = {"revision": self._revision, "now": time.time(), "rows": list(self._by_id.values())}
        return _json(state)

    def _revision_up(self, changed: Sequence[Row] | None) -> None:
        """Sends the changed rows, or all of them for None.

        A page that is still loading may miss the message with the changed rows; it sees by
        ``_revision``, which is part of its state, that it did, and asks for all rows.
        """
        base, self._revision = self._revision, self._revision + 1
        if changed is None:
            self._rows = self._revision
            return
        patch = {"base": base, "revision": self._revision, "now": time.time(), "rows": changed}
        self.send({"kind": "patch"}, buffers=[_json(patch)])

    # -- from the page -------------------------------------------------------------------------

    def _on_message(self, _widget: object, content: object, _buffers: object) -> None:
        if not isinstance(content, dict):
            return
        match content.get("kind"):
            case "rows":
                self.send_state("_rows")
            case "styles":
                self.send({"kind": "styles", "css": panel_css()})
            case "action":
                self._on_answer(content)

    def _on_answer(self, content: Mapping[str, Any]) -> None:
        """Tells the callbacks, and the page that this press is done with: until then it sends no second."""
        try:
            answer = self._checked(content)
            if answer is not None:
                with _gestures.answering(content.get("gesture")):
                    self._tell(answer)
        finally:
            if isinstance(press := content.get("press"), str):
                self.send({"kind": "answered", "press": press})

    def _tell(self, answer: tuple[str, str, dict[str, Any]]) -> None:
        results = [callback(*answer) for callback in tuple(self._callbacks)]
        if answer[0] == "add_by_hand" and False not in results:
            self.send({"kind": "by_hand_done"})

    def _checked(self, content: Mapping[str, Any]) -> tuple[str, str, dict[str, Any]] | None:
        """An answer of the page as (action, id, data), or None if it is not one that can be meant."""
        action, row_id, data = content.get("action"), content.get("id", ""), content.get("data", {})
        if not isinstance(action, str) or not isinstance(row_id, str) or not isinstance(data, dict):
            return None
        row = self._by_id.get(row_id)
        if row_id == "":
            checked = self._checked_own(action, data)
        elif row is None:
            checked = None
        elif action == "choose":
            checked = {} if self.mode == "rail" else None
        else:
            checked = _checked_of_row(row, action, data)
        if checked is None:
            return None
        if action == "choose":
            self.current = row_id
        return action, row_id, checked

    def _checked_own(self, action: str, data: Mapping[str, Any]) -> dict[str, Any] | None:
        """The data of an answer that is no row's."""
        if self.mode == "pick" and action == "add":
            ids = data.get("ids")
            known = self.pickable(ids) if isinstance(ids, list) else ()
            return {"ids": list(known)} if known and self.pick.get("add", True) else None
        if self.mode == "pick" and action == "add_by_hand":
            model, kind = data.get("model"), data.get("kind")
            if not isinstance(model, str) or kind not in ("chat", "embedding"):
                return None
            model = model.strip()
            usable = 0 < len(model) <= MAX_TYPED_ID_CHARACTERS and self.pick.get("by_hand", True)
            owners = [owner[0] for owner in self.pick.get("owners", ())]
            whose = {"provider": data["provider"]} if data.get("provider") in owners else {}
            return {"model": model, "kind": kind, **whose} if usable else None
        if self.mode == "pick" and action == "search_all":
            query = data.get("query")
            return {"query": query} if isinstance(query, str) and self.pick.get("search_all") else None
        for place in (self.busy, self.empty):
            if _offers((place or {}).get("actions"), action):
                return {}
        note: Mapping[str, Any] = self.note or {}
        return _note_data(note, data) if _offers(note.get("actions"), action) else None


def _checked_of_row(row: Row, action: str, data: Mapping[str, Any]) -> dict[str, Any] | None:
    """The data of an answer that is about a row."""
    note: Mapping[str, Any] = row.get("note") or {}
    if action == "elapsed":
        return {} if _is_over(note.get("until")) else None
    if _offers(row.get("actions"), action):
        return {}
    return _note_data(note, data) if _offers(note.get("actions"), action) else None


def _offers(actions: Sequence[Mapping[str, Any]] | None, name: str) -> bool:
    # What a press was about may be drawn otherwise by now; whoever answers it has to see that.
    word = name.partition(" ")[0]
    offered = [action["action"] for action in actions or () if not action.get("disabled")]
    return word in {each.partition(" ")[0] for each in offered}


def _is_over(until: object) -> bool:
    # A second of grace: the page's clock is only as near to ours as the message was quick.
    return isinstance(until, int | float) and until <= time.time() + 1


def _note_data(note: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """What comes with a note's action, if the note has such a thing and the value is one of it."""
    result: dict[str, Any] = {}
    if select := note.get("select"):
        values = [option[0] for option in select["options"]]
        chosen = data.get("select")
        result["select"] = chosen if chosen in values else select.get("value", values[0] if values else "")
    if check := note.get("check"):
        ticked = data.get("check")
        result["check"] = ticked if isinstance(ticked, bool) else bool(check.get("value"))
    return result


def panel_css() -> str:
    """The style sheet of all panels: tokens and rules in one."""
    return (STATIC / "panel.css").read_text(encoding="utf-8")
