"""The bytes of an answer as JSON values, or what they are instead (MD-11)."""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json

_BOM = b"\xef\xbb\xbf"


def parse(body: bytes) -> Any:
    """The JSON value of a body.

    Strict where `json` is not: NaN, numbers of thousands of digits, lone surrogates, nesting deeper
    than 200 and any encoding but UTF-8 are refused, none of them with a crash. It is also more than
    twice as fast (P-2).

    Args:
        body: The whole body, decompressed.

    Raises:
        ValueError: If it is not JSON.
    """
    return from_json(body.removeprefix(_BOM), allow_inf_nan=False, cache_strings="keys")


def describe(body: bytes, content_type: str, *, readable: bool) -> str:
    """What came in place of a list, for a sentence: ``a web page``, ``an empty answer``.

    Args:
        body: The body.
        content_type: The header of that name.
        readable: Whether the body is JSON.
    """
    start = body.removeprefix(_BOM).lstrip()[:200].lower()
    if not start:
        return "an empty answer"
    if start.startswith((b"<!doctype html", b"<html")) or (
        b"<" in start[:1] and "html" in content_type.lower()
    ):
        return "a web page"
    if start.startswith(b"<"):
        return "XML"
    if readable:
        return "JSON of an unknown shape"
    return "JSON that cannot be read" if "json" in content_type.lower() or start[:1] in b"{[" else "text"
