"""Parses responses into `DiscoveredModel`s, or describes what they are instead (MD-3, MD-5, MD-11).

Only `parse` raises: JSON of any shape gives models and a count of skipped items. Optional fields are read
only from names whose meaning and unit a server documents; the tables name the servers.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from .capabilities import infer_capabilities
from .features import features_of
from .models import Price, build_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .._terms import Capability
    from .models import DiscoveredModel

    Infer = Callable[[str, Mapping[str, Any] | None], tuple[Capability, ...]]

_BOM = b"\xef\xbb\xbf"
# A lone surrogate, as an escape or as bytes that are invalid in UTF-8, comes from a text that was cut inside
# an emoji. Pairs and other escapes are matched too, so that they stay whole.
_ESCAPE_OR_SURROGATE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\xed[\xa0-\xbf][\x80-\xbf])|\\.",
    re.DOTALL,
)

_LISTS = ("data", "models", "result", "results", "items")
"""The fields that may hold the list; the first that is there counts. OpenAI and Anthropic use ``data``."""

OTHER_IDS = (
    "model",  # Ollama
    "name",  # Cohere; Gemini, as `models/…`
    "key",  # LM Studio
    "model_id",  # IBM watsonx
    "modelId",  # Amazon Bedrock
    "model_name",  # LiteLLM
    "identifier",  # Llama Stack
    "slug",
)
"""The fields that hold the id of an item without ``id``; the first that is there counts (MD-5)."""

WEB_PAGE = "a web page"

_PLAIN_SIZE = 4  # OpenAI's items, and many others': id, object, created, owned_by
_MOST_SHARED_WORDS, _LONGEST_SHARED_WORD = 8, 24
_LATEST_SECOND = 253_402_300_799  # the end of the year 9999, the last that datetime supports
_MOST_TOKENS = 10**12
_MOST_DOLLARS = Decimal(10**6)

# Paths, and the servers that document them. The first that holds a number above 0 counts.
_CONTEXT_WINDOW = (
    ("context_window",),  # Groq, DeepSeek, Vercel AI Gateway
    ("context_length",),  # OpenRouter, Together, Fireworks
    ("max_context_length",),  # Mistral
    ("max_model_len",),  # vLLM
    ("max_input_tokens",),  # Anthropic, LiteLLM
    ("limits", "max_input_tokens"),  # GitHub Models
    ("metadata", "context_length"),  # DeepInfra
    ("meta", "n_ctx"),  # llama.cpp: the size it was started with
)
_MAX_OUTPUT_TOKENS = (
    ("max_output_tokens",),  # DeepSeek, LiteLLM
    ("max_completion_tokens",),  # Groq
    ("top_provider", "max_completion_tokens"),  # OpenRouter
    ("limits", "max_output_tokens"),  # GitHub Models
)
_INPUT_MODALITIES = (
    ("input_modalities",),  # DeepSeek, xAI (docs.x.ai, /v1/language-models), Novita
    ("architecture", "input_modalities"),  # OpenRouter, Hugging Face router, llama.cpp
    ("supported_input_modalities",),  # GitHub Models
)
_OWNERS = ("owned_by", "organization", "publisher")  # OpenAI; Together; GitHub Models
_NAMES = ("display_name", "displayName", "name")
_SHUTDOWN_DATES = ("shutdown_date", "expiration_date")  # OpenAI; OpenRouter


def parse(body: bytes) -> Any:
    """Parses a decompressed body; lone surrogates are replaced (MD-5).

    Unlike `json` it refuses NaN, numbers of thousands of digits, nesting deeper than 200 and encodings other
    than UTF-8, always with a ValueError. It is also more than twice as fast (P-2).

    Raises:
        ValueError: If it is not JSON.
    """
    body = body.removeprefix(_BOM)
    try:
        return from_json(body, allow_inf_nan=False, cache_strings="keys")
    except ValueError:
        mended = _ESCAPE_OR_SURROGATE.sub(_without_lone_surrogate, body)
        if mended == body:
            raise
        return from_json(mended, allow_inf_nan=False, cache_strings="keys")


def _without_lone_surrogate(found: re.Match[bytes]) -> bytes:
    return found[0] if found[1] is None else "\ufffd".encode()


def describe(body: bytes, content_type: str, *, readable: bool) -> str:
    """Describes a body that is not a list: ``a web page``, ``an empty answer``.

    Args:
        body: The decompressed body.
        content_type: The response's Content-Type.
        readable: Whether the body is JSON.
    """
    start = body.removeprefix(_BOM).lstrip()[:200].lower()
    if not start:
        return "an empty answer"
    if start.startswith((b"<!doctype html", b"<html")) or (
        b"<" in start[:1] and "html" in content_type.lower()
    ):
        return WEB_PAGE
    if start.startswith(b"<"):
        return "XML"
    if readable:
        return "JSON of an unknown shape"
    return "JSON that cannot be read" if "json" in content_type.lower() or start[:1] in b"{[" else "text"


def find_list(document: Any) -> list[Any] | None:
    """Returns the list in a parsed response, or None if there is none (MD-5). ``null`` is an empty list."""
    if isinstance(document, list):
        return document
    if not isinstance(document, dict):
        return None
    for name in _LISTS:
        if name in document:
            found = document[name]
            if found is None:
                return []
            if isinstance(found, list):
                return found
            if isinstance(found, dict) and isinstance(found.get("models"), list):
                inner: list[Any] = found["models"]
                return inner
    return None


@dataclass(slots=True)
class Listing:
    """A provider's parsed list.

    Attributes:
        models: The models by id, in the list's order.
        skipped: The number of items without a usable id.
        patterns: The number of items that are patterns for models, such as LiteLLM's ``openai/*``.
        is_plain: Whether all items have only OpenAI's fields: id, object, created, owned_by.
        has_more: Whether the server says that there are more models, but not how to request them.
        body_hash: The hash of the response, within this process; None for a list of several pages.
    """

    models: dict[str, DiscoveredModel] = field(default_factory=dict)
    skipped: int = 0
    patterns: int = 0
    is_plain: bool = True
    has_more: bool = False
    body_hash: int | None = None


def normalise(
    items: Sequence[Any],
    *,
    infer: Infer = infer_capabilities,
    known: Mapping[str, DiscoveredModel] | None = None,
    listing: Listing | None = None,
) -> Listing:
    """Makes models of a list's items.

    Args:
        items: The items, of any shape.
        infer: Returns the capabilities for an id and an item.
        known: The models of the previous list if it was plain; unchanged ones are reused.
        listing: The listing to add to; a new one if None.
    """
    listing = Listing() if listing is None else listing
    models = listing.models
    known = known or {}
    for item in items:
        if known:
            try:
                model = known.get(item["id"])
                if (
                    model is not None
                    and len(item) == _PLAIN_SIZE
                    and "object" in item
                    and item["created"] == model.created
                    and item["owned_by"] == model.owned_by
                ):
                    models.setdefault(model.id, model)
                    continue
            except (KeyError, TypeError):  # a missing field, or not an object
                pass
        model_id = id_of(item)
        if not model_id:
            listing.skipped += 1
        elif model_id in models:
            pass  # the first of several wins
        elif "*" in model_id:
            listing.patterns += 1
        elif len(item) == _PLAIN_SIZE and "object" in item and "created" in item and "owned_by" in item:
            created, owner = _second(item["created"]), _text(item["owned_by"])
            models[model_id] = build_model(model_id, model_id, infer(model_id, None), owner, created)
        else:
            listing.is_plain = False
            models[model_id] = _full(model_id, item, infer(model_id, item))
    return listing


def id_of(item: Any) -> str | None:
    """The id of an item; without ``id`` a text of another name, where one with blanks is for people."""
    if type(item) is not dict:
        return None
    model_id = item.get("id")
    if type(model_id) is str and model_id and not model_id.isspace():
        return model_id
    texts = (_text(item.get(name)) for name in OTHER_IDS)
    return next((text for text in texts if text and len(text.split()) == 1), None)


def anthropic_capabilities(_: str, item: Mapping[str, Any] | None = None) -> tuple[Capability, ...]:
    """Returns what a gateway's item states, else chat, as all models of Anthropic are (MD-4)."""
    return infer_capabilities("claude", item)


def _full(model_id: str, item: dict[str, Any], capabilities: tuple[Capability, ...]) -> DiscoveredModel:
    modalities = _modalities(item)
    return build_model(
        model_id,
        _display_name(item) or model_id,
        capabilities,
        _first_text(item, _OWNERS),
        _second(item.get("created")) or _second(item.get("created_at")),
        _tokens(item, _CONTEXT_WINDOW),
        _tokens(item, _MAX_OUTPUT_TOKENS) or _max_tokens(item),
        modalities,
        price(item),
        _deprecated(item),
        _first_text(item, _SHUTDOWN_DATES),
        features_of(item, modalities),
    )


def _text(value: Any) -> str | None:
    return (value.strip() or None) if type(value) is str else None


def _first_text(item: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        text = _text(item.get(name))
        if text:
            return text
    return None


def _display_name(item: Mapping[str, Any]) -> str | None:
    """Returns a model's display name. Mistral's ``name`` is an id that is also among the ``aliases``."""
    name = _first_text(item, _NAMES)
    aliases = item.get("aliases")
    return None if isinstance(aliases, list) and name in aliases else name


def _second(value: Any) -> int | None:
    """Returns a time in seconds since 1970; None for 0, which means unknown (Anthropic, DeepInfra)."""
    if type(value) is int:
        return value if 0 < value <= _LATEST_SECOND else None
    if isinstance(value, float) and math.isfinite(value):
        return _second(int(value))
    if isinstance(value, str) and len(value) < 64:  # noqa: PLR2004
        try:
            moment = datetime.fromisoformat(value)
            return _second(int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()))
        except (ValueError, OverflowError, OSError):
            return None
    return None


def _at(item: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = item
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _tokens(item: Mapping[str, Any], paths: tuple[tuple[str, ...], ...]) -> int | None:
    for path in paths:
        value = item.get(path[0]) if len(path) == 1 else _at(item, path)
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is int and 0 < value <= _MOST_TOKENS:
            return value
    return None


def _max_tokens(item: Mapping[str, Any]) -> int | None:
    """Returns ``max_tokens`` if it means the longest output.

    That is so beside ``max_input_tokens`` (Anthropic) and ``context_window`` (Vercel AI Gateway); elsewhere
    it can mean the context window.
    """
    if "max_input_tokens" in item or "context_window" in item:
        return _tokens(item, (("max_tokens",),))
    return None


def _modalities(item: Mapping[str, Any]) -> tuple[str, ...] | None:
    for path in _INPUT_MODALITIES:
        value = _at(item, path)
        if isinstance(value, list):
            words = tuple(dict.fromkeys(word for word in value if isinstance(word, str) and word.strip()))
            if len(words) > _MOST_SHARED_WORDS or any(len(word) > _LONGEST_SHARED_WORD for word in words):
                return words  # unusual, so not cached
            return _shared(words) or None
    return _switched_modalities(item)


@lru_cache(maxsize=256)
def _shared(words: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the same tuple for the same words, to save memory (P-8)."""
    return words


def _switched_modalities(item: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Returns the modalities of Anthropic's flags: ``capabilities: {"image_input": {"supported": true}, …}``.

    https://platform.claude.com/docs/en/api/models/list; all its models read text.
    """
    switches = item.get("capabilities")
    if not isinstance(switches, dict) or "image_input" not in switches:
        return None
    words = ["text"]
    for switch, word in (("image_input", "image"), ("pdf_input", "pdf")):
        if _at(switches, (switch, "supported")) is True:
            words.append(word)
    return _shared(tuple(words))


def price(item: Mapping[str, Any]) -> Price | None:
    """Returns a model's price in US dollars per million tokens; None if the unit is not known.

    - ``prompt`` and ``completion``, strings, dollars per token: OpenRouter
      (https://openrouter.ai/docs/api/api-reference/models/get-models)
    - ``input`` and ``output``, strings, dollars per token: Vercel AI Gateway
      (https://vercel.com/docs/ai-gateway/models-and-providers)
    - ``input`` and ``output``, numbers beside ``hourly``, dollars per million tokens: Together
      (https://docs.together.ai/reference/models); not if ``hourly`` is set, which is paid instead
    - ``metadata.pricing.input_tokens`` and ``output_tokens``, numbers, dollars per million tokens: DeepInfra
      (https://deepinfra.com/docs)
    """
    stated = item.get("pricing")
    if isinstance(stated, dict):
        if "prompt" in stated or "completion" in stated:
            return _price(_a_token(stated.get("prompt")), _a_token(stated.get("completion")))
        if "hourly" in stated:
            if stated["hourly"] != 0:
                return None
            return _price(_a_million(stated.get("input")), _a_million(stated.get("output")))
        return _price(_a_token(stated.get("input")), _a_token(stated.get("output")))
    nested = _at(item, ("metadata", "pricing"))
    if isinstance(nested, dict):
        return _price(_a_million(nested.get("input_tokens")), _a_million(nested.get("output_tokens")))
    return None


@lru_cache(maxsize=1024)  # models of one list share their prices (P-8)
def _price(given: float | None, taken: float | None) -> Price | None:
    return None if given is None and taken is None else Price(input=given, output=taken)


def _a_token(value: Any) -> float | None:
    """Converts a price per token, a string, to one per million; in decimals, so that it is exact."""
    if not isinstance(value, str) or len(value) > 40:  # noqa: PLR2004
        return None
    try:
        amount = Decimal(value).scaleb(6)
    except ArithmeticError:  # not a number, or an exponent of six digits
        return None
    return abs(float(amount)) if amount.is_finite() and 0 <= amount <= _MOST_DOLLARS else None


def _a_million(value: Any) -> float | None:
    if type(value) not in {int, float} or not 0 <= value <= _MOST_DOLLARS:
        return None
    return float(value)


def _deprecated(item: Mapping[str, Any]) -> bool | None:
    """Returns ``deprecated``; Mistral's ``deprecation`` is a date or null."""
    stated = item.get("deprecated")
    if isinstance(stated, bool):
        return stated
    return True if _text(item.get("deprecation")) else None
