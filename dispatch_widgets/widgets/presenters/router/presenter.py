"""The Router tab: the catalog entry of each task, saved at once, with Undo."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from ...._text import clean, plural
from ....errors import InvalidInputError
from ....settings.tasks import TASK_NEEDS, TASK_PURPOSE, TASKS
from ..._unlisted import unlisted
from ..models.kinds import kind_words
from ..shared.failures import may_pass, not_saved
from ..shared.file_notice import to_convert
from ..shared.presenter import Presenter
from ..shared.tries import Tries, tried
from ..shared.views import (
    Action,
    Answer,
    Choice,
    EmptyState,
    Focus,
    Note,
    Option,
    Row,
    Run,
    Section,
    View,
    joined,
)
from .snippets import snippets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ....service import SettingsService
    from ....settings.schema import Assignment, CatalogEntry, Provider, Settings
    from ....settings.tasks import Task
    from ..hub.events import Events
    from ..shared.arguments import Arguments
    from ..shared.presenter import Handler
    from ..shared.views import Tab

_NOT_SET = ""
_EMPTY = EmptyState(
    "No entries to choose from",
    "A task takes an entry of the catalog. Pick some models first, then say here which one each task uses.",
    (Action("models", "Choose models", kind="go", style="primary"),),
)


class RouterPresenter(Presenter):
    """The six tasks, each with the entries that can do it.

    Args:
        service: The service to show; the default file's if None.
    """

    tab: ClassVar[Tab] = "router"
    name: ClassVar[str] = "Router"

    def _set_up(self) -> None:
        self._tries = Tries(self.hub)
        self._not_saved: dict[str, str] = {}  # selected entries, by task, that could not be saved yet
        self._snippet_task: Task = "summarize"

    def close(self) -> None:
        """Cancel running tries, and stop following the service."""
        self._tries.stop_all()
        super().close()

    def _own_handlers(self) -> dict[str, Handler]:
        return {
            "choose": lambda args: self._choose(_task(args), args.text("choice")),
            "try_task": self._try,
            "stop_try": lambda args: self._tries.stop(_task(args)),
        }

    # ---- doing

    def _try(self, args: Arguments) -> None:
        task = _task(args)
        given = self.service.assignments.get(task)
        if given is not None:
            entry = self.service.settings.entry(given.model_id)
            self._tries.start(task, tried(entry), lambda: self.service.start_try(task))

    def _choose(self, task: Task, entry_id: str) -> Answer:
        self._not_saved[task] = entry_id
        before = self.service.assignments.get(task)
        if entry_id == (before.model_id if before is not None else _NOT_SET):
            self._not_saved.pop(task)
            return Answer()
        if entry_id:
            self.service.assign(task, entry_id)
        else:
            self.service.unassign(task)
        self._not_saved.pop(task, None)
        self.failures.clear(task)  # Try again leaves it to this
        self._snippet_task = task
        focus = Focus(row=task, action="choose")
        self.undo.offer(task, "Saved", lambda: Answer(say="Undone", focus=focus), says_too_late=False)
        return Answer(say="Saved", focus=focus)

    # ---- showing

    def _concerns(self, events: Events) -> bool:
        return any(event.what in {"settings", "discovery", "panels"} for event in events)

    def _handle_events(self, events: Events) -> None:  # noqa: ARG002
        for task, words in self._tries.newly_answered():
            self._say(f"{task}: {words}")

    def _tab_view(self) -> View:
        settings = self.service.settings
        providers = {provider.id: provider for provider in self.service.get_providers()}
        entries = {entry.id: entry for entry in reversed(settings.catalog)}
        given = {found.task: found for found in reversed(settings.assignments)}
        self._tries.keep({task: tried(entries.get(found.model_id)) for task, found in given.items()})
        options = {needed: self._options(settings, providers, needed) for needed in ("chat", "embedding")}
        rows = tuple(
            self._row(task, given.get(task), entries, providers, options[TASK_NEEDS[task]]) for task in TASKS
        )
        attention = self._attention(settings, entries)
        fact = f"{attention} need{'s' if attention == 1 else ''} attention" if attention else ""
        tasks = Section("tasks", plural(len(TASKS), "task"), fact, rows=rows, options=options)
        use_it = self._use_it(given, entries, providers)
        return View(
            self.tab,
            self.name,
            attention,
            empty=None if settings.catalog or self.file_notice.something_missing else _EMPTY,
            sections=(tasks,) if use_it is None else (tasks, use_it),
        )

    def _attention(self, settings: Settings, entries: Mapping[str, CatalogEntry]) -> int:
        """The number of tasks whose entry cannot be used, is no longer listed, or does not fit.

        A task without an entry is not counted: not everybody needs all six.
        """
        found = {task: settings.assignments.get(task) for task in TASKS}
        return sum(
            bool(given.problem or given.app_problem) or bool(self._doubt(entries[given.model_id], task))
            for task, given in found.items()
            if given is not None
        )

    def _options(
        self, settings: Settings, providers: Mapping[str, Provider], needed: str
    ) -> tuple[Option, ...]:
        kinds = self.hub.cache.kinds(settings.catalog)
        fitting = [
            Option(entry.id, _label(entry, providers, unknown=kinds[entry.id].known == "unknown"))
            for entry in settings.catalog
            if not entry.problem and needed in kinds[entry.id].capabilities
        ]
        counts = Counter(option.label for option in fitting)
        return tuple(
            Option(option.value, f"{option.label} ({clean(option.value, 40)})")
            if counts[option.label] > 1
            else option
            for option in fitting
        )

    def _row(
        self,
        task: Task,
        given: Assignment | None,
        entries: Mapping[str, CatalogEntry],
        providers: Mapping[str, Provider],
        fitting: tuple[Option, ...],
    ) -> Row:
        current = given.model_id if given is not None else _NOT_SET
        entry = entries.get(current)
        values = {option.value for option in fitting}
        odd: tuple[Option, ...] = ()
        if current and current not in values:
            odd = (Option(current, self._odd_label(current, entry, providers)),)
        none_fits = not odd and not fitting
        # "Not set" is always first: an option that moves is hard to find.
        options = (Option(_NOT_SET, "No entry fits" if none_fits else "Not set"), *odd)
        failed = self.failures.at(task)
        wanted = self._not_saved.get(task)
        # A selection that can be saved in a moment stays; any other goes back to what the file says.
        stays = failed is not None and may_pass(failed) and wanted in {_NOT_SET, *values}
        if not stays:
            self._not_saved.pop(task, None)
        can_try = given is not None and not given.problem
        off = "It is being asked" if self._tries.running(task) else ""
        title = f"Ask the model of {task} for a few tokens"
        model: str | Run = "" if none_fits else "Code that asks for it gets an error"
        if entry is not None:
            model = Run(clean(entry.model), model_id=True)
        return Row(
            task,
            task,
            subtitle=(TASK_PURPOSE[task],),
            details=(((model,),),) if model else (),
            choice=Choice(
                f"Entry for {task}",
                options,
                TASK_NEEDS[task],
                wanted if stays and wanted is not None else current,
                Action("choose", f"Entry for {task}", {"row": task}),
                off="No entry fits" if none_fits else "",
                invalid=given is not None and bool(given.problem),
            ),
            note=self._note(task, given, entry, providers, none_fits=none_fits),
            done=self.undo.done(task),
            actions=(Action("try_task", "Try", {"row": task}, style="link", off=off, title=title),)
            if can_try
            else (),
        )

    def _odd_label(self, current: str, entry: CatalogEntry | None, providers: Mapping[str, Provider]) -> str:
        """The label of an entry that is assigned to the task although it does not fit."""
        if entry is None:
            return f"{clean(current, 80)} · entry deleted"
        if entry.unconverted:
            return f"{clean(entry.title, 80)} · not converted"
        if entry.problem:
            return _label(entry, {})
        kind = self.hub.cache.kinds(self.service.catalog)[entry.id]
        return f"{_label(entry, providers)} · {kind_words(kind)}"

    def _use_it(
        self,
        given: Mapping[str, Assignment],
        entries: Mapping[str, CatalogEntry],
        providers: Mapping[str, Provider],
    ) -> Section | None:
        """The code for the next cell; None if no task has a model that can be used."""
        types = {
            task: providers[entries[given[task].model_id].provider_id or ""].type
            for task in TASKS
            if task in given and not given[task].problem
        }
        found = snippets(self.service, types, self._snippet_task)
        return None if found is None else Section("use", "Use it", "In the next cell", snippets=found)

    # ---- notes

    def _note(
        self,
        task: Task,
        given: Assignment | None,
        entry: CatalogEntry | None,
        providers: Mapping[str, Provider],
        *,
        none_fits: bool,
    ) -> Note | None:
        failure = self.failures.note(task)
        failed = self.failures.at(task)
        if failure is not None and failed is not None:
            words = f"{not_saved(failed)} {failed.hint}".strip()
            again = tuple(action for action in failure.actions if action.name == "try_again")
            return Note("error", clean(words, 1000), actions=again, alert=True)
        tried = self._tries.note(task, entry)
        if tried is not None:
            return tried
        if given is not None and given.problem:
            return _problem_note(self.service, given.problem, entry)
        if entry is None:
            return self._none_fits_note(TASK_NEEDS[task]) if none_fits else None
        doubt = self._doubt_note(task, entry, providers)
        if given is None or not given.app_problem:
            return doubt
        return Note("warn", joined(given.app_problem, doubt.title if doubt is not None else ""))

    def _doubt(self, entry: CatalogEntry, task: Task) -> str:
        """Why a usable entry may be wrong for the task: ``gone``, ``kind``, or empty for no doubt."""
        if (entry.provider_id or "", entry.model) in self.hub.gone:
            return "gone"
        kinds = self.hub.cache.kinds(self.service.catalog)
        return "" if TASK_NEEDS[task] in kinds[entry.id].capabilities else "kind"

    def _doubt_note(self, task: Task, entry: CatalogEntry, providers: Mapping[str, Provider]) -> Note | None:
        owner = providers.get(entry.provider_id or "")
        name = clean(owner.name) if owner is not None else "Its provider"
        match self._doubt(entry, task):
            case "gone":
                return Note("warn", f"{name} no longer lists this model. It may still answer.")
            case "kind":
                kind = "an embedding" if TASK_NEEDS[task] == "embedding" else "a chat"
                return Note("warn", f"{task} needs {kind} model, and this one is none.")
        listed = self.hub.cache.models(entry.provider_id or "")
        if entry.id not in self.hub.kept and unlisted(listed, [entry.model]):
            return Note("", f"{name} does not list this model. It may answer all the same.")
        return None

    def _none_fits_note(self, needed: str) -> Note | None:
        catalog = self.service.catalog
        if not catalog:
            return None  # the tab's empty state says so
        kinds = self.hub.cache.kinds(catalog)
        could = next((e for e in catalog if e.problem and needed in kinds[e.id].capabilities), None)
        if could is not None:
            problem = "It is not converted yet." if could.unconverted else could.problem
            words = f"{clean(could.title, 80)} could do it, but cannot be used. {problem}"
            return Note("warn", words, actions=_problem_note(self.service, problem, could).actions)
        lists = [self.hub.cache.models(provider.id) for provider in self.service.get_providers()]
        count = sum(model.kind == needed for models in lists if models is not None for model in models)
        words = f"No {needed} model in the catalog."
        if count:
            words += f" Your providers list {count:,}."
        choose = Action("models", "Choose one in Models", {"kind": needed}, kind="go")
        return Note("warn", words, actions=(choose,))


def _task(args: Arguments) -> Task:
    wanted = args.text("row")
    for task in TASKS:
        if task == wanted:
            return task
    raise InvalidInputError([], message="There is no such task.", hint=f"The tasks are {', '.join(TASKS)}.")


def _label(entry: CatalogEntry, providers: Mapping[str, Provider], *, unknown: bool = False) -> str:
    provider = providers.get(entry.provider_id or "")
    owner = clean(provider.name, 60) if provider is not None else "provider deleted"
    return f"{clean(entry.title, 80)} · {owner}{' · kind unknown' if unknown else ''}"


def _problem_note(service: SettingsService, problem: str, entry: CatalogEntry | None) -> Note:
    if entry is None:
        return Note("error", problem)
    if entry.unconverted:
        lead = to_convert(service, "Convert it")
    else:
        lead = Action("models", "Give a provider", {"row": entry.id}, kind="go")
    return Note("error", problem, actions=(lead,))
