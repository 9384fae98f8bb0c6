"""The list as Python sees it: what goes out to the page, and what of it is let in."""

from __future__ import annotations

import contextlib
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from ipywidgets import Widget

from dispatch_widgets.widgets.item_list import ItemList, Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from panel_driver.wire import Wire

    Answer = tuple[str, str, dict[str, Any]]


def _packed(widget: ItemList) -> dict[str, Any]:
    state = widget.get_state("_rows")
    loaded: dict[str, Any] = json.loads(state["_rows"])
    return loaded


def _listening(rows: list[Row], answers: list[Answer], **traits: object) -> ItemList:
    widget = ItemList(rows, **traits)
    widget.on_action(lambda *answer: answers.append(answer))
    return widget


MODELS: list[Row] = [
    {"id": "a", "title": "A", "kind": "chat"},
    {"id": "b", "title": "B", "kind": "embedding", "have": True},
    {"id": "c", "title": "C"},
]


def _provider(**more: object) -> Row:
    row: dict[str, Any] = {
        "id": "p1",
        "title": "OpenAI",
        "actions": [
            {"action": "refresh", "label": "Refresh", "disabled": True},
            {"action": "edit", "label": "Edit"},
        ],
        **more,
    }
    return row  # type: ignore[return-value] # a dict is a Row at run time


def test_rows_go_out_in_one_block() -> None:
    """The rows are one block of JSON bytes, whatever their number: no element is a trait's."""
    widget = ItemList(MODELS, mode="pick")
    state = widget.get_state("_rows")
    assert isinstance(state["_rows"], bytes)
    assert _packed(widget)["rows"] == MODELS


def test_any_text_survives_the_way_to_the_page() -> None:
    """Names in any script and even a lone surrogate, which UTF-8 cannot hold, reach the page."""
    rows: list[Row] = [{"id": "\ud800", "title": "Küche 模型 <img onerror=x>"}]
    assert _packed(ItemList(rows))["rows"] == rows


def test_a_few_changed_rows_go_alone(page: Callable[[Widget], Wire]) -> None:
    """Of many rows only those that changed travel, and who opens the list later gets all of them."""
    rows: list[Row] = [{"id": str(number), "title": str(number)} for number in range(100)]
    widget = ItemList(rows)
    seen = page(widget)
    changed: list[Row] = [*rows[:5], {"id": "5", "title": "new"}, *rows[6:]]
    widget.set_items(changed)
    patches = [buffers[0] for message, buffers in seen.take() if buffers and message["method"] == "custom"]
    assert len(patches) == 1
    patch = json.loads(patches[0])
    assert patch["rows"] == [{"id": "5", "title": "new"}]
    assert (patch["base"], patch["revision"]) == (0, 1)
    later = _packed(widget)
    assert later["rows"] == changed
    assert later["revision"] == widget.get_state("_revision")["_revision"] == 1


def test_other_rows_go_whole(page: Callable[[Widget], Wire]) -> None:
    """A new row, one that is gone and a new order are sent as a whole, in one message."""
    widget = ItemList(MODELS)
    seen = page(widget)
    for rows in ([*MODELS, {"id": "d"}], MODELS, MODELS[::-1]):
        widget.set_items(rows)
        sent = seen.take()
        assert [message["method"] for message, _ in sent] == ["update"]
        assert json.loads(sent[0][1][0])["rows"] == rows


def test_the_same_rows_send_nothing(page: Callable[[Widget], Wire]) -> None:
    """Setting what is there already is silent."""
    widget = ItemList(MODELS)
    seen = page(widget)
    widget.set_items([{**row} for row in MODELS])
    widget.update_item({**MODELS[0]})
    widget.update_item({"id": "unknown"})
    assert seen.take() == []


def test_one_row_is_updated(page: Callable[[Widget], Wire]) -> None:
    """A single row can be replaced; updating gives what creating would have given."""
    widget = ItemList(MODELS)
    seen = page(widget)
    widget.update_item({"id": "c", "title": "Z"})
    assert seen.take()
    assert _packed(widget)["rows"] == _packed(ItemList([*MODELS[:2], {"id": "c", "title": "Z"}]))["rows"]


def test_a_page_that_missed_a_change_gets_all(page: Callable[[Widget], Wire]) -> None:
    """A page that was still loading asks for the rows and gets them whole."""
    widget = ItemList(MODELS)
    seen = page(widget)
    seen.say({"kind": "rows"})
    sent = seen.take()
    assert [message["method"] for message, _ in sent] == ["update"]
    assert json.loads(sent[0][1][0])["rows"] == MODELS


def test_the_page_cannot_set_rows() -> None:
    """Rows and revision that a page sends are not taken."""
    widget = ItemList(MODELS)
    widget.set_state({"_rows": "[]", "_revision": 99})
    assert widget.rows == tuple(MODELS)
    assert widget.get_state("_revision") == {"_revision": 0}


def test_actions_of_a_row_arrive(page: Callable[[Widget], Wire], answers: list[Answer]) -> None:
    """An action that the row offers reaches the callback with the row's id."""
    seen = page(_listening([_provider()], answers))
    seen.act("edit", "p1")
    assert answers == [("edit", "p1", {})]


@pytest.mark.parametrize("name", ["edit", "delete"], ids=["offered", "not offered"])
def test_each_press_is_answered(page: Callable[[Widget], Wire], name: str) -> None:
    """The page hears when a press is done with, also one that fails or is not offered."""
    widget = ItemList([_provider()])

    def fail(*_answer: object) -> None:
        raise ValueError(name)

    widget.on_action(fail)
    seen = page(widget)
    message = {"kind": "action", "action": name, "id": "p1", "data": {}, "press": "p7"}
    with pytest.raises(ValueError, match=name) if name == "edit" else contextlib.nullcontext():
        seen.say(message)
    assert seen.contents() == [{"kind": "answered", "press": "p7"}]
    seen.say({**message, "action": "delete", "press": 7})
    assert seen.take() == []


@pytest.mark.parametrize(
    "content",
    [
        None,
        "edit",
        {"kind": "action"},
        {"kind": "action", "action": 3, "id": "p1", "data": {}},
        {"kind": "action", "action": "edit", "id": ["p1"], "data": {}},
        {"kind": "action", "action": "edit", "id": "p1", "data": []},
        {"kind": "action", "action": "edit", "id": "gone", "data": {}},
        {"kind": "action", "action": "refresh", "id": "p1", "data": {}},
        {"kind": "action", "action": "delete", "id": "p1", "data": {}},
        {"kind": "action", "action": "edit", "id": "", "data": {}},
        {"kind": "action", "action": "choose", "id": "p1", "data": {}},
        {"kind": "action", "action": "add", "id": "", "data": {"ids": ["p1"]}},
        {"kind": "action", "action": "elapsed", "id": "p1", "data": {}},
        {"kind": "other"},
    ],
    ids=repr,
)
def test_other_messages_are_ignored(
    page: Callable[[Widget], Wire], answers: list[Answer], content: object
) -> None:
    """Messages of a wrong shape, of unknown rows and of actions that are not offered do nothing."""
    page(_listening([_provider()], answers)).say(content)
    assert answers == []


def test_what_is_chosen_in_a_note_comes_with_its_actions(
    page: Callable[[Widget], Wire], answers: list[Answer]
) -> None:
    """A note's choice and box come with its action; what is none of the choices is not let in."""
    note = {
        "title": "Delete?",
        "select": {"label": "Provider", "options": [["x", "X"], ["y", "Y"]], "value": "y"},
        "check": {"label": "Tasks too", "value": True},
        "actions": [{"action": "delete_sure", "label": "Delete"}],
    }
    seen = page(_listening([_provider(note=note)], answers))
    seen.act("delete_sure", "p1", {"select": "x", "check": False, "more": 1})
    seen.act("delete_sure", "p1", {"select": "evil", "check": "yes"})
    assert answers == [
        ("delete_sure", "p1", {"select": "x", "check": False}),
        ("delete_sure", "p1", {"select": "y", "check": True}),
    ]


@pytest.mark.req("MD-10")
def test_the_end_of_a_countdown_is_told_when_it_is_over(
    page: Callable[[Widget], Wire], answers: list[Answer]
) -> None:
    """A page whose clock runs ahead cannot end a rate limit early."""
    widget = _listening([_provider(note={"until": time.time() + 60})], answers)
    seen = page(widget)
    seen.act("elapsed", "p1")
    assert answers == []
    widget.set_items([_provider(note={"until": time.time() - 1})])
    seen.act("elapsed", "p1")
    assert answers == [("elapsed", "p1", {})]


def test_models_are_added(page: Callable[[Widget], Wire], answers: list[Answer]) -> None:
    """Of the ids that are added only known ones come through, once, and none that is in the catalog."""
    seen = page(_listening(MODELS, answers, mode="pick"))
    seen.act("add", "", {"ids": ["c", "a", "b", "c", "unknown", 7]})
    for wrong in ({"ids": ["b"]}, {"ids": "a"}, {"ids": []}, {}):
        seen.act("add", "", wrong)
    assert answers == [("add", "", {"ids": ["c", "a"]})]


def test_an_id_is_added_by_hand(page: Callable[[Widget], Wire], answers: list[Answer]) -> None:
    """An id typed by hand arrives trimmed with its kind, and the page may empty its field (MD-8)."""
    seen = page(_listening([], answers, mode="pick"))
    seen.act("add_by_hand", "", {"model": " my-model\n", "kind": "embedding"})
    assert answers == [("add_by_hand", "", {"model": "my-model", "kind": "embedding"})]
    assert seen.contents() == [{"kind": "by_hand_done"}]
    for wrong in (
        {"model": "  ", "kind": "chat"},
        {"model": "x" * 600, "kind": "chat"},
        {"model": "x", "kind": "video"},
    ):
        seen.act("add_by_hand", "", wrong)
    assert len(answers) == 1
    assert seen.take() == []


def test_an_id_that_was_refused_stays_typed(page: Callable[[Widget], Wire]) -> None:
    """A callback that gives back False keeps the text that was typed by hand: nothing is lost."""
    widget = ItemList((), mode="pick")
    widget.on_action(lambda *_answer: False)
    seen = page(widget)
    seen.act("add_by_hand", "", {"model": "x", "kind": "chat"})
    assert seen.take() == []


def test_what_a_list_does_not_offer_is_not_asked_of_it(
    page: Callable[[Widget], Wire], answers: list[Answer]
) -> None:
    """A picker without adding, typing and searching elsewhere takes no such message."""
    seen = page(_listening(MODELS, answers, mode="pick", pick={"add": False, "by_hand": False}))
    seen.act("add", "", {"ids": ["a"]})
    seen.act("add_by_hand", "", {"model": "x", "kind": "chat"})
    seen.act("search_all", "", {"query": "x"})
    assert answers == []


def test_actions_of_the_list_itself(page: Callable[[Widget], Wire], answers: list[Answer]) -> None:
    """Buttons of the busy, empty and note states answer while these states show."""
    widget = _listening([], answers, mode="pick", pick={"search_all": True})
    seen = page(widget)
    for trait in ("busy", "empty", "note"):
        setattr(widget, trait, {"actions": [{"action": trait, "label": trait}]})
        seen.act(trait)
        setattr(widget, trait, None)
        seen.act(trait)
    seen.act("search_all", "", {"query": "llama"})
    assert [answer[0] for answer in answers] == ["busy", "empty", "note", "search_all"]
    assert answers[-1] == ("search_all", "", {"query": "llama"})


def test_choosing_in_a_rail(page: Callable[[Widget], Wire], answers: list[Answer]) -> None:
    """The chosen row is the current one by the time that the callback is called."""
    widget = ItemList([{"id": "x", "title": "X"}], mode="rail")
    widget.on_action(lambda action, row_id, _data: answers.append((action, row_id, widget.current)))
    seen = page(widget)
    seen.act("choose", "x")
    seen.act("choose", "gone")
    assert answers == [("choose", "x", "x")]


def test_selection_follows_the_page_and_the_rows() -> None:
    """What the page selects is seen in Python; rows that go or enter the catalog leave the selection."""
    widget = ItemList(MODELS, mode="pick")
    widget.set_state({"selected": ["c", "b", "a", "nonsense"]})
    assert widget.selected == ("c", "a")
    widget.set_state({"selected": "ca"})
    assert widget.selected == ("c", "a")
    widget.set_items([{"id": "a", "title": "A", "have": True}, MODELS[2]])
    assert widget.selected == ("c",)


def test_a_fresh_list_has_no_states() -> None:
    """Nothing is busy, empty or noted unless it is said."""
    widget = ItemList()
    assert (widget.busy, widget.empty, widget.note) == (None, None, None)


def test_one_widget_for_any_number_of_rows() -> None:
    """The number of widget models does not grow with the rows (P-7)."""
    before = len(Widget.get_manager_state()["state"])
    ItemList([{"id": str(number)} for number in range(5000)], mode="pick")
    assert len(Widget.get_manager_state()["state"]) - before <= 2  # itself and its layout


@pytest.mark.req("SEC-1")
def test_the_search_for_keys_in_saved_state_looks_into_rows(states: Callable[[], str], canary: str) -> None:
    """The tests that find no key in any state would find one in a row, which is saved as bytes."""
    ItemList([{"id": "a", "title": canary}])
    assert canary in states()
