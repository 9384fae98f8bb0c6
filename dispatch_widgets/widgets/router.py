"""The Router tab: which catalog entry does which task. Every choice is saved at once and can be undone."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from .._text import clean, escaped, plural
from ..errors import DispatchError
from ..settings.tasks import TASK_NEEDS, TASKS
from ._base import UnexpectedError
from ._model_rows import kind_words
from ._news import News
from ._parts import (
    Later,
    Message,
    box,
    button,
    empty,
    head,
    heading,
    is_shown,
    mark,
    markup,
    say,
    section,
    show,
    text,
    write,
)
from ._saying import Saying
from ._tasks import NOT_SET, Said, TaskRow, Trial, pick_class
from ._troubles import may_pass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import ipywidgets as widgets

    from ..settings.schema import Assignment, CatalogEntry, Provider
    from ..settings.tasks import Task

_EMPTY_WORDS = (
    "A task takes an entry of the catalog. Pick some models first, then say here which one each task uses."
)


class RouterPanel(Saying):
    """The six tasks, each with the entries that can do it.

    Attributes:
        tasks: The row of each task.
    """

    title = "Router"

    def _build(self) -> Iterable[widgets.Widget]:
        self._drawing = False
        self._snippet_task: Task = "summarize"
        self._empty = Later(self._make_empty)
        self._fact = text("", "dw-sub")
        self.tasks: dict[Task, TaskRow] = {task: self._task_row(task) for task in TASKS}
        self._head = head(heading(plural(len(TASKS), "task")), self._fact)
        rows = box(*(row.row for row in self.tasks.values()), classes="dw-tasks")
        self._code = markup("", "dw-snippet-code")
        copy = button("Copy the code", self._copy, icon="copy", classes="dw-quiet dw-only")
        self._use = section(
            head(heading("Use it"), text("In the next cell", "dw-sub")),
            box(self._code, copy, classes="dw-snippet", row=True),
        )
        return self._empty, section(self._head, rows), self._use

    def _make_empty(self) -> list[widgets.Widget]:
        choose = button("Choose models", lambda: self.go("models"), style="primary")
        actions = [choose] if self.host is not None else []
        return [empty("No entries to choose from", _EMPTY_WORDS, *actions)]

    def _task_row(self, task: Task) -> TaskRow:
        made = TaskRow.of(task)
        made.pick.observe(lambda change: self._picked(task, change["new"]), "value")
        return made

    def close(self) -> None:
        """Take the panel out of the page, stop what is being tried and stop following the service."""
        for row in getattr(self, "tasks", {}).values():
            row.close_all()
        super().close()

    # -- what code and tests can read and do -------------------------------------------------------

    @property
    def assignments(self) -> dict[str, str]:
        """The entry of each task that has one, as the rows show it."""
        return {task: row.pick.value for task, row in self.tasks.items() if row.pick.value}

    @property
    def messages(self) -> dict[str, str]:
        """What is said under a task, where something is."""
        return {
            task: row.message.words
            for task, row in self.tasks.items()
            if row.message is not None and is_shown(row.message)
        }

    @property
    def snippet(self) -> str:
        """The code for the next cell; the functions of the package know only the file that is found."""
        found = self.service.location.why != "argument"
        ready = "" if not _has_clients() else ".client()"
        return f'client = {"dw" if found else "service"}.resolve("{self._snippet_task}"){ready}'

    def attention(self) -> int:
        """How many tasks have an entry that cannot be used, is no longer listed, or does not fit.

        A task without an entry counts for nothing: not everybody needs all six.
        """
        if not self.readable:
            return 0
        entries = {entry.id: entry for entry in self.service.catalog}
        given = {task: self.service.assignments.get(task) for task in TASKS}
        return sum(
            bool(found.problem) or self._doubt(entries[found.model_id], task) is not None
            for task, found in given.items()
            if found is not None
        )

    def undo(self, task: str) -> None:
        """Give a task back what it had before its last change here.

        Args:
            task: The task.
        """
        row = self.tasks[task]  # type: ignore[index]

        def work() -> None:
            before = row.before
            if before is None:
                return
            self._give(row.task, before)
            row.before = None
            self.root.say("Undone")
            self._focus_on(row)

        self.act(work)

    def try_it(self, task: str) -> None:
        """Ask a task's model for a few tokens, or one embedding; the row shows what comes of it.

        Args:
            task: The task.
        """
        row = self.tasks[task]  # type: ignore[index]

        def work() -> None:
            given = self.service.assignments.get(task)
            if given is None or (row.trial is not None and row.trial.running):
                return
            row.trial = trial = Trial(given.model_id)
            try:
                trial.future = self.service.start_try(task)
            except DispatchError as error:
                trial.refused = error
            else:
                trial.future.add_done_callback(lambda _done: self.hub.post(News("shared")))

        self.act(work)

    def stop_trying(self, task: str) -> None:
        """Stop a try that is under way.

        Args:
            task: The task.
        """
        row = self.tasks[task]  # type: ignore[index]

        def work() -> None:
            if row.trial is not None:
                row.trial.cancel()
                row.trial = None

        self.act(work)

    # -- drawing -----------------------------------------------------------------------------------

    def _draw(self, news: News | None) -> None:
        tried = any(row.trial is not None for row in self.tasks.values())
        if news is not None and news.what not in {"settings", "discovery", *(["shared"] if tried else [])}:
            return
        catalog = self.service.catalog
        entries = {entry.id: entry for entry in reversed(catalog)}
        providers = {provider.id: provider for provider in self.service.get_providers()}
        kinds = self.hub.kinds()
        given = {found.task: found for found in reversed(self.service.assignments)}
        options = {
            needed: _told_apart(
                [
                    (entry.id, self._option(entry, providers, unknown=kinds[entry.id].known == "unknown"))
                    for entry in catalog
                    if not entry.problem and needed in kinds[entry.id].capabilities
                ]
            )
            for needed in ("chat", "embedding")
        }
        self._drawing = True
        try:
            for task, row in self.tasks.items():
                self._draw_task(row, given.get(task), entries, providers, options[TASK_NEEDS[task]])
        finally:
            self._drawing = False
        self._empty.show(not catalog and not self.file_notice.something_missing)
        worried = self.attention()
        say(self._fact, f"{worried} need{'s' if worried == 1 else ''} attention" if worried else "")
        usable = [task for task in TASKS if task in given and not given[task].problem]
        if self._snippet_task not in usable:
            self._snippet_task = next(iter(usable), "summarize")
        show(self._use, bool(usable))
        write(self._code, f"<code>{escaped(self.snippet)}</code>")

    @staticmethod
    def _option(entry: CatalogEntry, providers: Mapping[str, Provider], *, unknown: bool = False) -> str:
        provider = providers.get(entry.provider_id or "")
        owner = clean(provider.name, 60) if provider is not None else "provider deleted"
        return f"{clean(entry.title, 80)} · {owner}{' · kind unknown' if unknown else ''}"

    def _draw_task(
        self,
        row: TaskRow,
        given: Assignment | None,
        entries: Mapping[str, CatalogEntry],
        providers: Mapping[str, Provider],
        fitting: list[tuple[str, str]],
    ) -> None:
        if row.wanted not in {None, NOT_SET, *(key for key, _ in fitting)}:
            row.wanted = None  # it went meanwhile
        current = given.model_id if given is not None else NOT_SET
        entry = entries.get(current)
        options = list(fitting)
        if current and current not in {key for key, _ in options}:
            options.insert(0, (current, self._odd(current, entry, providers)))
        none_fits = not options
        if none_fits:
            options = [(NOT_SET, "No entry fits")]
        else:
            options.insert(0, (NOT_SET, "Not set"))  # always first: a choice that moves is hard to find
        _set_options(row.pick, options, current if row.wanted is None else row.wanted)
        row.pick.disabled = none_fits
        mark(row.pick, "dw-invalid", given is not None and bool(given.problem))
        if row.trial is not None and row.trial.entry_id != current:
            row.trial.cancel()
            row.trial = None
        self._draw_message(row, self._said(row, given, entry, providers, none_fits=none_fits))
        row.draw_info(
            entry,
            can_try=given is not None and not given.problem,
            none_fits=none_fits,
            on_try=lambda: self.try_it(row.task),
            on_undo=lambda: self.undo(row.task),
        )

    def _odd(self, current: str, entry: CatalogEntry | None, providers: Mapping[str, Provider]) -> str:
        """How an entry is called that the task has although it does not fit."""
        if entry is None:
            return f"{clean(current, 80)} · entry deleted"
        if entry.problem:
            return (
                self._option(entry, {})
                if not entry.unconverted
                else f"{clean(entry.title, 80)} · not converted"
            )
        kind = self.hub.kinds()[entry.id]
        return f"{self._option(entry, providers)} · {kind_words(kind)}"

    def _draw_message(self, row: TaskRow, said: Said | None) -> None:
        if row.message is None:
            if said is None:
                return
            row.message = Message()
            row.row.children = (*row.row.children, row.message)
        if said is None:
            row.message.set("")
        else:
            row.message.set(said.words, said.tone, action=said.action, on_click=said.on_click)

    # -- choosing ----------------------------------------------------------------------------------

    def _picked(self, task: Task, entry_id: str | None) -> None:
        with self.hub.lock:
            if self._drawing:
                return  # this thread's own drawing moved the choice
            row = self.tasks[task]
            before = self.service.assignments.get(task) if self.readable else None
            row.wanted, row.trouble = entry_id or NOT_SET, None
            self._redraw(None)  # "Saving…": another program may hold the file for a while
            wanted = row.wanted
            try:
                self._give(task, entry_id or NOT_SET)
            except DispatchError as error:
                row.trouble = error
            except Exception as error:  # noqa: BLE001 - shown in the row
                row.trouble = UnexpectedError(error)
            else:
                self._settled(row, before.model_id if before is not None else NOT_SET)
            # A choice that can be saved in a moment stays; any other goes back to what the file says.
            row.wanted = wanted if row.trouble is not None and may_pass(row.trouble) else None
            self._redraw(None)

    def save_again(self, task: str) -> None:
        """Try once more to save a choice that could not be saved.

        Args:
            task: The task.
        """
        row = self.tasks[task]  # type: ignore[index]
        if row.wanted is not None:
            self._picked(row.task, row.wanted)
            self._focus_on(row)

    def _focus_on(self, row: TaskRow) -> None:
        self.root.focus(f".{pick_class(row.task)} select")

    def _settled(self, row: TaskRow, before: str) -> None:
        for other in self.tasks.values():
            other.before = None  # Undo holds until the next change of the section
            other.trouble = other.wanted = None
        row.before = before
        self._snippet_task = row.task
        self.root.say("Saved")

    def _give(self, task: Task, entry_id: str) -> None:
        self.tasks[task].trouble = None
        if entry_id:
            self.service.assign(task, entry_id)
        else:
            self.service.unassign(task)

    def _copy(self) -> None:
        self.root.copy(self.snippet)


def _has_clients() -> bool:
    from ..clients import ResolvedModel

    return hasattr(ResolvedModel, "client")


def _told_apart(options: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Options whose words are the same get their entry's id added."""
    counts = Counter(label for _, label in options)
    return [(key, f"{label} ({clean(key, 40)})" if counts[label] > 1 else label) for key, label in options]


def _set_options(pick: widgets.Dropdown, options: list[tuple[str, str]], value: str) -> None:
    wanted = tuple((label, key) for key, label in options)
    if tuple(pick.options) != wanted:
        pick.options = wanted
        pick.value = value
    elif pick.value != value:
        pick.value = value
