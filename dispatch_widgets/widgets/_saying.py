"""What the Router tab says under a task: why it has no model, what is off with it, how a try went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from .._text import clean
from ..settings.tasks import TASK_NEEDS
from ._base import BasePanel
from ._tasks import Said
from ._troubles import TRY_AGAIN, may_pass, not_saved
from ._unlisted import unlisted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..errors import DispatchError
    from ..settings.schema import Assignment, CatalogEntry, Provider
    from ..settings.tasks import Task
    from ._tasks import TaskRow, Trial


class Saying(BasePanel):
    """What `RouterPanel` is built on: the words of its rows."""

    def save_again(self, task: str) -> None:
        """Try once more to save a choice.

        Args:
            task: The task.
        """
        raise NotImplementedError

    def stop_trying(self, task: str) -> None:
        """Stop a try that is under way.

        Args:
            task: The task.
        """
        raise NotImplementedError

    def _said(
        self,
        row: TaskRow,
        given: Assignment | None,
        entry: CatalogEntry | None,
        providers: Mapping[str, Provider],
        *,
        none_fits: bool,
    ) -> Said | None:
        """What there is to say about a task."""
        needed = TASK_NEEDS[row.task]
        if row.trouble is not None:
            return self._said_of_trouble(row, row.trouble)
        if row.trial is not None and (said := self._said_of_trial(row, row.trial)):
            return said
        if given is not None and given.problem:
            return self._said_of_problem(given.problem, entry)
        if entry is None:
            return self._said_of_none(needed) if none_fits else None
        return self._said_of_doubt(row.task, entry, providers)

    def _said_of_trouble(self, row: TaskRow, trouble: DispatchError) -> Said:
        words = f"{not_saved(trouble)} {trouble.hint}".strip()
        if row.wanted is None or not may_pass(trouble):
            return Said(words, "error")
        return Said(words, "error", TRY_AGAIN, lambda: self.save_again(row.task))

    def _said_of_doubt(
        self, task: Task, entry: CatalogEntry, providers: Mapping[str, Provider]
    ) -> Said | None:
        """What there is to say about an entry that can be used and may not be the right one."""
        owner = providers.get(entry.provider_id or "")
        name = clean(owner.name) if owner is not None else "Its provider"
        match self._doubt(entry, task):
            case "gone":
                return Said(f"{name} no longer lists this model. It may still answer.", "warn")
            case "kind":
                kind = "an embedding" if TASK_NEEDS[task] == "embedding" else "a chat"
                return Said(f"{task} needs {kind} model, and this one is none.", "warn")
        listed = self.hub.models(entry.provider_id or "")
        if entry.id not in self.hub.kept and unlisted(listed, [entry.model]):
            return Said(f"{name} does not list this model. It may answer all the same.", "")
        return None

    def _doubt(self, entry: CatalogEntry, task: Task) -> Literal["gone", "kind"] | None:
        """Why a task's entry, although it can be used, may not be the right one."""
        if (entry.provider_id or "", entry.model) in self.hub.gone:
            return "gone"
        fits = TASK_NEEDS[task] in self.hub.kinds()[entry.id].capabilities
        return None if fits else "kind"

    def _said_of_trial(self, row: TaskRow, trial: Trial) -> Said | None:
        entry = self.service.settings.entry(trial.entry_id)
        provider_id = entry.provider_id if entry is not None else None

        def lead(to_key: bool) -> None:
            self.go("providers", provider_id=provider_id, replace_key=to_key)

        known = self.host is not None and bool(provider_id)
        said = trial.said(stop=lambda: self.stop_trying(row.task), lead=lead if known else None)
        if said is not None and not trial.running and not trial.told:
            trial.told = True
            self.root.say(f"{row.task}: {said.words}")
        return said

    def _said_of_problem(self, problem: str, entry: CatalogEntry | None) -> Said:
        if entry is None:
            return Said(problem, "error")
        if entry.unconverted:
            return Said(problem, "error", "Convert it", lambda: self.go("settings", convert=True))
        return Said(problem, "error", "Give a provider", lambda: self.go("models", entry_id=entry.id))

    def _said_of_none(self, needed: str) -> Said | None:
        catalog = self.service.catalog
        if not catalog:
            return None  # the whole tab says so
        kinds = self.hub.kinds()
        could = next((e for e in catalog if e.problem and needed in kinds[e.id].capabilities), None)
        if could is not None:
            problem = "It is not converted yet." if could.unconverted else could.problem
            said = self._said_of_problem(problem, could)
            words = f"{clean(could.title, 80)} could do it, but cannot be used. {problem}"
            return Said(words, "warn", said.action, said.on_click)
        lists = [self.hub.models(provider.id) for provider in self.service.get_providers()]
        count = sum(model.kind == needed for models in lists if models is not None for model in models)
        words = f"No {needed} model in the catalog."
        if count:
            words += f" Your providers list {count:,}."
        return Said(words, "warn", "Choose one in Models", lambda: self.go("models", kind=needed))
