"""A read answers from one state of the file and a change from what it saved, whatever others do meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets import InvalidInputError, SettingsService, UnresolvedTaskError
from dispatch_widgets.service import NewModel
from dispatch_widgets.settings.store import SettingsStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY = "sk-0123456789abcdef"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A settings file with two providers that are one account, and an entry with a task."""
    path = tmp_path / "dispatch.settings.json"
    service = SettingsService(path)
    for name in ("One", "Two"):
        service.add_provider(name=name, type="anthropic", api_key=KEY)
    first = service.get_providers()[0].id
    service.add_model(provider_id=first, model="claude", tasks=["grade"])
    return path


@pytest.fixture
def service(path: Path) -> SettingsService:
    """The service that is tested."""
    return SettingsService(path)


@pytest.fixture
def other(path: Path) -> SettingsService:
    """The service of another kernel, for the same file."""
    return SettingsService(path)


class Looks:
    """Counts the looks at the settings file; what is done after one of them does not count.

    Args:
        monkeypatch: Takes it back.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self._number = 0
        self._action: Callable[[], Any] = lambda: None
        real = SettingsStore.changed_since

        def look(store: SettingsStore, digest: str) -> bool:
            changed = real(store, digest)
            self.count += 1
            if self.count == self._number:
                self._number = 0
                count = self.count
                self._action()
                self.count = count
            return changed

        monkeypatch.setattr(SettingsStore, "changed_since", look)

    def after(self, number: int, action: Callable[[], Any]) -> None:
        """After so many looks from here on, something is done."""
        self.count, self._number, self._action = 0, number, action


@pytest.fixture
def looks(service: SettingsService, monkeypatch: pytest.MonkeyPatch) -> Looks:
    """The looks of the service that is tested, which is there already."""
    return Looks(monkeypatch)


def _first(service: SettingsService) -> str:
    return service.settings.providers[0].id


@pytest.mark.req("API-5")
@pytest.mark.parametrize("what", ["provider", "entry"])
def test_resolving_a_task_looks_once(
    service: SettingsService, other: SettingsService, looks: Looks, what: str
) -> None:
    """A deletion while a task is resolved is not half seen: the model as before, then the task's error."""

    def delete() -> None:
        if what == "provider":
            other.delete_provider(_first(other))
        else:
            other.delete_model(other.catalog[0].id)

    looks.after(1, delete)
    assert service.resolve("grade").model == "claude"
    assert looks.count == 1
    with pytest.raises(UnresolvedTaskError):
        service.resolve("grade")
    assert looks.count == 2


@pytest.mark.req("API-5")
def test_resolving_a_named_model_looks_once(
    service: SettingsService, other: SettingsService, looks: Looks
) -> None:
    """By a name, too, one state answers: a provider that is renamed meanwhile is found by what was read."""
    first = _first(other)
    looks.after(1, lambda: other.update_provider(first, name="Elsewhere"))
    assert service.resolve_model("One", "claude").provider_id == first
    assert looks.count == 1


@pytest.mark.req("API-5")
def test_a_name_that_two_have_is_told_from_one_state(service: SettingsService, looks: Looks) -> None:
    """The ids that a hint names were there together."""
    service.update_provider(service.get_providers()[1].id, name="One")
    looks.count = 0
    with pytest.raises(InvalidInputError, match="2 providers"):
        service.resolve_model("One", "claude")
    assert looks.count == 1


@pytest.mark.req("PM-6", "P-6")
def test_what_can_do_a_task_is_one_look(service: SettingsService, looks: Looks) -> None:
    """Over a thousand entries whose capabilities nobody states the file is looked at once."""
    first = _first(service)
    service.add_models([NewModel(provider_id=first, model=f"model-{number}") for number in range(1000)])
    looks.count = 0
    assert len(service.entries_for("grade")) == 1001
    assert looks.count == 1


@pytest.mark.req("API-1")
@pytest.mark.parametrize(
    "read",
    [
        lambda service: service.get_providers(),
        lambda service: service.provider(_first(service)),
        lambda service: service.catalog,
        lambda service: service.duplicates(),
        lambda service: service.known_models("mock"),
        lambda service: service.impact_of_deleting_provider("mock"),
        lambda service: service.impact_of_deleting_model("one:claude"),
        lambda service: service.convertible,
        lambda service: service.places_left,
        lambda service: service.lost_providers,
        lambda service: service.removed_providers,
        lambda service: service.gone_at,
        lambda service: service.problem,
        lambda service: service.discover_models("mock"),
    ],
)
def test_a_read_is_one_look(
    service: SettingsService, looks: Looks, read: Callable[[SettingsService], object]
) -> None:
    """Whatever is read, the file is looked at once for it."""
    found = service.settings
    looks.count = 0
    read(service)
    assert looks.count == (2 if "_first" in read.__code__.co_names else 1)
    assert service.settings is found


def _writes() -> dict[str, Callable[[SettingsService], Any]]:
    first = _first
    return {
        "add_provider": lambda s: s.add_provider(name="New", type="anthropic", api_key=f"{KEY}1").name,
        "update_provider": lambda s: s.update_provider(first(s), name="New").name,
        "merge_providers": lambda s: s.merge_providers(first(s), [s.settings.providers[1].id]).name,
        "add_model": lambda s: s.add_model(provider_id=first(s), model="new").model,
        "add_models": lambda s: len(s.add_models([NewModel(provider_id=first(s), model=m) for m in "ab"])),
        "update_model": lambda s: s.update_model(s.catalog[0].id, label="New").label,
        "assign": lambda s: s.assign("digest", s.catalog[0].id).task,
        "delete_provider": lambda s: s.delete_provider(first(s)).tasks,
        "delete_model": lambda s: s.delete_model(s.catalog[0].id).tasks,
        "move_models": lambda s: len(s.move_models([s.catalog[0].id], s.settings.providers[1].id)),
    }


SAVED = {
    "add_provider": "New",
    "update_provider": "New",
    "merge_providers": "One",
    "add_model": "new",
    "add_models": 2,
    "update_model": "New",
    "assign": "digest",
    "delete_provider": ("grade",),
    "delete_model": ("grade",),
    "move_models": 1,
}


@pytest.mark.req("API-1", "ST-3")
@pytest.mark.parametrize("write", SAVED)
def test_a_change_answers_from_what_it_saved(
    service: SettingsService, other: SettingsService, write: str
) -> None:
    """Another kernel that deletes everything right after a save does not make the save an error."""

    def delete_everything(_: object) -> None:
        end()
        for entry in other.catalog:
            other.delete_model(entry.id)
        for provider in other.get_providers():
            other.delete_provider(provider.id)

    end = service.subscribe(delete_everything)
    assert _writes()[write](service) == SAVED[write]
    assert service.get_providers() == ()
    assert service.catalog == ()


@pytest.mark.req("PM-4")
@pytest.mark.parametrize("look", [1, 2, 3, 4])
@pytest.mark.parametrize("what", ["provider", "model"])
def test_what_a_deletion_hits_is_told_from_what_it_deleted(
    service: SettingsService, other: SettingsService, looks: Looks, look: int, what: str
) -> None:
    """A task that another kernel gives meanwhile is among those that are told to be hit."""
    first, entry = _first(other), other.catalog[0].id
    looks.after(look, lambda: other.assign("digest", entry))
    hit = service.delete_provider(first) if what == "provider" else service.delete_model(entry)
    was_given = looks.count >= look
    assert hit.tasks == (("grade", "digest") if was_given else ("grade",))
