"""The routes in Jupyter Server: authentication, error responses, and what is never cached or logged."""

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
"""The largest request body; no settings file needs more in one request."""

METHOD_OVERRIDE_SETTING = "dispatch_allow_method_override"
"""The key in ``ServerApp.tornado_settings`` that allows queries by POST; off by default, as in tRPC."""

_JSON_LINES = "application/jsonl"
_REQUEST_HEADERS = "accept, content-type, authorization, x-xsrftoken, trpc-accept, x-dispatch-masked"
_NOT_LOGGED_IN = "Log in to this Jupyter Server, or send its token."
_XSRF_REFUSED = (
    "Send the header X-XSRFToken with the value of the cookie _xsrf: it is missing, or of another login."
)
_FOREIGN_PAGE = "This Jupyter Server does not answer pages of another origin."
_FLAG = "Write true or false."
_YES = frozenset({"1", "true"})
_NO = frozenset({"", "0", "false"})


def install(serverapp: ServerApp) -> None:
    """Adds the routes to a server."""
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
    """The base of both routes: Jupyter's authentication, errors in tRPC's form, nothing cached or logged."""

    auth_resource = "dispatch"
    methods = "GET"
    """For the ``Allow`` header of a 405."""
    _lacks_xsrf_token = False

    def initialize(self, services: Services, prefix: str = "") -> None:
        """Sets up the handler, and keeps the query out of all logs, as it may contain a key."""
        self.services = services
        self._prefix = prefix
        if self.request.query:
            self.request.uri = f"{self.request.path}?[hidden]"

    def set_default_headers(self) -> None:
        """Forbids caching of every response, errors included."""
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")
        self.set_header("Vary", "trpc-accept, accept, origin, x-dispatch-masked")

    def compute_etag(self) -> None:
        """Returns None, as a hash of the response would be a hash of the keys in it."""

    def update_api_activity(self) -> None:
        """Tells Jupyter that it is in use, also if the query cannot be decoded."""
        try:
            super().update_api_activity()
        except web.HTTPError:
            return

    def check_xsrf_cookie(self) -> None:
        """Does Jupyter's or JupyterHub's check, unless nobody is logged in."""
        # Tornado calls this before `prepare` knows the user, and Jupyter calls it again afterwards.
        if getattr(self, "_jupyter_current_user", self) is None:
            raise self._nobody()
        try:
            super().check_xsrf_cookie()
        except web.HTTPError as refusal:
            if refusal.status_code != HTTPStatus.FORBIDDEN:
                raise
            # JupyterHub catches this, for GET too, and then takes the request as one of nobody.
            self._lacks_xsrf_token = True
            raise web.HTTPError(HTTPStatus.FORBIDDEN, _XSRF_REFUSED) from None

    def get_login_url(self) -> str:
        """Prevents the redirect to a login page, which clients would follow and get HTML."""
        raise self._nobody()

    def _nobody(self) -> web.HTTPError:
        """The refusal of a request that no user was found for."""
        if self._lacks_xsrf_token:
            return web.HTTPError(HTTPStatus.FORBIDDEN, _XSRF_REFUSED)
        return web.HTTPError(HTTPStatus.UNAUTHORIZED, _NOT_LOGGED_IN)

    async def prepare(self) -> None:  # type: ignore[override]
        """Requires Jupyter's authentication, and its origin check for requests from a page."""
        try:
            await super().prepare()
        except web.HTTPError as refusal:
            if refusal.status_code != HTTPStatus.NOT_FOUND:
                raise
            raise web.HTTPError(HTTPStatus.FORBIDDEN, _FOREIGN_PAGE) from None
        if self.request.method == "OPTIONS":
            return
        if not self.current_user:
            raise self._nobody()
        # An image or script tag on another site sends the cookie, but no Origin to check.
        if self.on_foreign_page and "Origin" not in self.request.headers and not self.token_authenticated:
            raise web.HTTPError(HTTPStatus.FORBIDDEN, _FOREIGN_PAGE)

    @property
    def on_foreign_page(self) -> bool:
        """Whether the request comes from a page of another origin, which Jupyter may allow."""
        site = self.request.headers.get("Sec-Fetch-Site")
        if site is not None:
            return site.lower() not in {"same-origin", "none"}
        origin = self.request.headers.get("Origin")
        return origin is not None and urlsplit(origin.lower()).netloc != self.request.host.lower()

    @property
    def masked(self) -> bool:
        """Whether keys are masked in the response: on request, and always for a page of another origin."""
        asked = self.request.headers.get("X-Dispatch-Masked", "") or self.raw_argument("masked").decode(
            "latin1"
        )
        return self.on_foreign_page or asked.strip().lower() not in _NO

    def raw_argument(self, name: str) -> bytes:
        """The first value of a query argument, unchanged; `get_query_argument` strips, and takes the last."""
        return next(iter(self.request.query_arguments.get(name, ())), b"")

    @allow_unauthenticated
    def options(self, *args: Any, **kwargs: Any) -> None:
        """Answers a preflight as Jupyter does, and allows the headers that we read; it has no credentials."""
        super().options(*args, **kwargs)
        if "Access-Control-Allow-Headers" not in self.settings.get("headers", {}):
            self.set_header("Access-Control-Allow-Headers", _REQUEST_HEADERS)

    def send(self, reply: Response) -> None:
        """Sends a response."""
        self.set_status(reply.status)
        if reply.allow:
            self.set_header("Allow", reply.allow)
        self.finish(reply.body)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Sends an error in tRPC's form, also one of Jupyter or Tornado."""
        name = name_of_status(status_code)
        refusal = kwargs.get("exc_info", (None, None, None))[1]
        message = (
            UNEXPECTED if name == "INTERNAL_SERVER_ERROR" else HTTPStatus(CallError(name, "").status).phrase
        )
        if isinstance(refusal, web.HTTPError) and refusal.log_message and name != "INTERNAL_SERVER_ERROR":
            text = refusal.log_message
            message = redact(text % refusal.args if refusal.args else text)
        if status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            self.set_header("Allow", self.methods)
        if status_code == HTTPStatus.UNAUTHORIZED:
            self.set_header("WWW-Authenticate", 'Bearer realm="Jupyter"')
        self.finish(write_json(CallError(name, message).envelope()))


class ModelsHandler(DispatchHandler):
    """``GET /dispatch/models``: the models of one provider, or of all."""

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
    """tRPC 11 below ``/dispatch/trpc/``.

    A body that is too large is read to its end before it is refused: if Tornado responds earlier, it closes
    the connection without saying so, and the client's next request fails (measured).
    """

    methods = "GET, POST"

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
        """Answers in tRPC's form that no procedure is called by this method."""
        await self._call()

    patch = delete = put

    @web.authenticated
    @authorized
    async def head(self) -> None:
        """Confirms that the server is there."""
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()
