"""The rows of the Router tab: what a task's row is made of, and what is said in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .._text import clean, escaped
from ..errors import ConsentNeededError, DiscoveryError, DispatchError, MissingVariableError
from ..settings.tasks import TASK_PURPOSE
from ._parts import Message, box, button, classed, make, markup, model_id, say, text, write
from ._states import message_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from ..settings.schema import CatalogEntry
    from ..settings.tasks import Task
    from ..trying import TryResult

    Lead = Callable[[bool], object]

NOT_SET = ""
SAVING = "Saving…"


def pick_class(task: str) -> str:
    """The class name of a task's choice, by which the focus finds it."""
    return f"dw-pick-{task}"


@dataclass(frozen=True, slots=True)
class Said:
    """What is said under a task.

    Attributes:
        words: What it says.
        tone: ``ok``, ``error``, ``warn``, or empty.
        action: The name of the button after it; empty for none.
        on_click: What that does.
    """

    words: str
    tone: str
    action: str = ""
    on_click: Callable[[], object] | None = None


@dataclass
class Trial:
    """One try of a task's model.

    Attributes:
        entry_id: The entry that was tried: what came of it is true of no other.
        future: The request; None if there was nothing to ask.
        refused: Why there was nothing to ask.
        told: Whether its end was said aloud.
    """

    entry_id: str
    future: Future[TryResult] | None = None
    refused: DispatchError | None = None
    told: bool = False

    @property
    def running(self) -> bool:
        """Whether the answer is still on its way."""
        return self.future is not None and not self.future.done()

    def cancel(self) -> None:
        """Stop asking."""
        if self.future is not None:
            self.future.cancel()

    def said(self, *, stop: Callable[[], object], lead: Lead | None) -> Said | None:
        """What there is to say about it; None if it was stopped.

        Args:
            stop: Stops it.
            lead: Leads to the provider, or to its key if the argument is True; None where there is no way.
        """
        if self.running:
            from ..trying import TRY_TIMEOUT_SECONDS  # loaded by now: it is what asks

            seconds = f"{TRY_TIMEOUT_SECONDS:.0f} s at most"
            return Said(f"Asking for a few tokens, {seconds}…", "", "Cancel", stop)
        if self.future is None or self.future.cancelled():
            return _said_of(self.refused, lead) if self.refused is not None else None
        failure = self.future.exception()
        if failure is not None:
            known = failure if isinstance(failure, DispatchError) else DispatchError(type(failure).__name__)
            return _said_of(known, lead)
        result = self.future.result()
        if result.error is not None:
            return _said_of(result.error, lead, f" ({result.latency_seconds:.2f} s)")
        return Said(clean(result.summary, 600), "ok")


def _said_of(error: DispatchError, lead: Lead | None, after: str = "") -> Said:
    words = f"{clean(message_of(error), 600)} {clean(error.hint, 400)}".strip() + after
    if lead is None or not isinstance(error, ConsentNeededError | MissingVariableError | DiscoveryError):
        return Said(words, "error")
    if isinstance(error, DiscoveryError) and error.kind == "INVALID_CREDENTIALS":
        return Said(words, "error", "Replace key", partial(lead, True))
    return Said(words, "error", "Go to provider", partial(lead, False))


@dataclass
class TaskRow:
    """The widgets of one task, and what its row remembers.

    Attributes:
        task: The task.
        pick: The choice of entries.
        model: The model's id, beside the choice.
        info: What stands beside the choice: Try, and the model or "Saved".
        row: The whole row.
        saved: "Saved" and Undo; made when they are first needed.
        saving: "Saving…"; made when it is first needed.
        try_it: The button that tries the model; made when there is one.
        message: What is off with the task; made when there is something to say.
        before: What the task had before its last change here: an entry's id, or empty for none; None
            when there is nothing to undo.
        trouble: Why the last change was not saved.
        wanted: The choice that is being saved, or was not saved for now; None if there is none.
        trial: The last try, as long as the task has the entry that was tried.
    """

    task: Task
    pick: widgets.Dropdown
    model: widgets.HTML
    info: widgets.HBox
    row: widgets.HBox
    saved: tuple[widgets.Widget, ...] = ()
    saving: Any = None
    try_it: Any = None
    message: Message | None = None
    before: str | None = None
    trouble: DispatchError | None = None
    wanted: str | None = None
    trial: Trial | None = field(default=None)

    @classmethod
    def of(cls, task: Task) -> TaskRow:
        """The row of a task, with nothing chosen.

        Args:
            task: The task.
        """
        name = markup(
            f'<div class="dw-h dw-taskid">{escaped(task)}</div>'
            f'<div class="dw-sub">{escaped(TASK_PURPOSE[task])}</div>',
            "dw-task-name",
        )
        pick = make(
            widgets.Dropdown, description=f"Entry for {task}", options=[("Not set", NOT_SET)], value=NOT_SET
        )
        classed(pick, f"dw-field dw-bare dw-task-pick {pick_class(task)}")
        model = markup("", "dw-sub")
        info = box(model, classes="dw-outcome dw-task-info", row=True)
        return cls(task, pick, model, info, box(name, pick, info, classes="dw-task", row=True))

    def draw_info(
        self,
        entry: CatalogEntry | None,
        *,
        can_try: bool,
        none_fits: bool,
        on_try: Callable[[], object],
        on_undo: Callable[[], object],
    ) -> None:
        """Draw what stands beside the choice.

        Args:
            entry: The entry that the task has.
            can_try: Whether its model can be tried.
            none_fits: Whether there is no entry to choose.
            on_try: Tries it.
            on_undo: Takes the last choice back.
        """
        if entry is not None:
            write(self.model, model_id(entry.model))
        else:
            say(self.model, "" if none_fits else "Code that asks for it gets an error")
        saving = self.wanted is not None and self.trouble is None
        if saving and self.saving is None:
            self.saving = text(SAVING, "dw-sub")
        done = self.before is not None and self.trouble is None
        if done and not self.saved:
            undo = button("Undo", on_undo, classes="dw-link")
            self.saved = (text("Saved", "dw-done dw-i-check"), undo)
        if can_try and self.try_it is None:
            self.try_it = button(
                "Try", on_try, classes="dw-link", title=f"Ask the model of {self.task} for a few tokens"
            )
        outcome = (self.saving,) if saving else self.saved if done else (self.model,)
        parts = (*((self.try_it,) if can_try else ()), *outcome)
        if self.info.children != parts:
            self.info.children = parts
        if self.try_it is not None:
            self.try_it.disabled = self.trial is not None and self.trial.running

    def close_all(self) -> None:
        """Close what may have no place in the row just now, and stop a try."""
        if self.trial is not None:
            self.trial.cancel()
        for part in (self.model, *self.saved, self.saving, self.try_it):
            if part is not None:
                part.close()
