"""Forms that take the place of a panel's lists, and their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .._text import escaped as esc
from ..errors import DispatchError, SettingsFileError
from ..secrets import LOOKS_LIKE_KEY
from ._parts import Message, Note, box, button, classed, close_all_in, heading, mark, shared
from ._troubles import TRY_AGAIN, may_pass, message_of_save

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class Form(widgets.VBox):  # type: ignore[misc] # ipywidgets ships no types
    """A form that takes the place of a panel's lists.

    Args:
        title: Its heading.
        back: Where its way back leads, as "Providers".
        fields: Its fields.
        on_save: Called when Save is pressed.
        on_back: Called when it is left without saving; what was typed is kept.
        on_cancel: Called when it is given up.
        save: The name of the Save button.

    Attributes:
        kept: Whether it is opened again, with what was typed, after it was left.
    """

    first_field = ".dw-form input, .dw-form select"

    def __init__(
        self,
        title: str,
        *,
        back: str,
        fields: Iterable[widgets.Widget],
        on_save: Callable[[], None],
        on_back: Callable[[], object],
        on_cancel: Callable[[], object],
        save: str = "Save",
    ) -> None:
        self.kept = False
        self._save_words = save
        self.back = button(f"Back to {back}", on_back, icon="back", classes="dw-quiet dw-only")
        self.save = button(save, on_save, style="primary", classes="dw-save")
        self.cancel = button("Cancel", on_cancel)
        self.foot_message = Message()
        self.note = Note()
        self.retry = button(TRY_AGAIN, on_save)
        form_head = box(self.back, heading(title, level=2, large=True), classes="dw-form-head", row=True)
        foot = box(self.save, self.cancel, self.foot_message, classes="dw-form-foot", row=True)
        super().__init__([form_head, *fields, self.note, foot], layout=shared(widgets.Layout))
        classed(self, "dw-form")

    def done_with(self) -> None:
        """Close it and all that is in it, unless it is kept: the kernel holds every open widget for good."""
        if not self.kept:
            self.retry.close()
            close_all_in(self)
            self.close()

    @property
    def saving(self) -> bool:
        """Whether a save is under way: the button is off and says so."""
        return bool(self.save.disabled)

    @saving.setter
    def saving(self, value: bool) -> None:
        self.save.disabled = value
        self.save.description = "Saving…" if value else self._save_words

    def refuse(self, error: DispatchError) -> None:
        """Say why nothing was saved; what was typed stays.

        Args:
            error: What went wrong.
        """
        self.saving = False
        kept = "Your input is still here." if isinstance(error, SettingsFileError) else ""
        self.note.set(
            "error",
            message_of_save(error),
            f"{error.hint} {kept}".strip(),
            actions=[self.retry] if may_pass(error) else [],
        )

    def count_problems(self, count: int) -> None:
        """Say beside Save how many fields need attention.

        Args:
            count: How many.
        """
        self.saving = False
        self.note.hide()
        words = f"{count} fields need attention" if count > 1 else "1 field needs attention"
        self.foot_message.set_html(esc(words) if count else "", "error" if count else "")


def drop_keys(problems: Mapping[str, str], fields: Mapping[str, Field]) -> None:
    """Empties the fields into which a key got: what they hold is in the notebook's widget state (SEC-1).

    Args:
        problems: What is wrong, by field.
        fields: The form's fields that a key may have got into.
    """
    for name, field in fields.items():
        if problems.get(name) == LOOKS_LIKE_KEY:
            field.control.value = ""


class Field(widgets.VBox):  # type: ignore[misc] # ipywidgets ships no types
    """A control with what is said about it below.

    Args:
        control: The control, with its name as ``description``.
        classes: Further class names for the control.
    """

    def __init__(self, control: widgets.DOMWidget, classes: str = "") -> None:
        self.control = classed(control, "dw-field", classes)
        self.error = Message()
        self.hint = Message()
        super().__init__([self.control, self.error, self.hint], layout=shared(widgets.Layout))
        classed(self, "dw-fieldbox")

    @property
    def value(self) -> Any:
        """The control's value; a text without blanks around it."""
        value = self.control.value
        return value.strip() if isinstance(value, str) else value

    def refuse(self, words: str) -> None:
        """Show that the field needs attention; an empty text takes that back.

        Args:
            words: What is wrong and what would be right.
        """
        mark(self.control, "dw-invalid", bool(words))
        self.error.set(words, "error")
