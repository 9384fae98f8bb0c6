"""The key is in the request and nowhere else (SEC-1)."""

from __future__ import annotations

import base64
import logging
import pickle
import re
import traceback
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest

from dispatch_widgets.discovery.diagnose import diagnose
from dispatch_widgets.discovery.discoverer import Discoverer
from dispatch_widgets.discovery.log_redaction import kept_out_of_logs, redact_logs
from dispatch_widgets.errors import DiscoveryError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import respx

FAULTS = (None, "401", "echo-key", "429", "500", "html", "reset", "truncated", "not-http", "invalid-json")
MORE_FAULTS = ("redirect", "gzip-bomb", "huge-headers", "key-error-200", "drip-headers")


@pytest.fixture
def everything_logged() -> Iterator[list[str]]:
    """All records of all loggers at DEBUG, formatted, with their arguments' repr."""
    seen: list[str] = []
    root = logging.getLogger()

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(self.format(record) + repr(record.args) + repr(record.exc_info))

    handler = Keep()
    levels = {
        name: logging.getLogger(name).level
        for name in ("", "httpx", "httpcore", "h11", "anyio", "hpack", "asyncio")
    }
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield seen
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def _told(error: BaseException) -> str:
    """Everything that an error shows: itself, its causes, tracebacks with our frames' variables."""
    shown = [repr(error), str(error), repr(error.__dict__), repr(pickle.dumps(error))]
    shown += traceback.format_exception(error)
    frames = traceback.TracebackException.from_exception(error, capture_locals=True)
    for frame in frames.stack:
        if "dispatch_widgets" in frame.filename:
            shown.append(f"{frame.name} {frame.locals}")
    for led_to in (error.__cause__, error.__context__):
        if led_to is not None:
            shown.append(_told(led_to))
    return "\n".join(shown)


def _clean(text: str, key: str) -> bool:
    forms = (key, key[:-4], quote(key), base64.b64encode(key.encode()).decode(), key[::-1])
    return not any(form in text for form in forms)


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize("kind", ["openai-compatible", "anthropic"])
@pytest.mark.parametrize("fault", [*FAULTS, *MORE_FAULTS])
def test_no_output_holds_the_key(  # noqa: PLR0917
    fault: str | None, kind: str, run: Any, target: Any, demo: Any, canary: str, everything_logged: list[str]
) -> None:
    """Errors, lists, pickles, tracebacks with variables and DEBUG logs of everybody hold no key (SEC-1)."""
    base_url = demo.openai_base_url if kind == "openai-compatible" else demo.anthropic_base_url
    whom = target(base_url, type=kind)
    shown: list[str] = []
    led_to: list[tuple[BaseException | None, BaseException | None]] = []

    async def work() -> None:
        discoverer = Discoverer(timeout_seconds=0.5 if fault == "drip-headers" else 20)
        if fault:
            demo.play(fault)
        for _ in range(2):
            try:
                models = await discoverer.discover(whom, force_refresh=True)
            except DiscoveryError as error:
                led_to.append((error.__cause__, error.__context__))
                shown.append(_told(error))
                shown.append(repr(error.as_dict()))
            else:
                shown.append(f"{models!r}{models.error!r}{pickle.dumps(models)!r}{models.warning}")
        shown.append(
            f"{discoverer.book.last_error('p')!r}{whom!r}{discoverer.__dict__!r}{discoverer.book.peek(whom)!r}"
        )
        shown.append(repr(vars(discoverer.book)))
        shown.append(str(await diagnose(whom, timeout_seconds=min(2, discoverer.timeout_seconds))))

    run(work())
    assert len(shown) >= 5
    assert set(led_to) <= {(None, None)}
    assert everything_logged
    for text in [*shown, *everything_logged]:
        assert _clean(text, canary)


@pytest.mark.req("SEC-1")
def test_libraries_that_log_headers_are_redacted(
    run: Any, target: Any, canary: str, everything_logged: list[str], respx_mock: respx.MockRouter
) -> None:
    """A request's log records of httpcore and hpack are masked, also for HTTP/2 (SEC-1)."""

    async def answer(request: httpx.Request) -> httpx.Response:
        for name in ("httpcore.http2", "hpack.hpack", "httpcore.http11", "httpx"):
            logging.getLogger(name).debug("send %r %s", request.headers.raw, {"x-api-key": canary})
        logging.getLogger("httpcore.connection").debug("nothing to hide")
        return httpx.Response(200, headers={"x-echo": canary}, json={"data": []})

    async def work() -> None:
        respx_mock.route().mock(side_effect=answer)
        discoverer = Discoverer()
        await discoverer.discover(target(type="anthropic"))

    run(work())
    assert any("sk-…a1b2" in line for line in everything_logged)
    assert any(line.startswith("nothing to hide") for line in everything_logged)
    assert all(_clean(line, canary) for line in everything_logged)


@pytest.mark.req("SEC-1")
def test_other_peoples_records_are_left_alone(everything_logged: list[str]) -> None:
    """Outside of the package's own requests the filter changes no record."""
    redact_logs()
    logging.getLogger("httpcore.http11").debug("sent %s", "sk-somebody-elses-0123456789")
    assert any("sk-somebody-elses-0123456789" in line for line in everything_logged)


@pytest.mark.req("SEC-1")
def test_a_server_that_echoes_the_key(ask: Any, target: Any, mocked: Any, canary: str) -> None:
    """A key in an error's text, a redirect's target or a model's own name is shown masked or not at all."""
    hidden = f"{canary[:9]}\u00ad{canary[9:20]}\u200b{canary[20:]}"
    said = f"bad {canary} and {quote(canary)} and {hidden} and {canary.upper()}"
    echo = httpx.Response(418, json={"error": {"message": said}})
    away = httpx.Response(302, headers={"location": f"https://other.example.net/{canary}/models?k={canary}"})
    for answer in (echo, away):
        mocked(answer)
        with pytest.raises(DiscoveryError) as caught:
            ask(target())
        assert _clean(_told(caught.value), canary)
        assert "7Hq2" not in str(caught.value)
        assert "ZX9LMW" not in str(caught.value)


@pytest.mark.req("SEC-5")
def test_the_key_stays_with_its_host(ask: Any, target: Any, demo: Any) -> None:
    """A redirect to another origin is not followed (SEC-5)."""
    demo.play("redirect-elsewhere")
    with pytest.raises(DiscoveryError) as caught:
        ask(target(demo.openai_base_url))
    assert caught.value.kind == "REDIRECT"
    assert demo.stray_requests == ()


@pytest.mark.req("SEC-1")
def test_a_target_is_not_pickled(target: Any, canary: str) -> None:
    """A target, which holds the key, cannot be pickled, and its repr masks the key."""
    with pytest.raises(TypeError):
        pickle.dumps(target())
    assert _clean(repr(target()), canary)


@pytest.mark.req("SEC-1")
def test_a_key_listed_as_a_model_is_masked(
    run: Any, target: Any, mocked: Any, canary: str, everything_logged: list[str]
) -> None:
    """A key that a server lists as an id or name is masked; short placeholders stay."""

    async def work(key: str, sent: str = "") -> str:
        document = {"data": [{"id": key, "name": f"the {key} model"}, {"id": "m", "owned_by": key}]}
        mocked(document)
        discoverer = Discoverer()
        models = await discoverer.discover(target(api_key=sent or key))
        return f"{models!r}{models._repr_html_()}{pickle.dumps(models)!r}{[model.id for model in models]}"

    assert _clean(run(work(canary)), canary)
    for mark in ("\u00ad", "\u200b", "\u2060"):
        hidden = mark.join(canary)
        assert "7Hq2" not in re.sub(f"{mark}|\\\\u....|\\\\xad", "", run(work(hidden, sent=canary)))
    assert "ollama" in run(work("ollama"))
    assert all(_clean(line, canary) for line in everything_logged)


@pytest.mark.req("SEC-1")
def test_logs_are_changed_only_while_a_request_is_under_way(
    canary: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A key is masked in httpx's records during its request, and is not stored for later ones."""
    redact_logs()
    log = logging.getLogger("httpx")
    with caplog.at_level(logging.INFO, "httpx"):
        with kept_out_of_logs("plain words"):
            log.info("%s and plain words", canary)
        log.info("plain words")
    during, after = [record.getMessage() for record in caplog.records]
    assert canary not in during
    assert "plain words" not in during
    assert after == "plain words"
