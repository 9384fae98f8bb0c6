"""Texts of the provider form about keys, and the names and variables that it proposes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ...._text import clean, plural
from ....pasted import without_quotes
from ....presets import KEY_VARIABLES, is_own_pair
from ....secrets import is_set
from ....service.consent import why_asked
from ....urls import host_words
from ..shared.views import Message, Option, Run, joined

if TYPE_CHECKING:
    from ....presets import Preset
    from ....service import SettingsService
    from ..shared.views import Words

KEYRING_LABEL = "Keep the key in the system's keyring"
IGNORED_URL = (
    "The Dispatch app ignores a base URL here: it would send this key to api.anthropic.com. "
    "Use such a provider in notebooks only."
)
_REFERENCE_WORDS = (
    ". The value is read when it is used and never written. The Dispatch app does not read variables."
)
_NO_KEY_WORDS = "The server needs no key. The file gets a placeholder: the Dispatch app wants one."


def where_kept(*, in_keyring: bool) -> str:
    """Where a typed key is stored."""
    if in_keyring:
        return (
            "It is sent when you save or test, and goes into the system's keyring. The file says only "
            "where; the Dispatch app does not read keyrings."
        )
    return "It is sent when you save or test, and is stored only in the settings file."


def sending_words(variable: str, url: str) -> str:
    """A warning that Save and Test send a variable to a host that it was not made for; empty for none."""
    if not variable or not url or is_own_pair(variable, url):
        return ""
    return f"Save and Test send the value of {clean(variable)} to {clean(host_words(url))}."


def variable_hints(variable: str, url: str) -> tuple[Message, ...]:
    """The lines under a key that is read from a variable (SEC-4).

    Args:
        variable: The variable's name; may be empty.
        url: The base URL that it would be sent to; empty while there is none.
    """
    reference = Run(f"${{{clean(variable) or 'NAME'}}}", mono=True)
    quoted = without_quotes(os.environ.get(variable, "").strip()) is not None
    hints = [Message(joined(("The file gets ", reference, _REFERENCE_WORDS)))]
    hints += [Message("The quotes around its value are taken off.", about=("variable",))] if quoted else []
    sends = sending_words(variable, url)
    if sends:
        said = f"{sends} {why_asked(variable, url)}".strip()
        hints.append(Message(said, "warn", about=("variable", "base_url")))
    return tuple(hints)


def new_key_hint(entries: int, *, in_keyring: bool) -> str:
    """The line under the key of an existing provider that ``entries`` catalog entries use."""
    if not entries:
        return where_kept(in_keyring=in_keyring)
    reach = f"all {plural(entries, 'entry', 'entries')}" if entries > 1 else "the one entry"
    said = f"A new key reaches {reach} of this provider at once."
    return f"{said} {where_kept(in_keyring=True)}" if in_keyring else said


def first_key_hint(preset: Preset | None, *, in_keyring: bool) -> Words:
    """The line under the key of a new provider; the preset is None for Custom."""
    if preset is not None and not preset.needs_key:
        return _NO_KEY_WORDS
    kept = where_kept(in_keyring=in_keyring)
    if preset is None or not preset.key_page:
        return kept
    page = preset.key_page.split("://", 1)[-1]
    return joined(kept, (Run(f"Make a key at {page}", href=preset.key_page),))


def dropped_words(what: str, host: str, *, keep: str = "") -> str:
    """The message about a key that was given for another server than the selected one (SEC-8).

    Args:
        what: Which key: "The key sent before".
        host: The host that it was for; empty if that was not known yet.
        keep: The saved key, masked, that an empty field keeps; empty if there is none.
    """
    words = f"{what} was for {host or 'another choice'} and was dropped. Paste the key for this one"
    return f"{words}, or leave it empty to keep {keep}." if keep else f"{words}."


def variables_offered(first: str | None) -> tuple[Option, ...]:
    """The variables to choose from: the preset's or provider's own, then those set in this kernel."""
    there = sorted(name for name in os.environ if name in KEY_VARIABLES or name.endswith("_API_KEY"))
    names = list(dict.fromkeys([first, *there] if first else there))
    return tuple(
        Option(name, f"{name} ({'' if is_set(name) else 'not '}set in this kernel)") for name in names
    )


def free_name(name: str, service: SettingsService) -> str:
    """A name that no provider has: "OpenAI 2" for a second account at OpenAI."""
    used = {provider.name for provider in service.settings.providers}
    number, free = 1, name
    while free in used:
        number += 1
        free = f"{name} {number}"
    return free
