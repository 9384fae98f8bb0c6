"""The settings layer is quick to import."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "httpx",
    "filelock",
    "IPython",
    "ipywidgets",
    "anywidget",
    "subprocess",
    "sqlite3",
    "asyncio",
    "dispatch_widgets.discovery",
}


def _loaded_by(program: str) -> set[str]:
    told = f"{program}\nimport sys; print(chr(10).join(sys.modules))"
    done = subprocess.run([sys.executable, "-I", "-c", told], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.req("P-1")
def test_importing_the_settings_brings_in_nothing_heavy() -> None:
    """The whole settings layer loads neither pydantic, network, widgets nor the lock library (P-1)."""
    loaded = _loaded_by("from dispatch_widgets.settings import store, registry, migration, locate, views")
    assert not loaded & (HEAVY | {"pydantic", "pydantic_core"})


@pytest.mark.req("P-1")
def test_pydantic_is_loaded_with_the_first_file_that_is_read() -> None:
    """The first view loads pydantic, and nothing else that is heavy (P-1)."""
    loaded = _loaded_by("from dispatch_widgets.settings.views import view\nview({'providers': []})")
    assert "pydantic" in loaded
    assert not loaded & HEAVY
