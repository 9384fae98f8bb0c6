"""Several processes on one settings file (ST-3, MIG-1)."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets.errors import LockTimeoutError
from dispatch_widgets.settings.document import render, set_in
from dispatch_widgets.settings.lock_file import lock_path_of
from dispatch_widgets.settings.store import SettingsStore
from dispatch_widgets.settings.views import view

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Start = Callable[..., subprocess.Popen[str]]

WORKER = Path(__file__).with_name("store_worker.py")


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts workers, and ends those that are left."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(WORKER), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def finish(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        _, complaint = process.communicate(timeout=120)
        assert process.returncode == 0, complaint


@pytest.mark.req("ST-3")
def test_many_processes_lose_no_edit(
    file: Path, store: SettingsStore, start: Start, app_sections: dict[str, Any]
) -> None:
    """8 processes with 60 edits each on one file: all 480 are kept, and the earlier content (ST-3)."""
    file.write_bytes(render(app_sections))
    finish(*[start("edit", file, f"worker-{number}", 60) for number in range(8)])
    document = store.read().document
    assert {name: document.pop(name) for name in app_sections} == app_sections
    assert document == {f"worker-{worker}/{number}": number for worker in range(8) for number in range(60)}
    assert {path.name for path in file.parent.iterdir()} == {file.name, f".{file.name}.lock"}


@pytest.mark.req("ST-3")
def test_a_program_that_rewrites_in_place_is_never_overwritten(
    file: Path, store: SettingsStore, start: Start, app_sections: dict[str, Any]
) -> None:
    """A program without a lock truncates and rewrites beside two editing processes: its writes stay (ST-3).

    That it drops edits made while it had the file in memory is its own doing and cannot be helped; the
    next edit must then find the file as it left it.
    """
    file.write_bytes(render(app_sections))
    foreign = start("rewrite", file, 120)
    editors = [start("edit", file, f"worker-{number}", 60) for number in range(2)]
    finish(foreign, *editors)
    document = store.read().document
    assert document["foreign"] == 119
    assert {name: document[name] for name in app_sections} == app_sections
    assert store.edit(lambda document: set_in(document, ("after",), 1)).document["foreign"] == 119


@pytest.mark.req("ST-3")
@pytest.mark.parametrize("gap_seconds", [0.001, 0.01, 0.1])
def test_eight_writers_beside_the_app_lose_nothing_of_either(
    file: Path, store: SettingsStore, start: Start, gap_seconds: float
) -> None:
    """96 providers registered by 8 processes while the app rewrites the file 21 times: all are there (ST-3).

    The app reads the file, and writes it back that much later, over what was saved in between. The processes
    stay, as kernels with an open panel do, and look at the file now and then.
    """
    file.write_text('{"providers": []}', encoding="utf-8")
    writers = [start("register_and_stay", file, f"worker-{number}", 12) for number in range(8)]
    while b"worker-" not in file.read_bytes():  # they are under way
        time.sleep(0.001)
    finish(start("save_as_the_app", file, 21, gap_seconds))
    finish(*writers)
    document = store.read().document
    names = [provider["name"] for provider in document.pop("providers")]
    assert sorted(names) == sorted(f"worker-{worker}/{number}" for worker in range(8) for number in range(12))
    assert document == {f"app/{number}": number for number in range(21)}
    assert {path.name for path in file.parent.iterdir()} == {file.name, f".{file.name}.lock"}


@pytest.mark.req("ST-3")
def test_a_process_that_ends_right_after_a_save_looks_once_more(file: Path, start: Start) -> None:
    """An edit that is overwritten just before the process exits is kept."""
    file.write_text('{"providers": []}', encoding="utf-8")
    finish(start("register_and_be_overwritten", file))
    document = json.loads(file.read_text(encoding="utf-8"))
    assert document["theirs"] == 1
    assert [provider["name"] for provider in document["providers"]] == ["late/0"]


@pytest.mark.req("MIG-1", "MIG-5")
def test_kernels_that_open_an_old_file_together_migrate_once(
    file: Path, store: SettingsStore, start: Start, old_document: dict[str, Any]
) -> None:
    """Of four processes that migrate at once, one does, with one backup (MIG-1)."""
    file.write_bytes(render(old_document))
    kernels = [start("migrate", file) for _ in range(4)]
    for kernel in kernels:
        assert kernel.stdout is not None
        assert kernel.stdout.readline() == "ready\n"
    for kernel in kernels:
        assert kernel.stdin is not None
        kernel.stdin.write("\n")
        kernel.stdin.flush()
    answers = sorted(kernel.communicate(timeout=60)[0].strip() for kernel in kernels)
    assert answers == ["False", "False", "False", "True"]
    (backup,) = store.backups()
    assert backup.path.read_bytes() == render(old_document)
    settings = view(store.read().document)
    assert len(settings.providers) == 4
    assert not any(entry.problem for entry in settings.catalog)


@pytest.mark.req("ST-3")
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="stopping a process is a matter of POSIX")
def test_a_stopped_holder_ends_in_an_error_and_a_killed_one_frees_the_lock(file: Path, start: Start) -> None:
    """Waiting for a stopped process ends with an error that names the lock; a dead one frees it (ST-3)."""
    file.write_text('{"n": 1}', encoding="utf-8")
    holder = start("hold", file)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "holding\n"
    holder.send_signal(signal.SIGSTOP)
    store = SettingsStore(file, lock_timeout_seconds=0.3)
    for action in (
        lambda: store.edit(lambda document: set_in(document, ("n",), 2)),
        store.move_away,
    ):
        with pytest.raises(LockTimeoutError) as caught:
            action()
        assert caught.value.lock_path == str(lock_path_of(file))
        assert "another program holds .dispatch.settings.json.lock" in caught.value.message
        assert str(lock_path_of(file)) in caught.value.hint
    assert store.read().document == {"n": 1}
    holder.kill()
    holder.wait()
    assert store.edit(lambda document: set_in(document, ("n",), 2)).changed
    assert json.loads(file.read_text(encoding="utf-8")) == {"n": 2}
