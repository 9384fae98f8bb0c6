"""Keys stay out of the logs of the HTTP libraries, at every level (SEC-1).

httpcore and hpack write at DEBUG what they send and receive: an ``x-api-key`` under HTTP/2, or a key
that a server echoes in a header. While a request of ours is under way, a filter on their loggers masks
its key. It changes no level and no record of anybody else's requests.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from ..secrets import redact

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOGGERS = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
    "hpack.hpack",
    "hpack.table",
    "hpack.huffman",
)
_key_in_use: ContextVar[str] = ContextVar("_key_in_use", default="")


class _KeyFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Masks the key of the request under way; lets every record pass."""
        key = _key_in_use.get()
        if key:
            text = record.getMessage()
            masked = redact(text, [key])
            if masked != text:
                record.msg, record.args = masked, ()
        return True


_FILTER = _KeyFilter()


def watch_loggers() -> None:
    """Puts the filter on the loggers; doing it again has no effect."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)


@contextmanager
def key_kept_out_of_logs(key: str) -> Iterator[None]:
    """Masks a key in what the HTTP libraries log inside this context.

    Args:
        key: The key that the request carries.
    """
    token = _key_in_use.set(key)
    try:
        yield
    finally:
        _key_in_use.reset(token)
