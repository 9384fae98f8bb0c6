"""Adding models to the catalog: those selected in a list, or one typed by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from ...._text import clean
from ....discovery.similar_ids import did_you_mean
from ....errors import InvalidInputError
from ....service import NewModel
from ....service.entry_kinds import model_kind
from ....settings.tasks import TASK_NEEDS, TASKS
from ..._format import listed
from ..shared.arguments import MismatchError
from ..shared.views import Action, Answer, Focus, Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ...._terms import Capability
    from ....service import SettingsService
    from ....settings.schema import CatalogEntry, Provider
    from ....settings.tasks import Task
    from ..hub.hub import Hub
    from ..shared.arguments import Arguments
    from ..shared.presenter import Handler
    from ..shared.undo import Undo
    from ..shared.views import ActionArgs

SECTION = "add"
CATALOG = "catalog"
_KINDS: dict[str, tuple[Capability, ...]] = {
    "": (),
    "chat": ("chat",),
    "embedding": ("embedding",),
    "both": ("chat", "embedding"),
}
MOST_TYPED_CHARACTERS = 512
"""The longest model id that can be typed by hand."""


class AddModels:
    """Adds models to the catalog, and assigns each ticked task to the first of them that fits.

    Args:
        hub: The service's hub.
        undo: Offers to undo the change.
    """

    def __init__(self, hub: Hub, undo: Undo) -> None:
        self._hub = hub
        self._undo = undo

    @property
    def _service(self) -> SettingsService:
        return self._hub.service

    @property
    def handlers(self) -> dict[str, Handler]:
        """The handlers of its actions."""
        return {
            "add_models": self._add,
            "add_by_hand": self._add_by_hand,
            "take_out": self._take_out,
            "take_listed": self._add_by_hand,
            "keep_typed": lambda args: self._add_by_hand(args, as_typed=True),
        }

    def _add(self, args: Arguments) -> Answer:
        """Add the selected models, given by ``providers`` and ``models``, and assign the ``tasks``."""
        providers, models = args.texts("providers"), args.texts("models")
        if not models or len(providers) != len(models):
            raise MismatchError
        wanted = [
            self._listed(provider_id, model_id) or NewModel(provider_id=provider_id, model=model_id)
            for provider_id, model_id in zip(providers, models, strict=True)
        ]
        label, kind = args.text("label", "").strip(), args.text("kind", "")
        if kind not in _KINDS:
            raise MismatchError
        if len(wanted) == 1:
            (new,) = wanted
            wanted = [replace(new, label=label or new.label, capabilities=_KINDS[kind] or new.capabilities)]
        _, answer = self._keep(wanted, args.texts("tasks"))
        return replace(answer, clear=("models", *answer.clear))

    def _listed(self, provider_id: str, model_id: str) -> NewModel | None:
        """A model with the name and capabilities from its provider's list; None if it is not listed."""
        known = self._hub.cache.models(provider_id)
        found = known.get(model_id) if known is not None else None
        if found is None:
            return None
        label = found.name if found.name != found.id else None
        # None for a model that is neither: an empty list in the file counts as chat.
        can = found.capabilities or None
        return NewModel(provider_id=provider_id, model=model_id, label=label, capabilities=can)

    def _add_by_hand(self, args: Arguments, *, as_typed: bool = False) -> Answer:
        """Add the typed id; asks first if it resembles a listed one, unless ``as_typed``."""
        provider_id, model_id, kind = args.text("provider", ""), args.text("model").strip(), args.text("kind")
        if kind not in {"chat", "embedding"} or not 0 < len(model_id) <= MOST_TYPED_CHARACTERS:
            raise MismatchError
        if not provider_id:
            raise InvalidInputError(
                [], message="Which provider serves it?", hint="Choose it beside the id, then add it again."
            )
        if any((e.provider_id, e.model) == (provider_id, model_id) for e in self._service.catalog):
            words = f"{clean(model_id, 120)} is in the catalog already."
            raise InvalidInputError([], message=words, hint="Nothing was added.")
        meant = None if as_typed else self._meant(provider_id, model_id)
        if meant is not None:
            return _did_you_mean(meant, args, self._service.provider(provider_id))
        wanted = self._listed(provider_id, model_id) or NewModel(provider_id=provider_id, model=model_id)
        if wanted.capabilities is None:  # the list has no model of this id, or says that it is neither
            wanted = replace(wanted, capabilities=(cast("Capability", kind),))
        made, answer = self._keep([wanted], args.texts("tasks"))
        self._hub.kept.update(entry.id for entry in made)  # no "Not listed" note: it was typed on purpose
        return replace(answer, clear=("model", *answer.clear))

    def _take_out(self, args: Arguments) -> Answer:
        """Remove models from the catalog in one write; asks first if tasks use them, unless ``sure``."""
        providers, models = args.texts("providers"), args.texts("models")
        if len(providers) != len(models):
            raise MismatchError
        wanted = set(zip(providers, models, strict=True))
        there = [
            each.id for each in self._service.catalog if ((each.provider_id or ""), each.model) in wanted
        ]
        used = [found.task for found in self._service.assignments if found.model_id in there]
        if used and not args.flag("sure"):
            return _sure(used, args)
        if there:
            self._service.delete_models(there)
            words = f"{len(there):,} taken out"
            focus = Focus(section=SECTION)
            self._undo.offer(SECTION, words, lambda: Answer(say="Undone", focus=focus))
        return Answer(say=f"{len(there):,} taken out of the catalog", clear=("models",))

    def _meant(self, provider_id: str, model_id: str) -> str | None:
        known = self._hub.cache.models(provider_id)
        return did_you_mean(model_id, [each.id for each in known]) if known is not None else None

    def _keep(self, wanted: list[NewModel], tasks: Iterable[str]) -> tuple[tuple[CatalogEntry, ...], Answer]:
        """Add models in one write: all of them or none."""
        chosen = set(tasks)
        ticked = [task for task in TASKS if task in chosen]
        given: list[Task] = []
        filled = []
        for new in wanted:
            can = self._capabilities(new)
            fits = tuple(task for task in ticked if task not in given and TASK_NEEDS[task] in can)
            filled.append(replace(new, tasks=fits))
            given += fits
        made = self._service.add_models(filled)
        words = f"{len(made):,} added"
        if given:
            words += f", used for {listed(given)}"
        left = [task for task in ticked if task not in given]
        if left:
            words += f". No model of these fits {listed(left)}"
        focus = Focus(section=SECTION)
        self._undo.offer(SECTION, words, lambda: Answer(say="Undone", focus=focus))
        ids = tuple(entry.id for entry in made)
        return made, Answer(say=f"{len(made):,} added to the catalog", clear=tuple(given), added=ids)

    def _capabilities(self, new: NewModel) -> tuple[Capability, ...]:
        """What its entry will count as: what is stated, else listed, else told from the model's id."""
        if new.capabilities is not None:
            return tuple(new.capabilities)
        return model_kind(new.model, self._hub.cache.models(new.provider_id)).capabilities


def _sure(used: Sequence[str], args: Arguments) -> Answer:
    """The question before entries that tasks use are removed."""
    uses = "uses what is taken out and is" if len(used) == 1 else "use what is taken out and are"
    rest: ActionArgs = {"providers": args.texts("providers"), "models": args.texts("models")}
    note = Note(
        "error",
        f"{listed(used)} {uses} then not set.",
        actions=(
            Action("take_out", "Take out", {**rest, "row": SECTION, "sure": True}, style="danger"),
            Action("keep", "Keep", kind="close"),
        ),
        icon="trash",
    )
    return Answer(question=note, focus=Focus(section=SECTION, action="keep"))


def _did_you_mean(meant: str, args: Arguments, provider: Provider) -> Answer:
    """The question before an id that resembles a listed one is added."""
    model_id = args.text("model").strip()
    rest: ActionArgs = {
        "row": SECTION,
        "provider": provider.id,
        "kind": args.text("kind"),
        "tasks": args.texts("tasks"),
    }
    listed_id, typed_id = clean(meant, 120), clean(model_id, 120)
    note = Note(
        "info",
        f"Did you mean {listed_id}?",
        f"{clean(provider.name)} lists it, and does not list {typed_id}.",
        (
            Action("take_listed", f"Add {listed_id}", {**rest, "model": meant}, style="primary"),
            Action("keep_typed", f"Keep {typed_id}", {**rest, "model": model_id}),
        ),
        alert=True,
    )
    return Answer(question=note, focus=Focus(section=SECTION, action="take_listed"))
