"""Name look-ups, proxies, certificates (MD-9, SEC-5)."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets import SettingsService
from dispatch_widgets.discovery import environment
from dispatch_widgets.discovery.discoverer import Discoverer
from dispatch_widgets.discovery.environment import BrokenProxySettingError, proxy_for
from dispatch_widgets.errors import DiscoveryError
from dispatch_widgets.urls import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIST = b'HTTP/1.1 200 OK\r\ncontent-length: 25\r\n\r\n{"data": [{"id": "tls"}]}'
HANGS = object()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The results of name look-ups; an exception is raised, and `HANGS` hangs until the end of the test."""
    known: dict[str, Any] = {}
    ended = threading.Event()

    def find(host: str, port: int, *_: Any, **__: Any) -> Any:
        found = known.get(host, socket.gaierror(socket.EAI_NONAME, "Name or service not known"))
        if isinstance(found, Exception):
            raise found
        if found is HANGS:
            ended.wait()
            raise socket.gaierror(socket.EAI_AGAIN, "late")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", find)
    yield known
    ended.set()


@pytest.mark.req("MD-9")
def test_an_unknown_host(ask: Any, target: Any, names: dict[str, Any]) -> None:
    """A name that does not exist is an unknown host (MD-9)."""
    with pytest.raises(DiscoveryError) as caught:
        ask(target("https://llm.exmaple.edu/v1"))
    assert caught.value.kind == "UNKNOWN_HOST"
    assert caught.value.message == "There is no server named llm.exmaple.edu."


@pytest.mark.req("MD-9")
@pytest.mark.parametrize("host", ["a" * 300, "x..y", "bad_\u2603.example.edu"])
def test_a_name_that_cannot_be_one(host: str, ask_kind: Any, target: Any) -> None:
    """A host that cannot be looked up is an unknown host, not a crash (MD-9)."""
    assert ask_kind(target(f"http://{host}/v1"))[0] == "UNKNOWN_HOST"


@pytest.mark.req("MD-9")
def test_the_deadline_holds_for_the_look_up(ask_kind: Any, target: Any, names: dict[str, Any]) -> None:
    """A name look-up that hangs ends with the deadline, and the loop can end too (MD-9)."""
    names["slow.example.edu"] = HANGS
    assert ask_kind(target("http://slow.example.edu/v1"), timeout_seconds=0.2)[0] == "TIMEOUT"


@pytest.mark.req("MD-9")
def test_an_abandoned_look_up_does_not_hold_the_process() -> None:
    """The process ends while a look-up hangs (MD-9)."""
    program = """
import asyncio, socket, threading
socket.getaddrinfo = lambda *a, **k: threading.Event().wait()
from dispatch_widgets._dns_loop import new_dns_loop
from dispatch_widgets.discovery.discoverer import Discoverer
from dispatch_widgets.discovery.models import Target
from dispatch_widgets.errors import DiscoveryError
async def main():
    discoverer = Discoverer(timeout_seconds=0.1)
    target = Target(provider_id="p", name="P", type="openai-compatible",
                    base_url="http://slow.example.edu", api_key="sk-0123456789abcdef")
    try:
        await discoverer.discover(target)
    except DiscoveryError as error:
        print(error.kind)
with asyncio.Runner(loop_factory=new_dns_loop) as runner:
    runner.run(main())
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout.strip() == "TIMEOUT"
    assert ended.stderr == ""


@pytest.mark.req("MD-9")
def test_a_service_does_not_hold_the_process_either() -> None:
    """The process of a service ends too, whose requests run on the background loop (MD-9)."""
    program = """
import socket, threading
socket.getaddrinfo = lambda *a, **k: threading.Event().wait()
import dispatch_widgets as dw
service = dw.SettingsService("dispatch.settings.json", timeout_seconds=0.1)
slow = service.add_provider(name="P", type="openai-compatible", api_key="sk-0123456789abcdef",
                            base_url="https://slow.example.edu")
try:
    service.discover_models(slow.id)
except dw.DiscoveryError as error:
    print(error.kind)
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert (ended.stdout.strip(), ended.stderr) == ("TIMEOUT", "")


@pytest.mark.req("MD-9")
def test_hung_look_ups_of_one_host_share_a_thread(
    run: Any, target: Any, demo: Any, names: dict[str, Any]
) -> None:
    """Look-ups that hang take one thread per host, whatever the port, and delay no other host (MD-9)."""
    names["hung.example.edu"] = HANGS
    names["good.example.edu"] = ["127.0.0.1"]

    def threads() -> int:
        return sum("hung.example.edu" in thread.name for thread in threading.enumerate())

    async def work() -> None:
        discoverer = Discoverer(timeout_seconds=0.2)
        slow = [
            target(f"http://hung.example.edu:{port}", provider_id=str(port)) for port in range(8000, 8010)
        ]
        asking = [asyncio.ensure_future(discoverer.discover(each)) for each in slow]
        while not threads():  # noqa: ASYNC110 - a thread's beginning is no event
            await asyncio.sleep(0.01)
        good = Discoverer()
        assert len(await good.discover(target(f"http://good.example.edu:{demo.port}/openai/v1"))) == 30
        errors = await asyncio.gather(*asking, return_exceptions=True)
        assert {error.kind for error in errors} == {"TIMEOUT"}
        with pytest.raises(DiscoveryError):  # the look-up still hangs
            await discoverer.discover(slow[0])
        assert threads() == 1

    run(work())


@pytest.mark.req("MD-9")
def test_a_look_up_that_gets_no_thread_holds_up_no_later_one(run: Any, monkeypatch: Any) -> None:
    """If no thread can be started for a look-up, that one fails, and the next one works (MD-9)."""

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    async def work() -> None:
        loop = asyncio.get_running_loop()
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", refuse)
            with pytest.raises(RuntimeError, match="new thread"):
                await loop.getaddrinfo("localhost", 80)
        async with asyncio.timeout(20):
            assert await loop.getaddrinfo("localhost", 80)

    run(work())


@pytest.mark.req("MD-9")
def test_a_look_up_is_made_anew_each_time(run: Any, names: dict[str, Any]) -> None:
    """The result or error of a look-up is only for concurrent callers; the next request looks up again."""

    async def work() -> None:
        loop = asyncio.get_running_loop()
        with pytest.raises(socket.gaierror):
            await loop.getaddrinfo("later.example.edu", 80, type=socket.SOCK_STREAM)
        names["later.example.edu"] = ["127.0.0.1"]
        for port in (80, 81):
            found = await loop.getaddrinfo(b"later.example.edu", port, type=socket.SOCK_STREAM)
            assert [address for *_, address in found] == [("127.0.0.1", port)]

    run(work())


@pytest.mark.req("MD-9", "API-3")
def test_the_loop_of_the_user_keeps_its_executor(demo: Any, tmp_path: Path) -> None:
    """A request from the user's own loop does not change that loop."""
    service = SettingsService(tmp_path / "dispatch.settings.json")
    uni = service.add_provider(
        name="Uni", type="openai-compatible", api_key=demo.api_key, base_url=demo.openai_base_url
    )

    async def work() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1, thread_name_prefix="the-users-own"))
        assert len(await service.discover_models_async(uni.id)) == 30
        assert (await asyncio.to_thread(threading.current_thread)).name.startswith("the-users-own")
        assert type(loop).getaddrinfo is asyncio.BaseEventLoop.getaddrinfo

    asyncio.run(work())


@pytest.mark.req("MD-9")
def test_the_next_address_is_tried(ask: Any, target: Any, demo: Any, names: dict[str, Any]) -> None:
    """If the first address of a name does not respond, the next one is used."""
    names["two.example.edu"] = ["127.0.0.2", "127.0.0.1"]
    assert len(ask(target(f"http://two.example.edu:{demo.port}/openai/v1"))) == 30


@pytest.mark.req("SEC-5")
@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("api.localhost", True),
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", True),  # noqa: S104 - an address to judge, not to bind
        ("0", True),
        ("127.1", True),
        ("127.0.1", True),
        ("2130706433", True),
        ("0x7f.1", True),
        ("0X7F000001", True),
        ("0177.0.0.1", True),
        ("017700000001", True),
        ("::", True),
        ("0:0:0:0:0:0:0:1", True),
        ("::ffff:7f00:1", True),
        ("ip6-localhost", True),
        ("localhost.localdomain", True),
        (socket.gethostname(), True),
        (socket.gethostname().upper() + ".", True),
        ("localhost.example.edu", False),
        ("10.0.0.1", False),
        ("128.0.0.1", False),
        ("128.1", False),
        ("2147483649", False),
        ("0x80.1", False),
        ("127.0.0.1.example.edu", False),
        ("127", False),
        ("notlocalhost", False),
        ("::2", False),
        ("fe80::1%eth0", False),
        ("", False),
    ],
)
def test_loopback(host: str, loopback: bool) -> None:
    """This machine's names and addresses are recognised (SEC-5)."""
    assert is_loopback(host) is loopback


@pytest.mark.req("SEC-5")
def test_loopback_never_goes_through_a_proxy(
    ask: Any, target: Any, demo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proxies of the environment, also invalid ones, do not affect requests to this machine (SEC-5)."""
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert len(ask(target(demo.openai_base_url))) == 30
    monkeypatch.setenv("ALL_PROXY", "nonsense://")
    assert len(ask(target(demo.openai_base_url.replace("127.0.0.1", "localhost")))) == 30


@pytest.mark.req("SEC-5")
@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.1", "0", "the machine's own name"])
def test_this_machine_is_reached_directly_however_it_is_written(  # noqa: PLR0917
    host: str, ask: Any, target: Any, demo: Any, raw_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key for a server on this machine is never shown to a proxy, whatever the host's spelling (SEC-5)."""
    proxy = raw_server(LIST)
    for name in ("HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    if host.startswith("the"):
        host = "this-machine"
        monkeypatch.setattr(socket, "gethostname", lambda: host)
        find = socket.getaddrinfo
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda name, *rest, **more: find("127.0.0.1", *rest, **more)
        )
    assert len(ask(target(f"http://{host}:{demo.port}/openai/v1"))) == 30
    assert proxy.requests == []


@pytest.mark.req("SEC-5")
def test_the_proxy_of_the_environment_is_used(
    ask: Any, target: Any, raw_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything else goes through the proxy that the environment names (SEC-5)."""
    proxy = raw_server(LIST)
    monkeypatch.setenv("HTTP_PROXY", f"http://me:pass@127.0.0.1:{proxy.port}")
    assert [model.id for model in ask(target("http://llm.example.edu/v1"))] == ["tls"]
    assert proxy.requests[0].startswith(b"GET http://llm.example.edu/v1/models HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic" in proxy.requests[0]
    monkeypatch.setenv("NO_PROXY", "llm.example.edu")
    assert proxy_for("http", "llm.example.edu") is None


@pytest.mark.req("SEC-5")
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
            "wants a name and password",
        ),
        (b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n", "refused to connect"),
    ],
)
def test_a_proxy_that_refuses(  # noqa: PLR0917
    answer: bytes, words: str, ask_kind: Any, target: Any, raw_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy's refusal and a server's refusal are different errors (SEC-5)."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{raw_server(answer).port}")
    kind, error = ask_kind(target("https://llm.example.edu/v1"))
    assert kind == "PROXY"
    assert words in error.message


@pytest.mark.req("SEC-5")
@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("http://127.0.0.1:1", "cannot be reached"),
        ("http://proxy.invalid:3128", "cannot be reached"),
        ("nonsense://x", "HTTPS_PROXY does not hold the URL"),
        ("http://", "HTTPS_PROXY does not hold the URL"),
        ("http://x:99999", "HTTPS_PROXY does not hold the URL"),
        ("http://[::1", "HTTPS_PROXY does not hold the URL"),
    ],
)
def test_a_broken_proxy(  # noqa: PLR0917
    value: str, words: str, ask_kind: Any, target: Any, names: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An invalid proxy variable and a proxy that is down have their own errors (SEC-5)."""
    monkeypatch.setenv("HTTPS_PROXY", value)
    kind, error = ask_kind(target("https://llm.example.edu/v1"))
    assert kind == "PROXY"
    assert words in error.message


@pytest.mark.req("SEC-5")
def test_a_proxy_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error about a proxy names the variable, not its value."""
    monkeypatch.setenv("https_proxy", "http://me:hunter2@[broken")
    with pytest.raises(BrokenProxySettingError) as caught:
        proxy_for("https", "llm.example.edu")
    assert (caught.value.variable, "hunter2" in str(caught.value)) == ("https_proxy", False)


@pytest.mark.req("MD-9", "SEC-5")
def test_an_untrusted_certificate(ask_kind: Any, target: Any, tls_server: int) -> None:
    """A server with an untrusted certificate gets no request and no key (SEC-5)."""
    kind, error = ask_kind(target(f"https://localhost:{tls_server}/v1"))
    assert kind == "TLS"
    assert "cannot be checked" in error.message
    assert "SSL_CERT_FILE" in error.hint


@pytest.mark.req("SEC-5")
def test_a_private_authority(
    ask: Any, target: Any, tls_server: int, data_file: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SSL_CERT_FILE adds a private authority at once, and verification stays on (SEC-5)."""
    monkeypatch.setenv("SSL_CERT_FILE", str(data_file("tls/localhost.pem")))
    models = ask(target(f"https://localhost:{tls_server}/v1"))
    assert [model.id for model in models] == ["tls"]


@pytest.mark.req("SEC-5")
def test_a_certificate_for_another_name(  # noqa: PLR0917
    ask_kind: Any, target: Any, tls_server: int, data_file: Any, names: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trusted certificate for another name is refused (SEC-5)."""
    monkeypatch.setenv("SSL_CERT_FILE", str(data_file("tls/localhost.pem")))
    names["other.example.edu"] = ["127.0.0.1"]
    kind, error = ask_kind(target(f"https://other.example.edu:{tls_server}/v1"))
    assert kind == "TLS"
    assert "for another name" in error.message


@pytest.mark.req("SEC-5")
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
@pytest.mark.parametrize("broken", ["missing", "no certificates"])
def test_a_broken_certificate_variable(  # noqa: PLR0917
    variable: str, broken: str, ask_kind: Any, target: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate variable that leads nowhere is an error, before anything is sent (SEC-5)."""
    path = tmp_path / "certificates"
    if broken != "missing":
        path.write_text("not a certificate", encoding="utf-8")
    monkeypatch.setenv(variable, str(path))
    kind, error = ask_kind(target("https://localhost:1/v1"))
    assert kind == "TLS"
    assert variable in error.message


@pytest.mark.req("MD-9")
def test_https_where_http_is_spoken(ask_kind: Any, target: Any, demo: Any) -> None:
    """https:// for an http server is a TLS error with that hint."""
    kind, error = ask_kind(target(demo.openai_base_url.replace("http:", "https:")))
    assert kind == "TLS"
    assert "https:// there, or http://" in error.hint


@pytest.mark.req("MD-9")
def test_a_server_that_ends_a_tls_handshake_was_reached(ask_kind: Any, target: Any) -> None:
    """An interrupted handshake is a TLS error, as something did respond."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def cut_off() -> None:
            connection, _ = listening.accept()
            connection.recv(65536)
            connection.close()

        threading.Thread(target=cut_off, daemon=True).start()
        kind, _ = ask_kind(target(f"https://127.0.0.1:{listening.getsockname()[1]}"))
    assert kind == "TLS"


def test_one_tls_context_is_shared() -> None:
    """Loading certificates is slow, so it is done once."""
    assert environment.shared_context() is environment.shared_context()
    context = environment.shared_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
