"""The service: settings and discovery together, over real HTTP on loopback."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from dispatch_widgets import (
    DiscoveryError,
    DispatchError,
    InvalidInputError,
    MissingVariableError,
    NotFoundError,
    SettingsService,
    UnreadableSettingsError,
    UnresolvedTaskError,
)
from dispatch_widgets.demo import DemoServer, fault
from dispatch_widgets.service import Change, NewModel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server() -> Iterator[DemoServer]:
    """A provider on loopback."""
    with DemoServer() as running:
        yield running


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A settings file that does not exist yet."""
    return tmp_path / "dispatch.settings.json"


@pytest.fixture
def service(path: Path) -> SettingsService:
    """A service for it."""
    return SettingsService(path)


def _add(service: SettingsService, server: DemoServer, name: str = "Demo", **changes: Any) -> str:
    given = {"type": "openai-compatible", "api_key": server.api_key, "base_url": server.openai_base_url}
    return service.add_provider(name=name, **{**given, **changes}).id


def _on_disk(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


@pytest.mark.req("MIG-1")
def test_nothing_is_written_before_the_first_change(service: SettingsService, path: Path) -> None:
    """Opening a service where there is no file makes none (MIG-1)."""
    assert service.get_providers() == ()
    assert service.catalog == ()
    assert list(path.parent.glob("dispatch*")) == []


@pytest.mark.req("API-1")
def test_every_change_is_on_disk_when_the_call_returns(
    service: SettingsService, server: DemoServer, path: Path
) -> None:
    """Adding, assigning, changing and deleting each show in the file at once (API-1)."""
    provider_id = _add(service, server)
    assert _on_disk(path)["providers"][0]["credentials"]["apiKey"] == server.api_key
    entry = service.add_model(provider_id=provider_id, model="gpt-4o", label="Mine", tasks=["grade"])
    assert _on_disk(path)["models"] == {
        "catalog": [{"id": entry.id, "providerId": provider_id, "model": "gpt-4o", "label": "Mine"}],
        "assignment": [{"task": "grade", "modelId": entry.id}],
    }
    service.update_provider(provider_id, name="Renamed")
    assert _on_disk(path)["providers"][0]["name"] == "Renamed"
    service.unassign("grade")
    service.assign("digest", entry.id)
    assert _on_disk(path)["models"]["assignment"] == [{"task": "digest", "modelId": entry.id}]
    hit = service.delete_model(entry.id)
    assert hit.tasks == ("digest",)
    assert _on_disk(path)["models"] == {"catalog": [], "assignment": []}


@pytest.mark.req("API-1")
def test_bad_input_changes_nothing(service: SettingsService, path: Path) -> None:
    """One problem per field, and the file is not made (API-1, PM-2)."""
    with pytest.raises(InvalidInputError) as caught:
        service.add_provider(name=" ", type="openai-compatible", api_key="", base_url=None)
    assert {problem.field for problem in caught.value.problems} == {
        "name",
        "credentials.apiKey",
        "credentials.baseUrl",
    }
    assert not path.exists()


@pytest.mark.req("PM-3")
def test_unknown_ids_are_not_found(service: SettingsService, server: DemoServer) -> None:
    """Every function that takes an id says NOT_FOUND for one that nothing has (API-2)."""
    _add(service, server)
    calls = [
        lambda: service.provider("nope"),
        lambda: service.update_provider("nope", name="x"),
        lambda: service.delete_provider("nope"),
        lambda: service.discover_models("nope"),
        lambda: service.start_discovery("nope"),
        lambda: service.add_model(provider_id="nope", model="m"),
        lambda: service.update_model("nope", label="x"),
        lambda: service.delete_model("nope"),
        lambda: service.assign("grade", "nope"),
        lambda: service.resolve_model("nope", "m"),
    ]
    for call in calls:
        with pytest.raises(NotFoundError) as caught:
            call()
        assert caught.value.code == "NOT_FOUND"


@pytest.mark.req("PM-7")
def test_the_mock_provider_is_listed_when_an_entry_refers_to_it_and_never_written(
    service: SettingsService, path: Path
) -> None:
    """It offers its three models without a request, and cannot be edited or deleted (PM-7)."""
    assert service.get_providers() == ()
    service.add_model(provider_id="mock", model="mock-chat", tasks=["grade"])
    assert [provider.id for provider in service.get_providers()] == ["mock"]
    assert "mock" not in {p["id"] for p in _on_disk(path).get("providers", [])}
    models = service.discover_models("mock", force_refresh=True)
    assert [model.id for model in models] == ["mock", "mock-chat", "mock-embedding"]
    assert models.source == "builtin"
    assert service.resolve("grade").provider_type == "mock"
    with pytest.raises(InvalidInputError):
        service.update_provider("mock", name="x")
    with pytest.raises(InvalidInputError):
        service.delete_provider("mock")


@pytest.mark.req("MD-6")
def test_a_cached_list_is_answered_in_the_callers_own_thread_without_a_request(
    service: SettingsService, server: DemoServer
) -> None:
    """The second call within the hour makes no request; a forced one does (MD-6, MD-7, API-3)."""
    provider_id = _add(service, server)
    assert service.discover_models(provider_id).source == "live"
    asked = len(server.requests)
    assert service.discover_models(provider_id).source == "cache"
    assert len(server.requests) == asked
    assert service.discover_models(provider_id, force_refresh=True).source == "live"
    assert len(server.requests) == asked + 1


@pytest.mark.req("MD-6")
def test_an_empty_list_is_cached_too(service: SettingsService, server: DemoServer) -> None:
    """A server without models has answered; it is not asked again within the hour (MD-6, MD-11)."""
    provider_id = _add(service, server)
    server.play(fault("empty-list"))
    assert len(service.discover_models(provider_id)) == 0
    asked = len(server.requests)
    assert service.discover_models(provider_id).source == "cache"
    assert len(server.requests) == asked


@pytest.mark.req("API-3")
def test_discovery_works_in_a_script_under_a_running_loop_and_in_a_thread(
    service: SettingsService, server: DemoServer
) -> None:
    """The synchronous function gives the same list in all three places, and so does await (API-3)."""
    provider_id = _add(service, server)
    here = service.discover_models(provider_id, force_refresh=True)

    async def cell() -> None:
        assert service.discover_models(provider_id, force_refresh=True).models == here.models
        assert (await service.discover_models_async(provider_id, force_refresh=True)).models == here.models

    asyncio.run(cell())
    found: list[int] = []
    thread = threading.Thread(
        target=lambda: found.append(len(service.discover_models(provider_id, force_refresh=True)))
    )
    thread.start()
    thread.join()
    assert found == [len(here)]


@pytest.mark.req("PM-3")
def test_a_new_key_drops_the_list_and_the_error_of_the_old_one(
    service: SettingsService, server: DemoServer
) -> None:
    """A changed key, base URL or type leaves nothing cached (PM-3)."""
    provider_id = _add(service, server, api_key="sk-wrong-key-0000")
    with pytest.raises(DiscoveryError) as caught:
        service.discover_models(provider_id)
    assert caught.value.kind == "INVALID_CREDENTIALS"
    assert service.last_error(provider_id) is caught.value
    service.update_provider(provider_id, api_key=server.api_key)
    assert service.last_error(provider_id) is None
    assert len(service.discover_models(provider_id)) > 100
    service.update_provider(provider_id, base_url=server.second_openai_base_url)
    assert service.known_models(provider_id) is None
    service.update_provider(provider_id, api_key=server.second_api_key)
    assert service.discover_models(provider_id).source == "live"


@pytest.mark.req("MD-12")
def test_a_broken_provider_does_not_hide_the_others(service: SettingsService, server: DemoServer) -> None:
    """Refreshing all gives each provider its own result (MD-12)."""
    good = _add(service, server)
    bad = _add(service, server, "Bad", api_key="sk-wrong-key-0000")
    unset = _add(service, server, "Unset", api_key="${NO_SUCH_API_KEY}")
    seen: list[str] = []
    results = service.refresh_all(on_result=lambda provider_id, _: seen.append(provider_id))
    assert list(results) == [good, bad, unset]
    assert len(results[good]) > 100  # type: ignore[arg-type]
    assert isinstance(results[bad], DiscoveryError)
    assert isinstance(results[unset], MissingVariableError)
    assert sorted(seen) == sorted(results)
    assert service.last_error(unset) is results[unset]


@pytest.mark.req("MD-8")
def test_a_model_can_be_typed_by_hand_after_a_refused_key(
    service: SettingsService, server: DemoServer
) -> None:
    """Invalid credentials do not stop the user from keeping a model by its id (MD-8)."""
    provider_id = _add(service, server, api_key="sk-wrong-key-0000")
    with pytest.raises(DiscoveryError):
        service.discover_models(provider_id)
    entry = service.add_model(provider_id=provider_id, model="my/own-model", tasks=["summarize"])
    assert service.resolve("summarize").model == "my/own-model"
    assert service.capabilities_of(entry).known == "inferred"


@pytest.mark.req("MD-14")
def test_a_diagnosis_says_what_was_tried_and_what_to_change(
    service: SettingsService, server: DemoServer
) -> None:
    """A base URL without its /v1 is found out, with the one to take; a missing variable is told too."""
    short = server.openai_base_url.removesuffix("/v1")
    provider_id = _add(service, server, base_url=short)
    diagnosis = service.diagnose(provider_id)
    assert not diagnosis.ok
    assert diagnosis.suggested_base_url == server.openai_base_url
    assert service.start_diagnosis(provider_id).result(30).suggested_base_url == server.openai_base_url
    service.update_provider(provider_id, base_url=server.openai_base_url)
    assert service.diagnose(provider_id).ok
    service.update_provider(provider_id, api_key="${NO_SUCH_API_KEY}")
    assert "NO_SUCH_API_KEY" in service.diagnose(provider_id).steps[0].text


@pytest.mark.req("SEC-4")
def test_a_reference_is_read_at_use_and_never_written(
    service: SettingsService, server: DemoServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """${NAME} stays in the file; its value is sent and resolved, and may change (SEC-4)."""
    provider_id = _add(service, server, api_key="${DEMO_KEY_HERE}")
    with pytest.raises(MissingVariableError, match="DEMO_KEY_HERE"):
        service.discover_models(provider_id)
    monkeypatch.setenv("DEMO_KEY_HERE", server.api_key)
    assert len(service.discover_models(provider_id)) > 100
    resolved = service.resolve_model(provider_id, "gpt-4o")
    assert resolved.api_key.get_secret_value() == server.api_key
    assert server.api_key not in path.read_text()
    assert _on_disk(path)["providers"][0]["credentials"]["apiKey"] == "${DEMO_KEY_HERE}"


@pytest.mark.req("API-5")
def test_resolve_gives_everything_a_client_needs_and_shows_no_key(
    service: SettingsService, server: DemoServer
) -> None:
    """Provider, model, base URL and key are there; the shown forms mask the key (API-5, SEC-1)."""
    provider_id = _add(service, server)
    entry = service.add_model(provider_id=provider_id, model="gpt-4o", label="Best", tasks=["summarize"])
    chosen = service.resolve("summarize")
    assert (chosen.model, chosen.entry_id, chosen.label) == ("gpt-4o", entry.id, "Best")
    assert (chosen.provider_name, chosen.base_url) == ("Demo", server.openai_base_url)
    assert chosen.api_key.get_secret_value() == server.api_key
    for shown in (repr(chosen), str(chosen), chosen._repr_html_()):
        assert server.api_key not in shown
        assert "gpt-4o" in shown


@pytest.mark.req("API-5")
def test_resolve_says_what_is_wrong_and_where_to_mend_it(
    service: SettingsService, server: DemoServer
) -> None:
    """No assignment, a deleted provider, an unknown task: each has its own words."""
    with pytest.raises(UnresolvedTaskError, match="no model") as caught:
        service.resolve("grade")
    assert "Router" in caught.value.hint
    with pytest.raises(InvalidInputError, match="sing"):
        service.resolve("sing")
    provider_id = _add(service, server)
    service.add_model(provider_id=provider_id, model="gpt-4o", tasks=["grade"])
    impact = service.delete_provider(provider_id)
    assert (len(impact.entries), impact.tasks) == (1, ("grade",))
    with pytest.raises(UnresolvedTaskError, match="provider"):
        service.resolve("grade")
    assert service.catalog[0].problem
    assert service.assignments["grade"].problem


@pytest.mark.req("PM-4")
def test_deleting_with_unassign_takes_the_tasks_away(service: SettingsService, server: DemoServer) -> None:
    """The entry stays, marked; its task is not set any more (PM-4)."""
    provider_id = _add(service, server)
    service.add_model(provider_id=provider_id, model="gpt-4o", tasks=["grade"])
    service.delete_provider(provider_id, unassign=True)
    assert service.assignments.get("grade") is None
    assert len(service.catalog) == 1


@pytest.mark.req("API-5")
def test_resolve_model_takes_a_provider_by_id_or_by_an_unambiguous_name(
    service: SettingsService, server: DemoServer
) -> None:
    """Two providers of one name are told apart by their ids, which the hint lists."""
    first = _add(service, server, "Twin")
    assert service.resolve_model("Twin", "m").provider_id == first
    second = _add(service, server, "Twin")
    with pytest.raises(InvalidInputError) as caught:
        service.resolve_model("Twin", "m")
    assert second in caught.value.hint
    assert service.resolve_model(second, "m").provider_id == second


@pytest.mark.req("PM-6")
def test_what_an_entry_can_do_is_stated_listed_inferred_or_unknown(
    service: SettingsService, server: DemoServer
) -> None:
    """The file's word comes first, then the provider's list, then the id; an empty list counts as chat."""
    provider_id = _add(service, server)
    stated = service.add_model(provider_id=provider_id, model="x", capabilities=["embedding"])
    by_id = service.add_model(provider_id=provider_id, model="text-embedding-3-small")
    empty = service.add_model(provider_id=provider_id, model="y", capabilities=[])
    assert service.capabilities_of(stated).known == "stated"
    assert service.capabilities_of(by_id) == service.capabilities_of(by_id).__class__(
        ("embedding",), "inferred"
    )
    assert service.capabilities_of(empty) == service.capabilities_of(empty).__class__(("chat",), "unknown")
    service.discover_models(provider_id)
    assert service.capabilities_of(by_id).known == "listed"
    assert service.entries_for("embed") == (stated, by_id)
    assert service.entries_for("grade") == (empty,)


@pytest.mark.req("ST-3")
def test_two_services_on_one_file_lose_nothing_and_see_each_other(path: Path, server: DemoServer) -> None:
    """What one kernel saves, the other shows, and an edit of one keeps the other's (ST-3, ST-6)."""
    one, two = SettingsService(path), SettingsService(path)
    _add(one, server, "First")
    _add(two, server, "Second")
    assert [p.name for p in one.get_providers()] == ["First", "Second"]
    assert one.saved_by == "another program"
    assert two.saved_by == "this notebook"


@pytest.mark.req("ST-6")
def test_subscribers_hear_of_edits_requests_and_changes_from_outside(
    service: SettingsService, server: DemoServer, path: Path
) -> None:
    """A panel can follow: settings when the file changes, asking and discovery around a request."""
    heard: list[Change] = []
    end = service.subscribe(heard.append)

    def broken(_: Change) -> None:
        raise RuntimeError("a broken listener")

    service.subscribe(broken)
    provider_id = _add(service, server)
    assert heard == [Change("settings")]
    service.discover_models(provider_id)
    assert heard[1:] == [Change("asking", provider_id), Change("discovery", provider_id)]
    assert not service.changed_outside()
    document = _on_disk(path)
    document["providers"][0]["name"] = "By the app"
    path.write_text(json.dumps(document, indent=2), encoding="utf-8")
    assert service.changed_outside()
    assert service.reload()
    assert heard[-1] == Change("settings")
    end()
    service.update_provider(provider_id, name="Unheard")
    assert len(heard) == 4


@pytest.mark.req("ST-4")
def test_a_broken_file_is_told_and_never_overwritten(path: Path, server: DemoServer) -> None:
    """Reading and writing both say line and column; the bytes stay; mending it is noticed (ST-4)."""
    path.write_text('{"providers": [,]}', encoding="utf-8")
    service = SettingsService(path)
    assert isinstance(service.problem, UnreadableSettingsError)
    for call in (service.get_providers, lambda: service.catalog, lambda: _add(service, server)):
        with pytest.raises(UnreadableSettingsError) as caught:
            call()
        assert caught.value.line == 1
        assert caught.value.hint
    assert path.read_text(encoding="utf-8") == '{"providers": [,]}'
    path.write_text('{"providers": []}', encoding="utf-8")
    assert service.problem is None
    assert service.get_providers() == ()


@pytest.mark.req("ST-4")
def test_a_broken_file_can_be_moved_away(path: Path, server: DemoServer) -> None:
    """The way out that starts fresh keeps the broken file beside the new one (ST-4)."""
    path.write_text("not json", encoding="utf-8")
    service = SettingsService(path)
    moved = service.move_away()
    assert moved.read_text(encoding="utf-8") == "not json"
    _add(service, server)
    assert len(_on_disk(path)["providers"]) == 1


@pytest.mark.req("PM-3")
@pytest.mark.parametrize("old_status", [200, 401])
@pytest.mark.parametrize("change", ["changed", "deleted"])
def test_an_answer_to_a_request_made_before_a_change_is_thrown_away(
    path: Path, old_status: int, change: str
) -> None:
    """Who waits for a slow answer to the old key gets the new account's list, or hears that it is gone."""
    release = threading.Event()

    async def slow(request: httpx.Request) -> httpx.Response:
        key = request.headers["authorization"]
        if "old" in key:
            await asyncio.to_thread(release.wait, 30)
        status = old_status if "old" in key else 200
        return httpx.Response(status, json={"data": [{"id": key.rsplit("-", 1)[-1]}]})

    service = SettingsService(path, transport=httpx.MockTransport(slow))
    provider = service.add_provider(
        name="P", type="openai-compatible", api_key="sk-key-old", base_url="http://127.0.0.1:9/v1"
    )
    late = service.start_discovery(provider.id)
    if change == "deleted":
        service.delete_provider(provider.id)
        release.set()
        with pytest.raises(NotFoundError):
            late.result(30)
        return
    service.update_provider(provider.id, api_key="sk-key-new")
    release.set()
    assert [model.id for model in late.result(30)] == ["new"]
    assert late.result().warning == ""
    assert service.last_error(provider.id) is None
    assert [model.id for model in service.discover_models(provider.id)] == ["new"]
    assert service.discover_models(provider.id).source == "cache"


@pytest.mark.req("API-1", "API-2")
def test_values_of_a_wrong_kind_are_told_by_field(service: SettingsService) -> None:
    """What a slip puts in the place of a text or a collection is one of our errors, and names its field."""
    one = service.add_provider(name="One", type="anthropic", api_key="sk-0123456789abcdef").id
    wrong: Any
    for wrong in (None, 5):
        with pytest.raises(InvalidInputError) as caught:
            service.resolve_model(one, wrong)
        assert [problem.field for problem in caught.value.problems] == ["model"]
    for wrong in ("chat", 5, [[]], [None]):
        with pytest.raises(InvalidInputError) as caught:
            service.add_model(provider_id=one, model="m", capabilities=wrong)
        assert [problem.field for problem in caught.value.problems] == ["capabilities"]
        with pytest.raises(InvalidInputError):
            service.add_models([NewModel(provider_id=one, model="m", capabilities=wrong)])
    for wrong in ("grade", 5, [[]]):
        with pytest.raises(InvalidInputError) as caught:
            service.add_model(provider_id=one, model="m", tasks=wrong)
        assert [problem.field for problem in caught.value.problems] == ["task"]
    for wrong in (5, [None], "nobody"):
        with pytest.raises(NotFoundError):
            service.merge_providers(one, wrong)
    assert service.catalog == ()


@pytest.mark.req("MD-14")
def test_what_a_base_url_loses_is_told(service: SettingsService, caplog: pytest.LogCaptureFixture) -> None:
    """A pasted endpoint's end that is removed, and a key in the clear, are warnings in a cell (MD-14)."""
    fields = {"type": "openai-compatible", "api_key": "sk-0123456789abcdef"}
    one = service.add_provider(name="Uni", base_url="http://llm.example.edu/v1/chat/completions", **fields)
    assert one.base_url == "http://llm.example.edu/v1"
    assert [record.getMessage() for record in caplog.records] == [
        "Uni: /chat/completions was removed from the end: the base URL stops before it.",
        "Uni: http: the key travels unencrypted to llm.example.edu. Use https if the server has it.",
    ]
    assert {record.levelname for record in caplog.records} == {"WARNING"}
    caplog.clear()
    service.update_provider(one.id, base_url="https://llm.example.edu/v1/models")
    assert "/models was removed" in caplog.text
    caplog.clear()
    service.update_provider(one.id, name="University")
    service.add_provider(name="Here", base_url="http://127.0.0.1:11434/v1", **fields)
    assert caplog.text == ""


@pytest.mark.req("PM-8")
def test_one_provider_alone_can_be_merged_by_its_id(service: SettingsService) -> None:
    """A text in the place of a list of ids is one id (PM-8)."""
    keep, other = (
        service.add_provider(name="P", type="anthropic", api_key="sk-0123456789abcdef").id for _ in range(2)
    )
    service.merge_providers(keep, other)
    assert [provider.id for provider in service.get_providers()] == [keep]


@pytest.mark.req("MD-9", "API-2")
@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), None, "10"])
def test_a_timeout_that_is_none_is_refused(path: Path, seconds: Any) -> None:
    """A deadline must be a number of seconds that can pass (MD-9)."""
    with pytest.raises(InvalidInputError) as caught:
        SettingsService(path, timeout_seconds=seconds)
    assert [problem.field for problem in caught.value.problems] == ["timeout_seconds"]


@pytest.mark.req("UI")
def test_the_last_change_can_be_undone_until_the_next_one(
    service: SettingsService, server: DemoServer, path: Path
) -> None:
    """Deleting and assigning are taken back byte for byte; after another change nothing is (UI)."""
    provider_id = _add(service, server)
    entry = service.add_model(provider_id=provider_id, model="gpt-4o", tasks=["grade"])
    before = path.read_bytes()
    service.delete_provider(provider_id, unassign=True)
    assert service.undoable == "Demo was deleted"
    assert service.undo() == "Demo was deleted"
    assert path.read_bytes() == before
    assert service.undoable == ""
    with pytest.raises(DispatchError, match="nothing to undo"):
        service.undo()
    service.assign("digest", entry.id)
    SettingsService(path).update_provider(provider_id, name="Elsewhere")
    with pytest.raises(DispatchError, match="nothing to undo"):
        service.undo()
    assert service.get_providers()[0].name == "Elsewhere"
    assert service.assignments["digest"].model_id == entry.id


@pytest.mark.req("PM-8")
def test_all_duplicates_are_merged_in_one_write(
    service: SettingsService, server: DemoServer, path: Path
) -> None:
    """Every group becomes its first provider; one undo takes all back; without groups nothing is written."""
    first, twin, other = (
        _add(service, server),
        _add(service, server),
        _add(service, server, api_key="sk-other"),
    )
    entry = service.add_model(provider_id=twin, model="m")
    _add(service, server, api_key="sk-other")
    before = path.read_bytes()
    assert [group[0] for group in service.merge_duplicates()] == [first, other]
    assert [provider.id for provider in service.get_providers()] == [first, other]
    assert service.entry(entry.id).provider_id == first
    after = path.stat()
    assert service.merge_duplicates() == ()
    assert path.stat() == after
    service.undo()
    assert path.read_bytes() == before


@pytest.mark.req("API-1")
def test_several_models_are_added_in_one_write_or_not_at_all(
    service: SettingsService, server: DemoServer, path: Path
) -> None:
    """One bad model among several leaves the file as it was."""
    provider_id = _add(service, server)
    wanted = [NewModel(provider_id=provider_id, model=f"m{number}") for number in range(3)]
    assert [entry.model for entry in service.add_models(wanted)] == ["m0", "m1", "m2"]
    before = path.read_bytes()
    with pytest.raises(InvalidInputError):
        service.add_models([*wanted, NewModel(provider_id=provider_id, model=" ")])
    assert path.read_bytes() == before
