"""Replaces the keys of a document by ``${NAME}`` references, so that a copy of it can be shared.

A reference that is there stays. Any other key gets a variable of its own: that of a well-known provider where
only one provider needs it, else one made from the provider's name. Secrets in the app's own sections
(``search.apiKey``) are replaced too; nothing expands those, so whoever takes the copy types them anew.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .._secret_names import is_base_url_field, is_secret_field
from ..presets import KEY_VARIABLES, preset_for_url
from ..secrets import NO_KEY_NEEDED, environment_name
from ..urls import leads_here
from .document import Document, Place, pointer, set_in
from .views import view

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..presets import Preset
    from .schema import Provider

_LONGEST_NAME_CHARACTERS = 40
_SUFFIX = "_API_KEY"
_CAMEL_CASE_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A variable that takes the place of a key.

    Attributes:
        name: Its name.
        providers: The names of the providers that use it; empty for a part of the file that this package does
            not read.
        places: Where in the file it stands: ``providers[0].credentials.apiKey``.
    """

    name: str
    providers: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SecretText:
    """A text that is secret because of its place.

    Attributes:
        path: Its place.
        value: The text.
    """

    path: Place
    value: str

    def __repr__(self) -> str:
        return f"SecretText({pointer(self.path)!r})"


def with_references(document: Document) -> tuple[Document, tuple[Variable, ...]]:
    """The document with a reference in the place of each key, and the variables in the file's order.

    The key that stands for "none is needed" stays, and so do empty ones.

    Raises:
        SettingsShapeError: If a part of the document is invalid.
    """
    providers = view(document).providers
    found = list(secrets_in(document))
    names = _Names(environment_name(secret.value.strip()) for secret in found)
    stored = [secret.path for secret in found if environment_name(secret.value.strip()) is None]
    indexes = [index for path in stored if (index := _provider_index(path)) is not None]
    chosen = _variables_of({index: providers[index] for index in indexes}, names)
    made: dict[str, list[Place]] = {}
    for secret in found:
        name = environment_name(secret.value.strip())
        if name is None:
            index = _provider_index(secret.path)
            name = names.new(_of_place(secret.path)) if index is None else chosen[index]
            document = set_in(document, secret.path, f"${{{name}}}")
        made.setdefault(name, []).append(secret.path)
    return document, tuple(_variable(name, places, providers) for name, places in made.items())


def secrets_in(value: Any) -> Iterator[SecretText]:
    """The texts of a JSON value that stand in a secret field, or in something nested in one.

    Base URLs, empty texts and the key that stands for none are left out.
    """
    return _secrets(value, (), secret=False)


def _secrets(value: Any, path: Place, *, secret: bool) -> Iterator[SecretText]:
    if isinstance(value, dict):
        for name, item in value.items():
            below = (secret or is_secret_field(name)) and not is_base_url_field(name)
            yield from _secrets(item, (*path, name), secret=below)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _secrets(item, (*path, index), secret=secret)
    elif secret and isinstance(value, str) and value.strip() and value != NO_KEY_NEEDED:
        yield SecretText(path, value)


def _variable(name: str, places: list[Place], providers: tuple[Provider, ...]) -> Variable:
    indexes = [_provider_index(place) for place in places]
    return Variable(
        name=name,
        providers=tuple(providers[index].name for index in indexes if index is not None),
        places=tuple(map(pointer, places)),
    )


def _provider_index(path: Place) -> int | None:
    """The number of the provider whose key stands at a path, or None."""
    match path:
        case ("providers", int(index), "credentials", "apiKey"):
            return index
        case _:
            return None


class _Names:
    """Names of variables, of which each is given once."""

    def __init__(self, taken: Iterator[str | None]) -> None:
        self._taken = {name.upper() for name in taken if name is not None}  # Windows ignores their case

    def is_free(self, name: str) -> bool:
        return name not in self._taken

    def take(self, name: str) -> str:
        self._taken.add(name)
        return name

    def new(self, *wanted: str, suffix: str = "") -> str:
        """The first name that is free and no well-known provider's; the last one numbered if none is."""
        candidates = [f"{base}{suffix}" for base in wanted]
        number = 1
        while True:
            for name in candidates:
                if self.is_free(name) and name not in KEY_VARIABLES:
                    return self.take(name)
            number += 1
            candidates = [f"{wanted[-1]}_{number}{suffix}"]


def _variables_of(providers: Mapping[int, Provider], names: _Names) -> dict[int, str]:
    """A variable for the key of each provider, by the provider's number."""
    presets = {index: preset_for_url(provider.base_url) for index, provider in providers.items()}
    users = Counter(preset.key_variable for preset in presets.values() if preset is not None)
    chosen = {}
    for index, provider in providers.items():
        preset = presets[index]
        own = preset.key_variable if preset is not None else None
        if own is not None and users[own] == 1 and names.is_free(own):
            chosen[index] = names.take(own)
        else:
            chosen[index] = names.new(*_bases(provider, preset), suffix=_SUFFIX)
    return chosen


def _bases(provider: Provider, preset: Preset | None) -> tuple[str, ...]:
    """What a provider's variable can be called, without its ending, the best one first."""
    own = preset.key_variable if preset is not None else None
    brand = own.removesuffix(_SUFFIX) if own is not None else ""
    name, host = _in_capitals(_WORD.findall(_ascii(provider.name))), _in_capitals(_host_words(provider))
    called = name.removeprefix(brand).strip("_") if brand else name
    best = "_".join(part for part in (brand, called) if part) if called or not brand else f"{brand}_{host}"
    found = [base for base in (best, f"{called}_{host}".strip("_")) if base]
    return tuple(base if not base[0].isdigit() else f"PROVIDER_{base}" for base in found) or ("PROVIDER",)


def _host_words(provider: Provider) -> list[str]:
    try:
        if leads_here(provider.base_url):
            return ["LOCAL"]
        return _WORD.findall(urlsplit(provider.base_url).hostname or "")
    except ValueError:
        return []


def _of_place(path: Place) -> str:
    """What the variable for a place in the file is called: ``SEARCH_API_KEY``."""
    words = _CAMEL_CASE_WORD.findall(" ".join(_ascii(str(step)) for step in path[-2:]))
    name = _in_capitals(words)
    return name if len(path) > 1 and name and not name[0].isdigit() else f"DISPATCH_{name}".rstrip("_")


def _in_capitals(words: list[str]) -> str:
    return "_".join(words).upper()[:_LONGEST_NAME_CHARACTERS].strip("_")


def _ascii(text: str) -> str:
    from unicodedata import normalize

    return normalize("NFKD", text).encode("ascii", "ignore").decode()
