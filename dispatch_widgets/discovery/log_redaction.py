"""Keeps keys out of the logs of the HTTP libraries, at every level (SEC-1).

httpcore logs at DEBUG the headers it receives, in which a server may echo the key, and the login of a SOCKS
proxy; with HTTP/2, httpcore and hpack log what they send. During a request of this package, or of a client
that it made, a filter on their loggers masks its secrets. It changes no level and no other records.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

from ..secrets import redact

if TYPE_CHECKING:
    from collections.abc import Iterator

_HTTP = ("", ".connection", ".http11", ".http2", ".proxy", ".socks")
_LOGGERS = (
    *("httpx", "httpx2"),  # newer SDKs have a copy of both libraries under these names
    *(f"{library}{part}" for library in ("httpcore", "httpcore2") for part in _HTTP),
    *("hpack.hpack", "hpack.table", "hpack.huffman"),
    *("openai._base_client", "anthropic._base_client"),
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


def masking_key(request: Any) -> Any:
    """An SDK client's method for all requests, with the client's key masked in what is logged during each."""
    redact_logs()
    if iscoroutinefunction(request):

        @wraps(request)
        async def masked_async(client: Any, *given: Any, **options: Any) -> Any:
            with kept_out_of_logs(client.api_key or ""):
                return await request(client, *given, **options)

        return masked_async

    @wraps(request)
    def masked(client: Any, *given: Any, **options: Any) -> Any:
        with kept_out_of_logs(client.api_key or ""):
            return request(client, *given, **options)

    return masked
