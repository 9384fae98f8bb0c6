"""How a provider stands: its one badge, its note, and what can be done about it (the design's table).

Of several things at once the worst is shown: key, then address, then limit, then reach, then an old list.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._text import clean, plural
from ..errors import ConsentNeededError, DiscoveryError, MissingVariableError
from ._format import age, ago, clock, listed, without_zone
from ._questions import consent_question

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ..discovery.models import ModelList
    from ..errors import DiscoveryKind, DispatchError
    from ..service.consent import Sending
    from ..settings.schema import Assignment, CatalogEntry, Provider
    from ._hub import Hub, Outcome
    from ._rows import Action, Badge, Icon, Note, Rich, Run, Tone

FORBIDDEN, NOT_FOUND, SERVER_ERROR = 403, 404, 500
MOST_NAMED = 6
"""So many new or gone models are named in a note; the rest is counted."""

TYPE_WORDS = {"anthropic": "Anthropic", "openai-compatible": "OpenAI-compatible", "mock": "Built in"}

_BADGES: dict[DiscoveryKind, tuple[str, Tone, Icon]] = {
    "INVALID_CREDENTIALS": ("Key refused", "error", "error"),
    "TIMEOUT": ("Unreachable", "warn", "offline"),
    "CONNECTION_REFUSED": ("Unreachable", "warn", "offline"),
    "UNKNOWN_HOST": ("Unreachable", "warn", "offline"),
    "TLS": ("Not trusted", "error", "error"),
    "PROXY": ("Proxy in the way", "warn", "offline"),
    "RATE_LIMITED": ("Rate limited", "warn", "clock"),
    "QUOTA": ("No credit left", "error", "error"),
    "FORBIDDEN": ("Not allowed", "error", "error"),
    "UNKNOWN_MODEL": ("Unknown model", "error", "error"),
    "REDIRECT": ("Redirected", "error", "error"),
    "MALFORMED": ("Not a model list", "error", "error"),
    "TOO_LARGE": ("Answer too large", "error", "error"),
    "INTERRUPTED": ("Cut off", "warn", "offline"),
}
TRY_AGAIN: Action = {"action": "refresh", "label": "Try again"}
EDIT: Action = {"action": "edit", "label": "Edit"}
REPLACE_KEY: Action = {"action": "replace_key", "label": "Replace key"}
UNLOCK: Action = {"action": "unlock", "label": "Unlock"}
DIAGNOSE: Action = {"action": "diagnose", "label": "Diagnose", "style": "quiet"}
DISMISS: Action = {"action": "dismiss", "label": "Dismiss", "style": "quiet"}


@dataclass(frozen=True, slots=True)
class ProviderState:
    """How a provider stands.

    Attributes:
        badge: The one badge, or None when all is well.
        note: What is said under the row, or None.
        needs_attention: Whether the tab's title counts it.
        limited_until: When it may be asked again (UTC); None when it may now.
    """

    badge: Badge | None = None
    note: Note | None = None
    needs_attention: bool = False
    limited_until: datetime | None = None


def missing_variable(provider: Provider, environ: Mapping[str, str] = os.environ) -> str:
    """The variable that a provider's key refers to and that is not set; empty when nothing is missing."""
    name = provider.key_variable
    return name if name and not environ.get(name, "").strip() else ""


def message_of(error: DispatchError) -> str:
    """What a failure says in a panel, where "this process" is the kernel.

    Args:
        error: What went wrong.
    """
    if isinstance(error, MissingVariableError):
        return f"{error.variable} is not set in this kernel."
    return error.message


def state_of(hub: Hub, provider: Provider, models: ModelList | None, now: datetime) -> ProviderState:
    """How a provider stands now.

    Args:
        hub: What panels share.
        provider: The provider.
        models: The list that is held of it.
        now: The present moment.
    """
    limited = None if provider.is_mock else hub.service.retry_at(provider.id)
    if provider.is_mock or provider.id in hub.asked:
        return ProviderState(limited_until=limited)
    if not provider.is_known:
        sending = hub.service.needs_consent(provider.id)
        return _unknown_type(provider, sending, changed=hub.unsent.get(provider.id, False))
    return (
        _trouble(hub, provider, models, limited, now)
        or _outcome(hub, provider)
        or (_STALE if models is not None and models.source == "stale" else ProviderState())
    )


_STALE = ProviderState({"text": "Stale", "tone": "warn", "icon": "clock"})


_NOT_SENT: Badge = {"text": "Not sent", "tone": "warn", "icon": "info"}


def _unknown_type(provider: Provider, sending: Sending | None, *, changed: bool) -> ProviderState:
    note: Note = {
        "tone": "warn",
        "title": f"This version does not know the type {clean(provider.type)}.",
        "text": "It is kept as it is. A newer version of this package or of the Dispatch app may know it.",
    }
    if sending is not None:  # it is not asked for models, but `resolve` gives its key out
        lead = f"{note['title']} It is not asked for models, and resolve() gives its key out after a yes."
        note = consent_question(provider, sending, changed=changed)
        note["text"] = f"{lead} {note['text']}"
    return ProviderState({"text": "Unknown type"}, note)


def _trouble(
    hub: Hub, provider: Provider, models: ModelList | None, limited: datetime | None, now: datetime
) -> ProviderState | None:
    variable = missing_variable(provider)
    if variable:
        return _failed(MissingVariableError(variable), provider, None, limited)
    error = hub.service.last_error(provider.id)
    if isinstance(error, MissingVariableError):
        error = None  # it is set by now
    if isinstance(error, ConsentNeededError) or provider.id in hub.unsent:
        needed = hub.service.needs_consent(provider.id)
        if needed is not None:
            question = consent_question(provider, needed, changed=hub.unsent.get(provider.id, False))
            return ProviderState(_NOT_SENT, question, needs_attention=True)
        error = None if isinstance(error, ConsentNeededError) else error
    is_limit = isinstance(error, DiscoveryError) and error.kind == "RATE_LIMITED"
    if limited is not None and (error is None or is_limit):
        return _limited(provider, error, models, limited, now)
    return None if error is None else _failed(error, provider, models, limited)


def _outcome(hub: Hub, provider: Provider) -> ProviderState | None:
    outcome = hub.outcomes.get(provider.id)
    return None if outcome is None else _refreshed(outcome, hub.service.catalog, hub.service.assignments)


def badge_of(error: DispatchError, provider: Provider) -> Badge:
    """The badge for a failure.

    Args:
        error: What went wrong.
        provider: Whose failure it is.
    """
    if isinstance(error, MissingVariableError):
        return {"text": "Key missing", "tone": "error", "icon": "error"}
    if isinstance(error, ConsentNeededError):
        return _NOT_SENT
    if not isinstance(error, DiscoveryError):
        return {"text": "Cannot be asked", "tone": "error", "icon": "error"}
    if error.kind == "CONNECTION_REFUSED" and is_local(provider):
        return {"text": "Not running", "tone": "warn", "icon": "offline"}
    if error.kind == "HTTP_STATUS":
        return _status_badge(error.status or 0)
    words, tone, icon = _BADGES[error.kind]
    return {"text": words, "tone": tone, "icon": icon}


def _status_badge(status: int) -> Badge:
    if status >= SERVER_ERROR:
        return {"text": "Server error", "tone": "warn", "icon": "warn"}
    words = {FORBIDDEN: "Not allowed", NOT_FOUND: "Wrong address"}.get(status, f"Refused ({status})")
    return {"text": words, "tone": "error", "icon": "error"}


def is_local(provider: Provider) -> bool:
    """Whether a provider's server runs on this machine."""
    host = provider.base_url.split("://", 1)[-1].split("/", 1)[0].rsplit("@", 1)[-1]
    name = host[1:].split("]", 1)[0] if host.startswith("[") else host.split(":", 1)[0]
    return name in {"localhost", "::1"} or name.startswith("127.")


_QUIET_AGAIN: Action = {**TRY_AGAIN, "style": "quiet"}
_REMEDIES: dict[DiscoveryKind, tuple[Action, ...]] = {
    "INVALID_CREDENTIALS": (REPLACE_KEY, _QUIET_AGAIN),
    "REDIRECT": (EDIT, _QUIET_AGAIN),
    "UNKNOWN_HOST": (EDIT, _QUIET_AGAIN, DIAGNOSE),
    "MALFORMED": (EDIT, _QUIET_AGAIN, DIAGNOSE),
    "RATE_LIMITED": (TRY_AGAIN,),
    "QUOTA": (TRY_AGAIN,),
    "HTTP_STATUS": (TRY_AGAIN,),
}


def use_url(base_url: str) -> Action:
    """The button that takes a base URL: ``Use …/v1``."""
    tail = base_url.rstrip("/").rsplit("/", 1)[-1]
    return {"action": "use_url", "label": f"Use …/{clean(tail, 20)}"}


def remedies(error: DispatchError) -> list[Action]:
    """What mends a failure, the best first."""
    if isinstance(error, MissingVariableError):
        return [EDIT]
    if not isinstance(error, DiscoveryError):
        return [EDIT, _QUIET_AGAIN]
    if error.suggested_base_url:
        return [use_url(error.suggested_base_url), DIAGNOSE]
    if error.status == NOT_FOUND:
        return [EDIT, _QUIET_AGAIN, DIAGNOSE]
    return list(_REMEDIES.get(error.kind, (TRY_AGAIN, DIAGNOSE)))


def _failed(
    error: DispatchError, provider: Provider, models: ModelList | None, limited: datetime | None
) -> ProviderState:
    badge = badge_of(error, provider)
    offered = remedies(error)
    if limited is not None:
        offered = [UNLOCK, *(remedy for remedy in offered if remedy["action"] != "refresh")]
    hint = without_zone(error.hint)
    if isinstance(error, MissingVariableError) and models is not None:
        hint = f"{hint} You see the list from before."
    note: Note = {
        "tone": badge.get("tone", "error"),
        "icon": badge.get("icon", "error"),
        "title": with_keys(message_of(error), provider),
        "text": with_code(clean(hint, 600)),
        "actions": offered,
    }
    return ProviderState(badge, note, needs_attention=True, limited_until=limited)


def with_keys(words: str, provider: Provider) -> Rich:
    """A message in which the shown form of the provider's key stands in the typewriter face."""
    shown = provider.masked_key
    message = clean(words, 600)
    before, found, after = message.partition(shown) if shown else (message, "", "")
    return [before, {"text": shown, "mono": True}, after] if found else message


_CODE = re.compile(r"`([^`]+)`|(https?://\S*[\w/])|((?<!\S)/v1\b)")


def with_code(words: str) -> Rich:
    """Words in which addresses, and what stands between backticks, are in the typewriter face."""
    runs: list[str | Run] = []
    place = 0
    for found in _CODE.finditer(words):
        runs += [words[place : found.start()], {"text": found.group(1) or found.group(), "mono": True}]
        place = found.end()
    return [*runs, words[place:]] if runs else words


def _limited(
    provider: Provider, error: DispatchError | None, models: ModelList | None, until: datetime, now: datetime
) -> ProviderState:
    at = clock(until, now)
    kept = f"You see the list from {clock(models.fetched_at, now)}. " if models and models.fetched_at else ""
    note: Note = {
        "tone": "warn",
        "icon": "clock",
        "title": error.message if error else f"{clean(provider.name)} asked to be left alone for a while.",
        "text": f"{kept}Refresh works again at {at}, in {{until}}. Using the models is not affected.",
        "until": until.timestamp(),
        "until_said": f"{clean(provider.name)} can be refreshed again",
        "actions": [UNLOCK],
    }
    badge: Badge = {"text": f"Rate limited until {at}", "tone": "warn", "icon": "clock"}
    return ProviderState(badge, note, needs_attention=True, limited_until=until)


def _refreshed(
    outcome: Outcome, catalog: Sequence[CatalogEntry], assignments: Sequence[Assignment]
) -> ProviderState:
    models = outcome.models
    if models.warning and not len(models) and models.error is None:
        badge: Badge = {"text": "Not a model list", "tone": "error", "icon": "error"}
        note: Note = {
            "tone": "error",
            "title": clean(models.warning, 600),
            "text": "A model id can always be typed by hand, in Models.",
            "actions": [EDIT, {**TRY_AGAIN, "style": "quiet"}, DIAGNOSE],
        }
        return ProviderState(badge, note, needs_attention=True)
    added, removed = models.added, models.removed
    if not added and not removed:
        if models.warning:
            warning: Note = {"tone": "warn", "title": clean(models.warning, 600), "actions": [DISMISS]}
            return ProviderState(None, None if outcome.dismissed else warning)
        return ProviderState({"text": "No change", "tone": "ok", "icon": "check"})
    parts = [f"{len(added):,} new"] if added else []
    parts += [f"{len(removed):,} gone"] if removed else []
    badge = {"text": ", ".join(parts), "tone": "info", "icon": "info"}
    if outcome.dismissed:
        return ProviderState(badge)
    gone = _gone(models.provider_id, removed, catalog, assignments) if removed else []
    said = [_named("New: ", added), *gone] if added else gone
    said += [clean(models.warning, 600)] if models.warning else []
    title, *rest = [[*words, " "] if isinstance(words, list) else [words, " "] for words in said]
    changed: Note = {
        "tone": "info",
        "title": title,
        "text": [run for words in rest for run in words],
        "actions": [{"action": "show_models", "label": "Show in Models"}, DISMISS],
    }
    return ProviderState(badge, changed)


def _gone(
    provider_id: str,
    removed: Sequence[str],
    catalog: Sequence[CatalogEntry],
    assignments: Sequence[Assignment],
) -> list[Rich]:
    """Which models are gone, those that something uses first, each with the tasks that it does."""
    gone = frozenset(removed)
    entries = {e.id: e.model for e in catalog if e.provider_id == provider_id and e.model in gone}
    used: dict[str, list[str]] = {model: [] for model in entries.values()}
    for assignment in assignments:
        if assignment.model_id in entries:
            used[entries[assignment.model_id]].append(assignment.task)
    ids = sorted(removed, key=lambda model: (not used.get(model), model not in used))
    tails = {model: f"used by {listed(tasks)}" for model, tasks in used.items() if tasks}
    said: list[Rich] = [_named("Gone: ", ids, tails, end=".")]
    if entries:
        said.append(f"The {'entry stays' if len(entries) == 1 else 'entries stay'} and may still answer.")
    return said


def _named(lead: str, ids: Sequence[str], tails: Mapping[str, str] | None = None, *, end: str = "") -> Rich:
    runs: list[str | Run] = [lead]
    for position, name in enumerate(ids[:MOST_NAMED]):
        runs += [", "] if position else []
        runs.append({"text": clean(name), "mono": True})
        if tails and name in tails:  # of one alone it reads as a clause, among others it is set apart
            runs.append(f", {tails[name]}" if len(ids) == 1 else f" ({tails[name]})")
    more = len(ids) - MOST_NAMED
    runs.append(f" and {plural(more, 'more', 'more')}{end}" if more > 0 else end)
    return runs


def fetched(models: ModelList | None, now: datetime) -> str:
    """When a list was fetched, in words.

    Args:
        models: The list that is held, if any.
        now: The present moment.
    """
    if models is None:
        return "never fetched"
    if models.fetched_at is None:
        return "built in"
    return (
        f"fetched {age(models.fetched_at, now) if models.source == 'stale' else ago(models.fetched_at, now)}"
    )
