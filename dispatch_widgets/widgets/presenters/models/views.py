"""What the Models tab and the picker show beside rows: lists of models, fetched when they are shown.

A list of thousands is in no view. A view says of each list how it stands, with a mark; a page that shows the
list and does not hold this mark fetches its rows (`lists.ModelLists.rows`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypedDict

from ..shared.views import Action, Done, EmptyState, Note, Option, View, Words


class ModelRow(TypedDict, total=False):
    """A model of a list, as JSON values: thousands of them are made at once, and say nothing that is not so.

    Attributes:
        id: Its id as requests name it.
        name: How its server calls it; absent where that is the id.
        shown_id: Its id as it is shown; absent where that is the id itself.
        kind: What it can do.
        owner: Who made it; searched, too.
        created: When it was made, as ``18 Aug 2025``.
        ends: When it is shut down, or that it is deprecated.
        context: Its context window, as ``131k``.
        price: Of a million tokens in and out, as ``$3.50 / $10.00``.
        new: Whether the last refresh brought it.
        by_created: What it is sorted by, newest first; seconds since 1970.
        by_context: What it is sorted by, largest first; tokens.
        by_price: What it is sorted by, cheapest first; dollars per million tokens.
    """

    id: str
    name: str
    shown_id: str
    kind: Literal["chat", "embedding", "other"]
    owner: str
    created: str
    ends: str
    context: str
    price: str
    new: bool
    by_created: float
    by_context: float
    by_price: float


@dataclass(frozen=True, slots=True)
class Busy:
    """A request whose answer is due.

    Attributes:
        text: Who is asked.
        since: When it was started, in seconds since 1970.
        cancel: Stops asking.
    """

    text: str
    since: float
    cancel: Action


@dataclass(frozen=True, slots=True)
class ListState:
    """How a provider's list of models stands, or that of all providers together.

    Attributes:
        provider_id: Whose list; empty for all providers': their rows are those of all lists.
        mark: Changes with the rows; empty while there are none.
        fact: How many there are, where, and when they were fetched.
        where: The provider's name, as in ``Nothing at OpenRouter matches "llama-v9".``
        refresh: Asks anew.
        busy: Whether an answer is due, where there are no rows yet.
        note: What is wrong, above the rows or in their place.
        empty: What stands there without rows.
        owners: Among all providers: whose an id that is typed by hand can be.
        search_all: Whether all providers can be searched when nothing matches.
        in_catalog: Ids of the models that are in the catalog.
    """

    provider_id: str
    mark: str = ""
    fact: Words = ""
    where: str = ""
    refresh: Action | None = None
    busy: Busy | None = None
    note: Note | None = None
    empty: EmptyState | None = None
    owners: tuple[Option, ...] = ()
    search_all: bool = False
    in_catalog: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelsView(View):
    """What the Models tab shows.

    Attributes:
        lists: How each list stands, that of all providers first where there are several.
        first: The provider whose list is shown at first; which one is shown then is the window's own.
        tasks: What can be ticked: "Use what you add for". What is goes with an adding as ``tasks``.
        add: Adds what is selected: ``providers`` and ``models`` go with it.
        add_by_hand: Adds what was typed: ``provider``, ``model`` and ``kind`` go with it.
    """

    lists: tuple[ListState, ...] = ()
    first: str = ""
    tasks: tuple[Option, ...] = ()
    add: Action | None = None
    add_by_hand: Action | None = None


@dataclass(frozen=True, slots=True)
class Picked:
    """What is picked.

    Attributes:
        provider_id: Whose model; empty while nothing is picked, or where nobody knows.
        model: Its id; empty while nothing is picked.
        unlisted: Whether no list holds it.
    """

    provider_id: str = ""
    model: str = ""
    unlisted: bool = False


@dataclass(frozen=True, slots=True)
class PickerView(View):
    """What a model picker shows.

    Attributes:
        lists: How each provider's list stands.
        fact: How many models there are, in all.
        refresh: Asks the providers anew.
        kinds: Whether there are several kinds to filter by.
        by_hand: Whether an id can be typed: where it is known whose it would be.
        picked: What is picked.
        newest_first: Whether the newest come first.
        use: Gives the task what is picked; None without a task.
        task_fact: What the task has now.
        done: What was done just now.
    """

    lists: tuple[ListState, ...] = ()
    fact: Words = ""
    refresh: Action | None = None
    kinds: bool = True
    by_hand: bool = False
    picked: Picked = field(default_factory=Picked)
    newest_first: bool = False
    use: Action | None = None
    task_fact: str = ""
    done: Done | None = None
