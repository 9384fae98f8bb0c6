"""The key field as Python sees it: a key comes once, as the answer to one question, and is kept nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dispatch_widgets.widgets import _gestures
from dispatch_widgets.widgets.secret_input import MAX_SECRET_CHARACTERS, SecretInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipywidgets import Widget
    from panel_driver.wire import Wire

    Answer = tuple[str, str]


def _submitting(answers: list[Answer]) -> SecretInput:
    field = SecretInput()
    field.on_submit(lambda source, value: answers.append((source, value)))
    return field


def _asked(seen: Wire) -> int:
    number: int = seen.contents()[-1]["asked"]
    return number


@pytest.mark.req("SEC-2")
def test_a_key_arrives_once(page: Callable[[Widget], Wire], answers: list[Answer], canary: str) -> None:
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
    page: Callable[[Widget], Wire], answers: list[Answer], canary: str
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
    page: Callable[[Widget], Wire], answers: list[Answer], change: dict[str, object]
) -> None:
    """Only an answer of the right shape to the question that is open is taken."""
    field = _submitting(answers)
    seen = page(field)
    field.submit()
    seen.say({"kind": "secret", "source": "typed", "value": "sk-x", "asked": _asked(seen), **change})
    assert answers == []


def test_clearing_withdraws_the_question(page: Callable[[Widget], Wire], answers: list[Answer]) -> None:
    """An answer that comes after the form was left does not overwrite newer input."""
    field = _submitting(answers)
    seen = page(field)
    field.submit()
    asked = _asked(seen)
    field.clear()
    seen.say({"kind": "secret", "source": "typed", "value": "sk-late", "asked": asked})
    assert answers == []


def test_an_empty_field_elsewhere_does_not_win(page: Callable[[Widget], Wire], answers: list[Answer]) -> None:
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
    page: Callable[[Widget], Wire], answers: list[Answer]
) -> None:
    """Asked for a press in one window, neither a key nor an empty field of another is taken."""
    field = _submitting(answers)
    field.set_state({"filled": True})
    seen = page(field)
    with _gestures.answering("here:4"):
        field.submit()
    assert seen.contents()[-1] == {"kind": "collect", "asked": 1, "gesture": "here:4"}
    answer = {"kind": "secret", "source": "typed", "asked": 1}
    seen.say({**answer, "value": "sk-there", "gesture": "there:9"})
    seen.say({**answer, "value": "sk-nowhere"})
    assert answers == []
    seen.say({**answer, "value": "", "gesture": "here:4"})  # it keeps the saved key, whatever is typed there
    assert answers == [("typed", "")]


@pytest.mark.req("SEC-3")
def test_an_empty_field_says_so(page: Callable[[Widget], Wire], answers: list[Answer]) -> None:
    """An empty field answers with an empty text, which an edit takes as "keep the key"."""
    field = _submitting(answers)
    seen = page(field)
    field.submit()
    seen.say({"kind": "secret", "source": "typed", "value": "  ", "asked": _asked(seen)})
    assert answers == [("typed", "")]


@pytest.mark.req("SEC-4")
def test_a_variable_is_its_name(page: Callable[[Widget], Wire], answers: list[Answer]) -> None:
    """With the environment chosen, what arrives is the variable's name."""
    field = _submitting(answers)
    seen = page(field)
    field.submit()
    seen.say({"kind": "secret", "source": "variable", "value": "MY_KEY", "asked": _asked(seen)})
    assert answers == [("variable", "MY_KEY")]
