"""The list, the key field and the panel's root as Python sees them: what goes out, what is let in."""

from __future__ import annotations

import contextlib
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets.widgets import _gestures
from dispatch_widgets.widgets._parts import id_parts
from dispatch_widgets.widgets.item_list import ItemList, Row, panel_css
from dispatch_widgets.widgets.panel_root import PanelRoot
from dispatch_widgets.widgets.secret_input import MAX_SECRET_CHARACTERS, SecretInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipywidgets import Widget


class Page:
    """Stands for the page: keeps what a widget sends, and answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, widget: Widget) -> None:
        self.widget = widget
        self.sent: list[tuple[dict[str, Any], list[bytes]]] = []
        monkeypatch.setattr(widget, "_send", self._keep)

    def _keep(self, message: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        self.sent.append((message, list(buffers or ())))

    def take(self) -> list[tuple[dict[str, Any], list[bytes]]]:
        """What was sent since it was asked for last."""
        sent, self.sent = self.sent, []
        return sent

    def say(self, content: object) -> None:
        """A custom message from the page."""
        self.widget._handle_custom_msg(content, [])

    def act(self, action: object, row_id: object = "", data: object = None) -> None:
        """An answer of a list."""
        self.say({"kind": "action", "action": action, "id": row_id, "data": {} if data is None else data})


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Callable[[Widget], Page]:
    """Puts a page before a widget."""
    return lambda widget: Page(monkeypatch, widget)


@pytest.fixture
def answers() -> list[tuple[str, str, dict[str, Any]]]:
    """Where the answers of a list are kept."""
    return []


@pytest.fixture(autouse=True)
def _no_widget_stays() -> Iterator[None]:
    """No widget of one test is seen by another."""
    from ipywidgets import Widget

    yield
    Widget.close_all()


def _packed(widget: ItemList) -> dict[str, Any]:
    state = widget.get_state("_rows")
    loaded: dict[str, Any] = json.loads(state["_rows"])
    return loaded


def _listening(rows: list[Row], answers: list[Any], **traits: Any) -> ItemList:
    widget = ItemList(rows, **traits)
    widget.on_action(lambda *answer: answers.append(answer))
    return widget


MODELS: list[Row] = [
    {"id": "a", "title": "A", "kind": "chat"},
    {"id": "b", "title": "B", "kind": "embedding", "have": True},
    {"id": "c", "title": "C"},
]


def _provider(**more: Any) -> Row:
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


def test_a_few_changed_rows_go_alone(page: Callable[[Widget], Page]) -> None:
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


def test_other_rows_go_whole(page: Callable[[Widget], Page]) -> None:
    """A new row, one that is gone and a new order are sent as a whole, in one message."""
    widget = ItemList(MODELS)
    seen = page(widget)
    for rows in ([*MODELS, {"id": "d"}], MODELS, MODELS[::-1]):
        widget.set_items(rows)
        sent = seen.take()
        assert [message["method"] for message, _ in sent] == ["update"]
        assert json.loads(sent[0][1][0])["rows"] == rows


def test_the_same_rows_send_nothing(page: Callable[[Widget], Page]) -> None:
    """Setting what is there already is silent."""
    widget = ItemList(MODELS)
    seen = page(widget)
    widget.set_items([{**row} for row in MODELS])
    widget.update_item({**MODELS[0]})
    widget.update_item({"id": "unknown"})
    assert seen.take() == []


def test_one_row_is_updated(page: Callable[[Widget], Page]) -> None:
    """A single row can be replaced; updating gives what creating would have given."""
    widget = ItemList(MODELS)
    seen = page(widget)
    widget.update_item({"id": "c", "title": "Z"})
    assert seen.take()
    assert _packed(widget)["rows"] == _packed(ItemList([*MODELS[:2], {"id": "c", "title": "Z"}]))["rows"]


def test_a_page_that_missed_a_change_gets_all(page: Callable[[Widget], Page]) -> None:
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


def test_actions_of_a_row_arrive(page: Callable[[Widget], Page], answers: list[Any]) -> None:
    """An action that the row offers reaches the callback with the row's id."""
    seen = page(_listening([_provider()], answers))
    seen.act("edit", "p1")
    assert answers == [("edit", "p1", {})]


@pytest.mark.parametrize("name", ["edit", "delete"], ids=["offered", "not offered"])
def test_each_press_is_answered(page: Callable[[Widget], Page], name: str) -> None:
    """The page hears when a press is done with, also one that fails or is not offered."""
    widget = ItemList([_provider()])

    def fail(*_answer: object) -> None:
        raise ValueError(name)

    widget.on_action(fail)
    seen = page(widget)
    message = {"kind": "action", "action": name, "id": "p1", "data": {}, "press": "p7"}
    with pytest.raises(ValueError, match=name) if name == "edit" else contextlib.nullcontext():
        widget._on_message(widget, message, [])
    assert [message["content"] for message, _ in seen.take()] == [{"kind": "answered", "press": "p7"}]
    widget._on_message(widget, {**message, "action": "delete", "press": 7}, [])
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
    page: Callable[[Widget], Page], answers: list[Any], content: object
) -> None:
    """Messages of a wrong shape, of unknown rows and of actions that are not offered do nothing."""
    page(_listening([_provider()], answers)).say(content)
    assert answers == []


def test_what_is_chosen_in_a_note_comes_with_its_actions(
    page: Callable[[Widget], Page], answers: list[Any]
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
    page: Callable[[Widget], Page], answers: list[Any]
) -> None:
    """A page whose clock runs ahead cannot end a rate limit early."""
    widget = _listening([_provider(note={"until": time.time() + 60})], answers)
    seen = page(widget)
    seen.act("elapsed", "p1")
    assert answers == []
    widget.set_items([_provider(note={"until": time.time() - 1})])
    seen.act("elapsed", "p1")
    assert answers == [("elapsed", "p1", {})]


def test_models_are_added(page: Callable[[Widget], Page], answers: list[Any]) -> None:
    """Of the ids that are added only known ones come through, once, and none that is in the catalog."""
    seen = page(_listening(MODELS, answers, mode="pick"))
    seen.act("add", "", {"ids": ["c", "a", "b", "c", "unknown", 7]})
    for wrong in ({"ids": ["b"]}, {"ids": "a"}, {"ids": []}, {}):
        seen.act("add", "", wrong)
    assert answers == [("add", "", {"ids": ["c", "a"]})]


def test_an_id_is_added_by_hand(page: Callable[[Widget], Page], answers: list[Any]) -> None:
    """An id typed by hand arrives trimmed with its kind, and the page may empty its field (MD-8)."""
    seen = page(_listening([], answers, mode="pick"))
    seen.act("add_by_hand", "", {"model": " my-model\n", "kind": "embedding"})
    assert answers == [("add_by_hand", "", {"model": "my-model", "kind": "embedding"})]
    assert [message["content"] for message, _ in seen.take()] == [{"kind": "by_hand_done"}]
    for wrong in (
        {"model": "  ", "kind": "chat"},
        {"model": "x" * 600, "kind": "chat"},
        {"model": "x", "kind": "video"},
    ):
        seen.act("add_by_hand", "", wrong)
    assert len(answers) == 1
    assert seen.take() == []


def test_an_id_that_was_refused_stays_typed(page: Callable[[Widget], Page]) -> None:
    """A callback that gives back False keeps the text that was typed by hand: nothing is lost."""
    widget = ItemList((), mode="pick")
    widget.on_action(lambda *_answer: False)
    seen = page(widget)
    seen.act("add_by_hand", "", {"model": "x", "kind": "chat"})
    assert seen.take() == []


def test_what_a_list_does_not_offer_is_not_asked_of_it(
    page: Callable[[Widget], Page], answers: list[Any]
) -> None:
    """A picker without adding, typing and searching elsewhere takes no such message."""
    seen = page(_listening(MODELS, answers, mode="pick", pick={"add": False, "by_hand": False}))
    seen.act("add", "", {"ids": ["a"]})
    seen.act("add_by_hand", "", {"model": "x", "kind": "chat"})
    seen.act("search_all", "", {"query": "x"})
    assert answers == []


def test_actions_of_the_list_itself(page: Callable[[Widget], Page], answers: list[Any]) -> None:
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


def test_choosing_in_a_rail(page: Callable[[Widget], Page], answers: list[Any]) -> None:
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
    from ipywidgets.widgets.widget import _instances

    before = len(_instances)
    ItemList([{"id": str(number)} for number in range(5000)], mode="pick")
    assert len(_instances) - before <= 2  # itself and its layout


def test_a_list_that_stands_alone_can_ask_for_its_looks(page: Callable[[Widget], Page]) -> None:
    """Without a panel around it, a component gets the style sheet on request."""
    for widget in (ItemList(), SecretInput()):
        seen = page(widget)
        seen.say({"kind": "styles"})
        assert [message["content"] for message, _ in seen.take()] == [{"kind": "styles", "css": panel_css()}]


def _submitting(answers: list[Any]) -> SecretInput:
    field = SecretInput()
    field.on_submit(lambda source, value: answers.append((source, value)))
    return field


def _asked(seen: Page) -> int:
    contents = [message["content"] for message, _ in seen.take() if message["method"] == "custom"]
    number: int = contents[-1]["asked"]
    return number


@pytest.mark.req("SEC-2")
def test_a_key_arrives_once(page: Callable[[Widget], Page], answers: list[Any], canary: str) -> None:
    """The content comes as the answer to one question; a second answer is not taken."""
    field = _submitting(answers)
    seen = page(field)
    field.submit()
    asked = _asked(seen)
    for _ in range(2):
        seen.say({"kind": "secret", "source": "typed", "value": f" {canary}\n", "asked": asked})
    assert answers == [("typed", canary)]


@pytest.mark.req("SEC-1", "SEC-2")
def test_a_key_is_in_no_state_and_no_message(
    page: Callable[[Widget], Page], answers: list[Any], canary: str
) -> None:
    """After a submission neither the widget's state, nor what it sends, nor the message holds the key."""
    field = _submitting(answers)
    seen = page(field)
    field.submit()
    message = {"kind": "secret", "source": "typed", "value": canary, "asked": _asked(seen)}
    seen.say(message)
    field.error = "No"
    field.clear()
    assert answers == [("typed", canary)]
    assert canary not in repr(field.get_state())
    assert canary not in repr(seen.take())
    assert canary not in repr(message)
    assert canary not in repr(field) + str(vars(field))
    assert not any(canary in repr(getattr(field, name)) for name in field.trait_names(sync=True))


@pytest.mark.req("SEC-2")
@pytest.mark.parametrize(
    "change",
    [
        {"asked": 7},
        {"asked": None},
        {"source": "elsewhere"},
        {"value": None},
        {"value": "x" * (MAX_SECRET_CHARACTERS + 1)},
    ],
    ids=["another question", "no question", "unknown source", "no text", "endless text"],
)
def test_an_answer_that_was_not_asked_for_is_ignored(
    page: Callable[[Widget], Page], answers: list[Any], change: dict[str, Any]
) -> None:
    """Only an answer of the right shape to the question that is open is taken."""
    field = _submitting(answers)
    seen = page(field)
    field.submit()
    seen.say({"kind": "secret", "source": "typed", "value": "sk-x", "asked": _asked(seen), **change})
    assert answers == []


def test_clearing_withdraws_the_question(page: Callable[[Widget], Page], answers: list[Any]) -> None:
    """An answer that comes after the form was left does not overwrite newer input."""
    field = _submitting(answers)
    seen = page(field)
    field.submit()
    asked = _asked(seen)
    field.clear()
    seen.say({"kind": "secret", "source": "typed", "value": "sk-late", "asked": asked})
    assert answers == []


def test_an_empty_field_elsewhere_does_not_win(page: Callable[[Widget], Page], answers: list[Any]) -> None:
    """Of two browsers that show the field the one that holds the key is heard."""
    field = _submitting(answers)
    field.set_state({"filled": True})
    seen = page(field)
    field.submit()
    asked = _asked(seen)
    seen.say({"kind": "secret", "source": "typed", "value": "", "asked": asked})
    seen.say({"kind": "secret", "source": "typed", "value": "sk-x", "asked": asked})
    assert answers == [("typed", "sk-x")]


@pytest.mark.req("SEC-2")
def test_only_the_window_where_save_was_pressed_gives_its_key(
    page: Callable[[Widget], Page], answers: list[Any]
) -> None:
    """Asked for a press in one window, neither a key nor an empty field of another is taken."""
    field = _submitting(answers)
    field.set_state({"filled": True})
    seen = page(field)
    with _gestures.answering("here:4"):
        field.submit()
    message = [message["content"] for message, _ in seen.take() if message["method"] == "custom"][-1]
    assert message == {"kind": "collect", "asked": 1, "gesture": "here:4"}
    answer = {"kind": "secret", "source": "typed", "asked": 1}
    seen.say({**answer, "value": "sk-there", "gesture": "there:9"})
    seen.say({**answer, "value": "sk-nowhere"})
    assert answers == []
    seen.say({**answer, "value": "", "gesture": "here:4"})  # it keeps the saved key, whatever is typed there
    assert answers == [("typed", "")]


@pytest.mark.req("SEC-9")
def test_what_moves_the_focus_names_what_it_answers(page: Callable[[Widget], Page]) -> None:
    """The answer to an action of a list carries the name of the gesture, for every widget; code has none."""
    row: Row = {"id": "One", "title": "One", "actions": [{"action": "edit", "label": "Edit"}]}
    shown, root, field = ItemList([row]), PanelRoot(), SecretInput()
    seen = [page(widget) for widget in (shown, root, field)]

    def move(*_answer: object) -> None:
        shown.focus("One")
        root.focus(".dw-name")
        field.focus()

    def gestures() -> list[Any]:
        contents = [message["content"] for each in seen for message, _ in each.take()]
        return [content.get("gesture") for content in contents if content["kind"] == "focus"]

    shown.on_action(move)
    action = {"kind": "action", "action": "edit", "id": "One", "data": {}}
    seen[0].say({**action, "gesture": "here:4"})
    assert gestures() == ["here:4"] * 3
    for gesture in (None, 4, "x" * 65):
        seen[0].say({**action, "gesture": gesture})
        assert gestures() == [None] * 3
    move()
    assert gestures() == [None] * 3


@pytest.mark.req("SEC-3")
def test_an_empty_field_says_so(page: Callable[[Widget], Page], answers: list[Any]) -> None:
    """An empty field answers with an empty text, which an edit takes as "keep the key"."""
    field = _submitting(answers)
    seen = page(field)
    field.submit()
    seen.say({"kind": "secret", "source": "typed", "value": "  ", "asked": _asked(seen)})
    assert answers == [("typed", "")]


@pytest.mark.req("SEC-4")
def test_a_variable_is_its_name(page: Callable[[Widget], Page], answers: list[Any]) -> None:
    """With the environment chosen, what arrives is the variable's name."""
    field = _submitting(answers)
    seen = page(field)
    field.submit()
    seen.say({"kind": "secret", "source": "variable", "value": "MY_KEY", "asked": _asked(seen)})
    assert answers == [("variable", "MY_KEY")]


def test_the_root_speaks_focuses_and_copies(page: Callable[[Widget], Page]) -> None:
    """Each of the root's commands is one message to the page."""
    root = PanelRoot()
    seen = page(root)
    root.say("Saved")
    root.focus(".dw-name")
    root.copy("text", said="Path copied")
    assert [message["content"] for message, _ in seen.take()] == [
        {"kind": "say", "text": "Saved"},
        {"kind": "focus", "selector": ".dw-name"},
        {"kind": "copy", "text": "text", "said": "Path copied"},
    ]


def test_the_root_answers_so_that_a_form_can_wait(page: Callable[[Widget], Page]) -> None:
    """A page that holds back a press until the kernel has all its input gets its answer."""
    seen = page(PanelRoot())
    for message in (None, {"kind": "pong"}, {"kind": "ping"}, {"kind": "ping", "press": "p1"}):
        seen.say(message)
    answers = [{"kind": "pong", "press": ""}, {"kind": "pong", "press": "p1"}]
    assert [message["content"] for message, _ in seen.take()] == answers


def test_the_root_carries_the_looks() -> None:
    """The style sheet is part of the root's state, so that a saved page keeps its looks."""
    assert PanelRoot().get_state("_css") == {"_css": panel_css()}
    assert panel_css().count("{") == panel_css().count("}")


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
def test_an_id_is_cut_where_it_gives_way(parts: list[str]) -> None:
    """What Python writes of an id has the same parts as what the lists draw: head, middle, end."""
    assert id_parts("".join(parts)) == parts
