"""The core widgets that panels are made of today: escaped text, ids that keep their end, shared styles."""

from __future__ import annotations

import re

import ipywidgets as widgets
import pytest

from dispatch_widgets import Panel
from dispatch_widgets.widgets import _parts


@pytest.mark.req("SEC-6")
def test_parts_escape_what_they_are_given() -> None:
    """Text parts, headings, messages and notes never put foreign text into HTML as it is."""
    bad = "<img src=x onerror=alert(1)>"
    message, note = _parts.Message(bad, "error"), _parts.Note()
    note.set("warn", bad, bad)
    values = [
        _parts.text(bad).value,
        _parts.heading(bad).value,
        _parts.mono(bad),
        _parts.model_id(bad + "x" * 40),
        message.words,
        note.content,
    ]
    assert all("&lt;img" in value and "<img" not in value for value in values)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("gpt-4o", ["gpt-4o"]),
        ("claude-haiku-4-5-20251001", ["claude-", "haiku-", "4-5-20251001"]),
        (
            "accounts/fireworks/models/llama-v3p1-405b-instruct",
            ["accounts/fireworks/models/", "llama-v3p1-4", "05b-instruct"],
        ),
        ("anthropic/claude-sonnet-4.5", ["anthropic", "/claud", "e-sonnet-4.5"]),
        ("x" * 50, ["x" * 26, "x" * 12, "x" * 12]),
    ],
)
def test_a_long_id_keeps_its_end(name, parts) -> None:
    """An id gives way at its head, then in its middle; its end stands in a span of its own."""
    html = _parts.model_id(name)
    assert re.findall("<span>([^<]*)</span>", html) == parts
    assert "".join(parts) == name
    assert f'title="{name}"' in html


@pytest.mark.parametrize(
    "parts",
    [
        ["claude-haiku-4"],
        ["accounts/fireworks/models/", "llama-v3p1-4", "05b-instruct"],
        ["black-forest-labs", "/flux.2-pro"],
        ["gpt-4-t", "urbo-prev", "iew-20221120"],
        ["a/llama", "-3.3-70b"],
        [f"/{'a' * 16}", "a" * 12, "a" * 12],
    ],
)
def test_an_id_is_cut_where_it_gives_way(parts) -> None:
    """What Python writes of an id has the same parts as what the lists draw: head, middle, end."""
    assert _parts.id_parts("".join(parts)) == parts


def test_parts_share_layout_and_style_also_after_all_was_closed() -> None:
    """Parts have one layout and style together; closing all widgets does not break later panels."""
    one, two = _parts.text("a"), _parts.button("b")
    assert one.layout is two.layout
    _parts.show(one, False)
    assert not _parts.is_shown(one)
    assert _parts.is_shown(two)
    widgets.Widget.close_all()
    three = _parts.text("c")
    assert three.layout.comm is not None
    assert _parts.is_shown(three)


@pytest.mark.req("SEC-6")
def test_foreign_text_never_becomes_html(service, ids, person) -> None:
    """Names, labels and ids with markup are in no HTML widget as they are."""
    bad = "<img src=x onerror=alert(1)>"
    service.update_provider(ids["Lab"], name=bad)
    service.add_model(provider_id=ids["Lab"], model=bad, label=bad, tasks=["grade"])
    me = person(Panel(service))
    me.press(f"Edit {bad}")
    me.tab("Models")
    me.press(f"Edit {bad}")
    for tab in ("Router", "Settings file"):
        me.tab(tab)
    models = list(widgets.Widget.get_manager_state()["state"].values())
    shown = [model["state"].get("value", "") for model in models if model["model_name"] == "HTMLModel"]
    assert not any("<img" in value for value in shown)
    # a Label typesets what stands between dollar signs
    assert not [model for model in models if model["model_name"] == "LabelModel"]
