"""What some fields are called, and what there is to choose in them, in the words of the panels."""

from __future__ import annotations

KEY_SOURCE = "Where the key comes from"
SOURCES = {"typed": "Paste it", "variable": "Environment variable"}
OTHER_VARIABLE = "Another name…"
VARIABLE_NAME = "Name of the variable"
SEARCH = "Search models"
KINDS = {"Chat": "chat", "Embedding": "embedding"}

SHOW_KIND = "Show kind"
"""The kind that the list of models shows; in a page it is called Kind, as that of an id typed by hand is."""

WHOSE = "Provider of the id"
"""Who serves an id typed by hand; in a page it is called Provider, as the one whose models are shown is."""
