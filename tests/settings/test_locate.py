"""Which settings file is meant."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dispatch_widgets.settings.locate import FILE_NAME, Location, locate


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder of the test's own."""
    folder = tmp_path / "own-home"
    folder.mkdir()
    return folder


@pytest.fixture
def deep(tmp_path: Path) -> Path:
    """A folder nine levels below the test's own."""
    folder = tmp_path / "a/b/c/d/e/f/g/h/i"
    folder.mkdir(parents=True)
    return folder


def find(cwd: Path, home: Path, path: str | None = None, **environ: str) -> Location:
    return locate(path, cwd=cwd, environ=environ, home=home)


@pytest.mark.req("ST-1")
def test_an_explicit_path_comes_first(deep: Path, home: Path) -> None:
    """A path given in the call wins over all else; ~ and relative paths are understood (ST-1)."""
    found = find(deep, home, "~/x.json", DISPATCH_SETTINGS_PATH="/other.json")
    assert (found.path, found.why, found.reason) == (home / "x.json", "argument", "Path given in the call")
    assert find(deep, home, "sub/../y.json").path == deep / "y.json"


@pytest.mark.req("ST-1")
def test_the_variable_comes_next(deep: Path, home: Path) -> None:
    """DISPATCH_SETTINGS_PATH wins over the folders, a blank one does not count (ST-1)."""
    (deep / "turbo.json").touch()
    found = find(deep, home, DISPATCH_SETTINGS_PATH="~/s.json")
    assert (found.path, found.why) == (home / "s.json", "variable")
    assert found.reason == "Path from DISPATCH_SETTINGS_PATH"
    assert find(deep, home, DISPATCH_SETTINGS_PATH=" ").why == "workspace"


@pytest.mark.req("ST-1")
@pytest.mark.parametrize("mark", ["pnpm-workspace.yaml", "turbo.json"])
@pytest.mark.parametrize(
    ("level", "where"),
    [(0, "In the working folder"), (1, "1 folder up"), (5, "5 folders up")],
)
def test_the_workspace_is_found_as_the_app_finds_it(
    deep: Path, home: Path, mark: str, level: int, where: str
) -> None:
    """The nearest of six folders with a workspace's mark has the file, made or not (ST-1)."""
    root = [deep, *deep.parents][level]
    (root / mark).touch()
    found = find(deep, home)
    assert (found.path, found.why) == (root / FILE_NAME, "workspace")
    assert found.reason == (
        f"Not made yet. The first save makes it here, {where[0].lower()}{where[1:]}, beside {mark}"
    )
    (root / FILE_NAME).touch()
    assert find(deep, home).reason == f"{where}, beside {mark}"


@pytest.mark.req("ST-1")
def test_a_workspace_seven_folders_up_is_too_far(deep: Path, home: Path) -> None:
    """The app looks at six folders, the working folder among them, and so do we (ST-1)."""
    (deep.parents[5] / "turbo.json").touch()
    assert find(deep, home).why == "cwd"


@pytest.mark.req("ST-1")
def test_else_the_nearest_file_upwards(deep: Path, home: Path) -> None:
    """Without a workspace the nearest folder upwards with a settings file has it (ST-1)."""
    for level in (3, 7):
        (deep.parents[level] / FILE_NAME).touch()
    found = find(deep, home)
    assert (found.path, found.why, found.reason) == (deep.parents[3] / FILE_NAME, "found", "4 folders up")
    assert found.others == (deep.parents[7] / FILE_NAME,)


@pytest.mark.req("ST-1")
def test_else_the_working_folder(deep: Path, home: Path) -> None:
    """With nothing anywhere the working folder will have it; the reason says it is not made (ST-1)."""
    found = find(deep, home)
    assert (found.path, found.why) == (deep / FILE_NAME, "cwd")
    assert found.reason == "Not made yet. The first save makes it here, in the working folder"
    assert found.others == ()
    (deep / FILE_NAME).touch()
    assert find(deep, home).reason == "In the working folder"


@pytest.mark.req("ST-1")
def test_other_files_are_offered_not_taken(deep: Path, home: Path, tmp_path: Path) -> None:
    """The installed app's file and others there are named, each once, and never taken (ST-1)."""
    (deep / "turbo.json").touch()
    app = [
        tmp_path / "xdg/Dispatch",
        tmp_path / "xdg/@dispatch/desktop",
        home / "Library/Application Support/Dispatch",
        tmp_path / "roaming/@dispatch/desktop",
    ]
    for folder in app:
        folder.mkdir(parents=True)
        (folder / FILE_NAME).touch()
    (deep.parent / FILE_NAME).touch()
    (deep.parents[1] / FILE_NAME).symlink_to(deep.parent / FILE_NAME)
    found = find(deep, home, XDG_CONFIG_HOME=str(tmp_path / "xdg"), APPDATA=str(tmp_path / "roaming"))
    assert found.path == deep / FILE_NAME
    assert found.others == (deep.parent / FILE_NAME, *(folder / FILE_NAME for folder in app))


def test_the_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without arguments the process's own folder and environment count (ST-1)."""
    assert locate().path == Path.cwd() / FILE_NAME
    monkeypatch.setenv("DISPATCH_SETTINGS_PATH", "from-variable.json")
    assert locate().path == Path.cwd() / "from-variable.json"


@pytest.mark.req("ST-1")
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_file_that_git_would_take_is_warned_of(deep: Path, home: Path) -> None:
    """Inside a git work tree that does not ignore the file or its backups there is a warning (ST-1)."""
    assert find(deep, home).git_warning == ""
    subprocess.run(["git", "init", "-q", str(deep.parent)], check=True)
    path = f"{deep}/dispatch.settings.json"
    warning = find(deep, home, path).git_warning
    assert warning.startswith("This file can get into git")
    assert "Add dispatch.settings*.json* to .gitignore." in warning
    ignore = deep / ".gitignore"
    ignore.write_text("dispatch.settings.json\n", encoding="utf-8")
    assert find(deep, home, path).git_warning.startswith("The backups of this file can get into git")
    ignore.write_text("dispatch.settings*.json*\n", encoding="utf-8")
    assert find(deep, home, path).git_warning == ""
    (deep / FILE_NAME).write_text("{}", encoding="utf-8")
    subprocess.run(["git", "add", "-f", FILE_NAME], cwd=deep, check=True)
    assert find(deep, home, path).git_warning.startswith("This file can get into git")


@pytest.mark.req("ST-1")
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own there")
def test_git_is_asked_about_the_real_file(deep: Path, home: Path, tmp_path: Path) -> None:
    """A file that is reached by a link is warned of if the real one is in a work tree, and only then."""
    subprocess.run(["git", "init", "-q", str(deep)], check=True)
    (deep / FILE_NAME).write_text("{}", encoding="utf-8")
    (outside := tmp_path / "outside").mkdir()
    (link := outside / FILE_NAME).symlink_to(deep / FILE_NAME)
    assert find(outside, home, str(link)).git_warning.startswith("This file can get into git")
    (outside / "other.json").write_text("{}", encoding="utf-8")
    (inner := deep / "other.json").symlink_to(outside / "other.json")
    assert find(deep, home, str(inner)).git_warning == ""


@pytest.mark.req("ST-1")
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("name", ["größe.json", "设置.json", "with space.json"])
def test_an_ignored_file_with_any_name_is_not_warned_of(deep: Path, home: Path, name: str) -> None:
    """Git quotes names that are not ASCII unless asked not to; an ignored one is found all the same."""
    subprocess.run(["git", "init", "-q", str(deep)], check=True)
    (deep / ".gitignore").write_text("*.json*\n", encoding="utf-8")
    assert find(deep, home, str(deep / name)).git_warning == ""


@pytest.mark.req("ST-1")
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may become nobody")
def test_a_folder_without_permission_is_no_workspace(deep: Path, home: Path) -> None:
    """Folders that may not be looked into are passed over."""
    deep.parent.chmod(0)
    os.seteuid(65534)
    try:
        assert find(deep, home).path == deep / FILE_NAME
    finally:
        os.seteuid(0)
        deep.parent.chmod(0o755)
