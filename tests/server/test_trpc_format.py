"""tRPC's envelopes, and what is read as JSON."""

from __future__ import annotations

import ast
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dispatch_widgets import DiscoveryError, FieldProblem, InvalidInputError, LockTimeoutError, NotFoundError
from dispatch_widgets.server import trpc_format
from dispatch_widgets.server.trpc_format import CODES, CallError


@pytest.mark.req("API-4")
@pytest.mark.parametrize(
    ("name", "number", "status"),
    [
        ("BAD_REQUEST", -32600, 400),
        ("UNAUTHORIZED", -32001, 401),
        ("FORBIDDEN", -32003, 403),
        ("NOT_FOUND", -32004, 404),
        ("METHOD_NOT_SUPPORTED", -32005, 405),
        ("PAYLOAD_TOO_LARGE", -32013, 413),
        ("UNSUPPORTED_MEDIA_TYPE", -32015, 415),
        ("INTERNAL_SERVER_ERROR", -32603, 500),
    ],
)
def test_an_error_has_trpcs_number_name_and_status(name: str, number: int, status: int) -> None:
    """The envelope has name, number and status, and the path if a single call failed."""
    told = CallError(name, "Text.", extra={"hint": "Do."})
    assert told.status == status
    assert told.envelope("settings.x") == {
        "error": {
            "message": "Text.",
            "code": number,
            "data": {"code": name, "httpStatus": status, "path": "settings.x", "hint": "Do."},
        }
    }
    assert "path" not in told.envelope()["error"]["data"]
    assert trpc_format.name_of_status(status) == name


def test_a_status_without_a_name_gets_a_near_one() -> None:
    """The set of names is closed."""
    assert trpc_format.name_of_status(418) == "BAD_REQUEST"
    assert trpc_format.name_of_status(507) == "INTERNAL_SERVER_ERROR"
    assert all(trpc_format.name_of_status(status) in CODES for status in range(400, 600))


def test_the_status_of_a_batch() -> None:
    """The status of a batch is that of all its calls, else 207."""
    assert trpc_format.status_of_batch([200, 200]) == 200
    assert trpc_format.status_of_batch([404]) == 404
    assert trpc_format.status_of_batch([200, 404]) == 207


@pytest.mark.req("API-2")
def test_refused_fields_are_issues() -> None:
    """A validation error of the service becomes zod's list, each field a path."""
    problems = [FieldProblem("credentials.apiKey", "Paste it."), FieldProblem("name", "Give one.")]
    told = trpc_format.from_dispatch_error(InvalidInputError(problems, hint="Again."))
    assert (told.name, told.extra["hint"]) == ("BAD_REQUEST", "Again.")
    assert told.extra["issues"] == json.loads(told.message)
    assert json.loads(told.message) == [
        {"code": "custom", "path": ["credentials", "apiKey"], "message": "Paste it."},
        {"code": "custom", "path": ["name"], "message": "Give one."},
    ]
    assert told.message.startswith('[\n  {\n    "code"')


def test_an_input_error_without_fields_keeps_its_sentence() -> None:
    """An error without fields is a plain message."""
    assert (
        trpc_format.from_dispatch_error(InvalidInputError([], message="Convert first.")).message
        == "Convert first."
    )


@pytest.mark.req("API-2", "MD-15")
def test_a_discovery_error_tells_what_there_is() -> None:
    """Kind, status, time and suggestion are in data, under names that tRPC does not use."""
    error = DiscoveryError(
        "m",
        kind="HTTP_STATUS",
        status=404,
        retry_at=datetime(2026, 1, 2, 3, 4, 5, 678_900, tzinfo=UTC),
        suggested_base_url="http://h/v1",
    )
    assert trpc_format.from_dispatch_error(error).envelope("p")["error"]["data"] == {
        "code": "INTERNAL_SERVER_ERROR",
        "httpStatus": 500,
        "path": "p",
        "kind": "HTTP_STATUS",
        "providerStatus": 404,
        "retryAt": "2026-01-02T03:04:05.678Z",
        "suggestedBaseUrl": "http://h/v1",
    }


def test_a_files_path_does_not_pose_as_the_procedure() -> None:
    """data.path is tRPC's: the settings file's path stays in the message."""
    told = trpc_format.from_dispatch_error(LockTimeoutError("m", path="/f", lock_path="/f.lock"))
    assert "path" not in told.extra


@pytest.mark.req("SEC-1")
def test_a_key_in_a_message_is_masked(canary: str) -> None:
    """A key in place of an id is masked in the error."""
    told = trpc_format.from_dispatch_error(NotFoundError(f"No provider {canary!r}.", hint=f"Not {canary}."))
    assert canary not in told.message + told.extra["hint"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{oops",
        b'{"a":1} x',
        b"NaN",
        b'{"a":-Infinity}',
        b'"\xff"',
        '"\ud800"'.encode(errors="surrogatepass"),
        rb'"\ud800"',
        rb'{"\udfff":1}',
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,  # of fewer levels Python 3.13 reads some
        b"1" * (sys.get_int_max_str_digits() + 1),
    ],
    ids=lambda raw: repr(raw[:20]),
)
def test_what_is_not_json_is_a_bad_request(raw: bytes) -> None:
    """Bytes that are no UTF-8, NaN, deep nesting and lone surrogates are refused, never quoted."""
    with pytest.raises(CallError) as caught:
        trpc_format.read_json(raw)
    assert (caught.value.name, caught.value.message) == ("BAD_REQUEST", trpc_format.NOT_JSON)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "value", [None, False, 0, "", [], {}, "日本 \U0001f600", [[[1.5]]], {"a": {"b": -1}}]
)
def test_what_is_json_is_read_and_written(value: Any) -> None:
    """Other JSON values survive reading and writing."""
    assert trpc_format.read_json(trpc_format.write_json(value)) == value


def test_json_is_written_in_utf8() -> None:
    """Non-ASCII is unescaped, a lone surrogate escaped, and NaN refused."""
    assert trpc_format.write_json({"n": "日"}) == '{"n":"日"}'.encode()
    assert trpc_format.write_json("\ud800日") == rb'"\ud800\u65e5"'
    with pytest.raises(ValueError, match="not JSON compliant"):
        trpc_format.write_json(float("nan"))


def test_lines_are_one_line() -> None:
    """Each envelope wrapped twice, by index, and a final line break: what every client takes."""
    assert trpc_format.write_lines([{"result": {"data": 1}}, {"error": {}}]) == (
        b'{"0":[[{"result":{"data":1}}]],"1":[[{"error":{}}]]}\n'
    )


@pytest.mark.req("API-2", "API-4")
def test_no_hint_over_http_is_for_somebody_in_python() -> None:
    """Each hint that names a function of the package says over HTTP what a caller there can do."""
    package = Path(trpc_format.__file__).parent.parent
    texts = {
        node.value
        for path in package.rglob("*.py")
        if path.parent.name not in {"clients", "widgets", "cli", "demo", "server", "presenters"}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for words in trpc_format.HTTP_WORDS:
        (text,) = (each for each in texts if words in each)
        told = trpc_format.from_dispatch_error(NotFoundError("No.", hint=text)).extra["hint"]
        assert not re.search(r"\w\(", told), told
