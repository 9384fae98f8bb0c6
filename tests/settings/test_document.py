"""The settings file as a document: nothing is lost between reading and writing."""

from __future__ import annotations

import copy
import json
import math
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch_widgets.errors import SettingsWriteError, UnreadableSettingsError
from dispatch_widgets.settings.document import JsonObject, LosslessNumber, json_equal, parse, render, set_in

if TYPE_CHECKING:
    from collections.abc import Callable

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
json_objects = st.dictionaries(st.text(max_size=8), json_values, max_size=5)


def refusal(data: bytes) -> UnreadableSettingsError:
    with pytest.raises(UnreadableSettingsError) as caught:
        parse(data, path="/somewhere/dispatch.settings.json")
    return caught.value


@pytest.mark.req("MIG-7")
@given(json_objects)
def test_what_is_written_reads_the_same(document: dict[str, Any]) -> None:
    """Any document comes back from its bytes with values, kinds and order of names kept (MIG-7)."""
    again = parse(render(document), path="")
    assert json_equal(again, document)
    assert render(again) == render(document)


@pytest.mark.req("MIG-7", "ST-5")
@given(json_objects)
def test_writing_lays_out_as_json_does(document: dict[str, Any]) -> None:
    """What is written is two-space JSON with non-ASCII as it is (ST-5)."""
    try:
        expected = json.dumps(document, indent=2, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # a lone surrogate, which json cannot write this way
        expected = json.dumps(document, indent=2).encode()
        assert json.loads(render(document)) == json.loads(expected)
    else:
        assert render(document) == expected


@pytest.mark.req("ST-4")
@given(
    st.binary(max_size=80)
    | st.text(alphabet='{}[]",:\\ \n1eE.-+tfnul\ud800x', max_size=60).map(
        lambda text: text.encode("utf-8", "surrogatepass")
    )
)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No bytes make reading fail in another way than by the one error, and what reads is JSON (ST-4)."""
    try:
        found = parse(data, path="")
    except UnreadableSettingsError:
        return
    assert isinstance(found, dict)
    assert json_equal(parse(render(found), path=""), found)


@pytest.mark.req("MIG-7")
@pytest.mark.parametrize(
    "number",
    [
        "0",
        "-0",
        "9007199254740993",
        "-123456789012345678901234567890",
        "1" * 5000,
        "1.0",
        "1.50",
        "1e5",
        "1E+5",
        "-0.0",
        "1e400",
        "-1e400",
        "1e-400",
        "0.1000000000000000055511151231257827",
    ],
)
def test_numbers_keep_the_text_they_were_written_with(number: str) -> None:
    """Integers of any size and floats of any form are written back as they stood (MIG-7)."""
    data = f'{{\n  "n": {number}\n}}'.encode()
    found = parse(data, path="")
    assert render(found) == data
    assert render(copy.deepcopy(found)) == data
    assert render(pickle.loads(pickle.dumps(found))) == data  # noqa: S301 - our own bytes


def test_a_kept_number_still_is_a_number() -> None:
    """A number that keeps its text can be counted with (MIG-7)."""
    number = LosslessNumber("1.50")
    assert number + 1 == 2.5
    assert math.isinf(LosslessNumber("1e400"))


@pytest.mark.req("MIG-7")
def test_lone_surrogates_are_written_as_escapes() -> None:
    r"""A lone \ud83d, half an emoji, never crashes a save and stays the same (MIG-7)."""
    data = b'{\n  "half": "\\ud83d",\n  "whole": "\xf0\x9f\x97\x9e",\n  "low": "x\\udc00y"\n}'
    assert render(parse(data, path="")) == data


@pytest.mark.req("ST-5")
def test_byte_order_mark_and_windows_line_ends_are_read() -> None:
    """A BOM and CRLF are fine to read, and are not written (ST-5)."""
    found = parse(b'\xef\xbb\xbf{\r\n  "a": "gr\xc3\xb6\xc3\x9fe"\r\n}\r\n', path="")
    assert render(found) == '{\n  "a": "größe"\n}'.encode()


@pytest.mark.req("ST-4")
@pytest.mark.parametrize(
    ("data", "line", "column", "words"),
    [
        (b"", 1, 1, "the file is empty"),
        (b" \r\n\t", 1, 1, "the file is empty"),
        (b'{"a": 1', 1, 8, "the file ends in the middle"),
        (b'{\n  "a": "half a te', 2, 8, "the file ends in the middle"),
        (b'{\n  "a": {"b": 1}\n  "credentials": {}\n}', 3, 3, 'a comma is missing before "credentials"'),
        (b'{\n  "a": 1 2\n}', 2, 10, "a comma is missing"),
        (b'{\n  "a" 1\n}', 2, 7, "a colon is missing"),
        (b"{\n  a: 1\n}", 2, 3, "a name in double quotes is expected here"),
        (b'{\n  "a": \n}', 3, 1, "a value is expected here"),
        (b'{"a": "x\ny"}', 1, 9, "line break"),
        (b'{"a": "\\q"}', 1, 8, "a bad escape"),
        (b"{} x", 1, 4, "something stands after the end"),
        (b"[1]", 1, 1, "an object in braces is expected"),
        (b'\n  "text"', 2, 3, "an object in braces is expected"),
        (b'{"a": NaN}', 1, 7, "NaN is no number"),
        (b'{"a": {"b": [-Infinity]}}', 1, 14, "-Infinity is no number"),
        (b'{\n "a": 1,\n "b": {"a": 2},\n "a": 3}', 4, 2, 'the name "a" stands twice'),
        (b'{"\\u0061": 1, "a": 2}', 1, 15, 'the name "a" stands twice'),
        (b'{"x": [{"k": "{", "k": 1}]}', 1, 19, 'the name "k" stands twice'),
        (b'{"a": "\xff"}', 1, 8, "this is not UTF-8 text"),
        ("{}".encode("utf-16"), 1, 1, "this is not UTF-8 text"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(data: bytes, line: int, column: int, words: str) -> None:
    """Empty, cut off, not JSON, not an object, duplicate names: refused with line and column (ST-4)."""
    error = refusal(data)
    assert (error.line, error.column) == (line, column)
    assert words in error.message
    assert error.message.startswith(f"Line {line}, column {column}: ")
    assert error.path == "/somewhere/dispatch.settings.json"


@pytest.mark.req("ST-4")
@pytest.mark.parametrize("nested", ["[", '{"a":'])
def test_deep_nesting_is_an_error_like_others(nested: str) -> None:
    """A file nested a hundred thousand levels deep is refused, not a RecursionError (ST-4)."""
    error = refusal(b'{"a":\n' + nested.encode() * 100_000)
    assert "nested too deeply" in error.message
    assert (error.line, error.column) == (2, 99_999 * len(nested) + 1)


def test_a_document_that_is_too_deep_is_not_written() -> None:
    """Writing what is nested too deeply is an error of ours (ST-4)."""
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"a": deep}
    with pytest.raises(SettingsWriteError, match="nested too deeply"):
        render(deep)


@pytest.mark.parametrize("value", [math.nan, math.inf, {1}, b"x"])
def test_what_json_does_not_have_is_not_written(value: object) -> None:
    """NaN and values that JSON has no form for never reach the file (ST-7)."""
    with pytest.raises((ValueError, TypeError)):
        render({"a": value})


@pytest.mark.req("MIG-7")
def test_an_edit_shares_what_it_does_not_touch(new_document: dict[str, Any]) -> None:
    """Putting a value copies the way to it and nothing else, and leaves the old document alone (MIG-7)."""
    before = render(new_document)
    changed = set_in(new_document, ("providers", 1, "name"), "University")
    assert render(new_document) == before
    assert changed["providers"][1]["name"] == "University"
    assert changed["models"] is new_document["models"]
    assert changed["providers"][0] is new_document["providers"][0]
    assert list(changed) == list(new_document)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"a": 1.0}),
        ({"a": True}, {"a": 1}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ([1], [1, 2]),
        ({"a": 0.0}, {"a": -0.0}),
        ({"a": LosslessNumber("1e400")}, {"a": LosslessNumber("1e500")}),
        ({"a": None}, {}),
        ("1", 1),
    ],
)
def test_values_that_are_written_differently_are_not_the_same(one: object, other: object) -> None:
    """Order of names and kinds of numbers count as a change (MIG-7)."""
    assert not json_equal(one, other)
    assert not json_equal(other, one)
    assert json_equal(one, copy.deepcopy(one))


@pytest.mark.req("SEC-1")
def test_printing_a_document_shows_no_secret(canary: str, app_sections: dict[str, Any]) -> None:
    """Keys, tokens and passwords at any level are masked when a document is printed (SEC-1)."""
    document = {
        "providers": [{"credentials": {"apiKey": canary, "baseUrl": f"https://me:{canary}@h.example/v1"}}],
        "digest": {"botToken": canary},
        "deep": [[{"password": canary, "secret": canary, "token": canary, "bot_token": canary}]],
        **{name: value for name, value in app_sections.items() if name != "digest"},
    }
    shown = repr(parse(render(document), path=""))
    assert canary not in shown
    assert "sk-…a1b2" in shown
    assert "telegram-token" not in shown
    assert "another-token" not in shown


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace(b",", b"", 1),
        lambda text: text[:-30],
        lambda text: text.replace(b'"id"', b'"name"', 1),
        lambda text: text + b"x",
        lambda text: text.replace(b"sk-", b"\xff"),
    ],
)
def test_the_error_for_a_broken_file_holds_no_key(spoil: Callable[[bytes], bytes], canary: str) -> None:
    """No error about a broken file carries a piece of it, in its text or in its context (SEC-1)."""
    document = {"providers": [{"id": "x", "name": canary, "credentials": {"apiKey": canary}}]}
    error = refusal(spoil(render(document)))
    assert canary not in str(error) + repr(error) + repr(vars(error))
    assert error.__cause__ is None
    assert error.__context__ is None


def test_objects_print_like_dictionaries() -> None:
    """An object without secrets prints as a plain dictionary does."""
    assert repr(JsonObject(a=[JsonObject(b=1)])) == "{'a': [{'b': 1}]}"
