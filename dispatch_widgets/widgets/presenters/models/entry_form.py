"""The form to edit a catalog entry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypedDict

from ...._terms import CAPABILITIES
from ...._text import clean, plural
from ....errors import FieldProblem, InvalidInputError
from ..._format import listed
from ..shared.failures import refused
from ..shared.file_version import version_seen
from ..shared.views import Action, Answer, Field, Focus, Form, Message, Note, Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...._terms import Capability
    from ....service import EntryKind, SettingsService
    from ....settings.schema import CatalogEntry
    from ..hub.hub import Hub
    from ..shared.arguments import Arguments

NAME = "entry"
DISMISS = "dismiss_saved"
_FIELD_NAMES = frozenset({"label", "provider", "model"})
_KNOWN_WORDS = {
    "stated": "As the settings file states it.",
    "listed": "As its provider lists it.",
    "inferred": "Told from the model's id. What you tick here is stored.",
    "unknown": "Unknown: an empty list in the file counts as chat.",
}


class _Changes(TypedDict, total=False):
    """The fields of an entry that were changed in the form."""

    label: str
    provider_id: str
    model: str
    capabilities: tuple[Capability, ...]


@dataclass(frozen=True, slots=True)
class _Input:
    """The values of the fields.

    Attributes:
        label: The display name; empty for none.
        provider: The provider's id; empty for none.
        model: The model's id.
        chat: True if the box for chat is ticked.
        embedding: True if the box for embeddings is ticked.
    """

    label: str
    provider: str
    model: str
    chat: bool
    embedding: bool

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """The ticked capabilities."""
        ticked = {"chat": self.chat, "embedding": self.embedding}
        return tuple(name for name in CAPABILITIES if ticked[name])

    def written(self) -> dict[str, str]:
        """The values as form arguments, to tell the person's changes from those of another program."""
        chat, embedding = "true" if self.chat else "", "true" if self.embedding else ""
        return {
            "seen_label": self.label,
            "seen_provider": self.provider,
            "seen_model": self.model,
            "seen_chat": chat,
            "seen_embedding": embedding,
        }


class EntryForm:
    """The form to edit a catalog entry.

    Args:
        hub: The service's hub.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._saved_over: dict[str, tuple[CatalogEntry, str]] = {}  # by id: as it was saved, and what was not

    @property
    def _service(self) -> SettingsService:
        return self._hub.service

    def form(self, args: Arguments, values: Mapping[str, str], changed: str) -> Form:  # noqa: ARG002
        """The form, filled from the entry and from ``values``; ``reload`` takes in changes of the file.

        Raises:
            NotFoundError: If the entry is gone.
        """
        entry = self._service.entry(args.text("row"))
        kind = self._service.capabilities_of(entry)
        now, seen = _of_entry(entry, kind), _seen(args)
        given = _given(values, seen or now)
        if args.flag("reload") and seen is not None:
            given, seen = _merged(given, seen, now), now
        version = version_seen(self._hub, args)
        used = [found.task for found in self._service.assignments if found.model_id == entry.id]
        verb = "uses this entry and keeps" if len(used) == 1 else "use this entry and keep"
        return Form(
            NAME,
            f"Edit {clean(entry.title)}",
            self._fields(entry, given, kind),
            save="Save",
            back="Models",
            args={"row": entry.id, **(seen or now).written(), **version.written()},
            foot=f"{listed(used)} {verb} using it." if used else "",
            revision=version.revision,
            seen=version.saved,
        )

    def _fields(self, entry: CatalogEntry, given: _Input, kind: EntryKind) -> tuple[Field, ...]:
        about = self._listed_message(given)
        return (
            Field("label", "Label", value=given.label, placeholder=entry.model),
            Field("provider", "Provider", "choice", given.provider, self._owners(given), follows=True),
            Field(
                "model",
                "Model id",
                value=given.model,
                messages=(about,) if about is not None else (),
                mono=True,
            ),
            Field("chat", "Chat", "check", "true" if given.chat else ""),
            Field(
                "embedding",
                "Embedding",
                "check",
                "true" if given.embedding else "",
                messages=(Message(_KNOWN_WORDS[kind.known]),),
            ),
        )

    def _owners(self, given: _Input) -> tuple[Option, ...]:
        providers = self._service.get_providers()
        names = [clean(provider.name) for provider in providers]
        options = [
            Option(each.id, f"{name} ({each.id[:8]})" if names.count(name) > 1 else name)
            for name, each in zip(names, providers, strict=True)
        ]
        known = any(option.value == given.provider for option in options)
        return tuple(options) if known else (Option(given.provider, "None"), *options)

    def _listed_message(self, given: _Input) -> Message | None:
        """A line on whether the provider lists the id; None if that is not known."""
        provider = self._service.settings.provider(given.provider)
        models = self._hub.cache.models(given.provider) if given.provider else None
        if provider is None or models is None or not given.model:
            return None
        name = clean(provider.name)
        if models.get(given.model) is not None:
            return Message(f"Listed by {name}", "ok", ("model",))
        among = f"Not among the {plural(len(models), 'model')} that {name} lists."
        words = f"{among if len(models) else f'{name} lists no models.'} It may answer all the same."
        return Message(words, about=("model",))

    def submit(self, values: Mapping[str, str], key: str, args: Arguments) -> Answer:  # noqa: ARG002
        """Save the changed fields; the others stay as they are in the file."""
        entry_id = args.text("row")
        seen = _seen(args)
        if seen is None:
            entry = self._service.entry(entry_id)
            seen = _of_entry(entry, self._service.capabilities_of(entry))
        changes = _changes(_given(values, seen), seen)
        self._service.reload()
        replaced = self._replaced(entry_id, seen, changes)
        try:
            if changes:
                self._service.update_model(entry_id, **changes)
            else:
                self._service.entry(entry_id)
        except InvalidInputError as error:
            problems = [
                FieldProblem("provider" if each.field == "providerId" else each.field, each.message)
                for each in error.problems
            ]
            return refused(InvalidInputError(problems, message=error.message, hint=error.hint), _FIELD_NAMES)
        self._saved_over.pop(entry_id, None)
        if replaced:
            self._saved_over[entry_id] = (self._service.entry(entry_id), replaced)
        return Answer(say=f"Saved. {replaced}" if replaced else "Saved", focus=Focus(row=entry_id))

    def _replaced(self, entry_id: str, seen: _Input, changes: _Changes) -> str:
        """A sentence on what was changed in the file meanwhile and these changes replace; empty if nothing.

        Args:
            entry_id: The entry's id.
            seen: Its values when the form was filled.
            changes: The changes of the person.
        """
        entry = self._service.settings.entry(entry_id)
        if entry is None:
            return ""
        now = _of_entry(entry, self._service.capabilities_of(entry))
        theirs = _changes(now, seen)
        if entry.capabilities is None:  # they are told anew from the list or the id; nobody has changed them
            theirs.pop("capabilities", None)
        owner = self._service.settings.provider(now.provider)
        to = {
            "label": f"label to {clean(now.label, 60) or 'none'}",
            "provider_id": f"provider to {clean(owner.name, 60) if owner is not None else 'another'}",
            "model": f"model id to {clean(now.model, 60)}",
            "capabilities": f"kinds to {listed(now.capabilities) or 'none'}",
        }
        own, other = dict(changes), dict(theirs)
        replaced = [to[name] for name in own if name in other and other[name] != own[name]]
        if not replaced:
            return ""
        return f"Another program or cell changed the {listed(replaced)} meanwhile; yours took its place."

    def note(self, entry: CatalogEntry) -> Note | None:
        """The note on what the last save of an entry replaced; None once it is dismissed or out of date."""
        saved, words = self._saved_over.get(entry.id, (None, ""))
        if saved != entry:
            return None
        dismiss = Action(DISMISS, "Dismiss", {"row": entry.id}, style="quiet")
        return Note("info", "Saved", words, (dismiss,))

    def dismiss(self, entry_id: str) -> Answer:
        """Close that note."""
        self._saved_over.pop(entry_id, None)
        return Answer(focus=Focus(row=entry_id))

    def key_for(self, values: Mapping[str, str], args: Arguments) -> str:  # noqa: ARG002
        """Empty: the form has no field for a key."""
        return ""


def _of_entry(entry: CatalogEntry, kind: EntryKind) -> _Input:
    return _Input(
        entry.label or "",
        entry.provider_id or "",
        entry.model,
        chat="chat" in kind.capabilities,
        embedding="embedding" in kind.capabilities,
    )


def _seen(args: Arguments) -> _Input | None:
    """The entry's values when the form was filled; None if it is filled for the first time."""
    if not args.text("seen_model", ""):
        return None
    return _Input(
        args.text("seen_label", ""),
        args.text("seen_provider", ""),
        args.text("seen_model"),
        chat=bool(args.text("seen_chat", "")),
        embedding=bool(args.text("seen_embedding", "")),
    )


def _given(values: Mapping[str, str], before: _Input) -> _Input:
    """The values of the fields; what the page does not send keeps its value from before."""
    return _Input(
        values.get("label", before.label),
        values.get("provider", before.provider),
        values.get("model", before.model),
        chat=bool(values["chat"]) if "chat" in values else before.chat,
        embedding=bool(values["embedding"]) if "embedding" in values else before.embedding,
    )


def _merged(given: _Input, before: _Input, now: _Input) -> _Input:
    """The values of the fields, with another program's changes in those that were not edited here."""
    ticked = given.capabilities == before.capabilities
    return replace(
        given,
        label=now.label if given.label == before.label else given.label,
        provider=now.provider if given.provider == before.provider else given.provider,
        model=now.model if given.model == before.model else given.model,
        chat=now.chat if ticked else given.chat,
        embedding=now.embedding if ticked else given.embedding,
    )


def _changes(given: _Input, before: _Input) -> _Changes:
    changes: _Changes = {}
    if given.label != before.label:
        changes["label"] = given.label
    if given.provider and given.provider != before.provider:
        changes["provider_id"] = given.provider
    if given.model != before.model:
        changes["model"] = given.model
    if given.capabilities != before.capabilities:
        changes["capabilities"] = given.capabilities
    return changes
