"""Views as JSON values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any


@cache
def _defaults(kind: type) -> tuple[tuple[str, Any], ...]:
    """The fields of a view's class, each with its default."""
    return tuple(
        (each.name, each.default if each.default_factory is MISSING else each.default_factory())
        for each in fields(kind)
    )


def encode(value: object) -> Any:
    """A view, or a part of one, as JSON values; fields that have their default are left out."""
    if value is None or isinstance(value, str | int | float):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        encoded = {}
        for name, default in _defaults(type(value)):
            part = getattr(value, name)
            if part != default:
                encoded[name] = encode(part)
        return encoded
    if isinstance(value, tuple | list):
        return [encode(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): encode(each) for key, each in value.items()}
    raise TypeError(f"{type(value).__name__} is no part of a view")


def to_json(value: object) -> bytes:
    """`encode` as bytes: ASCII escapes carry even a lone surrogate, and a page cannot read NaN."""
    return json.dumps(encode(value), separators=(",", ":"), allow_nan=False).encode("ascii")
