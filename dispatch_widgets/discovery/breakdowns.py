"""Connections that failed: which kind of failure an exception is (MD-9, MD-15, SEC-5).

Reads the exceptions of httpx, httpcore, the operating system and `transport`. Their texts are not
shown, because some of them quote what was sent.
"""

from __future__ import annotations

import errno
import socket
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpcore
import httpx

from .failures import Failure
from .network import LookupFailedError, ProxyTlsError, ProxyUnreachableError
from .refusals import PROXY_LOGIN_WANTED, proxy_at_start, proxy_login_wanted, way_there
from .transport import (
    BrokenCertificateSettingError,
    BrokenProxySettingError,
    is_loopback,
    proxy_in_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .refusals import Place

# How local servers are started, by the port that they use when nothing else is said.
_STARTED_BY = {
    11434: "Start it with `ollama serve`, then refresh.",  # https://docs.ollama.com/faq
    1234: "Start it with `lms server start`, then refresh.",  # https://lmstudio.ai/docs/cli
}
_TIMEOUTS = (httpx.TimeoutException, httpcore.TimeoutException, TimeoutError)
_NO_ROUTE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})
_DROPPED = ("disconnected", "peer closed", "incomplete")
_LONGEST_CHAIN = 10


def breakdown(error: BaseException, place: Place, *, timeout_seconds: float) -> Failure:
    """What an exception on the way to an answer means.

    Args:
        error: What was raised.
        place: Who was asked.
        timeout_seconds: The deadline that was set, for the message of a time-out.
    """
    if isinstance(error, _TIMEOUTS):
        return timed_out(place, timeout_seconds)
    chain = list(_chain(error))
    for part in chain:
        found = _setting(part) or _proxy(part, place) or _name(part, place) or _tls(part, place)
        if found is not None:
            return found
    if isinstance(error, (httpx.ConnectError, httpcore.ConnectError, OSError)):
        return _unconnected(error, chain, place, timeout_seconds)
    if isinstance(error, (httpx.ProtocolError, httpcore.ProtocolError)):
        return _not_http(error, place)
    return interrupted(place)


def timed_out(place: Place, timeout_seconds: float) -> Failure:
    """The deadline passed."""
    return Failure(
        "TIMEOUT",
        f"{place.host} did not answer within {timeout_seconds:g} s: the network timed out.",
        f"{{list}}Check the network or a proxy.{way_there(place)}",
    )


def interrupted(place: Place) -> Failure:
    """The connection ended before the answer did."""
    return Failure(
        "INTERRUPTED",
        f"The connection to {place.host} broke before its answer was complete.",
        f"{{list}}Try again.{way_there(place)}",
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and what led to it, nearest first, members of groups included."""
    waiting = [error]
    for _ in range(_LONGEST_CHAIN):
        if not waiting:
            return
        part = waiting.pop(0)
        yield part
        if isinstance(part, BaseExceptionGroup):
            waiting.extend(part.exceptions[:_LONGEST_CHAIN])
        before = part.__cause__ or part.__context__
        if before is not None:
            waiting.append(before)


def _setting(part: BaseException) -> Failure | None:
    if isinstance(part, BrokenProxySettingError):
        if part.package:
            return Failure(
                "PROXY",
                f"The proxy in {part.variable} needs the package {part.package}, which is not installed.",
                '{list}Install it with: pip install "httpx[socks]"',
            )
        return Failure(
            "PROXY",
            f"{part.variable} does not hold the URL of a proxy.",
            "{list}Correct it, for example http://proxy.example.edu:3128 or socks5://…, or remove it.",
        )
    if isinstance(part, BrokenCertificateSettingError):
        return Failure(
            "TLS",
            f"The certificates that {part.variable} leads to cannot be read."
            if part.variable
            else "The certificates of the certifi package cannot be read.",
            "{list}Correct the variable or remove it."
            if part.variable
            else "{list}Install it again with: pip install --force-reinstall certifi",
        )
    return None


def _proxy(part: BaseException, place: Place) -> Failure | None:
    if isinstance(part, ProxyUnreachableError):
        return _no_way_through(place, "cannot be reached")
    if isinstance(part, ProxyTlsError):
        return _insecure_proxy(part, place)
    if isinstance(part, (httpx.ProxyError, httpcore.ProxyError)):
        status = str(part)[:3]  # httpcore's text begins with it; what follows is the proxy's own
        if status == str(PROXY_LOGIN_WANTED):
            return proxy_login_wanted(place)
        return _no_way_through(place, f"refused to connect{f' ({status})' if status.isdigit() else ''}")
    return None


def _no_way_through(place: Place, why: str) -> Failure:
    return Failure(
        "PROXY",
        f"{proxy_at_start(place)} on the way to {place.host} {why}.",
        "{list}Check the proxy variables of the environment; NO_PROXY names hosts that need none.",
    )


def _insecure_proxy(error: BaseException, place: Place) -> Failure:
    who = proxy_in_words(place.url) or "the proxy"
    for part in _chain(error):
        if isinstance(part, ssl.SSLCertVerificationError):
            return _unproven(part, who)
    return Failure(
        "TLS",
        f"No secure connection to {who} could be made.",
        "{list}Most proxies are spoken to in the clear: then the variable's value begins with http://, "
        "that of HTTPS_PROXY too.",
    )


def _unproven(error: ssl.SSLCertVerificationError, who: str) -> Failure:
    why = " It is for another name." if "ostname mismatch" in str(error) else ""
    why = " It has expired." if "expired" in str(error) else why
    return Failure(
        "TLS",
        f"The certificate of {who} cannot be checked.{why}",
        "{list}For a private authority set SSL_CERT_FILE. Checks are never turned off.",
    )


def _name(part: BaseException, place: Place) -> Failure | None:
    if not isinstance(part, (socket.gaierror, LookupFailedError, httpx.InvalidURL)):
        return None
    name = urlsplit(place.url).hostname or place.host
    return Failure(
        "UNKNOWN_HOST",
        f"There is no server named {name}.",
        "{list}Check the base URL for a typing mistake, and the network.",
    )


def _tls(part: BaseException, place: Place) -> Failure | None:
    if isinstance(part, ssl.SSLCertVerificationError):
        return _unproven(part, place.host)
    if isinstance(part, ssl.SSLError):
        return Failure(
            "TLS",
            f"No secure connection to {place.host} could be made.",
            "{list}Is it https:// there, or http://? A proxy in between can be the reason too."
            + way_there(place),
        )
    return None


def _unconnected(
    error: BaseException, chain: list[BaseException], place: Place, timeout_seconds: float
) -> Failure:
    """A connection that was not made: by the system's number, or else by the words that mocks use."""
    numbers = {part.errno for part in chain if isinstance(part, OSError)}
    words = str(error).lower()
    if errno.ETIMEDOUT in numbers:
        return timed_out(place, timeout_seconds)
    if errno.ECONNRESET in numbers or any(isinstance(part, ConnectionResetError) for part in chain):
        return interrupted(place)
    if any(word in words for word in ("name or service", "getaddrinfo", "nodename", "name resolution")):
        return _name(LookupFailedError(""), place) or interrupted(place)
    if "certificate" in words or "ssl" in words:
        return _tls(ssl.SSLError(), place) or interrupted(place)
    if numbers & _NO_ROUTE:
        return Failure(
            "CONNECTION_REFUSED", f"There is no way to {place.host}.", "{list}Check the network or a VPN."
        )
    parts = urlsplit(place.url)
    if is_loopback(parts.hostname or ""):
        hint = _STARTED_BY.get(parts.port or 0, "Start the server, then refresh.")
    else:
        hint = "Check the base URL and its port, and whether the server is running."
    return Failure("CONNECTION_REFUSED", f"Nothing answers on {place.host}.", f"{hint} {{list}}")


def _not_http(error: BaseException, place: Place) -> Failure:
    """A breach of the protocol: the connection ended too soon, or what came is not HTTP."""
    if any(word in str(error).lower() for word in _DROPPED):
        return interrupted(place)
    if "too long" in str(error).lower():  # h11 stops at 100 KiB of headers
        return Failure(
            "TOO_LARGE", f"{place.host} answered with headers without end.", "{list}Check the base URL."
        )
    return Failure(
        "MALFORMED",
        f"{place.host} answered with something that is not HTTP.",
        f"{{list}}Is the port right, and is it https:// there rather than http://?{way_there(place)}",
        is_answer=True,
    )
