"""Error responses."""

from __future__ import annotations

import json
import math
import time
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch_widgets.discovery.exchange import RequestContext, Response
from dispatch_widgets.discovery.response_errors import response_error, says_error
from dispatch_widgets.discovery.retry_after import retry_after_seconds

RECORDED = json.loads(
    (Path(__file__).parent.parent / "data" / "error_answers.json").read_text(encoding="utf-8")
)
NOW = 1_800_000_000.0
KEY = "sk-canary-7Hq2Zx9LmWv4Tb8Rn3Kd6Yp1a1b2"
CONTEXT = RequestContext(
    name="Example",
    host="llm.example.edu",
    url="https://llm.example.edu/v1/models",
    base_url="https://llm.example.edu/v1",
    key=KEY,
    timeout_seconds=10,
)

# What each recorded answer means, by provider and status.
MEANT = {
    ("OpenAI", 401): "INVALID_CREDENTIALS",
    ("OpenAI", 429): "QUOTA",
    ("Azure OpenAI", 401): "INVALID_CREDENTIALS",
    ("Anthropic", 401): "INVALID_CREDENTIALS",
    ("Anthropic", 529): "HTTP_STATUS",
    ("Gemini OpenAI compat", 400): "INVALID_CREDENTIALS",
    ("Gemini", 400): "FORBIDDEN",
    ("xAI", 400): "INVALID_CREDENTIALS",
    ("Mistral", 401): "INVALID_CREDENTIALS",
    ("Mistral", 422): "HTTP_STATUS",
    ("Groq", 429): "RATE_LIMITED",
    ("OpenRouter", 402): "QUOTA",
    ("Fireworks", 401): "INVALID_CREDENTIALS",
    ("DeepSeek", 401): "INVALID_CREDENTIALS",
    ("Cohere", 401): "INVALID_CREDENTIALS",
    ("SiliconFlow", 401): "INVALID_CREDENTIALS",
    ("Zhipu", 200): "INVALID_CREDENTIALS",
    ("DashScope compat", 401): "INVALID_CREDENTIALS",
    ("Nebius", 401): "INVALID_CREDENTIALS",
    ("Hugging Face router", 401): "INVALID_CREDENTIALS",
    ("vLLM / SGLang", 401): "INVALID_CREDENTIALS",
    ("llama.cpp", 401): "INVALID_CREDENTIALS",
    ("LocalAI", 401): "INVALID_CREDENTIALS",
    ("text-embeddings-inference", 404): "HTTP_STATUS",
    ("any (proxy/CDN)", 502): "HTTP_STATUS",
}


def _read(status: int, body: Any, headers: dict[str, str] | None = None) -> Any:
    raw = body if isinstance(body, str) else json.dumps(body)
    answer = Response(status, httpx.Headers(headers or {}), raw.encode())
    return response_error(answer, CONTEXT, body, now=NOW)


@pytest.mark.req("MD-8", "MD-10", "MD-15")
@pytest.mark.parametrize("recorded", RECORDED, ids=lambda item: f"{item['provider']}-{item['status']}")
def test_recorded_refusals(recorded: dict[str, Any]) -> None:
    """Every recorded error response has the right kind (MD-8)."""
    found = _read(recorded["status"], recorded["body"], recorded["headers"])
    assert found.kind == MEANT[recorded["provider"], recorded["status"]]
    stated = recorded["body"]["code"] if recorded["status"] == 200 else recorded["status"]  # Zhipu's 200
    assert found.status == stated
    assert found.message
    assert "{" not in found.as_error("p").hint


@pytest.mark.req("MD-15")
@pytest.mark.parametrize(("code", "keeps"), [(503, True), (404, False)])
def test_a_status_that_only_the_body_states_counts(code: int, keeps: bool) -> None:
    """A server error in a 200 does not drop the previous list (MD-15)."""
    found = _read(200, {"data": None, "error": {"code": code, "message": "busy"}})
    assert (found.kind, found.status, found.keeps_list) == ("HTTP_STATUS", code, keeps)


@pytest.mark.req("MD-8")
@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ({"code": 401, "msg": "no", "success": False}, "INVALID_CREDENTIALS", 401),
        ({"error": {"code": 429, "message": "busy"}}, "RATE_LIMITED", 429),
        ({"error": {"code": "402"}}, "QUOTA", 402),
        ({"error": "Invalid API key"}, "INVALID_CREDENTIALS", 200),
        ({"error": "something else"}, "MALFORMED", 200),
    ],
)
def test_the_status_is_the_one_that_the_message_names(body: Any, kind: str, status: int) -> None:
    """A refusal inside a 200 has the status that its body states, in the message and on the error (MD-8)."""
    error = _read(200, body).as_error("p")
    assert (error.kind, error.status) == (kind, status)
    assert f"({status})" in error.message or kind in {"QUOTA", "MALFORMED"}


@pytest.mark.req("MD-9", "MD-15")
@pytest.mark.parametrize(
    ("status", "kind", "keeps"),
    [(408, "TIMEOUT", True), (409, "HTTP_STATUS", False), (425, "HTTP_STATUS", False)],
)
def test_what_passes_by_itself_is_no_matter_of_key_and_base_url(status: int, kind: str, keeps: bool) -> None:
    """A time-out that the server states keeps the list; it and a refusal for now say to try again (MD-9)."""
    found = _read(status, {"error": {"message": "no"}})
    assert (found.kind, found.status, found.keeps_list) == (kind, status, keeps)
    assert "try again" in found.hint.lower()
    assert "Check the key" not in found.hint
    assert _read(status, {"error": {"message": "Invalid API key"}}).kind == "INVALID_CREDENTIALS"


@pytest.mark.req("MD-8")
def test_every_recorded_refusal_is_in_the_table() -> None:
    """The table above has all recorded responses, and no others."""
    assert {(item["provider"], item["status"]) for item in RECORDED} == set(MEANT)


@pytest.mark.req("MD-8", "MD-10")
@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (403, {"error": {"code": "invalid_api_key"}}, "INVALID_CREDENTIALS"),
        (403, {"error": {"message": "Country not supported"}}, "FORBIDDEN"),
        (403, "", "HTTP_STATUS"),
        (403, "<html>Forbidden</html>", "HTTP_STATUS"),
        (
            400,
            {"error": {"type": "invalid_request_error", "message": "Your credit balance is too low"}},
            "QUOTA",
        ),
        (
            429,
            {"error": {"status": "RESOURCE_EXHAUSTED", "message": "You exceeded your current quota"}},
            "RATE_LIMITED",
        ),
        (429, {"error": {"type": "exceeded_current_quota_error"}}, "QUOTA"),
        (429, "slow down", "RATE_LIMITED"),
        (200, {"error": {"code": 429, "message": "busy"}}, "RATE_LIMITED"),
        (200, {"error": "Invalid API key"}, "INVALID_CREDENTIALS"),
        (200, {"error": "something else"}, "MALFORMED"),
        (200, {"code": "404", "msg": "no", "success": False}, "HTTP_STATUS"),
        (202, {"error": "something else"}, "MALFORMED"),
        (407, "", "PROXY"),
        (500, {"error": "Invalid API key"}, "INVALID_CREDENTIALS"),
        (500, {"error": "Not found"}, "HTTP_STATUS"),
        (401, {"error": "Not found"}, "INVALID_CREDENTIALS"),
        (418, {"error": {"message": "teapot"}}, "HTTP_STATUS"),
        (301, "", "REDIRECT"),
        (304, "", "REDIRECT"),
    ],
)
def test_kinds(status: int, body: Any, kind: str) -> None:
    """Clear words decide, otherwise the status (MD-8, MD-10, MD-11, MD-15)."""
    assert _read(status, body).kind == kind


@pytest.mark.req("MD-11")
@given(
    st.sampled_from([200, 302, 400, 401, 402, 403, 404, 407, 418, 429, 500, 529, 599]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["error", "code", "message", "detail", "type", "status", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ),
    st.dictionaries(
        st.sampled_from(["retry-after", "location", "date", "content-type"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
        max_size=3,
    ),
)
def test_refusals_never_crash(status: int, body: Any, headers: dict[str, str]) -> None:
    """Any error response becomes a failure with a message (MD-11)."""
    found = _read(status, body, headers)
    error = found.as_error("p")
    assert error.message
    assert len(str(error)) < 1000
    says_error(body)


@pytest.mark.req("MD-10")
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30.0),
        ("2.5", 2.5),
        (" 7200 ", 7200.0),
        ("99999999999999", 99999999999999.0),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("1e9", None),
        ("inf", None),
        ("nan", None),
        ("²", None),
        ("9" * 20, 1e20),
        ("9" * 400, math.inf),
        ("\u0663", None),
        ("Fri, 15 Jan 2027 10:00:00 GMT", 7200.0),
        ("Fri, 15 Jan 2027 07:00:00 GMT", 0.0),
        ("Fri, 99 Foo 2027 10:00:00 GMT", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    """Retry-After may be seconds, fractions or a date; invalid and negative values are ignored (MD-10)."""
    now = datetime(2027, 1, 15, 8, 0, tzinfo=UTC).timestamp()
    assert retry_after_seconds({"retry-after": value}, now=now) == seconds


@pytest.mark.req("MD-10")
@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process cannot be changed here")
def test_a_date_without_a_zone_is_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """A date without a zone, or with -0000, is in UTC, wherever the user is (MD-10)."""
    now = datetime(2027, 1, 15, 8, 0, tzinfo=UTC).timestamp()
    try:
        with monkeypatch.context() as patch:
            patch.setenv("TZ", "JST-9")
            time.tzset()
            for zone in ("", " -0000"):
                value = f"Fri, 15 Jan 2027 10:00:00{zone}"
                assert retry_after_seconds({"retry-after": value}, now=now) == 7200.0
    finally:
        time.tzset()


@pytest.mark.req("MD-10")
def test_retry_after_is_measured_by_the_servers_clock() -> None:
    """A date is compared with the response's Date, so that a wrong local clock does not matter (MD-10)."""
    sent = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
    headers = {
        "date": format_datetime(sent, usegmt=True),
        "retry-after": format_datetime(sent.replace(hour=11), usegmt=True),
    }
    assert retry_after_seconds(headers, now=0.0) == 3 * 3600


@pytest.mark.req("MD-10")
@pytest.mark.parametrize(
    ("value", "locked"),
    [
        (None, 3600),
        ("5", 3600),
        ("-5", 3600),
        ("junk", 3600),
        ("7200", 7200),
        ("99999999", 86400),
        ("9" * 400, 86400),
    ],
)
def test_length_of_the_lock(value: str | None, locked: float) -> None:
    """Refresh is off for an hour, longer if the server says so, never for more than a day (MD-10)."""
    headers = {"retry-after": value} if value else {}
    assert _read(429, {}, headers).lock_seconds == locked


@pytest.mark.req("MD-10", "MD-15")
@pytest.mark.parametrize(
    ("status", "headers", "body", "kind", "locks"),
    [
        (429, {}, {"error": {"code": "insufficient_quota"}}, "QUOTA", True),
        (429, {}, {"error": "Invalid API key"}, "INVALID_CREDENTIALS", True),
        (403, {}, {"message": "API rate limit exceeded"}, "RATE_LIMITED", False),
        (403, {"retry-after": "60"}, {"message": "secondary rate limit"}, "RATE_LIMITED", True),
        (403, {"x-ratelimit-remaining": "0"}, "", "RATE_LIMITED", True),
        (403, {"x-ratelimit-remaining": "7"}, "", "HTTP_STATUS", False),
        (400, {"X-RateLimit-Remaining-Requests": "0"}, {"error": "no"}, "HTTP_STATUS", True),
        (403, {"ratelimit": '"default";r=0;t=30'}, "", "RATE_LIMITED", True),
        (403, {"ratelimit": '"default";r=10;t=30'}, "", "HTTP_STATUS", False),
        (200, {"retry-after": "60"}, {"success": False, "message": "busy"}, "MALFORMED", True),
        (503, {"retry-after": "60"}, {"error": "busy"}, "HTTP_STATUS", False),
    ],
)
def test_the_status_and_the_headers_lock_and_words_do_not(
    status: int, headers: dict[str, str], body: Any, kind: str, locks: bool
) -> None:
    """A 429, or a refusal with Retry-After or no requests left, locks, whatever its words (MD-10)."""
    found = _read(status, body, headers)
    assert (found.kind, found.lock_seconds > 0) == (kind, locks)
    assert ("{until}" in found.hint) == locks or kind == "RATE_LIMITED"


@pytest.mark.req("MD-10")
def test_no_credit_is_a_matter_of_billing() -> None:
    """insufficient_quota says billing, not speed (MD-10)."""
    found = _read(429, {"error": {"code": "insufficient_quota"}})
    assert (found.kind, "billing, not speed" in found.hint) == ("QUOTA", True)


@pytest.mark.req("MD-15")
@pytest.mark.parametrize("status", [401, 403, 404])
def test_whatever_the_words_a_401_403_and_404_are_raised(status: int) -> None:
    """401, 403 and 404 are raised even where their words are about credit or speed (MD-15)."""
    for words in ("Insufficient balance", "Rate limit reached"):
        assert not _read(status, {"message": words}).keeps_list
        assert _read(500, {"message": words}).keeps_list


@pytest.mark.req("SEC-5")
@pytest.mark.parametrize(
    ("location", "host", "base_url"),
    [
        ("https://other.example.net/v1/models", "other.example.net", "https://other.example.net/v1"),
        ("https://other.example.net/api/models", "other.example.net", "https://other.example.net/api"),
        ("/api/v1/models/", "another address, /api/v1/models/", "https://llm.example.edu/api/v1"),
        ("http://[::1", None, None),
        ("javascript:alert(1)", None, None),
    ],
)
def test_redirects_name_their_target(location: str, host: str | None, base_url: str | None) -> None:
    """The error for a 3xx names the target host and base URL, and no request follows it (SEC-5)."""
    found = _read(301, "", {"location": location})
    assert found.kind == "REDIRECT"
    assert found.hint.replace("{list}", "").strip()
    if host is None:
        assert "sends to another address (301)" in found.message
    else:
        assert host in found.message
        assert f": {base_url}. {{list}}" in found.hint


@pytest.mark.req("MD-11", "MD-15")
@pytest.mark.parametrize("status", [300, 301, 304, 305, 306])
@pytest.mark.parametrize("headers", [{}, {"location": ""}, {"location": "  "}])
def test_a_redirect_without_a_location(status: int, headers: dict[str, str]) -> None:
    """A 3xx without a Location has its own message and the same kind (MD-15)."""
    found = _read(status, "", headers)
    assert (found.kind, found.status) == ("REDIRECT", status)
    assert found.message == f"llm.example.edu answered with status {status} and named no other address."
    assert "base URL" in found.hint


@pytest.mark.req("MD-11")
def test_a_404_names_the_address_without_its_query() -> None:
    """The message shows the URL without its query."""
    context = replace(CONTEXT, url="https://llm.example.edu/v1/models?limit=1000&after_id=x")
    found = response_error(Response(404, httpx.Headers(), b""), context, "", now=NOW)
    assert found.message == "There is no model list at https://llm.example.edu/v1/models (404)."


@pytest.mark.req("SEC-5", "MD-11")
def test_a_redirect_to_the_same_base_url_is_not_suggested() -> None:
    """A redirect that only adds a slash is for the server's operator to correct."""
    found = _read(307, "", {"location": "/v1/models/"})
    assert "make it the base URL" not in found.hint
    assert "operator" in found.hint


@pytest.mark.req("SEC-5")
def test_a_redirect_with_credentials_is_not_suggested() -> None:
    """A redirect target with a user name is not suggested."""
    found = _read(302, "", {"location": "https://me:secret@other.example.net/v1/models"})
    assert "secret" not in found.message + found.hint
    assert "make it the base URL" not in found.hint


@pytest.mark.req("SEC-1", "SEC-6")
@pytest.mark.parametrize("status", [400, 404, 418, 500, 503])
def test_what_a_server_says_is_shown_safely(status: int) -> None:
    """A server's words are on one short line, without the key in any encoding or control characters."""
    said = f"no \x1b[31m{KEY}\n\u202e{KEY.replace('-', '%2D')} sk-proj-abcdefghijkl0123 " + "x" * 5000
    found = _read(status, {"error": {"message": said}})
    shown = found.message + found.hint
    assert KEY not in shown
    assert "sk-proj-abcdefghijkl0123" not in shown
    assert not set("\x1b\n\u202e") & set(shown)
    assert len(shown) < 600
