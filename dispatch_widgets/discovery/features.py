"""A model's features beside chat and embedding, as its server states them (MD-18).

Features are read from documented fields (words and flags) and from input modalities (images, audio), never
inferred from the id. Words are compared as in `_server_words`: whole, in lower case, with ``-`` for blanks,
``_``, ``.`` and ``/``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, get_args

from .._terms import Feature
from .capabilities import plain_word

if TYPE_CHECKING:
    from collections.abc import Iterable

FEATURES: Final[tuple[Feature, ...]] = get_args(Feature)

_PARTS_READ: Final = 64
"""The most items that are read of one list."""


@dataclass(frozen=True, slots=True)
class StatedFeatures:
    """A field in which a server states features, and what its words mean.

    Attributes:
        server: The server's name.
        field: The dotted path of the field in a model's item; empty for flags of the item itself.
        words: The feature for each word or flag.
        source: The URL of the documentation.
    """

    server: str
    field: str
    words: Mapping[str, Feature]
    source: str


_FLAGS_OF_LITELLM: Final[Mapping[str, Feature]] = {
    "supports_vision": "vision",
    "supports_audio_input": "audio",
    "supports_function_calling": "tools",
    "supports_reasoning": "reasoning",
    "supports_response_schema": "structured_output",
}
_GATEWAY_FEATURES: Final[Mapping[str, Feature]] = {
    "tools": "tools",
    "reasoning": "reasoning",
    "structured-outputs": "structured_output",
}

STATED: Final[tuple[StatedFeatures, ...]] = (
    StatedFeatures(
        "Anthropic",
        "capabilities",
        # `code_execution` and `server_tools` are tools that run at Anthropic. All its models take tools, but
        # the list does not say so.
        {"image-input": "vision", "thinking": "reasoning", "structured-outputs": "structured_output"},
        "https://github.com/anthropics/anthropic-sdk-python/blob/main/src/anthropic/types/model_capabilities.py",
    ),
    StatedFeatures(
        "OpenRouter",
        "supported_parameters",
        # `response_format` alone may be no more than a JSON mode without a schema.
        {
            "tools": "tools",
            "reasoning": "reasoning",
            "include-reasoning": "reasoning",
            "structured-outputs": "structured_output",
        },
        "https://openrouter.ai/docs/api/api-reference/models/get-models",
    ),
    StatedFeatures(
        "Mistral",
        "capabilities",
        {"function-calling": "tools", "vision": "vision", "audio": "audio", "reasoning": "reasoning"},
        "https://docs.mistral.ai/api/#tag/models",
    ),
    StatedFeatures(
        "Ollama, llama.cpp",
        "capabilities",
        {"vision": "vision", "tools": "tools", "thinking": "reasoning", "audio": "audio"},
        "https://github.com/ollama/ollama/blob/main/types/model/capability.go",
    ),
    StatedFeatures(
        "LM Studio, from 0.3.16",
        "capabilities",
        {"tool-use": "tools"},
        "https://lmstudio.ai/docs/developer/rest/endpoints",
    ),
    StatedFeatures(
        "LM Studio, from 0.4",
        "capabilities",
        {"vision": "vision", "trained-for-tool-use": "tools", "reasoning": "reasoning"},
        "https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/1659",
    ),
    StatedFeatures(
        "LM Studio, from 0.3.6",
        "type",
        {"vlm": "vision"},
        "https://lmstudio.ai/docs/developer/rest/endpoints",
    ),
    StatedFeatures(
        "GitHub Models",
        "capabilities",
        {"tool-calling": "tools", "reasoning": "reasoning"},
        "https://docs.github.com/en/rest/models/catalog",
    ),
    StatedFeatures(
        "GitHub Models, Vercel AI Gateway",
        "tags",
        {"reasoning": "reasoning", "tool-use": "tools", "vision": "vision"},
        "https://vercel.com/docs/ai-gateway/models-and-providers",
    ),
    StatedFeatures(
        "GitHub Copilot",
        "capabilities.supports",
        {"vision": "vision", "tool-calls": "tools", "structured-outputs": "structured_output"},
        "https://github.com/microsoft/vscode-copilot-chat/blob/main/src/platform/endpoint/common/endpointProvider.ts",
    ),
    StatedFeatures(
        "Gemini's own list",
        "",
        {"thinking": "reasoning"},
        "https://ai.google.dev/api/models",
    ),
    StatedFeatures(
        "LiteLLM",
        "",
        _FLAGS_OF_LITELLM,
        "https://docs.litellm.ai/docs/proxy/model_management",
    ),
    StatedFeatures(
        "LiteLLM's /model/info",
        "model_info",
        _FLAGS_OF_LITELLM,
        "https://docs.litellm.ai/docs/proxy/model_management",
    ),
    StatedFeatures(
        "Fireworks",
        "",
        {"supports_tools": "tools", "supports_image_input": "vision"},
        "https://docs.fireworks.ai/api-reference/list-models",
    ),
    StatedFeatures(
        "Hugging Face router",
        "providers",  # one provider behind the model is enough
        {"supports_tools": "tools", "supports_structured_output": "structured_output"},
        "https://huggingface.co/docs/inference-providers/hub-api",
    ),
    StatedFeatures(
        "Cohere",
        "features",
        {
            "tools": "tools",
            "vision": "vision",
            "reasoning": "reasoning",
            "json-schema": "structured_output",
        },
        "https://docs.cohere.com/reference/list-models",
    ),
    StatedFeatures(
        "Cohere, Requesty",
        "",
        {"supports_vision": "vision", "supports_tool_calling": "tools", "supports_reasoning": "reasoning"},
        "https://docs.cohere.com/reference/list-models",
    ),
    StatedFeatures(
        "Novita",
        "features",
        {
            "function-calling": "tools",
            "reasoning": "reasoning",
            "structured-outputs": "structured_output",
        },
        "https://novita.ai/docs/api-reference/model-apis-llm-list-models",
    ),
    StatedFeatures(
        "DeepInfra",
        "metadata.tags",
        {"vision": "vision", "reasoning": "reasoning"},
        "https://deepinfra.com/docs/openai_api",
    ),
    StatedFeatures(
        "Moonshot",
        "",
        {"supports_image_in": "vision", "supports_reasoning": "reasoning"},
        "https://platform.kimi.ai/docs/overview",
    ),
    StatedFeatures(
        "Venice",
        "model_spec.capabilities",
        {
            "supportsvision": "vision",
            "supportsaudioinput": "audio",
            "supportsfunctioncalling": "tools",
            "supportsreasoning": "reasoning",
            "supportsresponseschema": "structured_output",
        },
        "https://docs.venice.ai/api-reference/endpoint/models/list",
    ),
    StatedFeatures(
        "Chutes, and others that OpenRouter lists",
        "supported_features",
        _GATEWAY_FEATURES,
        "https://openrouter.ai/docs/use-cases/for-providers",
    ),
    StatedFeatures(
        "models.dev",
        "",
        {"tool_call": "tools", "reasoning": "reasoning", "structured_output": "structured_output"},
        "https://github.com/anomalyco/models.dev",
    ),
)
"""All fields that are read. A word that several servers use means the same for all of them."""

MODALITIES: Final[Mapping[str, Feature]] = {"image": "vision", "audio": "audio"}
"""Input modalities that are features; which servers state them is in `parsing`."""

_BITS: Final = {feature: 1 << place for place, feature in enumerate(FEATURES)}
_SETS: Final = tuple(
    tuple(feature for feature in FEATURES if bits & _BITS[feature]) for bits in range(1 << len(FEATURES))
)
"""All possible sets, by their bits, so that thousands of models share a few tuples (P-8)."""


def _by_field() -> dict[str, dict[tuple[str, ...], dict[str, int]]]:
    """Indexes the table by the first name of each path, then by the rest, with features as bits."""
    found: dict[str, dict[tuple[str, ...], dict[str, int]]] = {}
    for row in STATED:
        for word, feature in row.words.items():
            first, *rest = row.field.split(".") if row.field else (word,)
            words = found.setdefault(first, {}).setdefault(tuple(rest), {})
            words[word if row.field else ""] = _BITS[feature]
    return found


_BY_FIELD: Final = _by_field()
_FIELDS: Final = frozenset(_BY_FIELD)


def features_of(
    item: Mapping[str, Any], input_modalities: Iterable[str] | None = None
) -> tuple[Feature, ...]:
    """Returns the features that a model's item of the list states; it raises for no input.

    Args:
        item: The model's item, as parsed from JSON.
        input_modalities: The model's input modalities, if stated.
    """
    bits = 0
    for modality in input_modalities or ():
        if modality in MODALITIES:
            bits |= _BITS[MODALITIES[modality]]
    for field in _FIELDS.intersection(item):
        for path, words in _BY_FIELD[field].items():
            value = item[field]
            for name in path:
                value = value.get(name) if isinstance(value, Mapping) else None
            bits |= _stated(value, words)
    return _SETS[bits]


def _stated(value: object, words: Mapping[str, int]) -> int:
    """Returns the features (bits) of a field: a flag, an object of flags, or a list of words or objects."""
    bits = words.get("", 0) if _is_on(value) else 0
    if isinstance(value, Mapping):
        for name, switch in value.items():
            if isinstance(name, str) and _is_on(switch):
                bits |= words.get(name, 0) or words.get(plain_word(name), 0)
    elif isinstance(value, str):
        bits |= words.get(plain_word(value), 0)
    elif isinstance(value, list):
        for part in value[:_PARTS_READ]:
            bits |= _stated(part, words) if isinstance(part, str | Mapping) else 0
    return bits


def _is_on(switch: object) -> bool:
    """Whether a flag is set: true, Anthropic's ``{"supported": true}``, or LM Studio's object of options."""
    if isinstance(switch, Mapping):
        return switch.get("supported", bool(switch)) is True
    return switch is True
