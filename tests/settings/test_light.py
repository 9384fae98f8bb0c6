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
    "dispatch_widgets.discovery",
}


@pytest.mark.req("P-1")
def test_importing_the_settings_brings_in_nothing_heavy() -> None:
    """The whole settings layer loads pydantic, and neither network, widgets nor the lock library (P-1)."""
    names = "store, registry, migration, locate, schema"
    script = (
        "import pydantic, sys; pydantic.BaseModel; before = set(sys.modules)\n"
        f"from dispatch_widgets.settings import {names}\n"
        f"print(sorted((set(sys.modules) - before) & {HEAVY | {'asyncio'}}))"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
