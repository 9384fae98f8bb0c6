"""The fields of the form to add or edit a provider: what they offer, say and take over from the file."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets as widgets

from .._text import clean
from ..errors import InvalidInputError
from ..presets import PRESETS, find_preset
from ..urls import normalise_base_url, shown_url
from ._form_words import (
    dropped_words,
    first_key_hint,
    free_name,
    new_key_hint,
    variable_hint,
    variables_offered,
)
from ._forms import Field, Form
from ._held_key import HeldKey, Place
from ._keyring_box import KeyringBox
from ._parts import Message, box, close_all_in, heading_html, make, mono, show, write
from ._states import TYPE_WORDS
from .secret_input import SecretInput

if TYPE_CHECKING:
    from ..presets import Preset
    from ..settings.schema import Provider
    from ._form_words import Hint
    from .providers import ProvidersPanel

CUSTOM = ""
KEPT_WORDS = "Leave empty to use the key sent before"
_NAME_EXAMPLE = "For example Course gateway"
_IGNORED_URL = (
    "The Dispatch app ignores a base URL here: it would send this key to api.anthropic.com. "
    "Use such a provider in notebooks only."
)


class ProviderFields(Form):
    """The fields of the provider form, in step with what is chosen, typed and in the file.

    Args:
        panel: The panel that it belongs to.
        provider: The provider to edit, as it was read last; None to add one.
        preset: The short name of the preset to start from, when adding.

    Attributes:
        preset: The choice of presets; hidden when editing.
        name: The name's field.
        type: The type's field; shown for Custom and when editing.
        secret: The key's field.
        keyring: Whether a typed key goes into the system's keyring; shown where there is one.
        url: The base URL's field; shown where the type has one.
    """

    first_field = ".dw-first select, .dw-first input"

    def __init__(self, panel: ProvidersPanel, *, provider: Provider | None = None, preset: str = "") -> None:
        self._panel = panel
        self.provider = provider
        self._held: HeldKey | None = None  # a key that was sent, while saving failed for another reason
        self._dropped = ""  # what is said of a key that was for another server
        self._again = False  # the provider was deleted meanwhile, and is to be added once more
        self._filled_url = ""
        self._counting = False  # whether "2 fields need attention" stands beside Save
        presets = [(found.name, found.key) for found in PRESETS]
        self.preset = Field(
            make(widgets.Dropdown, description="Preset", options=[*presets, ("Custom", CUSTOM)]), "dw-first"
        )
        self.name = Field(make(widgets.Text, description="Name", placeholder=_NAME_EXAMPLE))
        types = [(TYPE_WORDS[name], name) for name in ("openai-compatible", "anthropic")]
        if provider is not None and not provider.is_known:
            types.append((clean(provider.type), provider.type))
        self.type = Field(make(widgets.Dropdown, description="Type", options=types))
        self.secret = make(SecretInput, label="Key", variables=variables_offered(None))
        self.secret.on_submit(self._sent)
        self.keyring = KeyringBox(panel.hub.lock)
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
        self._watch()
        self._say_foot()
        self._follow()
        self.keyring.look(self._follow)

    def _watch(self) -> None:
        """Follow what is chosen and typed; what was wrong with a field is taken back with its change."""
        follow = partial(self._panel.act, self._follow)
        for part, traits, work in (
            (self.preset.control, ["value"], partial(self._panel.act, self._take_preset)),
            (self.keyring, ["value"], follow),
            (self.secret, ["source", "variable"], follow),
            (self.secret, ["source", "variable", "filled"], self._key_changed),
            (self.name.control, ["value"], partial(self._changed, self.name)),
            (self.type.control, ["value"], partial(self._changed, self.type)),
            (self.type.control, ["value"], follow),
            (self.url.control, ["value"], partial(self._changed, self.url)),
            (self.url.control, ["value"], follow),
        ):
            part.observe(lambda _change, work=work: work(), traits)

    def press_save(self) -> None:
        """Save what is in the fields."""
        raise NotImplementedError

    def _sent(self, source: str, value: str) -> None:
        """Take the key that the page has sent."""
        raise NotImplementedError

    def _say_deleted(self) -> None:
        """Say that the provider is gone."""
        raise NotImplementedError

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
        """What was typed as the name; where nothing was, the preset's own name or the next one free."""
        preset = self.chosen
        return self.name.value if self.name.value.strip() or preset is None else self._free_name(preset)

    def _free_name(self, preset: Preset) -> str:
        return free_name(preset.name, (there.name for there in self._panel.service.settings.providers))

    def _take_preset(self) -> None:
        preset = self.chosen
        # The name stands in the placeholder: a kernel that answers late must not write over what was
        # typed meanwhile.
        self.name.control.placeholder = self._free_name(preset) if preset else _NAME_EXAMPLE
        base_url = preset.base_url if preset and preset.type != "anthropic" else ""
        if base_url or self.url.value == self._filled_url:
            self.url.control.value = self._filled_url = base_url
        self.type.control.value = preset.type if preset else "openai-compatible"
        variable = preset.key_variable if preset else None
        self.secret.variables = variables_offered(variable)
        self.secret.variable = variable or ""
        self.secret.source = "variable" if variable and os.environ.get(variable, "").strip() else "typed"
        show(self.type, preset is None)
        for field in (self.name, self.type, self.url):
            field.refuse("")
        self.secret.error = ""
        self._recount()
        self._follow()

    def _take_provider(self, provider: Provider) -> None:
        self.name.control.value = provider.name
        self.type.control.value = provider.type
        self._typed_url = shown_url(provider.credentials.base_url or "")
        self.url.control.value = self._typed_url
        variable = provider.key_variable
        self.secret.variables = variables_offered(variable)
        self.secret.variable = variable or ""
        self.secret.source = "variable" if variable else "typed"

    def read_again(self, provider: Provider | None) -> None:
        """Take what another program has changed into the fields that nobody has touched here.

        Args:
            provider: The provider as it is in the file now; None if it is there no more.
        """
        before = self.provider
        if provider is None or before is None:
            self._say_deleted()
            return
        self.provider = provider
        write(self.children[0].children[1], heading_html(f"Edit {clean(provider.name)}", level=2, large=True))
        if self.name.value == before.name:
            self.name.control.value = provider.name
        if self.type.value == before.type and provider.type in dict(self.type.control.options).values():
            self.type.control.value = provider.type
        url = shown_url(provider.credentials.base_url or "")
        if self.url.value == self._typed_url:
            self.url.control.value = url
        self._typed_url = url
        variable, old = provider.key_variable, before.key_variable
        if (self.secret.source, self.secret.variable) == ("variable" if old else "typed", old or ""):
            self.secret.variables = variables_offered(variable)
            self.secret.variable = variable or ""
            if not self.secret.filled:  # a key that is being typed stays where it is seen
                self.secret.source = "variable" if variable else "typed"
        self._follow()

    def _changed(self, field: Field) -> None:
        with self._panel.hub.lock:
            field.refuse("")
            self._recount()

    def _key_changed(self) -> None:
        # The page empties the field when it sends the key: that is no answer to what was wrong with it.
        with self._panel.hub.lock:
            if self.secret.filled:
                self._dropped = ""
            if self.secret.filled or self.secret.source == "variable":
                self.secret.error = ""
                self._recount()
            if self._dropped:
                self._say_dropped()

    def _recount(self) -> None:
        """Bring what stands beside Save in step with the fields that still need attention."""
        if not self._counting or self.saving:
            return
        words = (self.name.error.words, self.type.error.words, self.secret.error, self.url.error.words)
        left = sum(map(bool, words))
        if left:
            self.count_problems(left)
        else:
            self._say_foot()

    def _say_foot(self) -> None:
        self._counting = False
        self.foot_message.set("A new key or URL fetches the list again." if self.provider is not None else "")

    def _follow(self) -> None:
        """Bring hints and what is shown in step with what was chosen and typed."""
        preset = self.chosen
        show(self.url, self.type.value != "anthropic" or preset is None)
        place = self.place
        if place.is_done or (self._held is not None and self._held.place.choice != place.choice):
            self._drop_unless_for(place)  # a base URL is judged when it is typed to its end
        self.keyring.offer(self._asks_for_key)
        self.secret.placeholder = self._placeholder(preset)
        self.secret.hint = self._key_hint(preset)
        if self._dropped:
            self._say_dropped()
        self._follow_url()

    @property
    def place(self) -> Place:
        """Where a key would go by what is chosen and typed now."""
        return Place(
            preset=self.preset.value if self.provider is None else "",
            type=self.type.value,
            url=self.url.value if self._has_url else "",
        )

    def _drop_unless_for(self, place: Place) -> None:
        """Forget a key that was sent for another server; whoever pasted it must be told (SEC-8).

        Args:
            place: Where it would go now.
        """
        held = self._held
        if held is not None and not held.place.leads_to(place):
            self._held = None
            self.keyring.forget()
            self._drop("The key sent before", held.place)

    def _drop(self, what: str, place: Place) -> None:
        keep = clean(self.provider.masked_key) if self.provider is not None and not self._again else ""
        self._dropped = dropped_words(what, place.host, keep=keep)
        self._say_dropped()

    def _say_dropped(self) -> None:
        """Say at the key's field that the key is gone: as its fault where another one has to be pasted."""
        if self._asks_for_key:
            self.secret.error = self._dropped
        self.secret.hint = self._key_hint(self.chosen)
        self._recount()

    @property
    def _asks_for_key(self) -> bool:
        preset = self.chosen
        return self.secret.source == "typed" and (preset is None or preset.needs_key)

    def _placeholder(self, preset: Preset | None) -> str:
        if self._held is not None:
            return KEPT_WORDS
        if self.provider is not None:
            return f"Leave empty to keep {clean(self.provider.masked_key)}"
        return (
            "Not needed: leave it empty" if preset is not None and not preset.needs_key else "Paste the key"
        )

    def _key_hint(self, preset: Preset | None) -> Hint:
        hint = self._plain_key_hint(preset)
        return [self._dropped, " ", *hint] if self._dropped and not self._asks_for_key else hint

    def _plain_key_hint(self, preset: Preset | None) -> Hint:
        if self.secret.source == "variable":
            return variable_hint(self.secret.variable, self._url_or_default())
        if self.provider is None:
            return first_key_hint(preset, in_keyring=self.keyring.ticked)
        count = sum(entry.provider_id == self.provider.id for entry in self._panel.service.catalog)
        return new_key_hint(count, in_keyring=self.keyring.ticked)

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
