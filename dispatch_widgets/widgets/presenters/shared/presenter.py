"""What every presenter is built on: one way to show, act, fail, take back and tell of a change."""

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
        """The form as it is now, or with what was chosen in it; see `Presenter.form`."""

    def submit(self, values: Mapping[str, str], key: str, args: Arguments) -> Answer:
        """Save it; see `Presenter.submit`."""

    def key_for(self, values: Mapping[str, str], args: Arguments) -> str:
        """What a key is submitted for with these values; see `Answer.key_for`."""


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
            "dismiss": lambda _args: None,  # what was said at its place is cleared by any press there
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
        """Follow the service no more."""
        self.hub.events.stop_listening(self._on_events)
        self._callbacks.clear()

    # ---- for the page's adapter

    def view(self) -> View:
        """What is shown now."""
        with self.hub.lock:
            if self._view is None:
                self._view = self._make_view()
            return self._view

    def act(self, name: str, args: Mapping[str, object] | None = None) -> Answer:
        """Do what was pressed; what goes wrong is said in the view, where it was pressed.

        Args:
            name: The action's name.
            args: Its arguments as the view gave them, with ``choice`` and ``ticked`` where its note has them.
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
        """A form as it is now, or as it is with what was chosen in it.

        Args:
            name: The form's name.
            args: Its arguments as an action or the form itself gave them.
            values: What is in its fields, where the person has changed something; never a key.
            changed: The field that was changed last.

        Raises:
            DispatchError: If there is no such form now.
        """
        with self.hub.lock:
            return self._without_keys(self._form_named(name).form(Arguments(args), values or {}, changed))

    @property
    def forms(self) -> tuple[str, ...]:
        """The names of its forms."""
        return tuple(self._forms)

    def submit(
        self, form: str, values: Mapping[str, str], key: str = "", args: Mapping[str, object] | None = None
    ) -> Answer:
        """Save a form; what is wrong with it is in the answer and stays in the window.

        Args:
            form: The form's name.
            values: What is in its fields.
            key: What is in its key's field. It is kept nowhere but in the settings file.
            args: The form's arguments as it was given.
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
                # A key that was not submitted now may still be in a field that is not shown.
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
            provider_id: Whose list.
            mark: Of the rows that the page holds.

        Returns:
            The list's mark now, and the rows; None if they are those that the page holds.

        Raises:
            DispatchError: If there is no such list here.
        """
        raise MismatchError

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back, from any thread, whenever `view` gives something else than before.

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
        """Make the tab's parts."""

    def _own_handlers(self) -> dict[str, Handler]:
        """What the tab's own actions do, by their names."""
        return {}

    def _own_forms(self) -> dict[str, FormPart]:
        """The tab's forms, by their names."""
        return {}

    def _concerns(self, events: Events) -> bool:
        """Whether events may change what this tab shows."""
        return any(event.what == "settings" for event in events)

    def _tab_view(self) -> View:
        """What the tab shows of a file that can be read, without what is said above it."""
        raise NotImplementedError

    def _unreadable(self, problem: SettingsFileError) -> View:
        """What the tab shows of a file that cannot be read."""
        return View(self.tab, self.name, empty=unreadable(problem))

    def _handle_events(self, events: Events) -> None:
        """Take in what events brought, before the view is made."""

    def _say(self, words: str) -> None:
        """Have every window say something aloud that happened by itself; nothing for an empty text."""
        if not words:
            return
        number = self._spoken.number + 1 if self._spoken is not None else 1
        self._spoken = Spoken(number, words)

    # ---- how it works

    def _without_keys(self, form: Form) -> Form:
        """The form with no key in a field where keys do not belong: it is not sent back (PM-10)."""
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
        except Exception as error:  # noqa: BLE001 - nobody sees the kernel's log; it is said in the panel
            return self._failed(place, known_error(error), work)

    def _failed(self, place: str, error: DispatchError, work: Callable[[], Answer]) -> Answer:
        self.failures.add(place, error, work)
        return Answer(ok=False, focus=Focus(row=place, action="try_again"))

    def _asked_anew(self, args: Arguments) -> Answer | None:
        """What asking brings by now if that is something else; None to do what was answered."""
        name = asked_by(args)
        if name not in self._handlers:
            return None
        self.service.reload()
        answer = self._handlers[name](args)
        if answer is None or (answer.question is not None and says_the_same(answer.question, args)):
            return None
        if answer.question is None:  # there is nothing to ask about any more
            return answer
        return replace(answer, say="This has changed meanwhile. Look again.")

    def _locate_file(self) -> Answer:
        """Where the file is; nothing if there is none there."""
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
        """Make the view anew, and tell of it if it is another one."""
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
