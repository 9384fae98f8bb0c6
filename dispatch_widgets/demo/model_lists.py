"""The models that the demo server lists: a few hundred realistic ones, generated from small tables.

Names follow real families, so that capability inference is tested realistically; sizes, dates and prices are
invented. The same call always gives the same models.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from . import _model_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

DemoKind = Literal["chat", "embedding", "other"]

_DAYS_BETWEEN_SIBLINGS = 11
_SNAPSHOT_DAYS = 17


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoModel:
    """One model of the demo server.

    Attributes:
        id: Its id, as requests name it.
        kind: Its kind, which the server states for some models only.
        owner: Its owner.
        created: Its date, in seconds since 1970 (UTC).
        context: The context window in tokens; None if the server does not state it.
        price: US dollars per million input and output tokens; None if the server does not state it.
        takes: Input modalities; empty if the server does not state them.
        name: A display name; empty if the server has none.
        output: The largest output in tokens; None if the server does not state it.
    """

    id: str
    kind: DemoKind
    owner: str
    created: int
    context: int | None = None
    price: tuple[float, float] | None = None
    takes: tuple[str, ...] = ()
    name: str = ""
    output: int | None = None

    def as_openai(self) -> dict[str, Any]:
        """The model as an OpenAI-compatible list shows it."""
        item: dict[str, Any] = {
            "id": self.id,
            "object": "model",
            "created": self.created,
            "owned_by": self.owner,
        }
        if self.name:
            item["name"] = self.name
        if self.context is not None:
            item["context_length"] = self.context
        if self.price is not None:
            prompt, completion = (f"{dollars / 1_000_000:.12f}".rstrip("0") for dollars in self.price)
            item["pricing"] = {"prompt": prompt.rstrip("."), "completion": completion.rstrip(".")}
        if self.takes:
            item["architecture"] = {"input_modalities": list(self.takes), "output_modalities": ["text"]}
        return item

    def as_anthropic(self) -> dict[str, Any]:
        """The model as the Anthropic list shows it."""
        made = datetime.fromtimestamp(self.created, tz=UTC)
        item: dict[str, Any] = {
            "type": "model",
            "id": self.id,
            "display_name": self.name or self.id,
            "created_at": made.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        if self.context is not None:
            item["max_input_tokens"] = self.context
        if self.output is not None:
            item["max_tokens"] = self.output
        if self.takes:
            item["capabilities"] = {
                "image_input": {"supported": "image" in self.takes},
                "batch": {"supported": True},
            }
        return item


class _Family(NamedTuple):
    kind: DemoKind
    owner: str
    pattern: str
    parts: tuple[tuple[str, ...], ...]
    since: datetime
    context: int | None
    price: tuple[float, float] | None
    takes: tuple[str, ...]


# id, display name, day of release, tokens read, tokens written; newest first, as Anthropic lists them.
_CLAUDE = (
    ("claude-opus-5", "Claude Opus 5", "2026-09-30", 1_000_000, 128_000),
    ("claude-sonnet-5", "Claude Sonnet 5", "2026-08-18", 1_000_000, 128_000),
    ("claude-sonnet-4-6", "Claude Sonnet 4.6", "2026-02-17", 200_000, 64_000),
    ("claude-opus-4-6", "Claude Opus 4.6", "2026-02-04", 200_000, 64_000),
    ("claude-opus-4-5-20251101", "Claude Opus 4.5", "2025-11-24", 200_000, 64_000),
    ("claude-haiku-4-5-20251001", "Claude Haiku 4.5", "2025-10-15", 200_000, 64_000),
    ("claude-sonnet-4-5-20250929", "Claude Sonnet 4.5", "2025-09-29", 200_000, 64_000),
    ("claude-opus-4-1-20250805", "Claude Opus 4.1", "2025-08-05", 200_000, 32_000),
    ("claude-opus-4-20250514", "Claude Opus 4", "2025-05-22", 200_000, 32_000),
    ("claude-sonnet-4-20250514", "Claude Sonnet 4", "2025-05-22", 200_000, 64_000),
    ("claude-3-7-sonnet-20250219", "Claude Sonnet 3.7", "2025-02-24", 200_000, 64_000),
    ("claude-3-5-haiku-20241022", "Claude Haiku 3.5", "2024-10-22", 200_000, 8_192),
    ("claude-3-haiku-20240307", "Claude Haiku 3", "2024-03-07", 200_000, 4_096),
)
_CLAUDE_LINES = ("Opus", "Sonnet", "Haiku")
_PREVIEW_READS = 1_000_000  # tokens
_PREVIEW_WRITES = 128_000
_KINDS: dict[str, DemoKind] = {"[chat]": "chat", "[embedding]": "embedding", "[other]": "other"}
_MODALITIES = {"t": "text", "i": "image"}

ANTHROPIC_MODELS = 28
"""How many models the demo's Anthropic account lists: two pages of the default size."""


def openai_models(count: int) -> tuple[DemoModel, ...]:
    """The list of the demo's large account.

    Args:
        count: How many models; never fewer than those that the files and notebooks name.
    """
    first = _grow(_model_tables.FIRST)
    natural = _grow(_model_tables.MANY)
    wanted = max(0, count - len(first))
    if wanted <= len(natural):
        # Spread over all families, so that a short list has every kind of model too.
        return (*first, *(natural[index * len(natural) // wanted] for index in range(wanted)))
    return (*first, *natural, *_snapshots(natural, wanted - len(natural)))


def second_models() -> tuple[DemoModel, ...]:
    """The short list of the demo's second OpenAI-compatible account, a lab's own server."""
    return _grow(_model_tables.SECOND)


def anthropic_models(count: int = ANTHROPIC_MODELS) -> tuple[DemoModel, ...]:
    """The list of the demo's Anthropic account, newest first.

    Args:
        count: How many models; beside the known ones there are invented previews.
    """
    models = [_claude(*row) for row in _CLAUDE[:count]]
    newest = _day(_CLAUDE[0][2])
    for number in range(1, count - len(models) + 1):
        line = _CLAUDE_LINES[number % len(_CLAUDE_LINES)]
        made = newest - timedelta(days=number)
        models.append(
            _claude(
                f"claude-{line.lower()}-5-preview-{made:%Y%m%d}",
                f"Claude {line} 5 (preview of {made:%Y-%m-%d})",
                f"{made:%Y-%m-%d}",
                _PREVIEW_READS,
                _PREVIEW_WRITES,
            )
        )
    return tuple(sorted(models, key=lambda model: -model.created))


def _claude(model_id: str, name: str, day: str, context: int, output: int) -> DemoModel:
    return DemoModel(
        id=model_id,
        kind="chat",
        owner="anthropic",
        created=int(_day(day).timestamp()),
        context=context,
        takes=("text", "image"),
        name=name,
        output=output,
    )


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _read(table: str) -> Iterator[_Family]:
    """The families of a table (its columns: `_model_tables`)."""
    kind: DemoKind = "chat"
    for line in table.strip().splitlines():
        if line.startswith("["):
            kind = _KINDS[line]
            continue
        owner, pattern, parts, month, context, price, takes = line.split("|")
        cheap, dear = (float(dollars) for dollars in (price if price != "-" else "0 0").split())
        yield _Family(
            kind=kind,
            owner=owner,
            pattern=pattern,
            parts=tuple(_choices(group) for group in parts.split("/")),
            since=_day(f"{month}-01"),
            context=None if context == "-" else int(context),
            price=None if price == "-" else (cheap, dear),
            takes=() if takes == "-" else tuple(_MODALITIES[letter] for letter in takes),
        )


def _choices(group: str) -> tuple[str, ...]:
    return tuple("" if part == "." else part for part in group.split())


def _grow(table: str) -> tuple[DemoModel, ...]:
    """All models of a table; within a family each is newer and more expensive than the one before."""
    return tuple(
        DemoModel(
            id=family.pattern.format(*parts),
            kind=family.kind,
            owner=family.owner,
            created=int((family.since + timedelta(days=number * _DAYS_BETWEEN_SIBLINGS)).timestamp()),
            context=family.context,
            price=family.price and (family.price[0] * (1 + number / 2), family.price[1] * (1 + number / 2)),
            takes=family.takes,
        )
        for family in _read(table)
        for number, parts in enumerate(product(*family.parts))
    )


def _snapshots(models: tuple[DemoModel, ...], count: int) -> Iterator[DemoModel]:
    """Dated versions of the chat models, `count` of them."""
    chats = [model for model in models if model.kind == "chat"]
    for number in range(count):
        model = chats[number % len(chats)]
        age = (1 + number // len(chats)) * _SNAPSHOT_DAYS
        made = datetime.fromtimestamp(model.created, tz=UTC) - timedelta(days=age)
        yield DemoModel(
            id=f"{model.id}-{made:%Y%m%d}",
            kind="chat",
            owner=model.owner,
            created=int(made.timestamp()),
            context=model.context,
            price=model.price,
            takes=model.takes,
        )
