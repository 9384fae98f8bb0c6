"""The widget between a presenter and its pages: one for a whole panel."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

import anywidget
import traitlets

from ._gestures import answered_gesture, answering
from ._hub import hub_of
from ._joined import Joined
from ._kernel_logs import watch_kernel_loggers
from .page_messages import MOST_ROWS, pack
from .presenters.shared.arguments import LONGEST_CHARACTERS, Arguments, MismatchError
from .presenters.shared.encode import encode
from .presenters.shared.failures import form_note, known_error
from .presenters.shared.views import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..service import SettingsService
    from .page_messages import Reply
    from .presenters.shared.presenter import Presenter
    from .presenters.shared.views import ActionArgs, Focus, Tab

_STATIC = Path(__file__).parent / "static"
_REPLIES_KEPT = 50
_LONGEST_ID_CHARACTERS = 100


def _text(name: str) -> str:
    """A bundle as text: a path may be watched for ever, and one line without a break counts as a path."""
    return (_STATIC / name).read_text(encoding="utf-8") + "\n"


class Host(Protocol):
    """What a panel needs to know of the app around it."""

    def go_to(self, tab: Tab, args: Mapping[str, object]) -> None:
        """Show another tab.

        Args:
            tab: Which one.
            args: Where to look in it, as the action that leads there has it.
        """


class PagePanel(anywidget.AnyWidget):
    """A panel in one widget, which its page draws: alone in a cell or inside the app.

    What is true of the file and the service is the trait ``view``, the same in every window and never set by
    a page. What a person does comes as a message with an id, and is answered by one with the same id.

    Args:
        service: The service to show; the default file's if None.
        presenter: What the panel says and does; a new one if None.
        host: The app around the panel, if there is one.

    Attributes:
        service: The service that is shown.
        presenter: What says what is shown, and does what is pressed.
    """

    _esm = _text("page.js")
    _css = _text("page.css")
    _presenter: ClassVar[type[Presenter] | None] = None

    view = traitlets.Dict().tag(sync=True)
    in_app = traitlets.Bool(default_value=False).tag(sync=True)

    def __init__(
        self,
        service: SettingsService | None = None,
        *,
        presenter: Presenter | None = None,
        host: Host | None = None,
    ) -> None:
        if presenter is None and self._presenter is not None:
            presenter = self._presenter(service)
        if presenter is None:
            raise TypeError(f"{type(self).__name__} has no presenter")
        self.presenter = presenter
        self.service = self.presenter.service
        self._host = host
        self._replies: OrderedDict[str, Reply] = OrderedDict()
        # Weakly: what the presenter calls must not keep a panel alive that nobody shows.
        me = weakref.ref(self)

        def draw() -> None:
            there = me()
            if there is not None:
                there.view = encode(there.presenter.view())

        self._drawing = Joined(draw, self.presenter.hub.lock)
        super().__init__(view=encode(self.presenter.view()), in_app=host is not None)
        watch_kernel_loggers()
        self._own_layout = self.layout
        self.on_msg(_hear)
        self.presenter.on_change(self._drawing.ask)
        self._drawing.ask()  # what changed meanwhile

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.service.path)!r})"

    def close(self) -> None:
        """Take the panel out of every page and stop following the service."""
        presenter = getattr(self, "presenter", None)  # None if it was refused before it was made
        if presenter is not None:
            presenter.close()
            self._drawing.stop()
        layout = getattr(self, "_own_layout", None)
        if layout is not None:
            layout.close()  # ipywidgets leaves it behind, in the kernel and in a saved notebook
        super().close()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what a page sets: nothing of what the kernel says."""
        own = {"view", "in_app"}
        super().set_state({name: value for name, value in sync_data.items() if name not in own})

    def move_focus(self, focus: Focus) -> None:
        """Move the focus in the window where the gesture was made that is being answered; else in none.

        Args:
            focus: Where it goes.
        """
        self._drawing.flush()
        self.send({"kind": "focus", "focus": encode(focus), **answered_gesture()})

    def open_form(self, name: str, args: ActionArgs) -> None:
        """Open a form in the window where the gesture was made that is being answered; else in none.

        Args:
            name: The form's name.
            args: What it is about.
        """
        self._drawing.flush()
        self.send({"kind": "open", "form": name, "args": args, **answered_gesture()})

    def reload_forms(self) -> None:
        """Have every window take over into its open form what another program has changed in the file."""
        self.send({"kind": "reload"})

    def look_at(self, args: ActionArgs) -> None:
        """Show a list of models in the window where the gesture was made; in all where code has asked.

        Args:
            args: Which one, as an action has it that leads there: ``list``, ``kind``, ``tasks`` or ``row``.
        """
        self._drawing.flush()
        self.send({"kind": "look", "args": encode(args), **answered_gesture()})

    @property
    def title(self) -> str:
        """The tab's name."""
        return self.presenter.name

    def attention(self) -> int:
        """How many things in this panel need somebody to look at them."""
        return self.presenter.view().attention

    def _models(self, key: str, given: Arguments) -> tuple[Reply, list[bytes]]:
        try:
            mark, rows = self.presenter.models(given.text("provider"), given.text("mark", ""))
        except Exception as error:  # noqa: BLE001 - the page must hear of it, whatever it was
            return _failure(key, error), []
        found = rows or ()
        reply: Reply = {"id": key, "models": {"mark": mark, "left_out": max(0, len(found) - MOST_ROWS)}}
        return reply, [] if rows is None else [pack(found[:MOST_ROWS])]

    def _reply(self, key: str, message: dict[str, Any]) -> Reply:
        try:
            reply = self._answer(key, message)
        except Exception as error:  # noqa: BLE001 - the page must hear of it, whatever it was
            return _failure(key, error)
        self._tell_the_app(reply, message)
        return reply

    def _tell_the_app(self, reply: Reply, message: dict[str, Any]) -> None:
        """Over an open form today's app says that the file was changed outside."""
        editing = hub_of(self.service).editing
        if "form" in reply:
            editing.add(self)
        elif message.get("kind") == "submit" and reply["answer"].get("ok", True):  # type: ignore[attr-defined]
            editing.discard(self)

    def _answer(self, key: str, message: dict[str, Any]) -> Reply:
        submitted = message.pop("key", "")
        given = Arguments(message)
        args = _mapping(message.get("args"))
        match given.text("kind"):
            case "act":
                answer = self.presenter.act(given.text("name"), args)
            case "go":
                answer = Answer()
                if self._host is not None:
                    with answering(message.get("gesture")):
                        self._host.go_to(cast("Tab", given.text("tab")), args)
            case "form":
                values = _texts(message.get("values"))
                form = self.presenter.form(given.text("name"), args, values, given.text("changed", ""))
                return {"id": key, "form": encode(form)}
            case "submit":
                if not isinstance(submitted, str) or len(submitted) > LONGEST_CHARACTERS:
                    raise MismatchError
                values = _texts(message.get("values"))
                answer = self.presenter.submit(given.text("form"), values, submitted, args)
            case _:
                raise MismatchError
        return {"id": key, "answer": encode(answer)}


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
    """Answer a page; a message that arrives twice is done once, and answered twice.

    A function and no method: the widget would keep itself alive.
    """
    key = message.get("id") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(key, str) or len(key) > _LONGEST_ID_CHARACTERS:
        return
    if message.get("kind") == "models":  # answered anew each time: a list of thousands is not kept
        panel.send(*panel._models(key, Arguments(message)))  # noqa: SLF001 - it is its own
        return
    with panel.presenter.hub.lock:
        reply = panel._replies.get(key)  # noqa: SLF001 - it is its own
        if reply is None:
            reply = panel._replies[key] = panel._reply(key, message)  # noqa: SLF001
            while len(panel._replies) > _REPLIES_KEPT:  # noqa: SLF001
                panel._replies.popitem(last=False)  # noqa: SLF001
        panel._drawing.flush()  # noqa: SLF001 - where the focus goes must be there by then
    panel.send(reply)
