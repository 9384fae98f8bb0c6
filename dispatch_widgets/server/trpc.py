"""tRPC 11: runs the calls of a request, and makes the response. Independent of the HTTP server.

A wrong content type, a path that cannot be decoded, too many calls, and queries mixed with mutations fail the
whole request. An unknown procedure, a wrong method and an invalid input fail a single call. Exceptions of
procedures become errors in the response.
"""

from __future__ import annotations

import asyncio
import re
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from .._log import get_logger
from ..errors import DispatchError
from ..secrets import redact
from .inputs import issues_of, merged
from .procedures import PROCEDURES, Context, Procedure
from .trpc_format import (
    CODES,
    UNDEFINED,
    UNEXPECTED,
    CallError,
    Undefined,
    from_dispatch_error,
    issues_about,
    read_json,
    refused_input,
    result_envelope,
    status_of,
    status_of_batch,
    write_json,
    write_lines,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .inputs import Value

_log = get_logger("dispatch_widgets")

MAX_CALLS = 100
"""The most calls in a request."""

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NO_OBJECT = '"input" needs to be an object when doing a batch call'


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The parts of an HTTP request that tRPC needs.

    Attributes:
        method: The HTTP method.
        path: The path after the base URL and its slash, still percent-encoded.
        content_type: The content-type header; empty if there is none.
        raw_input: The body, or the first ``input`` of the query; empty if there is none.
        batch: Whether the query says ``batch=1``.
        lines: Whether the client asks for ``application/jsonl``.
    """

    method: str
    path: str
    content_type: str = ""
    raw_input: bytes = b""
    batch: bool = False
    lines: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The response.

    Attributes:
        status: The HTTP status.
        body: JSON in UTF-8, or JSON Lines.
        allow: The value of an ``Allow`` header; empty for none.
    """

    status: int
    body: bytes
    allow: str = ""


async def respond(
    request: Request,
    context: Context,
    *,
    allow_method_override: bool = False,
    procedures: Mapping[str, Procedure] = PROCEDURES,
) -> Response:
    """Runs the calls of a request; the caller is authorised already.

    Args:
        request: The request.
        context: Passed to the procedures.
        allow_method_override: Whether queries may come by POST. Mutations never come by GET.
        procedures: The procedures by path.
    """
    try:
        paths = _paths(request)
        _refuse_as_a_whole(request, len(paths), [procedures[path] for path in paths if path in procedures])
    except CallError as error:
        return Response(status=error.status, body=write_json(error.envelope()))
    calls = _Calls(request, context, procedures, allow_method_override=allow_method_override)
    items = await calls.run(paths)
    if request.lines:
        return Response(status=200, body=write_lines(items))
    status = status_of_batch(status_of(item) for item in items)
    allow = calls.allow if status == CODES["METHOD_NOT_SUPPORTED"][1] else ""
    return Response(status=status, body=write_json(items if request.batch else items[0]), allow=allow)


def _paths(request: Request) -> list[str]:
    try:
        # In JavaScript a stray percent sign is an error. The byte FF, which is not UTF-8, makes it one here.
        path = unquote_to_bytes(_BROKEN_ESCAPE.sub("%FF", request.path)).decode()
    except UnicodeDecodeError:
        raise CallError("BAD_REQUEST", "The path cannot be decoded.") from None
    return path.split(",") if request.batch else [path]


def _refuse_as_a_whole(request: Request, calls: int, known: list[Procedure]) -> None:
    media_type = request.content_type.partition(";")[0].strip().lower()
    if request.method != "GET" and media_type != "application/json":
        raise CallError("UNSUPPORTED_MEDIA_TYPE", 'Send the header "content-type: application/json".')
    if request.lines and not request.batch:
        raise CallError("BAD_REQUEST", "application/jsonl is for batches only: the query needs batch=1.")
    if calls > MAX_CALLS:
        raise CallError("BAD_REQUEST", f"A request holds {MAX_CALLS} calls at most.")
    kinds = dict.fromkeys(procedure.kind for procedure in known)
    if len(kinds) > 1:
        raise CallError("BAD_REQUEST", f"Cannot mix procedure types in call: {', '.join(kinds)}")


class _Calls:
    """The calls of one request."""

    def __init__(
        self,
        request: Request,
        context: Context,
        procedures: Mapping[str, Procedure],
        *,
        allow_method_override: bool,
    ) -> None:
        self.allow = ""
        self._request = request
        self._context = context
        self._procedures = procedures
        self._override = allow_method_override
        self._input: Any = UNDEFINED
        self._input_error: CallError | None = None
        try:
            self._input = self._read_input()
        except CallError as error:
            self._input_error = error  # raised by the calls that have an input

    def _read_input(self) -> Any:
        raw = self._request.raw_input
        value = UNDEFINED if not raw.strip() else read_json(raw)
        if not self._request.batch:
            return value
        if isinstance(value, Undefined):
            return {}
        if not isinstance(value, dict):
            raise CallError("BAD_REQUEST", _NO_OBJECT)
        return value

    async def run(self, paths: list[str]) -> list[dict[str, Any]]:
        """The envelopes, in the order of the calls; mutations run one after another."""
        if self._request.method == "GET":
            return await asyncio.gather(*(self._item(index, path) for index, path in enumerate(paths)))
        return [await self._item(index, path) for index, path in enumerate(paths)]

    async def _item(self, index: int, path: str) -> dict[str, Any]:
        try:
            return result_envelope(await self._result(index, path))
        except CallError as error:
            self.allow = self.allow or error.allow
            return error.envelope(_shown(path))
        except DispatchError as error:
            return from_dispatch_error(error, self._procedures[path].names).envelope(path)
        except Exception as error:  # noqa: BLE001 - its text would travel to the client
            _log_unexpected(path, error)
            return CallError("INTERNAL_SERVER_ERROR", UNEXPECTED).envelope(path)

    async def _result(self, index: int, path: str) -> Any:
        procedure = self._procedures.get(path)
        if procedure is None:
            raise CallError("NOT_FOUND", f'No procedure found on path "{_shown(path)}"')
        method = self._request.method
        overridden = self._override and procedure.kind == "query" and method == "POST"
        if method != procedure.method and not overridden:
            raise CallError(
                "METHOD_NOT_SUPPORTED",
                f'Unsupported {method}-request to {procedure.kind} procedure at path "{path}"',
                allow=procedure.method,
            )
        given: Any = {}
        if procedure.takes is not None:
            if self._input_error is not None:
                raise self._input_error
            given = self._input.get(str(index), UNDEFINED) if self._request.batch else self._input
            await self._check(procedure, procedure.takes, given)
        return await procedure.run(self._context, given)

    async def _check(self, procedure: Procedure, takes: Value, given: Any) -> None:
        issues = issues_of(takes, given)
        if not issues:
            return  # the service checks the values when it runs
        edit = procedure.edit
        if edit is not None and isinstance(given, dict):
            problems = await self._context.services.read(
                lambda service: service.problems_of(lambda document: edit(document, given))
            )
            issues = merged(issues, issues_about(problems, procedure.names))
        raise refused_input(issues)


def _shown(path: str) -> str:
    """The path of a call, with what looks like a key in it masked."""
    return path if path in PROCEDURES else redact(path)


def _log_unexpected(path: str, error: Exception) -> None:
    """Logs where it happened, without the error's text, which may quote a key (SEC-1)."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    _log.error(
        "%s failed with %s:\n%s", path if path in PROCEDURES else "A call", type(error).__name__, frames
    )
