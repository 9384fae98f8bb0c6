"""The CI script runs what the README shows, and fails where that fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="a shell script"),
    pytest.mark.skipif(not (ROOT / ".ci").is_dir(), reason="not in the source distribution"),
]


def run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Runs the script in a project of its own, whose README shows this command; Chromium is there."""
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", folder / ".ci" / "run")
    (folder / "README.md").write_text(
        f"# x\n\n<!-- test-command -->\n```sh\n{command}\n```\n\n```sh\nexit 9\n```\n", encoding="utf-8"
    )
    programs = folder / "bin"
    programs.mkdir()
    (programs / "chromium").write_text("#!/bin/sh\n", encoding="utf-8")
    (programs / "chromium").chmod(0o755)
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        [folder / ".ci" / "run"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_it_runs_the_line_of_the_readme_with_browser_tests_required(tmp_path: Path) -> None:
    """The block after the marker, and only it, runs in the project's folder."""
    done = run(tmp_path, 'true && pwd && echo "browser=$DISPATCH_REQUIRE_BROWSER"')
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == [str(tmp_path), "browser=1"]


@pytest.mark.parametrize("command", ["true && sh -c 'exit 3' && echo after", "", "true\nfalse"])
def test_it_fails_where_the_line_fails_or_is_missing(tmp_path: Path, command: str) -> None:
    """A failing command fails the run; so does a README without exactly one line there."""
    done = run(tmp_path, command)
    assert done.returncode == (3 if "exit" in command else 1)
    assert "after" not in done.stdout.splitlines()


def test_the_readme_has_the_line() -> None:
    """The README's own test command makes its environment, installs the test extra and runs pytest."""
    block = (ROOT / "README.md").read_text("utf-8").partition("<!-- test-command -->\n```sh\n")[2]
    line = block.partition("\n```")[0]
    assert "\n" not in line
    assert line.startswith("python3 -m venv ")
    assert '-e ".[test]"' in line
    assert line.endswith("/pytest -n auto")
