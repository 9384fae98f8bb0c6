"""An offline provider server on loopback: three accounts, real HTTP, faults on demand."""

from __future__ import annotations

import secrets
import sys
import threading
from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal, NamedTuple, Self, get_args

from . import model_lists
from ._fault_context import FaultContext
from ._http import LOOPBACK, Listener
from .accounts import Account, AnthropicAccount, OpenAIAccount
from .answers import answer, methods_at, reply_of
from .faults import Fault, fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from ._http import Exchange
    from ._in_page import PageListener

Where = Literal["openai", "anthropic", "second", "all"]
AccountName = Literal["openai", "anthropic", "second"]

REQUESTS_KEPT = 10_000
_SECRET_HEADERS = frozenset({"authorization", "x-api-key", "cookie", "proxy-authorization"})
_FRONT_PAGE = (
    b"<!doctype html><html><head><title>Demo provider server</title></head><body>"
    b"<h1>Demo provider server</h1><p>Lists of models are below /openai/v1, /second/v1 and "
    b"/anthropic.</p></body></html>"
)


class RecordedRequest(NamedTuple):
    """A received request.

    Attributes:
        method: The HTTP method.
        path: Path and query.
        headers: Names in lower case; headers with keys have the value ``(not kept)``.
        authorised: Whether it had the key of its account.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    authorised: bool


class _ActiveFault(NamedTuple):
    fault: Fault
    left: int | None


class DemoServer:
    """A server that lists models as providers do, on ``127.0.0.1``, for notebooks and tests.

    It keeps an Anthropic account (paged), a large OpenAI-compatible one and a small second one with a
    key of its own. It checks keys, and fails as `play` tells it. It is a context manager::

        with DemoServer() as server:
            dw.add_provider(name="Demo", type="openai-compatible",
                            base_url=server.openai_base_url, api_key=server.api_key)

    Args:
        models: How many models the large account lists.
        anthropic_models: How many the Anthropic account lists.
        api_key: The key of the Anthropic and the large account; a random one by default.
        second_api_key: The key of the second account; a random one by default.
        port: The port; 0 takes a free one.
    """

    def __init__(
        self,
        *,
        models: int = 400,
        anthropic_models: int = model_lists.ANTHROPIC_MODELS,
        api_key: str | None = None,
        second_api_key: str | None = None,
        port: int = 0,
    ) -> None:
        self.api_key = api_key or f"sk-demo-{secrets.token_hex(16)}"
        self.second_api_key = second_api_key or f"sk-demo-second-{secrets.token_hex(16)}"
        self._wanted_port = port
        self._lock = threading.Lock()
        self._requests: deque[RecordedRequest] = deque(maxlen=REQUESTS_KEPT)
        self._strays: deque[RecordedRequest] = deque(maxlen=REQUESTS_KEPT)
        self._active_faults: dict[str, _ActiveFault] = {}
        self._listener: Listener | PageListener | None = None
        self._elsewhere: Listener | PageListener | None = None
        self._accounts: dict[str, Account] = {
            "anthropic": AnthropicAccount(
                "anthropic",
                prefix="/anthropic",
                key=self.api_key,
                models=model_lists.anthropic_models(anthropic_models),
            ),
            "openai": OpenAIAccount(
                "openai", prefix="/openai", key=self.api_key, models=model_lists.openai_models(models)
            ),
            "second": OpenAIAccount(
                "second", prefix="/second", key=self.second_api_key, models=model_lists.second_models()
            ),
        }

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        state = self.url if self._listener else "stopped"
        return f"DemoServer({state})"

    def start(self) -> Self:
        """Starts the server, unless it is running."""
        if self._listener is None:
            self._listener = _listen(self._answer, port=self._wanted_port)
            self._elsewhere = _listen(self._note_stray)
        return self

    def stop(self) -> None:
        """Ends all connections and threads. It can be started again, on another port."""
        for listener in (self._listener, self._elsewhere):
            if listener is not None:
                listener.stop()
        self._listener = self._elsewhere = None

    @property
    def running(self) -> bool:
        """Whether the server is running."""
        return self._listener is not None

    @property
    def port(self) -> int:
        """The port.

        Raises:
            RuntimeError: If the server does not run.
        """
        if self._listener is None:
            raise RuntimeError("the demo server does not run: call start(), or use it in a with statement")
        return self._listener.port

    @property
    def url(self) -> str:
        """The server's origin; itself a web page, not a provider."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def openai_base_url(self) -> str:
        """Base URL of the large OpenAI-compatible account."""
        return f"{self.url}/openai/v1"

    @property
    def second_openai_base_url(self) -> str:
        """Base URL of the small OpenAI-compatible account, whose key is `second_api_key`."""
        return f"{self.url}/second/v1"

    @property
    def anthropic_base_url(self) -> str:
        """Base URL of the Anthropic account, without ``/v1``, which its clients add."""
        return f"{self.url}/anthropic"

    @property
    def requests(self) -> tuple[RecordedRequest, ...]:
        """The received requests, oldest first (the last 10,000)."""
        with self._lock:
            return tuple(self._requests)

    @property
    def stray_requests(self) -> tuple[RecordedRequest, ...]:
        """The requests to the other origin that ``redirect-elsewhere`` points to; there should be none."""
        with self._lock:
            return tuple(self._strays)

    @property
    def connections(self) -> int:
        """How many connections were accepted since the start."""
        return self._listener.accepted if self._listener else 0

    def forget_requests(self) -> None:
        """Empties `requests` and `stray_requests`."""
        with self._lock:
            self._requests.clear()
            self._strays.clear()

    def models(self, account: AccountName = "openai") -> tuple[model_lists.DemoModel, ...]:
        """The models that an account lists now, each with its kind."""
        return self._accounts[account].models

    def set_models(self, models: Iterable[model_lists.DemoModel], *, account: AccountName = "openai") -> None:
        """Replaces the models of an account, which providers change over time."""
        self._accounts[account].models = tuple(models)

    def play(
        self,
        what: Fault | str | None,
        *,
        where: Where = "all",
        times: int | None = None,
        **options: Any,
    ) -> None:
        """Sets how the server answers from now on, both lists of models and requests to models.

        Args:
            what: A fault, its name (`dispatch_widgets.demo.FAULT_NAMES`), or None for correct answers.
            where: Which account.
            times: For how many requests; None for all. Afterwards it answers correctly again.
            **options: Options of a fault given by name: ``play("429", retry_after=60)``.

        Raises:
            ValueError: If there is no such fault or account.
            TypeError: If the fault has no such option.
        """
        if where not in get_args(Where):
            raise ValueError(f"there is no account {where!r}; there are: {', '.join(get_args(Where))}")
        if options and not isinstance(what, str):
            raise TypeError("options go with the name of a fault; a Fault has its own already")
        chosen = fault(what, **options) if isinstance(what, str) else what
        with self._lock:
            for name in self._accounts if where == "all" else (where,):
                self._active_faults.pop(name, None)
                if chosen is not None and times != 0:
                    self._active_faults[name] = _ActiveFault(chosen, times)

    def _answer(self, exchange: Exchange) -> None:
        account = self._account_at(exchange.path)
        self._record(exchange, account)
        if account is None:
            self._answer_outside(exchange)
        elif exchange.path != account.list_path and reply_of(account, exchange.path) is None:
            account.error(HTTPStatus.NOT_FOUND, f"There is nothing at {exchange.path}.").send(exchange)
        elif exchange.method not in methods_at(account, exchange.path):
            account.error(HTTPStatus.METHOD_NOT_ALLOWED, f"{exchange.path} does not take this.").send(
                exchange
            )
        elif active := self._next_fault(account.name):
            active.play(FaultContext(exchange, account, self._other_origin()))
        else:
            (account.refuse(exchange) or answer(account, exchange)).send(exchange)

    def _answer_outside(self, exchange: Exchange) -> None:
        if exchange.path == "/":
            exchange.send(HTTPStatus.OK, _FRONT_PAGE, content_type="text/html; charset=utf-8")
        else:
            exchange.send(HTTPStatus.NOT_FOUND, b'{"detail":"Not Found"}')

    def _account_at(self, path: str) -> Account | None:
        prefix = "/" + path[1:].partition("/")[0]
        return next((account for account in self._accounts.values() if account.prefix == prefix), None)

    def _next_fault(self, name: str) -> Fault | None:
        with self._lock:
            active = self._active_faults.get(name)
            if active is None:
                return None
            if active.left is not None:
                if active.left == 1:
                    del self._active_faults[name]
                else:
                    self._active_faults[name] = active._replace(left=active.left - 1)
            return active.fault

    def _other_origin(self) -> str:
        return f"http://{LOOPBACK}:{self._elsewhere.port}" if self._elsewhere else self.url

    def _note_stray(self, exchange: Exchange) -> None:
        with self._lock:
            self._strays.append(_recorded(exchange, authorised=False))
        exchange.send(HTTPStatus.OK, b'{"object":"list","data":[{"id":"from-elsewhere"}]}')

    def _record(self, exchange: Exchange, account: Account | None) -> None:
        authorised = account is not None and account.key_is_right(exchange)
        with self._lock:
            self._requests.append(_recorded(exchange, authorised=authorised))


def _listen(handle: Callable[[Exchange], None], *, port: int = 0) -> Listener | PageListener:
    if sys.platform == "emscripten":  # in a browser, which has no sockets
        from ._in_page import PageListener

        return PageListener(handle, port=port)
    return Listener(handle, port=port)


def _recorded(exchange: Exchange, *, authorised: bool) -> RecordedRequest:
    headers = {
        name: "(not kept)" if name in _SECRET_HEADERS else value for name, value in exchange.headers.items()
    }
    return RecordedRequest(exchange.method, exchange.target, headers, authorised)
