"""The question before a referenced key is sent to a host that it was not made for (SEC-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._text import clean
from ....errors import reference_words
from ....presets import preset_for_url
from ....service.consent import Sending, why_asked
from ..shared.views import Action, Note, Run

if TYPE_CHECKING:
    from ....settings.schema import Provider
    from ..shared.arguments import Arguments

_LONGEST_HOST_CHARACTERS = 60


def consent_question(provider: Provider, sending: Sending, *, changed: bool = False) -> Note:
    """The question; its button's arguments are what the person sees.

    Args:
        provider: The provider of the key.
        sending: What would be sent where.
        changed: Whether the person has just consented to something that the file no longer says (SEC-8).
    """
    url, variable = provider.base_url, sending.variable
    preset = preset_for_url(url)
    reason = why_asked(variable, url)
    if preset is not None and preset.key_variable not in {None, variable}:
        reason = f"{preset.name} usually has another key."
    shown = Run(clean(variable if ":" in variable else f"${{{variable}}}", 80), mono=True)
    text = f"{reason} Nothing is sent to {_shown_host(sending)} until you say so here.".strip()
    args: dict[str, str] = {"row": provider.id, "variable": variable, "host": sending.host}
    allow = Action("allow_sending", send_label(sending), {**args})
    if changed:
        title = ("The file has changed. It names ", shown, " as this provider's key now.")
        return Note("warn", title, f"Nothing was sent. {text}", (allow,), alert=True)
    return Note("warn", ("The file names ", shown, " as this provider's key."), text, (allow,))


def send_label(sending: Sending) -> str:
    """The button's text: ``Send $NAME to host``."""
    return clean(f"Send {reference_words(sending.variable)} to {_shown_host(sending)}", 160)


def allowed_sending(args: Arguments) -> Sending:
    """What a person consented to by pressing the button of `consent_question`."""
    return Sending(args.text("variable"), args.text("host"))


def _shown_host(sending: Sending) -> str:
    """The host; a long one is shortened at its start, as the end says whose it is."""
    host = clean(sending.host)
    return host if len(host) <= _LONGEST_HOST_CHARACTERS else f"…{host[1 - _LONGEST_HOST_CHARACTERS :]}"
