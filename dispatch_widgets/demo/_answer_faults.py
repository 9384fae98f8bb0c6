"""Faults of the answer: errors, wrong shapes, pages that never end. Each function makes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .accounts import AnthropicAccount, encode
from .catalogue import DemoModel

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ._scene import Play, Scene

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


def status(status: int) -> Callable[..., Play]:
    def make(*, message: str = "", retry_after: str | float | None = None) -> Play:
        def play(scene: Scene) -> None:
            answer = scene.account.error(status, message or f"The demo server was told to answer {status}.")
            more = {} if retry_after is None else {"retry-after": str(retry_after)}
            body = b"" if status in {204, 304} else answer.body
            scene.send(status, body, headers={**answer.headers, **more})

        return play

    return make


def limited(*, retry_after: str | float | None = 30) -> Play:
    def play(scene: Scene) -> None:
        code = "rate_limit_exceeded" if scene.account.dialect == "openai" else None
        answer = scene.account.error(429, "Too many requests for this account. Try again later.", code)
        more = {} if retry_after is None else {"retry-after": str(retry_after)}
        scene.send(429, answer.body, headers={**answer.headers, **more})

    return play


def quota() -> Play:
    def play(scene: Scene) -> None:
        scene.account.error(429, "This account has no credit left.", "insufficient_quota").send(
            scene.exchange
        )

    return play


def echo_key(*, status: int = 401) -> Play:
    def play(scene: Scene) -> None:
        key = scene.account.given_key(scene.exchange)
        message = f"The key {key} is not known here (seen as 'Bearer {key}' and x-api-key={key})."
        scene.account.error(status, message).send(scene.exchange)

    return play


def text(name: str) -> Callable[[], Play]:
    return lambda: lambda scene: scene.send(200, JSON_TEXTS[name])


def html(*, status: int = 200) -> Play:
    return lambda scene: scene.send(status, _HTML, content_type="text/html; charset=utf-8")


def plain(*, status: int = 401, text: str = "Authentication Fails") -> Play:
    return lambda scene: scene.send(status, text.encode(), content_type="text/plain")


def charset() -> Play:
    return lambda scene: scene.send(200, '{"data": [{"id": "modèle-français"}]}'.encode("latin-1"))


def redirect(*, status: int = 302) -> Play:
    def play(scene: Scene) -> None:
        # Whoever follows is served: a test can tell that it did.
        target = {"location": f"{scene.account.list_path}?followed=1"}
        if "followed" in scene.exchange.query:
            scene.ordinary().send(scene.exchange)
        else:
            scene.send(status, headers=target, body=b"")

    return play


def redirect_elsewhere(*, status: int = 302) -> Play:
    return lambda scene: scene.send(status, b"", headers={"location": f"{scene.elsewhere}/v1/models"})


def empty_list() -> Play:
    return _of_data([])


def missing_ids() -> Play:
    return _of_data(list(_ODD_MODELS))


def hostile_names() -> Play:
    return _of_data([{"id": name, "display_name": name} for name in _HOSTILE_NAMES])


def _of_data(data: list[Any]) -> Play:
    def play(scene: Scene) -> None:
        extra: dict[str, Any] = {"object": "list"}
        if scene.account.dialect == "anthropic":
            extra = {"has_more": False, "first_id": None, "last_id": None}
        scene.send(200, encode({**extra, "data": data}))

    return play


def short_pages(*, fail_on_second: bool = False) -> Play:
    def play(scene: Scene) -> None:
        if fail_on_second and "after_id" in scene.exchange.query:
            scene.account.error(500, "The second page is out of order.").send(scene.exchange)
        else:
            scene.ordinary(page_cap=SHORT_PAGE).send(scene.exchange)

    return play


def repeat_cursor() -> Play:
    """Every page is the first one, and always says that there are more."""

    def play(scene: Scene) -> None:
        scene.send(200, AnthropicAccount.page(scene.account.models[:SHORT_PAGE], has_more=True))

    return play


def endless_pages() -> Play:
    """Every page has new models, and there is always one more."""

    def play(scene: Scene) -> None:
        after = scene.exchange.query.get("after_id", "claude-endless-0")
        start = int(after.rpartition("-")[2]) + 1
        models = [
            DemoModel(id=f"claude-endless-{start + n}", kind="chat", owner="anthropic", created=1_700_000_000)
            for n in range(SHORT_PAGE)
        ]
        scene.send(200, AnthropicAccount.page(models, has_more=True))

    return play
