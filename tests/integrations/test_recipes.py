"""The recipes of docs/how-to/use-with-a-library.md, each run with its library against the demo server."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GROUPS = _module("groups")
WANTED = GROUPS.library_groups().get(os.environ.get(GROUPS.GROUP_VARIABLE, ""))


@pytest.mark.req("API-5")
def test_every_recipe_is_run_somewhere() -> None:
    """Each library with a recipe is in one group, and each group is a job of the workflow."""
    workflow = (GROUPS.ROOT / ".github/workflows/tests.yml").read_text("utf-8")
    assert f"group: [{', '.join(GROUPS.requirement_files())}]" in workflow
    groups = GROUPS.library_groups().values()
    assert len(GROUPS.recipes()) >= 13
    for name in GROUPS.recipes():
        assert sum(name in group for group in groups) == 1, name


@pytest.mark.req("API-5", "SEC-1")
@pytest.mark.parametrize("name", [name for name in GROUPS.recipes() if WANTED is None or name in WANTED])
def test_a_recipe_works_and_shows_no_key(name: str) -> None:
    """It asks the provider, with its key, and nobody else; nothing that it makes prints the key."""
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        if WANTED is not None:
            raise
        pytest.skip(f"{name} is not installed: python tests/integrations/run.py installs all of them")
    done = subprocess.run(
        [sys.executable, GROUPS.ROOT / "tests" / "docs" / "blocks.py", GROUPS.PAGE, name],
        env={**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
        capture_output=True, encoding="utf-8", check=False, timeout=150,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
