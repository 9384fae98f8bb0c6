"""Colab, as anywidget knows it: by the module that its notebooks have loaded."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

import pytest

import dispatch_widgets as dw

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.req("UI")
@pytest.mark.parametrize("kind", [dw.panel, dw.ModelPicker], ids=["app", "picker"])
def test_colab_is_told_where_its_widget_manager_is(
    kind: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a line of the user's, what a cell shows names the manager for other packages' widgets."""
    output = ModuleType("google.colab.output")
    output._widgets = SimpleNamespace(_installed_url="https://example.org/manager.js")
    output.enable_custom_widget_manager = lambda: None
    monkeypatch.setitem(sys.modules, "google.colab.output", output)
    panel = kind(service=dw.SettingsService(tmp_path / "dispatch.settings.json"))
    try:
        _, metadata = panel._repr_mimebundle_()
    finally:
        panel.close()
    (said,) = metadata.values()
    assert said == {"colab": {"custom_widget_manager": {"url": "https://example.org/manager.js"}}}
