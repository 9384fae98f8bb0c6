"""What all panels share: the service, the news, errors shown where they happened, forms in their place.

A panel's callbacks run in whichever thread the kernel uses (it differs between ipykernel versions), its
drawing also in the hub's worker thread; both hold the hub's lock. Exceptions end in the panel, never in
a log that nobody sees.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import ipywidgets as widgets

from .._log import get_logger
from ..errors import DispatchError, SettingsFileError, UnreadableSettingsError
from ..secrets import redact
from ._file_notice import FileNotice
from ._hub import hub_of
from ._news import News
from ._parts import (
    Later,
    Note,
    box,
    button,
    classed,
    close_all_in,
    empty,
    say,
    shared,
    show,
    text,
)
from ._troubles import TRY_AGAIN, may_pass
from .panel_root import PanelRoot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..service import SettingsService
    from ._forms import Form

_log = get_logger("dispatch_widgets")


class Host(Protocol):
    """What a panel needs to know of the app around it."""

    root: PanelRoot

    def go(self, tab: str, **where: Any) -> None:
        """Show another tab.

        Args:
            tab: ``providers``, ``models``, ``router`` or ``settings``.
            where: What to show in it.
        """


class UnexpectedError(DispatchError):
    """A failure that the toolkit did not foresee, as a panel shows it."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(
            f"This did not work: {type(error).__name__}: {redact(str(error))}",
            hint="That is a mistake in dispatch-widgets, not in what you did. Nothing else is affected.",
        )


class BasePanel(widgets.VBox):  # type: ignore[misc] # ipywidgets ships no types
    """A panel over a service, alone in a cell or inside the app.

    Args:
        service: The service to show; the default file's if None.
        host: The app around the panel, if there is one.

    Attributes:
        file_notice: What is said when another program took the file, or its providers, away.
    """

    title = "Panel"

    def __init__(self, service: SettingsService | None = None, *, host: Host | None = None) -> None:
        if service is None:
            from ..service.default import default_service

            service = default_service()
        self.service = service
        self.hub = hub_of(service)
        self.host = host
        self.root = host.root if host is not None else PanelRoot()
        self.trouble: DispatchError | None = None
        self._row_troubles: dict[str, DispatchError] = {}
        self._failed: dict[str, Callable[[], object]] = {}  # what to do on "Try again", by row
        self._form: Form | None = None
        self._note: Note | None = None
        self._dismiss: Any = None
        self._retry: Any = None
        self._unreadable: tuple[widgets.Widget, widgets.HTML] | None = None
        self._note_place = Later(self._make_note, "dw-section")
        self._main = box(classes="dw-body")
        self._place = box(classes="dw-body")  # of a form, or of what is said when the file cannot be read
        parts = [self._main, self._place]
        # Alone it has a layout of its own: people set a panel's width, and that must reach nothing else.
        layout = shared(widgets.Layout) if host is not None else widgets.Layout()
        super().__init__(parts if host is not None else [self.root, *parts], layout=layout)
        if host is None:
            classed(self, "dw-panel")
        show(self._place, False)
        with self.hub.lock:
            self.file_notice = FileNotice(self)
            self._main.children = (self._note_place, self.file_notice, *self._build())
            self._redraw(None)
        self.hub.subscribe(self._news)
        self.hub.post(News("time"))  # what takes longer to find out is drawn in a moment, by the worker

    def __repr__(self) -> str:
        # The widgets' own repr prints every child, which is long and says nothing.
        return f"{type(self).__name__}({str(self.service.path)!r})"

    def close(self) -> None:
        """Take the panel out of the page and stop following the service."""
        hub = getattr(self, "hub", None)  # None if it was refused before it was made
        if hub is not None:
            hub.unsubscribe(self._news)
            hub.editing.discard(self)
            if self._unreadable is not None:
                close_all_in(self._unreadable[0])
                self._unreadable[0].close()
            if self._retry is not None:
                self._retry.close()  # it has a place only while it is offered
        close_all_in(self)
        super().close()

    # -- for the panels ----------------------------------------------------------------------------

    def _build(self) -> Iterable[widgets.Widget]:
        """Make the sections of the panel, once."""
        raise NotImplementedError

    def _draw(self, news: News | None) -> None:
        """Bring the panel in step with the service.

        Args:
            news: What has changed; None for everything.
        """
        raise NotImplementedError

    def attention(self) -> int:
        """How many things in this panel need somebody to look at them."""
        return 0

    @property
    def now(self) -> datetime:
        """The present moment (UTC)."""
        return datetime.now(UTC)

    @property
    def readable(self) -> bool:
        """Whether the settings file can be read."""
        return self.service.problem is None

    def go(self, tab: str, **where: Any) -> None:
        """Show another tab of the app; without an app nothing happens.

        Args:
            tab: The tab's name.
            where: What to show in it.
        """
        if self.host is not None:
            self.host.go(tab, **where)

    def act(self, work: Callable[[], object], *, row: str = "") -> bool:
        """Do what the user asked for, and show what goes wrong where it went wrong.

        Args:
            work: What to do.
            row: The id of the row that it is about; the whole panel if empty.

        Returns:
            Whether it was done.
        """
        with self.hub.lock:
            self.trouble = None
            self._row_troubles.pop(row, None)
            self._failed.pop(row, None)
            try:
                work()
                failed = None
            except DispatchError as error:
                failed = error
            except Exception as error:  # noqa: BLE001 - nobody sees the kernel's log; it is said here
                _log.warning("A panel's action failed: %s", redact(f"{type(error).__name__}: {error}"))
                failed = UnexpectedError(error)
            if failed is not None and row:
                self._row_troubles[row] = failed
            else:
                self.trouble = failed
            if failed is not None:
                self._failed[row] = work
            self._redraw(None)
            return failed is None

    def again(self, row: str = "") -> bool:
        """Do once more what did not work.

        Args:
            row: The id of the row that it is about; the whole panel if empty.

        Returns:
            Whether it was done.
        """
        work = self._failed.get(row)
        return work is None or self.act(work, row=row)

    def does(self, work: Callable[[], object], *, row: str = "") -> Callable[[], None]:
        """`act` later: what a button is given.

        Args:
            work: What to do.
            row: The id of the row that it is about.
        """

        def callback() -> None:
            self.act(work, row=row)

        return callback

    # -- drawing -----------------------------------------------------------------------------------

    def _news(self, news: News) -> None:
        with self.hub.lock:
            self._redraw(news)

    def _redraw(self, news: News | None) -> None:
        try:
            problem = self.service.problem
            if problem is None:
                self.file_notice.draw()
                self._draw(news)
            else:
                self.file_notice.show(False)
        except SettingsFileError as error:
            problem = error
        except Exception as error:  # noqa: BLE001 - shown in the panel
            _log.warning("A panel could not be drawn: %s", redact(f"{type(error).__name__}: {error}"))
            problem, self.trouble = None, UnexpectedError(error)
        self._draw_places(problem)

    def _draw_places(self, problem: SettingsFileError | None) -> None:
        unreadable = problem is not None and self._form is None
        if problem is not None and unreadable:
            self._explain(problem)
        show(self._place, self._form is not None or unreadable)
        show(self._main, self._form is None and not unreadable)
        self._note_place.show(self.trouble is not None)
        if self.trouble is not None and self._note is not None:
            actions = [self._retry, self._dismiss] if may_pass(self.trouble) else [self._dismiss]
            self._note.set("error", self.trouble.message, self.trouble.hint, actions=actions)

    def _make_note(self) -> list[widgets.Widget]:
        self._note = Note()
        self._retry = button(TRY_AGAIN, self.again)
        self._dismiss = button("Dismiss", self.does(lambda: None), classes="dw-quiet")
        return [self._note]

    def _explain(self, problem: SettingsFileError) -> None:
        why = problem.message
        if isinstance(problem, UnreadableSettingsError) and problem.line:
            why = f"The file has a mistake at line {problem.line}, column {problem.column}."
        words = f"{why} It is not changed, and not replaced by an empty one."
        if self._unreadable is None:
            said = text("", "dw-text")  # the app's bar leads to the ways out
            self._unreadable = empty("What you saved is still in the file", said, level=3), said
        shown, said = self._unreadable
        say(said, words)
        if self._place.children != (shown,):
            self._place.children = (shown,)

    # -- forms -------------------------------------------------------------------------------------

    @property
    def form(self) -> Form | None:
        """The form that is open in place of the panel's lists; None if none is."""
        return self._form

    def _open(self, form: Form, *, focus: str = "") -> None:
        before, self._form = self._form, form
        self._place.children = (form,)
        if before is not None and before is not form:
            before.done_with()
        self.hub.editing.add(self)
        self._draw_places(None)
        self.root.focus(focus or form.first_field)

    def _close_form(self, *, focus: str = "") -> None:
        form, self._form = self._form, None
        self._place.children = ()
        if form is not None:
            form.done_with()
        self.hub.editing.discard(self)
        if not self.hub.editing and self.hub.outside is not None:
            self.hub.outside = None
            self.hub.post(News("shared"))
        self._redraw(None)
        if focus:
            self.root.focus(focus)
