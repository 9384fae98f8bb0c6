"""The Providers tab: a card for each account, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .._text import clean, plural
from ..errors import NotFoundError
from ..service.consent import sending_of
from ..service.file import AwaitingMigrationError
from ..settings.schema import MOCK_PROVIDER_ID
from ._base import BasePanel
from ._before_providers import BeforeProviders, why_off
from ._diagnosis import Diagnoses
from ._done import Done
from ._found import FoundHere
from ._parts import Later, able, button, empty, head, heading, make, markup, say, section, show, text, write
from ._provider_rows import provider_row
from ._questions import allowed_by, delete_question, unlock_question
from ._states import DISMISS, badge_of, state_of
from ._troubles import retry_note
from .item_list import ItemList
from .provider_form import ProviderForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..service.consent import Sending
    from ..settings.schema import Provider
    from ._news import News
    from ._rows import Note, Row

ADD_BUTTON = ".dw-add"
KEY_FIELD = ".dw-form .dw-keyrow"
_EMPTY_WORDS = (
    "A provider is an account at a server that serves models. Add one{}; its models are then there for every "
    "notebook that uses this file."
)
_OR_FOUND = " by hand or take one that was found below"


class ProvidersPanel(BasePanel):
    """All providers, with the form to add or edit one.

    Attributes:
        list: The list of providers.
        found: What this kernel's environment offers.
    """

    title = "Providers"

    def _build(self) -> Iterable[widgets.Widget]:
        self._questions: dict[str, str] = {}
        self._taken_off: dict[str, str] = {}
        self._diagnoses = Diagnoses(self.hub)
        self._add_form: ProviderForm | None = None
        self.add = button("Add provider", self._press_add, icon="plus", style="primary", classes="dw-add")
        self._empty = Later(self._make_empty)
        self._empty_words = text("", "dw-text")
        self._title, self._fact = heading("Providers"), text("", "dw-sub")
        self.refresh_all = button(
            "Refresh all", self.does(self._refresh_all), icon="refresh", classes="dw-fold"
        )
        self.cancel_all = button("Cancel", self.does(self.hub.cancel), icon="close", classes="dw-fold")
        self._track = markup("", "dw-progress")
        # It lies in the gap under the head, so that nothing moves when it comes and goes.
        self._in_gap = widgets.Layout(margin="-6px 0 -5px", height="3px")
        self.list = make(ItemList, mode="manage", label="Providers")
        self.list.on_action(self._answer)
        actions = [self.refresh_all, self.cancel_all, self.add]
        self.done = Done(self)
        self._section = section(
            head(self._title, self._fact, self.done, actions=actions), self._track, self.list
        )
        self.found = FoundHere(self)
        self.before = BeforeProviders(self, after=self.list.focus)
        return self.before, self._empty, self._section, self.found

    def _make_empty(self) -> list[widgets.Widget]:
        add = button("Add provider", self._press_add, icon="plus", style="primary")
        mock = button("Try the built-in mock", self.does(self._take_mock))
        return [empty("No providers yet", self._empty_words, add, mock)]

    def close(self) -> None:
        """Take the panel out of the page, with a form that was left and is kept."""
        self._forget_add_form()
        if hasattr(self, "_empty_words"):
            self._empty_words.close()  # it has a place only where there are no providers
        super().close()

    # -- what code and tests can read --------------------------------------------------------------

    @property
    def rows(self) -> tuple[Row, ...]:
        """The cards as they are shown."""
        return self.list.rows

    def attention(self) -> int:
        """How many providers need somebody to look at them."""
        if not self.readable:
            return 0
        return sum(
            state_of(self.hub, p, self.hub.models(p.id), self.now).needs_attention
            for p in self.service.get_providers()
        )

    # -- drawing -----------------------------------------------------------------------------------

    def _draw(self, news: News | None) -> None:
        providers = self.service.get_providers()
        if news is not None and news.what in {"discovery", "asking", "shared"} and news.provider_id:
            for provider in providers:
                if provider.id == news.provider_id:
                    if news.what == "discovery":  # what was found out before is not how it is now
                        self._diagnoses.stop(provider.id)
                    self.list.update_item(self._row(provider))
                    if news.what == "discovery":
                        self._tell(provider)
        else:
            ids = {provider.id for provider in providers}
            self._questions = {key: asked for key, asked in self._questions.items() if key in ids}
            self._row_troubles = {key: error for key, error in self._row_troubles.items() if key in ids}
            self.list.set_items([self._row(provider) for provider in providers])
            self.found.draw(providers)
        self._draw_head(providers)
        self.before.draw()
        say(self._empty_words, _EMPTY_WORDS.format(_OR_FOUND if self.found.rows else ""))
        missing = self.file_notice.something_missing
        self._empty.show(not (providers or self.service.awaiting_migration or missing))
        show(self._section, bool(providers) or bool(self.done.words))

    def _draw_head(self, providers: tuple[Provider, ...]) -> None:
        batch = self.hub.batch
        write(self._title, f'<h3 class="dw-h">{plural(len(providers), "provider", zero="No")}</h3>')
        if batch is not None:
            done = batch.total - len(batch.waiting)
            # Where it is narrow one word less, so that nothing moves down while it is asked.
            write(self._fact, f'{done} of {batch.total} <span class="dw-wide-only">have </span>answered')
            write(self._track, _track(done, batch.total))
        else:
            known = [self.hub.models(provider.id) for provider in providers]
            worried = self.attention()
            total = sum(len(models) for models in known if models is not None)
            words = plural(total, "model", zero="No") if any(models is not None for models in known) else ""
            say(self._fact, f"{worried} need{'s' if worried == 1 else ''} attention" if worried else words)
        self.done.draw()
        show(self._fact, not self.done.words)
        show(self._track, batch is not None, self._in_gap)
        show(self.refresh_all, batch is None)
        show(self.cancel_all, batch is not None)
        able(self.add, not why_off(self), why_off(self))
        able(self.refresh_all, any(self._can_ask(p) for p in providers), "There is no provider to ask now")

    def _row(self, provider: Provider) -> Row:
        models = self.hub.models(provider.id)
        state = state_of(self.hub, provider, models, self.now)
        return provider_row(
            provider,
            state,
            models,
            self.now,
            asked=self.hub.asked.get(provider.id),
            note=self._note_of(provider) or state.note or self._saved_note(provider),
            writable=why_off(self),
        )

    def _note_of(self, provider: Provider) -> Note | None:
        trouble = self._row_troubles.get(provider.id)
        if trouble is not None:
            return retry_note(trouble)
        diagnosis = self._diagnoses.note(provider)
        if diagnosis is not None:
            return diagnosis
        match self._questions.get(provider.id):
            case "delete":
                impact = self.service.impact_of_deleting_provider(provider.id)
                return delete_question(provider, impact, self.service.assignments)
            case "unlock" if self.service.retry_at(provider.id) is not None:
                return unlock_question(provider)
        return None

    def _saved_note(self, provider: Provider) -> Note | None:
        """What was pasted around the key that was saved last, and is not in the file (SEC-3)."""
        words = self._taken_off.get(provider.id)
        return {"tone": "info", "title": "Saved", "text": words, "actions": [DISMISS]} if words else None

    def _tell(self, provider: Provider) -> None:
        """Say aloud what an answer brought."""
        batch = self.hub.batch
        if batch is not None:
            self.root.say(f"{batch.total - len(batch.waiting)} of {batch.total} have answered")
            return
        error, models = self.service.last_error(provider.id), self.hub.models(provider.id)
        if error is not None:
            self.root.say(f"{clean(provider.name)}: {badge_of(error, provider)['text']}")
        elif models is not None:
            self.root.say(f"{clean(provider.name)}: {plural(len(models), 'model', zero='no')}")

    # -- what the rows answer ----------------------------------------------------------------------

    def _answer(self, action: str, row: str, data: Mapping[str, Any]) -> None:
        work = {
            "refresh": lambda: self._refresh(row),
            "cancel": lambda: self.hub.cancel(row),
            "edit": lambda: self.edit(row),
            "replace_key": lambda: self.edit(row, field="key"),
            "delete": lambda: self._ask(row, "delete"),
            "confirm_delete": lambda: self._delete(row, unassign=bool(data.get("check"))),
            "keep": lambda: self._keep(row),
            "unlock": lambda: self._ask(row, "unlock"),
            "confirm_unlock": lambda: self._unlock(row),
            "allow": lambda: self._allow(row, allowed_by(action)),
            "use_url": lambda: self._use_url(row),
            "diagnose": lambda: self._diagnoses.start(row),
            "close_diagnosis": lambda: self._diagnoses.stop(row),
            "copy_diagnosis": lambda: self.root.copy(self._diagnoses.text(row)),
            "show_models": lambda: self.go("models", provider_id=row, kind="new"),
            "dismiss": lambda: self._dismiss_outcome(row),
            "elapsed": lambda: None,
        }.get(action.partition(" ")[0])
        if action == "again":
            self.again(row)
        if work is not None:
            self.act(work, row=row)

    def _refresh(self, provider_id: str) -> None:
        self._diagnoses.stop(provider_id)
        self._questions.pop(provider_id, None)
        if self.hub.may_ask(provider_id):
            self.hub.ask(provider_id, force=True)

    def _can_ask(self, provider: Provider) -> bool:
        return not provider.is_mock and provider.is_known and self.service.retry_at(provider.id) is None

    def _refresh_all(self) -> None:
        self._questions.clear()
        able_to = [provider.id for provider in self.service.get_providers() if self._can_ask(provider)]
        self.hub.ask_all([provider_id for provider_id in able_to if self.hub.may_ask(provider_id)])

    def _allow(self, provider_id: str, sending: Sending) -> None:
        if self.hub.allow(provider_id, sending) and self.service.provider(provider_id).is_known:
            self._refresh(provider_id)

    def _ask(self, provider_id: str, question: str) -> None:
        self.service.provider(provider_id)
        self._questions[provider_id] = question
        self.list.update_item(self._row(self.service.provider(provider_id)))
        self.list.focus(provider_id, "keep")

    def _keep(self, provider_id: str) -> None:
        self._questions.pop(provider_id, None)
        self.list.focus(provider_id)

    def _delete(self, provider_id: str, *, unassign: bool) -> None:
        order = [row["id"] for row in self.rows]
        place = order.index(provider_id) if provider_id in order else 0
        name = clean(self.service.provider(provider_id).name)
        listed = self.hub.models(provider_id) is not None
        self.service.delete_provider(provider_id, unassign=unassign)
        self._questions.pop(provider_id, None)
        left = [key for key in order if key != provider_id]
        self.done.tell(f"{clean(name, 60)} deleted", lambda: self._brought_back(provider_id, listed=listed))
        self.root.say(f"{name} deleted")
        if left:
            self.list.focus(left[min(place, len(left) - 1)])
        else:
            self.root.focus(ADD_BUTTON)

    def _brought_back(self, provider_id: str, *, listed: bool) -> None:
        """Go on where the deletion began; a list that was there then is fetched again."""
        if listed and self.service.needs_consent(provider_id) is None:
            self.hub.ask(provider_id, force=False)
        self.list.focus(provider_id)

    def _unlock(self, provider_id: str) -> None:
        self._questions.pop(provider_id, None)
        self.service.unlock(provider_id)
        self.list.focus(provider_id, "refresh")

    def _use_url(self, provider_id: str) -> None:
        seen = self._diagnoses.diagnosed(provider_id) or self.service.provider(provider_id)
        url = self._diagnoses.url(provider_id)
        if not url:
            raise NotFoundError("There is no suggestion any more.", hint="Refresh, and see what it says now.")
        self._diagnoses.stop(provider_id)
        self.service.update_provider(provider_id, base_url=url, seen=seen)
        self.hub.ask(provider_id, force=True)

    def _dismiss_outcome(self, provider_id: str) -> None:
        self._taken_off.pop(provider_id, None)
        outcome = self.hub.outcomes.get(provider_id)
        if outcome is not None:
            outcome.dismissed = True
        self.list.focus(provider_id)

    # -- adding and editing ------------------------------------------------------------------------

    def _press_add(self) -> None:
        self.act(self.open_add)

    def open_add(self, preset: str = "") -> ProviderForm:
        """Open the form to add a provider; what was typed there and not saved is still in it.

        Args:
            preset: The short name of a preset to start from.

        Raises:
            AwaitingMigrationError: If nothing can be added before the file is converted.
        """
        if self.service.awaiting_migration:
            raise AwaitingMigrationError
        if self._add_form is None or preset:
            self._forget_add_form()
            self._add_form = ProviderForm(self, preset=preset)
            self._add_form.kept = True
        self._open(self._add_form)
        return self._add_form

    def _forget_add_form(self) -> None:
        form, self._add_form = getattr(self, "_add_form", None), None
        if form is not None:
            form.kept = False
            if form is not self.form:  # the one in the page is closed when another takes its place
                form.done_with()

    def edit(self, provider_id: str, *, field: str = "") -> ProviderForm:
        """Open the form to edit a provider.

        Args:
            provider_id: Which one.
            field: ``key`` to start in the key field.
        """
        form = ProviderForm(self, provider=self.service.provider(provider_id))
        self._questions.pop(provider_id, None)
        self._open(form, focus=KEY_FIELD if field == "key" else "")
        return form

    def reopen(self) -> None:
        """Bring an open edit form in step with the file, after another program has changed it."""
        form = self._form
        if isinstance(form, ProviderForm) and form.provider is not None:
            form.read_again(self.service.settings.provider(form.provider.id))

    def form_left(self, form: ProviderForm, *, keep: bool) -> None:
        """Go back from a form to the list.

        Args:
            form: The form.
            keep: Whether to keep what was typed for the next time.
        """
        if not keep and form is self._add_form:
            self._forget_add_form()
        self._close_form()
        if form.provider is not None and self.service.settings.provider(form.provider.id) is not None:
            self.list.focus(form.provider.id, "edit")
        else:
            self.root.focus(ADD_BUTTON)

    def form_saved(self, form: ProviderForm, provider: Provider, *, fetch: bool) -> None:
        """Go back to the list after a save, and fetch the models.

        Args:
            form: The form.
            provider: What was saved.
            fetch: Whether the models have to be fetched (again).
        """
        if form is self._add_form:
            self._forget_add_form()
        sending = sending_of(provider) if form.says_where_it_sends else None
        self._taken_off[provider.id] = " ".join(form.taken_off)
        self._close_form()
        self.root.say(f"Saved. {self._taken_off[provider.id]}".strip() if form.taken_off else "Saved")
        if fetch and provider.is_known and sending is not None:
            self.act(lambda: self._allow(provider.id, sending), row=provider.id)
        elif fetch and provider.is_known:
            self.act(lambda: self._refresh(provider.id), row=provider.id)
        self.list.focus(provider.id)

    def _take_mock(self) -> None:
        self.service.add_model(provider_id=MOCK_PROVIDER_ID, model="mock", label="Mock")
        self.go("router")


def _track(done: int, total: int) -> str:
    share = round(100 * done / total) if total else 0
    return (
        '<div class="dw-track" style="margin:0" role="progressbar" aria-label="Refresh all" '
        'aria-valuemin="0" '
        f'aria-valuenow="{done}" aria-valuemax="{total}"><i style="width:{share}%"></i></div>'
    )
