"""The models of the mock provider, which needs no network and no key (PM-7)."""

from __future__ import annotations

from .models import DiscoveredModel, ModelList

MOCK_MODELS = (
    DiscoveredModel(id="mock", name="Mock", capabilities=("chat", "embedding")),
    DiscoveredModel(id="mock-chat", name="Mock chat", capabilities=("chat",)),
    DiscoveredModel(id="mock-embedding", name="Mock embedding", capabilities=("embedding",)),
)


def builtin_models(provider_id: str, provider_name: str) -> ModelList:
    """Returns the mock provider's list."""
    return ModelList(
        models=MOCK_MODELS, provider_id=provider_id, provider_name=provider_name, source="builtin"
    )
