"""The HTTP client: httpx's own, over connections that follow the environment at each request (SEC-5).

httpx takes proxies and certificates when a client is made. `EnvironmentTransport` sits below the client,
where httpx has its own transport, and holds one pool of connections for each setting it has met.
"""

from __future__ import annotations

import asyncio
import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

import httpx

from .. import __version__
from .environment import BrokenProxySettingError, ProxySetting, proxy_for, shared_context
from .log_redaction import kept_out_of_logs, redact_logs
from .transfer_encoding import name_encoding_once

if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT_SECONDS = 4.0
"""How long an idle connection may be used again. Common servers close theirs after 5 s; we let go first."""

_MOST_KEPT_CONNECTIONS = 50


class ProxyUnreachableError(httpx.ProxyError):
    """The connection to the proxy itself failed."""


class ProxyTlsError(httpx.ProxyError):
    """The proxy is spoken to over TLS, and that was not brought about; the cause says why."""


class ProxyRefusedError(httpx.ProxyError):
    """The proxy does not connect to the server.

    Args:
        status: What it answered to CONNECT; 0 where it is spoken to otherwise.
    """

    def __init__(self, status: int) -> None:
        super().__init__("the proxy refused to connect")
        self.status = status


class ConnectionTrace:
    """What httpx's ``trace`` extension tells of one request.

    https://www.python-httpx.org/advanced/extensions/#trace

    Attributes:
        opened: The connection that was opened for it; None while it is opened, and for a kept one.
        address: Where that connection leads.
        is_new: Whether a connection was opened, or tried to be, for this request.
        is_sent: Whether something was sent.
        is_secured: Whether TLS stands.
        status: The last status that came, that of a proxy's answer to CONNECT among them; 0 for none.
        is_unasked: Whether the answer had come over a kept connection before it was asked for.
        failed_step: What failed first, by httpx's name: ``connection.connect_tcp``.
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
        """Notes an event, ``LAYER.STEP.PHASE``."""
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
        """Whether the request went over a connection that was there before it; a mock has none."""
        return self.is_sent and not self.is_new


class ConnectionPool:
    """The connections of one setting of the environment.

    Args:
        proxy: What they go through; None for a direct connection.
        context: The certificates to trust; None for http.

    Raises:
        BrokenProxySettingError: If a package that the proxy needs is not installed.
        BrokenCertificateSettingError: If the proxy is spoken to over TLS, and there are no certificates.
    """

    def __init__(self, proxy: ProxySetting | None, context: ssl.SSLContext | None) -> None:
        through: httpx.Proxy | None = None
        self.login: tuple[str, ...] = ()
        if proxy is not None:
            # Both leave names to the proxy; httpx 0.27 knows only the one.
            through = httpx.Proxy(proxy.url.replace("socks5h:", "socks5:", 1))
            if through.url.scheme == "https":
                through.ssl_context = shared_context()
            if through.raw_auth is not None:
                self.login = (through.raw_auth[1].decode(), repr(through.raw_auth))
        # Reading every trusted certificate is worth it for https only; this context trusts nobody.
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
        """Sends a request; a GET over a connection that is kept, if there is one.

        A server may close a kept connection at the moment in which it is used again, or may have sent more
        than it was asked for. A GET is then asked once more, over a new connection (MD-17). What must not
        happen twice (a POST, which costs money) never goes over a kept connection, and so is never asked
        again.

        Args:
            request: What to send.
            trace: Is told of what happens.

        Raises:
            httpx.TransportError: If there is no answer.
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
    """Sends requests as the environment asks for at that moment."""

    def __init__(self) -> None:
        self._pools: dict[tuple[ProxySetting | None, ssl.SSLContext | None], ConnectionPool] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request and returns the answer, its body still to be read.

        Raises:
            BrokenProxySettingError: If the variable for a proxy holds none.
            BrokenCertificateSettingError: If the variable for certificates leads to none.
            httpx.TransportError: If there is no answer; what the proxy did is told from what the server did.
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
            if trace.opened is not None:  # httpcore forgets its socket when a handshake is cancelled
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
        await asyncio.sleep(0)  # a connection frees its socket in the loop's next round


def _named(error: BaseException, trace: ConnectionTrace, proxy: ProxySetting | None) -> BaseException:
    """An error under the name of what failed: httpx has one name for the proxy's and the server's part."""
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
    """Keeps httpx from reading ``Location``: it fails at a broken one, though it follows none.

    All headers, that one too, are in the response's extension ``headers``.
    """
    response.extensions["headers"] = response.headers.copy()
    response.headers.pop("location", None)


def new_client(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """A client for `fetch`; it belongs to the loop that first uses it, and whoever makes it closes it.

    Args:
        transport: What to send through in place of the network.
    """
    redact_logs()
    return httpx.AsyncClient(
        transport=EnvironmentTransport() if transport is None else transport,
        headers={
            "accept": "application/json",
            "accept-encoding": "gzip, identity",
            "user-agent": f"dispatch-widgets/{__version__}",
        },
        timeout=None,  # noqa: S113 - httpx's hold for a read each; `fetch` has one over everything
        trust_env=False,  # the environment is the transport's affair, at each request
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # accounts at a host share no session
        event_hooks={"response": [_set_location_aside]},
    )
