"""Another program writes the settings file during a save (ST-3), simulated in one process."""

from __future__ import annotations

import itertools
import json
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets.errors import SettingsWriteError
from dispatch_widgets.settings import registry
from dispatch_widgets.settings.document import set_in
from dispatch_widgets.settings.file_system import Files
from dispatch_widgets.settings.store import SettingsStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows replaces no file that is open")


def note(value: Any, name: str = "note") -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A change that sets one field of the document."""
    return lambda document: set_in(document, (name,), value)


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


class Interrupted(Files):
    """A file system with another program's write before or after one of its operations."""

    def __init__(self) -> None:
        self.before_replace: list[Callable[[Path], None]] = []
        self.after_write: list[Callable[[Path], None]] = []
        self.before_publish: list[Callable[[Path], None]] = []
        self.before_keep_aside: list[Callable[[Path], None]] = []
        self.second_names = True
        self.seen_while_syncing: list[dict[str, Any]] = []

    def write_temporary(self, target: Path, data: bytes, like: Any, **options: Any) -> Path:
        temporary = super().write_temporary(target, data, like, **options)
        if self.after_write:
            self.after_write.pop(0)(target)
        return temporary

    def replace(self, temporary: Path, target: Path) -> None:
        if self.before_replace:
            self.before_replace.pop(0)(target)
        super().replace(temporary, target)

    def publish(self, temporary: Path, target: Path) -> None:
        if self.before_publish:
            self.before_publish.pop(0)(target)
        super().publish(temporary, target)

    def keep_aside(self, target: Path) -> Path | None:
        if self.before_keep_aside:
            self.before_keep_aside.pop(0)(target)
        return super().keep_aside(target) if self.second_names else None

    def sync_folder(self, folder: Path) -> None:
        self.seen_while_syncing.append(
            json.loads((folder / "dispatch.settings.json").read_text(encoding="utf-8"))
        )
        super().sync_folder(folder)


@pytest.fixture(params=["second names", "one name only"])
def interrupted(request: pytest.FixtureRequest) -> Interrupted:
    """That file system with hard links, and without, such as FAT."""
    files = Interrupted()
    files.second_names = request.param == "second names"
    return files


def put_another(target: Path) -> None:
    """Replaces the file, as editors do."""
    other = target.with_name("editor.tmp")
    other.write_text('{"theirs": 1}', encoding="utf-8")
    other.replace(target)


@pytest.mark.req("ST-3")
def test_a_foreign_write_during_a_save_is_kept(file: Path) -> None:
    """If a file was written after it was read, it is read again and the change applied to it (ST-3)."""
    files = Interrupted()
    store = SettingsStore(file, files=files)
    store.edit(note(0))
    files.after_write = [
        lambda target: target.write_text('{"theirs": 1}', encoding="utf-8"),
        lambda target: target.write_text('{"theirs": 2}', encoding="utf-8"),
    ]
    snapshot = store.edit(note(1), backup_reason="x")
    assert snapshot.document == {"theirs": 2, "note": 1}
    assert json.loads(file.read_text(encoding="utf-8")) == {"theirs": 2, "note": 1}
    assert snapshot.backup is not None
    assert json.loads(snapshot.backup.read_text(encoding="utf-8")) == {"theirs": 2}


@pytest.mark.req("ST-3")
def test_a_file_replaced_by_somebody_during_a_save_is_kept(file: Path) -> None:
    """If another program replaces the file, as editors do, that is noticed by content (ST-3)."""
    files = Interrupted()
    store = SettingsStore(file, files=files)
    store.edit(note(0))
    files.after_write = [put_another]
    assert store.edit(note(1)).document == {"theirs": 1, "note": 1}
    assert json.loads(file.read_text(encoding="utf-8")) == {"theirs": 1, "note": 1}


@posix
@pytest.mark.req("ST-3")
def test_a_foreign_write_between_compare_and_replace_is_kept(file: Path, interrupted: Interrupted) -> None:
    """A write in place at the last moment goes into the replaced file, and is kept (ST-3)."""
    store = SettingsStore(file, files=interrupted)
    store.edit(note(0))
    interrupted.before_replace = [
        lambda target: target.write_text('{"theirs": 1}', encoding="utf-8") and None
    ]
    assert store.edit(note(1)).document == {"theirs": 1, "note": 1}
    assert json.loads(file.read_text(encoding="utf-8")) == {"theirs": 1, "note": 1}


@posix
@pytest.mark.req("ST-3")
def test_a_foreign_write_that_ends_after_the_replace_is_kept(file: Path, interrupted: Interrupted) -> None:
    """A write that truncated the old file before the replacement, and ends later, is kept (ST-3)."""
    store = SettingsStore(file, files=interrupted)
    store.edit(note(0))
    writers: list[threading.Timer] = []

    def truncate(target: Path) -> None:
        handle = target.open("w", encoding="utf-8")

        def finish() -> None:
            handle.write('{"theirs": 1}')
            handle.close()

        writers.append(threading.Timer(0.15, finish))
        writers[0].start()

    interrupted.before_replace = [truncate]
    try:
        assert store.edit(note(1)).document == {"theirs": 1, "note": 1}
    finally:
        writers[0].join()
    assert json.loads(file.read_text(encoding="utf-8")) == {"theirs": 1, "note": 1}
    assert names_in(file.parent) == {file.name, f".{file.name}.lock"}


@posix
@pytest.mark.req("ST-3")
def test_a_foreign_write_is_back_before_the_disk_is_waited_for(file: Path) -> None:
    """The other program's write is back in the file before the sync, which may be slow."""
    files = Interrupted()
    store = SettingsStore(file, files=files)
    store.edit(note(0))
    written: list[str] = []
    files.seen_while_syncing.clear()
    files.before_replace = [lambda target: target.write_text('{"theirs": 1}', encoding="utf-8") and None]
    files.after_write = [lambda _: None, lambda target: written.append(target.read_text(encoding="utf-8"))]
    store.edit(note(1))
    assert written == ['{"theirs": 1}']
    assert files.seen_while_syncing == [{"theirs": 1, "note": 1}]


@pytest.mark.req("ST-3")
def test_a_file_put_in_place_after_the_comparison_is_kept(file: Path) -> None:
    """A replacement by another program at the last moment is noticed too (ST-3)."""
    files = Interrupted()
    store = SettingsStore(file, files=files)
    store.edit(note(0))
    files.before_keep_aside = [put_another]
    assert store.edit(note(1)).document == {"theirs": 1, "note": 1}
    assert json.loads(file.read_text(encoding="utf-8")) == {"theirs": 1, "note": 1}
    assert names_in(file.parent) == {file.name, f".{file.name}.lock"}


@pytest.mark.req("ST-3")
def test_a_file_made_by_somebody_meanwhile_is_not_overwritten(file: Path) -> None:
    """The first save does not replace a file that has appeared meanwhile (ST-3)."""
    files = Interrupted()
    store = SettingsStore(file, files=files)
    files.before_publish = [lambda target: target.write_text('{"theirs": 1}', encoding="utf-8") and None]
    assert store.edit(note(1)).document == {"theirs": 1, "note": 1}
    assert names_in(file.parent) == {file.name, f".{file.name}.lock"}


def test_a_file_that_never_rests_is_an_error(file: Path) -> None:
    """If another program writes at every attempt, the save fails and does not loop for ever (ST-3)."""
    files = Interrupted()
    store = SettingsStore(file, files=files)
    store.edit(note(0))
    numbers = itertools.count()
    files.after_write = [
        lambda target: target.write_text(f'{{"theirs": {next(numbers)}}}', encoding="utf-8")
    ] * 200
    with pytest.raises(SettingsWriteError, match="again and again"):
        store.edit(note(1))
    assert "theirs" in json.loads(file.read_text(encoding="utf-8"))
    assert not list(file.parent.glob(".*tmp"))


@pytest.mark.req("ST-3")
def test_threads_of_one_process_lose_nothing(store: SettingsStore, file: Path) -> None:
    """Concurrent edits of threads, with one store or one each, are all kept (ST-3)."""
    stores = [store, store, SettingsStore(file), SettingsStore(file)]

    def work(number: int) -> None:
        for step in range(15):
            stores[number].edit(note(step, f"{number}/{step}"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.read().document) == 60


@pytest.mark.req("SEC-1")
def test_logging_shows_no_key(file: Path, canary: str, caplog: pytest.LogCaptureFixture) -> None:
    """No key is in the logs at DEBUG (SEC-1)."""
    caplog.set_level("DEBUG")
    files = Interrupted()
    store = SettingsStore(file, files=files)
    store.edit(
        lambda document: registry.add_provider(document, name="N", type="anthropic", api_key=canary)[0]
    )
    files.before_replace = [
        lambda target: target.write_text(f'{{"apiKey": "{canary}"}}', encoding="utf-8") and None
    ]
    store.edit(note(1), backup_reason="x")
    assert "during a save" in caplog.text or sys.platform == "win32"
    assert canary not in caplog.text
