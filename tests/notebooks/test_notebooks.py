"""Every notebook runs from top to bottom, offline, without a key, under nbval."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted(Path(__file__).parents[2].joinpath("notebooks").glob("*.ipynb"))


@pytest.fixture
def kernel_environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which Jupyter keeps everything it writes in the test's own folder."""
    own = {
        "IPYTHONDIR": tmp_path / "ipython",
        "JUPYTER_CONFIG_DIR": tmp_path / "jupyter-config",
        "JUPYTER_DATA_DIR": tmp_path / "jupyter-data",
        "JUPYTER_RUNTIME_DIR": tmp_path / "jupyter-runtime",
        "TMPDIR": tmp_path / "tmp",
    }
    for folder in own.values():
        folder.mkdir()
    return {**os.environ, **{name: str(folder) for name, folder in own.items()}}


def test_there_are_notebooks() -> None:
    """The tests below would pass if there were none."""
    assert any(path.name == "01_quickstart.ipynb" for path in NOTEBOOKS)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(
    notebook: Path, tmp_path: Path, kernel_environment: dict[str, str]
) -> None:
    """All cells run, and where a cell has the tag nbval-check-output its output is the saved one."""
    book = nbformat.read(notebook, as_version=4)
    code_cells = [cell for cell in book.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code_cells, start=1):
        cell.execution_count = number  # without one nbval refuses a cell that has outputs
    copy = tmp_path / notebook.name
    nbformat.write(book, copy)
    settings = tmp_path / "pytest.ini"
    settings.write_text("[pytest]\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", settings, "-p", "no:cacheprovider", "-q",
         "--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=60", copy],
        cwd=tmp_path, env=kernel_environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, done.stdout
    assert int(passed.group(1)) == len(code_cells)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_checks_some_output_and_is_stored_without_a_key(notebook: Path) -> None:
    """At least one output is compared, and no saved output or source holds something key-shaped."""
    book = nbformat.read(notebook, as_version=4)
    checked = [cell for cell in book.cells if "nbval-check-output" in cell.metadata.get("tags", ())]
    assert checked
    assert all(cell.outputs for cell in checked)
    assert not re.search(r"sk-[A-Za-z0-9_-]{8,}", nbformat.writes(book))
    assert "widgets" not in book.metadata


RAW = re.compile(r"^[\[({<]|\bNone\b|object at 0x")  # a list, a tuple, a dictionary, an object


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_reader_sees_text_and_no_marks_of_the_machinery(notebook: Path) -> None:
    """No cell has an execution count, a mark of the tests or the key itself; no output is a bare value."""
    for cell in nbformat.read(notebook, as_version=4).cells:
        assert "NBVAL" not in cell.source
        assert "get_secret_value" not in cell.source  # `.client()` does it
        if cell.cell_type == "code":
            assert cell.execution_count is None
            for output in cell.outputs:
                assert output.output_type == "stream", cell.source
                assert not [line for line in output.text.splitlines() if RAW.search(line)], output.text


def test_the_quickstart_goes_from_a_provider_to_an_answer() -> None:
    """It adds a provider, asks for its models, picks one, and prints an answer; nothing is migrated."""
    (path,) = [path for path in NOTEBOOKS if path.name == "01_quickstart.ipynb"]
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    steps = ["add_provider(", "discover_models(", "add_model(", "resolve(", ".client()", "print(answer."]
    code = "\n".join(cell.source for cell in cells)
    assert [code.index(step) for step in steps] == sorted(code.index(step) for step in steps)
    assert "demo server" in cells[-1].outputs[0].text
    assert "migrat" not in code
