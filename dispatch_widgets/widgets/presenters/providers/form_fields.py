"""The fields of the provider form, with the lines under them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._text import clean
from ....errors import InvalidInputError
from ....presets import PRESETS
from ....urls import normalise_base_url
from ..shared.views import Field, Message, Option, Run
from ..status.provider_status import TYPE_LABELS
from .form_input import CUSTOM, TYPED, UNSAFE, VARIABLE
from .form_words import (
    IGNORED_URL,
    KEYRING_LABEL,
    first_key_hint,
    free_name,
    new_key_hint,
    variable_hints,
    variables_offered,
)

if TYPE_CHECKING:
    from ....service import SettingsService
    from ....settings.schema import Provider
    from ..shared.views import Words
    from .form_input import FormInput
    from .keyring import Keyring

KEY_SOURCE = "Where the key comes from"
_NAME_EXAMPLE = "For example Course gateway"
_URL_EXAMPLE = "https://llm.example.edu/v1"


class FormFields:
    """The fields of the form.

    Args:
        service: The service with the existing providers and entries.
        keyring: Whether there is a keyring.
    """

    def __init__(self, service: SettingsService, keyring: Keyring) -> None:
        self._service = service
        self._keyring = keyring

    def of(self, given: FormInput, dropped: str) -> tuple[Field, ...]:
        """The fields, filled.

        Args:
            given: Their values.
            dropped: The message about a key that was submitted for another server; empty for none.
        """
        before, preset = given.before, given.preset
        fields = []
        if before is None:
            options = (*(Option(each.key, each.name) for each in PRESETS), Option(CUSTOM, "Custom"))
            chosen = preset.key if preset is not None else CUSTOM
            fields.append(Field("preset", "Preset", "choice", chosen, options, follows=True))
        example = _NAME_EXAMPLE if preset is None else free_name(preset.name, self._service)
        fields.append(Field("name", "Name", value=given.name, placeholder=example, beside=before is None))
        if preset is None:
            types = _types(before)
            fields.append(
                Field("type", "Type", "choice", given.type, types, beside=before is not None, follows=True)
            )
        sources = (Option(TYPED, "Paste it"), Option(VARIABLE, "Environment variable"))
        fields.append(Field("source", KEY_SOURCE, "radio", given.source, sources, follows=True))
        fields.append(self._key_field(given, dropped))
        if given.needs_key and self._keyring.is_there:
            ticked = "true" if given.in_keyring else ""
            fields.append(Field("keyring", KEYRING_LABEL, "check", ticked, follows=True))
        if given.has_url:
            fields.append(_url_field(given))
        return tuple(fields)

    def _key_field(self, given: FormInput, dropped: str) -> Field:
        if given.source == VARIABLE:
            own = given.preset.key_variable if given.preset is not None else None
            own = given.before.key_variable if given.before is not None else own
            options = variables_offered(own)
            return Field(
                "variable",
                "Key",
                "choice",
                given.variable,
                options,
                other=True,
                messages=variable_hints(given.variable, given.full_url),
                follows=True,
            )
        messages = [Message(self._key_hint(given))]
        if dropped and not given.needs_key:
            messages.insert(0, Message(dropped))
        return Field(
            "key",
            "Key",
            "key",
            placeholder=_key_placeholder(given),
            messages=tuple(messages),
            problem=dropped if given.needs_key else "",
            emptied=bool(dropped),
        )

    def _key_hint(self, given: FormInput) -> Words:
        in_keyring = given.in_keyring and given.needs_key and self._keyring.is_there
        if given.before is None:
            return first_key_hint(given.preset, in_keyring=in_keyring)
        count = sum(entry.provider_id == given.before.id for entry in self._service.catalog)
        return new_key_hint(count, in_keyring=in_keyring)


def _types(before: Provider | None) -> tuple[Option, ...]:
    types = ["openai-compatible", "anthropic"]
    if before is not None and not before.is_known:
        types.append(before.type)
    return tuple(Option(each, TYPE_LABELS.get(each, clean(each))) for each in types)


def _key_placeholder(given: FormInput) -> str:
    if given.before is not None:
        return f"Leave empty to keep {clean(given.before.masked_key)}"
    needless = given.preset is not None and not given.preset.needs_key
    return "Not needed: leave it empty" if needless else "Paste the key"


def _url_field(given: FormInput) -> Field:
    messages: list[Message] = []
    try:
        normal = normalise_base_url(given.url, given.type)
    except InvalidInputError:
        pass  # shown when the form is saved
    else:
        version = "/v1" if given.type == "anthropic" else ""
        read = ("Models are read from ", Run(f"{normal.url}{version}/models", mono=True))
        messages = [Message(read, about=("base_url",))]
        messages += [
            Message(note, "warn" if note.startswith(UNSAFE) else "", ("base_url",)) for note in normal.notes
        ]
    if given.type == "anthropic":
        messages.append(Message(IGNORED_URL, "warn" if given.url else ""))
    return Field(
        "base_url",
        "Base URL",
        value=given.url,
        placeholder=_URL_EXAMPLE,
        messages=tuple(messages),
        mono=True,
    )
