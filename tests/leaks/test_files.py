"""What a scan meets in folders: it ends, says what it could not read, and changes nothing outside of them."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from processor_time import processor_seconds

from dispatch_widgets import InvalidInputError, SettingsService
from dispatch_widgets.leaks import ScanReport, _scan, scan
from dispatch_widgets.leaks.key_forms import REMOVED
from dispatch_widgets.settings.document import set_in
from dispatch_widgets.settings.store import SettingsStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.req("SEC-1")
posix = pytest.mark.skipif(sys.platform == "win32", reason="links, modes and pipes as POSIX has them")
as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may")


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """The folder that is given to the scan."""
    path = tmp_path / "given"
    path.mkdir()
    return path


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder that is not."""
    path = tmp_path / "outside"
    path.mkdir()
    return path


def notebook(path: Path, text: str) -> Path:
    path.write_text(json.dumps({"cells": [], "metadata": {"note": text}}), encoding="utf-8")
    return path


def holding(folder: Path, key: str) -> set[Path]:
    """Every file below a folder that holds a key."""
    return {path for path in folder.rglob("*") if path.is_file() and key.encode() in path.read_bytes()}


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that other users can reach, which a test's own folder is not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


def as_nobody(scanned: Callable[[], ScanReport]) -> str:
    """What a user without rights is told; tests often run as root, who may read and write everywhere."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        try:
            told = str(scanned())
        except BaseException as error:  # noqa: BLE001 - whatever it is, the parent judges it
            told = repr(error)
        os.write(writing, told.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return text


def reasons(report: ScanReport) -> dict[str, str]:
    return {path.name: reason for path, reason in report.unread}


# ------------------------------------------------------------------------------------------- paths


@pytest.mark.parametrize("kind", [str, Path])
def test_a_text_is_one_path(given: Path, canary: str, kind: Callable[[Path], str | Path]) -> None:
    """A text in place of a list is one path, and is not walked letter by letter, "/" first."""
    path = notebook(given / "n.ipynb", canary)
    report = scan(kind(path), [canary])
    assert [leak.path for leak in report.leaks] == [path]
    assert report.files == 1
    assert scan(kind(given), [canary], fix=True).fixed == (path,)


def test_a_text_is_one_key(given: Path, canary: str) -> None:
    """The same for keys, of which single letters would be too short to be looked for."""
    notebook(given / "n.ipynb", canary)
    assert scan([given], canary).keys == 1
    assert scan([given], canary)


@pytest.mark.parametrize(
    "paths", ["", [""], ["{}", ""], ["{}", "nothing.ipynb"], ["{}", "{}/n.ipynb/x"], ["a\0b"]]
)
def test_a_wrong_path_is_told_before_anything_is_changed(
    given: Path, canary: str, paths: str | list[str]
) -> None:
    """An empty path is refused, and a wrong last path is noticed before anything is changed."""
    notebook(given / "n.ipynb", canary)
    notebook(Path("w.ipynb"), canary)
    named = paths if isinstance(paths, str) else [path.format(given) for path in paths]
    with pytest.raises(InvalidInputError, match="There is no"):
        scan(named, [canary], fix=True)
    assert holding(given, canary) == {given / "n.ipynb"}
    assert Path("w.ipynb").read_text(encoding="utf-8").count(canary)


# ----------------------------------------------------------------------------------- special files


@posix
def test_what_is_no_file_is_told_and_not_waited_for(given: Path, canary: str) -> None:
    """A pipe that nobody writes to, a device without an end, and a folder of that name (issue: hangs)."""
    os.mkfifo(given / "pipe.ipynb")
    (given / "zero.html").symlink_to("/dev/zero")
    (given / "folder.ipynb").mkdir()
    notebook(given / "folder.ipynb/n.ipynb", canary)
    for paths in ([given], sorted(given.iterdir())):
        report = scan(paths, [canary])
        assert reasons(report) == {
            "pipe.ipynb": "It is a named pipe, no file.",
            "zero.html": "It is a device or socket, no file.",
        }
        assert [leak.path for leak in report.leaks] == [given / "folder.ipynb/n.ipynb"]
    assert "2 paths not read" in report.summary()
    for shown in (str(report), report._repr_html_()):
        assert "pipe.ipynb: It is a named pipe" in shown


def test_a_file_that_is_too_large_is_told(given: Path, canary: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is too large is not read, also if its size is unknown."""
    with (given / "n.ipynb").open("wb") as file:
        file.truncate(2**40)  # a terabyte of zeros that takes no place
    assert reasons(scan([given], [canary])) == {"n.ipynb": "It is larger than 128 MiB."}
    notebook(given / "n.ipynb", canary)
    monkeypatch.setattr(_scan, "MAX_FILE_BYTES", 20)
    assert "n.ipynb" in reasons(scan([given], [canary]))


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_a_file_that_says_it_is_empty_is_read_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of the system say that they are empty and can have no end."""
    monkeypatch.setattr(_scan, "MAX_FILE_BYTES", 20)
    report = scan(["/proc/self/status"], ["a-key-1234567890"])
    assert "larger" in report.unread[0][1]


@posix
def test_links_in_a_circle_end(given: Path, canary: str) -> None:
    """Links to folders, circular ones too, are not followed; those that lead out are reported."""
    path = notebook(given / "n.ipynb", canary)
    (given / "self").symlink_to(given)
    (given / "a").mkdir()
    (given / "a/up").symlink_to("..")
    (given / "a/again.ipynb").symlink_to(path)
    (given / "circle.ipynb").symlink_to("circle.ipynb")
    (given / "out").symlink_to(given.parent)
    report = scan([given], [canary])
    assert len(report.leaks) == 1
    assert report.files == 2
    assert report.skipped == (given / "out",)
    assert "not followed" in str(report)
    assert str(given / "out") in report._repr_html_()
    assert set(reasons(report)) == {"circle.ipynb"}
    assert not scan([given, given.parent], [canary]).skipped


@posix
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # Python 3.12 warns of forking threads
def test_a_folder_that_may_not_be_read_is_told(shared: Path, canary: str) -> None:
    """Folders and files without permission are reported, and the other files are scanned."""
    notebook(shared / "n.ipynb", canary)
    for name in ("locked", "open"):
        (shared / name).mkdir()
        notebook(shared / name / "m.ipynb", canary)
    notebook(shared / "unreadable.ipynb", canary).chmod(0)
    (shared / "locked").chmod(0)
    told = as_nobody(lambda: scan(shared, canary))
    (shared / "locked").chmod(0o700)
    assert told.startswith("2 places with a key (3 files")
    assert f"{shared / 'locked'}: Permission denied" in told
    assert f"{shared / 'unreadable.ipynb'}: Permission denied" in told


def test_a_very_deep_folder_is_gone_through(tmp_path: Path, canary: str) -> None:
    """A folder deeper than Python's recursion limit is searched."""
    folders = [tmp_path]
    for _ in range(sys.getrecursionlimit() + 50):
        folders.append(folders[-1] / "d")
        folders[-1].mkdir()
    path = notebook(folders[-1] / "n.ipynb", canary)
    try:
        assert len(scan([tmp_path], [canary]).leaks) == 1
    finally:  # pytest's own way of removing folders does call itself
        path.unlink()
        for folder in reversed(folders[1:]):
            folder.rmdir()


# ------------------------------------------------------------------------------- outside stays as it is


@posix
def test_a_linked_file_outside_is_told_and_not_changed(given: Path, outside: Path, canary: str) -> None:
    """A link in the folder that leads out: its key is told, it stays, and no copy of it lies anywhere."""
    real = notebook(outside / "n.ipynb", canary)
    (given / "n.ipynb").symlink_to(real)
    (given / "up.ipynb").symlink_to("../outside/n.ipynb")
    (outside / "m.ipynb").hardlink_to(real)
    before = real.stat()
    report = scan([given], [canary], fix=True)
    assert [leak.path for leak in report.leaks] == [given / "n.ipynb"]
    assert (report.fixed, report.backups) == ((), ())
    assert "leads out" in reasons(report)["n.ipynb"]
    assert "Removed" not in report.summary()
    assert real.stat() == before
    assert holding(given.parent, canary) == {real, outside / "m.ipynb", given / "n.ipynb", given / "up.ipynb"}
    assert len(list(outside.iterdir())) == 2
    named = scan([given, real], [canary], fix=True)  # given by itself
    assert named.fixed == (given / "n.ipynb",)
    assert holding(outside, canary) == {outside / "m.ipynb", *named.backups}


@posix
def test_the_copy_of_a_linked_file_lies_where_the_file_lies(given: Path, outside: Path, canary: str) -> None:
    """A link that is given leads to what is given; the key comes into no other folder."""
    real = notebook(outside / "n.ipynb", canary)
    (given / "n.ipynb").symlink_to(real)
    (copy,) = scan(given / "n.ipynb", [canary], fix=True).backups
    assert copy.parent == outside
    assert (given / "n.ipynb").is_symlink()
    assert holding(given.parent, canary) == {copy}


@posix
def test_other_names_of_a_file_are_told(given: Path, outside: Path, canary: str) -> None:
    """A hard link elsewhere keeps what it had and is told; names within the folder are all put right."""
    path = notebook(given / "a.ipynb", canary)
    (given / "b.ipynb").hardlink_to(path)
    assert not scan([given], [canary], fix=True).unread
    path = notebook(given / "c.ipynb", canary)
    (given / "d.ipynb").hardlink_to(path)
    (outside / "e.ipynb").hardlink_to(path)
    report = scan([given], [canary], fix=True)
    assert reasons(report) == {"c.ipynb": "It had a second name (a hard link), which still holds the key."}
    assert holding(outside, canary) == {outside / "e.ipynb"}
    assert not scan([given], [canary])


@as_root
@pytest.mark.skipif(sys.platform != "linux", reason="mount as Linux has it")
def test_what_is_mounted_in_a_folder_is_told_and_not_changed(given: Path, canary: str) -> None:
    """Another file system in the folder is read; what is there is changed only when it is given by itself."""
    inner = given / "mounted"
    inner.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "none", inner], capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        path = notebook(inner / "n.ipynb", canary)
        report = scan([given], [canary], fix=True)
        assert len(report.leaks) == 1
        assert "another file system" in reasons(report)["n.ipynb"]
        assert holding(given, canary) == {path}
        assert scan([given, inner], [canary], fix=True).fixed == (path,)
    finally:
        subprocess.run(["umount", inner], check=True)


# --------------------------------------------------------------------------------------------- writing


@posix
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_read_only_file_is_told_and_stays(shared: Path, canary: str) -> None:
    """A read-only file is reported and not changed, and no copy is made."""
    path = notebook(shared / "n.ipynb", canary)
    path.chmod(0o444)
    told = as_nobody(lambda: scan(shared, canary, fix=True))
    assert told.startswith("1 place with a key")
    assert "Permission denied" in told
    assert canary in path.read_text(encoding="utf-8")
    assert list(shared.iterdir()) == [path]


@posix
def test_owner_mode_and_attributes_stay(given: Path, canary: str) -> None:
    """The new file has the old one's owner, mode and extended attributes; the copy is private."""
    path = notebook(given / "n.ipynb", canary)
    path.chmod(0o664)
    if os.geteuid() == 0:
        os.chown(path, 12345, 12346)
    if hasattr(os, "setxattr"):
        os.setxattr(path, "user.note", b"kept")
    before = path.stat()
    (copy,) = scan([given], [canary], fix=True).backups
    after = path.stat()
    assert (after.st_uid, after.st_gid, after.st_mode) == (before.st_uid, before.st_gid, before.st_mode)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    if hasattr(os, "getxattr"):
        assert os.getxattr(path, "user.note") == b"kept"


@pytest.mark.parametrize("step", ["write_temporary", "write_new", "replace"])
@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "stop"]
)
def test_a_fix_that_fails_leaves_the_file_and_nothing_beside_it(
    given: Path, canary: str, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    """If a fix fails, its copy is deleted and the key reported (issue: aborts)."""
    path = notebook(given / "n.ipynb", canary)
    before = path.read_bytes()

    def refused(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(_scan.Files, step, refused)
    if isinstance(error, OSError):
        report = scan([given], [canary], fix=True)
        assert len(report.leaks) == 1
        assert (report.fixed, report.backups) == ((), ())
        assert reasons(report) == {"n.ipynb": "No space left on device"}
    else:
        with pytest.raises(KeyboardInterrupt):
            scan([given], [canary], fix=True)
    assert path.read_bytes() == before
    assert list(given.iterdir()) == [path]


def test_a_scan_that_is_stopped_tells_the_copies_it_made(
    given: Path, canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After Ctrl-C the copies are named on the exception, and in the next report."""
    for name in ("a.ipynb", "b.ipynb"):
        notebook(given / name, canary)
    replace = _scan.Files.replace

    def stopped(files: _scan.Files, temporary: Path, target: Path) -> None:
        if target.name == "b.ipynb":
            raise KeyboardInterrupt
        replace(files, temporary, target)

    monkeypatch.setattr(_scan.Files, "replace", stopped)
    with pytest.raises(KeyboardInterrupt) as caught:
        scan([given], [canary], fix=True)
    monkeypatch.undo()
    (copy,) = given.glob("*.bak")
    assert str(copy) in caught.value.__notes__[0]
    report = scan([given], [canary])
    assert report.backups == (copy,)
    assert report.files == 2
    assert holding(given, canary) == {given / "b.ipynb", copy}


@pytest.mark.parametrize("wrong", ["nothing.ipynb", 7])
def test_an_error_of_a_scan_carries_no_key(given: Path, canary: str, wrong: Any) -> None:
    """A traceback that prints local variables shows none of the keys that were looked for."""
    with pytest.raises((InvalidInputError, TypeError)) as caught:
        scan([given, wrong], [canary])
    ours = caught.traceback[1:]
    assert not any(canary in repr(frame.locals) for frame in ours)


def test_copies_of_an_earlier_fix_are_told_until_they_are_gone(given: Path, canary: str) -> None:
    """A later scan of the folder names the copies, as they contain the key."""
    notebook(given / "n.ipynb", canary)
    (copy,) = scan([given], [canary], fix=True).backups
    for again in (scan([given], [canary]), scan([given], [canary], fix=True)):
        assert again.backups == (copy,)
        assert not again
        assert str(copy) in str(again)
    assert canary in copy.read_text(encoding="utf-8")
    assert not scan([given], ["other-key-1234"]).backups
    assert scan([copy], [canary], fix=True).fixed == (copy,)  # given by itself


@posix
def test_a_link_with_a_copys_name_hides_no_notebook(given: Path, canary: str) -> None:
    """A link that has a copy's name does not hide the file that it leads to."""
    path = notebook(given / "n.ipynb", canary)
    (given / "a.ipynb.20250101T000000000000.bak").symlink_to(path)
    report = scan([given], [canary], fix=True)
    assert report.fixed == (path,)


def test_a_file_that_changes_meanwhile_is_read_again(
    given: Path, canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another program writes while the keys are removed is kept; one that never stops is told."""
    path = notebook(given / "n.ipynb", canary)
    left = 1
    write_new = _scan.Files.write_new

    def meanwhile(files: _scan.Files, new: Path, data: bytes, like: Any = None, **options: Any) -> None:
        nonlocal left
        write_new(files, new, data, like, **options)
        if left and new.suffix == ".bak":
            left -= 1
            notebook(path, f"{canary} and more {left}")

    monkeypatch.setattr(_scan.Files, "write_new", meanwhile)
    report = scan([given], [canary], fix=True)
    assert f"{REMOVED} and more 0" in path.read_text(encoding="utf-8")
    assert len(report.backups) == 1
    notebook(path, canary)
    left = 100
    report = scan([given], [canary], fix=True)
    assert "writes it again and again" in reasons(report)["n.ipynb"]
    assert len(report.leaks) == 1
    assert len(list(given.glob("*.bak"))) == 1  # of the first time
    assert not list(given.glob(".*"))


@pytest.mark.parametrize("kind", ["page", "lines"])
def test_a_file_with_very_many_places_is_done_in_time(given: Path, canary: str, kind: str) -> None:
    """Time grows with the size of a file, not with its square."""

    def work(count: int) -> None:
        lines = [f"{canary}\n"] * count
        text = "".join(lines) if kind == "page" else json.dumps({"cells": [{"source": lines}]})
        path = given / ("n.html" if kind == "page" else "n.ipynb")
        path.write_text(text, encoding="utf-8")
        assert len(scan(path, [canary], fix=True).leaks) == count

    few, many = (processor_seconds(lambda count=count: work(count)) for count in (1_000, 10_000))
    assert many < 40 * few


@pytest.mark.req("SEC-1", "ST-8")
def test_a_settings_file_keeps_its_keys(given: Path, canary: str) -> None:
    """The settings file, its backups and the kept copy are where keys belong: `--fix *` leaves them alone."""
    service = SettingsService(given / "mine.json")
    provider = service.add_provider(name="A", type="anthropic", api_key=canary)
    SettingsStore(service.path).edit(lambda found: set_in(found, ("more",), 1), backup_reason="test")
    other = given / "dispatch.settings.json"
    other.write_text(json.dumps({"key": canary}), encoding="utf-8")
    env = given / ".env"
    env.write_text(f"ANTHROPIC_API_KEY={canary}", encoding="utf-8")
    kept = service.kept_copy
    assert kept is not None
    files = [*(path for path in given.iterdir() if path.suffix != ".lock"), kept.path]
    before = {path: path.read_bytes() for path in files}
    report = service.scan(files, fix=True)
    assert report.fixed == (env,)
    assert {path for path, _ in report.unread} == set(files) - {env}
    assert all("its keys belong there" in why for _, why in report.unread)
    assert {path for path in files if path.read_bytes() != before[path]} == {env}
    assert service.provider(provider.id).credentials.api_key.get_secret_value() == canary
