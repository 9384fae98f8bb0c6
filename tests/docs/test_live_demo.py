"""The live demo of the docs: its notebook, and what its folder holds; test_jupyterlite.py uses it."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING

import live_demo
import pytest

import dispatch_widgets as dw

if TYPE_CHECKING:
    from pathlib import Path


def test_its_notebook_is_the_quickstart_for_every_browser() -> None:
    """It is today's quickstart, whose cells await; no link leads to what is not in the demo."""
    notebook = live_demo.quickstart()
    cells = {kind: [] for kind in ("code", "markdown")}
    for cell in notebook["cells"]:
        cells[cell["cell_type"]].append("".join(cell["source"]))
    code = "\n".join(cells["code"])
    compile(code, "quickstart", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    for awaited in ("await dw.discover_models_async(", "await client.chat.completions.create("):
        assert awaited in code
    assert not [text for text in cells["markdown"] if "](" in text]
    assert not [cell for cell in notebook["cells"] if cell.get("outputs") or cell["metadata"]]


@pytest.mark.skipif(bool(live_demo.missing()), reason=live_demo.missing())
@pytest.mark.timeout(300)
def test_its_folder_has_all_that_it_loads(tmp_path: Path) -> None:
    """Pyodide, this package's wheel and those that it needs are there, as its list of packages says."""
    live_demo.build(tmp_path / "live")
    runtime = tmp_path / "live" / "static" / "pyodide"
    packages = json.loads((runtime / "pyodide-lock.json").read_text("utf-8"))["packages"]
    ours = packages["dispatch-widgets"]
    assert ours["version"] == dw.__version__
    assert {"anywidget", "httpx", "openai", "pydantic"} <= set(ours["depends"])
    assert not [
        entry["file_name"] for entry in packages.values() if not (runtime / entry["file_name"]).is_file()
    ]
    assert (runtime / "pyodide.asm.wasm").is_file()
    notebook = json.loads((tmp_path / "live" / "files" / live_demo.NOTEBOOK).read_text("utf-8"))
    assert notebook == live_demo.quickstart()
    assert (tmp_path / "live" / live_demo.PAGE.partition("?")[0]).is_file()
    assert not list((tmp_path / "live").rglob("*.map"))
    config = json.loads((tmp_path / "live" / "jupyter-lite.json").read_text("utf-8"))["jupyter-config-data"]
    extensions = {each["name"] for each in config["federated_extensions"]}
    assert extensions == set(live_demo.EXTENSIONS)  # nothing else that is installed here
