"""The rows of the catalog, and the question before entries are deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._text import clean
from ....settings.views import SAME_ID
from ..._format import day, listed
from ..shared.many import named
from ..shared.views import Action, Badge, Cell, Choice, Column, Fact, Note, Option, Row, Run
from .kinds import kind_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from ....service import EntryKind
    from ....settings.schema import CatalogEntry, Provider
    from ..shared.views import ActionArgs

COLUMNS = (
    Column("entry", "Entry"),
    Column("provider", "Provider"),
    Column("kind", "Kind"),
    Column("used", "Used by"),
)
SORTS = (
    Option("", "Newest first"),
    Option("reversed", "Oldest first"),
    Option("title", "By name"),
    Option("line", "By model"),
    Option("provider", "By provider"),
    Option("kind", "By kind"),
    Option("used", "By task"),
    Option("attention", "What needs attention first"),
)
GIVE = "give_provider"
PROVIDERS = "providers"
"""The key in `Section.options` of the providers that an entry can be given."""
ROW_ACTIONS = (
    Action("try_entry", "Try {title}", icon="play", style="quiet", icon_only=True),
    Action("entry", "Edit {title}", kind="form", icon="edit", style="quiet", icon_only=True),
    Action("ask_delete_entry", "Delete {title}", icon="trash", style="quiet", icon_only=True),
)


def entry_row(
    entry: CatalogEntry,
    kind: EntryKind,
    used: Sequence[str],
    providers: Mapping[str, Provider],
    *,
    gone: datetime | None = None,
    unlisted: bool = False,
    listing: Iterable[str] = (),
    said: Note | None = None,
) -> Row:
    """The row of a catalog entry.

    Args:
        entry: The entry.
        kind: What it can do.
        used: The tasks that use it.
        providers: All providers by id.
        gone: When its provider stopped listing it; None if it did not, or if that was dismissed.
        unlisted: Whether its provider's list lacks it and, as far as is known, always has.
        listing: Ids of providers that list its model, for an entry without a provider.
        said: The last error, or the result of a try; shown in place of the row's other notes.
    """
    provider = providers.get(entry.provider_id or "")
    badge, note = _doubt(entry, provider, used, providers, gone=gone, unlisted=unlisted, listing=listing)
    same_id = entry.problem == SAME_ID and not entry.unconverted
    without = "Deleted" if entry.provider_id else "None"
    return Row(
        f"{entry.id}\0again" if same_id else entry.id,  # row ids must be unique
        clean(entry.title),
        ((Run(clean(entry.model), model_id=True),),) if entry.label else (),
        cells={
            "provider": Cell(clean(provider.name)) if provider is not None else Cell(without, "error"),
            "kind": Cell(kind_words(kind)),
            **({"used": Cell(", ".join(clean(task) for task in used))} if used else {}),
        },
        badge=badge,
        mono=not entry.label,
        note=said or note,
        fixed=same_id,
    )


def _doubt(
    entry: CatalogEntry,
    provider: Provider | None,
    used: Sequence[str],
    providers: Mapping[str, Provider],
    *,
    gone: datetime | None,
    unlisted: bool,
    listing: Iterable[str],
) -> tuple[Badge | None, Note | None]:
    """The badge and note on what is wrong with an entry, and what can be done about it."""
    if entry.unconverted:  # one note above the catalog explains it
        return Badge("Old format", "warn", "warn"), None
    if entry.problem == SAME_ID:
        return Badge("Same id twice", "error", "error"), Note(
            "error", entry.problem, "The first of the two in the file is used."
        )
    if needs_provider(entry):
        return Badge("No provider", "error", "error"), _give_provider(entry, used, providers, listing)
    if gone is not None and provider is not None:
        return Badge("No longer listed", "warn", "warn"), _no_longer_listed(entry, provider, used, gone)
    if unlisted and provider is not None:
        words = "It may be another name of a model, or one that is not served any more."
        title = f"{clean(provider.name)} does not list this id."
        note = Note("info", title, words, _pick_other_or_keep(entry, used))
        return Badge("Not listed", "info", "info"), note
    return None, None


def needs_provider(entry: CatalogEntry) -> bool:
    """Whether an entry can be used once it is given a provider."""
    return bool(entry.problem) and entry.problem != SAME_ID and not entry.unconverted


def _give_provider(
    entry: CatalogEntry, used: Sequence[str], providers: Mapping[str, Provider], listing: Iterable[str]
) -> Note:
    loss = f", so {listed(used)} {'has' if len(used) == 1 else 'have'} no model." if used else "."
    title = entry.problem.rstrip(".") + loss
    ids = {each.id for each in providers.values() if not each.is_mock}
    if not ids:
        add = Action("providers", "Add provider", {"form": "provider"}, kind="go")
        return Note("error", title, actions=(add,))
    # The provider is not guessed: only one that lists the model is proposed.
    proposed = next((key for key in listing if key in ids), "")
    choice = Choice(f"Provider for {clean(entry.title)}", (), shared=PROVIDERS, value=proposed)
    give = Action(GIVE, "Give provider", {"row": entry.id})
    return Note("error", title, actions=(give,), choice=choice)


def _no_longer_listed(entry: CatalogEntry, provider: Provider, used: Sequence[str], gone: datetime) -> Note:
    words = "It may still answer for a while."
    if used:
        words += f" Choose another model for {listed(used)} when you can."
    title = f"{clean(provider.name)} stopped listing this id on {day(gone)}."
    return Note("warn", title, words, _pick_other_or_keep(entry, used))


def _pick_other_or_keep(entry: CatalogEntry, used: Sequence[str]) -> tuple[Action, ...]:
    # The model selected there is assigned to the tasks.
    where: ActionArgs = {"list": entry.provider_id or "", "tasks": tuple(used)}
    return (
        Action("models", "Pick another model", where, kind="go"),
        Action("keep_listed", "Keep", {"row": entry.id}, style="quiet"),
    )


def choice_of_provider(providers: Iterable[Provider]) -> tuple[Option, ...]:
    """The providers that an entry can be given, after an option for none."""
    given = (Option(each.id, clean(each.name)) for each in providers if not each.is_mock)
    return (Option("", "Choose a provider"), *given)


def delete_question(entries: Sequence[CatalogEntry], used: Sequence[str], place: str) -> Note:
    """The question before catalog entries are deleted.

    Args:
        entries: The entries.
        used: The tasks that use them.
        place: Where the question is shown: the row of a single entry, or the section.
    """
    several = len(entries) > 1
    it, what = ("them", f"{len(entries):,} entries") if several else ("it", "entry")
    loss = f"Nothing uses {it}."
    if used:
        uses, are = ("uses", "is") if len(used) == 1 else ("use", "are")
        loss = f"{listed(used)} {uses} {it} and {are} then not set."
    ids = tuple(entry.id for entry in entries)
    delete = Action("delete_entry", f"Delete {what}", {"row": place, "rows": ids}, style="danger")
    titles = [clean(entry.title) for entry in entries]
    return Note(
        "error",
        f"Delete {what if several else titles[0]}?",
        loss,
        (delete, Action("keep", f"Keep {it}", kind="close")),
        icon="trash",
        facts=(Fact("Entries", named(titles)),) if several else (),
    )
