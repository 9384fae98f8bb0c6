"""Requests through a real proxy on loopback (SEC-5, MD-9, MD-15)."""

from __future__ import annotations

import logging
import socket
import sys
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets import SettingsService
from dispatch_widgets.discovery.discoverer import Discoverer
from dispatch_widgets.discovery.environment import proxy_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOST = "llm.example.edu"  # nobody looks it up here: that is the proxy's affair


@pytest.mark.req("SEC-5", "MD-2")
def test_a_list_comes_through_a_forward_proxy(
    ask: Any, target: Any, proxy: Any, demo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An http:// list is requested from the proxy by its absolute URL, with the proxy's login (SEC-5)."""
    through = proxy(login="me:pa ss")
    monkeypatch.setenv("HTTP_PROXY", f"http://me:pa%20ss@127.0.0.1:{through.port}")
    assert len(ask(target(f"http://{HOST}/openai/v1"))) == 30
    assert through.heads[0].startswith(f"GET http://{HOST}/openai/v1/models HTTP/1.1\r\n")
    assert demo.requests[-1].authorised
    assert "proxy-authorization" not in demo.requests[-1].headers


@pytest.mark.req("SEC-5", "SEC-1")
def test_a_tunnel_keeps_the_key_from_the_proxy(  # noqa: PLR0917
    ask: Any, target: Any, proxy: Any, trusted: None, canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An https:// list comes through a tunnel: the proxy sees only the host (SEC-5)."""
    through = proxy(login="me:pass")
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:pass@127.0.0.1:{through.port}")
    assert [model.id for model in ask(target(f"https://{HOST}/v1"))] == ["tls"]
    (head,) = through.heads
    assert head.startswith(f"CONNECT {HOST}:443 HTTP/1.1\r\n")
    assert canary not in head
    assert "authorization: bearer" not in head.lower()


@pytest.mark.req("SEC-5", "SEC-1")
@pytest.mark.parametrize(("scheme", "found"), [("http", 30), ("https", 1)])
def test_a_proxy_is_spoken_to_over_tls(  # noqa: PLR0917
    scheme: str,
    found: int,
    ask: Any,
    target: Any,
    proxy: Any,
    behind_tls: Callable[[int], int],
    trusted: None,
    canary: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A proxy with an https:// URL gets its login over TLS, and a tunnel has its own TLS inside (SEC-5)."""
    through = proxy(login="me:pass")
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", f"https://me:pass@127.0.0.1:{behind_tls(through.port)}")
    assert len(ask(target(f"{scheme}://{HOST}/{'openai/' * (scheme == 'http')}v1"))) == found
    assert len(through.heads) == 1
    assert scheme == "http" or canary not in through.heads[0]


@pytest.mark.req("SEC-5", "MD-15")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_untrusted_proxy_gets_nothing(  # noqa: PLR0917
    scheme: str,
    ask_kind: Any,
    target: Any,
    proxy: Any,
    behind_tls: Callable[[int], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An untrusted proxy gets neither login nor key, and the error is about the proxy (SEC-5)."""
    through = proxy()
    port = behind_tls(through.port)
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", f"https://me:hunter2@127.0.0.1:{port}")
    kind, error = ask_kind(target(f"{scheme}://{HOST}/v1"))
    assert (kind, through.heads) == ("TLS", [])
    assert f"127.0.0.1:{port} ({scheme.upper()}_PROXY)" in str(error)
    assert "hunter2" not in f"{error} {error!r}"


@pytest.mark.req("SEC-5", "MD-15")
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b""], ids=["a word", "no word"])
def test_a_plain_proxy_with_an_https_address(  # noqa: PLR0917
    scheme: str, answer: bytes, ask_kind: Any, target: Any, proxy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The common mistake HTTPS_PROXY=https://… for a proxy without TLS has a hint (MD-15)."""
    port = proxy(answer=answer).port
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", f"https://127.0.0.1:{port}")
    kind, error = ask_kind(target(f"{scheme}://{HOST}/v1"))
    assert kind == "TLS"
    assert error.message.startswith(f"No secure connection to the proxy 127.0.0.1:{port} (")
    assert "begins with http://" in error.hint


@pytest.mark.req("SEC-5")
def test_a_certificate_is_checked_behind_a_tunnel(
    ask_kind: Any, target: Any, proxy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that intercepts TLS with its own certificate gets no key (SEC-5)."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy().port}")
    kind, error = ask_kind(target(f"https://{HOST}/v1"))
    assert kind == "TLS"
    assert "cannot be checked" in error.message
    assert "SSL_CERT_FILE" in error.hint


@pytest.mark.req("SEC-5")
def test_a_list_comes_through_a_socks_proxy(
    ask: Any, target: Any, proxy: Any, trusted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its package installed a SOCKS proxy works, and resolves the name itself (SEC-5)."""
    through = proxy()
    monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{through.port}")
    assert [model.id for model in ask(target(f"https://{HOST}/v1"))] == ["tls"]
    assert through.heads == [HOST]


@pytest.mark.req("SEC-1", "SEC-5")
@pytest.mark.parametrize("password", ["hunter2-is-the-word", "pw"])
def test_the_login_of_a_socks_proxy_is_in_no_log(  # noqa: PLR0917
    password: str,
    ask: Any,
    target: Any,
    proxy: Any,
    trusted: None,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A SOCKS login reaches the proxy, but not the HTTP libraries' logs at DEBUG (SEC-1)."""
    caplog.set_level(logging.DEBUG)
    through = proxy()
    monkeypatch.setenv("ALL_PROXY", f"socks5://somebody:{password}@127.0.0.1:{through.port}")
    assert [model.id for model in ask(target(f"https://{HOST}/v1"))] == ["tls"]
    assert password in through.heads[0]
    assert "setup_socks5_connection.started" in caplog.text
    assert f"'{password}'" not in caplog.text


@pytest.mark.req("SEC-5", "API-5")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_try_goes_through_the_proxy(  # noqa: PLR0917
    scheme: str, proxy: Any, demo: Any, trusted: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trying a model uses the same proxy as the list, with http and with a tunnel (SEC-5)."""
    through = proxy()
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", f"http://127.0.0.1:{through.port}")
    service = SettingsService(tmp_path / "dispatch.settings.json")
    uni = service.add_provider(
        name="Uni",
        type="openai-compatible",
        api_key=demo.api_key,
        base_url=f"{scheme}://{HOST}/openai/v1",
    )
    model = next(model.id for model in demo.models() if model.kind == "chat")
    result = service.try_model(uni.id, model)
    assert result.ok, result.error
    wanted = "CONNECT llm.example.edu:443" if scheme == "https" else f"POST http://{HOST}/openai/v1/chat/"
    assert through.heads[0].startswith(wanted)


@pytest.mark.req("SEC-5", "SEC-1", "MD-15")
@pytest.mark.parametrize(
    ("scheme", "answer", "kind", "words", "hint"),
    [
        ("http", None, "PROXY", "wants a name and password (407)", "name:password@proxy"),
        ("https", None, "PROXY", "wants a name and password (407)", "name:password@proxy"),
        ("https", b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "PROXY", "refused to connect (502)", "NO_PROXY"),
        ("https", b"HTTP/1.1 302 Found\r\n\r\n", "PROXY", "refused to connect (302)", "NO_PROXY"),
        (
            "http",
            b"HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n",
            "HTTP_STATUS",
            "(503)",
            "through the proxy",
        ),
        (
            "http",
            b"HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n",
            "HTTP_STATUS",
            "(403)",
            "through the proxy",
        ),
        ("http", b"HTTP/1.1 200 OK\r\n\r\n<html>", "MALFORMED", "a web page", "through the proxy"),
        ("https", b"SSH-2.0-x\r\n", "INTERRUPTED", "broke before", "through the proxy"),
        ("http", b"\x05\x00", "MALFORMED", "not HTTP", "through the proxy"),
    ],
)
def test_what_a_proxy_does_wrong_names_the_proxy(  # noqa: PLR0917
    scheme: str,
    answer: bytes | None,
    kind: str,
    words: str,
    hint: str,
    ask_kind: Any,
    target: Any,
    proxy: Any,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An error names the proxy's host, port and variable, but not its password (SEC-5, SEC-1)."""
    caplog.set_level(logging.DEBUG)
    through = proxy(login="somebody:else", answer=answer)
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", f"http://me:hunter2@127.0.0.1:{through.port}")
    found, told = ask_kind(target(f"{scheme}://{HOST}/v1"))
    error = told if told.__class__.__name__ == "DiscoveryError" else told.error
    assert found == kind
    assert words in error.message
    assert hint in error.hint
    assert f"the proxy 127.0.0.1:{through.port} ({scheme.upper()}_PROXY)" in str(error).replace("The", "the")
    assert "hunter2" not in f"{error} {error!r} {vars(error)} {caplog.text}"
    assert error.__cause__ is error.__context__ is None


@pytest.mark.req("SEC-5", "MD-9")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_away_or_silent(
    scheme: str, ask_kind: Any, target: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that is down has its own error; one that never responds ends with the deadline (MD-9)."""
    variable = f"{scheme.upper()}_PROXY"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setenv(variable, f"http://me:hunter2@127.0.0.1:{port}")
        kind, error = ask_kind(target(f"{scheme}://{HOST}/v1"), timeout_seconds=0.2)
        assert kind == "TIMEOUT"
        assert error.hint.endswith(f"The way there goes through the proxy 127.0.0.1:{port} ({variable}).")
    kind, error = ask_kind(target(f"{scheme}://{HOST}/v1"))
    assert kind == "PROXY"
    assert error.message == (
        f"The proxy 127.0.0.1:{port} ({variable}) on the way to {HOST} cannot be reached."
    )


@pytest.mark.req("SEC-5")
def test_the_environment_is_read_at_each_request(
    run: Any, target: Any, proxy: Any, demo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy variable that is set, changed or removed applies from the next request on (SEC-5)."""
    first, second = proxy(), proxy()
    find = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, *rest, **more: find("127.0.0.1", *rest, **more))

    async def work() -> list[int]:
        discoverer = Discoverer()
        seen = []
        for through in (None, first, second, None):
            monkeypatch.delenv("HTTP_PROXY", raising=False)
            if through is not None:
                monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{through.port}")
            whom = target(f"http://{HOST}:{demo.port}/openai/v1")
            assert len(await discoverer.discover(whom, force_refresh=True)) == 30
            seen.append(len(first.heads) * 10 + len(second.heads))
        return seen

    assert run(work()) == [0, 10, 11, 11]


@pytest.mark.req("SEC-5")
@pytest.mark.parametrize(
    ("no_proxy", "host", "goes_direct"),
    [
        ("llm.example.edu", HOST, True),
        (".example.edu, other", HOST, True),
        ("example.edu", HOST, True),
        ("llm.example.edu:8443", HOST, True),
        ("llm.example.edu:443", HOST, False),
        ("*", HOST, True),
        ("other.example.edu", HOST, False),
        ("ample.edu", HOST, False),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("fd00::/8", "fd00::7", True),
        ("10.0.0.0/8", HOST, False),
    ],
)
def test_hosts_that_need_no_proxy(
    no_proxy: str, host: str, goes_direct: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_PROXY accepts hosts, domains, hosts with a port, and networks (SEC-5)."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.edu:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert (proxy_for("https", host, 8443) is None) is goes_direct


@pytest.mark.req("SEC-5")
def test_a_host_in_no_proxy_is_reached_directly(
    ask_kind: Any, target: Any, proxy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_PROXY applies from the next request on, and the proxy gets no connection (SEC-5)."""
    through = proxy()
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, 1, 6, "", ("127.0.0.1", 1))]
    )
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{through.port}")
    monkeypatch.setenv("NO_PROXY", HOST)
    assert ask_kind(target(f"http://{HOST}:1/v1"))[0] == "CONNECTION_REFUSED"
    assert through.heads == []


@pytest.mark.req("SEC-5")
def test_a_socks_proxy_without_its_package_says_how_to_install_it(
    ask_kind: Any, target: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the variable, the package and the install command, not the proxy's password (SEC-5)."""
    monkeypatch.setitem(sys.modules, "socksio", None)  # so that importing it fails
    monkeypatch.setenv("ALL_PROXY", "socks5://me:hunter2@127.0.0.1:1")
    kind, error = ask_kind(target(f"https://{HOST}/v1"))
    assert kind == "PROXY"
    assert error.message == "The proxy in ALL_PROXY needs the package socksio, which is not installed."
    assert error.hint == 'Install it with: pip install "httpx[socks]"'
