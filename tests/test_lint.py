"""What reads the code finds nothing: ruff, its formatter, mypy, and the search for modules in a circle."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

REPOSITORY = Path(__file__).parent.parent
PACKAGE = "dispatch_widgets"


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff_finds_nothing(command: list[str]) -> None:
    """Every rule of pyproject.toml holds for every file."""
    done = _run("ruff", *command, "--no-cache", ".")
    assert done.returncode == 0, done.stdout + done.stderr


PLATFORMS = sorted({"linux", "win32", sys.platform})


@pytest.fixture(scope="module")
def mypy() -> Iterator[dict[str, Future[subprocess.CompletedProcess[str]]]]:
    """What mypy says for each platform; it runs for all of them at once, as it uses one processor."""
    with ThreadPoolExecutor() as pool:
        yield {
            name: pool.submit(
                _run, "mypy", "--no-error-summary", f"--platform={name}", f"--cache-dir=.mypy_cache/{name}"
            )
            for name in PLATFORMS
        }


@pytest.mark.parametrize("platform", PLATFORMS)
def test_mypy_finds_nothing(mypy: dict[str, Future[subprocess.CompletedProcess[str]]], platform: str) -> None:
    """The types are right here, on Linux and on Windows, also in what runs on one of them only."""
    done = mypy[platform].result()
    assert (done.stdout, done.stderr) == ("", "")


PAGE = (REPOSITORY / PACKAGE / "widgets" / "frontend" / "src").resolve()


@cache
def modules_by_name() -> dict[str, Path]:
    """Every module of the package by its whole name."""
    found = {}
    for path in (REPOSITORY / PACKAGE).rglob("*.py"):
        parts = path.relative_to(REPOSITORY).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported_by(name: str, modules: dict[str, Path]) -> set[str]:
    """The modules of the package that a module imports anywhere in it, for its types too."""
    path = modules[name]
    parents = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    wanted: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            wanted |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = parents[: len(parents) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                whole = f"{source}.{alias.name}"
                wanted.add(whole if whole in modules else source)
    return (wanted & modules.keys()) - {name}


def circles(imports: dict[str, set[str]]) -> set[frozenset[str]]:
    """The groups of modules each of which leads to all the others."""

    def reached_from(start: str) -> set[str]:
        reached, ahead = set(), [start]
        while ahead:
            new = imports[ahead.pop()] - reached
            reached |= new
            ahead += new
        return reached

    reached = {name: reached_from(name) for name in imports}
    return {
        frozenset(other.removeprefix(f"{PACKAGE}.") for other in reached[name] if name in reached[other])
        for name in imports
        if name in reached[name]
    }


def test_no_modules_import_each_other_in_a_circle() -> None:
    """No module leads back to itself, by any import in it, those for types and within functions included."""
    modules = modules_by_name()
    assert circles({name: imported_by(name, modules) for name in modules}) == set()


def imported_by_source(path: Path) -> set[str]:
    """The sources of the page that one of them imports, for its types too, by their names below `src`."""
    found = re.findall(r"""\b(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""", path.read_text(encoding="utf-8"))
    return {(path.parent / other).resolve().relative_to(PAGE).as_posix() for other in found}


def test_no_sources_of_the_page_import_each_other_in_a_circle() -> None:
    """No module in TypeScript leads back to itself, by any import in it, those for types included."""
    sources = [path for path in PAGE.rglob("*") if path.suffix in {".ts", ".tsx"}]
    imports = {path.relative_to(PAGE).as_posix(): imported_by_source(path) for path in sources}
    assert circles(imports) == set()
    assert {"app.ts", "types.ts"} <= imports["context.ts"] | imports["panel.ts"]


def _used_from_outside(name: str, imported: set[str]) -> set[str]:
    """The imported modules with an underscore that lie in a folder to which this one does not belong."""
    return {
        other
        for other in imported
        if "._" in other and not f"{name}.".startswith(other[: other.index("._")] + ".")
    }


def test_a_module_with_an_underscore_is_imported_within_its_folder_only() -> None:
    """The rule of docs/contributing.md: other folders import modules without a leading underscore."""
    modules = modules_by_name()
    found = {name: _used_from_outside(name, imported_by(name, modules)) for name in modules}
    assert {name: others for name, others in found.items() if others} == {}
    assert _used_from_outside("p.a.x", {"p._t", "p.a._y", "p.b._z", "p.b.c"}) == {"p.b._z"}


def test_what_is_exchanged_with_a_server_imports_nothing() -> None:
    """Request context and answer are for every module of discovery to use."""
    assert imported_by(f"{PACKAGE}.discovery.exchange", modules_by_name()) == set()


def test_the_search_for_circles_finds_them() -> None:
    """A circle of three is one group; what only leads into it is not part of it."""
    imports = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set(), "e": {"a"}}
    assert circles(imports) == {frozenset("abc")}


PRIVATE_USES_TO_GO = {"widgets": 90, "settings": 2, "benchmarks": 1}
"""How often tests of a folder still read or set what is private; the figures only go down."""

_ALLOWED_PRIVATE = {"_exit", "_replace", "_asdict", "_fields"}  # of the standard library, and no secret
_PRIVATE = re.compile(r"_\w*[^_\W]")
_SETTERS = {"setattr", "getattr", "delattr", "hasattr"}


def private_uses(source: str) -> list[str]:
    """What a test reads, sets or imports of other objects that begins with one underscore."""
    found = []
    own = {"self", "cls"}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            if not (isinstance(node.value, ast.Name) and node.value.id in own):
                found.append((node.attr, ast.unparse(node)))
        elif isinstance(node, ast.Call) and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
            if called in _SETTERS:
                found.append((str(node.args[1].value), ast.unparse(node)))
        elif isinstance(node, ast.ImportFrom):
            found += [(alias.name, f"import {alias.name}") for alias in node.names]
    modules = {path.stem for path in modules_by_name().values()}
    # IPython's methods end with an underscore as well, and are the ones that it calls.
    return [
        used
        for name, used in found
        if _PRIVATE.fullmatch(name) and not name.startswith("__") and name not in _ALLOWED_PRIVATE | modules
    ]


def test_tests_speak_of_public_behaviour() -> None:
    """No test reads or sets what is private to the code, but for those that are still to be rewritten."""
    tests = REPOSITORY / "tests"
    count: Counter[str] = Counter()
    for path in tests.rglob("*.py"):
        count[path.relative_to(tests).parts[0]] += len(private_uses(path.read_text(encoding="utf-8")))
    assert {folder: uses for folder, uses in count.items() if uses > PRIVATE_USES_TO_GO.get(folder, 0)} == {}


def test_the_search_for_private_uses_finds_them() -> None:
    """Reading, setting, patching and importing count; own attributes and IPython's methods do not."""
    counted = "a._b\na.c._d = 1\nsetattr(a, '_e', 1)\nfrom p import _f"
    source = f"{counted}\nfrom p import _disk\nself._g\na._repr_html_()\na.__h__"
    assert len(private_uses(source)) == len(private_uses(counted)) == 4
