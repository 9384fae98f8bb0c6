"""What type checkers say of scripts that use this package: `right.py` and `wrong.py`."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Reports = dict[str, set[tuple[int, str]]]

HERE = Path(__file__).parent
SCRIPTS = ("right.py", "wrong.py")
PYRIGHT = HERE / "node" / "node_modules" / "pyright" / "index.js"
NO_PYRIGHT = "pyright is not installed: npm --prefix tests/type_checking/node install"


def mypy(folder: Path) -> Reports:
    """What mypy says of the scripts in a folder, as strictly as it can."""
    cache = HERE.parents[1] / ".mypy_cache" / "scripts"
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={cache}", *SCRIPTS]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    reports: Reports = {name: set() for name in SCRIPTS}
    for name, line, message in re.findall(r"^(\S+):(\d+): error: (.*)$", done.stdout, re.MULTILINE):
        reports[name].add((int(line), message))
    return reports


def pyright(folder: Path) -> Reports:
    """What pyright says of the scripts in a folder, as in an editor that is set to strict."""
    if not PYRIGHT.exists():
        if os.environ.get("DISPATCH_REQUIRE_NODE"):
            pytest.fail(NO_PYRIGHT)
        pytest.skip(NO_PYRIGHT)
    (folder / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}', encoding="utf-8")
    done = subprocess.run(
        ["node", PYRIGHT, "--project", folder, "--pythonpath", sys.executable, "--outputjson"],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    result = json.loads(done.stdout)
    assert result["summary"]["filesAnalyzed"] == len(SCRIPTS)
    reports: Reports = {name: set() for name in SCRIPTS}
    for each in result["generalDiagnostics"]:
        reports[Path(each["file"]).name].add((each["range"]["start"]["line"] + 1, each["message"]))
    return reports


@pytest.fixture(scope="module", params=[mypy, pyright], ids=["mypy", "pyright"])
def reports(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """What a type checker says of the scripts, which lie where no configuration of ours is."""
    folder = tmp_path_factory.mktemp("scripts")
    for name in SCRIPTS:
        shutil.copy(HERE / name, folder)
    check: Callable[[Path], Reports] = request.param
    return check(folder)


@pytest.mark.req("API-1")
def test_a_right_script_passes(reports: Reports) -> None:
    """A user's script that is right passes in strict mode, with the SDKs' types from end to end."""
    assert reports["right.py"] == set()


@pytest.mark.req("API-1")
def test_every_mistake_is_reported(reports: Reports) -> None:
    """In a script with mistakes each of them is reported, and nothing else is."""
    lines = (HERE / "wrong.py").read_text(encoding="utf-8").splitlines()
    marked = {number for number, line in enumerate(lines, 1) if line.endswith("# wrong")}
    assert {line for line, _ in reports["wrong.py"]} == marked, sorted(reports["wrong.py"])
