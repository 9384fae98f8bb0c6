"""``%load_ext dispatch_widgets`` in a real IPython shell."""

from __future__ import annotations

import atexit
from typing import TYPE_CHECKING

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from dispatch_widgets import InvalidInputError, Panel

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """A shell without history, with the extension loaded."""
    made = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    made.run_line_magic("load_ext", "dispatch_widgets")
    yield made
    made.atexit_operations()
    atexit.unregister(made.atexit_operations)  # it can be called once only


@pytest.mark.req("UI")
def test_the_magic_opens_the_panel(shell, settings_path) -> None:
    """%dispatch gives the panel over the default file, and nothing is written by that."""
    panel = shell.run_line_magic("dispatch", "")
    assert isinstance(panel, Panel)
    assert panel.service.path == settings_path
    assert not settings_path.exists()


@pytest.mark.req("UI")
def test_the_magic_opens_the_panel_at_the_side(shell, monkeypatch) -> None:
    """%dispatch sidebar shows the panel in a side panel and gives nothing to the cell."""
    shown = []

    def beside(self: Panel) -> None:
        shown.append(self)

    monkeypatch.setattr(Panel, "in_sidebar", beside)
    assert shell.run_line_magic("dispatch", " sidebar ") is None
    assert len(shown) == 1


@pytest.mark.req("UI", "API-2")
def test_the_magic_says_what_it_takes(shell) -> None:
    """Another word is refused with what there is."""
    with pytest.raises(InvalidInputError) as refused:
        shell.run_line_magic("dispatch", "window")
    assert "%dispatch sidebar" in refused.value.hint


@pytest.mark.req("UI")
def test_the_extension_can_be_unloaded(shell) -> None:
    """After %unload_ext there is no %dispatch."""
    shell.run_line_magic("unload_ext", "dispatch_widgets")
    assert shell.find_line_magic("dispatch") is None


@pytest.mark.req("UI")
def test_the_side_panel_holds_the_panel(service, monkeypatch) -> None:
    """in_sidebar() opens one sidecar with a title, and what it shows is the panel itself."""
    sidecar = pytest.importorskip("sidecar")
    panel = Panel(service)
    sides = []
    made = sidecar.Sidecar.__init__

    def make(side: sidecar.Sidecar, **traits: object) -> None:
        made(side, **traits)
        sides.append(side)

    monkeypatch.setattr(sidecar.Sidecar, "__init__", make)
    assert panel.in_sidebar(title="Mine") is None
    (side,) = sides
    assert side.title == "Mine"
    (shown,) = side.outputs
    view = shown["data"]["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == panel.model_id
    panel.in_sidebar()
    assert [each.comm is None for each in sides] == [True, False]  # the same panel, not a second one
