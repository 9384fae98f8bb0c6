"""The status of a provider: its one badge, its note, and the actions that fix it (the design's table).

Of several problems the worst is shown: key, then address, then rate limit, then connection, then a stale
list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...._text import clean
from ....errors import ConsentNeededError, DiscoveryError, MissingVariableError
from ....secrets import is_set
from ....urls import leads_here
from ..._format import age, ago, at_clock, clock, without_zone
from ..shared.views import Action, Badge, Note
from .consent import consent_question
from .refreshed import refreshed_status
from .words import LONGEST_CHARACTERS, message_of, with_code, with_key

if TYPE_CHECKING:
    from datetime import datetime

    from ....discovery.models import ModelList
    from ....errors import DiscoveryKind, DispatchError
    from ....service.consent import Sending
    from ....settings.schema import Provider
    from ..hub.hub import Hub
    from ..shared.views import Icon, Tone

FORBIDDEN, NOT_FOUND, SERVER_ERROR = 403, 404, 500
TYPE_LABELS = {"anthropic": "Anthropic", "openai-compatible": "OpenAI-compatible", "mock": "Built in"}

_BADGES: dict[DiscoveryKind, tuple[str, Tone, Icon]] = {
    "INVALID_CREDENTIALS": ("Key refused", "error", "error"),
    "TIMEOUT": ("Unreachable", "warn", "offline"),
    "CONNECTION_REFUSED": ("Unreachable", "warn", "offline"),
    "UNKNOWN_HOST": ("Unreachable", "warn", "offline"),
    "TLS": ("Not trusted", "error", "error"),
    "PROXY": ("Proxy in the way", "warn", "offline"),
    "FORBIDDEN": ("Not allowed", "error", "error"),
    "UNKNOWN_MODEL": ("Unknown model", "error", "error"),
    "RATE_LIMITED": ("Rate limited", "warn", "clock"),
    "QUOTA": ("No credit left", "error", "error"),
    "REDIRECT": ("Redirected", "error", "error"),
    "MALFORMED": ("Not a model list", "error", "error"),
    "TOO_LARGE": ("Answer too large", "error", "error"),
    "INTERRUPTED": ("Cut off", "warn", "offline"),
}
_STALE = Badge("Stale", "warn", "clock")
_NOT_SENT = Badge("Not sent", "warn", "info")


@dataclass(frozen=True, slots=True)
class ProviderStatus:
    """The status of a provider.

    Attributes:
        badge: The one badge; None if all is well.
        note: The note under its row; None if there is none.
        needs_attention: True if the tab's title counts it.
        limited_until: When its rate limit ends (UTC); None if it can be asked now.
    """

    badge: Badge | None = None
    note: Note | None = None
    needs_attention: bool = False
    limited_until: datetime | None = None


# ---- actions that fix an error


def refresh(provider: Provider, label: str = "Try again", *, quiet: bool = False) -> Action:
    """The button that asks a provider for its models."""
    return Action("refresh", label, {"row": provider.id}, style="quiet" if quiet else "")


def edit(provider: Provider, label: str = "Edit", *, quiet: bool = False) -> Action:
    """The button that opens a provider's form."""
    return Action("provider", label, {"row": provider.id}, kind="form", style="quiet" if quiet else "")


def diagnose(provider: Provider) -> Action:
    """The button that starts a diagnosis of why a provider lists no models."""
    return Action("diagnose", "Diagnose", {"row": provider.id}, style="quiet")


def use_url(hub: Hub, provider: Provider, base_url: str) -> Action:
    """The button that takes a suggested base URL, for the provider as it is shown: ``Use …/v1``."""
    tail = clean(base_url.rstrip("/").rsplit("/", 1)[-1], 20)
    args: dict[str, str] = {"row": provider.id, "url": base_url, "seen": hub.seen.token(provider)}
    return Action("use_url", f"Use …/{tail}", {**args})


def remedies(hub: Hub, provider: Provider, error: DispatchError) -> tuple[Action, ...]:
    """The actions that fix an error, the best first."""
    if isinstance(error, MissingVariableError):
        return (edit(provider),)
    if not isinstance(error, DiscoveryError):
        return edit(provider), refresh(provider, quiet=True)
    if error.suggested_base_url:
        return use_url(hub, provider, error.suggested_base_url), diagnose(provider)
    return _remedies_by_kind(provider, "NOT_FOUND" if error.status == NOT_FOUND else error.kind)


def _remedies_by_kind(provider: Provider, kind: str) -> tuple[Action, ...]:
    again_quietly = refresh(provider, quiet=True)
    match kind:
        case "INVALID_CREDENTIALS":
            replace = Action("provider", "Replace key", {"row": provider.id, "field": "key"}, kind="form")
            return replace, again_quietly
        case "REDIRECT":
            return edit(provider), again_quietly
        case "NOT_FOUND" | "UNKNOWN_HOST" | "MALFORMED":
            return edit(provider), again_quietly, diagnose(provider)
        case "RATE_LIMITED" | "QUOTA" | "HTTP_STATUS":
            return (refresh(provider),)
        case _:
            return refresh(provider), diagnose(provider)


# ---- status


def missing_variable(provider: Provider) -> str:
    """The variable that a provider's key refers to and that is not set; empty if none is missing."""
    name = provider.key_variable
    return name if name and not is_set(name) else ""


def status_of(hub: Hub, provider: Provider, models: ModelList | None, now: datetime) -> ProviderStatus:
    """The current status of a provider.

    Args:
        hub: The service's hub.
        provider: The provider.
        models: Its cached list; None if there is none.
        now: The current time.
    """
    limited = None if provider.is_mock else hub.service.retry_at(provider.id)
    if provider.is_mock or provider.id in hub.requests:
        return ProviderStatus(limited_until=limited)
    if not provider.is_known:
        return _unknown_type(hub, provider, hub.service.needs_consent(provider.id))
    failed = _failed_status(hub, provider, models, limited, now)
    if failed is not None:
        return failed
    refreshed = hub.refreshed.get(provider.id)
    if refreshed is not None:
        badge, note, needs_attention = refreshed_status(hub, provider, refreshed)
        return ProviderStatus(badge, note, needs_attention)
    return ProviderStatus(_STALE if models is not None and models.source == "stale" else None)


def _unknown_type(hub: Hub, provider: Provider, sending: Sending | None) -> ProviderStatus:
    title = f"This version does not know the type {clean(provider.type)}."
    text = "It is kept as it is. A newer version of this package or of the Dispatch app may know it."
    if sending is None:
        return ProviderStatus(Badge("Unknown type"), Note("warn", title, text))
    # It is not asked for models, but `resolve` returns its key.
    question = consent_question(provider, sending, changed=hub.consent_asked.get(provider.id, False))
    lead = f"{title} It is not asked for models, and resolve() gives its key out after a yes."
    note = Note(
        question.tone, question.title, f"{lead} {question.text}", question.actions, alert=question.alert
    )
    return ProviderStatus(Badge("Unknown type"), note)


def _failed_status(
    hub: Hub, provider: Provider, models: ModelList | None, limited: datetime | None, now: datetime
) -> ProviderStatus | None:
    variable = missing_variable(provider)
    if variable:
        return _failed(hub, MissingVariableError(variable), provider, None, limited)
    error = hub.service.last_error(provider.id)
    if isinstance(error, MissingVariableError):
        error = None  # the variable has been set since
    if isinstance(error, ConsentNeededError) or provider.id in hub.consent_asked:
        sending = hub.service.needs_consent(provider.id)
        if sending is not None:
            changed = hub.consent_asked.get(provider.id, False)
            question = consent_question(provider, sending, changed=changed)
            return ProviderStatus(_NOT_SENT, question, needs_attention=True)
        error = None if isinstance(error, ConsentNeededError) else error
    is_limit = isinstance(error, DiscoveryError) and error.kind == "RATE_LIMITED"
    if limited is not None and (error is None or is_limit):
        return _limited(provider, error, models, limited, now)
    return None if error is None else _failed(hub, error, provider, models, limited)


def badge_of(error: DispatchError, provider: Provider) -> Badge:
    """The badge of an error."""
    if isinstance(error, MissingVariableError):
        return Badge("Key missing", "error", "error")
    if isinstance(error, ConsentNeededError):
        return _NOT_SENT
    if not isinstance(error, DiscoveryError):
        return Badge("Cannot be asked", "error", "error")
    if error.kind == "CONNECTION_REFUSED" and leads_here(provider.base_url):
        return Badge("Not running", "warn", "offline")
    if error.kind == "HTTP_STATUS":
        return _status_badge(error.status or 0)
    return Badge(*_BADGES[error.kind])


def _status_badge(status: int) -> Badge:
    if status >= SERVER_ERROR:
        return Badge("Server error", "warn", "warn")
    words = {FORBIDDEN: "Not allowed", NOT_FOUND: "Wrong address"}.get(status, f"Refused ({status})")
    return Badge(words, "error", "error")


def _failed(
    hub: Hub,
    error: DispatchError,
    provider: Provider,
    models: ModelList | None,
    limited: datetime | None,
) -> ProviderStatus:
    badge = badge_of(error, provider)
    offered = remedies(hub, provider, error)
    if limited is not None:
        unlock = Action("ask_unlock", "Unlock", {"row": provider.id})
        offered = (unlock, *(remedy for remedy in offered if remedy.name != "refresh"))
    hint = without_zone(error.hint)
    if isinstance(error, MissingVariableError) and models is not None:
        hint = f"{hint} You see the list from before."
    note = Note(
        badge.tone or "error",
        with_key(message_of(error), provider),
        with_code(clean(hint, LONGEST_CHARACTERS)),
        offered,
        icon=badge.icon or "error",
    )
    return ProviderStatus(badge, note, needs_attention=True, limited_until=limited)


def _limited(
    provider: Provider, error: DispatchError | None, models: ModelList | None, until: datetime, now: datetime
) -> ProviderStatus:
    name = clean(provider.name)
    kept = f"You see the list from {clock(models.fetched_at, now)}. " if models and models.fetched_at else ""
    note = Note(
        "warn",
        error.message if error else f"{name} asked to be left alone for a while.",
        f"{kept}Refresh works again {at_clock(until, now)}, in {{until}}. Using the models is not affected.",
        (Action("ask_unlock", "Unlock", {"row": provider.id}),),
        icon="clock",
        until=until.timestamp(),
        until_said=f"{name} can be refreshed again",
    )
    badge = Badge(f"Rate limited until {clock(until, now)}", "warn", "clock")
    return ProviderStatus(badge, note, needs_attention=True, limited_until=until)


def fetched_words(models: ModelList, now: datetime) -> str:
    """When a list was fetched, in words."""
    if models.fetched_at is None:
        return "built in"
    when = age(models.fetched_at, now) if models.source == "stale" else ago(models.fetched_at, now)
    return f"fetched {when}"
