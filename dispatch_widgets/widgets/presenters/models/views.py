"""Views of the Models tab and the picker; the page fetches the lists of models separately.

A view holds no list of models, which may have thousands. It has the state of each list, with a mark; a page
that shows the list and does not hold the rows of this mark fetches them (`lists.ModelLists.rows`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypedDict

from ..shared.views import Action, Column, Done, EmptyState, Kind, Note, Option, View, Words


class _Model(TypedDict):
    id: str
    kind: Kind


class ModelRow(_Model, total=False):
    """A model of a list, as JSON values; keys without a value are left out, as thousands are made at once.

    Attributes:
        id: The id that requests use.
        kind: What it can do.
        name: The provider's name for it; absent where that is the id.
        shown_id: The id as it is displayed; absent where that is the id itself.
        owner: The organisation that made it; the search covers it.
        created: The release date, as ``18 Aug 2025``.
        ends: The shutdown date, or that it is deprecated.
        features: What else it can do, as its server states it: ``tools vision``.
        output: The most output of one request, as ``8k``.
        context: The context window, as ``131k``.
        price: Per million tokens in and out, as ``$3.50 / $10.00``.
        new: True if the last refresh added it.
        by_created: The sort key for newest first; seconds since 1970.
        by_context: The sort key for largest first; tokens.
        by_price: The sort key for cheapest first; dollars per million tokens.
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
    """A request in flight.

    Attributes:
        text: Who is being asked.
        since: When it was sent, in seconds since 1970.
        cancel: Cancels it.
    """

    text: str
    since: float
    cancel: Action


@dataclass(frozen=True, slots=True)
class ListState:
    """The state of a provider's list of models, or of that of all providers together.

    Attributes:
        provider_id: The provider's id; empty for all providers, whose rows are those of all lists.
        mark: Changes with the rows; empty while there are none.
        fact: How many models there are, at which provider, and when they were fetched.
        where: The provider's name, as in ``Nothing at OpenRouter matches "llama-v9".``
        refresh: Fetches the list again.
        busy: The request in flight; None where there are rows already.
        note: The error, above the rows or in their place.
        empty: Shown when there are no rows.
        owners: For all providers: those that an id typed by hand can belong to.
        search_all: True if a search without matches can be extended to all providers.
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
    """The fixed texts of a list of models, in all its states; none depends on the models.

    The page replaces the names in braces.

    Attributes:
        name: The list's accessible name.
        providers: The accessible name of the choice of a provider.
        search: The search field's accessible name.
        searched: The search field's placeholder.
        clear_search: The label of the button in the search field that empties it.
        end_search: The label of the same button where nothing is found.
        sort: The accessible name of the choice of an order.
        orders: The orders: ``match`` in a search, ``name``, ``created``, ``context``, ``price``.
        show_kind: The accessible name of the filter by kind.
        kinds: The options of that filter: ``all``, ``chat``, ``embedding``, ``other``, ``new``.
        columns: The headings: ``name``, ``kind``, ``context``, ``price``.
        loading: Shown in place of the rows until the kernel has sent them.
        all_shown: The number of models, where all are shown.
        one_shown: The same for a single model.
        some_shown: The number of models that are shown, and of all.
        page: Which models are on the page that is shown.
        page_before: The label of the button to the previous page.
        page_after: The label of the button to the next page.
        left_out: Shown where a list is too long to be sent completely.
        in_catalog: Marks models of the catalog, which cannot be added again.
        had_already: Announced when somebody tries to.
        not_listed: Marks a selected model that is in no list.
        nothing_matches: The title where a search finds nothing.
        nothing_at: The same, with the provider's name.
        nothing_why: The text below that title.
        nothing_by_hand: Follows that text where an id can be typed.
        did_you_mean: The label of a button that searches for a similar name.
        no_such_kind: The title where a search finds only models of other kinds.
        all_kinds: The label of the button that shows these.
        no_such_feature: The title where a search finds only models without the feature that is filtered by.
        search_all: The label of the button that searches the lists of all providers.
        by_hand: The text before the field for an id.
        typed: The accessible name of that field.
        typed_here: The placeholder of that field.
        typed_kind: The accessible name of the choice of the typed model's kind.
        typed_kinds: The options of that choice: ``chat`` or ``embedding``.
        typed_owner: The accessible name of the choice of the typed model's provider.
        no_owner: The option of that choice while no provider is selected.
        ask_owner: Shown when the id is added and no provider is selected.
        hint: How to select; shown while nothing is selected.
        hint_more: Continues the hint where there is room.
        selected: The number of selected models.
        selected_more: Continues that text where there is room.
        value_is: Precedes the selected model's id where code can read it; empty where it cannot.
        unselect: The label of the button that clears the selection.
        features: What else models can do; each has an icon and can be filtered by.
        show_feature: The accessible name of the filter by feature.
        any_feature: The option of that filter that shows all models.
        details: The label of the button that shows all that is known of the current row.
        no_details: Shown there while no row is current.
        facts: The headings of these details, by the keys of a row.
        had_too: How many of the selected models are in the catalog.
        lost: How many selected models the list no longer has.
        use_for: The label of the list of tasks to tick; the ticked ones follow it.
        use_for_none: Follows it while no task is ticked.
        label: The accessible name of the field for a display name, where one model is selected.
        given_kind: The accessible name of the choice of that model's kind.
        given_kinds: The options of that choice: as listed (empty), ``chat``, ``embedding`` or ``both``.
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
    no_such_feature: str
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
    """The content of the Models tab.

    Attributes:
        words: The fixed texts of the list.
        lists: The state of each list; that of all providers comes first where there are several.
        first: The id of the provider whose list is shown first; each window then has its own choice.
        tasks: The tasks to tick; the ticked ones are sent with the models to add, as ``tasks``, and use
            these.
        add: Adds the selected models, sent as ``providers`` and ``models``; for a single one also ``label``
            and ``kind``, where they are given.
        take_out: Removes the selected models from the catalog, sent as ``providers`` and ``models``.
        add_by_hand: Adds the typed id, sent as ``provider``, ``model`` and ``kind``.
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
    """The selected model of a picker.

    Attributes:
        provider_id: The provider's id; empty if nothing is selected or the provider is not known.
        model: The model's id; empty if nothing is selected.
        unlisted: True if no list has it.
        kind: What an unlisted model can do, as far as is known.
    """

    provider_id: str = ""
    model: str = ""
    unlisted: bool = False
    kind: Kind = "other"


@dataclass(frozen=True, slots=True)
class PickerView(View):
    """The content of a model picker.

    Attributes:
        words: The fixed texts of the list.
        lists: The state of each list; that of all providers comes first where there are several.
        fact: The number of models in all lists.
        refresh: Fetches all lists again.
        kinds: True if there are several kinds to filter by.
        pick: Selects a model, sent as ``provider`` and ``model``; without them, clears the selection.
        pick_by_hand: Selects the typed id, sent as ``model``; None where its provider would not be known.
        picked: The selected model.
        newest_first: True if the newest models come first.
        use: Assigns the selected model to the task; None without a task.
        task_fact: The model that the task has now.
        done: The result of the last action.
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
