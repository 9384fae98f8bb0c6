"""Validates the inputs of procedures, with the messages that zod would give.

Only types and field names are checked here. The service checks what a valid name, key or base URL is, for
the panel, the command line and HTTP alike; `merged` adds what it finds, so that a response has one issue for
each wrong field.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal

from .._text import clean
from ..secrets import redact
from .trpc_format import UNDEFINED, Undefined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .trpc_format import Issue

    Path = tuple[str | int, ...]

Kind = Literal["string", "boolean", "array", "object"]

_KINDS: Mapping[type, str] = {
    Undefined: "undefined",
    NoneType: "null",
    str: "string",
    bool: "boolean",
    list: "array",
    dict: "object",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """The expected type of a value.

    Attributes:
        kind: Its JavaScript type; items of arrays are strings.
        required: Whether it must be given. An optional value must not be ``null`` either.
        fields: All fields that an object may have.
        advice: A sentence that is added to the error about a wrong type; may be empty.
    """

    kind: Kind = "string"
    required: bool = True
    fields: Mapping[str, Value] | None = None
    advice: str = ""


TEXT = Value()
OPTIONAL_TEXT = Value(required=False)
OPTIONAL_FLAG = Value(kind="boolean", required=False)
OPTIONAL_TEXTS = Value(kind="array", required=False)

_UNKNOWN_FIELD = "unrecognized_keys"
_LONGEST_NAME_CHARACTERS = 60


def object_of(**fields: Value) -> Value:
    """An object with these fields and no others."""
    return Value(kind="object", fields=fields)


def issues_of(expected: Value, given: Any) -> list[Issue]:
    """One issue for each field of a wrong type, which quotes no value of the input."""
    return list(_issues(expected, given, ()))


def merged(issues: Iterable[Issue], further: Iterable[Issue]) -> list[Issue]:
    """The issues, and those of `further` about other fields."""
    found = list(issues)
    wrong = [issue["path"] for issue in found if issue["code"] != _UNKNOWN_FIELD]
    return found + [
        issue
        for issue in further
        if not any(_is_within(issue["path"], path) or _is_within(path, issue["path"]) for path in wrong)
    ]


def _is_within(path: list[str | int], outer: list[str | int]) -> bool:
    return path[: len(outer)] == outer


def _issues(expected: Value, given: Any, path: Path) -> Iterator[Issue]:
    if given is UNDEFINED and not expected.required:
        return
    if _kind_of(given) != expected.kind:
        yield _wrong_kind(expected.kind, given, path, expected.advice)
        return
    if expected.kind == "array":
        for index, item in enumerate(given):
            if not isinstance(item, str):
                yield _wrong_kind("string", item, (*path, index))
    if expected.fields is not None:
        for name, field in expected.fields.items():
            yield from _issues(field, given.get(name, UNDEFINED), (*path, name))
        # A name is input too: it may be a key, or without end.
        unknown = [
            clean(redact(name), _LONGEST_NAME_CHARACTERS) for name in given if name not in expected.fields
        ]
        if unknown:
            # Otherwise a mistyped name (apikey) would look as if it had been saved.
            names = ", ".join(f'"{name}"' for name in unknown)
            yield {
                "code": _UNKNOWN_FIELD,
                "keys": unknown,
                "path": list(path),
                "message": f"Unrecognized key{'s' if len(unknown) > 1 else ''}: {names}",
            }


def _wrong_kind(kind: Kind, given: Any, path: Path, advice: str = "") -> Issue:
    words = f"Invalid input: expected {kind}, received {_kind_of(given)}"
    return {
        "expected": kind,
        "code": "invalid_type",
        "path": list(path),
        "message": f"{words}. {advice}" if advice else words,
    }


def _kind_of(value: Any) -> str:
    """The JavaScript type of a value."""
    return _KINDS.get(type(value), "number")
