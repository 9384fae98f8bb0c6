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
@pytest.mark.skipif(not (GROUPS.ROOT / ".ci").is_dir(), reason="not in the source distribution")
def test_every_recipe_is_run_in_ci() -> None:
    """Each library with a recipe is in a group of the workflow, and in one that .ci/run runs."""
    workflow = (GROUPS.ROOT / ".github/workflows/tests.yml").read_text("utf-8")
    assert f"group: [{', '.join(GROUPS.requirement_files())}]" in workflow
    groups = GROUPS.library_groups()
    assert len(GROUPS.recipes()) >= 13
    for name in GROUPS.recipes():
        assert any(name in groups[group] for group in GROUPS.requirement_files()), name
        assert any(name in groups[group] for group in GROUPS.ci_groups()), name


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
