"""What a list of models to pick from says beside its models: busy, failed, never asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._text import clean, plural
from ..errors import DispatchError
from ._base import BasePanel
from ._provider_rows import shown_address
from ._questions import allowed_by, consent_question
from ._states import TRY_AGAIN, missing_variable, state_of
from ._troubles import retry_note

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..settings.schema import Provider
    from ._rows import Action, Note, Row


class Listing(BasePanel):
    """A panel with a list of the models of one or several providers.

    Attributes:
        trouble_at_pick: What went wrong with the last action on the list; it stands in it.
    """

    trouble_at_pick: DispatchError | None = None
    _pick_again: Callable[[], object] = staticmethod(lambda: None)

    def _providers_shown(self) -> list[Provider]:
        """Whose models are shown."""
        raise NotImplementedError

    def _busy(self, chosen: list[Provider]) -> dict[str, Any] | None:
        asked = [(self.hub.asked[p.id], p) for p in chosen if p.id in self.hub.asked]
        if not asked:
            return None
        first, provider = asked[0]
        where = shown_address(provider) if len(asked) == 1 else plural(len(asked), "provider")
        return {
            "text": f"Asking {where}…",
            "since": first.since,
            "actions": [{"action": "cancel", "label": "Cancel"}],
        }

    def _pick_note(self, provider: Provider | None, rows: list[Row]) -> Note | None:
        if self.trouble_at_pick is not None:
            return retry_note(self.trouble_at_pick)
        if provider is None or provider.id in self.hub.asked:
            return None
        models = self.hub.models(provider.id)
        note = state_of(self.hub, provider, models, self.now).note
        if models is None and (needed := self.service.needs_consent(provider.id)):
            return consent_question(provider, needed, changed=self.hub.unsent.get(provider.id, False))
        if note is None or note.get("tone") not in {"error", "warn"}:
            return None
        shown: Note = {**note}
        before = note.get("text", "")
        if not rows and "by hand" not in str(before):
            words = "A model id can always be typed by hand."
            shown["text"] = (
                [*before, f" {words}"] if isinstance(before, list) else f"{before} {words}".strip()
            )
        there: Action = {"action": "to_provider", "label": "Go to provider"}
        actions: list[Action] = [there] if self.host is not None else []
        if self.service.retry_at(provider.id) is None:
            actions.append({**TRY_AGAIN, "style": "quiet"})
        shown["actions"] = actions
        return shown

    def _nothing(self, provider: Provider | None) -> dict[str, Any]:
        if provider is None:
            return {"title": "No list yet", "text": "Choose a provider to fetch its models."}
        if self.hub.models(provider.id) is not None:
            words = "If you know the id of one, add it by hand."
            return {"title": f"{clean(provider.name)} lists no models", "text": words}
        return {
            "title": f"{clean(provider.name)} has not been asked yet",
            "text": f"Its models are read from {shown_address(provider)}.",
            "actions": [{"action": "fetch", "label": "Fetch models", "icon": "refresh"}],
        }

    # -- asking ------------------------------------------------------------------------------------

    def _fetch(self, provider: Provider, *, force: bool = False) -> None:
        """Ask a provider if that makes sense; choosing one must never send a variable it was not made for."""
        models = self.hub.models(provider.id)
        fresh = models is not None and models.source in {"live", "cache", "builtin"}
        if provider.is_mock or not provider.is_known or (fresh and not force):
            return
        if missing_variable(provider) or self.service.needs_consent(provider.id):
            return
        if self.service.retry_at(provider.id) is None:
            self.hub.ask(provider.id, force=force)

    def _cancel(self) -> None:
        for provider in self._providers_shown():
            self.hub.cancel(provider.id)

    def _refresh(self) -> None:
        for provider in self._providers_shown():
            self._fetch(provider, force=True)

    def _asking_actions(self, provider_id: str, action: str) -> dict[str, Callable[[], object]]:
        """What the actions of the list's own note and empty state do, by their first word.

        Args:
            provider_id: Whose models are shown; empty if several's are.
            action: The action that the page sent.
        """
        return {
            "fetch": self._refresh,
            "refresh": self._refresh,
            "cancel": self._cancel,
            "allow": lambda: self._allow(action),
            "to_provider": lambda: self.go("providers", provider_id=provider_id),
            "again": self._pick_again,
            "dismiss": lambda: None,
        }

    def _allow(self, action: str) -> None:
        shown = self._providers_shown()
        # The question is asked where one provider's models are shown, never for several.
        if len(shown) == 1 and self.hub.allow(shown[0].id, allowed_by(action)):
            self._fetch(shown[0], force=True)

    def _at_pick(self, work: Callable[[], object]) -> bool:
        """Do what the list answered; what goes wrong stands in the list.

        Returns:
            Whether it was done.
        """
        with self.hub.lock:
            self.trouble_at_pick = None

            def guarded() -> None:
                try:
                    work()
                except DispatchError as error:
                    self.trouble_at_pick = error
                    self._pick_again = work

            return self.act(guarded) and self.trouble_at_pick is None
