"""The base class of the presenters: views, actions, forms, errors, Undo and notifications."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from ...._log import get_logger
from ....errors import DispatchError, InvalidInputError, SettingsFileError
from ....secrets import LOOKS_LIKE_KEY, looks_like_key, redact
from ..hub.hub import hub_of
from .arguments import Arguments, MismatchError
from .asked import asked_by, marked, says_the_same
from .failures import Failures, UnexpectedError, form_note, known_error, refused
from .file_notice import FileNotice, unreadable
from .undo import Undo
from .views import Answer, FileOnDisk, Focus, Note, Spoken, View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ....service import SettingsService
    from ..hub.events import Events
    from .views import Form, Tab

    Handler = Callable[[Arguments], Answer | None]

_log = get_logger("dispatch_widgets")


class FormPart(Protocol):
    """A form of a tab."""

    def form(self, args: Arguments, values: Mapping[str, str], changed: str) -> Form:
        """The form as it is now, or with the selected options; see `Presenter.form`."""

    def submit(self, values: Mapping[str, str], key: str, args: Arguments) -> Answer:
        """Save the form; see `Presenter.submit`."""

    def key_for(self, values: Mapping[str, str], args: Arguments) -> str:
        """The server that a key is submitted for with these values; see `Answer.key_for`."""


class Presenter:
    """What a tab shows and does, for any number of windows.

    All methods may be called from any thread.

    Args:
        service: The service to show; the default file's if None.
    """

    tab: ClassVar[Tab]
    name: ClassVar[str]

    def __init__(self, service: SettingsService | None = None) -> None:
        if service is None:
            from ....service.default import default_service

            service = default_service()
        self.service = service
        self.hub = hub_of(service)
        self.failures = Failures()
        self.undo = Undo(service)
        self.file_notice = FileNotice(service, self.undo)
        self._callbacks: list[Callable[[], None]] = []
        self._spoken: Spoken | None = None
        self._view: View | None = None
        self._set_up()
        self._forms = self._own_forms()
        self._handlers: dict[str, Handler] = {
            "try_again": lambda args: self._try_again(args.text("row", "")),
            "dismiss": lambda _args: None,  # any action clears the error at its place
            "undo": self.undo.take_back,
            "put_back": lambda _args: self.file_notice.put_back(),
            "forget_put_back": lambda _args: self.file_notice.forget_put_back(),
            "bring_back": lambda _args: self.file_notice.bring_back(),
            "convert_file": lambda _args: self.file_notice.convert(),
            "copy_path": lambda _args: Answer(copy=str(self.service.path)),
            "locate_file": lambda _args: self._locate_file(),
            **self._own_handlers(),
        }
        self.hub.events.listen(self._on_events)

    def close(self) -> None:
        """Stop following the service."""
        self.hub.events.stop_listening(self._on_events)
        self._callbacks.clear()

    # ---- for the page's adapter

    def view(self) -> View:
        """The current view."""
        with self.hub.lock:
            if self._view is None:
                self._view = self._make_view()
            return self._view

    def act(self, name: str, args: Mapping[str, object] | None = None) -> Answer:
        """Do an action; an error is shown in the view, where the action was pressed.

        Args:
            name: The action's name.
            args: Its arguments as the view gave them, with the ``choice`` and ``ticked`` of its note.
        """
        given = Arguments(args)
        with self.hub.lock:
            try:
                place = given.text("row", "")
                handler = self._handlers[name]
            except (KeyError, MismatchError):
                answer = self._failed("", MismatchError(), Answer)
                self._update_view()
                return answer

            def work() -> Answer:
                again = self._asked_anew(given)
                if again is not None:
                    return marked(asked_by(given), again)
                return marked(name, handler(given) or Answer())

            answer = self._attempt(work, place, may_repeat=name != "try_again")
            self._update_view()
            return answer

    def form(
        self,
        name: str,
        args: Mapping[str, object] | None = None,
        values: Mapping[str, str] | None = None,
        changed: str = "",
    ) -> Form:
        """A form as it is now, or with the options that were selected in it.

        Args:
            name: The form's name.
            args: Its arguments, as an action or the form itself gave them.
            values: The values of its choices and checkboxes, by field name; never a key.
            changed: The field that was changed last.

        Raises:
            DispatchError: If there is no such form now.
        """
        with self.hub.lock:
            return self._without_keys(self._form_named(name).form(Arguments(args), values or {}, changed))

    @property
    def forms(self) -> tuple[str, ...]:
        """The names of the tab's forms."""
        return tuple(self._forms)

    def submit(
        self, form: str, values: Mapping[str, str], key: str = "", args: Mapping[str, object] | None = None
    ) -> Answer:
        """Save a form; errors are in the answer and are shown in the window.

        Args:
            form: The form's name.
            values: The values of its fields.
            key: The value of its key field. It is kept nowhere but in the settings file.
            args: The form's arguments.
        """
        with self.hub.lock:
            given = Arguments(args)
            try:
                answer = self._form_named(form).submit(values, key, given)
            except InvalidInputError as error:
                answer = refused(error)
            except DispatchError as error:
                answer = Answer(ok=False, note=form_note(error), focus=Focus(action="save"))
            except Exception as error:  # noqa: BLE001 - shown in the form
                # Its text is neither shown nor logged: it may quote what was submitted.
                note = form_note(UnexpectedError(error, quoted=False))
                answer = Answer(ok=False, note=note, focus=Focus(action="save"))
                _log.warning("A panel's form could not be saved: %s", type(error).__name__)
            own_place = answer.key_for or "key" in answer.clear
            if not answer.ok and not own_place and form in self._forms:
                # A key from an earlier submission may still be in a field that is hidden now.
                place = self._forms[form].key_for(values, given) if key else given.text("key_for", "")
                answer = replace(answer, key_for=place)
            if answer.form is not None:
                answer = replace(answer, form=self._without_keys(answer.form))
            self._update_view()
            return answer

    def models(
        self,
        provider_id: str,  # noqa: ARG002 - no list here
        mark: str = "",  # noqa: ARG002
    ) -> tuple[str, Sequence[Mapping[str, object]] | None]:
        """The rows of a list of models, for a page that shows it.

        Args:
            provider_id: The provider's id.
            mark: The mark of the rows that the page holds.

        Returns:
            The list's current mark, and the rows; None if they are those that the page holds.

        Raises:
            DispatchError: If there is no such list here.
        """
        raise MismatchError

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back, from any thread, whenever `view` changes.

        Returns:
            A function that ends this.
        """
        self._callbacks.append(callback)

        def stop() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return stop

    # ---- for the tabs

    def _set_up(self) -> None:
        """Create the tab's parts."""

    def _own_handlers(self) -> dict[str, Handler]:
        """The handlers of the tab's own actions, by name."""
        return {}

    def _own_forms(self) -> dict[str, FormPart]:
        """The tab's forms, by name."""
        return {}

    def _concerns(self, events: Events) -> bool:
        """Whether events may change what this tab shows."""
        return any(event.what == "settings" for event in events)

    def _tab_view(self) -> View:
        """The view of a readable file, without the notes above it."""
        raise NotImplementedError

    def _unreadable(self, problem: SettingsFileError) -> View:
        """The view of a file that cannot be read."""
        return View(self.tab, self.name, empty=unreadable(problem))

    def _handle_events(self, events: Events) -> None:
        """Take in events, before the view is made."""

    def _say(self, words: str) -> None:
        """Announce something that happened by itself in every window; does nothing with an empty text."""
        if not words:
            return
        number = self._spoken.number + 1 if self._spoken is not None else 1
        self._spoken = Spoken(number, words)

    # ---- internals

    def _without_keys(self, form: Form) -> Form:
        """The form without keys in fields where they do not belong: those are not sent back (PM-10)."""
        providers = self.service.get_providers() if self.service.problem is None else ()
        known = [each.credentials.api_key.get_secret_value() for each in providers]
        fields = tuple(
            replace(each, value="", problem=LOOKS_LIKE_KEY, emptied=True)
            if each.kind == "text" and looks_like_key(each.value, registered=known)
            else each
            for each in form.fields
        )
        return form if fields == form.fields else replace(form, fields=fields)

    def _form_named(self, name: str) -> FormPart:
        if name not in self._forms:
            raise MismatchError
        return self._forms[name]

    def _attempt(self, work: Callable[[], Answer], place: str, *, may_repeat: bool = True) -> Answer:
        if may_repeat:
            self.failures.clear(place)
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - shown in the panel, as nobody sees the kernel's log
            return self._failed(place, known_error(error), work)

    def _failed(self, place: str, error: DispatchError, work: Callable[[], Answer]) -> Answer:
        self.failures.add(place, error, work)
        return Answer(ok=False, focus=Focus(row=place, action="try_again"))

    def _asked_anew(self, args: Arguments) -> Answer | None:
        """The new answer if the confirmed question is out of date; None to do what was confirmed."""
        name = asked_by(args)
        if name not in self._handlers:
            return None
        self.service.reload()
        answer = self._handlers[name](args)
        if answer is None or (answer.question is not None and says_the_same(answer.question, args)):
            return None
        if answer.question is None:  # nothing is left to ask about
            return answer
        return replace(answer, say="This has changed meanwhile. Look again.")

    def _locate_file(self) -> Answer:
        """The location of the file; not ``ok`` if there is none."""
        path = self.service.path
        try:
            return Answer(file=FileOnDisk(path.as_posix(), Path.home().as_posix(), path.stat().st_size))
        except (OSError, RuntimeError):
            return Answer(ok=False)

    def _try_again(self, place: str) -> Answer:
        work = self.failures.again(place)
        return Answer() if work is None else self._attempt(work, place)

    def _on_events(self, events: Events) -> None:
        with self.hub.lock:
            if self._concerns(events):
                self._handle_events(events)
                self._update_view()

    def _update_view(self) -> None:
        """Make the view again, and notify if it has changed."""
        before, self._view = self._view, self._make_view()
        if self._view != before and before is not None:
            for callback in tuple(self._callbacks):
                callback()

    def _make_view(self) -> View:
        try:
            problem = self.service.problem
            view = self._tab_view() if problem is None else self._unreadable(problem)
            notice = self.file_notice.note(self.hub.now) if problem is None else None
        except SettingsFileError as error:
            view, notice = self._unreadable(error), None
        except Exception as error:  # noqa: BLE001 - shown in the panel
            _log.warning("A panel could not be shown: %s", redact(f"{type(error).__name__}: {error}"))
            failure = UnexpectedError(error)
            view, notice = View(self.tab, self.name), Note("error", failure.message, failure.hint)
        places = {row.id for section in view.sections for row in section.rows}
        places |= {section.id for section in view.sections}
        above = (*self.failures.notes_elsewhere(places), *((notice,) if notice is not None else ()))
        title = f"{view.title} ({view.attention})" if view.attention else view.title
        return replace(view, title=title, notes=(*above, *view.notes), spoken=self._spoken)
