"""What a procedure takes: kinds of values, checked before anything happens, told as zod tells it.

Only kinds are checked here (a text, an object, a field that is missing or unknown). What a name, a key
or a base URL must be like is the service's to say, in one place for all its faces.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal

from .trpc_format import UNDEFINED, CallError, Undefined, issues_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    """One value of an input.

    Attributes:
        kind: What it must be; the items of an array are texts.
        required: Whether it must be there. One that need not be there may still not be ``null``.
        fields: For an object, all the fields it may have.
        advice: What to give instead of a value of another kind, in a sentence; may be empty.
    """

    kind: Kind = "string"
    required: bool = True
    fields: Mapping[str, Value] | None = None
    advice: str = ""


TEXT = Value()
OPTIONAL_TEXT = Value(required=False)
OPTIONAL_FLAG = Value(kind="boolean", required=False)
OPTIONAL_TEXTS = Value(kind="array", required=False)


def object_of(**fields: Value) -> Value:
    """An object with these fields and no others.

    Args:
        **fields: What each of them must be.
    """
    return Value(kind="object", fields=fields)


def checked(expected: Value, given: Any) -> dict[str, Any]:
    """The input of a call, or the reasons why it is refused.

    Args:
        expected: What `shape` gave.
        given: What the client sent, or `UNDEFINED`.

    Raises:
        CallError: BAD_REQUEST, its message a JSON list of issues. No value of the input is in it.
    """
    issues = list(_issues(expected, given, ()))
    if issues:
        raise CallError("BAD_REQUEST", issues_text(issues))
    accepted: dict[str, Any] = given
    return accepted


def _issues(expected: Value, given: Any, path: Path) -> Iterator[dict[str, Any]]:
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
        unknown = [name for name in given if name not in expected.fields]
        if unknown:
            # A mistyped name (apikey) must not look as if it had been saved.
            names = ", ".join(f'"{name}"' for name in unknown)
            yield {
                "code": "unrecognized_keys",
                "keys": unknown,
                "path": list(path),
                "message": f"Unrecognized key{'s' if len(unknown) > 1 else ''}: {names}",
            }


def _wrong_kind(kind: Kind, given: Any, path: Path, advice: str = "") -> dict[str, Any]:
    words = f"Invalid input: expected {kind}, received {_kind_of(given)}"
    return {
        "expected": kind,
        "code": "invalid_type",
        "path": list(path),
        "message": f"{words}. {advice}" if advice else words,
    }


def _kind_of(value: Any) -> str:
    """A value's kind as JavaScript calls it."""
    return _KINDS.get(type(value), "number")
