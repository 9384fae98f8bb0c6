"""The values of the provider form, except the key: from a preset, from the file, and both merged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ....errors import InvalidInputError
from ....secrets import is_set
from ....urls import normalise_base_url, shown_url
from .form_words import sending_words, variables_offered
from .key_place import KeyPlace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ....presets import Preset
    from ....settings.schema import Provider

CUSTOM = ""
TYPED, VARIABLE = "typed", "variable"
UNSAFE = "http:"  # the start of a note about a base URL that is a warning, not a correction


@dataclass(frozen=True, slots=True)
class FormInput:
    """The values of the fields, except the key.

    Attributes:
        preset: The selected preset when adding; None for Custom and when editing.
        before: The provider as it was when the form was filled; None when adding.
        name: The name.
        type: The type.
        source: Where the key comes from: ``typed`` or ``variable``.
        variable: The variable's name.
        url: The base URL; empty where there is no field for one.
        in_keyring: True if a typed key is to be stored in the keyring.
    """

    preset: Preset | None
    before: Provider | None
    name: str
    type: str
    source: str
    variable: str
    url: str
    in_keyring: bool

    @property
    def has_url(self) -> bool:
        """Whether there is a field for a base URL."""
        return self.type != "anthropic" or self.preset is None

    @property
    def base_url(self) -> str:
        """The base URL that is saved; empty where there is no field for one."""
        return self.url if self.has_url else ""

    @property
    def place(self) -> KeyPlace:
        """The server that a key would be sent to."""
        chosen = self.preset.key if self.preset is not None else CUSTOM
        return KeyPlace(preset=chosen, type=self.type, url=self.base_url)

    @property
    def needs_key(self) -> bool:
        """Whether the form has a field in which a key has to be typed."""
        return self.source == TYPED and (self.preset is None or self.preset.needs_key)

    @property
    def full_url(self) -> str:
        """The base URL of the requests; empty while it is not valid."""
        try:
            return normalise_base_url(self.base_url, self.type).url
        except InvalidInputError:
            return ""

    @property
    def sends(self) -> str:
        """What the form says about where a key is sent, and whether unencrypted; empty for nothing to say."""
        if not self.full_url:
            return ""
        words = [sending_words(self.variable, self.full_url)] if self.source == VARIABLE else []
        notes = normalise_base_url(self.base_url, self.type).notes
        return " ".join(filter(None, [*words, *(note for note in notes if note.startswith(UNSAFE))]))


def as_chosen(preset: Preset | None) -> FormInput:
    """The values after a preset is selected; its name is only the placeholder."""
    variable = preset.key_variable if preset is not None else None
    takes_variable = variable is not None and is_set(variable)
    return FormInput(
        preset,
        None,
        name="",
        type=preset.type if preset is not None else "openai-compatible",
        source=VARIABLE if takes_variable else TYPED,
        variable=variable or first_variable(),
        url=preset.base_url if preset is not None and preset.type != "anthropic" else "",
        in_keyring=False,
    )


def as_saved(before: Provider, values: Mapping[str, str]) -> FormInput:
    """The values of a provider that is edited."""
    variable = before.key_variable
    return FormInput(
        None,
        before,
        name=values.get("name", before.name),
        type=values.get("type", before.type),
        source=values.get("source", VARIABLE if variable else TYPED),
        variable=values.get("variable", variable or first_variable()),
        url=values.get("base_url", shown_url(before.credentials.base_url or "")),
        in_keyring=bool(values.get("keyring")),
    )


def merged(given: FormInput, before: Provider, now: Provider, *, key_typed: bool = False) -> FormInput:
    """The values, with another program's changes in the fields that were not edited here."""
    old, new = as_saved(before, {}), as_saved(now, {})
    untouched_key = not key_typed and (given.source, given.variable) == (old.source, old.variable)
    return replace(
        given,
        before=now,
        name=new.name if given.name == old.name else given.name,
        type=new.type if given.type == old.type else given.type,
        url=new.url if given.url == old.url else given.url,
        source=new.source if untouched_key else given.source,
        variable=new.variable if untouched_key else given.variable,
    )


def first_variable() -> str:
    """The variable to start with where none is named; empty if none is set."""
    return next((option.value for option in variables_offered(None)), "")
