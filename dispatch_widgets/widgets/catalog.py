"""The form to edit a catalog entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .._text import clean, plural
from ..errors import DispatchError, InvalidInputError
from ._base import UnexpectedError
from ._format import listed
from ._forms import Field, Form, drop_keys
from ._parts import box, classed, make, markup, text

if TYPE_CHECKING:
    from ..settings.schema import CatalogEntry
    from .models import ModelsPanel


class EntryForm(Form):
    """The form to edit a catalog entry.

    Args:
        panel: The panel that it belongs to.
        entry: The entry to edit.
        used: The tasks that use it.

    Attributes:
        label: The display name's field.
        owner: The provider's field.
        model: The model id's field.
        chat: Whether it can chat.
        embedding: Whether it makes embeddings.
    """

    first_field = ".dw-first input"

    def __init__(self, panel: ModelsPanel, entry: CatalogEntry, used: list[str]) -> None:
        self._panel, self.entry = panel, entry
        service = panel.service
        kind = service.capabilities_of(entry)
        options = [(clean(provider.name), provider.id) for provider in service.get_providers()]
        names = [name for name, _ in options]
        options = [(f"{name} ({key[:8]})" if names.count(name) > 1 else name, key) for name, key in options]
        if entry.provider_id not in {key for _, key in options}:
            options = [("None", ""), *options]
        self.label = Field(
            make(widgets.Text, description="Label", value=entry.label or "", placeholder=entry.model),
            "dw-first",
        )
        self.owner = Field(
            make(
                widgets.Dropdown,
                description="Provider",
                options=options,
                value=_value(entry.provider_id, options),
            )
        )
        self.model = Field(make(widgets.Text, description="Model id", value=entry.model), "dw-mono")
        self._stated = tuple(kind.capabilities)
        self.chat = classed(
            make(widgets.Checkbox, description="Chat", value="chat" in self._stated, indent=False), "dw-check"
        )
        self.embedding = classed(
            make(widgets.Checkbox, description="Embedding", value="embedding" in self._stated, indent=False),
            "dw-check",
        )
        checks = box(self.chat, self.embedding, classes="dw-checks", row=True)
        known = {
            "stated": "As the settings file states it.",
            "listed": "As its provider lists it.",
            "inferred": "Told from the model's id. What you tick here is stored.",
            "unknown": "Unknown: an empty list in the file counts as chat.",
        }[kind.known]
        abilities = box(
            markup('<span class="dw-label">What it can do</span>'),
            checks,
            text(known, "dw-msg"),
            classes="dw-field",
        )
        super().__init__(
            f"Edit {clean(entry.title)}",
            back="Models",
            fields=[box(self.label, self.owner, classes="dw-pair", row=True), self.model, abilities],
            on_save=self.press_save,
            on_back=lambda: panel.act(lambda: panel.form_left(self)),
            on_cancel=lambda: panel.act(lambda: panel.form_left(self)),
        )
        if used:
            verb = "uses this entry and keeps" if len(used) == 1 else "use this entry and keep"
            self.foot_message.set(f"{listed(used)} {verb} using it.")
        for field in (self.owner, self.model):
            field.control.observe(lambda _change: panel.act(self._follow), "value")
        before = panel.form
        if isinstance(before, EntryForm) and before.entry.id == entry.id:
            self._keep_typed(before)
        self._follow()

    def _keep_typed(self, before: EntryForm) -> None:
        """Take over what was changed in the form that this one replaces after a reload."""
        typed = before._changes()
        if "label" in typed:
            self.label.control.value = before.label.value
        if typed.get("provider_id") in {key for _, key in self.owner.control.options}:
            self.owner.control.value = before.owner.value
        if "model" in typed:
            self.model.control.value = before.model.value
        if "capabilities" in typed:
            self.chat.value, self.embedding.value = before.chat.value, before.embedding.value

    def _follow(self) -> None:
        """Say whether the provider lists the id."""
        provider_id, model_id = self.owner.value, self.model.value
        models = self._panel.hub.models(provider_id) if provider_id else None
        if models is None or not model_id:
            self.model.hint.set("")
            return
        name = clean(self._panel.service.provider(provider_id).name)
        if models.get(model_id) is not None:
            self.model.hint.set(f"Listed by {name}", "ok")
        else:
            listed = f"Not among the {plural(len(models), 'model')} that {name} lists."
            if not len(models):
                listed = f"{name} lists no models."
            self.model.hint.set(f"{listed} It may answer all the same.")

    def press_save(self) -> None:
        """Save what was changed; what was not stays as it is in the file."""
        with self._panel.hub.lock:
            if self.saving:
                return
            self.saving = True
            try:
                changes = self._changes()
                if changes:
                    self._panel.service.update_model(self.entry.id, **changes)
            except InvalidInputError as error:
                self._refuse(error)
            except DispatchError as error:
                self.refuse(error)
                self._panel.root.focus(".dw-form .dw-note .dw-btn, .dw-form .dw-save")
            except Exception as error:  # noqa: BLE001 - shown in the form
                self.refuse(UnexpectedError(error))
            else:
                self.saving = False
                self._panel.form_saved(self)

    def _changes(self) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        if self.label.value != (self.entry.label or ""):
            changes["label"] = self.label.value
        if self.owner.value and self.owner.value != self.entry.provider_id:
            changes["provider_id"] = self.owner.value
        if self.model.value != self.entry.model:
            changes["model"] = self.model.value
        ticked = [("chat", self.chat.value), ("embedding", self.embedding.value)]
        can = tuple(name for name, on in ticked if on)
        if set(can) != set(self._stated):
            changes["capabilities"] = can
        return changes

    def _refuse(self, error: InvalidInputError) -> None:
        by_field = {problem.field: problem.message for problem in error.problems}
        drop_keys(by_field, {"label": self.label, "model": self.model})
        self.label.refuse(by_field.pop("label", ""))
        self.owner.refuse(by_field.pop("providerId", ""))
        self.model.refuse(by_field.pop("model", ""))
        self.count_problems(len({problem.field for problem in error.problems}))
        if by_field:
            self.note.set("error", " ".join(by_field.values()), error.hint)
        self._panel.root.focus(".dw-form .dw-invalid input, .dw-form .dw-invalid select")


def _value(wanted: str | None, options: list[tuple[str, str]]) -> str:
    return wanted if wanted is not None and any(key == wanted for _, key in options) else ""
