"""The page side: its unit tests under node, its bundles beside their sources, its formatter and linter."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SOURCES = HERE.parents[1] / "dispatch_widgets" / "widgets" / "js"
STATIC = SOURCES.with_name("static")
OLDEST_NODE = json.loads((SOURCES / "package.json").read_text("utf-8"))["engines"]["node"].lstrip(">=")
MOST_LINES = 400

PAGE = ("page.css", "page.js")  # made of ../frontend, see test_frontend.py
BUNDLES = ("panel.css", "panel_root.js")
OWN = sorted(path for path in SOURCES.rglob("*.*") if "node_modules" not in path.parts and path.is_file())
SCRIPTS = [path for path in OWN if path.suffix == ".js"]

pytestmark = pytest.mark.timeout(120)


def _name(path: Path) -> str:
    return path.relative_to(SOURCES).as_posix() if path.is_relative_to(SOURCES) else path.name


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _missing(reason: str) -> None:
    """Skips, or fails where node and its packages are required."""
    if os.environ.get("DISPATCH_REQUIRE_NODE"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def node() -> str:
    """The path of a node that is new enough."""
    path = shutil.which("node")
    if path is None:
        _missing("node is not here: apt-get install nodejs")
    assert path is not None
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    if _numbers(version.strip().lstrip("v")) < _numbers(OLDEST_NODE):
        _missing(f"node {version.strip()} is here, the page side's tests want {OLDEST_NODE}")
    return path


@pytest.fixture
def tools(node: str) -> Path:
    """The folder of esbuild and Biome, installed by npm."""
    folder = SOURCES / "node_modules"
    if not (folder / "esbuild").is_dir() or not (folder / "@biomejs").is_dir():
        _missing("esbuild is not here: npm --prefix dispatch_widgets/widgets/js install")
    return folder


def _run(*command: object) -> subprocess.CompletedProcess[str]:
    words = [str(part) for part in command]
    return subprocess.run(
        words, cwd=SOURCES, capture_output=True, text=True, check=False, timeout=100, encoding="utf-8"
    )


def test_javascript(node: str) -> None:
    """The pure parts of the widgets' JavaScript do what their tests say."""
    files = sorted(str(path) for path in HERE.glob("*.test.mjs"))
    done = _run(node, "--test", *files)
    assert done.returncode == 0, done.stdout + done.stderr
    ran = re.search(r"^# pass (\d+)$", done.stdout, re.MULTILINE) or re.search(r"pass (\d+)", done.stdout)
    assert ran is not None
    assert int(ran.group(1)) >= len(files)


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_is_what_its_sources_make(name: str) -> None:
    """Neither a source nor the committed bundle was changed without building anew."""
    lines = (STATIC / name).read_text(encoding="utf-8").splitlines(keepends=True)
    sources = re.sub(r"^(//|/\*) Sources: | \*/$", "", lines[1].strip()).split()
    assert name in sources
    digest = hashlib.sha256()
    for source in sources:
        digest.update((SOURCES / source).read_text(encoding="utf-8").encode())
    digest.update("".join(lines[3:]).encode())
    assert digest.hexdigest() in lines[2], "npm --prefix dispatch_widgets/widgets/js run build"


def test_every_source_is_in_a_bundle() -> None:
    """No module lies there that nothing loads."""
    heads = "".join((STATIC / name).read_text(encoding="utf-8").splitlines()[1] + " " for name in BUNDLES)
    unused = [
        _name(path) for path in OWN if path.suffix in {".js", ".css"} and _name(path) not in heads.split()
    ]
    assert unused == []


def test_building_gives_the_committed_bundles(node: str, tools: Path, tmp_path: Path) -> None:
    """With the pinned esbuild the bundles come out byte by byte."""
    assert tools.is_dir()
    folder = tmp_path / "built"
    done = _run(node, "build.mjs", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path.name for path in folder.iterdir()) == sorted(BUNDLES)
    for name in BUNDLES:
        assert (folder / name).read_text(encoding="utf-8") == (STATIC / name).read_text(encoding="utf-8")


def test_the_linter_and_the_formatter_find_nothing(node: str, tools: Path) -> None:
    """Biome's rules hold for every script, style sheet and test of the page side."""
    done = _run(
        node, tools / "@biomejs" / "biome" / "bin" / "biome", "check", "--error-on-warnings", ".", HERE
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_bundles_are_all_that_is_loaded() -> None:
    """The folder that anywidget loads from holds the bundles and nothing else."""
    assert sorted(path.name for path in STATIC.iterdir()) == sorted((*BUNDLES, *PAGE))


def test_sources_are_short() -> None:
    """No source is longer than what can be read in one go."""
    lines = {_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in OWN}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


@pytest.mark.parametrize("name", [name for name in BUNDLES if name.endswith(".js")])
def test_module_needs_no_other_file(name: str) -> None:
    """Each widget's JavaScript is one module: anywidget loads no file beside it."""
    source = (STATIC / name).read_text(encoding="utf-8")
    assert not re.search(r"^\s*import\b|\bimport\(|\brequire\(|^export .* from ", source, re.MULTILINE)


@pytest.mark.req("SEC-6")
def test_no_html_from_text() -> None:
    """Nothing in the widgets turns text into HTML or code."""
    ways = r"innerHTML|insertAdjacentHTML|document\.write|DOMParser|eval\(|new Function|\bouterHTML\s*=[^=]"
    found = {_name(path): re.findall(ways, path.read_text(encoding="utf-8")) for path in SCRIPTS}
    assert len(found) > len(BUNDLES)
    assert {name: hits for name, hits in found.items() if hits} == {}
