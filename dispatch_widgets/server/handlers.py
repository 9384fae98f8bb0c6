"""The two routes in Jupyter Server: who may ask, how a refusal looks, what is never kept or logged."""

from __future__ import annotations

import re
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyter_server.auth.decorator import allow_unauthenticated, authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from ..errors import DispatchError, FieldProblem, InvalidInputError
from ..secrets import redact
from .procedures import Context
from .services import Services
from .shapes import failed_list_shape, list_shape
from .trpc import Request, Response, respond
from .trpc_format import UNEXPECTED, CallError, from_dispatch_error, name_of_status, write_json

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

MAX_BODY_BYTES = 1024 * 1024
"""More than any settings file of this kind needs in one request."""

METHOD_OVERRIDE_SETTING = "dispatch_allow_method_override"
"""The key in ``ServerApp.tornado_settings`` that lets queries come by POST; off, as in tRPC itself."""

_JSON_LINES = "application/jsonl"
_REQUEST_HEADERS = "accept, content-type, authorization, x-xsrftoken, trpc-accept, x-dispatch-masked"
_NOT_LOGGED_IN = "Log in to this Jupyter Server, or send its token."
_FOREIGN_PAGE = "This Jupyter Server does not answer pages of another origin."
_FLAG = "Write true or false."
_YES = frozenset({"1", "true"})
_NO = frozenset({"", "0", "false"})


def install(serverapp: ServerApp) -> None:
    """Adds the routes to a server.

    Args:
        serverapp: The server, its web application made.
    """
    given = {"services": Services(Path(serverapp.root_dir))}
    base = url_path_join(serverapp.base_url, "dispatch")
    trpc = url_path_join(base, "trpc")
    serverapp.web_app.add_handlers(  # type: ignore[no-untyped-call]
        ".*$",
        [
            (f"{re.escape(base)}/models/?", ModelsHandler, given),
            (f"{re.escape(trpc)}(?:/.*)?", TrpcHandler, {**given, "prefix": trpc}),
        ],
    )


class DispatchHandler(APIHandler):
    """What both routes share: Jupyter's authentication, refusals in tRPC's form, nothing cached or logged."""

    auth_resource = "dispatch"

    def initialize(self, services: Services, prefix: str = "") -> None:
        """Takes what `install` gives; hides the query, in which a client may have put a key, from all logs.

        Args:
            services: The service of this process.
            prefix: The path of tRPC's base URL.
        """
        self.services = services
        self._prefix = prefix
        if self.request.query:
            self.request.uri = f"{self.request.path}?[hidden]"

    def set_default_headers(self) -> None:
        """No cache keeps an answer, nor an error."""
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")
        self.set_header("Vary", "trpc-accept, accept, origin, x-dispatch-masked")

    def compute_etag(self) -> None:
        """None: a hash of an answer is a hash of the keys in it."""

    def update_api_activity(self) -> None:
        """Tells Jupyter that it is in use; a query that cannot be decoded is no reason to fail here."""
        try:
            super().update_api_activity()
        except web.HTTPError:
            return

    def check_xsrf_cookie(self) -> None:
        """Jupyter's own check; without a user there is something else to say first."""
        # Tornado calls this before `prepare` knows the user; Jupyter's check waits until then.
        if getattr(self, "_jupyter_current_user", self) is None:
            raise web.HTTPError(HTTPStatus.UNAUTHORIZED, _NOT_LOGGED_IN)
        super().check_xsrf_cookie()

    def get_login_url(self) -> str:
        """No redirection to a page: clients follow it and find HTML."""
        raise web.HTTPError(HTTPStatus.UNAUTHORIZED, _NOT_LOGGED_IN)

    async def prepare(self) -> None:  # type: ignore[override]
        """Nobody gets past here without Jupyter's authentication, no page without its origin check."""
        try:
            await super().prepare()
        except web.HTTPError as refusal:
            if refusal.status_code != HTTPStatus.NOT_FOUND:
                raise
            raise web.HTTPError(HTTPStatus.FORBIDDEN, _FOREIGN_PAGE) from None
        if self.request.method == "OPTIONS":
            return
        if not self.current_user:
            raise web.HTTPError(HTTPStatus.UNAUTHORIZED, _NOT_LOGGED_IN)
        # An image or a script of another site carries the cookie and no Origin that could be checked.
        if self.on_foreign_page and "Origin" not in self.request.headers and not self.token_authenticated:
            raise web.HTTPError(HTTPStatus.FORBIDDEN, _FOREIGN_PAGE)

    @property
    def on_foreign_page(self) -> bool:
        """Whether a browser says that a page of another origin asks; Jupyter may allow it to."""
        site = self.request.headers.get("Sec-Fetch-Site")
        if site is not None:
            return site.lower() not in {"same-origin", "none"}
        origin = self.request.headers.get("Origin")
        return origin is not None and urlsplit(origin.lower()).netloc != self.request.host.lower()

    @property
    def masked(self) -> bool:
        """Whether keys are answered in their shown form: when asked for, and always to a foreign page."""
        asked = self.request.headers.get("X-Dispatch-Masked", "") or self.raw_argument("masked").decode(
            "latin1"
        )
        return self.on_foreign_page or asked.strip().lower() not in _NO

    def raw_argument(self, name: str) -> bytes:
        """The first value of a query's argument as it came: `get_query_argument` strips, and takes the last.

        Args:
            name: Its name.
        """
        return next(iter(self.request.query_arguments.get(name, ())), b"")

    @allow_unauthenticated
    def options(self, *args: Any, **kwargs: Any) -> None:
        """Jupyter's answer to a preflight, which never carries credentials, with the headers that we read."""
        super().options(*args, **kwargs)
        if "Access-Control-Allow-Headers" not in self.settings.get("headers", {}):
            self.set_header("Access-Control-Allow-Headers", _REQUEST_HEADERS)

    def send(self, reply: Response) -> None:
        """Sends an answer.

        Args:
            reply: What the router gave.
        """
        self.set_status(reply.status)
        if reply.allow:
            self.set_header("Allow", reply.allow)
        self.finish(reply.body)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Every refusal, Jupyter's and Tornado's own too, in tRPC's form.

        Args:
            status_code: The HTTP status.
            **kwargs: Tornado's; ``exc_info`` is the exception behind it.
        """
        name = name_of_status(status_code)
        refusal = kwargs.get("exc_info", (None, None, None))[1]
        message = (
            UNEXPECTED if name == "INTERNAL_SERVER_ERROR" else HTTPStatus(CallError(name, "").status).phrase
        )
        if isinstance(refusal, web.HTTPError) and refusal.log_message and name != "INTERNAL_SERVER_ERROR":
            text = refusal.log_message
            message = redact(text % refusal.args if refusal.args else text)
        if status_code == HTTPStatus.UNAUTHORIZED:
            self.set_header("WWW-Authenticate", 'Bearer realm="Jupyter"')
        self.finish(write_json(CallError(name, message).envelope()))


class ModelsHandler(DispatchHandler):
    """``GET /dispatch/models``: one provider's list, or everybody's."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answers ``?providerId=…&forceRefresh=…``."""
        try:
            body = await self._lists()
        except CallError as error:
            self.send(Response(status=error.status, body=write_json(error.envelope())))
        except DispatchError as error:
            told = from_dispatch_error(error)
            self.send(Response(status=told.status, body=write_json(told.envelope())))
        else:
            self.send(Response(status=HTTPStatus.OK, body=write_json(body)))

    async def _lists(self) -> dict[str, Any]:
        flag = self.raw_argument("forceRefresh").decode("latin1").lower()
        if flag not in _YES | _NO:
            raise InvalidInputError([FieldProblem("forceRefresh", _FLAG)])
        force_refresh = flag in _YES
        if "providerId" in self.request.query_arguments:
            try:
                provider_id = self.raw_argument("providerId").decode()
            except UnicodeDecodeError:
                raise CallError("BAD_REQUEST", "The query is not UTF-8.") from None
            return list_shape(await self.services.discover(provider_id, force_refresh=force_refresh))
        found = await self.services.discover_all(force_refresh=force_refresh)
        return {
            "providers": [
                failed_list_shape(provider, result)
                if isinstance(result, DispatchError)
                else list_shape(result)
                for provider, result in found
            ]
        }


class TrpcHandler(DispatchHandler):
    """tRPC 11's protocol below ``/dispatch/trpc/``.

    A body that is too large is read to its end before it is refused: Tornado closes a connection that is
    answered earlier, without a word in the answer, and the client's next request fails (measured).
    """

    async def _call(self) -> None:
        if len(self.request.body) > MAX_BODY_BYTES:
            raise web.HTTPError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        headers = self.request.headers
        by_get = self.request.method == "GET"
        request = Request(
            method=str(self.request.method),
            path=self.request.path.removeprefix(self._prefix).removeprefix("/"),
            content_type=headers.get("Content-Type", ""),
            raw_input=self.raw_argument("input") if by_get else self.request.body,
            batch=self.raw_argument("batch") == b"1",
            lines=_JSON_LINES in headers.get("Trpc-Accept", "") or _JSON_LINES in headers.get("Accept", ""),
        )
        context = Context(services=self.services, masked=self.masked)
        override = bool(self.settings.get(METHOD_OVERRIDE_SETTING))
        self.send(await respond(request, context, allow_method_override=override))

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Runs queries."""
        await self._call()

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Runs mutations."""
        await self._call()

    @web.authenticated
    @authorized
    async def put(self) -> None:
        """Is answered in tRPC's form like any other method that calls nothing."""
        await self._call()

    patch = delete = put

    @web.authenticated
    @authorized
    async def head(self) -> None:
        """Says that somebody is there."""
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()
