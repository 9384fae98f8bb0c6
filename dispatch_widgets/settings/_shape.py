"""What shape the file must have: from a document to views of it (PM-1, PM-6, MIG-9).

The schema is written in the terms of pydantic's core and loaded with the first file that is read. Deriving
the same from annotated classes would make every import of the package load and set up all of pydantic (P-1).
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any

from pydantic_core import SchemaValidator, ValidationError
from pydantic_core import core_schema as core

from ..secrets import Secret
from .document import put
from .schema import CAPABILITIES, PROVIDER_TYPES, Assignment, CatalogEntry, Credentials, Provider

if TYPE_CHECKING:
    from .document import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class _Models:
    catalog: tuple[CatalogEntry, ...] = ()
    assignment: tuple[Assignment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of the file that are read, in the file's own arrangement."""

    providers: tuple[Provider, ...] = ()
    models: _Models = _Models()


def parts_of(document: Document) -> Parts | tuple[str, str]:
    """The parts of a document as views, or the place that cannot be understood and why.

    Args:
        document: What `document.parse` gave.
    """
    # The error is raised by the caller: pydantic's own, which holds what was in the file, must not hang
    # on it as its context (SEC-1).
    try:
        parts: Parts = _FILE.validate_python(document)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
    else:
        return parts
    for problem in problems:
        if problem["type"] != "literal_error":
            return _pointer(problem["loc"]), _WORDS.get(problem["type"], "this value cannot be understood")
    # Capabilities that another version of the app may know stay in the file, and out of the view.
    entries = {problem["loc"][2]: document["models"]["catalog"][problem["loc"][2]] for problem in problems}
    for index, entry in entries.items():
        known = [item for item in entry["capabilities"] if item in CAPABILITIES]
        document = put(document, ("models", "catalog", index, "capabilities"), known)
    return parts_of(document)


_WORDS = {
    "missing": "it is missing",
    "string_type": "a text is expected here",
    "tuple_type": "a list is expected here",
    "dataclass_type": "an object is expected here",
}


def _pointer(location: tuple[str | int, ...]) -> str:
    """A place in the document as people write it: ``models.catalog[3].model``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return text.removeprefix(".")


def _object(view: type, **schemas: core.CoreSchema) -> core.CoreSchema:
    """An object of the file as a view of it: a name in camelCase for each field that has a schema.

    What has a default may be missing, and what is no field is left alone.
    """
    parameters = []
    for field in fields(view):
        # A field that is not in __init__ cannot be filled by the file either.
        schema = schemas[field.name] if field.init else core.any_schema()
        if field.default is not MISSING:
            schema = core.with_default_schema(schema, default=field.default)
        name = _camel_case(field.name)
        parameters.append(core.dataclass_field(field.name, schema, init=field.init, validation_alias=name))
    return core.dataclass_schema(
        view,
        core.dataclass_args_schema(view.__name__, parameters),
        [field.name for field in fields(view)],
        slots=True,
    )


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _list(item: core.CoreSchema) -> core.CoreSchema:
    return core.tuple_schema([item], variadic_item_index=0)


def _spare_unknown_types(value: Any) -> Any:
    # What a type we do not know needs as credentials is its own affair; it must not stop the rest.
    if not isinstance(value, dict) or value.get("type") in PROVIDER_TYPES:
        return value
    given = value.get("credentials")
    given = given if isinstance(given, dict) else {}
    key, url = given.get("apiKey"), given.get("baseUrl")
    kept = {"apiKey": key if isinstance(key, str) else "", "baseUrl": url if isinstance(url, str) else None}
    return {**value, "credentials": kept}


_TEXT = core.str_schema()
_TEXT_OR_NULL = core.nullable_schema(_TEXT)
_KEY = core.no_info_after_validator_function(Secret, _TEXT)
_CAPABILITIES = core.nullable_schema(_list(core.literal_schema([*CAPABILITIES])))

_CREDENTIALS = _object(Credentials, api_key=_KEY, base_url=_TEXT_OR_NULL)
_PROVIDER = core.no_info_before_validator_function(
    _spare_unknown_types, _object(Provider, id=_TEXT, name=_TEXT, type=_TEXT, credentials=_CREDENTIALS)
)
_ENTRY = _object(
    CatalogEntry,
    id=_TEXT,
    provider_id=_TEXT_OR_NULL,
    model=_TEXT,
    label=_TEXT_OR_NULL,
    capabilities=_CAPABILITIES,
)
_ASSIGNMENT = _object(Assignment, task=_TEXT, model_id=_TEXT)
_MODELS = _object(_Models, catalog=_list(_ENTRY), assignment=_list(_ASSIGNMENT))

_FILE = SchemaValidator(
    _object(Parts, providers=_list(_PROVIDER), models=_MODELS),
    core.CoreConfig(extra_fields_behavior="ignore", hide_input_in_errors=True),
)
