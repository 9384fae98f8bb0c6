"""The values that discovery returns: models, prices, lists.

They are slotted dataclasses and not pydantic models, as 10,000 of them take about 3 MB instead of 15 (P-8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import TYPE_CHECKING, Any, Literal, overload

from .._terms import CAPABILITIES
from .._text import clean, escaped, html_table, text_table
from ..secrets import mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from .._terms import Capability, Feature, Kind, ProviderType
    from ..errors import DiscoveryError

Source = Literal["live", "cache", "stale", "builtin"]

SHOWN_ROWS = 20
"""The most models that a list shows as a cell's output; the picker shows all."""

_HEADS = ("Model", "Name", "Kind", "Context (tokens)", "Features")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A model's price in US dollars per million tokens, as its server states it.

    Attributes:
        input: For input tokens; None if not stated.
        output: For output tokens; None if not stated.
    """

    input: float | None = None
    output: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveredModel:
    """One model of a provider's list (MD-3). Nothing is guessed into the optional fields.

    Attributes:
        id: The id for requests.
        name: The display name; the id if the server states none.
        capabilities: ``chat``, ``embedding``, both, or empty for a model that is neither.
        owned_by: The owner that the server states: a vendor or a host.
        created: The date that the server states, in seconds since 1970 (UTC).
        context_window: The context window, in tokens.
        max_output_tokens: The most output of one request, in tokens.
        input_modalities: The kinds of input: ``text``, ``image``, ``audio`` …
        price: The price per million tokens.
        deprecated: Whether the server states that it is deprecated; None if it states neither.
        shutdown_date: When the server stops serving it, as the server writes it (mostly ``YYYY-MM-DD``).
        features: Further features: ``vision``, ``audio``, ``tools``, ``reasoning``, ``structured_output``;
            empty if the server states none of them (MD-18).
    """

    id: str
    name: str
    capabilities: tuple[Capability, ...]
    owned_by: str | None = None
    created: int | None = None
    context_window: int | None = None
    max_output_tokens: int | None = None
    input_modalities: tuple[str, ...] | None = None
    price: Price | None = None
    deprecated: bool | None = None
    shutdown_date: str | None = None
    features: tuple[Feature, ...] = ()

    @property
    def kind(self) -> Kind:
        """The kind in one word: ``chat`` if it has that capability, else ``embedding`` or ``other``."""
        if "chat" in self.capabilities:
            return "chat"
        return "embedding" if "embedding" in self.capabilities else "other"


def features_in_words(features: Iterable[Feature]) -> str:
    """Features in words: ``vision, structured output``."""
    return ", ".join(feature.replace("_", " ") for feature in features)


class _Draft:
    """The slots of `DiscoveredModel`, but not frozen; `build_model` changes its class.

    A frozen dataclass's own constructor takes two and a half times as long, and lists have thousands.
    """

    __slots__ = tuple(DiscoveredModel.__dataclass_fields__)

    def __init__(  # noqa: PLR0917 - positional for speed; `build_model` says what they are
        self,
        model_id: str,
        name: str,
        capabilities: tuple[Capability, ...],
        owned_by: str | None = None,
        created: int | None = None,
        context_window: int | None = None,
        max_output_tokens: int | None = None,
        input_modalities: tuple[str, ...] | None = None,
        price: Price | None = None,
        deprecated: bool | None = None,
        shutdown_date: str | None = None,
        features: tuple[Feature, ...] = (),
    ) -> None:
        self.id = model_id
        self.name = name
        self.capabilities = capabilities
        self.owned_by = owned_by
        self.created = created
        self.context_window = context_window
        self.max_output_tokens = max_output_tokens
        self.input_modalities = input_modalities
        self.price = price
        self.deprecated = deprecated
        self.shutdown_date = shutdown_date
        self.features = features


def build_model(*values: Any) -> DiscoveredModel:
    """Makes a `DiscoveredModel` of its attributes in their order, faster than its constructor (P-2)."""
    draft: Any = _Draft(*values)
    draft.__class__ = DiscoveredModel  # the layouts are equal; frozen from here on
    model: DiscoveredModel = draft
    return model


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A provider, as discovery needs it.

    Attributes:
        provider_id: The provider's id in the settings file; the cache's key.
        name: The provider's name, for messages.
        type: The provider type.
        base_url: The normalised base URL, without a trailing slash.
        api_key: The key itself, with references resolved. Shown masked.
    """

    provider_id: str
    name: str
    type: ProviderType
    base_url: str
    api_key: str

    def __repr__(self) -> str:
        return f"Target({self.name!r}, {self.type}, {self.base_url!r}, key={mask(self.api_key)!r})"

    def __reduce__(self) -> str:
        raise TypeError("a Target holds a key and is not pickled")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ModelList(Sequence[DiscoveredModel]):
    """A provider's models, in the server's order, and where the list came from (MD-13).

    It is a sequence: ``len``, indexing, slicing (a tuple) and iteration work.

    Attributes:
        models: The models.
        provider_id: The provider's id.
        provider_name: The provider's name when the list was made.
        source: ``live`` (from the server just now), ``cache`` (under an hour old), ``stale`` (older, or kept
            after a failed request), ``builtin`` (the mock provider).
        fetched_at: When it was received (UTC); None for ``builtin``.
        warning: A sentence about a problem; empty if there is none.
        error: The error of the failed request, for a stale list.
        retry_at: When a rate limit ends (UTC).
        added: Ids that the previous list did not have; empty if there was none.
        removed: Ids that only the previous list had.
    """

    models: tuple[DiscoveredModel, ...]
    provider_id: str = ""
    provider_name: str = ""
    source: Source = "live"
    fetched_at: datetime | None = None
    warning: str = ""
    error: DiscoveryError | None = None
    retry_at: datetime | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    _by_id: dict[str, DiscoveredModel] | None = field(default=None, init=False, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.models)

    @overload
    def __getitem__(self, index: int) -> DiscoveredModel: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[DiscoveredModel, ...]: ...
    def __getitem__(self, index: int | slice) -> DiscoveredModel | tuple[DiscoveredModel, ...]:
        return self.models[index]

    def __iter__(self) -> Iterator[DiscoveredModel]:
        return iter(self.models)

    def get(self, model_id: str) -> DiscoveredModel | None:
        """Returns the model with this id, or None."""
        if self._by_id is None:  # made at first use, for catalogs of 1,000 entries
            object.__setattr__(self, "_by_id", {model.id: model for model in self.models})
        found = self._by_id or {}
        return found.get(model_id)

    def counts(self) -> dict[Kind, int]:
        """Returns the number of models of each kind, in the order chat, embedding, other."""
        found: dict[Kind, int] = {"chat": 0, "embedding": 0, "other": 0}
        for model in self.models:
            found[model.kind] += 1
        return found

    def summary(self) -> str:
        """Returns one line with the provider, the numbers by kind, and the source."""
        kinds = " · ".join(f"{count:,} {kind}" for kind, count in self.counts().items() if count)
        when = f", fetched {self.fetched_at:%Y-%m-%d %H:%M} UTC" if self.fetched_at else ""
        owner = f"{clean(self.provider_name)}: " if self.provider_name else ""
        return f"{owner}{kinds or 'no models'} ({self.source}{when})"

    def _table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Returns titles and rows of the first models, without empty columns."""
        rows = [
            (
                model.id,
                model.name if model.name != model.id else "",
                model.kind,
                f"{model.context_window:,}" if model.context_window else "",
                features_in_words(model.features),
            )
            for model in self.models[:SHOWN_ROWS]
        ]
        stated = [any(row[column] for row in rows) for column in range(len(_HEADS))]
        return tuple(compress(_HEADS, stated)), [tuple(compress(row, stated)) for row in rows]

    def _more(self) -> str:
        left = len(self.models) - SHOWN_ROWS
        return f"… and {left:,} more" if left > 0 else ""

    def __repr__(self) -> str:
        lines = [self.summary(), self.warning, text_table(*self._table()), self._more()]
        return "\n".join(line for line in lines if line)

    def _repr_html_(self) -> str:
        table = html_table(*self._table(), caption=self.summary())
        notes = "".join(f"<p>{escaped(note)}</p>" for note in (self.warning, self._more()) if note)
        return table + notes


MOCK_MODELS = (
    DiscoveredModel(id="mock", name="Mock", capabilities=CAPABILITIES),
    DiscoveredModel(id="mock-chat", name="Mock chat", capabilities=("chat",)),
    DiscoveredModel(id="mock-embedding", name="Mock embedding", capabilities=("embedding",)),
)
"""The models of the mock provider, which needs no network and no key (PM-7)."""


def mock_list(provider_id: str, provider_name: str) -> ModelList:
    """Returns the list of the mock provider."""
    return ModelList(
        models=MOCK_MODELS, provider_id=provider_id, provider_name=provider_name, source="builtin"
    )
