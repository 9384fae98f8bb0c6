"""Another program reads the settings file before our save and writes it after that (ST-3)."""

from __future__ import annotations

import itertools
import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets.errors import SettingsWriteError
from dispatch_widgets.settings import _disk, registry
from dispatch_widgets.settings.document import set_in
from dispatch_widgets.settings.file_system import Content, Files
from dispatch_widgets.settings.store import SettingsStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [
    pytest.mark.req("ST-3"),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows replaces no file that is open"),
]

THEIRS = '{"theirs": 1}'


def note(value: Any, name: str = "note") -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda document: set_in(document, (name,), value)


def replace_by_another(target: Path) -> None:
    other = target.with_name("editor.tmp")
    other.write_text(THEIRS, encoding="utf-8")
    other.replace(target)


class Watched(Files):
    """A file system with another program's write after a number of checks of the replaced file."""

    def __init__(self) -> None:
        self.looks = itertools.count()
        self.after_replace: dict[int, Callable[[Path], Any]] = {}
        self.replaced = False

    def replace(self, temporary: Path, target: Path) -> None:
        super().replace(temporary, target)
        self.looks, self.replaced = itertools.count(), True

    def read(self, path: Path, **options: Any) -> Content | None:
        if self.replaced and path.name.startswith("."):
            act = self.after_replace.pop(next(self.looks), None)
            if act:
                act(path.with_name("dispatch.settings.json"))
        return super().read(path, **options)


@pytest.mark.parametrize("look", [0, 1])
@pytest.mark.parametrize(
    "write", [lambda target: target.write_text(THEIRS, encoding="utf-8"), replace_by_another]
)
def test_an_edit_that_is_overwritten_during_its_save_is_made_again(
    file: Path, look: int, write: Callable[[Path], Any]
) -> None:
    """If the file is overwritten just after the replacement, or during the sync, both changes are kept."""
    files = Watched()
    store = SettingsStore(file, files=files)
    store.edit(note(0))
    files.after_replace = {look: write}
    snapshot = store.edit(note(1))
    assert snapshot.document == json.loads(file.read_text(encoding="utf-8")) == {"theirs": 1, "note": 1}
    assert snapshot.changed
    assert {path.name for path in file.parent.iterdir()} == {file.name, f".{file.name}.lock"}


def test_an_edit_that_the_other_program_had_read_is_not_made_twice(file: Path) -> None:
    """If the other program has our edit in its version, the edit is not applied again."""
    files = Watched()
    store = SettingsStore(file, files=files)
    store.edit(note(0))

    def write_with_ours(target: Path) -> None:
        target.write_text(
            json.dumps({**json.loads(target.read_text(encoding="utf-8")), "theirs": 1}), encoding="utf-8"
        )

    files.after_replace = {1: write_with_ours}
    made: list[str] = []

    def add(document: dict[str, Any]) -> dict[str, Any]:
        new, provider_id = registry.add_provider(
            document, name="N", type="anthropic", api_key="sk-0123456789abcdef"
        )
        made.append(provider_id)
        return new

    snapshot = store.edit(add)
    assert [provider["id"] for provider in snapshot.document["providers"]] == made
    assert json.loads(file.read_text(encoding="utf-8")) == snapshot.document
    assert snapshot.document["theirs"] == 1


def test_an_edit_is_made_again_though_another_process_has_saved_since(
    store: SettingsStore, file: Path
) -> None:
    """The modification time of a save on top of another program's write encodes when that was."""
    store.edit(note(0, "first"))
    stale = json.loads(file.read_text(encoding="utf-8"))
    store.edit(note(1, "second"))
    file.write_text(json.dumps({**stale, "theirs": 1}), encoding="utf-8")
    SettingsStore(file).edit(note(2, "third"))
    SettingsStore(file).edit(note(3, "fourth"))
    whole = {"first": 0, "theirs": 1, "third": 2, "fourth": 3, "second": 1}
    assert store.read().document == json.loads(file.read_text(encoding="utf-8")) == whole


@pytest.mark.parametrize("seconds", [0.0, 0.3, 4.26, 9.9])
def test_the_time_of_a_saved_file_encodes_the_other_programs_write(file: Path, seconds: float) -> None:
    """The time of another program's last write is known to 0.1 s, for ten seconds."""
    written_at = time.time() - seconds
    Files().write_new(file, b"{}", foreign_write_at=written_at)
    content = Files().read(file)
    assert content is not None
    assert content.foreign_write_at == pytest.approx(written_at, abs=0.1)


def test_what_was_long_ago_or_is_not_known_is_no_time(file: Path) -> None:
    """It is not known for our save alone, after a long time, and on file systems with whole milliseconds."""
    for written_at in (None, time.time() - 60):
        Files().write_new(file, b"{}", foreign_write_at=written_at)
        content = Files().read(file)
        assert content is not None
        assert content.foreign_write_at is None
        file.unlink()
    file.write_text("{}", encoding="utf-8")
    os.utime(file, ns=(1_700_000_000_123_000_000,) * 2)
    content = Files().read(file)
    assert content is not None
    assert content.foreign_write_at is None


@pytest.fixture
def beside(file: Path) -> SettingsStore:
    """A store, with a program that writes during its saves."""
    files = Watched()
    store = SettingsStore(file, files=files)
    store.edit(note(0))
    files.after_replace = {
        1: lambda target: target.write_text('{"note": 0, "providers": []}', encoding="utf-8")
    }
    store.edit(note(0, "first"))
    return store


def test_an_edit_that_was_overwritten_after_its_save_is_made_again_with_the_next(
    beside: SettingsStore, file: Path
) -> None:
    """If another program writes its old state over our save, the next edit repairs it."""
    stale = file.read_text(encoding="utf-8")
    beside.edit(note(1, "second"))
    file.write_text(stale, encoding="utf-8")
    document = beside.edit(note(2, "third")).document
    assert document == {"note": 0, "providers": [], "first": 0, "second": 1, "third": 2}


def test_what_is_gone_later_was_taken_away(
    store: SettingsStore, file: Path, write_later: Callable[[Path, str], None]
) -> None:
    """An edit that is removed long after its save stays removed."""
    store.edit(note(0, "first"))
    stale = file.read_text(encoding="utf-8")
    store.edit(note(1, "second"))
    write_later(file, stale)
    assert store.edit(note(2, "third")).document == {"first": 0, "third": 2}


def test_an_edit_that_a_program_met_for_the_first_time_overwrote_is_made_again(
    store: SettingsStore, file: Path
) -> None:
    """Reading a file that another program has just written restores the overwritten edit."""
    store.edit(note(0, "first"))
    stale = json.loads(file.read_text(encoding="utf-8"))
    store.edit(note(1, "second"))
    file.write_text(json.dumps({**stale, "theirs": 1}), encoding="utf-8")
    whole = {"first": 0, "second": 1, "theirs": 1}
    assert store.read().document == json.loads(file.read_text(encoding="utf-8")) == whole


def test_what_the_other_program_changed_too_stays_its_own(store: SettingsStore, file: Path) -> None:
    """A value that is neither the edit's old nor its new one is later, and is kept."""
    store.edit(note(0))
    store.edit(note(1))
    file.write_text('{"note": 2}', encoding="utf-8")
    assert store.read().document == {"note": 2}


def test_what_another_process_of_ours_took_away_stays_away(store: SettingsStore, file: Path) -> None:
    """A save of another process of this package is no stale state, even right after an edit."""
    store.edit(note(0, "first"))
    store.edit(note(1, "second"))
    SettingsStore(file).edit(lambda _: {"first": 0})
    assert store.read().document == {"first": 0}
    assert store.edit(note(2, "third")).document == {"first": 0, "third": 2}


def test_a_restore_in_another_process_stays(file: Path) -> None:
    """Restored old bytes are no stale state either, although another program had just written the file."""
    file.write_text('{"note": 0}', encoding="utf-8")
    store = SettingsStore(file)
    backup = store.edit(note(1), backup_reason="x").backup
    assert backup is not None
    SettingsStore(file).restore(backup)
    assert store.read().document == json.loads(file.read_text(encoding="utf-8")) == {"note": 0}


def test_a_file_that_was_gone_gets_no_edit_of_before(store: SettingsStore, file: Path) -> None:
    """After a deletion, a new file in the same place gets no earlier edits."""
    store.edit(note(0))
    file.unlink()
    assert not store.read().exists
    file.write_text(THEIRS, encoding="utf-8")
    assert store.read().document == {"theirs": 1}


def test_what_was_taken_back_is_not_made_again(beside: SettingsStore, file: Path) -> None:
    """An edit that was undone here is not applied again, even if another program writes."""
    stale = beside.read().document
    beside.edit(note(1, "second"))
    beside.edit(lambda _: stale)
    file.write_text('{"note": 0, "providers": [], "first": 0, "theirs": 1}', encoding="utf-8")
    document = beside.edit(note(2, "third")).document
    assert document == {"note": 0, "providers": [], "first": 0, "theirs": 1, "third": 2}


def test_a_restored_file_gets_no_edit_of_before(beside: SettingsStore, file: Path) -> None:
    """After a restore the earlier edits are not applied again."""
    backup = beside.edit(note(1, "second"), backup_reason="x").backup
    assert backup is not None
    restored = beside.restore(backup).document
    assert beside.edit(note(2, "third")).document == {**restored, "third": 2}


def test_providers_that_were_all_removed_are_not_brought_back_singly(
    beside: SettingsStore, file: Path
) -> None:
    """A file without `providers` stays without, so that its loss is noticed (ST-8)."""
    beside.edit(lambda document: set_in(document, ("providers",), [{"id": "p"}]))
    file.write_text('{"ui": {}}', encoding="utf-8")
    assert "providers" not in beside.edit(note(1)).document


def test_a_file_that_is_overwritten_again_and_again_is_an_error(file: Path) -> None:
    """If another program overwrites every save, that is an error, and its last write stays."""

    class Always(Files):
        def sync_folder(self, folder: Path) -> None:
            (folder / file.name).write_text(f'{{"theirs": {next(numbers)}}}', encoding="utf-8")

    numbers = itertools.count()
    with pytest.raises(SettingsWriteError, match="again and again"):
        SettingsStore(file, files=Always()).edit(note(1))


def test_a_writer_that_takes_long_is_waited_for_while_it_goes_on(
    file: Path, store: SettingsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A truncated file that grows is waited for longer than one that does not."""
    text = json.dumps({"theirs": "x" * 50})
    file.write_text(text[:10], encoding="utf-8")
    monkeypatch.setattr(_disk, "FOREIGN_WRITE_WAIT_SECONDS", 0.2)
    pieces = iter(range(10, len(text) + 1, 3))

    class Growing(Files):
        def read(self, path: Path, **options: Any) -> Content | None:
            if path == file:
                file.write_text(text[: next(pieces, len(text))], encoding="utf-8")
            return super().read(path, **options)

    monkeypatch.setattr(_disk, "_POLL_SECONDS", 0.05)
    assert SettingsStore(file, files=Growing()).read().document == json.loads(text)
