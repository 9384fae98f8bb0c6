"""What others say is text in every single part of a panel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from panel_driver.lab import Notebook

pytestmark = pytest.mark.timeout(300)

SETUP = Path(__file__).with_name("component_cell.py").read_text(encoding="utf-8")
EVIL = "<img src=x onerror='window.ranHere = 1'>"
EVIL_PANEL = f"""
evil = {EVIL!r} + chr(0x202E) + "gpj" + chr(0)
note = dict(title=evil, text=evil, alert=True, items=[dict(text=evil, ok=True)], facts=[(evil, evil)],
            select=dict(label=evil, options=[[evil, evil]]), check=dict(label=evil),
            actions=[dict(action="go", label=evil, title=evil)])
one = dict(id=evil, title=evil, tile=evil, line=[evil, dict(text=evil, mono=True), dict(text=evil, id=True)],
           meta=[evil, [evil]], cells=dict(prov=evil), badge=dict(text=evil, tone="error"), note=note,
           tag=evil)
lists = [listening([one], label=evil, variant="dw-entries", columns=[["", evil], ["prov", evil]]),
         listening([{{**one, "from": evil, "mono": True, "note": None}}], mode="pick", label=evil, note=note),
         listening([one, dict(id="2", title=evil, count=evil)], mode="rail", label=evil),
         listening([dict(id="rtl", title="\u05e2\u05d1\u05e8\u05d9\u05ea 3")], label="Right to left"),
         listening([], empty=dict(title=evil, text=evil)), listening([], mode="pick", busy=dict(text=evil))]
panel(*lists)
"""


@pytest.mark.req("SEC-6")
def test_what_a_server_says_is_text(notebook: Notebook) -> None:
    """Markup in any field of any component is shown as text and runs nothing; direction marks are dropped."""
    page = notebook.open(SETUP, EVIL_PANEL)
    notebook.output(".dw-model").first.wait_for()
    notebook.output("input[type=search]").first.fill("img onerror")
    page.wait_for_timeout(300)
    assert notebook.output("img").count() == 0
    assert page.evaluate("() => window.ranHere") is None
    assert notebook.output("a[href^='javascript']").count() == 0
    shown = notebook.output(".dw-name").first.inner_text()
    assert shown == EVIL + "gpj"
    assert notebook.output("[aria-label='Right to left'] .dw-name bdi").count() == 1
    assert notebook.output(".dw-name bdi").count() == 1
    assert "\u202e" not in notebook.output(".dw-panel").inner_text()
