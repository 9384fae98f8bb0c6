"""Changes through the service: each is on the disk when the call returns, or nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import filelock
import pytest

from dispatch_widgets import (
    InvalidInputError,
    LockTimeoutError,
    NotFoundError,
    SettingsService,
)
from dispatch_widgets.service import NewModel
from dispatch_widgets.settings import registry

if TYPE_CHECKING:
    from pathlib import Path

    from dispatch_widgets.demo import DemoServer

KEY = "sk-0123456789abcdef"


@pytest.mark.req("MIG-1")
def test_nothing_is_written_before_the_first_change(service: SettingsService, path: Path) -> None:
    """Opening a service where there is no file makes none (MIG-1)."""
    assert service.get_providers() == ()
    assert service.catalog == ()
    assert list(path.parent.glob("dispatch*")) == []


@pytest.mark.req("API-1")
def test_every_change_is_on_disk_when_the_call_returns(
    service: SettingsService, server: DemoServer, add: Any, on_disk: Any
) -> None:
    """Adding, assigning, changing and deleting each show in the file at once (API-1)."""
    provider_id = add(service)
    assert on_disk()["providers"][0]["credentials"]["apiKey"] == server.api_key
    entry = service.add_model(provider_id=provider_id, model="gpt-4o", label="Mine", tasks=["grade"])
    assert on_disk()["models"] == {
        "catalog": [{"id": entry.id, "providerId": provider_id, "model": "gpt-4o", "label": "Mine"}],
        "assignment": [{"task": "grade", "modelId": entry.id}],
    }
    service.update_provider(provider_id, name="Renamed")
    assert on_disk()["providers"][0]["name"] == "Renamed"
    service.unassign("grade")
    service.assign("digest", entry.id)
    assert on_disk()["models"]["assignment"] == [{"task": "digest", "modelId": entry.id}]
    hit = service.delete_model(entry.id)
    assert hit.tasks == ("digest",)
    assert on_disk()["models"] == {"catalog": [], "assignment": []}


@pytest.mark.req("API-1")
def test_several_entries_are_deleted_in_one_write(service: SettingsService, add: Any, on_disk: Any) -> None:
    """All of them or none, with their tasks; undo brings all of them back."""
    provider_id = add(service)
    made = service.add_models(NewModel(provider_id=provider_id, model=each) for each in ("a", "b", "c"))
    service.assign("grade", made[0].id)
    before = on_disk()["models"]
    with pytest.raises(NotFoundError):
        service.delete_models([made[0].id, "nope"])
    assert on_disk()["models"] == before
    hit = service.delete_models(entry.id for entry in made[:2])
    assert [entry.model for entry in hit.entries] == ["a", "b"]
    assert hit.tasks == ("grade",)
    assert [entry["model"] for entry in on_disk()["models"]["catalog"]] == ["c"]
    assert service.undoable == "2 deleted"
    service.undo()
    assert on_disk()["models"] == before


@pytest.mark.req("PM-4", "API-1")
def test_several_providers_are_deleted_in_one_write(service: SettingsService, add: Any, on_disk: Any) -> None:
    """All of them or none; their entries stay, their tasks go if that is wished; undo brings all back."""
    first, second, kept = add(service), add(service), add(service)
    entry = service.add_model(provider_id=second, model="m")
    service.assign("grade", entry.id)
    before = on_disk()
    with pytest.raises(NotFoundError):
        service.impact_of_deleting_providers([first, "nope"])
    for refused, problem in (("nope", NotFoundError), ("mock", InvalidInputError)):
        with pytest.raises(problem):
            service.delete_providers([first, refused])
        assert on_disk() == before
    expected = service.impact_of_deleting_providers([first, second])
    hit = service.delete_providers((each for each in (first, second, first)), unassign=True)
    assert hit == expected
    assert ([each.model for each in hit.entries], hit.tasks) == (["m"], ("grade",))
    assert [each["id"] for each in on_disk()["providers"]] == [kept]
    assert "grade" not in service.assignments
    assert service.undoable == "2 deleted"
    service.undo()
    assert on_disk() == before


@pytest.mark.req("PM-4", "API-1")
def test_several_entries_are_moved_to_a_provider_in_one_write(
    service: SettingsService, add: Any, on_disk: Any
) -> None:
    """All of them or none, those without a provider too; undo moves all of them back."""
    gone, left = add(service), service.add_provider(name="Left", type="anthropic", api_key=KEY).id
    made = service.add_models(NewModel(provider_id=gone, model=each) for each in ("a", "b", "c"))
    service.delete_provider(gone)
    before = on_disk()["models"]
    for ids, provider_id in (([made[0].id, "nope"], left), ([made[0].id], "nope")):
        with pytest.raises(NotFoundError):
            service.move_models(ids, provider_id)
    assert on_disk()["models"] == before
    moved = service.move_models((entry.id for entry in made[:2]), left)
    assert [(entry.model, entry.provider_id, entry.problem) for entry in moved] == [
        ("a", left, ""),
        ("b", left, ""),
    ]
    assert [entry["providerId"] for entry in on_disk()["models"]["catalog"]] == [left, left, gone]
    assert service.undoable == "2 moved to Left"
    service.undo()
    assert on_disk()["models"] == before


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
def test_unknown_ids_are_not_found(service: SettingsService, add: Any) -> None:
    """Every function that takes an id says NOT_FOUND for one that nothing has (API-2)."""
    add(service)
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


@pytest.mark.req("API-2", "API-4")
def test_an_edit_can_be_asked_for_its_problems(service: SettingsService, path: Path, canary: str) -> None:
    """The problems of an edit are told without saving it; one that fails for another reason has none."""

    def blank(document: Any) -> object:
        return registry.add_provider(document, name=" ", type="nope", api_key=canary)

    def fine(document: Any) -> object:
        return registry.add_provider(document, name="A", type="anthropic", api_key=canary)

    def unknown(document: Any) -> object:
        return registry.assign(document, "grade", "nope")

    assert [problem.field for problem in service.problems_of(blank)] == ["name", "type"]
    assert service.problems_of(fine) == service.problems_of(unknown) == ()
    assert not path.exists()
    path.write_text("{", encoding="utf-8")
    assert service.problems_of(blank) == ()


@pytest.mark.req("PM-7")
def test_the_mock_provider_is_listed_when_an_entry_refers_to_it_and_never_written(
    service: SettingsService, on_disk: Any
) -> None:
    """It offers its three models without a request, and cannot be edited or deleted (PM-7)."""
    assert service.get_providers() == ()
    service.add_model(provider_id="mock", model="mock-chat", tasks=["grade"])
    assert [provider.id for provider in service.get_providers()] == ["mock"]
    assert "mock" not in {p["id"] for p in on_disk().get("providers", [])}
    models = service.discover_models("mock", force_refresh=True)
    assert [model.id for model in models] == ["mock", "mock-chat", "mock-embedding"]
    assert models.source == "builtin"
    assert service.resolve("grade").provider_type == "mock"
    with pytest.raises(InvalidInputError):
        service.update_provider("mock", name="x")
    with pytest.raises(InvalidInputError):
        service.delete_provider("mock")


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


@pytest.mark.req("API-1")
def test_several_models_are_added_in_one_write_or_not_at_all(
    service: SettingsService, path: Path, add: Any
) -> None:
    """One bad model among several leaves the file as it was."""
    provider_id = add(service)
    wanted = [NewModel(provider_id=provider_id, model=f"m{number}") for number in range(3)]
    assert [entry.model for entry in service.add_models(wanted)] == ["m0", "m1", "m2"]
    before = path.read_bytes()
    with pytest.raises(InvalidInputError):
        service.add_models([*wanted, NewModel(provider_id=provider_id, model=" ")])
    assert path.read_bytes() == before


@pytest.mark.req("PM-4")
def test_deleting_with_unassign_takes_the_tasks_away(service: SettingsService, add: Any) -> None:
    """The entry stays, marked; its task is not set any more (PM-4)."""
    provider_id = add(service)
    service.add_model(provider_id=provider_id, model="gpt-4o", tasks=["grade"])
    service.delete_provider(provider_id, unassign=True)
    assert service.assignments.get("grade") is None
    assert len(service.catalog) == 1


@pytest.mark.req("ST-3")
def test_a_change_waits_ten_seconds_for_the_lock(
    service: SettingsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change waits its 10 s for another program that holds the lock, then names the lock file (ST-3)."""
    waited: list[float] = []

    def acquire(lock: filelock.FileLock, timeout: float, **_: float) -> None:
        waited.append(timeout)
        raise filelock.Timeout(lock.lock_file)

    monkeypatch.setattr(filelock.FileLock, "acquire", acquire)
    with pytest.raises(LockTimeoutError, match=r"another program holds \.dispatch\.settings\.json\.lock"):
        service.add_provider(name="P", type="anthropic", api_key="sk-0123456789abcdef")
    assert max(waited) == 10
