"""Every procedure and `GET /dispatch/models`, through Jupyter Server and over real HTTP to a provider."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from dispatch_widgets import SettingsService
from dispatch_widgets.demo import DemoServer, fault
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.server.handlers import METHOD_OVERRIDE_SETTING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Ask = Callable[..., Any]

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def demo() -> Iterator[DemoServer]:
    """Providers on loopback."""
    with DemoServer(models=30) as running:
        yield running


def _openai(demo: DemoServer, name: str = "Demo") -> dict[str, Any]:
    credentials = {"apiKey": demo.api_key, "baseUrl": demo.openai_base_url}
    return {"name": name, "type": "openai-compatible", "credentials": credentials}


@pytest.mark.req("API-4", "PM-2", "PM-3", "PM-4")
async def test_a_providers_life(query: Ask, mutate: Ask, service: SettingsService, canary: str) -> None:
    """Another process sees in the file each provider that is added, changed or deleted over HTTP."""
    given = {"name": " A ", "type": "anthropic", "credentials": {"apiKey": canary}}
    made = (await mutate("addProvider", given)).data
    assert made == {
        "id": made["id"],
        "name": "A",
        "type": "anthropic",
        "credentials": {"apiKey": canary},
    }
    assert (await query("getProviders")).data == [made]
    assert service.provider(made["id"]).name == "A"
    changes = {"id": made["id"], "credentials": {"baseUrl": "http://127.0.0.1:9"}}
    changed = (await mutate("updateProvider", changes)).data
    assert changed == {**made, "credentials": {"apiKey": canary, "baseUrl": "http://127.0.0.1:9"}}
    cleared = (await mutate("updateProvider", {"id": made["id"], "credentials": {"baseUrl": ""}})).data
    assert cleared == made
    entry = service.add_model(provider_id=made["id"], model="claude", tasks=["grade"])
    gone = (await mutate("deleteProvider", {"id": made["id"], "unassign": True})).data
    assert gone == {
        "success": True,
        "entries": [{"id": entry.id, "providerId": made["id"], "model": "claude"}],
        "tasks": ["grade"],
    }
    assert service.get_providers() == ()
    assert len(service.assignments) == 0
    assert (await mutate("deleteProvider", {"id": made["id"]})).error["data"]["code"] == "NOT_FOUND"


@pytest.mark.req("API-4", "PM-6")
async def test_a_models_life(mutate: Ask, query: Ask, service: SettingsService) -> None:
    """A catalog entry is added with its tasks, changed and deleted; the mock provider is listed with it."""
    given = {"providerId": "mock", "model": "mock-chat", "label": "M", "tasks": ["grade", "digest"]}
    made = (await mutate("addModel", {**given, "capabilities": ["chat"]})).data
    assert made == {
        "id": "mock:mock-chat",
        "providerId": "mock",
        "model": "mock-chat",
        "label": "M",
        "capabilities": ["chat"],
    }
    assert [found.task for found in service.assignments] == ["grade", "digest"]
    assert [(p["id"], p["credentials"]) for p in (await query("getProviders")).data] == [
        ("mock", {"apiKey": ""})
    ]
    changed = (await mutate("updateModel", {"id": made["id"], "label": "", "model": "mock"})).data
    assert changed == {"id": made["id"], "providerId": "mock", "model": "mock", "capabilities": ["chat"]}
    gone = (await mutate("deleteModel", {"id": made["id"]})).data
    assert (gone["success"], gone["tasks"]) == (True, ["grade", "digest"])
    assert service.catalog == ()


@pytest.mark.req("API-4", "MD-3", "MD-6", "MD-7")
async def test_discovery_is_a_bare_list_from_the_cache(query: Ask, mutate: Ask, demo: DemoServer) -> None:
    """The answer is a list of camelCase objects; only forceRefresh asks a second time."""
    provider_id = (await mutate("addProvider", _openai(demo))).data["id"]
    models = (await query("discoverModels", {"providerId": provider_id})).data
    assert len(models) == 30
    assert all({"id", "name", "capabilities"} <= set(model) for model in models)
    assert not any("_" in name for model in models for name in model)
    again = (await query("discoverModels", {"providerId": provider_id, "forceRefresh": False})).data
    assert (again, len(demo.requests)) == (models, 1)
    await query("discoverModels", {"providerId": provider_id, "forceRefresh": True})
    assert len(demo.requests) == 2


@pytest.mark.req("API-4", "API-2", "MD-8", "MD-10", "MD-15")
async def test_a_failed_discovery_says_kind_and_hint(query: Ask, mutate: Ask, demo: DemoServer) -> None:
    """A provider's 401 is INTERNAL_SERVER_ERROR with data.kind: the caller's own login is fine."""
    provider_id = (await mutate("addProvider", _openai(demo))).data["id"]
    demo.play(fault("echo-key"))
    reply = await query("discoverModels", {"providerId": provider_id, "forceRefresh": True})
    data = reply.error["data"]
    assert (reply.status, reply.error["code"], data["code"]) == (500, -32603, "INTERNAL_SERVER_ERROR")
    assert (data["kind"], data["path"]) == ("INVALID_CREDENTIALS", "settings.discoverModels")
    assert data["hint"]
    assert demo.api_key not in reply.text
    demo.play(fault("429", retry_after=7200))
    limited = (await query("discoverModels", {"providerId": provider_id})).error["data"]
    assert limited["kind"] == "RATE_LIMITED"
    assert limited["retryAt"].endswith("Z")


@pytest.mark.req("API-4", "MD-13")
async def test_one_list_with_its_state(ask: Ask, service: SettingsService, demo: DemoServer) -> None:
    """GET /dispatch/models says where a list came from, when, and what is wrong with it."""
    provider = service.add_provider(
        name="Demo", type="openai-compatible", api_key=demo.api_key, base_url=demo.openai_base_url
    )
    path = f"models?providerId={provider.id}"
    first = (await ask(path)).json
    assert (first["source"], len(first["models"]), first["warning"]) == ("live", 30, "")
    assert (first["providerId"], first["providerName"], first["error"]) == (provider.id, "Demo", None)
    assert first["fetchedAt"].endswith("Z")
    second = (await ask(f"{path}&forceRefresh=false")).json
    assert (second["source"], second["fetchedAt"]) == ("cache", first["fetchedAt"])
    demo.play(fault("500"))
    stale = (await ask(f"{path}&forceRefresh=true")).json
    assert (stale["source"], stale["models"]) == ("stale", first["models"])
    assert stale["warning"]
    assert (stale["error"]["code"], stale["error"]["kind"]) == ("INTERNAL_SERVER_ERROR", "HTTP_STATUS")


@pytest.mark.req("API-4", "MD-12")
async def test_all_lists_each_with_its_own_state(
    ask: Ask, service: SettingsService, demo: DemoServer, canary: str
) -> None:
    """Without a provider id, each provider has its own list or error."""
    given = {"type": "openai-compatible", "base_url": demo.openai_base_url}
    service.add_provider(name="Good", api_key=demo.api_key, **given)
    service.add_provider(name="Wrong key", api_key=canary, **given)
    service.add_provider(name="No variable", type="anthropic", api_key="${ANTHROPIC_API_KEY}")
    service.add_model(provider_id="mock", model="mock")
    reply = await ask("models")
    lists = {found["providerName"]: found for found in reply.json["providers"]}
    assert list(lists) == ["Good", "Wrong key", "No variable", "Mock"]
    assert (lists["Good"]["source"], len(lists["Good"]["models"])) == ("live", 30)
    assert lists["Wrong key"]["error"]["kind"] == "INVALID_CREDENTIALS"
    assert (lists["Wrong key"]["models"], lists["Wrong key"]["source"]) == ([], None)
    assert lists["No variable"]["error"]["code"] == "BAD_REQUEST"
    assert lists["Mock"]["source"] == "builtin"
    assert len({frozenset(found) for found in lists.values()}) == 1  # the same keys in each
    assert canary not in reply.text
    assert demo.api_key not in reply.text


@pytest.mark.req("API-4", "API-2")
async def test_what_models_refuses(ask: Ask) -> None:
    """An unknown provider is 404, a flag that is none 400, another method 405: all in the same form."""
    assert (await ask("models?providerId=nope")).error["data"]["code"] == "NOT_FOUND"
    assert (await ask("models?providerId=")).error["data"]["code"] == "NOT_FOUND"
    flag = (await ask("models?forceRefresh=maybe")).error
    assert [issue["path"] for issue in json.loads(flag["message"])] == [["forceRefresh"]]
    assert (await ask("models?providerId=%FF")).error["data"]["code"] == "BAD_REQUEST"
    assert (await ask("models?no_track_activity=%FF")).json == {"providers": []}
    for method in ("POST", "DELETE"):
        wrong = await ask("models", method=method, headers=JSON, body="{}")
        assert (wrong.error["data"]["code"], wrong.headers["Allow"]) == ("METHOD_NOT_SUPPORTED", "GET")


@pytest.mark.req("SEC-4")
async def test_a_reference_of_the_file_is_sent_nowhere_unasked(
    query: Ask, mutate: Ask, service: SettingsService, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reference in the file needs consent before it is sent, also after a rename."""
    monkeypatch.setenv("SOMEBODYS_SECRET", demo.api_key)
    SettingsService(service.path).add_provider(
        name="From elsewhere",
        type="openai-compatible",
        api_key="${SOMEBODYS_SECRET}",
        base_url=demo.openai_base_url,
    )
    [provider] = (await query("getProviders", extra="masked=1")).data
    given = {"providerId": provider["id"], "forceRefresh": True}
    host = demo.openai_base_url.split("/")[2]
    assert (await mutate("updateProvider", {**provider, "name": "Mine"})).data["name"] == "Mine"
    data = (await query("discoverModels", given)).error["data"]
    assert data["consent"] == {"variable": "SOMEBODYS_SECRET", "host": host}
    assert "allowSending" in data["hint"]
    assert demo.requests == ()
    agreed = {"id": provider["id"], "allowSending": data["consent"]}
    assert (await mutate("updateProvider", agreed)).status == 200
    assert len((await query("discoverModels", given)).data) == 30


@pytest.fixture
def foreign(service: SettingsService, monkeypatch: pytest.MonkeyPatch, demo: DemoServer) -> dict[str, Any]:
    """A provider that came with the file and names somebody's secret, for good.test; as a client has it."""
    monkeypatch.setenv("SOMEBODYS_SECRET", demo.api_key)
    credentials = {"apiKey": "${SOMEBODYS_SECRET}", "baseUrl": "https://good.test/v1"}
    provider = {"id": "p", "name": "Odd", "type": "openai-compatible", "credentials": credentials}
    service.path.write_text(json.dumps({"providers": [provider]}), encoding="utf-8")
    return provider


def _with_url(provider: dict[str, Any], base_url: str) -> str:
    credentials = {**provider["credentials"], "baseUrl": base_url}
    return json.dumps({"providers": [{**provider, "credentials": credentials}]})


@pytest.mark.req("SEC-8")
async def test_a_yes_over_http_is_to_variable_and_host_as_the_user_saw_them(
    query: Ask, mutate: Ask, service: SettingsService, demo: DemoServer, foreign: dict[str, Any]
) -> None:
    """If the file has another host by then, nothing is sent or saved, and the error has the new question."""
    given = {"providerId": "p", "forceRefresh": True}
    seen = (await query("discoverModels", given)).error["data"]["consent"]
    assert seen == {"variable": "SOMEBODYS_SECRET", "host": "good.test"}
    service.path.write_text(_with_url(foreign, demo.openai_base_url), encoding="utf-8")
    before = service.path.read_bytes()
    refused = (await mutate("updateProvider", {"id": "p", "name": "Mine", "allowSending": seen})).error
    host = demo.openai_base_url.split("/")[2]
    assert refused["data"]["code"] == "BAD_REQUEST"
    assert refused["data"]["consent"] == {"variable": "SOMEBODYS_SECRET", "host": host}
    assert f"it wants $SOMEBODYS_SECRET sent to {host}" in refused["message"]
    assert "allowSending" in refused["data"]["hint"]
    assert service.path.read_bytes() == before
    assert (await query("discoverModels", given)).error["data"]["consent"]["host"] == host
    assert demo.connections == 0
    agreed = {"id": "p", "name": "Mine", "allowSending": refused["data"]["consent"]}
    assert (await mutate("updateProvider", agreed)).data["name"] == "Mine"
    assert len((await query("discoverModels", given)).data) == 30


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize(
    "bare",
    [
        True,
        False,
        "good.test",
        {},
        {"variable": "SOMEBODYS_SECRET"},
        {"host": "good.test"},
        {"reference": "x"},
    ],
    ids=str,
)
async def test_a_yes_that_does_not_say_to_what_is_none(
    query: Ask, mutate: Ask, service: SettingsService, foreign: dict[str, Any], bare: Any
) -> None:
    """A bare true, or half of what was asked, is refused with what to send; nothing is saved."""
    before = service.path.read_bytes()
    refused = (await mutate("updateProvider", {"id": "p", "name": "Mine", "allowSending": bare})).error
    issues = json.loads(refused["message"])
    assert {issue["path"][0] for issue in issues} == {"allowSending"}
    if not isinstance(bare, dict):
        assert '{"variable": …, "host": …}' in issues[0]["message"]
    assert service.path.read_bytes() == before
    assert "consent" in (await query("discoverModels", {"providerId": "p"})).error["data"]


@pytest.mark.req("SEC-8", "SEC-4")
@pytest.mark.parametrize("key", ["${SOMEBODYS_SECRET}", " ${SOMEBODYS_SECRET} ", "${ANOTHER_SECRET}", ""])
async def test_credentials_that_come_back_are_no_yes(
    query: Ask,
    mutate: Ask,
    foreign: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    key: str,
) -> None:
    """Sending back the credentials that a client received is no consent."""
    monkeypatch.setenv("ANOTHER_SECRET", "sk-another-0123456789")
    credentials = {"apiKey": key, "baseUrl": "https://good.test/v1"}
    saved = await mutate("updateProvider", {**foreign, "name": "Mine", "credentials": credentials})
    assert saved.data["name"] == "Mine"
    asked = (await query("discoverModels", {"providerId": "p"})).error["data"]["consent"]
    assert asked == {"variable": key.strip(" ${}") or "SOMEBODYS_SECRET", "host": "good.test"}


@pytest.mark.req("API-2", "API-4")
async def test_hints_say_what_a_caller_over_http_can_do(
    query: Ask, mutate: Ask, service: SettingsService, demo: DemoServer
) -> None:
    """An unknown id leads to a procedure, and a file that waits for its conversion to a command."""
    asked = await query("discoverModels", {"providerId": "nobody"})
    assert asked.error["data"]["hint"] == "settings.getProviders lists them all."
    asked = await mutate("deleteModel", {"id": "nothing"})
    assert asked.error["data"]["hint"] == "settings.getCatalog lists them all."
    write_sample(service.path.parent, demo, old=True)  # while the server is there: it waits for a yes
    given = {"name": "A", "type": "anthropic", "credentials": {"apiKey": "sk-ant-0123456789abcdef"}}
    refused = (await mutate("addProvider", given)).error
    assert "the old format" in refused["message"]
    assert refused["data"]["hint"].endswith("or with `dispatch-widgets migrate`.")


@pytest.mark.req("API-2", "ST-4")
async def test_a_broken_file_is_an_error_and_stays(
    query: Ask, mutate: Ask, service: SettingsService, canary: str
) -> None:
    """A file that is not JSON is a 500 with a hint, and stays unchanged."""
    service.path.write_bytes(b'{"providers": [')
    error = (await query("getProviders")).error
    assert error["data"]["code"] == "INTERNAL_SERVER_ERROR"
    assert error["data"]["hint"]
    given = {"name": "A", "type": "anthropic", "credentials": {"apiKey": canary}}
    assert (await mutate("addProvider", given)).status == 500
    assert service.path.read_bytes() == b'{"providers": ['


@pytest.mark.req("MIG-7")
async def test_a_lone_surrogate_in_the_file_is_answered(query: Ask, service: SettingsService) -> None:
    """A lone surrogate in a name is sent as an escape."""
    service.path.write_text(
        '{"providers": [{"id": "x", "name": "\\ud800", "type": "anthropic",'
        ' "credentials": {"apiKey": "k"}}]}',
        encoding="utf-8",
    )
    assert (await query("getProviders")).data[0]["name"] == "\ud800"


@pytest.mark.req("API-4")
async def test_methods_and_media_types(ask: Ask, jp_serverapp: Any) -> None:
    """405 names the right method, plain forms get 415, HEAD is empty, and queries by POST are opt-in."""
    post = {"method": "POST", "body": "", "headers": JSON}
    wrong = await ask("trpc/settings.getProviders", **post)
    assert (wrong.status, wrong.headers["Allow"]) == (405, "GET")
    assert wrong.error["message"] == (
        'Unsupported POST-request to query procedure at path "settings.getProviders"'
    )
    wrong = await ask("trpc/settings.addProvider?input=%7B%7D")
    assert (wrong.error["data"]["code"], wrong.headers["Allow"]) == ("METHOD_NOT_SUPPORTED", "POST")
    for method in ("PUT", "PATCH", "DELETE"):
        reply = await ask("trpc/settings.addModel", method=method, headers=JSON, body="{}")
        assert (reply.error["data"]["code"], reply.headers["Allow"]) == ("METHOD_NOT_SUPPORTED", "POST")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for headers in (form, {"Content-Type": "text/plain"}):
        reply = await ask("trpc/settings.deleteProvider", method="POST", headers=headers, body='{"id":"x"}')
        assert reply.error["data"]["code"] == "UNSUPPORTED_MEDIA_TYPE"
    head = await ask("trpc/settings.getProviders", method="HEAD")
    assert (head.status, head.text) == (204, "")
    jp_serverapp.web_app.settings[METHOD_OVERRIDE_SETTING] = True
    assert (await ask("trpc/settings.getProviders", **post)).data == []
    assert (await ask("trpc/settings.addProvider?input=%7B%7D")).status == 405


@pytest.mark.req("API-4")
async def test_a_huge_body_is_refused(ask: Ask, service: SettingsService) -> None:
    """A body of the limit is read; one more byte is 413, with a length or in chunks."""
    limit = 1024 * 1024
    name = "n" * (limit - 80)
    body = json.dumps({"name": name, "type": "anthropic", "credentials": {"apiKey": "k"}})
    body += " " * (limit - len(body))
    fits = await ask("trpc/settings.addProvider", method="POST", headers=JSON, body=body)
    assert len(fits.data["name"]) == len(name)

    async def chunks(write: Callable[[bytes], Any]) -> None:
        for start in range(0, len(body) + 1, 65_536):
            await write((body + " ").encode()[start : start + 65_536])

    for options in ({"body": body + " "}, {"body_producer": chunks}):
        reply = await ask("trpc/settings.addProvider", method="POST", headers=JSON, **options)
        assert (reply.status, reply.error["data"]["code"]) == (413, "PAYLOAD_TOO_LARGE")
    assert len(service.get_providers()) == 1


@pytest.mark.req("API-4")
async def test_inputs_are_read_as_they_came(ask: Ask) -> None:
    """The first of repeated inputs counts, `+` is a space, blanks and control characters stay."""
    first, second = ({"providerId": name} for name in ("a b\tc ", "second"))
    path = f"trpc/settings.discoverModels?input={quote(json.dumps(first)).replace('%20', '+')}"
    message = (await ask(f"{path}&input={quote(json.dumps(second))}")).error["message"]
    assert repr("a b\tc ") in message


@pytest.mark.req("SEC-1")
async def test_a_key_in_a_query_is_in_no_log(
    query: Ask, mutate: Ask, canary: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The key of a mutation that is called by GET, and so is in the URL, is in no log line."""
    given = {"name": "A", "type": "anthropic", "credentials": {"apiKey": canary}}
    caplog.set_level("DEBUG")
    assert (await query("addProvider", given)).status == 405
    assert (await query("discoverModels", given, extra=f"apiKey={canary}")).status == 400
    assert (await mutate("addProvider", {**given, "type": "nope"})).status == 400
    assert (await mutate("addProvider", {**given, canary: canary})).status == 400
    assert (await mutate("addProvider", given)).status == 200
    assert "settings.addProvider" in caplog.text
    assert canary not in caplog.text


@pytest.mark.req("SEC-3", "API-4")
async def test_a_key_over_http_is_taken_as_it_stands(mutate: Ask, query: Ask, canary: str) -> None:
    """Over HTTP a key is saved unchanged, with whatever surrounds it."""
    given = {"name": "A", "type": "anthropic", "credentials": {"apiKey": f'"{canary}"'}}
    made = (await mutate("addProvider", given)).data
    assert made["credentials"]["apiKey"] == f'"{canary}"'
    changes = {"id": made["id"], "credentials": {"apiKey": "$NAME"}}
    assert (await mutate("updateProvider", changes)).data["credentials"]["apiKey"] == "$NAME"


@pytest.mark.req("PM-10", "API-2")
async def test_a_key_in_another_field_is_a_bad_request(mutate: Ask, canary: str) -> None:
    """A key as a name or model id is refused, and not quoted."""
    given = {"name": canary, "type": "anthropic", "credentials": {"apiKey": canary}}
    made = (await mutate("addProvider", {**given, "name": "A"})).data
    model = {"providerId": made["id"], "model": canary}
    for name, values in (("addProvider", given), ("addModel", model)):
        refused = (await mutate(name, values)).error
        assert refused["data"]["code"] == "BAD_REQUEST"
        assert "Keys go into the key field" in refused["message"]
        assert canary not in json.dumps(refused)
