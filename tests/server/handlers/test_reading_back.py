"""What is written over HTTP can be read over HTTP, also where the Dispatch app's page has written it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets.demo import DemoServer, fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dispatch_widgets import SettingsService

    Ask = Callable[..., Any]

CHAT = {"providerId": "mock", "model": "mock-chat"}


@pytest.fixture
def demo() -> Iterator[DemoServer]:
    """Providers on loopback."""
    with DemoServer(models=30) as running:
        yield running


@pytest.mark.req("API-4")
async def test_an_empty_file_reads_as_empty(query: Ask, service: SettingsService) -> None:
    """Without a file every list is empty, and reading makes none."""
    assert (await query("get")).data == {"providers": [], "models": {"catalog": [], "assignment": []}}
    assert (await query("getCatalog")).data == []
    assert (await query("getAssignments")).data == []
    assert not service.path.exists()


@pytest.mark.req("API-4", "PM-6")
async def test_what_is_written_can_be_read(query: Ask, mutate: Ask, canary: str) -> None:
    """The catalog, the assignments and `get` have what was added, assigned and unassigned."""
    given = {"name": "A", "type": "anthropic", "credentials": {"apiKey": canary}}
    provider = (await mutate("addProvider", given)).data
    entry = (await mutate("addModel", {"providerId": provider["id"], "model": "claude"})).data
    other = (await mutate("addModel", {**CHAT, "tasks": ["grade", "digest"]})).data
    made = (await mutate("assign", {"task": "grade", "modelId": entry["id"]})).data
    assert made == {"task": "grade", "modelId": entry["id"]}
    assert (await mutate("unassign", {"task": "digest"})).data == {"success": True}
    assert (await mutate("unassign", {"task": "digest"})).data == {"success": True}
    assert (await query("getCatalog")).data == [entry, other]
    assert (await query("getAssignments")).data == [made]
    read = (await query("get")).data
    assert read == {
        "providers": (await query("getProviders")).data,
        "models": {"catalog": [entry, other], "assignment": [made]},
    }
    assert read["providers"][0] == provider
    assert [found["id"] for found in read["providers"]] == [provider["id"], "mock"]


@pytest.mark.req("API-4", "SEC-1")
async def test_get_gives_keys_as_get_providers_does(query: Ask, mutate: Ask, canary: str) -> None:
    """Keys in `get` are masked on request, and for a page of another origin."""
    given = {"name": "A", "type": "anthropic", "credentials": {"apiKey": canary}}
    await mutate("addProvider", given)
    assert (await query("get")).data["providers"][0]["credentials"]["apiKey"] == canary
    for options in ({"extra": "masked=1"}, {"headers": {"Origin": "http://evil.example"}}):
        assert canary not in (await query("get", **options)).text


@pytest.mark.req("API-4")
async def test_the_pages_calls_are_taken_as_it_makes_them(
    query: Ask, mutate: Ask, service: SettingsService, demo: DemoServer
) -> None:
    """The calls of the Dispatch app's provider and model pages work, with the fields that they send."""
    provider = (
        await mutate(
            "addProvider",
            {
                "name": "Lab",
                "type": "openai-compatible",
                "credentials": {"apiKey": demo.api_key, "baseUrl": demo.openai_base_url},
            },
        )
    ).data
    model = (await query("discoverModels", {"providerId": provider["id"], "forceRefresh": False})).data[0]
    entry = {
        "id": "model-1737041234567-a1b2c3",
        "providerId": provider["id"],
        "model": model["id"],
        "label": model["name"],
        "capabilities": model["capabilities"],
    }
    assert (await mutate("addModel", entry)).data == entry
    assert (await query("get")).data["models"]["catalog"] == [entry]
    changed = {**entry, "label": "Mine", "capabilities": ["chat"]}
    assert (await mutate("updateModel", {**changed, "providerType": "openai"})).data == changed
    assert "providerType" not in service.path.read_text("utf-8")
    credentials = {"apiKey": demo.api_key, "baseUrl": demo.openai_base_url}
    edited = {"id": provider["id"], "name": "Ours", "type": "openai-compatible", "credentials": credentials}
    assert (await mutate("updateProvider", edited)).data == edited
    assert (await mutate("deleteModel", {"id": entry["id"]})).data["success"] is True
    assert (await mutate("deleteProvider", {"id": provider["id"]})).data["success"] is True


@pytest.mark.req("API-4", "PM-4", "PM-10")
async def test_an_id_of_ones_own_is_checked(mutate: Ask, query: Ask, canary: str) -> None:
    """An id that another entry has, an empty one, and one that holds a key are refused as the field id."""
    given = {"name": "A", "type": "anthropic", "credentials": {"apiKey": canary}}
    await mutate("addProvider", given)
    await mutate("addModel", {**CHAT, "id": "mine"})
    for taken in ("mine", " mine ", "", canary):
        refused = (await mutate("addModel", {**CHAT, "id": taken})).error["data"]
        assert [issue["path"] for issue in refused["issues"]] == [["id"]], taken
        assert canary not in json.dumps(refused)
    assert len((await query("getCatalog")).data) == 1


@pytest.mark.req("API-4", "PM-4")
async def test_what_cannot_be_used_says_why(query: Ask, mutate: Ask) -> None:
    """An entry without a provider and its task have a problem, and the entry can be sent back as it came."""
    given = {"name": "A", "type": "anthropic", "credentials": {"apiKey": "sk-1234567890abcdef"}}
    provider = (await mutate("addProvider", given)).data
    entry = {"id": "e", "providerId": provider["id"], "model": "claude"}
    await mutate("addModel", {**entry, "tasks": ["grade"]})
    await mutate("deleteProvider", {"id": provider["id"]})
    [orphan] = (await query("getCatalog")).data
    assert orphan == {**entry, "problem": "Its provider was deleted."}
    [assigned] = (await query("getAssignments")).data
    assert "The provider of this entry was deleted." in assigned["problem"]
    mended = (await mutate("updateModel", {**orphan, "providerId": "mock"})).data
    assert mended == {**entry, "providerId": "mock"}
    assert (await query("getAssignments")).data == [{"task": "grade", "modelId": "e"}]


@pytest.mark.req("API-4")
async def test_embed_by_an_anthropic_provider_is_marked_as_what_the_app_refuses(
    query: Ask, mutate: Ask
) -> None:
    """`embed` with an Anthropic provider is saved, and says that the Dispatch app refuses it."""
    given = {"name": "A", "type": "anthropic", "credentials": {"apiKey": "sk-1234567890abcdef"}}
    provider = (await mutate("addProvider", given)).data
    entry = (await mutate("addModel", {"providerId": provider["id"], "model": "claude"})).data
    made = (await mutate("assign", {"task": "embed", "modelId": entry["id"]})).data
    assert made["appProblem"] == "The Dispatch app refuses an Anthropic provider for embed."
    await mutate("assign", {"task": "grade", "modelId": entry["id"]})
    by_task = {found["task"]: found for found in (await query("getAssignments")).data}
    assert by_task == {"embed": made, "grade": {"task": "grade", "modelId": entry["id"]}}
    assert (await query("get")).data["models"]["assignment"][0] == made


@pytest.mark.req("API-4", "API-2")
async def test_what_assign_and_unassign_refuse(mutate: Ask, query: Ask) -> None:
    """A task that is none of the six, an entry that does not exist and missing fields change nothing."""
    entry = (await mutate("addModel", CHAT)).data
    unknown = (await mutate("assign", {"task": "nope", "modelId": entry["id"]})).error["data"]
    assert [issue["path"] for issue in unknown["issues"]] == [["task"]]
    missing = (await mutate("assign", {"task": "grade", "modelId": "nope"})).error["data"]
    assert missing["code"] == "NOT_FOUND"
    both = (await mutate("assign", {"task": "nope"})).error["data"]
    assert [issue["path"] for issue in both["issues"]] == [["modelId"], ["task"]]
    nobody = (await mutate("unassign", {"task": "nope"})).error["data"]
    assert [issue["path"] for issue in nobody["issues"]] == [["task"]]
    assert (await query("getAssignments")).data == []


@pytest.mark.req("API-4", "MD-13")
async def test_a_list_with_its_state_over_trpc(
    ask: Ask, query: Ask, service: SettingsService, demo: DemoServer
) -> None:
    """`discoverModelList` answers as GET /dispatch/models does, and fails as `discoverModels` does."""
    provider = service.add_provider(
        name="Demo", type="openai-compatible", api_key=demo.api_key, base_url=demo.openai_base_url
    )
    given = {"providerId": provider.id}
    live = (await query("discoverModelList", given)).data
    assert (live["source"], len(live["models"]), live["warning"], live["retryAt"]) == ("live", 30, "", None)
    assert live["models"] == (await query("discoverModels", given)).data
    cached = (await query("discoverModelList", given)).data
    assert cached == (await ask(f"models?providerId={provider.id}")).json
    assert (cached["source"], cached["fetchedAt"]) == ("cache", live["fetchedAt"])
    demo.play(fault("429", retry_after=7200))
    limited = (await query("discoverModelList", {**given, "forceRefresh": True})).data
    assert (limited["source"], limited["error"]["kind"]) == ("stale", "RATE_LIMITED")
    assert limited["retryAt"].endswith("Z")
    assert limited["warning"]
    unknown = (await query("discoverModelList", {"providerId": "nope"})).error["data"]
    assert (unknown["code"], unknown["path"]) == ("NOT_FOUND", "settings.discoverModelList")


@pytest.mark.req("API-4", "ST-8")
async def test_there_is_no_update(mutate: Ask, service: SettingsService) -> None:
    """`settings.update`, by which a caller would remove the providers that it does not send, is unknown."""
    service.add_model(provider_id="mock", model="mock-chat")
    before = service.path.read_bytes()
    refused = (await mutate("update", {"models": {"catalog": [], "assignment": []}})).error
    assert refused["data"]["code"] == "NOT_FOUND"
    assert refused["message"] == 'No procedure found on path "settings.update"'
    assert service.path.read_bytes() == before
