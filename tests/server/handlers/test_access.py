"""Who is answered, how a refusal looks, and what a page of another origin gets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_server.auth import Authorizer

if TYPE_CHECKING:
    from collections.abc import Callable

    from dispatch_widgets import SettingsService

    Ask = Callable[..., Any]

KEY = "sk-access-1234567890abcdef"
MASKED = "sk-…cdef"
NO_TOKEN = {"Authorization": ""}
FOREIGN = {"Origin": "http://evil.example"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def stored(service: SettingsService) -> str:
    """A provider in the file; its id."""
    return service.add_provider(name="A", type="anthropic", api_key=KEY).id


@pytest.mark.req("API-4")
async def test_without_a_token_nothing_is_answered(ask: Ask, stored: str) -> None:
    """Without credentials every method on every route is UNAUTHORIZED in tRPC's form."""
    for path in ("models", "models?providerId=mock", "trpc/settings.getProviders", "trpc", "trpc/a?batch=1"):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            reply = await ask(path, method=method, headers={**NO_TOKEN, **JSON}, body="{}")
            assert (reply.status, reply.error["data"]["code"]) == (401, "UNAUTHORIZED"), (method, path)
            assert reply.error["code"] == -32001
            assert reply.error["message"]
            assert stored not in reply.text
        assert (await ask(path, method="HEAD", headers=NO_TOKEN)).status == 401


@pytest.mark.req("API-4")
async def test_a_wrong_token_changes_nothing(mutate: Ask, stored: str, service: SettingsService) -> None:
    """A mutation with a wrong token fails before its input is read."""
    headers = {"Authorization": "token wrong"}
    assert (await mutate("deleteProvider", {"id": stored}, headers=headers)).status == 401
    assert [provider.id for provider in service.get_providers()] == [stored]


@pytest.mark.req("API-4")
async def test_an_authorizer_is_asked(ask: Ask, jp_serverapp: Any, stored: str) -> None:
    """Without Jupyter's authorisation a user gets FORBIDDEN."""

    class Nobody(Authorizer):
        asked: list[tuple[str, str]] = []  # noqa: RUF012 - read below

        def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
            self.asked.append((action, resource))
            return False

    jp_serverapp.web_app.settings["authorizer"] = Nobody(parent=jp_serverapp)
    reply = await ask("trpc/settings.getProviders")
    assert (reply.status, reply.error["data"]["code"]) == (403, "FORBIDDEN")
    assert (await ask("models")).status == 403
    assert (await ask("trpc/settings.addModel", method="POST", headers=JSON, body="{}")).status == 403
    assert Nobody.asked == [("read", "dispatch"), ("read", "dispatch"), ("write", "dispatch")]


@pytest.mark.req("API-4", "SEC-1")
async def test_keys_go_only_where_they_may(query: Ask, mutate: Ask, stored: str) -> None:
    """The list carries the key; the flag, the header and a page of another origin get the masked form."""

    def key(reply: Any) -> str:
        assert reply.headers["Cache-Control"] == "no-store"
        assert "Etag" not in reply.headers
        text: str = reply.data[0]["credentials"]["apiKey"]
        return text

    assert key(await query("getProviders")) == KEY
    assert key(await query("getProviders", headers={"Sec-Fetch-Site": "same-origin", **FOREIGN})) == KEY
    assert key(await query("getProviders", extra="masked=0")) == KEY
    for headers in (
        {"X-Dispatch-Masked": "1"},
        {"X-Dispatch-Masked": "yes"},
        FOREIGN,
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", **FOREIGN},
    ):
        assert key(await query("getProviders", headers=headers)) == MASKED, headers
    assert key(await query("getProviders", extra="masked=1")) == MASKED
    changed = await mutate("updateProvider", {"id": stored, "name": "B"}, headers=FOREIGN)
    assert changed.data["credentials"] == {"apiKey": MASKED}


@pytest.mark.req("SEC-3")
async def test_a_masked_key_sent_back_keeps_the_key(query: Ask, mutate: Ask, stored: str) -> None:
    """Sending back a masked key with a new name keeps the key."""
    provider = (await query("getProviders", extra="masked=1")).data[0]
    assert (await mutate("updateProvider", {**provider, "name": "New"})).status == 200
    after = (await query("getProviders")).data[0]
    assert (after["name"], after["credentials"]["apiKey"]) == ("New", KEY)


@pytest.mark.req("API-4")
async def test_a_preflight_is_jupyters_own(ask: Ask) -> None:
    """OPTIONS needs no credentials, gives none, and names the headers that the stream link sends."""
    reply = await ask("trpc/settings.getProviders", method="OPTIONS", headers={**NO_TOKEN, **FOREIGN})
    assert (reply.status, reply.text) == (204, "") or not reply.text
    assert "trpc-accept" in reply.headers["Access-Control-Allow-Headers"]
    assert reply.headers.get("Access-Control-Allow-Origin", "") in {"", FOREIGN["Origin"]}


@pytest.mark.req("API-4")
async def test_an_error_is_cached_by_nobody(ask: Ask) -> None:
    """Errors are not cached either, and a 401 says how to authenticate."""
    reply = await ask("models", headers=NO_TOKEN)
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")
    assert (await ask("models?providerId=nope")).headers["Cache-Control"] == "no-store"


@pytest.mark.req("API-4")
async def test_jp_fetch_finds_the_routes(jp_fetch: Ask, service: SettingsService) -> None:
    """A request works below a base URL that contains an escape."""
    service.add_provider(name="日本", type="anthropic", api_key=KEY)
    reply = await jp_fetch("dispatch", "trpc", "settings.getProviders")
    assert [provider["name"] for provider in json.loads(reply.body)["result"]["data"]] == ["日本"]
    assert reply.headers["Content-Type"].startswith("application/json")
