"""Runs the JavaScript tests of the widgets' pure parts under node's own test runner."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "dispatch_widgets" / "widgets" / "static"
OLDEST_NODE = 18

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def node() -> str:
    """The path of a node that has a test runner."""
    path = shutil.which("node")
    if path is None:
        pytest.skip("node is not here: apt-get install nodejs")
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        pytest.skip(f"node {version.strip()} has no test runner, {OLDEST_NODE} has")
    return path


def test_javascript(node: str) -> None:
    """The pure parts of the widgets' JavaScript do what their tests say."""
    files = sorted(str(path) for path in HERE.glob("*.test.mjs"))
    done = subprocess.run(
        [node, "--test", *files], capture_output=True, text=True, check=False, timeout=100, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    ran = re.search(r"^# pass (\d+)$", done.stdout, re.MULTILINE) or re.search(r"pass (\d+)", done.stdout)
    assert ran is not None
    assert int(ran.group(1)) >= len(files)


@pytest.mark.parametrize("name", sorted(path.name for path in STATIC.glob("*.js")))
def test_module_needs_no_other_file(name: str) -> None:
    """Each widget's JavaScript is one module: anywidget loads no file beside it."""
    source = (STATIC / name).read_text(encoding="utf-8")
    assert not re.search(r"^\s*import\b|\bimport\(|\brequire\(|^export .* from ", source, re.MULTILINE)


@pytest.mark.req("SEC-6")
@pytest.mark.parametrize("name", sorted(path.name for path in STATIC.glob("*.js")))
def test_no_html_from_text(name: str) -> None:
    """Nothing in the widgets turns text into HTML or code."""
    source = (STATIC / name).read_text(encoding="utf-8")
    for way in ("innerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(", "new Function"):
        assert way not in source
    assert not re.search(r"\bouterHTML\s*=[^=]", source)
