"""A save, a migration and a restore killed or refused at every system call (ST-2, MIG-5).

strace holds a child process: it kills it at the Nth call of a kind, or makes that call fail. What a
process does between two system calls no other process can see, so this is every moment there is.
"""

from __future__ import annotations

import json
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
    """A driver whose children run under strace."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "strace.log"
        self.driver = subprocess.Popen(
            [sys.executable, str(DRIVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
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
        """Every system call of an operation that goes well, as its name and its number among its like."""
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


@pytest.fixture
def tracer(tmp_path: Path) -> Iterator[Tracer]:
    """A driver whose children strace can hold, where that works."""
    if sys.platform != "linux" or shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    tracer = Tracer(tmp_path)
    yield tracer
    tracer.close()


class Scene:
    """A folder that is set up anew for every try, and what must be found in it afterwards."""

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
        """The old file or the new one, whole, with its mode; whole backups; and everything works again."""
        content = self.content()
        assert content in ({self.after} if done else {self.before, self.after}), moment
        if content is not None and self.before is not None:
            assert self.file.stat().st_mode & 0o777 == 0o640, moment
        backups = [path.read_bytes() for path in self.folder.glob("*.backup-*.json")]
        assert all(data in {self.before, self.backup} for data in backups), moment
        if self.operation == "migrate" and content == self.after:
            assert self.before in backups, moment
        # A process that comes afterwards goes on as if nothing had been, and sweeps what was left.
        store = SettingsStore(self.file, lock_timeout_seconds=1.0)
        store.edit(lambda document: {**document, "later": 1})
        assert json.loads(self.file.read_bytes())["later"] == 1, moment
        left = {path.name for path in self.folder.iterdir()}
        wanted = {self.file.name, f"{self.file.name}.lock"}
        assert all(name in wanted or ".backup-" in name for name in left), (moment, left)


@pytest.fixture
def scenes(tmp_path: Path, new_document: dict[str, Any], old_document: dict[str, Any]) -> dict[str, Scene]:
    """The operations that are broken off: a save, the first save, a migration, a restore."""
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
    scenes = {
        "save": Scene(tmp_path / "x", "save", new, new.replace(b'"Uni"', b'"University"')),
        "first": Scene(tmp_path / "x", "save", None, render(first)),
        "migrate": Scene(tmp_path / "x", "migrate", old, render(migrated)),
        "restore": Scene(tmp_path / "x", "restore", new, old),
    }
    scenes["restore"].backup = old
    return scenes


@contextmanager
def each_call(tracer: Tracer, scene: Scene) -> Iterator[list[tuple[str, int]]]:
    scene.set_up()
    calls = tracer.calls(scene.operation, scene.file)
    scene.check("without a fault", done=True)
    yield calls


@pytest.mark.req("ST-2", "MIG-5")
@pytest.mark.parametrize("name", ["save", "first", "migrate", "restore"])
def test_a_kill_at_any_moment_leaves_the_old_file_or_the_new_one(
    tracer: Tracer, scenes: dict[str, Scene], name: str
) -> None:
    """Killed at every system call, there is the old file or the new one, and the next save works (ST-2)."""
    scene = scenes[name]
    seen = set()
    with each_call(tracer, scene) as calls:
        for call, number in calls:
            if call == "read" and number == 1:
                continue  # the wait for the start
            scene.set_up()
            ended = tracer.run(
                scene.operation,
                scene.file,
                "-e",
                f"trace={call}",
                "-e",
                f"inject={call}:signal=KILL:when={number}",
            )
            assert ended in {-9, 0}, (call, number)
            seen.add(scene.content() == scene.after)
            scene.check(f"killed at {call} {number}", done=ended == 0)
    assert seen == {True, False}


@pytest.mark.req("ST-2")
@pytest.mark.parametrize("name", ["save", "first", "migrate", "restore"])
def test_a_disk_that_refuses_any_call_loses_nothing(
    tracer: Tracer, scenes: dict[str, Scene], name: str
) -> None:
    """Whichever call fails, the error is ours or the save is done, and the file is whole (ST-2)."""
    scene = scenes[name]
    refused = 0
    with each_call(tracer, scene) as calls:
        for call, number in calls:
            if call in NOT_THE_DISK or (call == "read" and number == 1):
                continue
            scene.set_up()
            ended = tracer.run(
                scene.operation,
                scene.file,
                "-e",
                f"trace={call}",
                "-e",
                f"inject={call}:error=EIO:when={number}",
            )
            assert ended in {0, 10, 12}, (call, number)
            refused += ended == 10
            # Who is told that nothing was saved tries again, and would register twice (ST-9).
            assert ended != 10 or scene.content() == scene.before, (call, number)
            scene.check(f"EIO from {call} {number}", done=ended != 10)
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
    tracer: Tracer, scenes: dict[str, Scene], call: str, error: str
) -> None:
    """A full, failing or read-only disk is told, and the old file stays with nothing beside it (ST-2)."""
    scene = scenes["save"]
    scene.set_up()
    ended = tracer.run(
        scene.operation, scene.file, "-e", f"trace={call}", "-e", f"inject={call}:error={error}"
    )
    assert ended == 10
    assert scene.content() == scene.before
    assert {path.name for path in scene.folder.iterdir()} <= {scene.file.name, f"{scene.file.name}.lock"}


@pytest.mark.req("ST-2")
def test_a_save_is_on_the_disk_before_it_returns(tracer: Tracer, scenes: dict[str, Scene]) -> None:
    """The new bytes are synced before the rename, and the folder after it (ST-2)."""
    scene = scenes["save"]
    scene.set_up()
    order = [call for call, _ in tracer.calls(scene.operation, scene.file)]
    rename = order.index("rename")
    assert "write" in order[:rename]
    assert order.index("fsync") < rename
    assert "fsync" in order[rename:]
    assert order.index("write") < order.index("fsync")


def test_the_tracer_can_tell_a_bad_save(tracer: Tracer, scenes: dict[str, Scene]) -> None:
    """The check fails where a file is cut off, so that a pass means something."""
    scene = scenes["save"]
    scene.set_up()
    tracer.run(scene.operation, scene.file)
    scene.file.write_bytes(scene.after[:-10])
    with pytest.raises(AssertionError):
        scene.check("spoilt on purpose", done=False)
