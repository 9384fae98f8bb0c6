"""All that the driver without a page knows of panels made of core widgets: it goes when all are rebuilt.

`look` reads a tree of widgets as a person reads what it draws; `Page` does what the page does: it holds what
is typed and not sent, and answers what the kernel asks of it.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from functools import partial
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Self

import ipywidgets as widgets

from dispatch_widgets.widgets.item_list import ItemList
from dispatch_widgets.widgets.page_panel import PagePanel
from dispatch_widgets.widgets.panel_root import PanelRoot
from dispatch_widgets.widgets.presenters.hub.hub import hub_of as presenters_hub_of

from .presented import Window
from .shown import Button, Field, Group, List, Row, Shown, Tab, Words
from .wire import say_from_page, set_from_page
from .words import KINDS, SEARCH, SHOW_KIND, WHOSE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from .shown import Place
    from .wire import Outbox


class Page:
    """The page before a panel.

    Args:
        panel: The panel.
        outbox: What the kernel sends.
    """

    def __init__(self, panel: widgets.Widget, outbox: Outbox) -> None:
        self._panel = panel
        self._outbox = outbox
        self._since = self._start = len(outbox.messages)
        self._late = False
        self.typed: defaultdict[tuple[str, str], str] = defaultdict(str)
        """What is typed into fields that send nothing by themselves: by the widget's id and the label."""
        self._copied = ""
        self._moved = (-1, "")  # what got the focus last without the kernel, and how much had been said then
        self._windows: dict[int, Window] = {}

    def __enter__(self) -> Self:
        self._late = True
        return self

    def __exit__(self, *_error: object) -> None:
        self._late = False
        for window in self._windows.values():
            window.forms.go_on()
        self.take_in()

    def take_in(self) -> None:
        """Do what the kernel has asked for meanwhile, unless this page answers late."""
        while not self._late and self._since < len(self._outbox.messages):
            messages = self._outbox.contents(self._since)
            self._since = len(self._outbox.messages)
            for key, content in messages:
                self._answer(key, _by_id(self._panel, key), content)

    def _answer(self, key: str, widget: widgets.Widget | None, content: Mapping[str, Any]) -> None:
        match content.get("kind"):
            case "open" if isinstance(widget, PagePanel):
                self.window(widget).open_form(content["form"], content["args"])
            case "reload" if isinstance(widget, PagePanel):
                self.window(widget).forms.reload()
            case "look" if isinstance(widget, PagePanel):
                self.window(widget).lists.look(content["args"])
            case "filter":
                self.typed[key, SEARCH] = content["query"]
                self.typed[key, SHOW_KIND] = content["chip"].capitalize()
            case "by_hand_done":
                self.typed.pop((key, "Model id"), "")

    def heard(self) -> list[str]:
        """What was said aloud since the person came."""
        contents = [content for _, content in self._outbox.contents(self._start)]
        said = (
            each["text"] if each.get("kind") == "say" else _answer_in(each).get("say") for each in contents
        )
        return [words for words in said if words]

    def copied(self) -> str:
        """What was put on the clipboard last."""
        copied = [content["text"] for _, content in self.told("copy")]
        return self._copied or (copied[-1] if copied else "")

    def window(self, panel: PagePanel) -> Window:
        """What this page keeps of a panel that has a presenter."""
        key = id(panel)  # a closed one has no other
        if key not in self._windows:
            self._windows[key] = Window(panel, self._ask, self.copy, lambda: self._late, self._move_focus)
        return self._windows[key]

    def _ask(self, panel: PagePanel, message: Mapping[str, Any]) -> Mapping[str, Any]:
        since = len(self._outbox.messages)
        say_from_page(panel, message)
        contents = (content for _, content in self._outbox.contents(since))
        return next(content for content in contents if content.get("id") == message["id"])

    def copy(self, text: str) -> None:
        """Put a text on the clipboard."""
        self._copied = text

    def _move_focus(self, name: str) -> None:
        self._moved = len(self._outbox.messages), name

    def moved_here(self) -> str:
        """What got the focus without the kernel, if nothing has moved it since; else nothing."""
        since, name = self._moved
        later = [each for _, each in self._outbox.contents(max(since, 0)) if "focus" in str(each.keys())]
        later += [each for _, each in self._outbox.contents(max(since, 0)) if "focus" in _answer_in(each)]
        return "" if later else name

    def moves(self) -> list[tuple[str, Mapping[str, Any]]]:
        """What moved the focus since the person came, with the ids of the widgets that told it."""
        contents = self._outbox.contents(self._start)
        return [each for each in contents if each[1].get("kind") == "focus" or "focus" in _answer_in(each[1])]

    def told(self, kind: str) -> list[tuple[str, Mapping[str, Any]]]:
        """The messages of a kind since the person came, with their widgets' ids."""
        return [each for each in self._outbox.contents(self._start) if each[1].get("kind") == kind]


def _answer_in(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer to a press that a message is; nothing if it is none."""
    answer: Mapping[str, Any] = content.get("answer", {})
    return answer


def _by_id(widget: widgets.Widget, key: str) -> widgets.Widget | None:
    """The widget of an id, below another one."""
    if widget.model_id == key:
        return widget
    return next(filter(None, (_by_id(child, key) for child in getattr(widget, "children", ()))), None)


def settle(panel: widgets.Widget) -> None:
    """Wait until nobody is being asked and everything is drawn."""
    from .person import until

    if not isinstance(panel, PagePanel):
        until(lambda: not panel.hub.asked)
        assert panel.hub.settle()
    hub = presenters_hub_of(panel.service)
    until(lambda: not hub.requests)
    assert hub.events.settle()


def look(widget: widgets.Widget, page: Page) -> Iterator[Shown]:
    """What a widget and all below it show, in order.

    Args:
        widget: The widget.
        page: The page before it.
    """
    layout = getattr(widget, "layout", None)
    if isinstance(widget, PanelRoot) or (layout is not None and layout.display == "none"):
        return
    match widget:
        case PagePanel():
            yield from page.window(widget).parts()
        case ItemList():
            yield from _list(widget, page)
        case widgets.Tab():
            yield from _tabs(widget, page)
        case widgets.Box():
            yield from _box(widget, page)
        case widgets.Button():
            press = partial(say_from_page, widget, {"event": "click"})
            yield Button(widget.description, press, not widget.disabled, widget.tooltip or "")
        case widgets.HTML():
            yield from _html(widget.value)
        case _:
            yield _core_field(widget)


def _box(box: widgets.Box, page: Page) -> Iterator[Shown]:
    if "dw-fieldbox" in _classes(box):
        yield from _field_box(box, page)
        return
    inside: Iterable[Shown] = (part for child in box.children for part in look(child, page))
    if toned := _TONE.search(" ".join(_classes(box))):
        tone = toned[1]
        inside = (replace(part, tone=tone) if isinstance(part, Words) else part for part in inside)
    if "dw-task" in _classes(box):
        yield Group(tuple(inside))
    else:
        yield from inside


def _tabs(tabs: widgets.Tab, page: Page) -> Iterator[Shown]:
    for place, title in enumerate(tabs.titles):
        yield Tab(title, tabs.selected_index == place, partial(set_from_page, tabs, selected_index=place))
    yield from look(tabs.children[tabs.selected_index or 0], page)


def _classes(widget: widgets.Widget) -> tuple[str, ...]:
    names: tuple[str, ...] = tuple(widget.get_state("_dom_classes")["_dom_classes"])
    return names


# -- the focus ------------------------------------------------------------------------------------------


def focused(panel: widgets.Widget, page: Page) -> str:
    """The name of what the focus was moved to last.

    Args:
        panel: The panel.
        page: The page before it.
    """
    if here := page.moved_here():
        return here
    moves = page.moves()
    if not moves:
        return ""
    key, content = moves[-1]
    widget = _by_id(panel, key)
    if isinstance(widget, PagePanel):
        return page.window(widget).focused(_answer_in(content).get("focus") or content["focus"])
    if isinstance(widget, ItemList):
        return _focused_in(widget, content.get("id", ""), content.get("action", ""))
    wanted = [each.split() for each in content["selector"].replace(">", " ").split(",")]
    found = (_name(each[-1]) for each in _chains(panel, ()) if any(_fits(one, each) for one in wanted))
    return next(found, "")


def _focused_in(items: ItemList, row_id: str, action: str) -> str:
    row = next((row for row in items.rows if row["id"] == row_id), None)
    if row is None:
        return SEARCH if items.mode == "pick" else str(items.rows[0]["title"] if items.rows else "")
    note = row.get("note") or {}
    if action == "note:select":
        return str(note["select"]["label"])
    if not action:
        return str(row["title"])
    offered = [*row.get("actions", ()), *note.get("actions", ())]
    return str(next(each["label"] for each in offered if each["action"] == action))


def _chains(
    widget: widgets.Widget, above: tuple[widgets.Widget, ...]
) -> Iterator[tuple[widgets.Widget, ...]]:
    """Each widget that is shown, with all that it is in."""
    layout = getattr(widget, "layout", None)
    if layout is not None and layout.display == "none":
        return
    chain = (*above, widget)
    yield chain
    if isinstance(widget, widgets.Tab):
        yield from _chains(widget.children[widget.selected_index or 0], chain)
    elif isinstance(widget, widgets.Box):
        for child in widget.children:
            yield from _chains(child, chain)


def _names_in_css(widget: widgets.Widget) -> set[str]:
    """The classes of a widget, and of what its view draws in it."""
    match widget:
        case widgets.Tab():
            return {"lm-TabBar-tab", "lm-mod-current"}
        case widgets.Dropdown():
            return {"select", *_classes(widget)}
        case widgets.Text():
            return {"input", *_classes(widget)}
        case widgets.DOMWidget():
            return set(_classes(widget))
        case _:
            return set()


def _fits(selector: list[str], chain: tuple[widgets.Widget, ...]) -> bool:
    """Whether a chain of widgets ends in what a selector finds; what it names may be parts of one widget."""
    names = [_names_in_css(each) for each in chain]
    place = 0
    for token in selector:
        wanted = set(token.strip(".").split("."))
        while place < len(names) and not wanted <= names[place]:
            place += 1
    return place == len(names) - 1


def _name(widget: widgets.Widget) -> str:
    match widget:
        case widgets.Tab():
            return str(widget.titles[widget.selected_index or 0])
        case _:
            return str(widget.description)


# -- fields ---------------------------------------------------------------------------------------------


def _core_field(widget: widgets.Widget) -> Field:
    return replace(_control(widget), enabled=not widget.disabled, marked="dw-invalid" in _classes(widget))


def _control(widget: widgets.Widget) -> Field:
    label = widget.description
    match widget:
        case widgets.Dropdown():
            names = [str(pair[0]) if isinstance(pair, tuple) else str(pair) for pair in widget.options]
            chosen = "" if widget.index is None else names[widget.index]

            def choose(name: str) -> None:
                set_from_page(widget, index=names.index(name))

            return Field(label, chosen, choose, options=names)
        case widgets.Checkbox():
            ticked = "ticked" if widget.value else ""
            return Field(label, ticked, lambda words: set_from_page(widget, value=bool(words)))
        case _:
            fill = partial(_set_value, widget)
            return Field(label, widget.value, fill, placeholder=widget.placeholder)


def _set_value(widget: widgets.Widget, words: str) -> None:
    set_from_page(widget, value=words)


def _field_box(box: widgets.Box, page: Page) -> Iterator[Shown]:
    """A control with what is said about it below."""
    control, *below = box.children
    said: list[Words] = []
    for message in below:
        tone: Place = "problem" if "dw-error" in _classes(message) else ""
        said += [Words(each.text, tone) for each in look(message, page) if isinstance(each, Words)]
    problem = "\n".join(each.text for each in said if each.place == "problem")
    hint = "\n".join(each.text for each in said if each.place != "problem")
    yield replace(_core_field(control), problem=problem, hint=hint)
    yield from said


# -- lists ----------------------------------------------------------------------------------------------


def plain(value: object) -> str:
    """The words of a `Rich`, whatever their look."""
    if isinstance(value, dict):
        passed = f"{time.time() - value['since']:.0f} s" if "since" in value else ""
        return f"{value.get('text', '')}{passed}"
    if isinstance(value, list | tuple):
        return "".join(plain(part) for part in value)
    return str(value)


def _list(items: ItemList, page: Page) -> Iterator[Shown]:
    if items.mode == "rail":
        yield _rail(items)
        yield List(items.label, [_row(items, row, page) for row in items.rows])
        return
    for state in (items.note, *([] if items.rows else [items.busy, items.empty])):
        yield from _state(items, state or {}, page)
    if items.mode == "pick":
        yield from _search(items, page)
    yield List(items.label, [_row(items, row, page) for row in items.rows])
    if items.mode == "pick":
        yield from _bar(items, page)


def _rail(items: ItemList) -> Field:
    names = {row["title"]: row["id"] for row in items.rows}
    chosen = next((title for title, key in names.items() if key == items.current), "")
    return Field(
        items.label,
        chosen,
        lambda title: _answer(items, "choose", names[title]),
        options=list(names),
    )


def _answer(items: ItemList, action: str, row: str = "", **data: object) -> None:
    say_from_page(items, {"kind": "action", "action": action, "id": row, "data": data})


def _state(items: ItemList, state: Mapping[str, Any], page: Page) -> Iterator[Shown]:
    """What stands above the rows, or in their place."""
    if "title" in state:
        yield Words(plain(state["title"]), "heading")
    yield from _note(items, "", state, page, titled=False)


def _note(
    items: ItemList, row: str, note: Mapping[str, Any], page: Page, *, titled: bool = True
) -> Iterator[Shown]:
    place: Place = "note" if row else ""
    if titled and "title" in note:
        yield Words(plain(note["title"]), place, note.get("tone", ""))
    if "text" in note:
        left = timedelta(seconds=max(0, round(note.get("until", 0) - time.time())))
        yield Words(plain(note["text"]).replace("{until}", str(left).removeprefix("0:")), place)
    if "until" in note:
        yield Words(str(note["until"]), "until")
    for item in note.get("items", ()):
        outcome: Place = "done" if item.get("ok") else "failed" if "ok" in item else place
        yield Words(plain(item["text"]), outcome)
    for heading, words in note.get("facts", ()):
        yield Words(f"{heading}: {plain(words)}", place)
    chosen: dict[str, object] = {}
    if select := note.get("select"):
        values = {words: value for value, words in select["options"]}
        first = next(iter(values.values()), "")
        key = f"{items.model_id} {row}", select["label"]
        words = page.typed.get(key) or next(
            (words for words, value in values.items() if value == select.get("value", first)), ""
        )
        chosen["select"] = values.get(words, "")
        yield Field(select["label"], words, partial(page.typed.__setitem__, key), options=list(values))
    if check := note.get("check"):
        key = f"{items.model_id} {row}", check["label"]
        ticked = page.typed.get(key, "ticked" if check.get("value") else "")
        chosen["check"] = bool(ticked)
        yield Field(check["label"], ticked, partial(page.typed.__setitem__, key))
    yield from _buttons(items, row, note.get("actions", ()), in_note=bool(row), **chosen)


def _buttons(
    items: ItemList, row: str, actions: Iterable[Mapping[str, Any]], *, in_note: bool = False, **data: object
) -> Iterator[Button]:
    for action in actions:
        press = partial(_answer, items, action["action"], row, **data)
        enabled = not action.get("disabled")
        yield Button(action["label"], press, enabled, action.get("title", action["label"]), in_note)


def _row(items: ItemList, row: Mapping[str, Any], page: Page) -> Row:
    parts: list[Shown] = [Words(row.get("title", ""), "title")]
    parts += [Words(words, "line") for words in map(plain, row.get("line", ())) if words]
    if badge := row.get("badge"):
        parts.append(Words(badge["text"], "badge", badge.get("tone", "")))
    for line in row.get("meta", ()):
        pieces = line if isinstance(line, list | tuple) else [line]
        parts.append(Words(" · ".join(map(plain, pieces)), "meta"))
    parts += [Words(words, "cell") for words in map(plain, row.get("cells", {}).values()) if words]
    places: dict[str, Place] = {"from": "from", "kind": "cell", "tag": "tag", "count": "tag"}
    parts += [Words(row[name], place) for name, place in places.items() if row.get(name)]
    if row.get("state") == "stale":
        parts.append(Words("stale", "stale"))
    if row.get("have"):
        parts.append(Words("in catalog", "badge"))
    parts += _buttons(items, row["id"], row.get("actions", ()))
    if note := row.get("note"):
        parts += _note(items, row["id"], note, page)
    ids = [part["text"] for part in row.get("line", ()) if isinstance(part, dict) and part.get("id")]
    model = ids[0] if ids else row.get("title", "") if row.get("mono") else ""
    pick: Callable[[], None] | None = None
    if items.mode == "pick" and not row.get("have"):
        pick = partial(_pick, items, row["id"])
    return Row(row.get("title", ""), parts, model, row["id"] in items.selected, pick)


def _pick(items: ItemList, key: str) -> None:
    others = items.selected if items.pick.get("multiple", True) else ()
    set_from_page(items, selected=[*others, key])


def _search(items: ItemList, page: Page) -> Iterator[Shown]:
    """The search field, and what is offered where nothing matches. What matches is the page's to find."""
    key = items.model_id, SEARCH
    query = page.typed[key]
    if items.pick.get("kinds", True):
        shown = items.model_id, SHOW_KIND
        kinds = ["All", *KINDS, "Other"]
        yield Field(SHOW_KIND, page.typed[shown] or "All", partial(page.typed.__setitem__, shown), kinds)
    yield Field(SEARCH, query, partial(page.typed.__setitem__, key))
    nothing = not any(query in f"{row.get('title')} {plain(row.get('line', ''))}" for row in items.rows)
    if query and nothing and items.pick.get("search_all"):
        yield Button("Search all providers", partial(_answer, items, "search_all", query=query))


def _bar(items: ItemList, page: Page) -> Iterator[Shown]:
    """The row for an id typed by hand, and the bar that adds what is picked."""
    pick = items.pick
    if pick.get("by_hand", True):
        model, kind, owner = ((items.model_id, name) for name in ("Model id", "Kind", WHOSE))
        yield Field("Model id", page.typed[model], partial(page.typed.__setitem__, model))
        kinds = page.typed[kind] or "Chat"
        if pick.get("kinds", True):
            yield Field("Kind", kinds, partial(page.typed.__setitem__, kind), options=list(KINDS))
        owners = {name: key for key, name in pick.get("owners", ())}
        more = {}
        if owners:
            yield Field(
                WHOSE,
                page.typed[owner],
                partial(page.typed.__setitem__, owner),
                options=list(owners),
            )
            more["provider"] = owners.get(page.typed[owner], "")
        add = partial(_answer, items, "add_by_hand", model=page.typed[model], kind=KINDS[kinds], **more)
        yield Button(pick.get("by_hand_label", "Add by hand"), add, bool(page.typed[model].strip()))
    if items.selected:
        yield Button("Clear", partial(set_from_page, items, selected=[]))
    if pick.get("add", True):
        count = len(items.selected)
        name = f"Add {count} to catalog" if count and pick.get("multiple", True) else "Add to catalog"
        yield Button(name, partial(_answer, items, "add", ids=list(items.selected)), bool(count))


# -- HTML -----------------------------------------------------------------------------------------------

_TONE = re.compile(r"\bdw-(?:msg dw-|tone-)(ok|info|warn|error)\b")
_BLOCKS = {"div", "p", "li", "dt", "dd", "details", "summary", "tr", "table", "pre", "ul", "ol", "dl", "br"}
_HEADING = re.compile("h[1-6]")


class _Reader(HTMLParser):
    """Reads HTML as a page shows it; of what is folded, the line that unfolds it."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[Words] = []
        self._line = ""
        self._place: Place = ""
        self._folded = 0
        self._in_summary = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS or _HEADING.fullmatch(tag):
            self.end_line()
        self._in_summary |= tag == "summary"
        if tag == "details" and "open" not in dict(attributes):
            self._folded += 1
        if _HEADING.fullmatch(tag):
            self._place = "heading"

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS or _HEADING.fullmatch(tag):
            self.end_line()
        self._in_summary &= tag != "summary"
        if tag == "details":
            self._folded = max(0, self._folded - 1)

    def handle_data(self, data: str) -> None:
        if not self._folded or self._in_summary:
            self._line += data

    def end_line(self) -> None:
        if self._line.strip():
            self.parts.append(Words(" ".join(self._line.split()), self._place))
        self._line, self._place = "", ""


def _html(content: str) -> list[Words]:
    reader = _Reader()
    reader.feed(content)
    reader.close()
    reader.end_line()
    return reader.parts
