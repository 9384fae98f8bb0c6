"""The Providers tab: a row for each provider, and the actions on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...._text import clean, plural
from ....settings.schema import MOCK_PROVIDER_ID
from ..settings_file.backups import UndoConversion
from ..settings_file.report import SECTION as CONVERSION
from ..shared.file_notice import not_converted, why_not_writable
from ..shared.many import (
    MOST_WITHOUT_SEARCH,
    SELECTED,
    finder,
    gone_already,
    needs_attention_first,
    question_focus,
    row_after,
    rows_meant,
    selection,
    selection_done,
)
from ..shared.presenter import Presenter
from ..shared.views import (
    Action,
    Answer,
    BulkAction,
    EmptyState,
    Focus,
    Note,
    Opening,
    Progress,
    Run,
    Section,
    View,
)
from ..status.consent import allowed_sending
from ..status.provider_status import badge_of, status_of
from .checks import Checks
from .diagnosis import Diagnoses
from .form import NAME as FORM
from .form import ProviderForm
from .found_here import FoundHere
from .keyring import Keyring
from .questions import delete_question, unlock_question
from .rows import SORTS, provider_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ....settings.report import MigrationReport
    from ....settings.schema import Provider
    from ..hub.events import Events
    from ..shared.arguments import Arguments
    from ..shared.presenter import FormPart, Handler
    from ..shared.views import Row, Selection, Tab, Words
    from .form_saving import Saved

SECTION = "providers"
_EMPTY_WORDS = (
    "A provider is an account at a server that serves models. Add one{}; its models are then there for every "
    "notebook that uses this file."
)
_OR_FOUND = " by hand or take one that was found below"


class ProvidersPresenter(Presenter):
    """All providers, with the form to add or edit one.

    Args:
        service: The service to show; the default file's if None.
    """

    tab: ClassVar[Tab] = "providers"
    name: ClassVar[str] = "Providers"

    def _set_up(self) -> None:
        self._diagnoses = Diagnoses(self.hub)
        self._added: set[str] = set()  # providers whose note names the next step: choosing models
        self._report_seen: MigrationReport | None = None
        self._undo_conversion = UndoConversion(self.service, Focus(action="convert_file"))
        self._found_here = FoundHere(self.hub, self._added.add)
        self._forms_changed = 0
        self._taken_off: dict[str, str] = {}  # what was removed around a saved key, in words (SEC-3)
        self._keyring = Keyring(self._forms_say_more)
        self._checks = Checks(self.service, self._forms_say_more)

    def close(self) -> None:
        """Stop following the service, and cancel diagnoses, tests and the search for servers."""
        self._diagnoses.stop_all()
        self._found_here.stop()
        self._checks.stop_all()
        super().close()

    def _own_forms(self) -> dict[str, FormPart]:
        return {FORM: ProviderForm(self.hub, self._keyring, self._checks, self._after_saving)}

    def _own_handlers(self) -> dict[str, Handler]:
        return {
            "refresh": lambda args: self._refresh(args.text("row")),
            "refresh_all": lambda _args: self._refresh_these(
                [provider.id for provider in self.service.get_providers()]
            ),
            "refresh_several": self._refresh_several,
            "stop_asking": lambda args: self.hub.cancel(args.text("row", "")),
            "ask_delete": self._ask_delete,
            "ask_delete_several": self._ask_delete,
            "delete": self._delete,
            "ask_unlock": self._ask_unlock,
            "unlock": self._unlock,
            "allow_sending": self._allow_sending,
            "use_url": self._use_url,
            "diagnose": lambda args: self._diagnoses.start(args.text("row")),
            "close_diagnosis": lambda args: self._diagnoses.stop(args.text("row")),
            "copy_diagnosis": lambda args: Answer(copy=self._diagnoses.report(args.text("row"))),
            "dismiss_news": self._dismiss_news,
            "take_mock": self._take_mock,
            "dismiss_conversion": lambda _args: self._dismiss_conversion(),
            **self._undo_conversion.handlers,
            **self._found_here.handlers,
        }

    # ---- asking

    def _can_ask(self, provider: Provider) -> bool:
        return not provider.is_mock and provider.is_known and self.service.retry_at(provider.id) is None

    def _refresh(self, provider_id: str) -> None:
        self._diagnoses.stop(provider_id)
        if self.hub.may_ask(provider_id):
            self.hub.ask(provider_id, force=True)

    def _refresh_several(self, args: Arguments) -> Answer:
        self._refresh_these(args.texts("rows"))
        return Answer(clear=(SELECTED,))

    def _refresh_these(self, provider_ids: Sequence[str]) -> None:
        named = [self.service.provider(provider_id) for provider_id in provider_ids]
        able = [provider.id for provider in named if self._can_ask(provider)]
        for provider_id in able:
            self._diagnoses.stop(provider_id)
        self.hub.ask_all([provider_id for provider_id in able if self.hub.may_ask(provider_id)])

    def _allow_sending(self, args: Arguments) -> None:
        provider_id = args.text("row")
        allowed = self.hub.allow(provider_id, allowed_sending(args))
        if allowed and self.service.provider(provider_id).is_known:
            self._refresh(provider_id)

    def _use_url(self, args: Arguments) -> None:
        provider_id = args.text("row")
        seen = self.hub.seen.provider(args.text("seen"))
        self.service.update_provider(provider_id, base_url=args.text("url"), seen=seen)
        self._diagnoses.stop(provider_id)
        self.hub.ask(provider_id, force=True)

    def _ask_unlock(self, args: Arguments) -> Answer:
        question = unlock_question(self.service.provider(args.text("row")))
        return Answer(question=question, focus=Focus(row=args.text("row"), action="keep"))

    def _unlock(self, args: Arguments) -> Answer:
        self.service.unlock(args.text("row"))
        return Answer(focus=Focus(row=args.text("row"), action="refresh"))

    def _dismiss_news(self, args: Arguments) -> Answer:
        provider_id = args.text("row")
        self._taken_off.pop(provider_id, None)
        self._added.discard(provider_id)
        refreshed = self.hub.refreshed.get(provider_id)
        if refreshed is not None:
            refreshed.dismissed = True
            self.hub.post("panels", provider_id)
        return Answer(focus=Focus(row=provider_id))

    # ---- changing

    def _ask_delete(self, args: Arguments) -> Answer:
        wanted = rows_meant(args)
        there = {provider.id: provider for provider in self.service.get_providers()}
        one = [self.service.provider(wanted[0])] if len(wanted) == 1 else []
        providers = one or [there[key] for key in wanted if key in there]
        if not providers:
            return gone_already(args, SECTION)
        impact = self.service.impact_of_deleting_providers(provider.id for provider in providers)
        question = delete_question(providers, impact, self.service.assignments, args.text("row"))
        return Answer(question=question, focus=question_focus(args, SECTION))

    def _delete(self, args: Arguments) -> Answer:
        gone = rows_meant(args)
        order = [provider.id for provider in self.service.get_providers()]
        one = clean(self.service.provider(gone[0]).name, 60)
        had_lists = [key for key in gone if self.hub.cache.models(key) is not None]
        self.service.delete_providers(gone, unassign=args.flag("ticked"))
        words = f"{one if len(gone) == 1 else f'{len(gone):,} providers'} deleted"
        self.undo.offer(SECTION, words, lambda: self._brought_back(gone[0], had_lists))
        row = row_after(order, gone[0], {provider.id for provider in self.service.get_providers()})
        focus = Focus(row=row) if row else Focus(action=FORM)
        return Answer(say=words, focus=focus, clear=selection_done(args, SECTION))

    def _brought_back(self, first: str, had_lists: Sequence[str]) -> Answer:
        """Return to the first restored row; fetches the lists again that the providers had."""
        for provider_id in had_lists:
            if self.service.needs_consent(provider_id) is None:
                self.hub.ask(provider_id, force=False)
        return Answer(say="Undone", focus=Focus(row=first))

    def _take_mock(self, _args: Arguments) -> Answer:
        self.service.add_model(provider_id=MOCK_PROVIDER_ID, model="mock", label="Mock")
        return Answer(open=Opening(tab="router"))

    def _after_saving(self, saved: Saved) -> Answer:
        provider = saved.provider
        self._taken_off[provider.id] = saved.taken_off
        if saved.is_new:
            self._added.add(provider.id)
        if saved.fetch and provider.is_known:
            self._attempt(lambda: self._fetch_saved(saved), provider.id)
        return Answer(
            say=f"Saved. {saved.taken_off}".strip() if saved.taken_off else "Saved",
            focus=Focus(row=provider.id),
        )

    def _fetch_saved(self, saved: Saved) -> Answer:
        provider_id = saved.provider.id
        if saved.agreed is None or self.hub.allow(provider_id, saved.agreed):
            self._refresh(provider_id)
        return Answer()

    def _forms_say_more(self) -> None:
        """Have pages request their open forms again: a keyring was found, or a test has ended."""
        self._forms_changed += 1
        self.hub.post("panels")

    # ---- showing

    def _concerns(self, events: Events) -> bool:
        return bool(events)

    def _handle_events(self, events: Events) -> None:
        self._say(self._found_here.taken_answer())
        if self.service.problem is not None:
            return
        for event in events:
            if event.what == "discovery" and event.provider_id:
                self._diagnoses.stop(event.provider_id)  # an earlier diagnosis is out of date
                provider = self.service.settings.provider(event.provider_id)
                if provider is not None:
                    self._say(self._answer_words(provider))

    def _answer_words(self, provider: Provider) -> str:
        """The announcement of a response."""
        batch = self.hub.batch
        if batch is not None:
            return f"{batch.answered} of {batch.total} have answered"
        name = clean(provider.name)
        error = self.service.last_error(provider.id)
        if error is not None:
            return f"{name}: {badge_of(error, provider).text}"
        models = self.hub.cache.models(provider.id)
        return "" if models is None else f"{name}: {plural(len(models), 'model', zero='no')}"

    def _tab_view(self) -> View:
        providers = self.service.get_providers()
        now = self.hub.now
        statuses = {
            provider.id: status_of(self.hub, provider, self.hub.cache.models(provider.id), now)
            for provider in providers
        }
        rows = tuple(
            provider_row(
                provider,
                statuses[provider.id],
                self.hub.cache.models(provider.id),
                now,
                request=self.hub.requests.get(provider.id),
                note=self._note(provider, statuses[provider.id].note),
                not_writable=why_not_writable(self.service),
            )
            for provider in providers
        )
        attention = sum(status.needs_attention for status in statuses.values())
        done = self.undo.done(SECTION)
        sections = (self._section(providers, rows, attention), self._found_here.section(providers))
        notes = [note for note in (not_converted(self.service), self._converted()) if note is not None]
        nothing = not (providers or self.service.awaiting_migration or self.file_notice.something_missing)
        return View(
            self.tab,
            self.name,
            attention,
            notes=tuple(notes),
            empty=self._empty() if nothing else None,
            sections=sections if providers or done is not None else sections[1:],
            forms=self._forms_changed,
        )

    def _note(self, provider: Provider, status_note: Note | None) -> Note | None:
        note = self.failures.note(provider.id) or self._diagnoses.note(provider) or status_note
        if note is not None or provider.id in self.hub.requests:
            return note
        taken_off = self._taken_off.get(provider.id, "")
        dismiss = Action("dismiss_news", "Dismiss", {"row": provider.id}, style="quiet")
        if self._is_next(provider):
            choose = Action("models", "Next: choose models", {"list": provider.id}, kind="go", icon="next")
            return Note("ok", "Added, and its models are here", taken_off, (choose, dismiss))
        return Note("info", "Saved", taken_off, (dismiss,)) if taken_off else None

    def _is_next(self, provider: Provider) -> bool:
        """Whether a provider was just added, lists models, and has none of them in the catalog yet."""
        if provider.id not in self._added or not self.hub.cache.models(provider.id):
            return False
        return not any(entry.provider_id == provider.id for entry in self.service.catalog)

    # ---- a file that was just converted

    def _converted(self) -> Note | None:
        """The note that the file was converted, until it is dismissed or the conversion is undone."""
        report = self.service.migration_report
        if report is None or not report.written or report is self._report_seen:
            return None
        actions = (
            Action("settings", "See what changed", {"section": CONVERSION}, kind="go"),
            *self._undo_conversion.actions("Undo"),
            Action("dismiss_conversion", "Dismiss", style="quiet"),
        )
        return Note("ok", "Your file was converted.", clean(report.summary, 600), actions)

    def _dismiss_conversion(self) -> Answer:
        self._report_seen = self.service.migration_report
        return Answer(focus=Focus(action=FORM))

    def _section(self, providers: Sequence[Provider], rows: tuple[Row, ...], attention: int) -> Section:
        batch = self.hub.batch
        off = why_not_writable(self.service)
        failed = self.failures.note(SECTION)
        add = Action(FORM, "Add provider", kind="form", icon="plus", style="primary", off=off)
        if batch is not None:
            first = Action("stop_asking", "Cancel", icon="close")
        else:
            able = any(self._can_ask(provider) for provider in providers)
            why = "" if able else "There is no provider to ask now"
            first = Action("refresh_all", "Refresh all", icon="refresh", off=why)
        return Section(
            SECTION,
            plural(len(providers), "provider", zero="No"),
            self._fact(providers, attention),
            done=self.undo.done(SECTION),
            actions=(first, add),
            progress=None if batch is None else Progress(batch.answered, batch.total),
            notes=() if failed is None else (failed,),
            rows=rows,
            finder=finder(
                rows,
                "Search providers",
                nothing="No provider matches.",
                sorts=SORTS,
                orders={
                    "attention": needs_attention_first(rows),
                    "models": [-len(self.hub.cache.models(row.id) or ()) for row in rows],
                },
            ),
            selection=self._selection(providers),
            name=self.name,
        )

    def _selection(self, providers: Sequence[Provider]) -> Selection | None:
        """The actions on several providers, where there are many."""
        if len(providers) <= MOST_WITHOUT_SEARCH:
            return None
        able = tuple(provider.id for provider in providers if self._can_ask(provider))
        refresh = Action("refresh_several", "Refresh {count}", {"row": SECTION}, icon="refresh")
        delete = Action("ask_delete_several", "Delete {count}", {"row": SECTION}, icon="trash")
        own = tuple(provider.id for provider in providers if not provider.is_mock)
        return selection(*([BulkAction(refresh, able)] if able else []), BulkAction(delete, own))

    def _fact(self, providers: Sequence[Provider], attention: int) -> Words:
        batch = self.hub.batch
        if batch is not None:
            return (f"{batch.answered} of {batch.total} ", Run("have ", wide_only=True), "answered")
        if attention:
            return f"{attention} need{'s' if attention == 1 else ''} attention"
        lists = [self.hub.cache.models(provider.id) for provider in providers]
        held = [models for models in lists if models is not None]
        return plural(sum(map(len, held)), "model", zero="No") if held else ""

    def _empty(self) -> EmptyState:
        words = _EMPTY_WORDS.format(_OR_FOUND if self._found_here.offers_something else "")
        return EmptyState(
            "No providers yet",
            words,
            (
                Action(FORM, "Add provider", kind="form", icon="plus", style="primary"),
                Action("take_mock", "Try the built-in mock"),
            ),
        )
