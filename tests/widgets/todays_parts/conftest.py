"""What the tests of today's single parts stand on; they go when the panels are rebuilt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from panel_driver.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipywidgets import Widget


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Callable[[Widget], Wire]:
    """Puts a page before a widget."""
    return lambda widget: Wire(monkeypatch, widget)


@pytest.fixture
def answers() -> list[object]:
    """Where the answers of a list are kept."""
    return []
