"""A Jupyter Server inside the test's own process, by pytest-jupyter, with our routes in it.

Its fixtures and hooks are taken in here and not for the whole suite: two of them act on every test.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from pytest_jupyter.jupyter_server import *  # noqa: F403 - the fixtures ask for each other by name

from dispatch_widgets import SettingsService

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    """The extension as installing the package enables it."""
    return {"ServerApp": {"jpserver_extensions": {"dispatch_widgets": True}}}


@pytest.fixture
def service(jp_root_dir: Path) -> SettingsService:
    """A service of another process, such as a kernel, for the server's file."""
    return SettingsService(jp_root_dir / "dispatch.settings.json")


class Reply:
    """What came back.

    Args:
        response: Tornado's response.
    """

    def __init__(self, response: Any) -> None:
        self.status: int = response.code
        self.headers = response.headers
        self.text: str = response.body.decode() if response.body else ""

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.text)

    @property
    def data(self) -> Any:
        """The result of one call."""
        assert self.status == 200, self.text
        return self.json["result"]["data"]

    @property
    def error(self) -> Any:
        """The envelope's error of one call, its form checked."""
        assert set(self.json) == {"error"}, self.text
        error = self.json["error"]
        assert error["data"]["httpStatus"] == self.status
        return error


@pytest.fixture
def ask(http_server_client: Any, jp_auth_header: dict[str, str], jp_base_url: str) -> Callable[..., Any]:
    """Any request below /dispatch, its path as it is written, any status taken.

    `jp_fetch` escapes what it is given, commas and question marks too.
    """

    async def asked(path: str, *, headers: dict[str, str] | None = None, **options: Any) -> Reply:
        headers = {**jp_auth_header, **(headers or {})}
        url = f"{jp_base_url}dispatch/{path}"
        options = {"allow_nonstandard_methods": True, "follow_redirects": False, **options}
        return Reply(await http_server_client.fetch(url, headers=headers, raise_error=False, **options))

    return asked


@pytest.fixture
def query(ask: Callable[..., Any]) -> Callable[..., Any]:
    """One tRPC query, by the name of its procedure and its input."""

    async def queried(name: str, given: Any = None, *, extra: str = "", **options: Any) -> Reply:
        sent = "" if given is None else f"input={quote(json.dumps(given))}"
        reply: Reply = await ask(f"trpc/settings.{name}?{sent}&{extra}".rstrip("?&"), **options)
        return reply

    return queried


@pytest.fixture
def mutate(ask: Callable[..., Any]) -> Callable[..., Any]:
    """One tRPC mutation, by the name of its procedure and its input."""

    async def mutated(
        name: str, given: Any = None, *, headers: dict[str, str] | None = None, **options: Any
    ) -> Reply:
        body = "" if given is None else json.dumps(given)
        headers = {"Content-Type": "application/json", **(headers or {})}
        path = f"trpc/settings.{name}"
        reply: Reply = await ask(path, method="POST", body=body, headers=headers, **options)
        return reply

    return mutated
