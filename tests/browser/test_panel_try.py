"""Entries of the catalog are tried in a real JupyterLab: one alone, and several side by side."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from dispatch_widgets.demo.model_lists import DemoModel

if TYPE_CHECKING:
    from panel_driver.app import App

pytestmark = [pytest.mark.timeout(300), pytest.mark.req("UI", "API-5")]

TIME = re.compile(r"gave an answer after (?!0\.00 s)(\d+\.\d\d s|less than 0\.01 s)")


def test_entries_are_tried_side_by_side(app: App) -> None:
    """Each says first line, time and tokens, and its price where that is known; a refusal stops no other."""
    app.write()
    others = [model for model in app.server.models() if model.id != "gpt-4o"]
    priced = DemoModel(id="gpt-4o", kind="chat", owner="openai", created=1, price=(2.5, 10.0))
    app.server.set_models([priced, *others])
    app.open("alone = dw.ModelsPanel(service)\nalone", lists=True)
    dear, plain = app.row("GPT-4o", of="Catalog"), app.row("Claude Sonnet 5", of="Catalog")
    dear.press("Try GPT-4o")
    dear.see(TIME, re.compile(r"“.+”"), re.compile(r"Tokens: \d+ in, \d+ out\."), re.compile(r"Cost: \$0\.0"))
    dear.press("Close")
    dear.not_see(TIME)

    app.server.play("401", where="second")
    app.press("Try all 4")
    plain.see(TIME, re.compile(r"“.+”"), re.compile(r"Tokens: \d+ in, \d+ out\."))
    plain.not_see("Cost:")  # this server states no price
    dear.see(TIME)
    refused = app.row("Qwen3 8B", of="Catalog")
    refused.see("refused the key", "(401)")
    refused.can_press("Replace key")
    app.row("Embeddings, small", of="Catalog").see(re.compile("gave a vector of .* after"))
    assert app.beyond_the_edge() == []
    refused.press("Close")
    refused.not_see("(401)")
    dear.see(TIME)
