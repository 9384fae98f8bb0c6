"""Confirmation questions: an answer carries what was asked, so that nothing else is done (SEC-8)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .arguments import Arguments
    from .views import ActionArgs, Answer, Note

_ASKS = "ask_"


def marked(name: str, answer: Answer) -> Answer:
    """The same answer; a question's buttons get the action that asked and a digest of the question.

    Args:
        name: The action. One that begins with ``ask_`` only asks.
        answer: Its answer.
    """
    question = answer.question
    if question is None or not name.startswith(_ASKS):
        return answer
    mark: ActionArgs = {"asked": name, "said": _digest(question)}
    actions = tuple(
        each if each.kind == "close" else replace(each, args={**(each.args or {}), **mark})
        for each in question.actions
    )
    return replace(answer, question=replace(question, actions=actions))


def asked_by(args: Arguments) -> str:
    """The action whose question is being answered; empty for none."""
    name = args.text("asked", "")
    return name if name.startswith(_ASKS) else ""


def says_the_same(question: Note, args: Arguments) -> bool:
    """Whether a question is still the one that the person read."""
    return _digest(question) == args.text("said", "")


def _digest(question: Note) -> str:
    return hashlib.sha256(repr(question).encode()).hexdigest()[:16]
