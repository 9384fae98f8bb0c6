"""The form to add or edit a provider. The key leaves the page once, when Save is pressed (SEC-2)."""

from __future__ import annotations

import os
import re
import secrets
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .._text import clean, plural
from ..errors import DispatchError, InvalidInputError
from ..presets import KEY_VARIABLES, PRESETS, find_preset, is_own_pair
from ..secrets import NO_KEY_NEEDED, Secret, is_reference, key_problem, store_in_keyring
from ..urls import host_of, normalise_base_url, shown_url
from ._base import Field, Form, UnexpectedError
from ._parts import Message, box, classed, close_all_in, is_shown, make, mono, show
from ._states import TYPE_WORDS
from .secret_input import SecretInput

if TYPE_CHECKING:
    from ..presets import Preset
    from ..settings.schema import Provider
    from .providers import ProvidersPanel

ANSWER_SECONDS = 5.0
"""How long to wait for the page to send the key before Save can be pressed again."""

KEYRING_SERVICE = "dispatch-widgets"
"""What keys are stored under in the system's keyring."""

CUSTOM = ""
NAME, TYPE, KEY, URL = "name", "type", "credentials.apiKey", "credentials.baseUrl"
_NAME_EXAMPLE = "For example Course gateway"
_KEYRING_WORDS = "Keep the key in the system's keyring"
_KEPT = "Leave empty to use the key sent before"
_REFERENCE_WORDS = (
    ". The value is read when it is used and never written. The Dispatch app does not read variables."
)
_IGNORED_URL = (
    "The Dispatch app ignores a base URL here: it would send this key to api.anthropic.com. "
    "Use such a provider in notebooks only."
)


class ProviderForm(Form):
    """The form of the Providers tab.

    Args:
        panel: The panel that it belongs to.
        provider: The provider to edit; None to add one.
        preset: The short name of the preset to start from, when adding.

    Attributes:
        preset: The choice of presets; hidden when editing.
        name: The name's field.
        type: The type's field; shown for Custom and when editing.
        secret: The key's field.
        keyring: Whether a typed key goes into the system's keyring; shown where that package is installed.
        url: The base URL's field; shown where the type has one.
    """

    first_field = ".dw-first select, .dw-first input"

    def __init__(self, panel: ProvidersPanel, *, provider: Provider | None = None, preset: str = "") -> None:
        self._panel = panel
        self.provider = provider
        self._held: Secret | None = None  # a key that was sent, while saving failed for another reason
        self._asked = 0
        self._filled_url = ""
        presets = [(found.name, found.key) for found in PRESETS]
        self.preset = Field(
            make(widgets.Dropdown, description="Preset", options=[*presets, ("Custom", CUSTOM)]), "dw-first"
        )
        self.name = Field(make(widgets.Text, description="Name", placeholder=_NAME_EXAMPLE))
        types = [(TYPE_WORDS[name], name) for name in ("openai-compatible", "anthropic")]
        if provider is not None and not provider.is_known:
            types.append((clean(provider.type), provider.type))
        self.type = Field(make(widgets.Dropdown, description="Type", options=types))
        self.secret = make(SecretInput, label="Key", variables=_variables(None))
        self.secret.on_submit(self._sent)
        keep = make(widgets.Checkbox, description=_KEYRING_WORDS, value=False, indent=False)
        self.keyring = classed(keep, "dw-check")
        self._stored: tuple[Secret, str] | None = None  # what is in the keyring already, and where
        self.url = Field(
            make(widgets.Text, description="Base URL", placeholder="https://llm.example.edu/v1"), "dw-mono"
        )
        self.url_warning, self.url_note = Message(), Message()
        self.url.children = (*self.url.children, self.url_note, self.url_warning)
        if provider is None:
            fields = [
                box(self.preset, self.name, classes="dw-pair", row=True),
                self.type,
                self.secret,
                self.keyring,
                self.url,
            ]
        else:
            self.name.control.add_class("dw-first")
            fields = [
                box(self.name, self.type, classes="dw-pair", row=True),
                self.secret,
                self.keyring,
                self.url,
            ]
        super().__init__(
            "Add provider" if provider is None else f"Edit {clean(provider.name)}",
            back="Providers",
            fields=fields,
            on_save=self.press_save,
            on_back=lambda: panel.act(lambda: panel.form_left(self, keep=True)),
            on_cancel=lambda: panel.act(lambda: panel.form_left(self, keep=False)),
            save="Save and fetch models" if provider is None else "Save",
        )
        if provider is None:
            self.preset.control.value = preset or PRESETS[0].key
            self._take_preset()
        else:
            self._take_provider(provider)
        for field, follow in (
            (self.preset, self._take_preset),
            (self.type, self._follow),
            (self.url, self._follow),
        ):
            field.control.observe(lambda _change, follow=follow: panel.act(follow), "value")
        self.keyring.observe(lambda _change: panel.act(self._follow), "value")
        self.secret.observe(lambda _change: panel.act(self._follow), ["source", "variable"])
        if provider is not None:
            self.foot_message.set("A new key or URL fetches the list again.")
        self._follow()

    def close(self) -> None:
        """Close the choice of presets too, which has no place where a provider is edited."""
        preset = getattr(self, "preset", None)
        if preset is not None:
            close_all_in(preset)
            preset.close()
        super().close()

    # -- filling in --------------------------------------------------------------------------------

    @property
    def chosen(self) -> Preset | None:
        """The preset that is chosen; None for Custom and when editing."""
        return find_preset(self.preset.value) if self.provider is None else None

    @property
    def provider_name(self) -> str:
        """What was typed as the name; where nothing was, the preset's own name."""
        preset = self.chosen
        return self.name.value if self.name.value.strip() or preset is None else preset.name

    def _take_preset(self) -> None:
        preset = self.chosen
        # The name stands in the placeholder: a kernel that answers late must not write over what was
        # typed meanwhile.
        self.name.control.placeholder = preset.name if preset else _NAME_EXAMPLE
        base_url = preset.base_url if preset and preset.type != "anthropic" else ""
        if base_url or self.url.value == self._filled_url:
            self.url.control.value = self._filled_url = base_url
        self.type.control.value = preset.type if preset else "openai-compatible"
        variable = preset.key_variable if preset else None
        self.secret.variables = _variables(variable)
        self.secret.variable = variable or ""
        self.secret.source = "variable" if variable and os.environ.get(variable, "").strip() else "typed"
        show(self.type, preset is None)
        for field in (self.name, self.url):
            field.refuse("")
        self.secret.error = ""
        self._follow()

    def _take_provider(self, provider: Provider) -> None:
        self.name.control.value = provider.name
        self.type.control.value = provider.type
        self._typed_url = shown_url(provider.credentials.base_url or "")
        self.url.control.value = self._typed_url
        variable = provider.key_variable
        self.secret.variables = _variables(variable)
        self.secret.variable = variable or ""
        self.secret.source = "variable" if variable else "typed"

    def _follow(self) -> None:
        """Bring hints and what is shown in step with what was chosen and typed."""
        preset = self.chosen
        show(self.url, self.type.value != "anthropic" or preset is None)
        show(self.keyring, self.secret.source == "typed" and find_spec("keyring") is not None)
        self.secret.placeholder = self._placeholder(preset)
        self.secret.hint = self._key_hint(preset)
        self._follow_url()

    def _placeholder(self, preset: Preset | None) -> str:
        if self._held is not None:
            return _KEPT
        if self.provider is not None:
            return f"Leave empty to keep {clean(self.provider.masked_key)}"
        return (
            "Not needed: leave it empty" if preset is not None and not preset.needs_key else "Paste the key"
        )

    def _key_hint(self, preset: Preset | None) -> list[dict[str, Any] | str]:
        if self.secret.source == "variable":
            name = clean(self.secret.variable) or "NAME"
            hint: list[dict[str, Any] | str] = [
                "The file gets ",
                {"text": f"${{{name}}}", "mono": True},
                _REFERENCE_WORDS,
            ]
            url = self._url_or_default()
            if self.secret.variable and url and not is_own_pair(self.secret.variable, url):
                hint.append(f" Saving sends the value of {name} to {clean(host_of(url))}.")
            return hint
        if self.provider is not None:
            count = sum(entry.provider_id == self.provider.id for entry in self._panel.service.catalog)
            reach = (
                f"all {plural(count, 'entry', 'entries')} of this provider" if count > 1 else "its entries"
            )
            return [f"A new key reaches {reach} at once.", *([" ", self._where_kept()] * self._to_keyring)]
        if preset is not None and not preset.needs_key:
            return ["The server needs no key. The file gets a placeholder: the Dispatch app wants one."]
        hint = [self._where_kept()]
        if preset is not None and preset.key_page:
            page = preset.key_page.split("://", 1)[-1]
            hint += [" ", {"text": f"Make a key at {page}", "href": preset.key_page}]
        return hint

    @property
    def _to_keyring(self) -> bool:
        return bool(self.keyring.value) and is_shown(self.keyring)

    def _where_kept(self) -> str:
        if self._to_keyring:
            return (
                "It is sent once, when you save, and goes into the system's keyring. The file says only "
                "where; the Dispatch app does not read keyrings."
            )
        return "It is sent once, when you save, and is stored only in the settings file."

    def _url_or_default(self) -> str:
        try:
            return normalise_base_url(self.url.value if self._has_url else "", self.type.value).url
        except InvalidInputError:
            return ""

    @property
    def says_where_it_sends(self) -> bool:
        """Whether the form said that saving sends a variable's value, and where (SEC-4)."""
        return bool(self.secret.source == "variable")

    @property
    def _has_url(self) -> bool:
        return bool(self.url.layout.display != "none")

    def _follow_url(self) -> None:
        self.url_warning.set("")
        self.url_note.set("")
        self.url.hint.set("")
        if self.type.value == "anthropic" and self.url.value:
            self.url_warning.set(_IGNORED_URL, "warn")
        try:
            normal = normalise_base_url(self.url.value, self.type.value)
        except InvalidInputError:
            return  # said at saving; nobody is done typing yet
        version = "/v1" if self.type.value == "anthropic" else ""
        self.url.hint.set_html(f"Models are read from {mono(f'{normal.url}{version}/models')}")
        plain = [note for note in normal.notes if note.startswith("http:")]
        changed = [note for note in normal.notes if note not in plain]
        if changed:
            self.url_note.set(" ".join(changed))
        if plain:
            self.url_warning.set(" ".join(plain), "warn")

    # -- saving ------------------------------------------------------------------------------------

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
            self.secret.disabled = False
            if self._panel.form is not self:
                self.saving = False
                return  # the person has left the form meanwhile
            try:
                self._save(source, value)
            except InvalidInputError as error:
                self._refuse(error)
            except DispatchError as error:
                self._hold(source, value)
                self.refuse(error)
            except Exception as error:  # noqa: BLE001 - shown in the form
                self._hold(source, value)
                self.refuse(UnexpectedError(error))

    def _save(self, source: str, value: str) -> None:
        key = self._key(source, value)
        service, provider = self._panel.service, self.provider
        self._hold(source, value)
        url = self.url.value if self._has_url else ""
        if provider is None:
            saved = service.add_provider(
                name=self.provider_name, type=self.type.value, api_key=key, base_url=url or None
            )
            fetch = True
        else:
            changes = self._changes(provider, key, url)
            saved = service.update_provider(provider.id, **changes) if changes else provider
            fetch = bool(changes.keys() - {"name"})
        self._held = None
        self.saving = False
        self._panel.form_saved(self, saved, fetch=fetch)

    def _key(self, source: str, value: str) -> str:
        if source == "variable":
            name = value.strip().removeprefix("$").strip("{}")
            return f"${{{name}}}" if name else ""
        if value or self._held is not None:
            return self._kept(value or (self._held.get_secret_value() if self._held else ""))
        preset = self.chosen
        return NO_KEY_NEEDED if preset is not None and not preset.needs_key else ""

    def _kept(self, key: str) -> str:
        """The key, or where it is kept, if it is to be kept in the system's keyring."""
        if not self._to_keyring or is_reference(key):
            return key
        if self._stored is None or self._stored[0] != Secret(key):
            name = re.sub(r"[^a-z0-9]+", "-", self.provider_name.lower()).strip("-")[:40] or "provider"
            user = f"{name}-{secrets.token_hex(3)}"  # names may repeat
            self._stored = Secret(key), store_in_keyring(KEYRING_SERVICE, user, key)
        return self._stored[1]

    def _hold(self, source: str, value: str) -> None:
        """Keep a key that has left the page until it is saved: nobody should have to paste it twice."""
        if source == "typed" and value and key_problem(value) is None:
            self._held = Secret(value)
            self.secret.placeholder = _KEPT

    def _changes(self, provider: Provider, key: str, url: str) -> dict[str, str]:
        changes: dict[str, str] = {}
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
        self.name.refuse(by_field.pop(NAME, ""))
        self.type.refuse(by_field.pop(TYPE, ""))
        self.secret.error = by_field.pop(KEY, "")
        show(self.url, self._has_url or URL in by_field)
        self.url.refuse(by_field.pop(URL, ""))
        self.count_problems(len({problem.field for problem in error.problems}))
        if by_field:
            self.note.set("error", " ".join(by_field.values()), error.hint)
        self.secret.placeholder = self._placeholder(self.chosen)
        if not self.name.error.words and self.secret.error:
            self.secret.focus()
        else:
            self._panel.root.focus(".dw-form .dw-invalid input, .dw-form .dw-invalid select")


def _variables(first: str | None) -> list[list[str]]:
    """The variables to offer: the preset's own, then those that are set in this kernel."""
    there = sorted(name for name in os.environ if name in KEY_VARIABLES or name.endswith("_API_KEY"))
    names = list(dict.fromkeys([first, *there] if first else there))
    return [
        [name, f"{name} ({'' if os.environ.get(name, '').strip() else 'not '}set in this kernel)"]
        for name in names
    ]
