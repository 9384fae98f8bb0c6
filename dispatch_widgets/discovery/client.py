"""The HTTP client: httpx, with proxies and certificates of the environment at each request (SEC-5).

httpx reads them only when a client is created. `EnvironmentTransport` takes the place of httpx's own
transport, and holds a connection pool for each combination of settings.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import httpx

from .. import __version__
from .._loop import background
from .environment import BrokenProxySettingError, ProxySetting, proxy_for, shared_context
from .log_redaction import kept_out_of_logs, redact_logs
from .transfer_encoding import name_encoding_once

if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT_SECONDS = 4.0
"""How long an idle connection is kept. Common servers close theirs after 5 s."""

_MOST_KEPT_CONNECTIONS = 50


class ProxyUnreachableError(httpx.ProxyError):
    """The connection to the proxy itself failed."""


class ProxyTlsError(httpx.ProxyError):
    """TLS to the proxy failed; the cause says why."""


class ProxyRefusedError(httpx.ProxyError):
    """The proxy refused to connect to the server.

    Args:
        status: The status of its response to CONNECT; 0 for a SOCKS proxy.
    """

    def __init__(self, status: int) -> None:
        super().__init__("the proxy refused to connect")
        self.status = status


class ConnectionTrace:
    """The progress of one request, from httpx's ``trace`` extension.

    https://www.python-httpx.org/advanced/extensions/#trace

    Attributes:
        opened: The connection opened for this request; None until it is open, and for a reused one.
        address: The IP address of that connection.
        is_new: Whether this request tried to open a connection.
        is_sent: Whether anything was sent.
        is_secured: Whether TLS was established.
        status: The last status received, also of a proxy's response to CONNECT; 0 for none.
        is_unasked: Whether the response was already there when a reused connection sent the request.
        failed_step: The step that failed first, by httpx's name: ``connection.connect_tcp``.
    """

    def __init__(self) -> None:
        self.opened: Any = None
        self.address = ""
        self.is_new = False
        self.is_sent = False
        self.is_secured = False
        self.status = 0
        self.is_unasked = False
        self.failed_step = ""
        self._had_to_wait = False

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """Records an event, named ``LAYER.STEP.PHASE``."""
        step, _, phase = event.rpartition(".")
        name = step.partition(".")[2]
        if name == "connect_tcp":
            self.is_new = True
        elif name == "send_request_headers":
            self.is_sent = True
        elif event == "http11.receive_response_headers.started":
            # Runs when the request next waits for the network, not before.
            asyncio.get_running_loop().call_soon(self._note_wait)
        if phase == "failed":
            self.failed_step = self.failed_step or step
        elif phase == "complete":
            self._note_success(name, info.get("return_value"))

    def _note_wait(self) -> None:
        self._had_to_wait = True

    def _note_success(self, name: str, result: Any) -> None:
        if name in {"connect_tcp", "start_tls"}:
            name_encoding_once(result)
        if name == "connect_tcp":
            self.opened = result
            self.address = str((result.get_extra_info("server_addr") or ("",))[0])
        elif name == "start_tls":
            self.is_secured = True
        elif name == "receive_response_headers":
            self.status = result[1]
            self.is_unasked = self.is_over_kept_connection and not self._had_to_wait

    @property
    def is_over_kept_connection(self) -> bool:
        """Whether the request was sent over a reused connection; a mock has none."""
        return self.is_sent and not self.is_new


class ConnectionPool:
    """The connections for one proxy and one set of certificates.

    Args:
        proxy: The proxy; None for direct connections.
        context: The TLS context; None for http.

    Raises:
        BrokenProxySettingError: If a package that the proxy needs is not installed.
        BrokenCertificateSettingError: If the proxy uses TLS and the certificates cannot be read.
    """

    def __init__(self, proxy: ProxySetting | None, context: ssl.SSLContext | None) -> None:
        through: httpx.Proxy | None = None
        self.login: tuple[str, ...] = ()
        if proxy is not None:
            # The same for httpx, which lets the proxy resolve names; httpx 0.27 knows only `socks5`.
            through = httpx.Proxy(proxy.url.replace("socks5h:", "socks5:", 1))
            if through.url.scheme == "https":
                through.ssl_context = shared_context()
            if through.raw_auth is not None:
                self.login = (through.raw_auth[1].decode(), repr(through.raw_auth))
        # For http an empty context, as loading the trusted certificates takes 25 ms.
        verify = context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            self._kept, self._single_use = (
                httpx.AsyncHTTPTransport(
                    verify=verify,
                    trust_env=False,
                    proxy=through,
                    limits=httpx.Limits(
                        max_connections=None, max_keepalive_connections=most, keepalive_expiry=KEPT_SECONDS
                    ),
                )
                for most in (_MOST_KEPT_CONNECTIONS, 0)
            )
        except ImportError:
            raise BrokenProxySettingError(proxy.variable if proxy else "", package="socksio") from None

    async def send(self, request: httpx.Request, trace: ConnectionTrace) -> httpx.Response:
        """Sends a request; a GET reuses a connection if there is one.

        A server may close an idle connection just as it is reused, or may have sent unsolicited data over it.
        A GET is then repeated once over a new connection (MD-17). A POST may cost money and must not be
        repeated, so it always gets a new connection.

        Raises:
            httpx.TransportError: If there is no response.
        """
        if request.method == "GET":
            try:
                response = await self._kept.handle_async_request(request)
            except (httpx.NetworkError, httpx.RemoteProtocolError):
                if not trace.is_over_kept_connection:
                    raise
                trace.failed_step = ""
            else:
                if not trace.is_unasked:
                    return response
                await response.aclose()
        return await self._single_use.handle_async_request(request)

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._kept.aclose()
        await self._single_use.aclose()


class EnvironmentTransport(httpx.AsyncBaseTransport):
    """Sends each request with the environment's proxies and certificates at that moment."""

    def __init__(self) -> None:
        self._pools: dict[tuple[ProxySetting | None, ssl.SSLContext | None], ConnectionPool] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request and returns the response, whose body is not read yet.

        Raises:
            BrokenProxySettingError: If a proxy variable holds no valid URL.
            BrokenCertificateSettingError: If a certificate variable leads to no certificates.
            httpx.TransportError: If there is no response; the proxy's errors have their own types.
        """
        url = request.url
        proxy = proxy_for(url.scheme, url.host, url.port)
        setting = proxy, shared_context() if url.scheme == "https" else None
        if setting not in self._pools:
            self._pools[setting] = ConnectionPool(*setting)
        pool = self._pools[setting]
        trace: ConnectionTrace = request.extensions.setdefault("trace", ConnectionTrace())
        try:
            with kept_out_of_logs(*pool.login):
                return await pool.send(request, trace)
        except BaseException as error:
            if trace.opened is not None:  # httpcore leaks the socket of a cancelled handshake
                await trace.opened.aclose()
            named = _named(error, trace, proxy)
            if named is error:
                raise
            raise named from error

    async def aclose(self) -> None:
        """Closes every connection."""
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            await pool.aclose()
        await asyncio.sleep(0)  # asyncio closes the sockets in the loop's next iteration


def _named(error: BaseException, trace: ConnectionTrace, proxy: ProxySetting | None) -> BaseException:
    """Converts an error of a proxy to its own type, as httpx has one type for proxy and server."""
    if isinstance(error, httpx.ProxyError):
        return ProxyRefusedError(trace.status)
    if not isinstance(error, httpx.ConnectError):
        return error
    if proxy and trace.failed_step.endswith(".connect_tcp"):
        return ProxyUnreachableError("the proxy cannot be reached")
    if proxy and trace.failed_step == "connection.start_tls":
        return ProxyTlsError("no secure connection to the proxy")
    return error


async def _set_location_aside(response: httpx.Response) -> None:
    """Hides ``Location`` from httpx, which fails on an invalid one although it follows none.

    All headers are in the response's extension ``headers``.
    """
    response.extensions["headers"] = response.headers.copy()
    response.headers.pop("location", None)


def _new_transport() -> httpx.AsyncBaseTransport:
    if sys.platform == "emscripten":  # in a browser, which has no sockets
        from .browser_transport import BrowserTransport

        return BrowserTransport()
    return EnvironmentTransport()


_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()


def client_of_this_loop(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Returns the running loop's client, as connections belong to the loop that opened them.

    Args:
        transport: An httpx transport in place of the network, which its owner closes.
    """
    if transport is not None:
        return new_client(transport)
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        _clients[loop] = new_client()
    return _clients[loop]


async def close_client_of_this_loop() -> None:
    """Closes the running loop's client, if there is one, before the loop ends."""
    client = _clients.pop(asyncio.get_running_loop(), None)
    if client is not None:
        await client.aclose()


background.call_at_exit(close_client_of_this_loop)


def new_client(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Makes a client for `fetch`, with no connection yet; the caller closes it.

    Args:
        transport: An httpx transport in place of the network.
    """
    redact_logs()
    return httpx.AsyncClient(
        transport=_new_transport() if transport is None else transport,
        headers={
            "accept": "application/json",
            "accept-encoding": "gzip, identity",
            "user-agent": f"dispatch-widgets/{__version__}",
        },
        timeout=None,  # noqa: S113 - httpx's time-outs are per read; `fetch` has a deadline for everything
        trust_env=False,  # the transport reads the environment at each request
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # accounts at a host share no session
        event_hooks={"response": [_set_location_aside]},
    )
