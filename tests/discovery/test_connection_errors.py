"""The failure for an exception, by its type and number, never by its message."""

from __future__ import annotations

import errno
import os
import socket
import ssl

import h11
import httpx
import pytest

from dispatch_widgets.discovery import client
from dispatch_widgets.discovery.connection_errors import connection_error
from dispatch_widgets.discovery.environment import BrokenCertificateSettingError, BrokenProxySettingError
from dispatch_widgets.discovery.exchange import RequestContext

CONTEXT = RequestContext(
    name="Example",
    host="llm.example.edu",
    url="https://llm.example.edu/v1/models",
    base_url="https://llm.example.edu/v1",
    key="sk-canary-7Hq2Zx9LmWv4Tb8Rn3Kd6Yp1a1b2",
    timeout_seconds=10,
)
MISLEADING = "name or service not known: SSL certificate expired, peer closed, too long, 407"


def _system(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def _certificate(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(MISLEADING)
    error.verify_code = code
    return error


def _h11(status: int) -> h11.RemoteProtocolError:
    return h11.RemoteProtocolError(MISLEADING, error_status_hint=status)


@pytest.mark.req("MD-9", "MD-15", "SEC-5")
@pytest.mark.parametrize(
    ("error", "cause", "kind", "words"),
    [
        (httpx.ConnectError, None, "CONNECTION_REFUSED", "Nothing answers on"),
        (httpx.ConnectError, _system(errno.ECONNREFUSED), "CONNECTION_REFUSED", "Nothing answers on"),
        (httpx.ConnectError, _system(errno.EHOSTUNREACH), "CONNECTION_REFUSED", "There is no way to"),
        (httpx.ConnectError, _system(errno.ENETUNREACH), "CONNECTION_REFUSED", "There is no way to"),
        (
            httpx.ConnectError,
            ExceptionGroup("each address", [_system(errno.ENETUNREACH), _system(errno.ECONNREFUSED)]),
            "CONNECTION_REFUSED",
            "Nothing answers on",
        ),
        (httpx.ConnectError, _system(errno.ETIMEDOUT), "TIMEOUT", "within 10 s"),
        (httpx.ConnectError, _system(errno.ECONNRESET), "INTERRUPTED", "broke"),
        (httpx.ConnectError, socket.gaierror(socket.EAI_NONAME, ""), "UNKNOWN_HOST", "no server named"),
        (httpx.ConnectError, socket.gaierror(socket.EAI_AGAIN, ""), "UNKNOWN_HOST", "looked up just now"),
        (httpx.ConnectError, ssl.SSLError(MISLEADING), "TLS", "No secure connection"),
        (httpx.ConnectError, _certificate(19), "TLS", "cannot be checked."),
        (httpx.ConnectError, _certificate(10), "TLS", "has expired"),
        (httpx.ConnectError, _certificate(62), "TLS", "for another name"),
        (httpx.ConnectError, _certificate(64), "TLS", "for another name"),
        (httpx.ConnectError, ssl.SSLCertVerificationError(), "TLS", "cannot be checked."),
        (httpx.ConnectTimeout, None, "TIMEOUT", "within 10 s"),
        (httpx.ReadTimeout, None, "TIMEOUT", "within 10 s"),
        (httpx.PoolTimeout, None, "TIMEOUT", "within 10 s"),
        (httpx.ReadError, None, "INTERRUPTED", "broke"),
        (httpx.WriteError, _system(errno.EPIPE), "INTERRUPTED", "broke"),
        (httpx.RemoteProtocolError, None, "INTERRUPTED", "broke"),
        (httpx.RemoteProtocolError, _h11(400), "MALFORMED", "not HTTP"),
        (httpx.RemoteProtocolError, _h11(431), "TOO_LARGE", "headers without end"),
        (httpx.ProxyError, None, "PROXY", "refused to connect."),
        (client.ProxyUnreachableError, _system(errno.ECONNREFUSED), "PROXY", "cannot be reached"),
        (client.ProxyTlsError, _certificate(10), "TLS", "has expired"),
        (client.ProxyTlsError, None, "TLS", "No secure connection to the proxy"),
        (httpx.InvalidURL, None, "UNKNOWN_HOST", "no server named"),
        (UnicodeError, None, "UNKNOWN_HOST", "no server named"),
        (ConnectionRefusedError, None, "CONNECTION_REFUSED", "Nothing answers on"),
        (BrokenProxySettingError, None, "PROXY", "does not hold the URL"),
        (BrokenCertificateSettingError, None, "TLS", "cannot be read"),
        (RuntimeError, None, "INTERRUPTED", "broke"),
        (ValueError, None, "INTERRUPTED", "broke"),
    ],
)
def test_an_exception_is_known_by_its_type(
    error: type[Exception], cause: Exception | None, kind: str, words: str
) -> None:
    """Type, error number and certificate code decide the kind, whatever the messages (MD-15)."""
    raised = error(MISLEADING)
    raised.__cause__ = cause
    found = connection_error(raised, CONTEXT)
    assert found.kind == kind
    assert words in found.message
    assert found.message.isprintable()


@pytest.mark.req("SEC-5")
@pytest.mark.parametrize(
    ("status", "words"), [(407, "wants a name and password"), (502, "(502)"), (0, "connect.")]
)
def test_a_proxy_that_refuses_is_known_by_its_status(status: int, words: str) -> None:
    """The error has the status of the proxy's response to CONNECT (SEC-5)."""
    found = connection_error(client.ProxyRefusedError(status), CONTEXT)
    assert (found.kind, words in found.message) == ("PROXY", True)
