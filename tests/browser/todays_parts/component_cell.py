"""The first cell of notebooks that test components: a few rows, and a log of what comes back."""

from __future__ import annotations

import time  # noqa: F401 - cells after this one use it

import ipywidgets as widgets

from dispatch_widgets.widgets.item_list import ItemList
from dispatch_widgets.widgets.panel_root import PanelRoot

log = []


def listening(rows, **traits):
    made = ItemList(rows, **traits)
    made.on_action(lambda *answer: log.append(answer))
    return made


def panel(*children):
    box = widgets.VBox([PanelRoot(label="Dispatch"), *children])
    box.add_class("dw-panel")
    return box


def provider(name, **more):
    buttons = [("refresh", "Refresh"), ("edit", "Edit"), ("delete", "Delete")]
    actions = [
        {"action": key, "label": f"{word} {name}", "icon": key if key != "delete" else "trash", "only": True}
        for key, word in buttons
    ]
    line = ["api.example.com", {"text": "OpenAI-compatible", "wide": True}]
    meta = ["11 chat", [{"text": "sk-…x7Qa", "mono": True}, "fetched just now"]]
    return dict(id=name, title=name, tile=name[:2], line=line, meta=meta, actions=actions, **more)


def model(number, **more):
    kind = ["chat", "embedding", "other"][number % 3]
    line = [{"text": f"vendor/model-{number}", "id": True}]
    sort = {"created": number, "context": number, "price": number}
    return dict(
        id=f"m{number}",
        title=f"Model {number}",
        kind=kind,
        line=line,
        sort=sort,
        cells={"context": "8k", "price": "free"},
        **more,
    )
