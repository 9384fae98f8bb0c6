"""Validates documents with pydantic into the dataclasses of `schema` (MIG-9).

Imported with the first file that is read, not with the package, as importing pydantic is slow (P-1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from .._terms import CAPABILITIES, PROVIDER_TYPES
from .document import pointer
from .schema import Assignment, CatalogEntry, Provider

if TYPE_CHECKING:
    from collections.abc import Callable

_WORDS = {
    "missing": "it is missing",
    "string_type": "a text is expected here",
    "tuple_type": "a list is expected here",
    "dataclass_type": "an object is expected here",
    "model_type": "an object is expected here",
}


def _spare_unknown_types(provider: Any) -> Any:
    # Credentials of an unknown type must not make the rest of the file invalid.
    if not isinstance(provider, dict) or provider.get("type") in PROVIDER_TYPES:
        return provider
    given = provider.get("credentials")
    given = given if isinstance(given, dict) else {}
    key, url = given.get("apiKey"), given.get("baseUrl")
    kept = {"apiKey": key if isinstance(key, str) else "", "baseUrl": url if isinstance(url, str) else None}
    return {**provider, "credentials": kept}


def _spare_unknown_capabilities(entry: Any) -> Any:
    # Unknown capabilities stay in the file, and are left out of the view.
    stated = entry.get("capabilities") if isinstance(entry, dict) else None
    if not isinstance(stated, list) or all(item in CAPABILITIES for item in stated):
        return entry
    return {**entry, "capabilities": [item for item in stated if item in CAPABILITIES]}


def _none_as(absent: Any) -> Callable[[Any], Any]:
    # The app treats null for a section as absent (MIG-10).
    return lambda given: absent if given is None else given


class _Part(BaseModel):
    """An object of the file, with camelCase names; unknown fields are ignored."""

    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        hide_input_in_errors=True,
        # Logfire, where it instruments pydantic, would record the keys (SEC-1).
        plugin_settings={"logfire": {"record": "off"}},
    )


class Models(_Part):
    """What stands under ``models``."""

    catalog: tuple[Annotated[CatalogEntry, BeforeValidator(_spare_unknown_capabilities)], ...] = ()
    assignment: tuple[Assignment, ...] = ()


class Parts(_Part):
    """The sections of the file that are read."""

    providers: Annotated[
        tuple[Annotated[Provider, BeforeValidator(_spare_unknown_types)], ...], BeforeValidator(_none_as(()))
    ] = ()
    models: Annotated[Models, BeforeValidator(_none_as({}))] = Models()


def parts_of(document: dict[str, Any]) -> Parts | tuple[str, str]:
    """The parts of a document, or the place that is invalid and why.

    The caller raises the error, so that pydantic's, which holds the file's content, is no context (SEC-1).
    """
    try:
        return Parts.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return pointer(first["loc"]), _WORDS.get(first["type"], "this value cannot be understood")
