"""Faults of the answer: errors, wrong shapes, pages that never end. Each function makes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .accounts import AnthropicAccount, encode
from .model_lists import DemoModel

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ._fault_context import FaultContext, Responder

SHORT_PAGE = 5
"""How many models a page holds while ``short-pages`` or ``failing-second-page`` is played."""

JSON_TEXTS = {
    "empty": b"",
    "null-data": b'{"object": "list", "data": null}',
    "invalid-json": b'{"object": "list", "data": [{"id": "gpt-4o", ',
    "not-a-list": b'{"status": "ok", "version": "1.4.2"}',
    "json-text": b'"Invalid token"',
    "nan": b'{"object": "list", "data": [{"id": "gpt-4o", "created": NaN, "context_length": Infinity}]}',
    "deep-json": b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "long-number": b'{"data": [{"id": "gpt-4o", "created": ' + b"9" * 5_000 + b"}]}",
    "key-error-200": b'{"code": 401, "msg": "The token has expired or is wrong.", "success": false}',
}
_HTML = (
    b"<!doctype html><html><head><title>Welcome</title></head>"
    b"<body><h1>It works</h1><p>There is no list of models here.</p></body></html>"
)
_ODD_MODELS: tuple[Any, ...] = (
    {"id": "good-chat"},
    {"object": "model"},
    {"id": None},
    {"id": "   "},
    None,
    "a text",
    {"id": "good-embedding-model"},
)
_HOSTILE_NAMES = (
    "<img src=x onerror=\"document.title='broken'\">",
    "<script>document.title='broken'</script>",
    "safe\u202egpj.exe",  # right-to-left override
    "two\nlines\tand\x1b[31mred\x07",
    "zero\u200bwidth",
    "$\\frac{1}{2}$ [link](javascript:alert(1))",
    "long-" + "x" * 10_000,
)


def status(status: int) -> Callable[..., Responder]:
    def make(*, message: str = "", retry_after: str | float | None = None) -> Responder:
        def respond(context: FaultContext) -> None:
            answer = context.account.error(status, message or f"The demo server was told to answer {status}.")
            more = {} if retry_after is None else {"retry-after": str(retry_after)}
            body = b"" if status in {204, 304} else answer.body
            context.send(status, body, headers={**answer.headers, **more})

        return respond

    return make


def limited(*, retry_after: str | float | None = 30) -> Responder:
    def respond(context: FaultContext) -> None:
        code = "rate_limit_exceeded" if context.account.dialect == "openai" else None
        answer = context.account.error(429, "Too many requests for this account. Try again later.", code)
        more = {} if retry_after is None else {"retry-after": str(retry_after)}
        context.send(429, answer.body, headers={**answer.headers, **more})

    return respond


def quota() -> Responder:
    def respond(context: FaultContext) -> None:
        context.account.error(429, "This account has no credit left.", "insufficient_quota").send(
            context.exchange
        )

    return respond


def echo_key(*, status: int = 401) -> Responder:
    def respond(context: FaultContext) -> None:
        key = context.account.given_key(context.exchange)
        message = f"The key {key} is not known here (seen as 'Bearer {key}' and x-api-key={key})."
        answer = context.account.error(status, message)
        context.send(status, answer.body, headers={**answer.headers, "x-echo": key})

    return respond


def text(name: str) -> Callable[[], Responder]:
    return lambda: lambda context: context.send(200, JSON_TEXTS[name])


def html(*, status: int = 200) -> Responder:
    return lambda context: context.send(status, _HTML, content_type="text/html; charset=utf-8")


def plain(*, status: int = 401, text: str = "Authentication Fails") -> Responder:
    return lambda context: context.send(status, text.encode(), content_type="text/plain")


def charset() -> Responder:
    return lambda context: context.send(200, '{"data": [{"id": "modèle-français"}]}'.encode("latin-1"))


def redirect(*, status: int = 302) -> Responder:
    def respond(context: FaultContext) -> None:
        # Whoever follows is served: a test can tell that it did.
        target = {"location": f"{context.account.list_path}?followed=1"}
        if "followed" in context.exchange.query:
            context.ordinary().send(context.exchange)
        else:
            context.send(status, headers=target, body=b"")

    return respond


def redirect_elsewhere(*, status: int = 302) -> Responder:
    return lambda context: context.send(status, b"", headers={"location": f"{context.elsewhere}/v1/models"})


def empty_list() -> Responder:
    return _of_data([])


def missing_ids() -> Responder:
    return _of_data(list(_ODD_MODELS))


def hostile_names() -> Responder:
    return _of_data([{"id": name, "display_name": name} for name in _HOSTILE_NAMES])


def _of_data(data: list[Any]) -> Responder:
    def respond(context: FaultContext) -> None:
        extra: dict[str, Any] = {"object": "list"}
        if context.account.dialect == "anthropic":
            extra = {"has_more": False, "first_id": None, "last_id": None}
        context.send(200, encode({**extra, "data": data}))

    return respond


def short_pages(*, fail_on_second: bool = False) -> Responder:
    def respond(context: FaultContext) -> None:
        if fail_on_second and "after_id" in context.exchange.query:
            context.account.error(500, "The second page is out of order.").send(context.exchange)
        else:
            context.ordinary(page_cap=SHORT_PAGE).send(context.exchange)

    return respond


def repeat_cursor() -> Responder:
    """Every page is the first one, and always says that there are more."""

    def respond(context: FaultContext) -> None:
        context.send(200, AnthropicAccount.page(context.account.models[:SHORT_PAGE], has_more=True))

    return respond


def endless_pages() -> Responder:
    """Every page has new models, and there is always one more."""

    def respond(context: FaultContext) -> None:
        after = context.exchange.query.get("after_id", "claude-endless-0")
        start = int(after.rpartition("-")[2]) + 1
        models = [
            DemoModel(id=f"claude-endless-{start + n}", kind="chat", owner="anthropic", created=1_700_000_000)
            for n in range(SHORT_PAGE)
        ]
        context.send(200, AnthropicAccount.page(models, has_more=True))

    return respond
