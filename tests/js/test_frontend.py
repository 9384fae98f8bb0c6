"""The page in TypeScript: its types from Python, its unit tests in node, its bundle beside its sources."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

FRONTEND = Path(__file__).parents[2] / "dispatch_widgets" / "widgets" / "frontend"
SOURCES = FRONTEND / "src"
STATIC = FRONTEND.with_name("static")
BUNDLES = ("page.css", "page.js")
MOST_LINES = 300
OWN = sorted(
    path
    for path in FRONTEND.rglob("*.*")
    if "node_modules" not in path.parts and path.suffix in {".ts", ".tsx", ".css", ".mjs", ".py"}
)
LARGEST_BYTES = 96 * 1024
"""A page gets both bundles with each panel."""

pytestmark = pytest.mark.timeout(120)


def _missing(reason: str) -> None:
    """Skips, or fails where node and its packages are required."""
    if os.environ.get("DISPATCH_REQUIRE_NODE"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def node() -> str:
    """The path of node, where the packages of the page are installed by npm."""
    path = shutil.which("node")
    if path is None:
        _missing("node is not here: apt-get install nodejs")
    assert path is not None
    if not all((FRONTEND / "node_modules" / name).is_dir() for name in ("esbuild", "typescript", "preact")):
        _missing("esbuild is not here: npm --prefix dispatch_widgets/widgets/frontend install")
    return path


def _run(*command: object) -> None:
    words = [str(part) for part in command]
    done = subprocess.run(words, cwd=FRONTEND, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_pages_types_are_those_of_python() -> None:
    """`types.ts` is what the presenters' views and the messages make of it."""
    spec = importlib.util.spec_from_file_location("write_types", FRONTEND / "write_types.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    there = module.TARGET.read_text(encoding="utf-8")
    assert there == module.written(), "python dispatch_widgets/widgets/frontend/write_types.py"
    with pytest.raises(TypeError, match="has no form in TypeScript"):
        module.as_typescript(bytes, {})


def test_the_page_is_typed_and_tidy(node: str) -> None:
    """TypeScript, strict, and Biome's rules find nothing."""
    modules = FRONTEND / "node_modules"
    _run(node, modules / "typescript" / "bin" / "tsc", "--noEmit")
    _run(node, modules / "@biomejs" / "biome" / "bin" / "biome", "check", "--error-on-warnings", ".")


def test_the_parts_of_the_page(node: str) -> None:
    """The page's modules do what their tests say."""
    _run(node, "test.mjs")


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_is_what_its_sources_make(name: str) -> None:
    """Neither a source nor the committed bundle was changed without building anew."""
    lines = (STATIC / name).read_text(encoding="utf-8").splitlines(keepends=True)
    digest = hashlib.sha256()
    for source in sorted(_sources(name), key=lambda path: path.relative_to(SOURCES).as_posix()):
        digest.update(source.read_text(encoding="utf-8").encode())
    digest.update("".join(lines[2:]).encode())
    assert digest.hexdigest() in lines[1], "npm --prefix dispatch_widgets/widgets/frontend run build"


def _sources(name: str) -> set[Path]:
    kinds = {".css"} if name.endswith(".css") else {".ts", ".tsx"}
    return {path for path in SOURCES.rglob("*.*") if path.suffix in kinds}


def test_building_gives_the_committed_bundles(node: str, tmp_path: Path) -> None:
    """With the pinned packages the bundles come out byte by byte, small, and without source maps."""
    _run(node, "build.mjs", tmp_path / "built")
    built = sorted((tmp_path / "built").iterdir())
    assert [path.name for path in built] == list(BUNDLES)
    for path in built:
        content = path.read_text(encoding="utf-8")
        assert content == (STATIC / path.name).read_text(encoding="utf-8")
        assert "sourceMappingURL" not in content
        assert len(content.encode()) < LARGEST_BYTES


@pytest.mark.parametrize(("name", "first"), [("page.js", "main.tsx"), ("page.css", "page.css")])
def test_every_source_is_in_a_bundle(name: str, first: str) -> None:
    """No source lies there that nothing imports."""
    reached: set[Path] = set()
    new = {SOURCES / first}
    while new:
        reached |= new
        named = [
            (path.parent, re.findall(r'(?:from|import) "(\.[^"]+)"', path.read_text("utf-8"))) for path in new
        ]
        new = {(folder / each).resolve() for folder, found in named for each in found} - reached
    assert _sources(name) == reached


def test_what_is_installed_is_pinned() -> None:
    """Every package of npm has one version."""
    package = json.loads((FRONTEND / "package.json").read_text("utf-8"))
    versions = {**package["dependencies"], **package["devDependencies"]}.values()
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)


def test_sources_are_short() -> None:
    """No source is longer than what can be read in one go; the written types are not read."""
    lines = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in OWN}
    lines.pop("types.ts")
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


@pytest.mark.req("SEC-6")
def test_no_html_from_text() -> None:
    """Nothing in the page turns text into HTML or code."""
    ways = r"nnerHTML|insertAdjacentHTML|document\.write|DOMParser|eval\(|new Function|\bouterHTML\s*=[^=]"
    found = {path.name: re.findall(ways, path.read_text(encoding="utf-8")) for path in OWN}
    assert {name: hits for name, hits in found.items() if hits} == {}
