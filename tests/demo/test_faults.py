"""The demo server's faults, seen by a client that repairs nothing."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import re
import threading
import zlib
from typing import TYPE_CHECKING

import pytest

from dispatch_widgets.demo import FAULT_NAMES, DemoServer, fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENDLESS = {"hang", "drip-headers", "drip-body", "never-ends"}


@pytest.fixture
def server() -> Iterator[DemoServer]:
    before = set(threading.enumerate())
    with DemoServer(models=20) as running:
        yield running
    assert set(threading.enumerate()) <= before  # one of another test may have ended meanwhile


@pytest.fixture
def ask(server: DemoServer) -> Callable[..., tuple[int, dict[str, str], bytes]]:
    """Asks one account over a connection of its own: status, headers, body."""

    def asked(
        account: str = "openai", query: str = "", seconds: float = 30
    ) -> tuple[int, dict[str, str], bytes]:
        key = server.second_api_key if account == "second" else server.api_key
        headers = {"Authorization": f"Bearer {key}", "x-api-key": key, "anthropic-version": "2023-06-01"}
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=seconds)
        with contextlib.closing(connection):
            connection.request("GET", f"/{account}/v1/models{query}", headers=headers)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()

    return asked


Ask = "Callable[..., tuple[int, dict[str, str], bytes]]"


@pytest.mark.parametrize("status", ["400", "401", "402", "403", "404", "500", "503", "529"])
def test_three_digits_play_that_status_in_each_dialect(server: DemoServer, ask: Ask, status: str) -> None:
    """MD-11: any status can be played, in the shape of the account that was asked."""
    server.play(status, message="Said so.")
    got, _, body = ask("openai")
    assert (got, json.loads(body)["error"]["message"]) == (int(status), "Said so.")
    got, headers, body = ask("anthropic")
    assert got == int(status)
    assert json.loads(body)["type"] == "error"
    assert json.loads(body)["request_id"] == headers["request-id"]


@pytest.mark.req("MD-10")
@pytest.mark.parametrize(
    ("given", "sent"), [(60, "60"), ("1.5", "1.5"), ("Wed, 21 Oct 2026 07:28:00 GMT",) * 2, (None, None)]
)
def test_rate_limit_says_when_to_come_back(server: DemoServer, ask: Ask, given: object, sent: object) -> None:
    """MD-10: a 429 carries the Retry-After that was asked for, or none."""
    server.play("429", retry_after=given)
    status, headers, _ = ask()
    assert (status, headers.get("retry-after")) == (429, sent)


@pytest.mark.req("MD-10")
def test_quota_is_a_429_about_billing(server: DemoServer, ask: Ask) -> None:
    """MD-10: no credit is told from too many requests by its code."""
    server.play("quota")
    status, _, body = ask()
    assert (status, json.loads(body)["error"]["code"]) == (429, "insufficient_quota")


def test_a_fault_ends_after_its_times_and_stays_in_its_account(server: DemoServer, ask: Ask) -> None:
    """A fault is played for as many requests as times says; other accounts answer rightly meanwhile."""
    server.play("500", where="openai", times=2)
    assert [ask("openai")[0] for _ in range(3)] == [500, 500, 200]
    server.play("500", where="second")
    assert (ask("second")[0], ask("openai")[0], ask("anthropic")[0]) == (500, 200, 200)
    server.play(None)
    assert ask("second")[0] == 200
    server.play("500", times=0)
    assert ask("openai")[0] == 200


def test_unknown_names_and_options_are_refused(server: DemoServer) -> None:
    """A misspelt fault, account or option is an error where it is written, not a fault never played."""
    with pytest.raises(ValueError, match="no fault 'slw'"):
        server.play("slw")
    with pytest.raises(ValueError, match="no account 'mistral'"):
        server.play("500", where="mistral")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        server.play("slow", minutes=1)
    with pytest.raises(TypeError):
        server.play(fault("slow"), seconds=1)


@pytest.mark.parametrize("name", sorted(FAULT_NAMES))
def test_after_every_fault_the_server_answers_again(server: DemoServer, ask: Ask, name: str) -> None:
    """Every named fault can be played once, and the next request gets the right answer."""
    pauses = {"slow": 0.01, "drip-headers": 5, "drip-body": 5, "never-ends": 5}
    options = {"seconds": pauses[name]} if name in pauses else {}
    server.play(name, times=1, **options)
    account = "anthropic" if FAULT_NAMES[name].startswith("Anthropic") else "openai"
    with contextlib.suppress(OSError, http.client.HTTPException):
        ask(account, seconds=0.2 if name in ENDLESS else 30)
    status, _, body = ask(account)
    assert status == 200
    assert len(json.loads(body)["data"]) == 20


@pytest.mark.req("MD-9")
def test_slow_gives_the_right_answer_later(server: DemoServer, ask: Ask) -> None:
    """MD-9: slow answers rightly in the end, and a wrong key is still refused."""
    server.play("slow", seconds=0.05)
    assert ask()[0] == 200
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", "/openai/v1/models")
        assert connection.getresponse().status == 401


@pytest.mark.req("MD-9")
@pytest.mark.parametrize("name", sorted(ENDLESS))
def test_endless_answers_do_not_end_by_themselves(server: DemoServer, ask: Ask, name: str) -> None:
    """MD-9: a client without a deadline of its own waits for ever: here it is its socket's time-out."""
    server.play(name, **({} if name == "hang" else {"seconds": 1}))
    with pytest.raises(TimeoutError):
        ask(seconds=0.3)


@pytest.mark.req("MD-15")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("reset", ConnectionResetError),
        ("reset-mid-body", ConnectionResetError),
        ("truncated", http.client.IncompleteRead),
        ("truncated-chunks", http.client.IncompleteRead),
        ("close-silently", http.client.RemoteDisconnected),
        ("not-http", http.client.BadStatusLine),
        ("huge-headers", http.client.LineTooLong),
    ],
)
def test_broken_connections_break_as_named(server: DemoServer, ask: Ask, name: str, expected: type) -> None:
    """MD-15: each broken connection is seen by the client as what it is called."""
    server.play(name)
    with pytest.raises(expected):
        ask()


@pytest.mark.req("SEC-7")
def test_bomb_is_small_on_the_wire_and_large_unpacked(server: DemoServer, ask: Ask) -> None:
    """SEC-7: the gzip bomb unpacks to more than 32 MiB from less than one."""
    server.play("gzip-bomb", mib=40)
    _, headers, body = ask()
    assert headers["content-encoding"] == "gzip"
    assert len(body) < 1_048_576
    assert len(gzip.decompress(body)) > 40 * 1_048_576
    server.play("huge", mib=2)
    _, _, body = ask()
    assert len(body) > 2 * 1_048_576
    assert json.loads(body) == {"data": []}


def test_encodings_are_as_named(server: DemoServer, ask: Ask) -> None:
    """A gzip body unpacks to the right list; half of it does not end; what is only called gzip is not."""
    server.play("gzip")
    assert len(json.loads(gzip.decompress(ask()[2]))["data"]) == 20
    server.play("truncated-gzip")
    _, headers, body = ask()
    assert int(headers["content-length"]) == len(body)
    with pytest.raises(EOFError):
        gzip.decompress(body)
    assert not zlib.decompressobj(wbits=31).decompress(body).endswith(b"}")
    server.play("wrong-encoding")
    _, headers, body = ask()
    assert headers["content-encoding"] == "gzip"
    assert body.startswith(b"{")
    server.play("unknown-encoding")
    assert ask()[1]["content-encoding"] == "br"


@pytest.mark.req("SEC-5")
def test_redirects_lead_here_or_elsewhere(server: DemoServer, ask: Ask) -> None:
    """SEC-5: following the redirect would work, so that a test can tell whether a client followed."""
    server.play("redirect")
    status, headers, _ = ask()
    assert (status, headers["location"]) == (302, "/openai/v1/models?followed=1")
    assert ask(query="?followed=1")[0] == 200
    server.play("redirect-elsewhere", status=308)
    status, headers, _ = ask()
    assert status == 308
    port = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/v1/models", headers["location"])
    assert port is not None
    assert int(port[1]) != server.port
    assert server.stray_requests == ()
    connection = http.client.HTTPConnection("127.0.0.1", int(port[1]), timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", "/v1/models", headers={"Authorization": "Bearer stolen"})
        assert connection.getresponse().status == 200
    assert [request.path for request in server.stray_requests] == ["/v1/models"]
    assert "stolen" not in repr(server.stray_requests)


@pytest.mark.req("SEC-1")
def test_echo_quotes_the_key(server: DemoServer, ask: Ask) -> None:
    """SEC-1: the answer holds the key as it came, for a client to hide."""
    server.play("echo-key", status=403)
    status, _, body = ask("anthropic")
    assert status == 403
    assert server.api_key.encode() in body


@pytest.mark.req("MD-11")
def test_malformed_answers_are_malformed(server: DemoServer, ask: Ask) -> None:
    """MD-11: each wrong body is wrong in the way that its name says."""
    for name in ("invalid-json", "empty", "html"):
        server.play(name)
        status, _, body = ask()
        assert status == 200
        with pytest.raises(ValueError, match=r"."):
            json.loads(body)
    server.play("deep-json")
    with pytest.raises(RecursionError):
        json.loads(ask()[2])
    server.play("wrong-charset")
    with pytest.raises(UnicodeDecodeError):
        json.loads(ask()[2])
    server.play("nan")
    assert b"NaN" in ask()[2]
    server.play("null-data")
    assert json.loads(ask()[2])["data"] is None
    server.play("empty-list")
    assert json.loads(ask("anthropic")[2]) == {
        "has_more": False,
        "first_id": None,
        "last_id": None,
        "data": [],
    }
    server.play("missing-ids")
    assert [type(item).__name__ for item in json.loads(ask()[2])["data"]].count("dict") == 5


@pytest.mark.req("MD-1")
def test_pages_can_be_short_fail_repeat_or_never_end(server: DemoServer, ask: Ask) -> None:
    """MD-1: every trouble that paging can have is played over the real cursor."""
    server.play("short-pages")
    first = json.loads(ask("anthropic", "?limit=1000")[2])
    assert (len(first["data"]), first["has_more"]) == (5, True)
    server.play("failing-second-page")
    assert ask("anthropic")[0] == 200
    assert ask("anthropic", f"?after_id={first['last_id']}")[0] == 500
    server.play("repeat-cursor")
    again = json.loads(ask("anthropic", f"?after_id={first['last_id']}")[2])
    assert (again["last_id"], again["has_more"]) == (first["last_id"], True)
    server.play("endless-pages")
    seen: set[str] = set()
    after = ""
    for _ in range(20):
        page = json.loads(ask("anthropic", f"?after_id={after}" if after else "")[2])
        assert page["has_more"]
        after = page["last_id"]
        assert after not in seen
        seen |= {item["id"] for item in page["data"]}
    assert len(seen) == 100


@pytest.mark.req("SEC-6")
def test_hostile_names_are_sent_as_they_are(server: DemoServer, ask: Ask) -> None:
    """SEC-6: HTML, control and bidi characters and very long names arrive in ids, for a panel to defuse."""
    server.play("hostile-names")
    ids = [item["id"] for item in json.loads(ask()[2])["data"]]
    assert any("<img" in name for name in ids)
    assert any("\u202e" in name for name in ids)
    assert max(map(len, ids)) > 10_000
