"""Infers a model's capabilities: chat, embedding, or neither (MD-4).

The first of these that is known decides:

1. The server's type word: ``mode`` (LiteLLM), ``type`` (Together, Vercel), ``kind`` (Fireworks), ``task``,
   ``pipeline_tag`` (Hugging Face) and similar.
2. The server's capabilities: an object of flags (Mistral, Azure), a list of words (Ollama, Infinity), a list
   of endpoints (Cohere, GitHub Copilot, Gemini).
3. Output modalities (OpenRouter, DeepSeek, Hugging Face, GitHub Models).
4. Tags (DeepInfra).
5. The id, by the name families of ``_name_families``.

Unknown words are ignored, so a new value of ``type`` never hides a model. The id also counts if a server's
statement is known to be too broad: Fireworks lists rerankers as ``EMBEDDING_MODEL``, and llama.cpp states the
output ``text`` for all models.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from .._terms import CAPABILITIES
from . import _name_families as names
from . import _server_words as said

if TYPE_CHECKING:
    from .._terms import Capability, Kind

CHAT: Final[tuple[Capability, ...]] = ("chat",)
EMBEDDING: Final[tuple[Capability, ...]] = ("embedding",)
BOTH: Final = CAPABILITIES
NEITHER: Final[tuple[Capability, ...]] = ()

ID_CHARACTERS_READ: Final = 400
"""The most that is read of an id, half at each end; real ids are shorter."""

CACHED_IDS: Final = 8192
"""The number of ids whose family is cached: about the list of a large provider."""

CACHED_TOKENS: Final = 8192
"""The number of tokens for which `is_sign` is cached; ids share many of them."""

_WORD_CHARACTERS: Final = 80
"""Longer than all words of the tables."""

_WORDS_READ: Final = 64
"""The most words that are read of one list."""

_TEXT_BUT_NO_CHAT: Final = frozenset({"rerank", "transcription", "realtime", "embedding"})
"""Families that are no chat models even if their server states the output modality ``text``."""

_TOKEN = re.compile(r"[a-z0-9]+")
_SPACED: Final = bytes(code if chr(code) in names.LETTERS_AND_DIGITS else 0x20 for code in range(256))
"""A translation table that replaces all characters outside of tokens by blanks."""
_WORD = re.compile(r"[a-z]+")
_ENDING = re.compile(rf"({'|'.join(names.ENDINGS)})(?![a-z0-9])")
_GLUE = re.compile(r"[\s_./:-]+")
_PLUS = re.compile(r"[\s+,|]+")


def infer_capabilities(model_id: str, metadata: Mapping[str, Any] | None = None) -> tuple[Capability, ...]:
    """Returns a model's capabilities, as stated by its server, else inferred from its id (MD-4).

    The module's docstring has the order. It raises for no input.

    Args:
        model_id: The model's id.
        metadata: The model's item of the server's list, as parsed from JSON; None to use only the id.

    Returns:
        A subset of ``("chat", "embedding")`` in that order; empty for a model that is neither.
    """
    if metadata is not None and isinstance(metadata, Mapping):
        stated = _by_server(metadata, model_id)
        if stated is not None:
            return stated
    return _by_family(family_of(model_id))


def family_of(model_id: str) -> names.Family:
    """Returns the family of a model's name; ``chat`` if it matches no other.

    Most models are for chat and few of their names say so, so chat is the fallback. An empty name is no chat
    model.

    Args:
        model_id: The model's id; of a very long one only both ends are read.
    """
    given: object = model_id  # JSON may hold anything
    if not isinstance(given, str):
        return "classifier"
    if len(given) > ID_CHARACTERS_READ:
        half = ID_CHARACTERS_READ // 2
        given = f"{given[:half]} {given[-half:]}"
    text = given.lower()
    # A short cut: most ids have no token that is in the tables.
    tokens = text.encode("utf-8", "surrogatepass").translate(_SPACED).split()
    if tokens and not any(map(is_sign, tokens)):
        return "chat"
    return family_from_tables(text)


@lru_cache(maxsize=CACHED_TOKENS)
def is_sign(token: bytes) -> bool:
    """Whether a token, a word in it, a part of it or its ending is in the tables."""
    if token.isdigit():
        return False
    text = token.decode("ascii")
    return (
        text == "ft"  # may be the prefix `ft:`, which `family_from_tables` strips
        or any(word in names.SIGNS for word in (text, *_WORD.findall(text)))
        or any(part in text for part, _ in names.PARTS)
        or text.endswith(tuple(names.ENDINGS))
    )


@lru_cache(maxsize=CACHED_IDS)
def family_from_tables(text: str) -> names.Family:
    """Returns the family of a lower-case id by all tables."""
    if text.startswith("ft:"):
        # OpenAI's fine-tunes are `ft:base:organisation:suffix:id`; only the base says what they are.
        text = text.split(":", 2)[1]
    tokens = set(_TOKEN.findall(text))
    if not tokens and not text.strip():
        return "classifier"
    tokens.update(_WORD.findall(text))
    found = [family for part, family in names.PARTS if part in text]
    # A set intersection with the dictionary would iterate over the whole dictionary.
    hits = [token for token in tokens if token in names.VOCABULARY]
    if hits:
        conversational = not tokens.isdisjoint(names.CONVERSATION_WORDS)
        found += [names.VOCABULARY[hit] for hit in hits if not (conversational and hit in names.NOT_ALONE)]
    for token in tokens:
        if token in names.TRIGGERS:
            found += [family for pattern, family in names.TRIGGERS[token] if pattern.search(text)]
    ending = _ENDING.search(text)
    if ending:
        found.append(names.ENDINGS[ending[1]])
    if not found or any(exception in text for exception in names.EXCEPTIONS):
        return "chat"
    return min(found, key=names.ORDER.__getitem__)


def _by_family(family: names.Family) -> tuple[Capability, ...]:
    if family == "chat":
        return CHAT
    return EMBEDDING if family == "embedding" else NEITHER


# What the server states. Each function returns None if nothing is stated. Lists have thousands of items of
# a dozen fields, so a group of fields is read only if an item has one of them, and the id only if needed.


def _by_server(item: Mapping[str, Any], model_id: str) -> tuple[Capability, ...] | None:
    fields = said.FIELDS.intersection(item)
    if not fields:
        return None
    stated = None
    if not said.TYPE_GROUP.isdisjoint(fields):
        stated = _by_type(item, model_id)
    if stated is None and not said.CAPABILITY_GROUP.isdisjoint(fields):
        stated = _by_capabilities(item, model_id)
    if stated is None and any(item.get(field) is False for field in said.DENIALS):
        stated = EMBEDDING if family_of(model_id) == "embedding" else NEITHER
    if stated is None and not said.MODALITY_GROUP.isdisjoint(fields):
        stated = _by_modalities(item, model_id)
    if stated is None and not said.TAG_GROUP.isdisjoint(fields):
        stated = _by_tags(item, model_id)
    return stated


def _by_type(item: Mapping[str, Any], model_id: str) -> tuple[Capability, ...] | None:
    for field in said.TYPE_FIELDS:
        given = item.get(field)
        if given is not None:
            meanings = {said.TYPE_WORDS[word] for word in _words_of(given) if word in said.TYPE_WORDS}
            if meanings:
                return _capabilities_of(meanings, model_id)
    return None


def _by_capabilities(item: Mapping[str, Any], model_id: str) -> tuple[Capability, ...] | None:
    for field in said.CAPABILITY_FIELDS:
        given = item.get(field)
        if isinstance(given, Mapping):
            stated = _by_switches(given, model_id)
        elif given is not None:
            words = _words_of(given)
            meanings = {said.CAPABILITY_WORDS[word] for word in words if word in said.CAPABILITY_WORDS}
            stated = _capabilities_of(meanings, model_id) if meanings else None
        else:
            continue
        if stated is not None:
            return stated
    return None


def _by_switches(switches: Mapping[Any, Any], model_id: str) -> tuple[Capability, ...] | None:
    kind = switches.get("type")  # GitHub Copilot puts its type word here
    meaning = said.TYPE_WORDS.get(plain_word(kind)) if isinstance(kind, str) else None
    if meaning:
        return _capabilities_of({meaning}, model_id)
    on: set[str] = set()
    off: set[str] = set()
    for name, value in switches.items():
        state = value.get("supported") if isinstance(value, Mapping) else value
        if isinstance(name, str) and isinstance(state, bool):
            (on if state else off).add(plain_word(name))
    meanings: set[Kind] = set()
    if on & said.CHAT_SWITCHES:
        meanings.add("chat")
    if on & said.EMBEDDING_SWITCHES:
        meanings.add("embedding")
    if meanings:
        return _capabilities_of(meanings, model_id)
    if off & said.CHAT_SWITCHES:
        # Mistral has no flag for embedding; its embedding models have all flags off.
        denied = off & said.EMBEDDING_SWITCHES or family_of(model_id) != "embedding"
        return NEITHER if denied else EMBEDDING
    return None


def _by_modalities(item: Mapping[str, Any], model_id: str) -> tuple[Capability, ...] | None:
    takes, gives = _modalities(item)
    if not gives:
        architecture = item.get("architecture")
        if isinstance(architecture, Mapping):
            takes, gives = _modalities(architecture)
    if not gives:
        return None
    if gives & {"embedding", "embeddings"}:
        return EMBEDDING
    if "text" not in gives or (takes and "text" not in takes):  # audio to text is transcription
        return NEITHER
    family = family_of(model_id)
    return _by_family(family) if family in _TEXT_BUT_NO_CHAT else CHAT


def _modalities(source: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    takes: set[str] = set()
    gives: set[str] = set()
    for fields, words in ((said.INPUT_FIELDS, takes), (said.OUTPUT_FIELDS, gives)):
        for field in fields:
            if field in source:
                words.update(_words_of(source[field]))
    both = source.get("modalities")
    if isinstance(both, Mapping):  # the shape of models.dev
        takes.update(_words_of(both.get("input")))
        gives.update(_words_of(both.get("output")))
    arrow = source.get("modality")
    if not gives and isinstance(arrow, str) and "->" in arrow:  # OpenRouter, Nebius: `text+image->text`
        before, _, after = arrow[:_WORD_CHARACTERS].lower().partition("->")
        takes, gives = set(_PLUS.split(before)), set(_PLUS.split(after))
    return takes - {""}, gives - {""}


def _by_tags(item: Mapping[str, Any], model_id: str) -> tuple[Capability, ...] | None:
    inner = item.get("metadata")  # DeepInfra; null there for most models
    tags = [
        *_words_of(item.get("tags")),
        *_words_of(inner.get("tags") if isinstance(inner, Mapping) else None),
    ]
    meanings = {said.TAGS[tag] for tag in tags if tag in said.TAGS}
    return _capabilities_of(meanings, model_id) if meanings else None


def _capabilities_of(meanings: set[Kind], model_id: str) -> tuple[Capability, ...]:
    """Makes capabilities of words' meanings; Fireworks lists rerankers as embedding models."""
    embeds = "embedding" in meanings and family_of(model_id) != "rerank"
    if "chat" in meanings:
        return BOTH if embeds else CHAT
    return EMBEDDING if embeds else NEITHER


def _words_of(given: object) -> list[str]:
    """Returns the words of a field that holds a word, an object, a list of them, or anything else."""
    if isinstance(given, str):
        return [plain_word(given)]
    parts = given[:_WORDS_READ] if isinstance(given, list | tuple) else [given]
    words = []
    for part in parts:
        if isinstance(part, str):
            words.append(plain_word(part))
        elif isinstance(part, Mapping):
            # Workers AI: `{"id": …, "name": "Text Generation"}`; watsonx.ai: `[{"id": "text_chat"}]`
            named = (part.get("name"), part.get("id"))
            words += [plain_word(word) for word in named if isinstance(word, str)]
    return words


def plain_word(word: str) -> str:
    """Normalises a word as in the tables; empty if it is too long for one."""
    return _plain_short_word(word) if len(word) <= _WORD_CHARACTERS else ""


@lru_cache(maxsize=1024)  # thousands of items have the same few words
def _plain_short_word(word: str) -> str:
    return _GLUE.sub("-", word.strip().lower()).strip("-")
