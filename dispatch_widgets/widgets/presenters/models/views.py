"""What the Models tab and the picker show beside rows: lists of models, fetched when they are shown.

A list of thousands is in no view. A view says of each list how it stands, with a mark; a page that shows the
list and does not hold this mark fetches its rows (`lists.ModelLists.rows`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypedDict

from ..shared.views import Action, Column, Done, EmptyState, Kind, Note, Option, View, Words


class _Model(TypedDict):
    id: str
    kind: Kind


class ModelRow(_Model, total=False):
    """A model of a list, as JSON values: thousands of them are made at once, and say nothing that is not so.

    Attributes:
        id: Its id as requests name it.
        kind: What it can do.
        name: How its server calls it; absent where that is the id.
        shown_id: Its id as it is shown; absent where that is the id itself.
        owner: Who made it; searched, too.
        created: When it was made, as ``18 Aug 2025``.
        ends: When it is shut down, or that it is deprecated.
        features: What else it can do, as its server states it: ``tools vision``.
        output: The most output of one request, as ``8k``.
        context: Its context window, as ``131k``.
        price: Of a million tokens in and out, as ``$3.50 / $10.00``.
        new: Whether the last refresh brought it.
        by_created: What it is sorted by, newest first; seconds since 1970.
        by_context: What it is sorted by, largest first; tokens.
        by_price: What it is sorted by, cheapest first; dollars per million tokens.
    """

    name: str
    shown_id: str
    owner: str
    created: str
    ends: str
    features: str
    output: str
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
class ListWords:
    """What a list of models says by itself, in every state: what does not depend on the models.

    Names in braces are put in by the page.

    Attributes:
        name: The list's name.
        providers: The name of the choice of a provider.
        search: The search field's name.
        searched: What stands in it while it is empty.
        clear_search: Empties it; ``end_search`` where nothing is found.
        end_search: See above.
        sort: The name of the choice of an order.
        orders: The orders: ``match`` in a search, ``name``, ``created``, ``context``, ``price``.
        show_kind: The name of the choice of a kind to show.
        kinds: The kinds to show: ``all``, ``chat``, ``embedding``, ``other``, ``new``.
        columns: The headings: ``name``, ``kind``, ``context``, ``price``.
        loading: Stands in place of the rows until the kernel has sent them.
        all_shown: How many models there are; where there is one, ``one_shown``.
        one_shown: See above.
        some_shown: How many of them are shown.
        page: Which of them are shown at once; ``page_before`` and ``page_after`` lead to others.
        page_before: See above.
        page_after: See above.
        left_out: What is said where a list is too long to be sent.
        in_catalog: Marks what cannot be picked any more.
        had_already: Said when it is tried.
        not_listed: Stands beside a model that is picked and that no list holds.
        nothing_matches: The title where a search finds nothing; ``nothing_at`` names the provider.
        nothing_at: See above.
        nothing_why: What stands below that.
        nothing_by_hand: What follows that where an id can be typed.
        did_you_mean: Searches for what was probably meant.
        no_such_kind: The title where a search finds models of other kinds.
        all_kinds: Shows these.
        search_all: Searches the lists of all providers.
        by_hand: What stands before the field for an id.
        typed: The field's name.
        typed_here: What stands in it while it is empty.
        typed_kind: The name of the choice of what the model can do.
        typed_kinds: What it can do: ``chat`` or ``embedding``.
        typed_owner: The name of the choice of whose it is.
        no_owner: Its option that is none.
        ask_owner: Said where none is chosen.
        hint: How to pick, where nothing is; ``hint_more`` follows where there is room.
        hint_more: See above.
        selected: How many are picked; ``selected_more`` follows where there is room.
        selected_more: See above.
        value_is: Stands before the id of the one that is picked, where code gets it.
        unselect: Picks none.
        features: What else models can do; each has a sign and can be filtered by.
        show_feature: The name of the choice of one of them.
        any_feature: Its option that is none.
        details: Shows all that is stated of the row that one is at.
        no_details: Said there while one is at no row.
        facts: The headings of what is stated, by the keys of a row.
        had_too: How many of what is picked are in the catalog.
        lost: How many of them a refresh has removed from the list.
        use_for: Shows the tasks that can be ticked; after it stand those that are.
        use_for_none: Stands there while none is.
        label: The name of the field for a display name, where one is picked.
        given_kind: The name of the choice of what it can do.
        given_kinds: What it can do: as it is listed (empty), ``chat``, ``embedding`` or ``both``.
    """

    name: str
    providers: str
    search: str
    searched: str
    clear_search: str
    end_search: str
    sort: str
    orders: tuple[Option, ...]
    show_kind: str
    kinds: tuple[Option, ...]
    columns: tuple[Column, ...]
    loading: str
    all_shown: str
    one_shown: str
    some_shown: str
    page: str
    page_before: str
    page_after: str
    left_out: str
    in_catalog: str
    had_already: str
    not_listed: str
    nothing_matches: str
    nothing_at: str
    nothing_why: str
    nothing_by_hand: str
    did_you_mean: str
    no_such_kind: str
    all_kinds: str
    search_all: str
    by_hand: str
    typed: str
    typed_here: str
    typed_kind: str
    typed_kinds: tuple[Option, ...]
    typed_owner: str
    no_owner: str
    ask_owner: str
    hint: str
    hint_more: str
    selected: str
    selected_more: str
    value_is: Words
    unselect: str
    features: tuple[Option, ...]
    show_feature: str
    any_feature: str
    details: str
    no_details: str
    facts: tuple[Column, ...]
    had_too: str
    lost: str
    use_for: str
    use_for_none: str
    label: str
    given_kind: str
    given_kinds: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class ModelsView(View):
    """What the Models tab shows.

    Attributes:
        words: What its list says by itself.
        lists: How each list stands, that of all providers first where there are several.
        first: The provider whose list is shown at first; which one is shown then is the window's own.
        tasks: What can be ticked: what is added is used for these. What is goes with an adding as ``tasks``.
        add: Adds what is selected: ``providers`` and ``models`` go with it, and of one alone ``label`` and
            ``kind``, where they are given.
        take_out: Takes what is selected out of the catalog: ``providers`` and ``models`` go with it.
        add_by_hand: Adds what was typed: ``provider``, ``model`` and ``kind`` go with it.
    """

    words: ListWords | None = None
    lists: tuple[ListState, ...] = ()
    first: str = ""
    tasks: tuple[Option, ...] = ()
    add: Action | None = None
    take_out: Action | None = None
    add_by_hand: Action | None = None


@dataclass(frozen=True, slots=True)
class Picked:
    """What is picked.

    Attributes:
        provider_id: Whose model; empty while nothing is picked, or where nobody knows.
        model: Its id; empty while nothing is picked.
        unlisted: Whether no list holds it.
        kind: What one that no list holds can do, as far as is known.
    """

    provider_id: str = ""
    model: str = ""
    unlisted: bool = False
    kind: Kind = "other"


@dataclass(frozen=True, slots=True)
class PickerView(View):
    """What a model picker shows.

    Attributes:
        words: What its list says by itself.
        lists: How each list stands, that of all providers first where there are several.
        fact: How many models there are, in all.
        refresh: Asks the providers anew.
        kinds: Whether there are several kinds to filter by.
        pick: Picks one: ``provider`` and ``model`` go with it; without them it picks none.
        pick_by_hand: Picks the id that was typed, ``model``; None where it is not known whose it would be.
        picked: What is picked.
        newest_first: Whether the newest come first.
        use: Gives the task what is picked; None without a task.
        task_fact: What the task has now.
        done: What was done just now.
    """

    words: ListWords | None = None
    lists: tuple[ListState, ...] = ()
    fact: Words = ""
    refresh: Action | None = None
    kinds: bool = True
    pick: Action | None = None
    pick_by_hand: Action | None = None
    picked: Picked = field(default_factory=Picked)
    newest_first: bool = False
    use: Action | None = None
    task_fact: str = ""
    done: Done | None = None
