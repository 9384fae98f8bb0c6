"""tRPC's protocol without an HTTP server: what is refused as a whole, and what call by call."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any
from urllib.parse import quote

import pytest

from dispatch_widgets import NotFoundError
from dispatch_widgets.server.inputs import OPTIONAL_TEXT, TEXT, object_of
from dispatch_widgets.server.procedures import PROCEDURES, Context, Procedure
from dispatch_widgets.server.trpc import Request, Response, respond
from dispatch_widgets.server.trpc_format import UNEXPECTED

JSON = "application/json"


class Bench:
    """Procedures that record their calls."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.together = 0
        self.most_together = 0
        self.procedures = {
            "list": Procedure(kind="query", run=self._list),
            "echo": Procedure(kind="query", run=self._echo, takes=object_of(text=TEXT, more=OPTIONAL_TEXT)),
            "save": Procedure(kind="mutation", run=self._save, takes=object_of(text=TEXT)),
            "gone": Procedure(kind="query", run=self._gone),
            "bug": Procedure(kind="mutation", run=self._bug, takes=object_of(text=TEXT)),
        }

    async def _busy(self) -> None:
        self.together += 1
        self.most_together = max(self.together, self.most_together)
        for _ in range(5):
            await asyncio.sleep(0)
        self.together -= 1

    async def _list(self, _context: Context, _given: dict[str, Any]) -> Any:
        await self._busy()
        return ["a"]

    async def _echo(self, _context: Context, given: dict[str, Any]) -> Any:
        await self._busy()
        return given

    async def _save(self, _context: Context, given: dict[str, Any]) -> Any:
        await self._busy()
        self.done.append(given["text"])
        return None

    async def _gone(self, _context: Context, _given: dict[str, Any]) -> Any:
        raise NotFoundError("It is gone.", hint="Look elsewhere.")

    async def _bug(self, _context: Context, given: dict[str, Any]) -> Any:
        raise RuntimeError(f"it was {given['text']}")

    def ask(
        self, method: str, path: str, given: Any = None, *, override: bool = False, **more: Any
    ) -> Response:
        raw = given if isinstance(given, bytes) else b"" if given is None else json.dumps(given).encode()
        more.setdefault("content_type", JSON if method != "GET" else "")
        request = Request(method=method, path=path, raw_input=raw, **more)
        context: Any = None
        return asyncio.run(
            respond(request, context, allow_method_override=override, procedures=self.procedures)
        )


@pytest.fixture
def bench() -> Bench:
    """The procedures."""
    return Bench()


def _codes(reply: Response) -> list[str]:
    items = json.loads(reply.body)
    return [item["error"]["data"]["code"] if "error" in item else "ok" for item in items]


def _error(reply: Response) -> dict[str, Any]:
    body = json.loads(reply.body)
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    assert error["data"]["httpStatus"] == reply.status
    return error


@pytest.mark.req("API-4")
def test_one_call_is_one_object(bench: Bench) -> None:
    """A single call gets its result with status 200, also a null result."""
    assert bench.ask("GET", "list").body == b'{"result":{"data":["a"]}}'
    saved = bench.ask("POST", "save", {"text": "日"})
    assert (saved.status, saved.body, bench.done) == (200, b'{"result":{"data":null}}', ["日"])


@pytest.mark.req("API-4")
def test_a_batch_is_an_array_in_order(bench: Bench) -> None:
    """A batch has one item per path, inputs by index, and status 207 if one call fails alone."""
    reply = bench.ask("GET", "list,echo,nope,echo,gone", {"1": {"text": "x"}, "3": {"text": 5}}, batch=True)
    assert reply.status == 207
    assert _codes(reply) == ["ok", "ok", "NOT_FOUND", "BAD_REQUEST", "NOT_FOUND"]
    items = json.loads(reply.body)
    assert items[1] == {"result": {"data": {"text": "x"}}}
    assert items[2]["error"]["message"] == 'No procedure found on path "nope"'
    assert items[3]["error"]["data"]["path"] == "echo"
    assert items[4]["error"]["data"] | {"code": ""} == {
        "code": "",
        "httpStatus": 404,
        "path": "gone",
        "hint": "Look elsewhere.",
    }


@pytest.mark.req("API-4")
def test_a_batch_of_one_is_an_array_too(bench: Bench) -> None:
    """A batch of one call is a list, with the status of that call."""
    assert bench.ask("GET", "list", batch=True).body == b'[{"result":{"data":["a"]}}]'
    assert bench.ask("GET", "gone,gone", batch=True).status == 404


def test_without_batch_a_comma_is_part_of_the_name(bench: Bench) -> None:
    """Paths are split only in batches."""
    assert _error(bench.ask("GET", "list,list"))["data"]["path"] == "list,list"


@pytest.mark.parametrize("path", ["list%2Clist", "l%69st,list"])
def test_paths_are_decoded_before_they_are_split(bench: Bench, path: str) -> None:
    """An encoded comma also separates calls."""
    assert _codes(bench.ask("GET", path, batch=True)) == ["ok", "ok"]


@pytest.mark.parametrize("path", ["%", "list%zz", "%FF", "%ed%a0%80"])
def test_a_path_that_cannot_be_decoded_is_a_bad_request(bench: Bench, path: str) -> None:
    """An error of the whole request is one object without a path, also for a batch."""
    error = _error(bench.ask("GET", path, batch=True))
    assert error["data"] == {"code": "BAD_REQUEST", "httpStatus": 400}


@pytest.mark.parametrize("path", ["", "settings", "List", "list/", "__class__", "日"])
def test_unknown_procedures(bench: Bench, path: str) -> None:
    """A namespace, another case and an empty path are unknown procedures."""
    error = _error(bench.ask("GET", quote(path)))
    assert (error["data"]["code"], error["data"]["path"]) == ("NOT_FOUND", path)


@pytest.mark.req("SEC-1")
def test_a_key_in_a_path_is_not_echoed(bench: Bench) -> None:
    """Who pastes a key into the address gets it masked, in message and path."""
    key = "sk-proj-0123456789abcdefABCD"
    assert key not in json.dumps(_error(bench.ask("GET", f"settings.{key}")))


def test_queries_and_mutations_do_not_mix(bench: Bench) -> None:
    """Mixed procedure types fail the whole request, and no call runs; unknown paths do not count."""
    error = _error(bench.ask("POST", "list,save", {"1": {"text": "x"}}, batch=True))
    assert error["message"] == "Cannot mix procedure types in call: query, mutation"
    assert bench.done == []
    assert _codes(bench.ask("GET", "list,nope", batch=True)) == ["ok", "NOT_FOUND"]


def test_the_number_of_calls_is_bounded(bench: Bench) -> None:
    """The most calls allowed succeed; with one more the whole request fails."""
    assert len(_codes(bench.ask("GET", ",".join(["list"] * 100), batch=True))) == 100
    assert _error(bench.ask("GET", ",".join(["list"] * 101), batch=True))["code"] == -32600


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("content_type", ["", "text/plain", "application/jsonx", "x;application/json"])
def test_only_json_is_taken(bench: Bench, method: str, content_type: str) -> None:
    """Another content type fails the whole request with 415, before anything else."""
    reply = bench.ask(method, "save", {"0": {"text": "x"}}, content_type=content_type, batch=True)
    assert (_error(reply)["data"]["code"], bench.done) == ("UNSUPPORTED_MEDIA_TYPE", [])


@pytest.mark.parametrize("content_type", ["Application/JSON", "application/json; charset=UTF-8"])
def test_content_types_are_read_as_http_says(bench: Bench, content_type: str) -> None:
    """Case and parameters of the content type do not matter, nor that of a GET."""
    assert bench.ask("POST", "save", {"text": "x"}, content_type=content_type).status == 200
    assert bench.ask("GET", "list", content_type="text/plain").status == 200


def test_the_wrong_method_says_which_would_do(bench: Bench) -> None:
    """A wrong method gets 405 with Allow; a mutation never runs by GET, with no setting."""
    for override in (False, True):
        reply = bench.ask("GET", "save", {"text": "x"}, override=override)
        assert (reply.status, reply.allow, bench.done) == (405, "POST", [])
    reply = bench.ask("POST", "echo", {"text": "x"})
    assert (reply.status, reply.allow) == (405, "GET")
    assert _error(reply)["message"] == 'Unsupported POST-request to query procedure at path "echo"'
    assert bench.ask("DELETE", "save", {"text": "x"}).allow == "POST"


def test_queries_by_post_can_be_allowed(bench: Bench) -> None:
    """With the setting, queries run by POST, alone and in a batch."""
    reply = bench.ask("POST", "echo", {"text": "x"}, override=True)
    assert json.loads(reply.body) == {"result": {"data": {"text": "x"}}}
    reply = bench.ask("POST", "list,echo", {"1": {"text": "x"}}, batch=True, override=True)
    assert _codes(reply) == ["ok", "ok"]


@pytest.mark.parametrize("raw", [b"{oops", b"\xff", b"NaN", b"[" * 5000])
def test_a_broken_input_is_a_matter_of_those_who_read_it(bench: Bench, raw: bytes) -> None:
    """Broken input does not fail a procedure that has none."""
    assert bench.ask("GET", "list", raw).status == 200
    assert _error(bench.ask("GET", "echo", raw))["data"]["path"] == "echo"
    assert _codes(bench.ask("GET", "list,echo", raw, batch=True)) == ["ok", "BAD_REQUEST"]


@pytest.mark.parametrize("given", [[{"text": "x"}], "x", 5, False, b"null"])
def test_a_batchs_input_is_an_object(bench: Bench, given: Any) -> None:
    """A batch whose input is no object fails per call, with the reference server's message."""
    reply = bench.ask("POST", "save", given, batch=True)
    message = json.loads(reply.body)[0]["error"]["message"]
    assert message == '"input" needs to be an object when doing a batch call'


def test_absent_is_not_null(bench: Bench) -> None:
    """No input, an empty one and a missing index are undefined; null is null."""

    def received(reply: Response) -> str:
        item = json.loads(reply.body)
        item = item[0] if isinstance(item, list) else item
        text: str = json.loads(item["error"]["message"])[0]["message"]
        return text.rsplit(" ", 1)[1]

    assert received(bench.ask("GET", "echo")) == "undefined"
    assert received(bench.ask("GET", "echo", b" ")) == "undefined"
    assert received(bench.ask("GET", "echo", b"null")) == "null"
    assert received(bench.ask("GET", "echo", batch=True)) == "undefined"
    assert received(bench.ask("GET", "echo", {"1": {"text": "x"}}, batch=True)) == "undefined"
    assert received(bench.ask("GET", "echo", {"0": None}, batch=True)) == "null"


def test_queries_run_together_and_mutations_in_order(bench: Bench) -> None:
    """Queries run concurrently, mutations in the order of the calls."""
    bench.ask("GET", "list,list,list", batch=True)
    assert bench.most_together == 3
    bench.most_together = 0
    bench.ask("POST", "save,save,save", {str(i): {"text": str(i)} for i in range(3)}, batch=True)
    assert (bench.most_together, bench.done) == (1, ["0", "1", "2"])


@pytest.mark.req("SEC-1")
def test_a_bug_is_told_in_our_words(bench: Bench, canary: str, caplog: pytest.LogCaptureFixture) -> None:
    """An unexpected exception is a 500; its text is neither in the response nor in the log."""
    reply = bench.ask("POST", "bug,save", {"0": {"text": canary}, "1": {"text": "x"}}, batch=True)
    assert (_codes(reply), bench.done) == (["INTERNAL_SERVER_ERROR", "ok"], ["x"])
    assert json.loads(reply.body)[0]["error"]["message"] == UNEXPECTED
    assert b"stack" not in reply.body
    [record] = caplog.records
    assert (record.levelno, record.name) == (logging.ERROR, "dispatch_widgets")
    assert "RuntimeError" in record.getMessage()
    assert "_bug" in record.getMessage()
    assert canary not in caplog.text
    assert canary.encode() not in reply.body


def test_json_lines_always_succeed(bench: Bench) -> None:
    """JSON lines are one line with status 200, with errors inside, and for batches only."""
    reply = bench.ask("GET", "list,gone", batch=True, lines=True)
    assert reply.status == 200
    assert reply.body.endswith(b"}\n")
    assert reply.body.count(b"\n") == 1
    lines = json.loads(reply.body)
    assert lines["0"] == [[{"result": {"data": ["a"]}}]]
    assert lines["1"][0][0]["error"]["data"]["path"] == "gone"
    assert _error(bench.ask("GET", "list", lines=True))["data"]["code"] == "BAD_REQUEST"


@pytest.mark.req("API-4")
def test_the_procedures_are_those_promised() -> None:
    """The procedures have the documented names and types."""
    kinds = {path.removeprefix("settings."): found.kind for path, found in PROCEDURES.items()}
    assert kinds == {
        "get": "query",
        "getProviders": "query",
        "getCatalog": "query",
        "getAssignments": "query",
        "addProvider": "mutation",
        "updateProvider": "mutation",
        "deleteProvider": "mutation",
        "discoverModels": "query",
        "discoverModelList": "query",
        "addModel": "mutation",
        "updateModel": "mutation",
        "deleteModel": "mutation",
        "assign": "mutation",
        "unassign": "mutation",
    }
