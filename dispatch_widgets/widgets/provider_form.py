"""The form to add or edit a provider. The key leaves the page once, when Save is pressed (SEC-2)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from .._text import clean
from ..errors import ChangedMeanwhileError, DispatchError, InvalidInputError, NotFoundError
from ..pasted import unwrapped_key
from ..secrets import (
    NO_KEY_NEEDED,
    Secret,
    environment_name,
    is_reference,
    key_problem,
)
from ..service.consent import check_as_seen
from ._base import UnexpectedError
from ._forms import drop_keys
from ._held_key import HeldKey, Place
from ._parts import button, show
from ._provider_fields import KEPT_WORDS, ProviderFields

if TYPE_CHECKING:
    import ipywidgets as widgets

    from ..settings.schema import Provider
    from .providers import ProvidersPanel

ANSWER_SECONDS = 5.0
"""How long to wait for the page to send the key before Save can be pressed again."""

_NEXT = ".dw-form .dw-note .dw-btn, .dw-form .dw-save"  # what is to be pressed after a refusal
NAME, TYPE, KEY, URL = "name", "type", "credentials.apiKey", "credentials.baseUrl"


class ProviderForm(ProviderFields):
    """The form of the Providers tab.

    Args:
        panel: The panel that it belongs to.
        provider: The provider to edit; None to add one.
        preset: The short name of the preset to start from, when adding.
    """

    def __init__(self, panel: ProvidersPanel, *, provider: Provider | None = None, preset: str = "") -> None:
        self._asked = 0
        self._deleted_actions: list[widgets.Button] = []
        self.taken_off: tuple[str, ...] = ()  # what was pasted around the key and is not saved
        super().__init__(panel, provider=provider, preset=preset)

    def close(self) -> None:
        """Close the buttons too that may have no place in it now."""
        for action in getattr(self, "_deleted_actions", ()):
            action.close()
        super().close()

    def press_save(self) -> None:
        """Ask the page for the key; what it sends is saved by `_sent`."""
        with self._panel.hub.lock:
            if self.saving:
                return
            self.saving = True
            self.secret.disabled = True
            self._asked += 1
            self.secret.submit()
            patience = threading.Timer(ANSWER_SECONDS, self._nothing_came, [self._asked])
            patience.daemon = True
            try:
                patience.start()
            except RuntimeError:
                return  # no threads here (Pyodide); the page will answer or the person press Cancel

    def _nothing_came(self, asked: int) -> None:
        with self._panel.hub.lock:
            if self.saving and asked == self._asked:
                self.saving = False
                self.secret.disabled = False
                words = "Nothing was saved or lost. Press Save again; if that does not help, reload the page."
                self.note.set("warn", "The page did not send the key.", words)

    def _sent(self, source: str, value: str) -> None:
        with self._panel.hub.lock:
            self._asked += 1  # the wait is over
            value = self._unwrapped(source, value)
            self.secret.disabled = False
            if self._panel.form is not self:
                self.saving = False
                return  # the person has left the form meanwhile
            try:
                self._save(source, value)
            except InvalidInputError as error:
                self._refuse(error)
            except ChangedMeanwhileError as error:
                self._ask_anew(source, error)
            except NotFoundError as error:
                self._hold(source, value)
                self.refuse(error)
                self._say_deleted()
                self._panel.root.focus(_NEXT)
            except DispatchError as error:
                self._hold(source, value)
                self.refuse(error)
                self._panel.root.focus(_NEXT)
            except Exception as error:  # noqa: BLE001 - shown in the form
                self._hold(source, value)
                self.refuse(UnexpectedError(error))

    def _save(self, source: str, value: str) -> None:
        if value:
            self._dropped = ""
        else:
            self._drop_unless_for(self.place)
        key = self._key(source, value)
        service, provider = self._panel.service, self.provider
        self._hold(source, value)
        url = self.url.value if self._has_url else ""
        if provider is None or self._again:
            saved = service.add_provider(
                name=self.provider_name,
                type=self.type.value,
                api_key=key or self._key_before,
                base_url=url or None,
            )
            fetch = True
        else:
            changes = self._changes(provider, key, url)
            if self.says_where_it_sends and changes.keys() <= {"name"}:
                # What it said is about the host that was there; nothing else would tell that it is another.
                check_as_seen(service.provider(provider.id), provider)
            saved = (
                service.update_provider(provider.id, **changes, seen=provider)
                if changes
                else service.provider(provider.id)
            )
            fetch = bool(changes.keys() - {"name"})
        self._held = None
        self.saving = False
        self._panel.form_saved(self, saved, fetch=fetch)

    def _unwrapped(self, source: str, value: str) -> str:
        """What was sent, without what was clearly pasted around it (SEC-3)."""
        if source == "variable" or not value:
            self.taken_off = self.taken_off if source == "typed" else ()
            return value
        cleaned = unwrapped_key(value)
        self.taken_off = cleaned.notes
        return cleaned.value or value

    def _ask_anew(self, source: str, error: ChangedMeanwhileError) -> None:
        """Show the provider as it is now; a key that was typed for another host is let go (SEC-8)."""
        self._held = None
        self.refuse(error)
        if self.provider is not None:
            self.read_again(self._panel.service.settings.provider(self.provider.id))
        words = "Look at the base URL. If it is right, {}press Save again."
        hint = words.format("" if source == "variable" else "enter the key once more and ")
        self.note.set("warn", error.message, hint)
        self._panel.root.focus(_NEXT)

    def _key(self, source: str, value: str) -> str:
        if source == "variable":
            name = environment_name(unwrapped_key(value).value) or value.strip()
            return f"${{{name}}}" if name else ""
        if value or self._held is not None:
            key = value or (self._held.key.get_secret_value() if self._held else "")
            return self.keyring.kept(key, self.provider_name)
        preset = self.chosen
        return NO_KEY_NEEDED if preset is not None and not preset.needs_key else ""

    @property
    def _key_before(self) -> str:
        """The key of a provider that is added again; a reference is not taken over unseen (SEC-4).

        Nor is a key for another server than it was saved for (SEC-8).
        """
        if self.provider is None:
            return ""
        given = self.provider.credentials
        key = given.api_key.get_secret_value()
        if is_reference(key):
            return ""
        place = Place(preset="", type=self.provider.type, url=given.base_url or "")
        if key == NO_KEY_NEEDED or place.leads_to(self.place):
            return key
        self._drop("The key saved before", place)
        return ""

    def _say_deleted(self) -> None:
        """Say that the provider is gone, and offer what can be done with what was typed."""
        name = clean(self.provider.name) if self.provider is not None else ""
        elsewhere = self._panel.service.saved_by == "another program"
        words = f"Another program deleted {name}." if elsewhere else f"{name} was deleted meanwhile."
        if not self._deleted_actions:
            self._deleted_actions = [
                button("Add it again", self._add_again),
                button("Back", self.back.click),
            ]
        self.note.set("warn", words, "What you typed is still here.", actions=self._deleted_actions)

    def _add_again(self) -> None:
        self._again = True
        self.press_save()

    def _hold(self, source: str, value: str) -> None:
        """Keep a key that has left the page until it is saved: nobody should have to paste it twice."""
        if source != "typed":
            return
        if value and key_problem(value) is None:
            self._held = HeldKey(Secret(value), self.place)
            self.secret.placeholder = KEPT_WORDS
        elif self._held is not None and (self.place.is_done or not self._held.place.host):
            self._held = HeldKey(self._held.key, self.place)  # more is known than when it came

    def _changes(self, provider: Provider, key: str, url: str) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        if self.name.value != provider.name:
            changes["name"] = self.name.value
        if self.type.value != provider.type:
            changes["type"] = self.type.value
        if key and key != f"${{{provider.key_variable}}}":
            changes["api_key"] = key
        if url != self._typed_url or ("type" in changes and url):
            changes["base_url"] = url
        return changes

    def _refuse(self, error: InvalidInputError) -> None:
        by_field = {problem.field: problem.message for problem in error.problems}
        drop_keys(by_field, {NAME: self.name, URL: self.url})
        self.name.refuse(by_field.pop(NAME, ""))
        self.type.refuse(by_field.pop(TYPE, ""))
        no_key = by_field.pop(KEY, "")
        self.secret.error = self._dropped or no_key
        show(self.url, self._has_url or URL in by_field)
        self.url.refuse(by_field.pop(URL, ""))
        self.count_problems(len({problem.field for problem in error.problems}))
        self._counting = True
        if by_field:
            self.note.set("error", " ".join(by_field.values()), error.hint)
        self.secret.placeholder = self._placeholder(self.chosen)
        if not self.name.error.words and self.secret.error:
            self.secret.focus()
        else:
            self._panel.root.focus(".dw-form .dw-invalid input, .dw-form .dw-invalid select")
