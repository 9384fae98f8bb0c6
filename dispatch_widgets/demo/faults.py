"""The faults of the demo server, each over the real socket.

`fault` makes one by name; `FAULT_NAMES` describes each. Other three digits give that HTTP status.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import _connection_faults as connection
from . import _response_faults as response

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._fault_context import Responder


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of the demo server.

    Attributes:
        name: Its name.
        play: Answers one request with the fault.
    """

    name: str
    play: Responder = field(repr=False)


def fault(name: str, **options: Any) -> Fault:
    """A fault by name.

    Args:
        name: One of `FAULT_NAMES`, or three digits.
        **options: What the fault's line in `FAULT_NAMES` names.

    Raises:
        ValueError: If there is no fault of this name.
        TypeError: If it has no such option.
    """
    make = _MAKERS.get(name)
    if make is None and name.isascii() and name.isdigit() and len(name) == len("404"):
        make = response.status(int(name))
    if make is None:
        raise ValueError(f"there is no fault {name!r}; there are: {', '.join(FAULT_NAMES)}")
    return Fault(name, make(**options))


_MAKERS: dict[str, Callable[..., Responder]] = {
    "429": response.limited,
    "quota": response.quota,
    "echo-key": response.echo_key,
    "plain-text": response.plain,
    "slow": connection.slow,
    "hang": connection.hang,
    "drip-headers": connection.drip_headers,
    "drip-body": connection.drip_body,
    "never-ends": connection.never_ends,
    "reset": connection.reset,
    "reset-mid-body": lambda: connection.half(then_reset=True),
    "truncated": lambda: connection.half(then_reset=False),
    "truncated-chunks": lambda: connection.half(then_reset=False, chunked=True),
    "truncated-gzip": lambda: connection.half(then_reset=False, compressed=True),
    "close-silently": connection.close,
    "not-http": lambda: connection.close(say=b"SSH-2.0-OpenSSH_9.6\r\n"),
    "gzip": lambda: connection.encoded(encoding="gzip", packed=True),
    "gzip-bomb": connection.bomb,
    "wrong-encoding": lambda: connection.encoded(encoding="gzip", packed=False),
    "unknown-encoding": lambda: connection.encoded(encoding="br", packed=False),
    "wrong-charset": response.charset,
    "huge": connection.huge,
    "huge-headers": connection.huge_headers,
    "html": response.html,
    **{name: response.text(name) for name in response.JSON_TEXTS},
    "redirect": response.redirect,
    "redirect-elsewhere": response.redirect_elsewhere,
    "empty-list": response.empty_list,
    "missing-ids": response.missing_ids,
    "hostile-names": response.hostile_names,
    "short-pages": response.short_pages,
    "failing-second-page": lambda: response.short_pages(fail_on_second=True),
    "repeat-cursor": response.repeat_cursor,
    "endless-pages": response.endless_pages,
}

FAULT_NAMES: dict[str, str] = {
    "401": "the key is refused (any three digits play that status; options message, retry_after)",
    "429": "too many requests (retry_after: what the header says, None for no header; 30)",
    "quota": "429 whose reason is that the account has no credit",
    "echo-key": "an error that quotes the key that came, in its body and a header (status; 401)",
    "plain-text": "an error in plain text (status; 401, text)",
    "slow": "the right answer after a while (seconds; 2)",
    "hang": "nothing, for as long as the client waits",
    "drip-headers": "headers byte by byte (seconds between two; 0.05)",
    "drip-body": "the body byte by byte (seconds between two; 0.05)",
    "never-ends": "a body without end, at a walk (seconds between two pieces; 0.01)",
    "reset": "a TCP reset in place of an answer",
    "reset-mid-body": "half the body, then a TCP reset",
    "truncated": "half of the announced bytes, then an orderly close",
    "truncated-chunks": "a chunked body that stops half-way, without the last chunk",
    "truncated-gzip": "half of a gzip stream, as a whole body",
    "close-silently": "the connection closes without a byte",
    "not-http": "the greeting of another protocol",
    "gzip": "the right answer, compressed",
    "gzip-bomb": "a small body that unpacks to a large one (mib; 64)",
    "wrong-encoding": "a plain body that is called gzip",
    "unknown-encoding": "a plain body that is called br",
    "wrong-charset": "JSON in Latin-1",
    "huge": "a large body as it is (mib; 64)",
    "huge-headers": "a header of many KiB (kib; 256)",
    "html": "a web page (status; 200)",
    "empty": "200 without a body",
    "empty-list": "a list with no models in it",
    "null-data": "data: null",
    "invalid-json": "JSON that is cut off",
    "not-a-list": "a JSON object of another shape",
    "json-text": "a JSON text",
    "nan": "NaN and Infinity, which are no JSON",
    "deep-json": "100,000 brackets",
    "long-number": "a number of 5,000 digits",
    "key-error-200": "a refused key, said with status 200",
    "redirect": "to another path of this server (status; 302)",
    "redirect-elsewhere": "to another origin (status; 302)",
    "missing-ids": "two good models among five that have no id",
    "hostile-names": "models named in HTML, control and bidi characters, 10,000 letters",
    "short-pages": "Anthropic: pages of 5",
    "failing-second-page": "Anthropic: pages of 5, and the second fails with 500",
    "repeat-cursor": "Anthropic: the first page again and again",
    "endless-pages": "Anthropic: always one more page",
}
"""The faults, and what each plays; options and their defaults in parentheses."""
