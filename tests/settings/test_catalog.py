"""Edits of the catalog and of what each task uses."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets import SettingsService
from dispatch_widgets.errors import InvalidInputError, NotFoundError
from dispatch_widgets.settings import registry
from dispatch_widgets.settings._shape import parts_of
from dispatch_widgets.settings.document import render, set_in
from dispatch_widgets.settings.tasks import TASK_NEEDS, TASKS
from dispatch_widgets.settings.views import view

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import FrameType

KEY = "sk-new-0123456789abcdef"


def problems_of(error: InvalidInputError) -> dict[str, str]:
    return {problem.field: problem.message for problem in error.problems}


@pytest.mark.req("PM-6", "PM-9", "ST-7")
def test_a_model_is_added_with_its_tasks(new_document: dict[str, Any]) -> None:
    """An entry stands last, holds no credentials, and takes the tasks named, in one edit (PM-6)."""
    document, entry_id = registry.add_model(
        new_document,
        provider_id="p-uni",
        model=" meta/Llama-4 ",
        label="Llama 4",
        capabilities=["chat", "chat"],
        tasks=["grade", "digest"],
    )
    assert document["models"]["catalog"][-1] == {
        "id": entry_id,
        "providerId": "p-uni",
        "model": "meta/Llama-4",
        "label": "Llama 4",
        "capabilities": ["chat"],
    }
    assert entry_id == "uni:meta/Llama-4"
    assert document["models"]["assignment"] == [
        {"task": "summarize", "modelId": "anthropic:claude"},
        {"task": "grade", "modelId": entry_id, "since": 2024},
        {"task": "embed", "modelId": "uni:embed"},
        {"task": "digest", "modelId": entry_id},
    ]
    assert document["models"]["strategy"] == "cheap"


@pytest.mark.req("PM-6", "API-4")
def test_an_entry_takes_the_id_that_is_given(new_document: dict[str, Any]) -> None:
    """An id of one's own is stripped and saved; one that is empty, taken, a key or no text is refused."""
    document, entry_id = registry.add_model(
        new_document, provider_id="p-uni", model="m", entry_id=" model-1 "
    )
    assert entry_id == "model-1"
    assert document["models"]["catalog"][-1] == {"id": "model-1", "providerId": "p-uni", "model": "m"}
    registered = new_document["providers"][0]["credentials"]["apiKey"]
    odd: Any
    for odd in ("", " ", "model-1", 5, registered):
        with pytest.raises(InvalidInputError) as caught:
            registry.add_model(document, provider_id="p-uni", model="m", entry_id=odd)
        assert list(problems_of(caught.value)) == ["id"]
        assert registered not in str(caught.value)


@pytest.mark.req("ST-7")
def test_the_first_model_makes_what_the_app_needs() -> None:
    """`models` never comes without an assignment list, and absent fields stay absent (ST-7)."""
    document, provider_id = registry.add_provider({}, name="Größe & Co.", type="anthropic", api_key=KEY)
    document, first = registry.add_model(document, provider_id=provider_id, model="claude", label=" ")
    document, second = registry.add_model(document, provider_id=provider_id, model="claude", capabilities=())
    assert (first, second) == ("größe-co:claude", "größe-co:claude-2")
    assert document["models"] == {
        "catalog": [
            {"id": first, "providerId": provider_id, "model": "claude"},
            {"id": second, "providerId": provider_id, "model": "claude", "capabilities": []},
        ],
        "assignment": [],
    }


@pytest.mark.req("PM-6")
def test_models_are_added_together_as_one_after_the_other(new_document: dict[str, Any]) -> None:
    """Several models give the same document and ids as one call for each, tasks and equal ids too (PM-6)."""
    wanted = [
        registry.NewModel(provider_id="p-uni", model="llama", tasks=("grade", "skill")),
        registry.NewModel(provider_id="p-uni", model="llama", label="Again", tasks=("skill",)),
        registry.NewModel(provider_id="mock", model="mock", capabilities=("chat",)),
    ]
    together, ids = registry.add_models(new_document, wanted)
    one_by_one, single = new_document, []
    for new in wanted:
        one_by_one, entry_id = registry.add_model(
            one_by_one,
            provider_id=new.provider_id,
            model=new.model,
            label=new.label,
            capabilities=new.capabilities,
            tasks=new.tasks,
        )
        single.append(entry_id)
    assert ids == tuple(single) == ("uni:llama-2", "uni:llama-3", "mock:mock")
    assert render(together) == render(one_by_one)
    assert registry.add_models(new_document, []) == (new_document, ())
    with pytest.raises(NotFoundError):
        registry.add_models(new_document, [*wanted, registry.NewModel(provider_id="gone", model="m")])


@pytest.mark.req("P-6")
def test_several_are_changed_with_one_look_at_the_document(new_document: dict[str, Any]) -> None:
    """A batch reads and validates the document once, however many it adds, moves, deletes or merges (P-6)."""
    looks = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal looks
        looks += event == "call" and frame.f_code is parts_of.__code__

    def looks_of(action: Callable[[], object]) -> int:
        nonlocal looks
        looks = 0
        before = sys.getprofile()
        sys.setprofile(count)
        try:
            action()
        finally:
            sys.setprofile(before)
        return looks

    new = [
        registry.NewModel(provider_id="p-uni", model=f"m{number}", tasks=("grade",)) for number in range(20)
    ]
    assert looks_of(lambda: registry.add_models(new_document, new)) == 1
    twice = [
        {**provider, "id": f"{provider['id']}-{number}"}
        for provider in new_document["providers"]
        for number in range(5)
    ]
    document = set_in(new_document, ("providers",), [*new_document["providers"], *twice])
    assert looks_of(lambda: registry.merge_duplicates(document)) == 1
    added, ids = registry.add_models(new_document, new)
    assert looks_of(lambda: registry.move_models(added, ids, "p-anthropic")) == 1
    assert looks_of(lambda: registry.delete_models(added, ids)) == 1
    merged, groups = registry.merge_duplicates(document)
    assert [len(group) for group in groups] == [6, 6]
    assert merged["providers"] == new_document["providers"]


@pytest.mark.req("PM-8")
def test_providers_with_the_same_id_are_no_duplicates_of_each_other(new_document: dict[str, Any]) -> None:
    """Two of one id cannot be told apart, so merging duplicates takes neither away (PM-8)."""
    providers = [*new_document["providers"], new_document["providers"][1]]
    document = set_in(new_document, ("providers",), providers)
    assert registry.duplicates(document) == ()
    assert registry.merge_duplicates(document) == (document, ())


def test_an_unknown_id_is_told_in_the_same_words_everywhere(
    tmp_path: Path, new_document: dict[str, Any]
) -> None:
    """Every unknown id has the same error, with a key masked."""
    service = SettingsService(tmp_path / "dispatch.settings.json")
    for unknown, words in (("nope", "'nope'"), ("sk-0123456789abcdef", "'sk-…cdef'")):
        for action in (
            lambda unknown=unknown: service.provider(unknown),
            lambda unknown=unknown: registry.update_provider(new_document, unknown, name="x"),
            lambda unknown=unknown: registry.impact(new_document, unknown),
            lambda unknown=unknown: registry.add_model(new_document, provider_id=unknown, model="m"),
        ):
            with pytest.raises(NotFoundError) as caught:
                action()
            assert str(caught.value) == (
                f"There is no provider with the id {words}. get_providers() lists them all."
            )
        for action in (
            lambda unknown=unknown: service.entry(unknown),
            lambda unknown=unknown: registry.assign(new_document, "grade", unknown),
        ):
            with pytest.raises(NotFoundError) as caught:
                action()
            assert str(caught.value) == (
                f"There is no catalog entry with the id {words}. The catalog lists them all."
            )


@pytest.mark.req("PM-7")
def test_a_mock_model_needs_no_provider_in_the_file() -> None:
    """An entry of the mock provider refers to it by its id; nothing is written into providers (PM-7)."""
    document, entry_id = registry.add_model({"providers": []}, provider_id="mock", model="mock-chat")
    assert entry_id == "mock:mock-chat"
    assert document["providers"] == []
    assert view(document).catalog[0].problem == ""


@pytest.mark.req("PM-6", "API-2")
@pytest.mark.parametrize(
    ("given_", "fields"),
    [
        ({"model": " "}, {"model"}),
        ({"model": None}, {"model"}),
        ({"provider_id": ""}, {"providerId"}),
        ({"label": 7}, {"label"}),
        ({"capabilities": ["chat", "vision"]}, {"capabilities"}),
        ({"capabilities": "chat"}, {"capabilities"}),
        ({"capabilities": 5}, {"capabilities"}),
        ({"tasks": "grade"}, {"task"}),
        ({"tasks": ["translate"]}, {"task"}),
        ({"model": "", "capabilities": ["x"], "tasks": ["y"]}, {"model", "capabilities", "task"}),
    ],
)
def test_a_model_that_cannot_work_is_refused(
    new_document: dict[str, Any], given_: dict[str, Any], fields: set[str]
) -> None:
    """Every field of an entry that cannot be used is named with its problem (API-2)."""
    sent = {"provider_id": "p-uni", "model": "m", **given_}
    with pytest.raises(InvalidInputError) as caught:
        registry.add_model(new_document, **sent)
    assert set(problems_of(caught.value)) == fields


@pytest.mark.req("API-2")
def test_unknown_ids_in_the_catalog_are_not_found(new_document: dict[str, Any]) -> None:
    """An entry or provider that nothing has is NOT_FOUND in every edit of the catalog (API-2)."""
    for action in (
        lambda: registry.add_model(new_document, provider_id="nope", model="m"),
        lambda: registry.update_model(new_document, "nope", label="x"),
        lambda: registry.update_model(new_document, "uni:llama", provider_id="nope"),
        lambda: registry.delete_models(new_document, ["uni:llama", "nope"]),
        lambda: registry.move_models(new_document, ["uni:llama", "nope"], "p-anthropic"),
        lambda: registry.move_models(new_document, ["uni:llama"], "nope"),
        lambda: registry.move_models(new_document, [[]], "p-anthropic"),  # type: ignore[list-item]
        lambda: registry.model_impact(new_document, "nope"),
        lambda: registry.assign(new_document, "grade", "nope"),
    ):
        with pytest.raises(NotFoundError):
            action()


@pytest.mark.req("PM-6", "MIG-7")
def test_an_entry_changes_only_where_it_is_told(new_document: dict[str, Any]) -> None:
    """Fields not given and fields unknown stay; an empty label goes; the id stays (PM-6)."""
    document = registry.update_model(
        new_document,
        "uni:llama",
        provider_id="p-anthropic",
        model="claude-2",
        label="",
        capabilities=["chat"],
    )
    assert document["models"]["catalog"][1] == {
        "id": "uni:llama",
        "providerId": "p-anthropic",
        "model": "claude-2",
        "x": {"y": 1},
        "capabilities": ["chat"],
    }
    assert registry.update_model(new_document, "uni:llama", label="Llama") is new_document
    with pytest.raises(InvalidInputError):
        registry.update_model(new_document, "uni:llama", model="  ")


@pytest.mark.req("PM-4")
def test_an_orphaned_entry_can_be_given_another_provider(new_document: dict[str, Any]) -> None:
    """The way out of a deleted provider: the entry gets another one and is valid again (PM-4)."""
    document = registry.delete_provider(new_document, "p-uni")
    document = registry.update_model(document, "uni:llama", provider_id="p-anthropic")
    settings = view(document)
    assert settings.catalog[1].problem == ""
    assert settings.assignments["grade"].problem == ""
    assert settings.catalog[2].problem


@pytest.mark.req("API-1")
def test_deleting_an_entry_takes_its_assignments(new_document: dict[str, Any]) -> None:
    """The entry goes and the tasks that used it are not set (API-1)."""
    assert registry.model_impact(new_document, "uni:llama").tasks == ("grade",)
    document, hit = registry.delete_models(new_document, ["uni:llama"])
    assert hit == registry.model_impact(new_document, "uni:llama")
    assert [entry.id for entry in view(document).catalog] == ["anthropic:claude", "uni:embed"]
    assert [found.task for found in view(document).assignments] == ["summarize", "embed"]


@pytest.mark.req("API-1")
def test_entries_that_are_deleted_or_moved_together_are_as_one_by_one(new_document: dict[str, Any]) -> None:
    """Several at once give the document that one after the other give; none and twice the same are fine."""
    ids = ["uni:embed", "anthropic:claude", "uni:embed"]
    together, hit = registry.delete_models(new_document, ids)
    one_by_one, _ = registry.delete_models(registry.delete_models(new_document, ids[:1])[0], ids[1:2])
    assert render(together) == render(one_by_one)
    assert [entry.id for entry in hit.entries] == ids[:2]
    assert hit.tasks == ("summarize", "embed")
    assert registry.delete_models(new_document, []) == (new_document, registry.Impact())

    moved = registry.move_models(new_document, ids, "p-anthropic")
    one_by_one = registry.update_model(new_document, "uni:embed", provider_id="p-anthropic")
    assert render(moved) == render(one_by_one)
    assert registry.move_models(new_document, ["anthropic:claude"], "p-anthropic") is new_document


@pytest.mark.req("API-1")
def test_a_task_keeps_its_model_if_another_entry_has_the_same_id(new_document: dict[str, Any]) -> None:
    """Of two entries with one id the first goes, and what is told is that no task lost its model."""
    catalog = new_document["models"]["catalog"]
    twice = set_in(new_document, ("models", "catalog"), [*catalog, {**catalog[1], "label": "Twin"}])
    document, hit = registry.delete_models(twice, ["uni:llama"])
    assert hit.tasks == ()
    assert view(document).assignments["grade"].problem == ""
    assert [entry.label for entry in view(document).catalog if entry.id == "uni:llama"] == ["Twin"]


# ------------------------------------------------------------------------------------------- router


@pytest.mark.req("API-1", "PM-9")
def test_a_task_is_given_an_entry_where_it_stands(new_document: dict[str, Any]) -> None:
    """A new assignment comes last, a changed one keeps its place and its unknown fields (PM-9)."""
    document = registry.assign(new_document, "grade", "anthropic:claude")
    assert document["models"]["assignment"][1] == {
        "task": "grade",
        "modelId": "anthropic:claude",
        "since": 2024,
    }
    document = registry.assign(document, "skill", "uni:llama")
    assert document["models"]["assignment"][-1] == {"task": "skill", "modelId": "uni:llama"}
    assert registry.assign(document, "skill", "uni:llama") is document


@pytest.mark.req("ST-7")
@pytest.mark.parametrize("task", ["translate", "", None, "Grade"])
def test_only_the_six_tasks_are_assigned(new_document: dict[str, Any], task: Any) -> None:
    """A task that the app does not know is never written (ST-7)."""
    with pytest.raises(InvalidInputError) as caught:
        registry.assign(new_document, task, "uni:llama")
    assert set(problems_of(caught.value)) == {"task"}


@pytest.mark.req("API-1")
def test_an_assignment_is_taken_away(new_document: dict[str, Any]) -> None:
    """A task loses its assignment; one that has none is left; one that nobody knows is refused (API-1)."""
    document = registry.unassign(new_document, "grade")
    assert [found["task"] for found in document["models"]["assignment"]] == ["summarize", "embed"]
    assert registry.unassign(document, "grade") is document
    assert registry.unassign({}, "grade") == {}
    with pytest.raises(InvalidInputError):
        registry.unassign(document, "translate")
    newer = set_in(document, ("models", "assignment", 0, "task"), "translate")
    assert len(registry.unassign(newer, "translate")["models"]["assignment"]) == 1


@pytest.mark.req("PM-9")
def test_embed_alone_needs_an_embedding_model() -> None:
    """Every other task needs a chat model."""
    assert {task for task, needs in TASK_NEEDS.items() if needs == "embedding"} == {"embed"}
    assert {task for task, needs in TASK_NEEDS.items() if needs == "chat"} == {*TASKS} - {"embed"}
