"""Keeps keys out of the logs of the HTTP libraries, at every level (SEC-1).

httpcore logs at DEBUG the headers it receives, in which a server may echo the key, and the login of a SOCKS
proxy; with HTTP/2, httpcore and hpack log what they send. During a request of this package, a filter on their
loggers masks its secrets. It changes no level and no records of other requests.
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
_secrets_in_use: ContextVar[tuple[str, ...]] = ContextVar("_secrets_in_use", default=())


class _RedactSecrets(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Masks the secrets of the current request; drops no record."""
        secrets = _secrets_in_use.get()
        if secrets:
            text = record.getMessage()
            masked = redact(text, secrets)
            if masked != text:
                record.msg, record.args = masked, ()
        return True


_FILTER = _RedactSecrets()


def redact_logs() -> None:
    """Adds the filter to the loggers; idempotent."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)


@contextmanager
def kept_out_of_logs(*secrets: str) -> Iterator[None]:
    """Masks secrets in what the HTTP libraries log inside this context.

    Args:
        *secrets: The key of a request, the login of its proxy.
    """
    token = _secrets_in_use.set((*_secrets_in_use.get(), *secrets))
    try:
        yield
    finally:
        _secrets_in_use.reset(token)
