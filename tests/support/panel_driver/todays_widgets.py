"""All that the driver without a page knows of panels made of core widgets: it goes when all are rebuilt.

`look` reads a tree of widgets as a person reads what it draws; `Page` does what the page does: it holds what
is typed and not sent, and answers what the kernel asks of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from functools import partial
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Self

import ipywidgets as widgets

from dispatch_widgets.widgets.page_panel import PagePanel
from dispatch_widgets.widgets.panel_root import PanelRoot
from dispatch_widgets.widgets.presenters.hub.hub import hub_of as presenters_hub_of

from .presented import Window
from .shown import Button, Field, Group, Shown, Tab, Words
from .wire import say_from_page, set_from_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
        kinds = {"focus", "look"}
        return [each for each in contents if each[1].get("kind") in kinds or "focus" in _answer_in(each[1])]

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
    if isinstance(widget, PagePanel) and content.get("kind") == "look":
        return page.window(widget).looked_at(content["args"])
    if isinstance(widget, PagePanel):
        return page.window(widget).focused(_answer_in(content).get("focus") or content["focus"])
    wanted = [each.split() for each in content["selector"].replace(">", " ").split(",")]
    found = (_name(each[-1]) for each in _chains(panel, ()) if any(_fits(one, each) for one in wanted))
    return next(found, "")


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
