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
    """All cells run, and where a cell says NBVAL_CHECK_OUTPUT its output is the saved one."""
    settings = tmp_path / "pytest.ini"
    settings.write_text("[pytest]\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", settings, "-p", "no:cacheprovider", "-q",
         "--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=60", notebook],
        cwd=tmp_path, env=kernel_environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, done.stdout
    cells = nbformat.read(notebook, as_version=4).cells
    assert int(passed.group(1)) == sum(cell.cell_type == "code" for cell in cells)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_checks_some_output_and_is_stored_without_a_key(notebook: Path) -> None:
    """At least one output is compared, and no saved output or source holds something key-shaped."""
    book = nbformat.read(notebook, as_version=4)
    checked = [cell for cell in book.cells if "NBVAL_CHECK_OUTPUT" in cell.source]
    assert checked
    assert all(cell.outputs for cell in checked)
    assert not re.search(r"sk-[A-Za-z0-9_-]{8,}", nbformat.writes(book))
    assert "widgets" not in book.metadata
