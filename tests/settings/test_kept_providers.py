"""The copy of the providers, for the day on which another program removes them (ST-8)."""

from __future__ import annotations

import json
import os
import pickle
import stat
import sys
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets.settings import registry
from dispatch_widgets.settings.document import parse, set_in
from dispatch_widgets.settings.kept_providers import KeptProviders, state_folder
from dispatch_widgets.settings.migration import migrate, needs_migration
from dispatch_widgets.settings.store import SettingsStore
from dispatch_widgets.settings.views import view

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    WriteFile = Callable[[Path, str], None]
    RewriteFile = Callable[[Path], None]

pytestmark = pytest.mark.req("ST-8")
posix = pytest.mark.skipif(sys.platform == "win32", reason="modes, owners and links as POSIX has them")
as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away"
)


@pytest.fixture
def kept(file: Path) -> KeptProviders:
    return KeptProviders(file, clock=lambda: 1763730161.0)


@pytest.fixture
def store(file: Path, kept: KeptProviders) -> SettingsStore:
    """A store that keeps a copy."""
    return SettingsStore(file, lock_timeout_seconds=2.0, kept=kept)


@pytest.fixture
def ids(store: SettingsStore) -> list[str]:
    """Two providers, A with an entry and a task, B with an entry."""
    made = []

    def fill(document: dict[str, Any]) -> dict[str, Any]:
        for name in "AB":
            document, new = registry.add_provider(
                document, name=name, type="anthropic", api_key=f"sk-ant-{name}-0123456789"
            )
            tasks = ["grade"] if name == "A" else []
            document, _ = registry.add_model(document, provider_id=new, model=f"model-{name}", tasks=tasks)
            made.append(new)
        return document

    store.edit(fill)
    return made


def kept_ids(kept: KeptProviders) -> list[str]:
    copy = kept.read()
    return [provider["id"] for provider in copy.providers] if copy else []


def test_what_the_app_removed_is_brought_back(
    store: SettingsStore, file: Path, ids: list[str], save_schedules: RewriteFile
) -> None:
    """After "Save schedules" the providers are told as removed, and come back into the file as it is now."""
    before = store.read().document
    save_schedules(file)
    document = store.read().document
    assert store.kept is not None
    assert [provider["id"] for provider in store.kept.removed(document)] == ids
    assert not needs_migration(document)
    after = store.edit(store.kept.bring_back).document
    assert after["providers"] == before["providers"]
    assert after["schedules"] == {"fetch": "0 * * * *"}
    assert not any(entry.problem for entry in view(after).catalog)
    assert store.kept.removed(after) == ()
    assert store.kept.bring_back(after) is after


def test_another_process_brings_them_back_too(
    file: Path, ids: list[str], save_schedules: RewriteFile
) -> None:
    """The copy outlives the process that saved."""
    save_schedules(file)
    other = KeptProviders(file)
    document = SettingsStore(file, kept=other).edit(other.bring_back).document
    assert [provider["id"] for provider in document["providers"]] == ids


def test_bringing_back_can_be_undone_and_done_again(
    store: SettingsStore, file: Path, ids: list[str], save_schedules: RewriteFile
) -> None:
    """The undo takes the list away again, and the copy still has it."""
    assert store.kept is not None
    save_schedules(file)
    lost = store.read().document
    store.edit(store.kept.bring_back)
    store.edit(lambda _: lost)
    assert [provider["id"] for provider in store.kept.removed(lost)] == ids


def test_what_the_file_has_wins(
    store: SettingsStore, file: Path, ids: list[str], save_schedules: RewriteFile
) -> None:
    """A provider that was entered again meanwhile, under its id, stays as it is in the file."""
    assert store.kept is not None
    save_schedules(file)
    again = {
        "id": ids[1],
        "name": "Anew",
        "type": "anthropic",
        "credentials": {"apiKey": "sk-ant-new-012345"},
    }
    store.edit(lambda document: set_in(document, ("providers",), [again]))
    document = store.edit(store.kept.bring_back).document
    assert [(found["id"], found["name"]) for found in document["providers"]] == [
        (ids[1], "Anew"),
        (ids[0], "A"),
    ]


def test_a_provider_that_is_added_first_takes_nothing_away(
    store: SettingsStore, file: Path, kept: KeptProviders, ids: list[str], save_schedules: RewriteFile
) -> None:
    """Who adds another one before bringing them back, here or in the app, can still do so."""
    save_schedules(file)
    document = store.edit(
        lambda document: registry.add_provider(
            document, name="C", type="anthropic", api_key="sk-ant-C-0123456789"
        )[0]
    ).document
    assert [provider["id"] for provider in kept.removed(document)] == ids
    assert [provider["id"] for provider in kept.removed(store.read().document)] == ids
    assert len(store.edit(kept.bring_back).document["providers"]) == 3


def test_a_list_that_the_app_filled_anew_is_told_too(  # noqa: PLR0917
    file: Path,
    store: SettingsStore,
    kept: KeptProviders,
    ids: list[str],
    write_later: WriteFile,
    save_schedules: RewriteFile,
) -> None:
    """Removed and filled with others while nobody looked: those that entries refer to are told."""
    save_schedules(file)
    document = json.loads(file.read_text(encoding="utf-8"))
    document["providers"] = []
    write_later(file, json.dumps(document))
    assert [provider["id"] for provider in kept.removed(store.read().document)] == ids
    document["providers"] = [{"id": "c", "name": "C", "type": "anthropic", "credentials": {"apiKey": "k"}}]
    write_later(file, json.dumps(document))
    assert [provider["id"] for provider in kept.removed(store.read().document)] == ids


def test_the_copy_follows_each_save(store: SettingsStore, kept: KeptProviders, ids: list[str]) -> None:
    """A changed key is in it, a deleted provider is not, and with the last one it goes itself."""
    store.edit(lambda document: registry.update_provider(document, ids[0], api_key="sk-ant-new-0123456789"))
    copy = kept.read()
    assert copy is not None
    assert copy.providers[0]["credentials"]["apiKey"] == "sk-ant-new-0123456789"
    store.edit(lambda document: registry.delete_provider(document, ids[0]))
    assert kept_ids(kept) == [ids[1]]
    assert "sk-ant-new" not in kept.path.read_text(encoding="utf-8")
    document = store.edit(lambda document: registry.delete_provider(document, ids[1])).document
    assert not kept.path.exists()
    assert kept.removed(document) == ()


def test_a_restored_file_and_one_converted_again_leave_nothing_to_bring_back(
    file: Path,
    store: SettingsStore,
    kept: KeptProviders,
    old_document: dict[str, Any],
    write_later: WriteFile,
) -> None:
    """Back to the old form and converted again: the new providers are kept, and nothing is called removed."""
    write_later(file, json.dumps(old_document))
    for _ in range(2):
        document = store.edit(lambda document: migrate(document)[0], backup_reason="x").document
        assert kept_ids(kept) == [provider["id"] for provider in document["providers"]]
        assert kept.removed(document) == ()
        restored = store.restore(store.backups()[-1]).document
        assert kept.removed(restored) == ()


def test_it_follows_what_another_program_deletes(
    store: SettingsStore, file: Path, kept: KeptProviders, ids: list[str], write_later: WriteFile
) -> None:
    """A provider that is gone from a list that is still there was deleted: it goes here too."""
    document = json.loads(file.read_text(encoding="utf-8"))
    document["providers"] = document["providers"][1:]
    write_later(file, json.dumps(document))
    now = store.read().document
    assert kept_ids(kept) == [ids[1]]
    assert kept.removed(now) == ()


def test_what_is_deleted_elsewhere_between_two_saves_goes_too(
    store: SettingsStore, file: Path, kept: KeptProviders, ids: list[str], write_later: WriteFile
) -> None:
    """A provider that another program deleted is dropped from the copy by the next save too."""
    document = json.loads(file.read_text(encoding="utf-8"))
    document["providers"] = document["providers"][1:]
    write_later(file, json.dumps(document))
    store.edit(lambda document: set_in(document, ("note",), 1))
    assert kept_ids(kept) == [ids[1]]


def test_reading_makes_no_copy_and_adds_nothing_to_one(
    file: Path,
    store: SettingsStore,
    kept: KeptProviders,
    new_document: dict[str, Any],
    write_later: WriteFile,
) -> None:
    """The copy is of what was saved here: what others write is not taken into it."""
    write_later(file, json.dumps(new_document))
    store.read()
    assert not kept.path.exists()
    store.edit(lambda document: set_in(document, ("note",), 1))
    new_document["providers"].append({"id": "x", "name": "X", "type": "anthropic", "credentials": {}})
    write_later(file, json.dumps(new_document))
    store.read()
    assert kept_ids(kept) == ["p-anthropic", "p-uni"]


@pytest.mark.usefixtures("ids")
def test_a_save_that_changes_no_provider_does_not_touch_it(store: SettingsStore, kept: KeptProviders) -> None:
    """The copy costs nothing where nothing about it changes."""
    status = kept.path.stat()
    store.edit(lambda document: set_in(document, ("note",), 1))
    assert kept.path.stat().st_ino == status.st_ino


@posix
@pytest.mark.usefixtures("ids")
def test_it_is_private_and_lies_in_the_state_folder(file: Path, kept: KeptProviders) -> None:
    """Folder 0700, file 0600, named by a hash of the real path; nothing lies beside the file (ST-8)."""
    assert kept.path.parent == state_folder()
    assert str(kept.path).startswith(os.environ["HOME"])
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700
    assert len(kept.path.stem) == 64
    assert {path.name for path in file.parent.iterdir()} == {file.name, f".{file.name}.lock"}
    link = file.with_name("link.json")
    link.symlink_to(file)
    assert KeptProviders(link).path == kept.path


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("how", ["parameter", "variable"])
def test_it_is_turned_off_and_removed(
    file: Path, kept: KeptProviders, how: str, monkeypatch: pytest.MonkeyPatch, save_schedules: RewriteFile
) -> None:
    """Off means that there is none, also none from before; the parameter goes before the variable (ST-8)."""
    assert kept.path.exists()
    if how == "variable":
        monkeypatch.setenv("DISPATCH_WIDGETS_KEEP_PROVIDERS", "0")
        assert KeptProviders(file, on=True).on
    off = KeptProviders(file, on=False if how == "parameter" else None)
    assert not off.on
    assert not kept.path.exists()
    store = SettingsStore(file, kept=off)
    store.edit(lambda document: set_in(document, ("note",), 1))
    assert not kept.path.exists()
    save_schedules(file)
    assert off.removed(store.read().document) == ()


@pytest.mark.usefixtures("ids")
def test_it_can_be_deleted(
    file: Path, store: SettingsStore, kept: KeptProviders, save_schedules: RewriteFile
) -> None:
    """What was deleted is gone, and nothing can be brought back then."""
    copy = kept.read()
    assert copy is not None
    assert copy.saved_at.isoformat() == "2025-11-21T13:02:41+00:00"
    assert copy.file == os.path.realpath(file)
    assert kept.delete()
    assert not kept.delete()
    save_schedules(file)
    document = store.read().document
    assert kept.bring_back(document) is document


@posix
@pytest.mark.parametrize(
    "how", ["link", "other path", "open to others", "another user", "not JSON", "folder"]
)
def test_a_copy_that_somebody_planted_is_not_taken(  # noqa: PLR0917
    file: Path,
    store: SettingsStore,
    kept: KeptProviders,
    ids: list[str],
    how: str,
    save_schedules: RewriteFile,
) -> None:
    """A link, a copy of another file, one that others may write or own, and what is none: all refused."""
    save_schedules(file)
    document = store.read().document
    assert len(kept.removed(document)) == len(ids)
    planted = kept.path
    if how == "link":
        planted.rename(file.with_name("planted.json"))
        planted.symlink_to(file.with_name("planted.json"))
    elif how == "other path":
        content = json.loads(planted.read_text(encoding="utf-8"))
        planted.write_text(
            json.dumps({**content, "file": "/elsewhere/dispatch.settings.json"}), encoding="utf-8"
        )
    elif how == "open to others":
        planted.chmod(0o666)
    elif how == "not JSON":
        planted.write_text("{", encoding="utf-8")
    elif os.geteuid() != 0:
        pytest.skip("only root may give files away")
    else:
        os.chown(planted.parent if how == "folder" else planted, 12345, 12345)
    assert kept.removed(document) == ()
    assert kept.bring_back(document) is document


@posix
def test_a_state_folder_that_cannot_be_used_stops_nothing(
    file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, canary: str
) -> None:
    """Whatever is wrong with it, the save is done; the log says so, and no key (ST-8, SEC-1)."""
    (tmp_path / "in the way").write_text("a file", encoding="utf-8")
    kept = KeptProviders(file, folder=tmp_path / "in the way" / "providers")
    store = SettingsStore(file, kept=kept)
    assert store.edit(
        lambda document: registry.add_provider(document, name="N", type="anthropic", api_key=canary)[0]
    ).changed
    assert "could not be kept" in caplog.text
    assert canary not in caplog.text
    assert kept.read() is None
    assert not kept.delete()


@pytest.mark.req("SEC-1")
def test_a_copy_shows_no_key(store: SettingsStore, kept: KeptProviders, canary: str) -> None:
    """Printing it shows the keys masked, and a pickle has no others."""
    store.edit(
        lambda document: registry.add_provider(document, name="N", type="anthropic", api_key=canary)[0]
    )
    copy = kept.read()
    assert canary not in repr(copy)
    assert canary.encode() not in pickle.dumps(copy)
    assert pickle.loads(pickle.dumps(copy)).path == kept.path  # noqa: S301 - made here
    assert canary in kept.path.read_text(encoding="utf-8")


def test_nothing_that_a_file_can_hold_stops_it(file: Path, kept: KeptProviders) -> None:
    """Odd lists, odd providers and the mock: those that have an id are kept, the mock is not brought back."""
    odd = b'{"providers": [1, {}, {"id": 5}, {"id": "mock", "type": "mock"}, {"id": "p", "x": 1e400}]}'
    document = parse(odd, path="")
    kept.record_save({}, document)
    assert kept_ids(kept) == ["mock", "p"]
    assert [provider["id"] for provider in kept.removed({"ui": {}})] == ["p"]
    for other in ({"providers": {}}, {"providers": None}, {"models": [1]}, {"models": {"catalog": [1]}}):
        kept.record_foreign_change(other)
        kept.removed(other)
