"""Runs the notebooks and saves the outputs that are compared, and no others.

    python tests/notebooks/refresh_outputs.py [NOTEBOOK ...]

A cell's output is kept if the cell has the tag nbval-check-output; all others, the execution
counts and the widgets' state are left out, so that a notebook changes only when its text does.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CHECKED = "nbval-check-output"


def refresh(path: Path) -> None:
    """Run one notebook and save it.

    Args:
        path: The notebook.
    """
    book = nbformat.read(path, as_version=4)
    # One text for a cell that prints in a loop, however the kernel happens to cut it into messages.
    NotebookClient(
        book, timeout=120, kernel_name="python3", store_widget_state=False, coalesce_streams=True
    ).execute()
    book.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in book.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = {"tags": tags} if tags else {}
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = cell.outputs if CHECKED in tags else []
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = None
    nbformat.write(book, path)


if __name__ == "__main__":
    for path in [Path(name) for name in sys.argv[1:]] or sorted(NOTEBOOKS.glob("*.ipynb")):
        refresh(path)
