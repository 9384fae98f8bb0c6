"""Bodies of responses, parsed as JSON or described."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch_widgets.discovery.parsing import describe, parse

BAD = {
    "nan": b'{"data": [NaN]}',
    "infinity": b'{"data": [-Infinity]}',
    "long-number": b"[" + b"9" * 5000 + b"]",
    "deep": b"[" * 100_000,
    "deep-objects": b'{"a":' * 50_000,
    "latin-1": '["é"]'.encode("latin-1"),
    "utf-16": "[]".encode("utf-16"),
    "cut": b'{"data": [{"id": "a"',
    "trailing": b"[] x",
    "empty": b"",
    "html": b"<!doctype html>",
    "single-quotes": b"{'data': []}",
}


@pytest.mark.req("MD-11")
@pytest.mark.parametrize("name", sorted(BAD))
def test_what_is_no_json_is_refused(name: str) -> None:
    """Invalid JSON always raises ValueError (MD-11)."""
    with pytest.raises(ValueError, match=r"line \d+ column \d+"):
        parse(BAD[name])


@pytest.mark.req("MD-5")
@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'"a \\ud83d"', "a \ufffd"),
        (b'"\\uD83D\\uD83D\\ude00"', "\ufffd\U0001f600"),
        (b'"\\ude00\\ud83d"', "\ufffd\ufffd"),
        (b'"\\\\ud83d \\ud83d\\\\"', "\\ud83d \ufffd\\"),
        (b'"\\ud83d\\ude00 \\udfff"', "\U0001f600 \ufffd"),
        (b'"\xed\xa0\xbd."', "\ufffd."),
    ],
)
def test_half_an_emoji_is_replaced(body: bytes, text: str) -> None:
    """A lone surrogate, as an escape or as bytes, is replaced, and the rest is unchanged (MD-5)."""
    assert parse(body) == text


@pytest.mark.req("MD-5")
@given(st.text(st.characters(), max_size=30))
def test_surrogates_are_replaced_as_python_sees_them(text: str) -> None:
    """Each lone surrogate is replaced, and nothing else is changed."""
    read: str = json.loads(json.dumps(text + "\ud83d"))
    expected = read.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    assert parse(json.dumps(text + "\ud83d").encode()) == expected


@pytest.mark.req("MD-11")
@given(st.binary(max_size=200))
def test_bytes_never_crash(body: bytes) -> None:
    """Any bytes are a JSON value or a ValueError, and can be described (MD-11)."""
    try:
        parse(body)
    except ValueError:
        readable = False
    else:
        readable = True
    assert describe(body, "", readable=readable)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    )
)
def test_json_is_read_as_json_reads_it(value: object) -> None:
    """Valid JSON is parsed as by the standard library."""
    body = json.dumps(value).encode()
    assert parse(body) == value
    assert parse(b"\xef\xbb\xbf" + body) == value


@pytest.mark.req("MD-11")
@pytest.mark.parametrize(
    ("body", "content_type", "what"),
    [
        (b"", "application/json", "an empty answer"),
        (b"  \n", "", "an empty answer"),
        (b"<!DOCTYPE html><p>", "application/json", "a web page"),
        (b"<p>Hello", "text/html; charset=utf-8", "a web page"),
        (b"<?xml version='1.0'?>", "text/xml", "XML"),
        (b"hello", "text/plain", "text"),
        (b'{"data": [', "text/plain", "JSON that cannot be read"),
    ],
)
def test_descriptions(body: bytes, content_type: str, what: str) -> None:
    """A warning can describe the response: a web page, nothing, invalid JSON (MD-11)."""
    assert describe(body, content_type, readable=False) == what
