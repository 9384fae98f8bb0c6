"""tRPC 11's format: reads inputs, and writes results and errors.

Error names and numbers are tRPC's (https://trpc.io/docs/rpc). That set is closed, so our own kinds of error
go into another key of ``data``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ..errors import (
    ConsentNeededError,
    DiscoveryError,
    DispatchError,
    InvalidInputError,
    MissingVariableError,
)
from ..secrets import redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from ..errors import FieldProblem

    Issue = dict[str, Any]

CODES: Final[Mapping[str, tuple[int, int]]] = {
    "BAD_REQUEST": (-32600, 400),
    "UNAUTHORIZED": (-32001, 401),
    "FORBIDDEN": (-32003, 403),
    "NOT_FOUND": (-32004, 404),
    "METHOD_NOT_SUPPORTED": (-32005, 405),
    "PAYLOAD_TOO_LARGE": (-32013, 413),
    "UNSUPPORTED_MEDIA_TYPE": (-32015, 415),
    "TOO_MANY_REQUESTS": (-32029, 429),
    "INTERNAL_SERVER_ERROR": (-32603, 500),
    "SERVICE_UNAVAILABLE": (-32603, 503),
}
"""The number in the envelope, and the HTTP status, for each error name that this server uses."""

_NAMES = {status: name for name, (_, status) in CODES.items()}
_SUCCESS_STATUS = 200
_MIXED_STATUS = 207
_FIRST_SERVER_ERROR_STATUS = 500

NOT_JSON = "The input is not JSON."
CONSENT_HINT = "If that is right, call settings.updateProvider with data.consent as allowSending."
MISSING_VARIABLE_HINT = "Set {} where the Jupyter server is started, or give the provider another key."
HTTP_WORDS: Final[Mapping[str, str]] = {
    "get_providers()": "settings.getProviders",
    "The catalog lists": "settings.getCatalog lists",
    "or call the service's migrate()": "or with `dispatch-widgets migrate`",
    "Store it with dw.store_in_keyring(service, user, key)": "Store it there where the Jupyter server runs",
    ", with client(default_headers=…)": "",
}
"""What hints say to somebody in Python, and what they say over HTTP in place of it."""
UNEXPECTED = "Something went wrong inside the server. Its log says where."


class Undefined:
    """JavaScript's ``undefined``: no input at all, unlike ``null``."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNDEFINED"


UNDEFINED: Final = Undefined()


class CallError(Exception):
    """The error of a call or of a whole request.

    Args:
        name: One of `CODES`.
        message: The message for the client; contains no secret.
        extra: More keys for the envelope's ``data``.
        allow: The HTTP method to use, for METHOD_NOT_SUPPORTED.
    """

    def __init__(
        self, name: str, message: str, *, extra: Mapping[str, Any] | None = None, allow: str = ""
    ) -> None:
        super().__init__(message)
        self.name = name
        self.message = message
        self.extra = dict(extra or {})
        self.allow = allow

    @property
    def status(self) -> int:
        """The HTTP status."""
        return CODES[self.name][1]

    def envelope(self, path: str | None = None) -> dict[str, Any]:
        """The error as an envelope.

        Args:
            path: The path of the procedure; None if the whole request failed.
        """
        number, status = CODES[self.name]
        data = {"code": self.name, "httpStatus": status, **({} if path is None else {"path": path})}
        return {"error": {"message": self.message, "code": number, "data": {**data, **self.extra}}}


def name_of_status(status: int) -> str:
    """The name in tRPC for an HTTP status from 400 on; the nearest one if it has none."""
    near = "INTERNAL_SERVER_ERROR" if status >= _FIRST_SERVER_ERROR_STATUS else "BAD_REQUEST"
    return _NAMES.get(status, near)


def result_envelope(data: Any) -> dict[str, Any]:
    """A result as an envelope."""
    return {"result": {"data": data}}


def status_of_batch(statuses: Iterable[int]) -> int:
    """The status of a batch: that of its calls if they all have the same, else 207."""
    different = set(statuses)
    return different.pop() if len(different) == 1 else _MIXED_STATUS


def status_of(item: Mapping[str, Any]) -> int:
    """The HTTP status of an envelope."""
    error = item.get("error")
    return _SUCCESS_STATUS if error is None else int(error["data"]["httpStatus"])


def from_dispatch_error(error: DispatchError, names: Mapping[str, str] | None = None) -> CallError:
    """An error of the package as tRPC's (API-2).

    Args:
        error: The error.
        names: What the input calls the service's fields, where it calls them otherwise.
    """
    extra: dict[str, Any] = {}
    if error.hint:
        hint = error.hint
        for in_python, over_http in HTTP_WORDS.items():
            hint = hint.replace(in_python, over_http)
        extra["hint"] = redact(hint)
    if isinstance(error, DiscoveryError):
        extra["kind"] = error.kind
        if error.status is not None:
            extra["providerStatus"] = error.status
        if error.retry_at is not None:
            extra["retryAt"] = moment(error.retry_at)
        if error.suggested_base_url is not None:
            extra["suggestedBaseUrl"] = error.suggested_base_url
    if isinstance(error, ConsentNeededError):
        # The panel's button would not help, as it gives consent to the kernel's process and not to this one.
        extra["hint"] = CONSENT_HINT
        extra["consent"] = {"variable": error.variable, "host": error.host}
    if isinstance(error, MissingVariableError):
        extra["hint"] = MISSING_VARIABLE_HINT.format(error.variable)
    if isinstance(error, InvalidInputError) and error.problems:
        return refused_input(issues_about(error.problems, names or {}), extra)
    return CallError(error.code, redact(error.message), extra=extra)


def issues_about(problems: Iterable[FieldProblem], names: Mapping[str, str]) -> list[Issue]:
    """The problems of fields as issues in zod's form; `names` is as in `from_dispatch_error`."""
    return [
        {
            "code": "custom",
            "path": names.get(problem.field, problem.field).split("."),
            "message": redact(problem.message),
        }
        for problem in problems
    ]


def refused_input(issues: list[Issue], extra: Mapping[str, Any] | None = None) -> CallError:
    """BAD_REQUEST with one issue for each wrong field, in the message as zod writes them, and in the data."""
    message = json.dumps(issues, indent=2, ensure_ascii=False)
    return CallError("BAD_REQUEST", message, extra={**(extra or {}), "issues": issues})


def moment(when: datetime) -> str:
    """A time in UTC as JavaScript writes it: ``2026-01-31T12:00:00.000Z``."""
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write_json(value: Any) -> bytes:
    """JSON in UTF-8 on one line; a lone surrogate stays escaped, as UTF-8 has none.

    Raises:
        ValueError: For NaN and infinities, which JSON does not have.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")


def write_lines(items: Sequence[Any]) -> bytes:
    """A batch as ``application/jsonl``, on a single line, which every version of the client accepts."""
    return write_json({str(index): [[item]] for index, item in enumerate(items)}) + b"\n"


def read_json(raw: bytes) -> Any:
    """Parses the body of a POST, or the percent-decoded ``input`` of a GET.

    Raises:
        CallError: BAD_REQUEST if it is not UTF-8, not JSON (NaN included), nested too deeply, or has a lone
            surrogate, which could not be saved. The message does not quote it.
    """
    try:
        value = json.loads(raw.decode(), parse_constant=_refuse_constant)
        # An escape such as \ud800 is JSON but no text: encoding shows it, and deep nesting at the latest.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise CallError("BAD_REQUEST", NOT_JSON) from None
    return value


def _refuse_constant(word: str) -> Any:
    raise ValueError(word)
