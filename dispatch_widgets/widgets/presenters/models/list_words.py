"""The words of the lists that models are picked from."""

from __future__ import annotations

from dataclasses import replace

from ..shared.views import Column, Option, Run
from .views import ListWords

TO_ADD = ListWords(
    name="Models",
    providers="Provider",
    search="Search models",
    searched="Search id, name, owner",
    clear_search="Clear the search",
    end_search="Clear search",
    sort="Sort by",
    orders=(
        Option("match", "Best match"),
        Option("name", "By name"),
        Option("created", "Newest first"),
        Option("context", "Largest context"),
        Option("price", "Cheapest first"),
    ),
    show_kind="Show kind",
    kinds=(
        Option("all", "All"),
        Option("chat", "Chat"),
        Option("embedding", "Embedding"),
        Option("other", "Other"),
        Option("new", "New"),
    ),
    columns=(
        Column("name", "Model"),
        Column("kind", "Kind"),
        Column("context", "Context"),
        Column("price", "Per 1M in / out"),
    ),
    all_shown="{total} models",
    one_shown="1 model",
    some_shown="{shown} of {total} models",
    left_out="{count} more are too many for one list. An id can be typed below.",
    in_catalog="in catalog",
    had_already="{name} is in the catalog already",
    not_listed="not listed",
    nothing_matches="Nothing matches “{query}”",
    nothing_at="Nothing at {where} matches “{query}”",
    nothing_why="Servers do not list everything that they serve.",
    nothing_by_hand="If the id is right, add it by hand.",
    did_you_mean="Did you mean {name}?",
    no_such_kind="None of the {count} found is of the kind {kind}",
    all_kinds="Show all kinds",
    search_all="Search all providers",
    by_hand="Not listed?",
    typed="Model id",
    typed_here="Type a model id",
    typed_kind="Kind",
    typed_kinds=(Option("chat", "chat"), Option("embedding", "embedding")),
    typed_owner="Provider of the id",
    no_owner="Choose a provider",
    ask_owner="Which provider serves it?",
    hint="Space selects, Enter adds",
    hint_more=" one, Shift+arrow selects a run",
    selected="{count} selected",
    selected_more="names and kinds are filled in",
    value_is="",
    unselect="Clear",
    features=(
        Option("vision", "Vision"),
        Option("audio", "Audio"),
        Option("tools", "Tools"),
        Option("reasoning", "Reasoning"),
        Option("structured_output", "Structured output"),
    ),
    show_feature="Show with",
    any_feature="Any features",
    details="Details",
    no_details="Go to a model by a click or an arrow key to see what its server states of it.",
    facts=(
        Column("shown_id", "Id"),
        Column("kind", "Kind"),
        Column("features", "Features"),
        Column("context", "Context"),
        Column("output", "Output"),
        Column("price", "Per 1M in / out"),
        Column("owner", "Owner"),
        Column("created", "Released"),
        Column("ends", "Shutdown"),
    ),
    had_too="{count} in catalog",
    use_for="Use for",
    use_for_none="no task",
    label="Display name",
    given_kind="What it can do",
    given_kinds=(
        Option("", "Kind as listed"),
        Option("chat", "Chat"),
        Option("embedding", "Embedding"),
        Option("both", "Chat and embedding"),
    ),
)
"""Of the Models tab, where several are picked and added to the catalog."""

TO_PICK = replace(
    TO_ADD,
    nothing_by_hand="If the id is right, type it below.",
    hint="Space or a click selects",
    hint_more="",
    selected="{name}",
    selected_more="",
    value_is=(Run("picker.value", mono=True), " is "),
)
"""Of the picker, where one is picked for the code in the next cell."""
