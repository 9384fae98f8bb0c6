"""Lists of models on their way to a page, and the picker as one control among others."""

from __future__ import annotations

import json
import tracemalloc
import zlib
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import pytest
from panel_driver.presented_lists import unpack
from panel_driver.wire import Outbox, say_from_page, set_from_page

from dispatch_widgets import ModelPicker, ModelsPanel, RouterPanel, SettingsService
from dispatch_widgets.demo.model_lists import openai_models
from dispatch_widgets.widgets import page_panel
from dispatch_widgets.widgets.page_messages import pack

if TYPE_CHECKING:
    from collections.abc import Callable

    from dispatch_widgets.demo import DemoServer
    from dispatch_widgets.widgets.page_panel import PagePanel

MANY = 5000


def ask(panel: PagePanel, outbox: Outbox, name: str, /, **message: object) -> dict[str, Any]:
    """Send a message and give back its reply, with the blocks beside it."""
    say_from_page(panel, {"id": name, "kind": "models", "tab": panel.first, **message})
    return [dict(content) for _, content in outbox.contents() if content.get("id") == name][-1]


@pytest.fixture
def many(service: SettingsService, demo: DemoServer, ids: dict[str, str]) -> SettingsService:
    """The service with five thousand models of the Lab."""
    everything = demo.models()
    demo.set_models(openai_models(MANY))
    try:
        service.discover_models(ids["Lab"])
    finally:
        demo.set_models(everything)
    return service


@pytest.mark.req("P-7", "UI")
def test_a_list_is_one_block_of_bytes_and_comes_once(
    many: SettingsService, ids: dict[str, str], outbox: Outbox
) -> None:
    """Five thousand models are at most 150 kB, in no trait; a page that holds them gets no second block."""
    panel = ModelsPanel(many)
    reply = ask(panel, outbox, "l-1", provider=ids["Lab"], mark="")
    (block,) = reply["buffers"]
    assert len(block) < 150_000
    rows = unpack(block)
    listed = many.known_models(ids["Lab"])
    assert [row["id"] for row in rows] == [model.id for model in listed]
    mark = reply["models"]["mark"]
    assert reply["models"]["left_out"] == 0
    assert mark in json.dumps(panel.view_models)
    assert rows[0]["id"] not in json.dumps(panel.view_models)
    again = ask(panel, outbox, "l-2", provider=ids["Lab"], mark=mark)
    assert again["models"]["mark"] == mark
    assert "buffers" not in again
    assert ask(panel, outbox, "l-3", provider=ids["Lab"], mark="of before")["buffers"]


def test_rows_are_packed_as_columns() -> None:
    """A column for each key that some row has; what a row does not state is null; a lone surrogate passes."""
    rows = [{"id": "a", "by_price": 0.0}, {"id": "\ud800", "new": True}]
    assert json.loads(zlib.decompress(pack(rows))) == {
        "id": ["a", "\ud800"],
        "by_price": [0.0, None],
        "new": [None, True],
    }
    assert unpack(pack(rows)) == rows
    assert unpack(pack([])) == []


@pytest.mark.req("SEC-7", "UI")
def test_of_a_list_without_end_the_first_rows_are_sent(
    many: SettingsService, ids: dict[str, str], outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is too much for one message is left out, and how much that is is said."""
    monkeypatch.setattr(page_panel, "MOST_ROWS", 100)
    reply = ask(ModelsPanel(many), outbox, "l-1", provider=ids["Lab"], mark="")
    assert len(unpack(reply["buffers"][0])) == 100
    assert reply["models"]["left_out"] == MANY - 100


@pytest.mark.req("UI")
def test_what_is_no_list_is_answered_in_words(
    service: SettingsService, outbox: Outbox, ids: dict[str, str]
) -> None:
    """A panel without lists says so, as does one of another version; a provider that is gone has no rows."""
    for panel, message in (
        (RouterPanel(service), {"provider": ids["Lab"], "mark": ""}),
        (ModelsPanel(service), {"provider": 1}),
    ):
        reply = ask(panel, outbox, "l-1", **message)
        assert "newer or older than its page" in reply["answer"]["note"]["title"]
    gone = ask(ModelsPanel(service), outbox, "l-2", provider="gone", mark="")
    assert gone["models"] == {"mark": "", "left_out": 0}


@pytest.mark.req("P-8")
def test_lists_that_were_sent_are_not_kept(
    many: SettingsService, ids: dict[str, str], outbox: Outbox
) -> None:
    """However often windows ask for a list, the kernel holds the models once and nothing of what it sent."""
    panel = ModelsPanel(many)

    def fetch(times: int) -> int:
        for number in range(times):
            ask(panel, outbox, f"m-{number}", provider=ids["Lab"], mark="")
        outbox.messages.clear()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = fetch(2)
        after = fetch(20)
    finally:
        tracemalloc.stop()
    assert after - before < 200_000


@pytest.fixture
def picker(service: SettingsService, ids: dict[str, str]) -> ModelPicker:
    """A picker over two lists."""
    service.refresh_all()
    assert ids
    return ModelPicker(service=service)


def _ids(picker: ModelPicker) -> list[str]:
    return [model.id for model in picker.service.known_models(picker.service.get_providers()[0].id)]


@pytest.mark.req("UI", "P-7")
def test_a_picker_is_a_control_like_any_other(picker: ModelPicker) -> None:
    """It is one model with its layout, goes into boxes and tabs, and has a value that links and observes."""
    assert isinstance(picker, widgets.ValueWidget)
    assert isinstance(picker, widgets.DOMWidget)
    assert widgets.HBox([picker]).children == (picker,)
    assert widgets.Tab([picker]).children == (picker,)
    first, second = _ids(picker)[:2]
    text = widgets.Text()
    linked = widgets.jslink((picker, "value"), (text, "value"))
    assert linked.source == (picker, "value")
    widgets.link((picker, "value"), (text, "value"))
    picker.value = first
    assert text.value == first
    text.value = second
    assert (picker.value, picker.selected.id) == (second, second)
    seen: list[str] = []
    picker.observe(lambda change: seen.append(change["new"]), "value")
    set_from_page(picker, value=first)  # as a link in the page does
    assert (seen, picker.selected.id, picker.provider_id) == ([first], first, _owner(picker))


def _owner(picker: ModelPicker) -> str:
    return str(picker.service.get_providers()[0].id)


@pytest.mark.req("UI")
def test_interact_takes_a_picker(picker: ModelPicker) -> None:
    """A function is called with the id that is picked, and again when another one is."""
    got: list[str] = []

    def show(model: str) -> None:
        got.append(model)

    made = widgets.interactive(show, model=picker)
    assert picker in made.children
    made.update()
    picker.value = _ids(picker)[0]
    assert set(got[:-1]) == {""}
    assert got[-1] == picker.value
    assert picker.description == "model"


@pytest.mark.req("SEC-9", "UI")
def test_a_page_picks_and_the_view_follows(
    picker: ModelPicker, outbox: Outbox, states: Callable[[], str]
) -> None:
    """What is picked in one window is in the trait and in the view of all, before it is answered."""
    model, owner = _ids(picker)[0], _owner(picker)
    args = {"provider": owner, "model": model}
    reply = ask(picker, outbox, "p-1", kind="act", name="pick", args=args)
    assert reply["answer"].get("ok", True)
    assert (picker.value, picker.provider_id) == (model, owner)
    assert picker.view_models["picked"] == {"provider_id": owner, "model": model}
    assert model in states()
