"""The widget between presenters and a page: one widget for a whole panel."""

from __future__ import annotations

import hashlib
import weakref
from collections import OrderedDict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import anywidget
import traitlets

from .._text import clean
from ..errors import InvalidInputError
from ._exit import sending
from ._joined import Joined
from ._kernel_logs import watch_kernel_loggers
from .page_messages import MOST_ROWS, pack
from .presenters.app import TABS, AppPresenter
from .presenters.shared.arguments import LONGEST_CHARACTERS, Arguments, MismatchError
from .presenters.shared.encode import encode
from .presenters.shared.failures import form_note, known_error
from .presenters.shared.views import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..service import SettingsService
    from .page_messages import Asked, AskedForm, Reply
    from .presenters.shared.presenter import Presenter
    from .presenters.shared.views import ArgumentValue, Tab

_STATIC = Path(__file__).parent / "static"
_REPLIES_KEPT = 50
_LONGEST_ID_CHARACTERS = 100
_KERNELS_OWN = frozenset(
    {
        *("header", "view_providers", "view_models", "view_router", "view_settings"),
        *("first", "alone", "asked", "window"),
    }
)


def _text(name: str) -> str:
    """A bundle as text, without the lines on how it was made; anywidget takes a single line for a path."""
    return (_STATIC / name).read_text(encoding="utf-8").split("\n", 2)[2]


class PagePanel(anywidget.AnyWidget):
    """A panel in one widget, which its page draws: the app, or a single tab.

    The state of the file and the service is in traits: one for each tab that a page has shown so far, and one
    for the header. They are the same in every window, and a page never sets them. What a person does arrives
    as a message with an id and its tab, and is answered by a message with the same id.

    Args:
        service: The service to show; the default file's if None.
        presenter: The presenter of a panel with a single tab; a new one if None.

    Attributes:
        service: The service that is shown.
        app: The presenter of the header, with those of the tabs.
    """

    _esm = _text("page.js")
    _css = _text("page.css")
    _presenter: ClassVar[type[Presenter] | None] = None

    header = traitlets.Dict().tag(sync=True)
    view_providers = traitlets.Dict().tag(sync=True)
    view_models = traitlets.Dict().tag(sync=True)
    view_router = traitlets.Dict().tag(sync=True)
    view_settings = traitlets.Dict().tag(sync=True)
    first = traitlets.Unicode().tag(sync=True)
    alone = traitlets.Bool(default_value=True).tag(sync=True)
    asked = traitlets.Dict().tag(sync=True)
    window = traitlets.Unicode().tag(sync=True)

    def __init__(self, service: SettingsService | None = None, *, presenter: Presenter | None = None) -> None:
        watch_kernel_loggers()
        if presenter is None and self._presenter is not None:
            presenter = self._presenter(service)
        self.app = AppPresenter(service, own=presenter)
        self.service = self.app.service
        self._replies: OrderedDict[str, Reply] = OrderedDict()
        self._tab = self.app.first_tab
        self._watched: set[Tab] = set()
        self._changed: set[Tab | Literal["header"]] = set()
        # A weak reference: a presenter's callback must not keep a panel alive that is not shown.
        me = weakref.ref(self)

        def draw() -> None:
            there = me()
            if there is not None:
                there._draw()  # noqa: SLF001 - `there` is this panel

        self._drawing = Joined(draw, self.app.hub.lock)
        with self.app.hub.lock:
            super().__init__(
                header=encode(self.app.header()),
                first=self._tab,
                alone=presenter is not None,
                window=self._window(),
                **{f"view_{self._tab}": encode(self.app.tab(self._tab).view())},
            )
            self.app.on_change(partial(_ask_for, me, "header"))
            self._watch(self._tab)
        self._own_layout = self.layout
        self.on_msg(_hear)

    def __repr__(self) -> str:
        # Not the full path: hosts save this in the notebook, for readers without widgets.
        return f"{type(self).__name__}({self.service.path.name!r})"

    def close(self) -> None:
        """Remove the panel from every page, and stop following the service."""
        if hasattr(self, "_drawing"):  # missing if __init__ failed
            self.app.close()
            self._drawing.stop()
        layout = getattr(self, "_own_layout", None)
        if layout is not None:
            layout.close()  # ipywidgets leaves it behind, in the kernel and in a saved notebook
        super().close()

    def send_state(self, key: Any = None) -> None:
        """Send traits to the pages, unless the interpreter is exiting."""
        with sending() as is_allowed:
            if is_allowed:
                super().send_state(key)

    def send(self, content: Any, buffers: Any = None) -> None:
        """Send a message to the pages, unless the interpreter is exiting."""
        with sending() as is_allowed:
            if is_allowed:
                super().send(content, buffers)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Accept what a page sets, except the traits that only the kernel sets."""
        super().set_state({name: value for name, value in sync_data.items() if name not in _KERNELS_OWN})

    # -- for code ----------------------------------------------------------------------------------

    @property
    def providers(self) -> Presenter:
        """The presenter of the Providers tab."""
        return self.app.tab("providers")

    @property
    def models(self) -> Presenter:
        """The presenter of the Models tab."""
        return self.app.tab("models")

    @property
    def router(self) -> Presenter:
        """The presenter of the Router tab."""
        return self.app.tab("router")

    @property
    def settings(self) -> Presenter:
        """The presenter of the Settings file tab."""
        return self.app.tab("settings")

    @property
    def presenter(self) -> Presenter:
        """The presenter of the tab that the panel opens with."""
        return self.app.tab(self.first)

    @property
    def tab(self) -> Tab:
        """The open tab of the window that was used last; setting it opens a tab in every window."""
        return self._tab

    @tab.setter
    def tab(self, tab: Tab) -> None:
        if tab not in TABS:
            hint = f"Use one of {', '.join(TABS)}."
            raise InvalidInputError([], message=f"There is no tab {clean(tab, 40)!r}.", hint=hint)
        self._ask(tab)

    def open_form(self, name: Literal["provider", "entry", "share"], **args: ArgumentValue) -> None:
        """Open a form, and its tab, in every window.

        Args:
            name: ``provider``, ``entry`` or ``share``.
            args: ``row``, the id of the provider or entry to edit. Without it, ``provider`` adds one.

        Raises:
            InvalidInputError: If there is no such form.
            DispatchError: If there is no such provider or entry.
        """
        tab = self.app.tab_of_form(name)
        self.app.tab(tab).form(name, args)
        self._ask(tab, {"name": name, "args": args})

    def _window(self) -> str:
        """The key under which a page keeps the state of its window; the same when the cell runs again."""
        own = f"{type(self).__name__} {self.service.path}"
        return hashlib.blake2b(own.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()

    def _ask(self, tab: Tab, form: AskedForm | None = None) -> None:
        with self.app.hub.lock:
            self._show(tab)
            asked: Asked = {"n": self.asked.get("n", 0) + 1, "tab": tab}
            if form is not None:
                asked["form"] = form
            self.asked = dict(asked)
            self._drawing.flush()

    # -- drawing -----------------------------------------------------------------------------------

    def _show(self, tab: Tab) -> None:
        """Send a tab's view to the pages from now on; called with the hub's lock."""
        self._tab = tab
        if tab not in self._watched:
            self._watch(tab)

    def _watch(self, tab: Tab) -> None:
        self._watched.add(tab)
        tell = partial(_ask_for, weakref.ref(self), tab)
        self.app.tab(tab).on_change(tell)
        tell()

    def _draw(self) -> None:
        changed, self._changed = self._changed, set()
        with self.hold_sync():  # one message for all traits
            for part in changed:
                if part == "header":
                    self.header = encode(self.app.header())
                else:
                    setattr(self, f"view_{part}", encode(self.app.tab(part).view()))

    # -- messages from pages -----------------------------------------------------------------------

    def _models(self, key: str, given: Arguments) -> tuple[Reply, list[bytes]]:
        try:
            mark, rows = self.app.tab(given.text("tab")).models(
                given.text("provider"), given.text("mark", "")
            )
        except Exception as error:  # noqa: BLE001 - the page is told of any error
            return _failure(key, error), []
        found = rows or ()
        reply: Reply = {"id": key, "models": {"mark": mark, "left_out": max(0, len(found) - MOST_ROWS)}}
        return reply, [] if rows is None else [pack(found[:MOST_ROWS])]

    def _reply(self, key: str, message: dict[str, Any]) -> Reply:
        try:
            return self._answer(key, message)
        except Exception as error:  # noqa: BLE001 - the page is told of any error
            return _failure(key, error)

    def _answer(self, key: str, message: dict[str, Any]) -> Reply:
        submitted = message.pop("key", "")
        given = Arguments(message)
        kind, tab = given.text("kind"), given.text("tab")
        args = _mapping(message.get("args", {}))
        if kind == "act" and not tab:
            return {"id": key, "answer": encode(self.app.act(given.text("name"), args))}
        presenter = self.app.tab(tab)
        match kind:
            case "show":
                answer = Answer()
            case "act":
                answer = presenter.act(given.text("name"), args)
            case "form":
                values = _texts(message.get("values"))
                form = presenter.form(given.text("name"), args, values, given.text("changed", ""))
                return {"id": key, "form": encode(form)}
            case "submit":
                if not isinstance(submitted, str) or len(submitted) > LONGEST_CHARACTERS:
                    raise MismatchError
                values = _texts(message.get("values"))
                answer = presenter.submit(given.text("form"), values, submitted, args)
            case _:
                raise MismatchError
        self._show(presenter.tab)
        return {"id": key, "answer": encode(answer)}


def _ask_for(panel: weakref.ref[PagePanel], part: Tab | Literal["header"]) -> None:
    there = panel()
    if there is not None:
        there._changed.add(part)  # noqa: SLF001 - called with the hub's lock, by the panel's own presenters
        there._drawing.ask()  # noqa: SLF001


def _failure(key: str, error: Exception) -> Reply:
    return {"id": key, "answer": encode(Answer(ok=False, note=form_note(known_error(error))))}


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise MismatchError
    return value


def _texts(value: object) -> Mapping[str, str]:
    """The values of a form's fields.

    Raises:
        MismatchError: If they are something else.
    """
    given = Arguments(_mapping(value))
    return {name: given.text(name) for name in _mapping(value)}


def _hear(panel: PagePanel, message: object, _buffers: object) -> None:
    """Answer a page's message; one that arrives twice is handled once and answered twice.

    This is a function, as a bound method would keep the widget alive.
    """
    key = message.get("id") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(key, str) or len(key) > _LONGEST_ID_CHARACTERS:
        return
    if message.get("kind") == "models":  # not kept for a repeated message: it may have thousands of rows
        panel.send(*panel._models(key, Arguments(message)))  # noqa: SLF001 - works as a method
        return
    with panel.app.hub.lock:
        reply = panel._replies.get(key)  # noqa: SLF001 - as above
        if reply is None:
            reply = panel._replies[key] = panel._reply(key, message)  # noqa: SLF001
            while len(panel._replies) > _REPLIES_KEPT:  # noqa: SLF001
                panel._replies.popitem(last=False)  # noqa: SLF001
        panel._drawing.flush()  # noqa: SLF001 - the page needs the view first, to move the focus
    panel.send(reply)
