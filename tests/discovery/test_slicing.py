"""Large responses: limits, memory, and that they do not delay others (SEC-7, MD-19)."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch_widgets.discovery.discoverer import Discoverer
from dispatch_widgets.discovery.exchange import RequestContext
from dispatch_widgets.discovery.failures import Failure
from dispatch_widgets.discovery.parsing import find_list, normalise, parse
from dispatch_widgets.discovery.slicing import Turns, in_slices
from dispatch_widgets.errors import DiscoveryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MIB = 1024 * 1024
MOST = 200_000  # SEC-7
CONTEXT = RequestContext("P", "llm.example.edu", "https://llm.example.edu/models", "", "", 10)


def _slices(body: bytes) -> list[bytes]:
    return list(asyncio.run(in_slices(body, CONTEXT, Turns())))


def _list_of(entry: bytes, count: int) -> bytes:
    return b'{"data": [' + b",".join([entry] * count) + b"]}"


def _answer(body: bytes, *headers: str) -> bytes:
    head = "\r\n".join(["HTTP/1.1 200 OK", f"content-length: {len(body)}", *headers, "", ""])
    return head.encode() + body


ITEM = {"id": "m", "text": 'brackets ]}, quotes \\" and é \U0001f600', "nested": {"a": [1, {"b": "]"}]}}


def _items(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [{**ITEM, "id": f"m{number}"} for number in range(start, start + count)]


@pytest.mark.req("MD-5", "SEC-7")
@pytest.mark.parametrize(
    "envelope",
    [
        lambda items: items,
        lambda items: {"object": "list", "data": items, "has_more": False},
        lambda items: {"data": {"models": items, "total": 3}, "success": True},
        lambda items: {"notes": ["a", ["b"]], "models": items, "data": items},
        lambda items: {"models": items, "other": items},
        lambda items: {"result": items, "errors": [], "messages": [{"text": "["}]},
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_slices_hold_what_the_whole_holds(envelope: Callable[[Any], Any], indent: int | None) -> None:
    """A large response in slices gives the same models, in the same order, as parsed at once."""
    document = envelope(_items(20_000))
    body = json.dumps(document, indent=indent, ensure_ascii=False).encode()
    documents = [parse(each) for each in _slices(body)]
    assert len(documents) > 1
    listed = [item for each in documents for item in find_list(each) or []]
    assert listed == find_list(document)
    for each in documents:
        assert type(each) is type(document)
        if isinstance(document, dict):
            assert {k: v for k, v in each.items() if type(v) is not list} == {
                k: v for k, v in document.items() if type(v) is not list
            } or "models" in each.get("data", ())


@pytest.mark.req("MD-11", "MD-19")
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 4000), st.sampled_from([b"", b'"', b"]", b"}", b"{", b"[", b",", b"\\", b"x", b"\xff"]))
def test_damage_is_seen_in_slices_as_it_is_in_the_whole(place: int, damage: bytes) -> None:
    """A large response with a byte too few or too many is valid in slices exactly if it is as a whole."""
    body = json.dumps({"data": [{"id": f"{number:>60}"} for number in range(20_000)]}).encode()
    place = len(body) - place if place % 2 else place
    damaged = body[:place] + damage + body[place + 1 :]
    if len(damaged) <= MIB:
        return
    assert _is_read(lambda: [parse(each) for each in _slices(damaged)]) == _is_read(lambda: [parse(damaged)])


def _is_read(read: Callable[[], list[Any]]) -> list[Any] | None:
    """The items that are read; None if the response is refused."""
    try:
        return [item for document in read() for item in find_list(document) or []]
    except (ValueError, Failure):
        return None


@pytest.mark.req("SEC-7")
def test_200_000_models_are_read_and_one_more_is_too_large(
    ask_kind: Any, target: Any, raw_server: Any
) -> None:
    """The limit for the number of models is exact (SEC-7)."""
    for count, kind in ((MOST, None), (MOST + 1, "TOO_LARGE")):
        body = json.dumps({"data": [{"id": f"m{number}"} for number in range(count)]}).encode()
        server = raw_server(_answer(gzip.compress(body, 1), "content-encoding: gzip"))
        met, models = ask_kind(target(f"http://127.0.0.1:{server.port}/v1"), timeout_seconds=60)
        assert met == kind
        if kind is None:
            assert (len(models), models[MOST - 1].id) == (MOST, f"m{MOST - 1}")
        else:
            assert "more than 200,000 models" in str(models)


@pytest.mark.req("SEC-7")
def test_pages_share_the_limit(ask_kind: Any, target: Any, mocked: Any) -> None:
    """The limit for the number of models applies to all pages together."""
    ids = iter(range(10**9))
    pages = [
        {"data": [{"id": str(next(ids))} for _ in range(20_000)], "has_more": True, "last_id": f"p{page}"}
        for page in range(11)
    ]
    server = mocked(*pages)
    met, error = ask_kind(target(type="anthropic"), timeout_seconds=60)
    assert met == "TOO_LARGE"
    assert "200,000" in str(error)
    assert len(server.requests) == 11


@pytest.mark.req("SEC-7")
@pytest.mark.parametrize(
    "body",
    [
        _list_of(b"{}", 300_000),
        _list_of(b'{"id":"a"}', 201_000),
        b'{"data": [{"id": "' + b"x" * (3 * MIB) + b'"}]}',
        b'{"data": [{"id": "a", "x": [' + b",".join([b"[]"] * 500_000) + b"]}]}",
        b"[" + b",".join([b'"a"'] * 900_000) + b"]",
        b"[" + b"9" * (3 * MIB) + b"]",
        b'{"data": ["' + b"x" * (3 * MIB),
        b"{" + b",".join(b'"k%d": [{}]' % number for number in range(200_000)) + b"}",
        b'{"data": []' + b", " * (3 * MIB) + b"}",
    ],
    ids=["empty objects", "ids", "string", "lists", "texts", "number", "no end", "keys", "blanks"],
)
def test_what_no_list_of_models_is_like_is_not_made_into_objects(body: bytes) -> None:
    """Too many entries, or one that is too large for a model, is TOO_LARGE before it is parsed (SEC-7)."""
    with pytest.raises(Failure) as caught:
        _slices(body)
    assert caught.value.kind == "TOO_LARGE"


@pytest.mark.req("MD-11")
@pytest.mark.parametrize(
    "body",
    [
        b"<html>" + b"<p>{}[]</p>" * 200_000,
        b"[" * (2 * MIB),
        b'{"a":' * MIB,
        b"[{}]" * MIB,
        b"[" + b'{"id": "a"} ' * 150_000 + b"]",
        b'{"data": [' + b'{"id": "a"},' * 150_000,
        b"x" * (3 * MIB),
    ],
    ids=["a web page", "deep lists", "deep objects", "many values", "no commas", "cut off", "text"],
)
def test_what_is_not_json_is_refused_in_slices_too(body: bytes) -> None:
    """A large body that is not JSON is described by its beginning (MD-11)."""
    with pytest.raises(ValueError, match="line"):  # noqa: PT012 - any of them
        for each in _slices(body):
            assert each.startswith(body[:100])
            parse(each)


@pytest.mark.req("MD-11", "SEC-7")
def test_what_is_in_every_slice_is_counted_once(ask: Any, target: Any, mocked: Any) -> None:
    """Models without an id are counted once if it is another list that is long (MD-11)."""
    mocked({"data": [{"id": "a"}, {"title": "b"}], "notes": [{"text": "x" * 100} for _ in range(12_000)]})
    assert ask(target()).warning == "1 model without an id was left out. The other 1 is fine."


def test_small_answers_are_not_touched() -> None:
    """A usual response is parsed at once."""
    body = json.dumps({"data": [{"id": f"m{number}"} for number in range(5000)]}).encode()
    (document,) = _slices(body)
    assert document is body


@pytest.mark.req("SEC-1")
def test_a_key_is_masked_in_every_slice(ask: Any, target: Any, raw_server: Any, canary: str) -> None:
    """A key that a server echoes in a large list is masked everywhere (SEC-1)."""
    items = [{"id": f"m{number}", "name": f"{canary} {number}", "x": "y" * 200} for number in range(6000)]
    server = raw_server(_answer(json.dumps({"data": items}).encode()))
    models = ask(target(f"http://127.0.0.1:{server.port}/v1"))
    assert len(models) == 6000
    assert not any(canary in model.name for model in models)


@pytest.mark.req("MD-9", "MD-19")
def test_reading_ends_with_the_deadline(run: Any, target: Any, mocked: Any, monkeypatch: Any) -> None:
    """If parsing passes the deadline it ends with a time-out (MD-19)."""
    mocked({"data": [{"id": f"m{number}"} for number in range(50_000)]})
    reads = []

    def read_slowly(items: Any, **options: Any) -> Any:
        reads.append(items)
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(loop, "time", lambda: 1e9)  # the time is over
        time.sleep(0.01)
        return normalise(items, **options)

    monkeypatch.setattr("dispatch_widgets.discovery.listing.normalise", read_slowly)

    async def work() -> None:
        discoverer = Discoverer(timeout_seconds=30)
        with pytest.raises(DiscoveryError) as caught:
            await discoverer.discover(target())
        assert caught.value.kind == "TIMEOUT"
        assert len(reads) < 5  # of 100

    run(work())


COSTS = """
import asyncio, json, re, sys, threading, time
from pathlib import Path
from pydantic_core import from_json
from dispatch_widgets.discovery.discoverer import Discoverer
from dispatch_widgets.discovery.models import Target
from dispatch_widgets.errors import DiscoveryError

def target(url):
    return Target(provider_id=url, name="P", type="openai-compatible", base_url=url, api_key="sk-0123456")

def mib(field):
    return int(re.search(field + r":\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

class Ticks:
    # The most work that this process did while one thread, or the loop, was kept from running. Processor
    # time, because of what else the machine does at the moment nothing is known.
    def __init__(self):
        self.most, self.last = 0.0, time.process_time()
    def note(self):
        now = time.process_time()
        self.most, self.last = max(self.most, now - self.last), now
    def in_thread(self, ended):
        while not ended.wait(0.001):
            self.note()
    async def on_loop(self):
        while True:
            await asyncio.sleep(0)
            self.note()

def beside_a_thread(work):
    ended, ticks = threading.Event(), Ticks()
    thread = threading.Thread(target=ticks.in_thread, args=(ended,))
    thread.start()
    try:
        return work(), ticks
    finally:
        ended.set()
        thread.join()
        ticks.note()

async def ask(url, kind):
    discoverer = Discoverer(timeout_seconds=120)
    ticks = Ticks()
    ticking = asyncio.ensure_future(ticks.on_loop())
    try:
        outcome = len(await discoverer.discover(target(url)))
    except DiscoveryError as error:
        outcome = error.kind
    ticks.note()
    ticking.cancel()
    return outcome, ticks

small, large, path = sys.argv[1:]
asyncio.run(ask(small, "small"))
Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
resident, before = mib("VmRSS"), time.process_time()
(outcome, loop), thread = beside_a_thread(lambda: asyncio.run(ask(large, "large")))
took = time.process_time() - before
grown = mib("VmHWM") - resident
body = Path(path).read_bytes()
_, whole = beside_a_thread(lambda: from_json(body))
print(json.dumps([outcome, grown, loop.most, thread.most, max(took, whole.most)]))
"""


def _entry_of_lists(name: str, lists: int) -> str:
    return f'{{"id":"{name}","x":[{",".join(["[]"] * lists)}]}}'


def _data(entries: Iterable[str]) -> bytes:
    return f'{{"data":[{",".join(entries)}]}}'.encode()


COSTLY: dict[str, tuple[Callable[[], bytes], Any]] = {
    "a million ids": (lambda: _data(f'{{"id":"m{n}"}}' for n in range(1_400_000)), "TOO_LARGE"),
    "200,000 models": (lambda: _data(f'{{"id":"m{n}","note":"{"x" * 80}"}}' for n in range(MOST)), MOST),
    "entries of lists": (lambda: _data(_entry_of_lists(f"m{n}", 40_000) for n in range(50)), 50),
    "one entry of lists": (lambda: _data([_entry_of_lists("m", 3_000_000)]), "TOO_LARGE"),
    "wide letters": (lambda: _data(f'{{"id":"\U0001f600{n}{"x" * MIB}"}}' for n in range(30)), 30),
}


@pytest.mark.req("SEC-7", "MD-19")
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the peak is read from Linux")
@pytest.mark.parametrize("name", list(COSTLY))
def test_a_large_response_delays_nothing(name: str, raw_server: Any, tmp_path: Path) -> None:
    """Memory stays below 300 MiB, and other tasks and threads continue to run (SEC-7, MD-19)."""
    make, expected = COSTLY[name]
    body = make()
    (tmp_path / "body").write_bytes(body)
    small = raw_server(_answer(b'{"data": [{"id": "a", "x": 1}]}'))
    large = raw_server(_answer(gzip.compress(body, 1), "content-encoding: gzip"))
    urls = [f"http://127.0.0.1:{server.port}" for server in (small, large)]
    done = subprocess.run(
        [sys.executable, "-c", COSTS, *urls, str(tmp_path / "body")],
        capture_output=True, text=True, timeout=170, check=True,
    )  # fmt: skip
    outcome, grown, on_loop, in_thread, all_of_it = json.loads(done.stdout)
    assert outcome == expected
    assert grown < 300
    assert on_loop < all_of_it / 4, "other tasks of the loop had to wait for most of the work"
    assert in_thread < all_of_it / 4, "other threads had to wait as if it was parsed as a whole"
