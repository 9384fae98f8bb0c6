"""Provider types, capabilities, kinds of models and features."""

from typing import Literal, get_args

ProviderType = Literal["anthropic", "openai-compatible"]
"""The types that a provider can be given (PM-1)."""
PROVIDER_TYPES: tuple[ProviderType, ...] = get_args(ProviderType)
ANTHROPIC, OPENAI_COMPATIBLE = PROVIDER_TYPES

Capability = Literal["chat", "embedding"]
"""What a model can do; one that can do neither has none (PM-6)."""
CAPABILITIES: tuple[Capability, ...] = get_args(Capability)

Kind = Literal["chat", "embedding", "other"]
"""What a model mainly is; one that can do both counts as a chat model."""

Feature = Literal["vision", "audio", "tools", "reasoning", "structured_output"]
"""What else a model can do: take images, take sound, call tools, think first, answer to a schema (MD-18)."""
