"""Values as text in panels: names, times, sizes, prices. Nothing here knows widgets or the service."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from .._text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..discovery.models import ModelList, Price
    from ..settings.backups import Added

_MINUTE_SECONDS = 60
_HOUR_SECONDS = 3600
_DAY_HOURS = 24
_THOUSAND = 1000
_MILLION = 1_000_000
_CENT = 0.01
_ZONE = re.compile(r"\b(\d\d:\d\d) UTC(?:[+-]\d\d?(?::\d\d)?)?(?!\w)")
# Not from strftime, whose month names follow the machine's locale.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def listed(words: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *head, last = list(words) or [""]
    return f"{', '.join(head)} and {last}" if head else last


def tile(name: str) -> str:
    """The two letters in a provider's tile: ``An`` for Anthropic, ``OR`` for OpenRouter."""
    letters = [character for character in clean(name) if character.isalnum()]
    capitals = [character for character in letters if character.isupper()]
    first_word = [character for character in clean(name).split(" ")[0] if character.isupper()]
    if len(first_word) > 1:
        capitals = first_word
    elif len(capitals) > 1 and not clean(name).split(" ")[0].istitle():
        capitals = capitals[:2]
    else:
        capitals = []
    return "".join(capitals[:2] or letters[:2]) or "?"


def address(url: str) -> str:
    """A base URL without its scheme: ``openrouter.ai/api/v1``."""
    return clean(url.split("://", 1)[-1].rstrip("/"))


def counts(models: ModelList) -> str:
    """The number of models of each kind that occurs: ``62 chat · 4 embedding · 9 other``."""
    parts = [f"{count:,} {kind}" for kind, count in models.counts().items() if count]
    return " · ".join(parts) or "No models"


def local(moment: datetime) -> datetime:
    """A moment in the machine's own time zone."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone()


def day(moment: datetime) -> str:
    """``21 Nov``."""
    there = local(moment)
    return f"{there.day} {_MONTHS[there.month - 1]}"


def clock(moment: datetime, now: datetime) -> str:
    """``14:05`` today or soon, ``yesterday``, ``tomorrow 09:10``, else ``21 Nov``: what people say."""
    there, here = local(moment), local(now)
    time = f"{there:%H:%M}"
    days = (there.date() - here.date()).days
    if days == 0 or timedelta(0) <= there - here < timedelta(hours=_DAY_HOURS / 2):
        return time
    if days == 1:
        return f"tomorrow {time}"
    if days == -1:
        return "yesterday"
    return day(moment) if there.year == here.year else f"{day(moment)} {there.year}"


def at_clock(moment: datetime, now: datetime) -> str:
    """`clock` after a verb: ``at 14:05``, ``tomorrow at 09:10``, ``yesterday``, ``on 21 Nov``."""
    words = clock(moment, now)
    if words == "yesterday":
        return words
    if ":" not in words:
        return f"on {words}"
    return words.replace("tomorrow ", "tomorrow at ") if words.startswith("tomorrow") else f"at {words}"


def without_zone(words: str) -> str:
    """Text with the time zone removed from its times, as panels show local times without one."""
    return _ZONE.sub(r"\1", words)


def ago(moment: datetime, now: datetime) -> str:
    """``just now``, ``12 min ago``, then the clock, then the date."""
    seconds = (now - local(moment)).total_seconds()
    if seconds < _MINUTE_SECONDS:
        return "just now"
    if seconds < _HOUR_SECONDS:
        return f"{int(seconds // _MINUTE_SECONDS)} min ago"
    return clock(moment, now)


def age(moment: datetime, now: datetime) -> str:
    """How old a stale list is: ``3 h ago``, else as `ago` says it."""
    elapsed = now - local(moment)
    if timedelta(hours=1) <= elapsed < timedelta(hours=_DAY_HOURS):
        return f"{int(elapsed.total_seconds() // _HOUR_SECONDS)} h ago"
    return ago(moment, now)


def stamp(moment: datetime, *, seconds: bool = False) -> str:
    """``21 Nov, 13:02``, with ``seconds`` also those."""
    return f"{day(moment)}, {local(moment):%H:%M:%S}" if seconds else f"{day(moment)}, {local(moment):%H:%M}"


def created(seconds: int | None) -> str:
    """A model's release date: ``18 Aug 2025``; empty if it is missing or invalid.

    Args:
        seconds: Seconds since 1970 (UTC).
    """
    if not seconds or seconds < 0:
        return ""
    try:
        moment = datetime.fromtimestamp(seconds, tz=UTC)
    except (OverflowError, OSError, ValueError):
        return ""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def tokens(count: int | None) -> str:
    """``131k``, ``1M``; empty if it is not stated."""
    if not count or count < 0:
        return ""
    if count < _THOUSAND:
        return str(count)
    thousands = round(count / _THOUSAND)
    if thousands < _THOUSAND:
        return f"{thousands}k"
    return f"{count / _MILLION:.1f}".removesuffix(".0") + "M"


def price(value: Price | None) -> str:
    """``$3.50 / $10.00``, ``free``; empty if it is not stated.

    Args:
        value: US dollars per million tokens.
    """
    if value is None or (value.input is None and value.output is None):
        return ""
    if not value.input and not value.output:
        return "free"
    return f"{_dollars(value.input)} / {_dollars(value.output)}"


def _dollars(amount: float | None) -> str:
    if amount is None:
        return "–"  # noqa: RUF001 - the design's dash for an unknown value
    return f"${amount:.2f}" if amount == 0 or amount >= _CENT else f"${amount:.4f}".rstrip("0")


def size(count: int) -> str:
    """``6.1 kB``.

    Args:
        count: Bytes.
    """
    return f"{count} B" if count < _THOUSAND else f"{count / _THOUSAND:.1f} kB"


def folder(path: Path) -> str:
    """The folder of a file from ``~`` on, or its last two names: saved notebooks hold no full path."""
    parent = path.parent
    try:
        return clean(Path("~") / parent.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        names = parent.parts[1:]
        return clean(Path("…", *names[-2:]) if len(names) > 2 else parent)  # noqa: PLR2004 - two names


def shown_path(path: Path) -> str:
    """A file's name with its `folder`."""
    return clean(Path(folder(path)) / path.name, 1000)


def content_words(providers: int, entries: int) -> str:
    """The content of a settings file: ``2 providers, 5 entries``.

    Args:
        providers: The number of providers.
        entries: The number of catalog entries.
    """
    return ", ".join(_contents(providers, entries)) or "nothing in it"


def restore_words(added: Added) -> str:
    """What a restore removes, as in ``2 providers and 3 entries made since then go``.

    Args:
        added: What is in the file now and not in the backup.
    """
    providers, entries = len(added.providers), len(added.entries)
    words = " and ".join(_contents(providers, entries))
    if not words:
        return "No provider and no entry is lost, only what was changed in them since then."
    return f"{words} made since then {'go' if providers + entries > 1 else 'goes'}."


def _contents(providers: int, entries: int) -> list[str]:
    counted = (providers, plural(providers, "provider")), (entries, plural(entries, "entry", "entries"))
    return [words for count, words in counted if count]
