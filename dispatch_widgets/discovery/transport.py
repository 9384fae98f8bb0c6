"""The way to the network: which proxy, which certificates, which pool of warm connections (SEC-5).

httpx would read proxies and certificates from the environment once, when a client is made, and fail
there with whatever goes wrong. Here they are read for each request, so that a variable set in a
notebook cell counts at once, and one that is broken is reported as that.
"""

from __future__ import annotations

import os
import ssl
from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from ..urls import host_of
from .hush import watch_loggers
from .network import DaemonLookupBackend
from .wire import KEEP_WARM_SECONDS, Warm

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_MOST_WARM_PROXY_CONNECTIONS = 20
_PROXY_SCHEMES = frozenset({"http", "https", "socks5", "socks5h"})
_DEFAULT_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}


class BrokenProxySettingError(Exception):
    """A proxy variable of the environment holds something that is no proxy.

    Args:
        variable: The variable's name; its value may hold a password and is not kept.
        package: What is not installed, where that is the reason.
    """

    def __init__(self, variable: str, *, package: str = "") -> None:
        super().__init__(variable)
        self.variable = variable
        self.package = package


class BrokenCertificateSettingError(Exception):
    """A certificate variable of the environment leads to nothing that can be used.

    Args:
        variable: The variable's name.
    """

    def __init__(self, variable: str) -> None:
        super().__init__(variable)
        self.variable = variable


@lru_cache(maxsize=64)  # asked for every request
def is_loopback(host: str) -> bool:
    """Whether a host is this machine: ``localhost``, names below it, 127.0.0.0/8, ::1, 0.0.0.0.

    Args:
        host: A name or address, without brackets.
    """
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback or (mapped or address).is_unspecified


def proxy_for(scheme: str, host: str, port: int | None = None) -> tuple[str, str] | None:
    """The URL of the proxy that the environment names for a host, and the variable that names it.

    Args:
        scheme: ``http`` or ``https``.
        host: The host to reach. Loopback is never reached through a proxy (SEC-5).
        port: The port to reach; None for the scheme's own.

    Raises:
        BrokenProxySettingError: If the variable's value is not the URL of a proxy.
    """
    if is_loopback(host):
        return None
    proxies = getproxies()
    name = scheme if proxies.get(scheme) else "all"
    value = proxies.get(name, "").strip()
    if not value or _needs_none(host, port or _DEFAULT_PORTS[scheme]):
        return None
    names = (f"{name}_proxy", f"{name}_proxy".upper())
    # On Windows and macOS the proxy may be that of the system's settings.
    variable = next((each for each in names if each in os.environ), "The system's setting")
    url = value if "://" in value else f"http://{value}"
    try:
        parts = urlsplit(url)
        valid = bool(parts.scheme in _PROXY_SCHEMES and parts.hostname and (parts.port or 1) > 0)
    except ValueError:
        valid = False
    if not valid:
        raise BrokenProxySettingError(variable)
    return url, variable


def _needs_none(host: str, port: int) -> bool:
    """Whether NO_PROXY, or the system's settings, name a host: by its name, with its port, as a network."""
    if proxy_bypass(host) or proxy_bypass(f"{host}:{port}"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    for name in getproxies().get("no", "").split(","):
        with suppress(ValueError):  # a name and no network
            if address in ip_network(name.strip(), strict=False):
                return True
    return False


def proxy_in_words(url: str) -> str:
    """How messages call the proxy on the way to an address: where it is and who says so, no password.

    Args:
        url: The address that is asked.

    Returns:
        ``the proxy HOST:PORT (VARIABLE)``; an empty text where no proxy is used.
    """
    try:
        parts = urlsplit(url)
        found = proxy_for(parts.scheme, parts.hostname or "", parts.port)
    except (ValueError, KeyError, BrokenProxySettingError):
        return ""
    return "" if found is None else f"the proxy {host_of(found[0])} ({found[1]})"


def _certificate_setting() -> tuple[str, str]:
    """The variable that names trusted certificates, and its value; empty where none is set."""
    for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        value = os.environ.get(variable, "")
        if value:
            return variable, value
    return "", ""


_contexts: dict[tuple[str, str], ssl.SSLContext] = {}


def shared_context() -> ssl.SSLContext:
    """The one TLS context for the certificates that the environment asks for; checks are always on.

    Making one reads every trusted certificate (about 25 ms), so it is made once and only for https.

    Raises:
        BrokenCertificateSettingError: If SSL_CERT_FILE or SSL_CERT_DIR leads nowhere.
    """
    setting = _certificate_setting()
    if setting not in _contexts:
        _contexts[setting] = _new_context(*setting)
    return _contexts[setting]


def _new_context(variable: str, value: str) -> ssl.SSLContext:
    try:
        if variable == "SSL_CERT_FILE":
            context = ssl.create_default_context(cafile=value)
        elif variable == "SSL_CERT_DIR":
            if not any(os.path.isdir(folder) for folder in value.split(os.pathsep)):  # noqa: PTH112
                raise BrokenCertificateSettingError(variable)
            context = ssl.create_default_context(capath=value)
        else:
            import certifi

            context = ssl.create_default_context(cafile=certifi.where())
    except OSError:  # ssl.SSLError is one too
        raise BrokenCertificateSettingError(variable) from None
    context.set_alpn_protocols(["http/1.1"])
    return context


class ProviderTransport(httpx.AsyncBaseTransport):
    """Sends requests: straight where no proxy is asked for, else through a pool for that proxy.

    Raises the exceptions of httpx, httpcore and this module; `breakdowns` reads them all.
    """

    def __init__(self) -> None:
        self._warm = Warm()
        self._pools: dict[tuple[str, ssl.SSLContext | None], httpcore.AsyncConnectionPool] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends one request and returns the answer with its body still to be read."""
        url = request.url
        proxy = proxy_for(url.scheme, url.host, url.port)
        context = shared_context() if url.scheme == "https" else None
        if proxy is None:
            return await self._warm.send(request, context)
        if (proxy[0], context) not in self._pools:
            self._pools[proxy[0], context] = _new_pool(*proxy, context)
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        answer = await self._pools[proxy[0], context].handle_async_request(
            httpcore.Request(
                method=request.method, url=target, headers=request.headers.raw, content=request.content
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    async def aclose(self) -> None:
        """Closes every connection."""
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            await pool.aclose()
        await self._warm.aclose()


def _new_pool(proxy_url: str, variable: str, context: ssl.SSLContext | None) -> httpcore.AsyncConnectionPool:
    proxy = httpx.Proxy(proxy_url)
    scheme = proxy.url.scheme
    if scheme.startswith("socks") and find_spec("socksio") is None:
        raise BrokenProxySettingError(variable, package="socksio")
    return httpcore.AsyncConnectionPool(
        ssl_context=context,
        network_backend=DaemonLookupBackend(over_tls=scheme == "https"),
        proxy=httpcore.Proxy(
            url=httpcore.URL(
                scheme=proxy.url.raw_scheme,
                host=proxy.url.raw_host,
                port=proxy.url.port or _DEFAULT_PORTS[scheme],
                target=b"/",
            ),
            auth=proxy.raw_auth,
            ssl_context=shared_context() if scheme == "https" else None,
        ),
        max_connections=None,
        max_keepalive_connections=_MOST_WARM_PROXY_CONNECTIONS,
        keepalive_expiry=KEEP_WARM_SECONDS,
    )


class _Body(httpx.AsyncByteStream):
    """The body of an answer that came through a proxy."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


def open_transport(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncBaseTransport:
    """What `fetch` sends through; whoever opens it closes it.

    There is no httpx client above it: discovery follows no redirects, reads no netrc, keeps time by the
    wall, and must not let two accounts at one host share a session of cookies.

    Args:
        transport: What to send through in place of the network, in tests.
    """
    watch_loggers()
    return transport if transport is not None else ProviderTransport()
