"""The table of refusals, judged on what servers answer: kinds, the server's own words, hints (MD-15).

``tests/data/refusals.json`` has parts: the table was written from the first; each of the others was gathered
afterwards and read for the first time by the table as it was then.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from dispatch_widgets.discovery.exchange import RequestContext, Response
from dispatch_widgets.discovery.refusal_words import all_texts, says_error, sentence
from dispatch_widgets.discovery.refusals import REASONS, plain, reason_for
from dispatch_widgets.discovery.response_errors import response_error

if TYPE_CHECKING:
    from dispatch_widgets.discovery.failures import Failure

ROOT = Path(__file__).parents[2]
PARTS = ("table", "held_out", "second_sight")
DATA = json.loads((ROOT / "tests/data/refusals.json").read_text(encoding="utf-8"))
CONTEXT = RequestContext(
    name="Example",
    host="llm.example.edu",
    url="https://llm.example.edu/v1/models",
    base_url="https://llm.example.edu/v1",
    key="sk-canary-7Hq2Zx9LmWv4Tb8Rn3Kd6Yp1a1b2",
    timeout_seconds=10,
)
ANTHROPIC = replace(
    CONTEXT, url="https://llm.example.edu/v1/models?limit=1000", base_url="https://llm.example.edu"
)


OF_A_MODEL = replace(CONTEXT, url="https://llm.example.edu/v1/chat/completions", model="a-model")


def _told(
    status: int, body: Any, headers: dict[str, str] | None = None, context: RequestContext = CONTEXT
) -> Failure:
    raw = body if isinstance(body, str) else json.dumps(body)
    return response_error(
        Response(status, httpx.Headers(headers or {}), raw.encode()), context, body, now=0.0
    )


def _told_as_recorded(case: dict[str, Any]) -> Failure:
    """What a recorded refusal means: no list is refused for a model's name."""
    context = OF_A_MODEL if case["kind"] == "UNKNOWN_MODEL" else CONTEXT
    return _told(case["status"], case["body"], case.get("headers"), context)


def _cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{part}-{case['server']}-{case['status']}-{case['kind']}")
        for part in PARTS
        for case in DATA[part]
    ]


@pytest.mark.req("MD-15", "MD-8", "MD-10")
@pytest.mark.parametrize("case", _cases())
def test_a_refusal_has_its_kind_and_the_servers_words(case: dict[str, Any]) -> None:
    """Each recorded refusal has its kind, shows the server's words, and has a hint without gaps (MD-15)."""
    found = _told_as_recorded(case)
    assert found.kind == case["kind"]
    assert case["words"].lower() in found.message.lower()
    assert case["status"] != 200 or says_error(case["body"])
    for error in (found.as_error("p"), found.as_error_of_a_try("p")):
        assert error.hint
        assert "{" not in error.message + error.hint


@pytest.mark.req("MD-15")
def test_the_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """Prints for both parts how many kinds are right and words shown."""
    for part in PARTS:
        told = [(case, _told_as_recorded(case)) for case in DATA[part]]
        kinds = sum(found.kind == case["kind"] for case, found in told)
        words = sum(case["words"].lower() in found.message.lower() for case, found in told)
        with capsys.disabled():
            sys.stdout.write(f"\n{part}: {len(told)} refusals, {kinds} kinds right, {words} with their words")
        assert (kinds, words) == (len(told), len(told))


@pytest.mark.req("MD-15")
@pytest.mark.parametrize("reason", [reason for reason in REASONS if reason.examples], ids=lambda r: r.meaning)
def test_the_examples_of_the_documentation_are_read_as_they_say(reason: Any) -> None:
    """The examples in the documentation match the phrases of their reason."""
    for example in reason.examples:
        found = reason_for(403 if 403 in reason.within else 400, [plain(example)], asks_model=True)
        assert (found.kind, found.meaning) == (reason.kind, reason.meaning), example


@pytest.mark.req("MD-15")
def test_the_documentation_has_the_codes_table() -> None:
    """The table in docs/discovery.md is up to date; ``python docs/make_tables.py`` makes it."""
    spec = importlib.util.spec_from_file_location("make_tables", ROOT / "docs/make_tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = module.PAGE.read_text(encoding="utf-8")
    assert module.page_with_tables(page) == page


@pytest.mark.req("MD-15")
@pytest.mark.parametrize(
    ("status", "body", "hint"),
    [
        (403, {"error": {"code": "unsupported_country_region_territory"}}, "VPN"),
        (403, {"error": "Your newly created team doesn't have any credits or licenses yet."}, "billing"),
        (403, "<title>Attention Required! | Cloudflare</title>", "address allowed"),
        (403, {"error": {"message": "Missing scopes: api.model.read"}}, "right that is named"),
        (400, {"error": {"message": "No connected db.", "type": "no_db_connection"}}, "key"),
        (404, {"detail": "Not Found"}, "by hand"),
    ],
)
def test_a_hint_follows_the_words(status: int, body: Any, hint: str) -> None:
    """A region, no credit, a firewall, a right, a wrong key and no list each get their own hint (MD-15)."""
    found = _told(status, body)
    assert hint in found.hint
    assert "good for chat" not in found.hint


@pytest.mark.req("MD-15")
def test_a_403_without_a_reason_names_the_likely_ones_in_order() -> None:
    """If the words are not clear, the hint lists the possible reasons, the likeliest first (MD-15)."""
    hint = _told(403, "").hint
    reasons = ["permission", "credit", "region or network", "base URL"]
    assert [hint.find(reason) for reason in reasons] == sorted(hint.find(reason) for reason in reasons)
    assert min(hint.find(reason) for reason in reasons) >= 0


@pytest.mark.req("MD-15")
def test_a_gateway_without_such_a_path_names_base_url_and_key() -> None:
    """Amazon's API Gateway's message for an unknown path is not reported as a wrong key alone (MD-15)."""
    header = {"x-amzn-ErrorType": "MissingAuthenticationTokenException"}
    for headers in (header, {}):
        found = _told(403, {"message": "Missing Authentication Token"}, headers)
        assert found.hint.index("base URL") < found.hint.index("key")
        assert "Missing Authentication Token" in found.message


@pytest.mark.req("MD-8", "MD-15")
@pytest.mark.parametrize(
    ("context", "words", "hint"),
    [
        (ANTHROPIC, "Missing Authorization header", "change the provider's type to `openai-compatible`"),
        (ANTHROPIC, "You must supply a Bearer token", "change the provider's type to `openai-compatible`"),
        (CONTEXT, "x-api-key header is required", "try the type `anthropic`"),
        (CONTEXT, "No API key found in request", "header of its own"),
    ],
)
def test_a_missing_key_is_not_a_wrong_key(context: RequestContext, words: str, hint: str) -> None:
    """A missing key and a wrong key have different hints (MD-8)."""
    found = _told(401, {"error": {"type": "authentication_error", "message": words}}, None, context)
    assert found.kind == "INVALID_CREDENTIALS"
    assert words in found.message
    assert hint in found.hint
    assert "revoked" not in found.hint


@pytest.mark.req("MD-11", "MD-15")
@pytest.mark.parametrize(
    ("body", "is_error"),
    [
        (
            {
                "success": False,
                "errors": [{"code": 10000, "message": "Authentication error"}],
                "result": None,
            },
            True,
        ),
        ({"base_resp": {"status_code": 1004, "status_msg": "login fail"}}, True),
        ({"data": None, "base_resp": {"status_code": 2049, "status_msg": "invalid api key"}}, True),
        ({"error_code": 17, "error_msg": "Open api daily request limit reached"}, True),
        ({"message": "no Route matched with those values"}, True),
        ({"code": 40005, "msg": "用户访问被限制", "data": None}, True),
        ({"status": "error", "detail": "no"}, True),
        ({"data": [], "base_resp": {"status_code": 0, "status_msg": "success"}}, False),
        ({"code": 200, "message": "ok", "data": []}, False),
        ({"code": 0, "msg": "success", "data": None}, False),
        ({"status": "success", "data": []}, False),
        ({"object": "list", "data": [], "error": None, "errors": []}, False),
        ({"models": []}, False),
        ([], False),
        ("Invalid token", True),
        ("", False),
    ],
)
def test_an_error_in_a_success_is_known_as_one(body: Any, is_error: bool) -> None:
    """Error envelopes in a 200 are errors; the same envelopes with success are not (MD-11)."""
    assert says_error(body) is is_error


@pytest.mark.req("MD-15")
@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"error": {"code": "invalid_api_key"}}, "invalid_api_key"),
        ({"error": "Not found", "message": "The path does not exist"}, "The path does not exist"),
        ({"ResponseMetadata": {"Error": {"Code": "BadKey", "Message": "The key is bad"}}}, "The key is bad"),
        ({"fault": {"faultstring": "Invalid ApiKey", "detail": {"errorcode": "x.y"}}}, "Invalid ApiKey"),
        ('data: {"error": {"message": "Overloaded"}}\n\n', "Overloaded"),
        ("<Error><Code>AccessDenied</Code><Message>Access is denied</Message></Error>", "Access is denied"),
        ("<html><head><title>403 Forbidden</title></head><body><p>x</p></body></html>", "403 Forbidden"),
        ("<p>The endpoint is offline.</p>", "The endpoint is offline."),
        ("<html><h3>Access blocked</h3><p>x</p></html>", "Access blocked"),
        ({"title": "Not Found", "detail": "Nothing for account y"}, "Nothing for account y"),
        ({"message": "success", "error": {"desc": "The ticket is bad"}}, "The ticket is bad"),
        ({"error": "some_scope", "error_description": "More is wanted"}, "More is wanted"),
        ({"detail": [{"loc": ["x"], "msg": "Field required", "input": {"msg": "mine"}}]}, "Field required"),
        ({"errors": [{"message": ""}, {"message": "second"}]}, "second"),
        ("upstream connect error", "upstream connect error"),
        ({}, ""),
        (None, ""),
    ],
)  # fmt: skip
def test_the_sentence_is_found_wherever_it_stands(document: Any, words: str) -> None:
    """The server's message is found at any depth, in JSON, text, XML and a web page's title."""
    assert sentence(document) == words


@pytest.mark.req("MD-15")
def test_the_words_that_decide_are_the_words_that_are_shown() -> None:
    """Of several sentences the one that names the reason is shown (MD-15)."""
    body = {
        "code": "The caller does not have permission to execute the specified operation",
        "error": "Your newly created team doesn't have any credits or licenses yet.",
    }
    assert "any credits" in _told(403, body).message
    wrapped = {
        "error": {"message": "Provider returned error", "metadata": {"raw": '{"detail": "Invalid API key"}'}}
    }
    assert "Invalid API key" in _told(400, wrapped).message


@pytest.mark.req("MD-15", "SEC-1")
@pytest.mark.parametrize("status", [200, 400, 401, 402, 403, 404, 405, 409, 422, 429, 451, 500, 503, 529])
def test_words_are_shown_whatever_the_status_and_the_key_is_not(status: int) -> None:
    """Every refusal shows the server's words, with the key that was sent masked (MD-15, SEC-1)."""
    found = _told(status, {"error": {"message": f"the thing {CONTEXT.key} is no good"}})
    assert CONTEXT.key not in found.message + found.hint
    assert "is no good" in found.message


@pytest.mark.req("MD-19", "SEC-7")
@pytest.mark.parametrize(
    "document",
    [
        {f"m{number}": "model not " * 3000 for number in range(20)},
        "api key " * 30_000,
        "<title>" * 9000,
        "<!--" * 9000,
        "<" * 60_000,
        '{"a":' * 20_000,
        ["x" * 1000] * 1000,
    ],
)
def test_only_so_much_of_a_refusal_is_looked_at(document: Any) -> None:
    """Only a limited part of a long message is searched (MD-19)."""
    assert sum(map(len, all_texts(document, httpx.Headers()))) <= 4000
    assert len(_told(403, document).message) < 500


@pytest.mark.req("MD-15")
@pytest.mark.parametrize(
    "words",
    [
        "Could not finish the message because max_tokens or model output limit was reached.",
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'.",
        "Invalid value for 'temperature': must be at most 2.",
        "This is not a chat model and thus not supported in the v1/chat/completions endpoint.",
        "Input should be a valid string",
        "The response was filtered because the prompt triggered the content management policy.",
    ],
)
def test_what_is_wrong_with_a_request_is_no_matter_of_key_credit_or_speed(words: str) -> None:
    """A refusal of the request's content is reported as such, with the server's words (MD-15)."""
    found = _told(400, {"error": {"message": words, "type": "invalid_request_error"}})
    assert found.kind == "HTTP_STATUS"
    assert words[:60] in found.message


@pytest.mark.req("MD-15", "MD-16")
@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, "The given endpoint does not exist, check the specified model and version.", "HTTP_STATUS"),
        (403, "Project does not have access to model `gpt-9`", "FORBIDDEN"),
    ],
)
def test_a_list_is_refused_for_no_models_name(status: int, body: str, kind: str) -> None:
    """Where no model was asked, the advice is not to check a model's id (MD-15)."""
    found = _told(status, {"message": body})
    assert found.kind == kind
    assert "model's id" not in found.hint


@pytest.mark.req("MD-15")
@pytest.mark.parametrize(
    ("status", "body", "hint"),
    [
        (403, "The API has not been used in project 12 before or it is disabled. Enable it.", "Switch it on"),
        (403, "Key based authentication is disabled for this resource.", "Switch it on"),
        (400, "Client sent an HTTP request to an HTTPS server.", "https://"),
        (400, "Either x-portkey-config or x-portkey-provider header is required", "default_headers"),
        (401, "Helicone auth missing", "found no key"),
        (401, "Header中未收到Authentication参数", "found no key"),
        (401, "Unauthenticated.", "incomplete"),
        (403, "This endpoint is private and requires VPN", "address allowed"),
        (403, "You have hit the weekly cap on your plan", "billing"),
        (403, "Your subscription does not include API access", "recognised"),
        (403, "The organization requires SSO: authorize this token for SAML", "Switch it on"),
        (401, "No value was provided for the x-api-token header.", "found no key"),
        (403, "Blocked by Pi-hole", "address allowed"),
        (403, "子账号无该操作权限", "recognised"),
        (400, "Signature expired: it is now earlier than it was", "incomplete"),
        (403, "The key has an IP address restriction, which this address violates", "address allowed"),
    ],
)
def test_a_hint_is_about_what_the_words_name(status: int, body: str, hint: str) -> None:
    """What is off is switched on, what wants https:// gets it, what found no key is told so (MD-15)."""
    assert hint in _told(status, {"message": body}).hint


@pytest.mark.req("MD-15")
def test_a_web_servers_page_has_not_looked_at_the_key() -> None:
    """The page of a web server or network in between says nothing of the key's rights (MD-15)."""
    page = (
        "<title>Access Denied</title><h1>Access Denied</h1>You don't have permission to access "
        '"http&#58;&#47;&#47;llm&#46;example&#46;edu&#47;v1&#47;models" on this server.'
    )
    found = _told(403, page)
    assert found.kind == "FORBIDDEN"
    assert "recognised" not in found.hint


_PAGE = (
    "<html><head><title>{title}</title></head><body><nav><a>Rate limits</a> <a>Please sign in</a></nav>"
    "<noscript>You need to enable JavaScript to run this app.</noscript><h1>{title}</h1></body></html>"
)


@pytest.mark.req("MD-15", "MD-16")
@pytest.mark.parametrize("status", [404, 405, 410, 500, 501, 502, 503])
def test_menus_and_words_for_browsers_do_not_overrule_a_status(status: int) -> None:
    """The menus of a web page do not decide the kind if its status and headings are clear (MD-15)."""
    found = _told(status, _PAGE.format(title="Oops"))
    assert (found.kind, found.status) == ("HTTP_STATUS", status)
    assert ("by hand" in found.hint) is (status in {404, 405, 410, 501})
    assert _told(status, _PAGE.format(title="Sorry, you have been blocked")).kind == "FORBIDDEN"
    assert _told(403, _PAGE.format(title="Oops")).kind != "HTTP_STATUS"


@pytest.mark.req("MD-15")
def test_chinese_words_are_found_right_behind_others() -> None:
    """Chinese has no blank before a word, behind a Latin letter neither (MD-15)."""
    assert _told(200, {"header": {"code": 10005, "message": "appid授权失败"}}).kind == "INVALID_CREDENTIALS"


@pytest.mark.req("MD-15")
@pytest.mark.parametrize(
    "body",
    [
        [{"error": {"message": "x"}}],
        {"data": [{"error": "x"}]},
        {"data": {"error": {"message": "x"}}},
        {"Response": {"Error": {"Code": "AuthFailure", "Message": "x"}, "RequestId": "1"}},
        {"error": None, "retcode": -1, "retmsg": "x"},
        {"resultCode": "4003", "resultDesc": "x"},
    ],
)
def test_an_error_in_an_envelope_is_one(body: Any) -> None:
    """An error is known wherever a server puts it: in a list, in an envelope, in capitals (MD-15)."""
    assert says_error(body)
