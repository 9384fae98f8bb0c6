"""The demo server's accounts, each with its protocol.

Shapes: https://docs.anthropic.com/en/api/models-list and
https://platform.openai.com/docs/api-reference/models/list (read 2026-11).
"""

from __future__ import annotations

import hmac
import itertools
import json
import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from ..secrets import mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from ._http import Exchange
    from .model_lists import DemoModel

ANTHROPIC_PAGE_DEFAULT = 20
ANTHROPIC_PAGE_LIMIT = 1000

_ANTHROPIC_ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


class DemoResponse(NamedTuple):
    """A response to be sent: a JSON body, or the events of a stream."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}
    pieces: tuple[bytes, ...] = ()

    def send(self, exchange: Exchange) -> None:
        """Sends it."""
        if self.pieces:
            exchange.send_pieces(self.status, self.pieces, headers=self.headers)
        else:
            exchange.send(self.status, self.body, headers=self.headers)


def encode(value: Any) -> bytes:
    """JSON as the demo server writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def bearer_key(exchange: Exchange) -> str:
    """The key of an ``Authorization: Bearer`` header; empty where there is none."""
    scheme, _, key = exchange.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


class Account:
    """An account: a key, a list of models and a path prefix.

    Args:
        name: Its name in `DemoServer.play`.
        prefix: The path prefix that it answers at.
        key: The key that it accepts.
        models: Its models, in the order of the response.
    """

    dialect = ""

    def __init__(self, name: str, *, prefix: str, key: str, models: Iterable[DemoModel]) -> None:
        self.name = name
        self.prefix = prefix
        self.key = key
        self._lock = threading.Lock()
        self._models = tuple(models)
        self._bodies: dict[tuple[str, ...], bytes] = {}

    @property
    def models(self) -> tuple[DemoModel, ...]:
        """The models it lists now."""
        return self._models

    @models.setter
    def models(self, models: Iterable[DemoModel]) -> None:
        with self._lock:
            self._models = tuple(models)
            self._bodies = {}

    @property
    def list_path(self) -> str:
        """The path of the model list."""
        return f"{self.prefix}/v1/models"

    def given_key(self, exchange: Exchange) -> str:
        """The request's key; empty if it has none."""
        raise NotImplementedError

    def refuse(self, exchange: Exchange) -> DemoResponse | None:
        """The error response to wrong headers, or None."""
        raise NotImplementedError

    def listing(self, exchange: Exchange, *, page_cap: int = ANTHROPIC_PAGE_LIMIT) -> DemoResponse:
        """The list of models, or the requested page of it, of at most `page_cap` models."""
        raise NotImplementedError

    def error(self, status: int, message: str, code: str | None = None) -> DemoResponse:
        """An error in this account's shape."""
        raise NotImplementedError

    def answer_headers(self) -> dict[str, str]:
        """The headers of every successful response."""
        return {}

    def key_is_right(self, exchange: Exchange) -> bool:
        """Whether the request carries this account's key."""
        return hmac.compare_digest(self.given_key(exchange).encode(), self.key.encode())


class OpenAIAccount(Account):
    """The OpenAI protocol: one list of all models, a Bearer key."""

    dialect = "openai"

    def given_key(self, exchange: Exchange) -> str:
        """The key of the ``Authorization`` header."""
        return bearer_key(exchange)

    def refuse(self, exchange: Exchange) -> DemoResponse | None:
        """The error response to a missing or wrong Bearer key."""
        if self.key_is_right(exchange):
            return None
        given = self.given_key(exchange)
        said = f"Incorrect API key provided: {mask(given)}." if given else "This request carries no API key."
        return self.error(401, f"{said} The demo's key is in its settings file.", "invalid_api_key")

    def listing(self, exchange: Exchange, *, page_cap: int = ANTHROPIC_PAGE_LIMIT) -> DemoResponse:  # noqa: ARG002
        """All models; this protocol has no pages."""
        body = self._bodies.get(())
        if body is None:
            with self._lock:
                body = encode({"object": "list", "data": [model.as_openai() for model in self._models]})
                self._bodies[()] = body
        return DemoResponse(200, body)

    def error(self, status: int, message: str, code: str | None = None) -> DemoResponse:
        """An error as OpenAI writes it."""
        kind = "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"
        if code in {"insufficient_quota", "rate_limit_exceeded"}:
            kind = "insufficient_quota" if code == "insufficient_quota" else "requests"
        body = {"error": {"message": message, "type": kind, "param": None, "code": code}}
        return DemoResponse(status, encode(body))


class AnthropicAccount(Account):
    """The Anthropic protocol: pages, newest first, ``x-api-key`` and ``anthropic-version``."""

    dialect = "anthropic"
    _request_numbers = itertools.count(1)

    def given_key(self, exchange: Exchange) -> str:
        """The key of the ``x-api-key`` header, or, as newer clients send it, a Bearer key."""
        return exchange.headers.get("x-api-key", "") or bearer_key(exchange)

    def refuse(self, exchange: Exchange) -> DemoResponse | None:
        """The error response to a missing or wrong key, or a missing version."""
        if not self.given_key(exchange):
            return self.error(401, "x-api-key header is required")
        if not self.key_is_right(exchange):
            return self.error(401, "invalid x-api-key")
        if not exchange.headers.get("anthropic-version"):
            return self.error(400, "anthropic-version: header is required")
        return None

    def listing(self, exchange: Exchange, *, page_cap: int = ANTHROPIC_PAGE_LIMIT) -> DemoResponse:
        """The page that ``limit``, ``after_id`` and ``before_id`` ask for."""
        query = exchange.query
        raw_limit = query.get("limit", str(ANTHROPIC_PAGE_DEFAULT))
        limit = int(raw_limit) if raw_limit.isascii() and raw_limit.isdigit() else 0
        if not 1 <= limit <= ANTHROPIC_PAGE_LIMIT:
            return self.error(400, f"limit: must be a number from 1 to {ANTHROPIC_PAGE_LIMIT}")
        limit = min(limit, page_cap)
        after, before = query.get("after_id", ""), query.get("before_id", "")
        body = self._bodies.get((str(limit), after, before))
        if body is None:
            with self._lock:
                ids = [model.id for model in self._models]
                unknown = next((name for name in (after, before) if name and name not in ids), None)
                if unknown is not None or (after and before):
                    return self.error(400, "after_id, before_id: one of them at a time, and a model's id")
                start, end = 0, len(ids)
                if after:
                    start = ids.index(after) + 1
                    end = min(end, start + limit)
                    more = end < len(ids)
                elif before:
                    end = ids.index(before)
                    start = max(0, end - limit)
                    more = start > 0
                else:
                    end = min(end, limit)
                    more = end < len(ids)
                body = self.page(self._models[start:end], has_more=more)
                self._bodies[str(limit), after, before] = body
        return DemoResponse(200, body, self.answer_headers())

    @staticmethod
    def page(models: Iterable[DemoModel], *, has_more: bool) -> bytes:
        """One page as bytes."""
        data = [model.as_anthropic() for model in models]
        first, last = (data[0]["id"], data[-1]["id"]) if data else (None, None)
        return encode({"data": data, "has_more": has_more, "first_id": first, "last_id": last})

    def error(self, status: int, message: str, code: str | None = None) -> DemoResponse:
        """An error as Anthropic writes it."""
        kind = code or _ANTHROPIC_ERROR_TYPES.get(status, "api_error")
        header = self.answer_headers()
        body = {"type": "error", "error": {"type": kind, "message": message}, **_body_form(header)}
        return DemoResponse(status, encode(body), header)

    def answer_headers(self) -> dict[str, str]:
        """The request id that Anthropic sends."""
        return {"request-id": f"req_demo_{next(self._request_numbers):08d}"}


def _body_form(header: Mapping[str, str]) -> dict[str, str]:
    return {"request_id": header["request-id"]}
