"""The six tasks that can be given a model (the Dispatch app's own list)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from .._terms import Capability

Task = Literal["summarize", "classify", "grade", "embed", "digest", "skill"]
"""A task that can be given a model."""

TASKS: tuple[Task, ...] = get_args(Task)

TASK_PURPOSE: dict[Task, str] = {
    "summarize": "One line and the key points of an article",
    "classify": "Topic tags",
    "grade": "A score for quality",
    "embed": "Vectors for related articles",
    "digest": "The daily briefing",
    "skill": "Agents that fetch and extract",
}

TASK_NEEDS: dict[Task, Capability] = {task: "embedding" if task == "embed" else "chat" for task in TASKS}
"""The capability that a model must have to do the task."""
