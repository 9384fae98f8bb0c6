"""Saves, migrations and restores that are killed, or fail, at every system call (ST-2, MIG-5).

strace holds a child process: it kills it at the Nth call of a kind, or makes that call fail. What a
process does between two system calls no other process can see, so this is every moment there is.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets.settings.document import render
from dispatch_widgets.settings.migration import migrate
from dispatch_widgets.settings.store import SettingsStore

if TYPE_CHECKING:
    from collections.abc import Iterator

DRIVER = Path(__file__).with_name("crash_driver.py")
CALL = re.compile(r"^(\w+)\(", re.MULTILINE)
# Calls whose failure is the interpreter's affair: memory, signals, time, the end itself.
NOT_THE_DISK = {
    "brk", "mmap", "munmap", "mremap", "madvise", "mprotect", "futex", "exit_group", "getpid", "gettid",
    "rt_sigaction", "rt_sigprocmask", "clock_nanosleep", "clock_gettime", "getrandom", "kill", "getuid",
    "geteuid", "prlimit64", "sched_yield", "restart_syscall",
}  # fmt: skip


class Tracer:
    """A driver that runs its children under strace."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "strace.log"
        self.driver = subprocess.Popen(
            [sys.executable, str(DRIVER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "HOME": str(folder), "XDG_STATE_HOME": str(folder / "state")},
        )

    def ask(self, command: str) -> int:
        assert self.driver.stdin is not None
        assert self.driver.stdout is not None
        self.driver.stdin.write(command + "\n")
        self.driver.stdin.flush()
        return int(self.driver.stdout.readline())

    def run(self, operation: str, path: Path, *options: str) -> int:
        child = self.ask(f"fork {operation} {path}")
        strace = subprocess.Popen(
            ["strace", "-o", str(self.log), *options, "-p", str(child)], stderr=subprocess.PIPE, text=True
        )
        assert strace.stderr is not None
        attached = strace.stderr.readline()
        if "attached" not in attached:
            strace.kill()
            strace.communicate()
            self.ask("go")
            pytest.skip(f"ptrace does not work here: {attached.strip()}")
        ended = self.ask("go")
        strace.communicate()
        return ended

    def calls(self, operation: str, path: Path) -> list[tuple[str, int]]:
        """All system calls of a successful operation, with name and index."""
        assert self.run(operation, path) == 0
        counts: Counter[str] = Counter()
        found = []
        for name in CALL.findall(self.log.read_text(encoding="utf-8")):
            counts[name] += 1
            found.append((name, counts[name]))
        assert counts["fsync"] >= 2
        return found

    def close(self) -> None:
        self.driver.communicate()


@pytest.fixture(scope="module")
def tracer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tracer]:
    """A driver with strace for all tests, each operation in a child of its own; skips without strace."""
    if sys.platform != "linux" or shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    tracer = Tracer(tmp_path_factory.mktemp("driver"))
    yield tracer
    tracer.close()


class Trial:
    """A folder that is set up for every attempt, and what must be in it afterwards."""

    def __init__(self, folder: Path, operation: str, before: bytes | None, after: bytes) -> None:
        self.folder = folder
        self.file = folder / "dispatch.settings.json"
        self.operation = operation
        self.before = before
        self.after = after
        self.backup: bytes | None = None

    def set_up(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        if self.before is not None:
            self.file.write_bytes(self.before)
            self.file.chmod(0o640)
        if self.backup is not None:
            self.file.with_name("dispatch.settings.backup-20200101T000000Z.json").write_bytes(self.backup)

    def content(self) -> bytes | None:
        return self.file.read_bytes() if self.file.exists() else None

    def check(self, moment: str, *, done: bool) -> None:
        """Checks for the complete old or new file with its mode, complete backups, and a working store."""
        content = self.content()
        assert content in ({self.after} if done else {self.before, self.after}), moment
        if content is not None and self.before is not None:
            assert self.file.stat().st_mode & 0o777 == 0o640, moment
        backups = [path.read_bytes() for path in self.folder.glob("*.backup-*.json")]
        assert all(data in {self.before, self.backup} for data in backups), moment
        if self.operation in {"migrate", "restore"} and content == self.after:
            assert self.before in backups, moment
        # A process that comes afterwards goes on as if nothing had been, and sweeps what was left.
        store = SettingsStore(self.file, lock_timeout_seconds=1.0)
        store.edit(lambda document: {**document, "later": 1})
        assert json.loads(self.file.read_bytes())["later"] == 1, moment
        left = {path.name for path in self.folder.iterdir()}
        wanted = {self.file.name, f".{self.file.name}.lock"}
        assert all(name in wanted or ".backup-" in name for name in left), (moment, left)


@pytest.fixture
def trials(tmp_path: Path, new_document: dict[str, Any], old_document: dict[str, Any]) -> dict[str, Trial]:
    """The operations that are interrupted: a save, the first save, a migration, a restore."""
    numbers = iter(range(100))
    migrated, _ = migrate(old_document, new_id=lambda: f"id-{next(numbers)}")
    old = b"\n" + render(old_document)
    new = render(new_document)
    first = {
        "providers": [
            {
                "id": "first",
                "name": "First",
                "type": "anthropic",
                "credentials": {"apiKey": "sk-0123456789abcdef"},
            }
        ]
    }
    trials = {
        "save": Trial(tmp_path / "x", "save", new, new.replace(b'"Uni"', b'"University"')),
        "first": Trial(tmp_path / "x", "save", None, render(first)),
        "migrate": Trial(tmp_path / "x", "migrate", old, render(migrated)),
        "restore": Trial(tmp_path / "x", "restore", new, old),
    }
    trials["restore"].backup = old
    return trials


@contextmanager
def each_call(tracer: Tracer, trial: Trial) -> Iterator[list[tuple[str, int]]]:
    trial.set_up()
    calls = tracer.calls(trial.operation, trial.file)
    trial.check("without a fault", done=True)
    yield calls


@pytest.mark.req("ST-2", "MIG-5")
@pytest.mark.parametrize("name", ["save", "first", "migrate", "restore"])
def test_a_kill_at_any_moment_leaves_the_old_file_or_the_new_one(
    tracer: Tracer, trials: dict[str, Trial], name: str
) -> None:
    """Killed at any system call, the old or the new file is there, and the next save works (ST-2)."""
    trial = trials[name]
    seen = set()
    with each_call(tracer, trial) as calls:
        for call, number in calls:
            if call == "read" and number == 1:
                continue  # the wait for the start
            trial.set_up()
            ended = tracer.run(
                trial.operation,
                trial.file,
                "-e",
                f"trace={call}",
                "-e",
                f"inject={call}:signal=KILL:when={number}",
            )
            assert ended in {-9, 0}, (call, number)
            seen.add(trial.content() == trial.after)
            trial.check(f"killed at {call} {number}", done=ended == 0)
    assert seen == {True, False}


@pytest.mark.req("ST-2")
@pytest.mark.parametrize("name", ["save", "first", "migrate", "restore"])
def test_a_disk_that_refuses_any_call_loses_nothing(
    tracer: Tracer, trials: dict[str, Trial], name: str
) -> None:
    """Whichever call fails, the error is ours or the save succeeds, and the file is complete (ST-2)."""
    trial = trials[name]
    refused = 0
    with each_call(tracer, trial) as calls:
        for call, number in calls:
            if call in NOT_THE_DISK or (call == "read" and number == 1):
                continue
            trial.set_up()
            ended = tracer.run(
                trial.operation,
                trial.file,
                "-e",
                f"trace={call}",
                "-e",
                f"inject={call}:error=EIO:when={number}",
            )
            assert ended in {0, 10, 12}, (call, number)
            refused += ended == 10
            # Who is told that nothing was saved tries again, and would register twice (ST-9).
            assert ended != 10 or trial.content() == trial.before, (call, number)
            trial.check(f"EIO from {call} {number}", done=ended != 10)
    assert refused > 5


@pytest.mark.req("ST-2")
@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("write", "ENOSPC"),
        ("write", "EDQUOT"),
        ("write", "EIO"),
        ("fsync", "ENOSPC"),
        ("fsync", "EIO"),
        ("openat", "EROFS"),
        ("openat", "EACCES"),
        ("rename", "EROFS"),
        ("rename", "EACCES"),
        ("rename", "ENOSPC"),
        ("fchmod", "EPERM"),
        ("flock", "ENOLCK"),
    ],
)
def test_a_full_or_read_only_disk_is_an_error(
    tracer: Tracer, trials: dict[str, Trial], call: str, error: str
) -> None:
    """A full, failing or read-only disk is an error, and the old file stays with nothing beside it (ST-2)."""
    trial = trials["save"]
    trial.set_up()
    ended = tracer.run(
        trial.operation, trial.file, "-e", f"trace={call}", "-e", f"inject={call}:error={error}"
    )
    assert ended == 10
    assert trial.content() == trial.before
    assert {path.name for path in trial.folder.iterdir()} <= {trial.file.name, f".{trial.file.name}.lock"}


@pytest.mark.req("ST-2")
def test_a_save_is_on_the_disk_before_it_returns(tracer: Tracer, trials: dict[str, Trial]) -> None:
    """The new bytes are synced before the rename, and the folder after it (ST-2)."""
    trial = trials["save"]
    trial.set_up()
    order = [call for call, _ in tracer.calls(trial.operation, trial.file)]
    rename = order.index("rename")
    assert "write" in order[:rename]
    assert order.index("fsync") < rename
    assert "fsync" in order[rename:]
    assert order.index("write") < order.index("fsync")


def test_the_check_fails_for_a_bad_save(tracer: Tracer, trials: dict[str, Trial]) -> None:
    """The check itself fails for a truncated file."""
    trial = trials["save"]
    trial.set_up()
    tracer.run(trial.operation, trial.file)
    trial.file.write_bytes(trial.after[:-10])
    with pytest.raises(AssertionError):
        trial.check("spoilt on purpose", done=False)
