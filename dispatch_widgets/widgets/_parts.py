"""The small parts that panels are made of: core widgets with the design's class names.

Text of foreign origin goes into `widgets.HTML` escaped, never into `Label`, which typesets ``$…$``.
A part that comes and goes is hidden rather than taken out: ipywidgets draws everything after a removed
child anew, and a list would lose its scroll position.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import ipywidgets as widgets

from .._text import clean
from .._text import escaped as esc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Handler = Callable[[], object]

W = TypeVar("W")

# As in js/shared/text.js: where a long id is cut into what gives way first, next and never.
_TAIL, _END, _HEAD, _SHORT = 24, 12, 7, 14

_shared: dict[tuple[type[widgets.Widget], bool], widgets.Widget] = {}


def shared(kind: type[widgets.Widget], *, hidden: bool = False) -> Any:
    """The one layout or style that all parts of a kind have together.

    Two thirds of a core widget's cost are the layout and style models that come with it; panels are
    styled by class names and need neither of their own.

    Args:
        kind: `widgets.Layout` or a style class.
        hidden: For a layout: whether it hides what has it.
    """
    there = _shared.get((kind, hidden))
    if there is None or there.comm is None:  # closed with all widgets: `Widget.close_all()`
        there = _shared[kind, hidden] = kind(display="none") if hidden else kind()
    return there


def make(kind: type[W], *args: Any, **traits: Any) -> W:
    """A widget with the shared layout and style.

    Args:
        kind: Its class.
        args: As the class takes them.
        traits: As the class takes them.
    """
    traits.setdefault("layout", shared(widgets.Layout))
    style = getattr(kind, "style", None)
    if style is not None:
        traits.setdefault("style", shared(style.klass))
    return kind(*args, **traits)


def classed(widget: widgets.DOMWidget, *names: str) -> Any:
    """Give a widget class names.

    Args:
        widget: The widget.
        names: Class names; one text may hold several. Empty ones are left out.
    """
    wanted = [word for name in names for word in name.split()]
    widget._dom_classes = (*widget._dom_classes, *wanted)  # noqa: SLF001 - one message in place of one each
    return widget


def close_all_in(widget: widgets.Widget) -> None:
    """Close everything below a widget, but not the layouts and styles that others have too."""
    for child in getattr(widget, "children", ()):
        close_all_in(child)
        child.close()


def set_classes(widget: widgets.DOMWidget, names: tuple[str, ...]) -> None:
    """Put class names in the place of those that a widget has, if they are others."""
    if widget._dom_classes != names:  # noqa: SLF001 - add_class and remove_class send a message each
        widget._dom_classes = names  # noqa: SLF001


def mark(widget: widgets.DOMWidget, name: str, on: bool) -> None:
    """Give a widget a class name, or take it away."""
    names = tuple(kept for kept in widget._dom_classes if kept != name)  # noqa: SLF001
    set_classes(widget, (*names, name) if on else names)


def show(widget: widgets.DOMWidget, visible: bool, layout: widgets.Layout | None = None) -> None:
    """Show or hide a widget, which keeps its place and its view.

    Args:
        widget: The widget.
        visible: Whether it is to be seen.
        layout: How it is laid out while it is; the shared layout if None.
    """
    layout = layout if visible and layout is not None else shared(widgets.Layout, hidden=not visible)
    if widget.layout is not layout:
        widget.layout = layout


def is_shown(widget: widgets.DOMWidget) -> bool:
    """Whether `show` has left a widget visible."""
    return bool(widget.layout.display != "none")


def box(*children: widgets.Widget, classes: str = "", row: bool = False) -> Any:
    """A `VBox`, or an `HBox` for a row.

    Args:
        children: What is in it.
        classes: Class names.
        row: Whether it is an `HBox`.
    """
    return classed(make(widgets.HBox if row else widgets.VBox, list(children)), classes)


def text(words: str = "", classes: str = "") -> Any:
    """Plain text in one line of its own.

    Args:
        words: What it says, of any origin.
        classes: Class names.
    """
    return classed(make(widgets.HTML, esc(words, limit=2000)), classes)


def markup(content: str = "", classes: str = "") -> Any:
    """Text with marks in it.

    Args:
        content: HTML in which everything of foreign origin went through `esc`.
        classes: Class names.
    """
    return classed(make(widgets.HTML, content), classes)


def say(widget: widgets.HTML, words: str) -> None:
    """Put plain text into a `text` part, if it is another one than is there."""
    write(widget, esc(words, limit=2000))


def write(widget: widgets.HTML, content: str) -> None:
    """Put escaped HTML into a `markup` part, if it is another one than is there."""
    if widget.value != content:
        widget.value = content


def heading(words: str, *, level: int = 3, large: bool = False) -> Any:
    """A heading.

    Args:
        words: What it says.
        level: Its level, 2 to 4.
        large: Whether it is a form's title.
    """
    return markup(heading_html(words, level=level, large=large), "dw-hbox")


def heading_html(words: str, *, level: int = 3, large: bool = False) -> str:
    """The content of a `heading`."""
    return f'<h{level} class="dw-h{" dw-h-l" if large else ""}">{esc(words)}</h{level}>'


def button(
    words: str,
    on_click: Handler | None = None,
    *,
    icon: str = "",
    style: str = "",
    classes: str = "",
    title: str = "",
) -> Any:
    """A button.

    Args:
        words: Its name, shown unless ``classes`` say ``dw-only``.
        on_click: What it does.
        icon: The name of an icon of the design, as ``refresh``.
        style: ``primary``, ``danger`` or empty.
        classes: Further class names.
        title: What pointing at it says; its name if empty.
    """
    made = make(widgets.Button, description=clean(words), tooltip=clean(title or words), button_style=style)
    classed(made, "dw-btn", f"dw-i-{icon}" if icon else "", classes)
    if on_click is not None:
        made.on_click(lambda _button: on_click())
    return made


def able(part: widgets.Button, enabled: bool, why: str = "") -> None:
    """Switch a button on or off; what is off says why in its title.

    Args:
        part: The button.
        enabled: Whether it can be pressed.
        why: The reason when it cannot.
    """
    part.disabled = not enabled
    part.tooltip = part.description if enabled or not why else why


def head(title: widgets.Widget, *facts: widgets.Widget, actions: Sequence[widgets.Widget] = ()) -> Any:
    """The head of a section: title and facts at left, actions at right."""
    titles = box(title, *facts, classes="dw-titles", row=True)
    parts = [titles, box(*actions, classes="dw-actions", row=True)] if actions else [titles]
    return box(*parts, classes="dw-head", row=True)


def section(*parts: widgets.Widget) -> Any:
    """A section of a body."""
    return box(*parts, classes="dw-section")


def empty(title: str, words: str | widgets.HTML, *actions: widgets.Widget, level: int = 2) -> Any:
    """What stands where there is nothing yet, with its next step."""
    said = text(words, "dw-text") if isinstance(words, str) else words
    parts = [heading(title, level=level, large=level < 3), said]  # noqa: PLR2004
    if actions:
        parts.append(box(*actions, classes="dw-actions", row=True))
    return box(*parts, classes="dw-empty")


class Later(widgets.VBox):  # type: ignore[misc] # ipywidgets ships no types
    """A part that is made when it is first shown: many never are, and every widget costs its time.

    Args:
        make_children: Makes what is in it.
        classes: Class names.
    """

    def __init__(self, make_children: Callable[[], Iterable[widgets.Widget]], classes: str = "") -> None:
        self._make_children = make_children
        self._made = False
        super().__init__(layout=shared(widgets.Layout, hidden=True))
        classed(self, classes)

    def show(self, visible: bool) -> None:
        """Show or hide it.

        Args:
            visible: Whether it is to be seen.
        """
        if visible and not self._made:
            self._made = True
            self.children = tuple(self._make_children())
        show(self, visible)


def mono(words: object) -> str:
    """Escaped HTML: a text in the typewriter face."""
    return f'<span class="dw-mono">{esc(words)}</span>'


def model_id(name: str) -> str:
    """Escaped HTML: a model's id that loses its middle, and never its end, where there is little room."""
    shown = clean(name)
    *start, end = [f"<span>{esc(part)}</span>" for part in id_parts(shown)]
    before = f'<span class="dw-id-start">{"".join(start)}</span>' if start else ""
    return f'<span class="dw-id" title="{esc(shown)}">{before}{end}</span>'


def id_parts(name: str) -> list[str]:
    """An id as head, middle and end, of which it loses the first ones first; one part if it is short."""
    if len(name) <= _SHORT:
        return [name]
    slash = name.rfind("/")
    tail = slash if 0 < slash < len(name) - 1 and len(name) - slash <= _TAIL else len(name) - _TAIL
    head = max(tail, _HEAD)
    end = max(head, len(name) - _END)
    return [part for part in (name[:head], name[head:end], name[end:]) if part]


class Message(widgets.HBox):  # type: ignore[misc] # ipywidgets ships no types
    """A line under a field or beside a button: an error, a warning, a hint; at most one action with it."""

    def __init__(self, words: str = "", tone: str = "") -> None:
        self._words = markup("", "dw-text")
        self._action: Any = None  # made when there is one, then kept
        self._on_click: Handler | None = None
        super().__init__([self._words], layout=shared(widgets.Layout))
        self.set(words, tone)

    def set(self, words: str, tone: str = "", *, action: str = "", on_click: Handler | None = None) -> None:
        """Say something else; nothing hides the line.

        Args:
            words: What to say, of any origin.
            tone: ``error``, ``warn``, ``ok`` or empty.
            action: The name of a link button after it.
            on_click: What that does.
        """
        self.set_html(esc(words, limit=1000), tone, action=action, on_click=on_click)

    def set_html(
        self, content: str, tone: str = "", *, action: str = "", on_click: Handler | None = None
    ) -> None:
        """`set` with content that is escaped HTML."""
        icon = {"error": "dw-i-error", "warn": "dw-i-warn", "ok": "dw-i-check"}.get(tone, "")
        names = tuple(name for name in ("dw-msg", f"dw-{tone}" if tone else "", icon) if name)
        set_classes(self, names)
        write(self._words, content)
        self._on_click = on_click if action else None
        if self._on_click is not None and self._action is None:
            self._action = button(action, self._press, classes="dw-link")
            self.children = [self._words, self._action]
        if self._action is not None:
            if action and self._action.description != clean(action):
                self._action.description = self._action.tooltip = clean(action)
            show(self._action, self._on_click is not None)
        show(self, bool(content))

    def _press(self) -> None:
        if self._on_click is not None:
            self._on_click()

    @property
    def words(self) -> str:
        """What it says, as HTML; empty while it is hidden."""
        return str(self._words.value)


class Note(widgets.HBox):  # type: ignore[misc] # ipywidgets ships no types
    """What happened, in words, what to do next, and the buttons that do it."""

    def __init__(self) -> None:
        self._body = markup()
        self._actions = box(classes="dw-note-actions", row=True)
        # The body is a box of its own: as a grid item, HTML's inner element would look for the note's areas.
        parts = [box(self._body, classes="dw-note-body"), self._actions]
        super().__init__(parts, layout=shared(widgets.Layout))
        self.hide()

    def set(
        self,
        tone: str,
        title: str,
        words: str = "",
        *,
        icon: str = "",
        actions: Iterable[widgets.Button] = (),
        html: str = "",
    ) -> None:
        """Say something.

        Args:
            tone: ``ok``, ``info``, ``warn`` or ``error``.
            title: What happened, of any origin.
            words: What still works and what to do next.
            icon: The name of an icon; the tone's own if empty.
            actions: Buttons.
            html: Escaped HTML in place of ``words``.
        """
        names = ("dw-note", f"dw-tone-{tone}", f"dw-i-{icon or ('check' if tone == 'ok' else tone)}")
        set_classes(self, names)
        second = html or esc(words, limit=2000)
        content = f'<div class="dw-note-title">{esc(title, limit=1000)}</div>'
        if second:
            content += f'<div class="dw-note-text">{second}</div>'
        write(self._body, content)
        self._actions.children = tuple(actions)
        show(self._actions, bool(self._actions.children))
        show(self, True)

    def hide(self) -> None:
        """Say nothing and take no room."""
        show(self, False)

    @property
    def content(self) -> str:
        """What it says, as HTML; empty while it is hidden."""
        return str(self._body.value) if is_shown(self) else ""

    @property
    def buttons(self) -> tuple[widgets.Button, ...]:
        """The buttons in it."""
        return tuple(self._actions.children)
