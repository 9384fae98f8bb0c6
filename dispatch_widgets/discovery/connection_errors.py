"""Failures of connections, by the exceptions of the HTTP libraries (MD-9, MD-15, SEC-5).

The kind depends on the type of the exception or of one of its causes. Messages are neither read nor shown, as
they differ between versions and may quote what was sent.
"""

from __future__ import annotations

import errno
import socket
import ssl
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from ..presets import local_presets
from ..urls import leads_here
from .client import ProxyRefusedError, ProxyTlsError, ProxyUnreachableError
from .environment import BrokenCertificateSettingError, BrokenProxySettingError, proxy_in_words
from .failures import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from .exchange import RequestContext

_NO_ROUTE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})
_LONGEST_CHAIN = 10
_PROXY_LOGIN_WANTED = 407
_HEADERS_TOO_LARGE = 431
# OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED, _HOSTNAME_MISMATCH and _IP_ADDRESS_MISMATCH
# (https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/).
_WHY_UNTRUSTED = {10: " It has expired.", 62: " It is for another name.", 64: " It is for another name."}


def connection_error(error: BaseException, context: RequestContext) -> Failure:
    """Returns the failure for an exception that a request raised."""
    chain = list(_chain(error))
    for kind, failure in _FAILURES:
        for part in chain:
            if isinstance(part, kind):
                return failure(part, context)
    return interrupted(context)


def timed_out(context: RequestContext) -> Failure:
    """The failure after the deadline."""
    return Failure(
        "TIMEOUT",
        f"{context.host} did not answer within {context.timeout_seconds:g} s: the network timed out.",
        f"{{list}}Check the network or a proxy.{proxy_hint(context)}",
    )


def interrupted(context: RequestContext) -> Failure:
    """The failure if the connection ended before the response was complete."""
    return Failure(
        "INTERRUPTED",
        f"The connection to {context.host} broke before its answer was complete.",
        f"{{list}}Try again.{proxy_hint(context)}",
    )


def proxy_login_wanted(context: RequestContext) -> Failure:
    """The failure if a proxy sent 407, to a request or to CONNECT."""
    return Failure(
        "PROXY",
        f"{_proxy_capitalised(context)} on the way to {context.host} wants a name and password (407).",
        "{list}Put them into the proxy variable of the environment: http://name:password@proxy:port.",
    )


def proxy_hint(context: RequestContext) -> str:
    """Returns a sentence for the end of a hint that names the proxy; empty if there is none."""
    proxy = proxy_in_words(context.url)
    return f" The way there goes through {proxy}." if proxy else ""


def _proxy_capitalised(context: RequestContext) -> str:
    proxy = proxy_in_words(context.url) or "the proxy"
    return f"{proxy[0].upper()}{proxy[1:]}"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yields an exception and its causes, nearest first, including the members of groups."""
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


def _broken_proxy_setting(error: BrokenProxySettingError, _: RequestContext) -> Failure:
    if error.package:
        return Failure(
            "PROXY",
            f"The proxy in {error.variable} needs the package {error.package}, which is not installed.",
            '{list}Install it with: pip install "httpx[socks]"',
        )
    return Failure(
        "PROXY",
        f"{error.variable} does not hold the URL of a proxy.",
        "{list}Correct it, for example http://proxy.example.edu:3128 or socks5://…, or remove it.",
    )


def _broken_certificate_setting(error: BrokenCertificateSettingError, _: RequestContext) -> Failure:
    if not error.variable:
        return Failure(
            "TLS",
            "The certificates of the certifi package cannot be read.",
            "{list}Install it again with: pip install --force-reinstall certifi",
        )
    return Failure(
        "TLS",
        f"The certificates that {error.variable} leads to cannot be read.",
        "{list}Correct the variable or remove it.",
    )


def _proxy_tls(error: ProxyTlsError, context: RequestContext) -> Failure:
    proxy = proxy_in_words(context.url) or "the proxy"
    for part in _chain(error):
        if isinstance(part, ssl.SSLCertVerificationError):
            return _untrusted(part, proxy)
    return Failure(
        "TLS",
        f"No secure connection to {proxy} could be made.",
        "{list}Most proxies are spoken to in the clear: then the variable's value begins with http://, "
        "that of HTTPS_PROXY too.",
    )


def _proxy_unreachable(_: ProxyUnreachableError, context: RequestContext) -> Failure:
    return _no_way_through(context, "cannot be reached")


def _proxy_refused(error: httpx.ProxyError, context: RequestContext) -> Failure:
    status = error.status if isinstance(error, ProxyRefusedError) else 0
    if status == _PROXY_LOGIN_WANTED:
        return proxy_login_wanted(context)
    return _no_way_through(context, f"refused to connect{f' ({status})' if status else ''}")


def _no_way_through(context: RequestContext, why: str) -> Failure:
    return Failure(
        "PROXY",
        f"{_proxy_capitalised(context)} on the way to {context.host} {why}.",
        "{list}Check the proxy variables of the environment; NO_PROXY names hosts that need none.",
    )


def _unknown_host(error: Exception, context: RequestContext) -> Failure:
    name = urlsplit(context.url).hostname or context.host
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:  # no name server was reached
        return Failure(
            "UNKNOWN_HOST",
            f"The name {name} could not be looked up just now.",
            "{list}Check the network or a VPN.",
        )
    return Failure(
        "UNKNOWN_HOST",
        f"There is no server named {name}.",
        "{list}Check the base URL for a typing mistake, and the network.",
    )


def _untrusted_server(error: ssl.SSLCertVerificationError, context: RequestContext) -> Failure:
    return _untrusted(error, context.host)


def _untrusted(error: ssl.SSLCertVerificationError, who: str) -> Failure:
    why = _WHY_UNTRUSTED.get(getattr(error, "verify_code", 0), "")  # missing in a mock's error
    return Failure(
        "TLS",
        f"The certificate of {who} cannot be checked.{why}",
        "{list}For a private authority set SSL_CERT_FILE. Checks are never turned off.",
    )


def _no_tls(_: ssl.SSLError, context: RequestContext) -> Failure:
    return Failure(
        "TLS",
        f"No secure connection to {context.host} could be made.",
        "{list}Is it https:// there, or http://? A proxy in between can be the reason too."
        + proxy_hint(context),
    )


def _not_connected(error: BaseException, context: RequestContext) -> Failure:
    """Of several addresses, one that refused the connection says more than one without a route."""
    if sys.platform == "emscripten":
        return Failure(
            "CONNECTION_REFUSED",
            f"The browser brought no answer from {context.host} that this page may read.",
            "{list}Is the server running, and does it allow requests of web pages (CORS)? From a page at "
            "https:// a browser asks http:// on this machine only.",
        )
    chain = list(_chain(error))
    refused = any(isinstance(part, ConnectionRefusedError) for part in chain)
    if not refused and any(isinstance(part, OSError) and part.errno in _NO_ROUTE for part in chain):
        return Failure(
            "CONNECTION_REFUSED", f"There is no way to {context.host}.", "{list}Check the network or a VPN."
        )
    if leads_here(context.url):
        hint = f"{_start(context.url)}, then {{again}}."
    else:
        hint = "Check the base URL and its port, and whether the server is running."
    return Failure("CONNECTION_REFUSED", f"Nothing answers on {context.host}.", f"{hint} {{list}}")


def _start(url: str) -> str:
    """Returns how to start the local servers with this default port."""
    known = local_presets(url)
    if len(known) == 1:
        return f"Start it with {known[0].start}"
    ways = " or ".join(f"{preset.start} ({preset.name})" for preset in known)
    return f"Start it with {ways}" if ways else "Start the server"


def _breach_of_protocol(error: httpx.RemoteProtocolError, context: RequestContext) -> Failure:
    """The headers are not HTTP, or the connection ended before their end.

    Errors of h11, for what is not HTTP, have a status; those of httpcore, for the connection's end, do not.
    """
    status = next((part.error_status_hint for part in _chain(error) if hasattr(part, "error_status_hint")), 0)
    if not status:
        failure = interrupted(context)
        failure.hint += " If it stays like this: is the port right, and is it https:// there?"
        return failure
    if status == _HEADERS_TOO_LARGE:  # h11's limit is 100 KiB
        return Failure(
            "TOO_LARGE", f"{context.host} answered with headers without end.", "{list}Check the base URL."
        )
    return Failure(
        "MALFORMED",
        f"{context.host} answered with something that is not HTTP.",
        f"{{list}}Is the port right, and is it https:// there rather than http://?{proxy_hint(context)}",
        is_answer=True,
    )


# The first type that an exception or one of its causes is an instance of decides, so subclasses come first.
# All others are interruptions.
_FAILURES: tuple[tuple[type[BaseException], Callable[[Any, RequestContext], Failure]], ...] = (
    (BrokenProxySettingError, _broken_proxy_setting),
    (BrokenCertificateSettingError, _broken_certificate_setting),
    (ProxyTlsError, _proxy_tls),
    (ProxyUnreachableError, _proxy_unreachable),
    (httpx.ProxyError, _proxy_refused),
    (httpx.TimeoutException, lambda _, context: timed_out(context)),
    (TimeoutError, lambda _, context: timed_out(context)),
    (socket.gaierror, _unknown_host),
    (UnicodeError, _unknown_host),  # a name that cannot be encoded for DNS
    (httpx.InvalidURL, _unknown_host),
    (ssl.SSLCertVerificationError, _untrusted_server),
    (ssl.SSLError, _no_tls),
    (ConnectionResetError, lambda _, context: interrupted(context)),
    (httpx.RemoteProtocolError, _breach_of_protocol),
    (httpx.ConnectError, _not_connected),
    (ConnectionRefusedError, _not_connected),
)
