"""Base URLs that the Dispatch app takes: where it does not, it refuses the whole file (ST-7).

``npm install`` in ``tests/settings/node`` puts zod there, whose own answer is asked for too, as the
continuous integration does; with ``DISPATCH_REQUIRE_NODE=1`` its absence fails the tests instead of
skipping them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dispatch_widgets.errors import InvalidInputError
from dispatch_widgets.urls import app_accepts, ipv4_of, is_private_host, normalise_base_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.req("ST-7")

NODE = Path(__file__).parent / "node"

ACCEPTED = [
    "https://api.openai.com/v1",
    "http://localhost:11434/v1",
    "http://127.1/v1",
    "http://0x7f.1",
    "http://2130706433/v1",
    "http://017700000001",
    "http://0x/",
    "http://1.2.3.0x",
    "http://1.2.3.4./v1",
    "http://[::1]:8000/v1",
    "http://[::ffff:1.2.3.4]/v1",
    "http://a_b.example/v1",
    "http://-a-.example/v1",
    "http://1.2.3.example",
    "http://host:/v1",
    "http://host:00080/v1",
    "https://bücher.example/v1",
    "https://xn--bcher-kva.example/v1",
    "https://faß.example",
    "http://\uff11\uff12\uff17.1/v1",
    "http://אב.example",
    "  http://host/v1 ",
    "http:host",
    "http:/\\host",
    "http://h%41st/",
    "http://user:pass@host/v1",
    "https://host/v1?api-version=1#x",
    "ftp://host",
    "localhost:11434",
    "llm://any-host/",
    "llm:anything at all",
    "file:///etc",
]
REFUSED = [
    "",
    "llm.example.edu/v1",
    "/v1",
    "http://",
    "http://?",
    "http://user@/v1",
    "http://192.168.1.300/v1",
    "http://1.2.3.4.5",
    "http://1.2.3.08",
    "http://4294967296",
    "http://256.1",
    "http://1..2",
    "http://0x1g.1",
    "http://example.1",
    "http://example.0x7f",
    "http://a.09",
    "http://[fe80::1%25eth0]/v1",
    "http://[fe80::1%eth0]/v1",
    "http://[::1]x/",
    "http://[::1",
    "http://[1.2.3.4]",
    "http://[:::1]",
    "https://xn--a.example",
    "https://xn--.example",
    "https://xn--bücher.example",
    "http://a b/",
    "http://a<b/",
    "http://a^b/",
    "http://a|b/",
    "http://a%b/",
    "http://a%2fb/",
    "http://%20/",
    "http://%ff/",
    "http://host:65536/v1",
    "http://host:x/v1",
    "http://host:8a/",
    "http://\u00ad/",
    "http://\uff11.\uff12.\uff13.\uff13\uff10\uff10",
    "llm://a|b",
    "llm://any host/",
    "llm://host:99999",
]


@pytest.fixture(scope="module")
def zod() -> Iterator[Callable[[list[str]], list[bool]]]:
    """What zod says of each text, where both of its versions say the same."""
    missing = ""
    if shutil.which("node") is None:
        missing = "node is not installed"
    elif not (NODE / "node_modules" / "zod").is_dir():
        missing = "zod is not installed; npm install in tests/settings/node"
    if missing and os.environ.get("DISPATCH_REQUIRE_NODE"):
        pytest.fail(missing)
    elif missing:
        pytest.skip(missing)

    with subprocess.Popen(
        ["node", "urls.mjs"],
        cwd=NODE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as asked:
        assert asked.stdin is not None
        assert asked.stdout is not None
        questions, replies = asked.stdin, asked.stdout

        def ask(texts: list[str]) -> list[bool]:
            print(json.dumps(texts), file=questions, flush=True)
            answers = json.loads(replies.readline())
            assert all(three == four for three, four in answers), [
                text for text, (three, four) in zip(texts, answers, strict=True) if three != four
            ]
            return [three for three, _ in answers]

        yield ask


@pytest.mark.parametrize("url", ACCEPTED)
def test_what_the_app_takes_is_known(url: str) -> None:
    """What the WHATWG's parser takes is no reason to warn of the app."""
    assert app_accepts(url)


@pytest.mark.parametrize("url", REFUSED)
def test_what_the_app_refuses_is_known(url: str) -> None:
    """What the WHATWG's parser refuses is known without it."""
    assert not app_accepts(url)


def test_zod_says_the_same(zod: Callable[[list[str]], list[bool]]) -> None:
    """The app's own check gives the same answers to the whole table."""
    answers = dict(zip(ACCEPTED + REFUSED, zod(ACCEPTED + REFUSED), strict=True))
    assert answers == {url: url in ACCEPTED for url in ACCEPTED + REFUSED}


numbers = st.one_of(
    st.integers(0, 300).map(str),
    st.integers(0, 2**33).map(str),
    st.integers(0, 2**33).map(hex),
    st.integers(0, 2**33).map(lambda number: f"0{number:o}"),
    st.sampled_from(["0x", "08", "0X7F", "00", "1e3", "٣", "\uff11\uff12", "²"]),
)
labels = st.one_of(
    numbers,
    st.text("abz-_0179", max_size=5),
    st.text(max_size=4),
    st.text(
        "abc\u00e4\u00f6\u00fc\u00df\u017f\u0131\u0130\u05d0\u05d1\u05e4\u0663\u4e00\u00e9\u0301\u200c\u200d\u00ad\u3002\uff0e",
        min_size=1,
        max_size=4,
    ),
    st.text("abz019-", max_size=6).map(lambda text: "xn--" + text),
    st.sampled_from(["bücher", "straße", "münchen", "日本語", "пример"]).map(
        lambda text: "xn--" + text.encode("punycode").decode()
    ),
    st.text("0123456789abcdef%[]:@ <>^|", max_size=5),
)
hosts = st.one_of(
    st.lists(labels, min_size=1, max_size=5).map(".".join),
    st.text("0123456789abcdef:.%[]x", max_size=12).map(lambda text: f"[{text}]"),
    st.ip_addresses().map(lambda address: f"[{address}]" if address.version == 6 else str(address)),
)
ports = st.one_of(st.just(""), st.integers(0, 70_000).map(lambda port: f":{port}"), st.just(":x"))
urls = st.builds(
    lambda host, port, tail: f"http://{host}{port}{tail}", hosts, ports, st.sampled_from(["", "/v1"])
)


def stored(url: str) -> list[str]:
    """What this package would save for a base URL: nothing if it refuses it."""
    try:
        return [normalise_base_url(url, "openai-compatible").url]
    except InvalidInputError:
        return []


@given(st.lists(urls, min_size=150, max_size=200))
@example(["http://\u05e4\u200d"])  # zod refuses it, and takes it without the joiner, as it is stored
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_that_zod_refuses_is_accepted(
    zod: Callable[[list[str]], list[bool]], many: list[str]
) -> None:
    """Whatever the host: what this package says that the app takes, and what it stores, zod takes."""
    claimed = [url for url in many if app_accepts(url)] + [text for url in many for text in stored(url)]
    assert [url for url, taken in zip(claimed, zod(claimed), strict=True) if not taken] == []


@pytest.mark.parametrize("type_", ["anthropic", "openai-compatible"])
@pytest.mark.parametrize("url", [url for url in REFUSED if url.startswith("http")])
def test_what_the_app_refuses_is_refused_where_it_is_entered(url: str, type_: str) -> None:
    """No such base URL gets into the file by this package (ST-7)."""
    with pytest.raises(InvalidInputError):
        normalise_base_url(url, type_)


@pytest.mark.parametrize(
    "url", ["http://127.1/v1", "http://0x7f.1/v1", "http://2130706433", "https://bücher.example/v1"]
)
def test_what_the_app_writes_otherwise_is_stored_as_it_is(url: str) -> None:
    """The app's check changes nothing, so neither does this package."""
    assert normalise_base_url(url, "openai-compatible").url == url


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.1", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("10.1.258", "10.1.1.2"),
        ("0xa000001", "10.0.0.1"),
        ("192.168.1.300", None),
        ("1.2.3.08", None),
        ("1" * 5000, None),
        ("host", None),
    ],
)
def test_addresses_in_other_writings(host: str, address: str | None) -> None:
    """Short, octal, hexadecimal and single numbers mean what the WHATWG says (MD-14)."""
    assert ipv4_of(host) == address
    if address:
        assert is_private_host(host)
