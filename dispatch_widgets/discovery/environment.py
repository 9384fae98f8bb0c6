"""The environment's settings for requests: proxies and certificates (SEC-5).

httpx reads them once, when a client is created, and raises various errors if they are invalid. Here they are
read for each request, so a variable that is set in a notebook cell applies at once, and an invalid one is
reported by its name.
"""

from __future__ import annotations

import os
import ssl
from contextlib import suppress
from ipaddress import ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from ..urls import DEFAULT_PORTS, host_of, is_loopback

_PROXY_SCHEMES = frozenset({"http", "https", "socks5", "socks5h"})


class BrokenProxySettingError(Exception):
    """A proxy variable holds no valid URL, or needs a package that is not installed.

    Args:
        variable: The variable's name; its value may contain a password and is not stored.
        package: The missing package; empty if the URL is invalid.
    """

    def __init__(self, variable: str, *, package: str = "") -> None:
        super().__init__(variable)
        self.variable = variable
        self.package = package


class BrokenCertificateSettingError(Exception):
    """A certificate variable leads to no readable certificates.

    Args:
        variable: The variable's name; empty for certifi's own file.
    """

    def __init__(self, variable: str) -> None:
        super().__init__(variable)
        self.variable = variable


class ProxySetting(NamedTuple):
    """The URL of a proxy, which may contain a password, and the variable that it is from."""

    url: str
    variable: str


def proxy_for(scheme: str, host: str, port: int | None = None) -> ProxySetting | None:
    """Returns the environment's proxy for a host; never one for this machine (SEC-5).

    Args:
        scheme: ``http`` or ``https``.
        host: The host.
        port: The port; None for the scheme's default.

    Raises:
        BrokenProxySettingError: If the variable's value is not the URL of a proxy.
    """
    if is_loopback(host):
        return None
    proxies = getproxies()
    name = scheme if proxies.get(scheme) else "all"
    value = proxies.get(name, "").strip()
    if not value or _needs_none(host, port or DEFAULT_PORTS[scheme]):
        return None
    names = (f"{name}_proxy", f"{name}_proxy".upper())
    # On Windows and macOS the proxy may come from the system's settings.
    variable = next((each for each in names if each in os.environ), "The system's setting")
    url = value if "://" in value else f"http://{value}"
    try:
        parts = urlsplit(url)
        valid = bool(parts.scheme in _PROXY_SCHEMES and parts.hostname and (parts.port or 1) > 0)
    except ValueError:
        valid = False
    if not valid:
        raise BrokenProxySettingError(variable)
    return ProxySetting(url, variable)


def _needs_none(host: str, port: int) -> bool:
    """Whether NO_PROXY or the system's settings exclude a host: by name, with its port, or by network."""
    if proxy_bypass(host) or proxy_bypass(f"{host}:{port}"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    for name in getproxies().get("no", "").split(","):
        with suppress(ValueError):  # a name, not a network
            if address in ip_network(name.strip(), strict=False):
                return True
    return False


def proxy_in_words(url: str) -> str:
    """Returns ``the proxy HOST:PORT (VARIABLE)`` for a URL, without a password; empty if there is none."""
    try:
        parts = urlsplit(url)
        proxy = proxy_for(parts.scheme, parts.hostname or "", parts.port)
    except (ValueError, KeyError, BrokenProxySettingError):
        return ""
    return "" if proxy is None else f"the proxy {host_of(proxy.url)} ({proxy.variable})"


_contexts: dict[tuple[str, str], ssl.SSLContext] = {}


def shared_context() -> ssl.SSLContext:
    """Returns the TLS context for the environment's certificates; verification is always on.

    It is cached, as loading the trusted certificates takes about 25 ms.

    Raises:
        BrokenCertificateSettingError: If SSL_CERT_FILE or SSL_CERT_DIR leads nowhere.
    """
    named = ((name, os.environ.get(name, "")) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"))
    setting = next((pair for pair in named if pair[1]), ("", ""))
    if setting not in _contexts:
        _contexts[setting] = _new_context(*setting)
    return _contexts[setting]


def _new_context(variable: str, value: str) -> ssl.SSLContext:
    try:
        if variable == "SSL_CERT_FILE":
            return ssl.create_default_context(cafile=value)
        if variable == "SSL_CERT_DIR":
            if not any(os.path.isdir(folder) for folder in value.split(os.pathsep)):  # noqa: PTH112
                raise BrokenCertificateSettingError(variable)
            return ssl.create_default_context(capath=value)
        import certifi

        return ssl.create_default_context(cafile=certifi.where())
    except OSError:  # ssl.SSLError is one too
        raise BrokenCertificateSettingError(variable) from None
