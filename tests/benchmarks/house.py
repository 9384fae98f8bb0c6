"""Measures how the house is built: circles, modules on the way, looks at the disk, lines of Python.

Run as ``python tests/benchmarks/house.py``; with ``--walk`` it names the modules in the order in which they
are passed.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from dispatch_widgets import SettingsService
from dispatch_widgets.settings.store import SettingsStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "dispatch_widgets"


class Walk:
    """The modules of the package whose functions are called, in their order, until it is stopped."""

    def __init__(self) -> None:
        self.modules: list[str] = []
        self.ended = False

    def stop(self) -> None:
        """From here on nothing is noted."""
        self.ended = True

    def _note(self, frame: FrameType, event: str, _: Any) -> None:
        name = frame.f_globals.get("__name__", "")
        inside = name.startswith("dispatch_widgets.") and not frame.f_code.co_name.startswith("<module")
        if event == "call" and inside and not self.ended:
            name = name.removeprefix("dispatch_widgets.")
            if name not in self.modules:
                self.modules.append(name)

    def over(self, call: Callable[[], object]) -> list[str]:
        """Follows a call, and what it starts in other threads."""
        threading.setprofile_all_threads(self._note) if sys.version_info >= (3, 12) else None
        threading.setprofile(self._note)
        sys.setprofile(self._note)
        try:
            call()
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
        return self.modules


def circles() -> int:
    """How many groups of modules lead back to themselves, typing imports included."""
    spec = importlib.util.spec_from_file_location("lint", ROOT / "tests" / "test_lint.py")
    assert spec is not None
    assert spec.loader is not None
    lint = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(lint)
    modules = lint.modules_by_name()
    return len(lint.circles({name: lint.imported_by(name, modules) for name in modules}))


def walks(folder: Path) -> Iterator[tuple[str, list[str], int]]:
    """Each call with the modules that it passes, and how often it looks at the settings file."""
    # Beforehand, as the definitions of a module would count as calls while it is imported.
    for folder_name in ("settings", "discovery", "service", "clients"):
        for path in (PACKAGE / folder_name).glob("*.py"):
            importlib.import_module(f"dispatch_widgets.{folder_name}.{path.stem}")
    answers = Walk()

    def answer(_: httpx.Request) -> httpx.Response:
        answers.stop()
        return httpx.Response(200, json={"data": [{"id": "m"}]})

    service = SettingsService(folder / "dispatch.settings.json", transport=httpx.MockTransport(answer))
    looks: list[str] = []
    real = SettingsStore.changed_since

    def look(store: SettingsStore, digest: str) -> bool:
        looks.append(digest)
        return real(store, digest)

    SettingsStore.changed_since = look  # type: ignore[method-assign]

    def told(what: str, walk: Walk, call: Callable[[], object]) -> tuple[str, list[str], int]:
        time.sleep(0.1)  # a file of a moment ago is read to see whether it has changed
        _ = service.settings
        looks.clear()
        return what, walk.over(call), len(looks)

    given = {
        "type": "openai-compatible",
        "api_key": "sk-0123456789abcdef",
        "base_url": "http://127.0.0.1:9/v1",
    }
    yield told("add_provider", Walk(), lambda: service.add_provider(name="P", **given))
    provider = service.get_providers()[0].id
    yield told("discover_models", answers, lambda: service.discover_models(provider))
    service.add_model(provider_id=provider, model="m", tasks=["grade"])
    yield told("resolve", Walk(), lambda: service.resolve("grade"))


def lines() -> tuple[int, int]:
    """Lines of Python in the package, and of docstrings in internal modules."""
    whole = docstrings = 0
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        whole += text.count("\n")
        parts = path.relative_to(PACKAGE).parts
        if not any(part.startswith("_") and part != "__init__.py" for part in parts):
            continue
        kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, kinds) and ast.get_docstring(node) is not None:
                first = node.body[0]
                docstrings += (first.end_lineno or first.lineno) - first.lineno + 1
    return whole, docstrings


def main() -> None:
    """Prints the table."""
    say = sys.stdout.write
    say(f"import circles, typing imports included: {circles()}\n")
    with tempfile.TemporaryDirectory() as folder:
        for what, modules, looks in walks(Path(folder)):
            say(f"{what}: {len(modules)} modules, {looks} looks at the disk\n")
            if "--walk" in sys.argv:
                say("".join(f"  {name}\n" for name in modules))
    whole, docstrings = lines()
    say(f"lines of Python: {whole:,}, of docstrings in internal modules: {docstrings:,}\n")


if __name__ == "__main__":
    main()
