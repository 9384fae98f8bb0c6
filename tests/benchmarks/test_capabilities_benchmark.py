"""How long it takes to tell what 5,000 models can do, beside splitting their ids (P-2, P-9)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets.discovery import capabilities

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MODELS = 5000


@pytest.fixture
def many_ids(data_file: Callable[[str], Path]) -> list[str]:
    """5,000 different ids made from the labelled ones."""
    lines = data_file("model_kinds.tsv").read_text(encoding="utf-8").splitlines()[1:]
    known = [line.split("\t")[1] for line in lines]
    return [f"{known[number % len(known)]}-{number}" for number in range(MODELS)]


@pytest.mark.benchmark(group="5,000 ids")
def test_floor_splitting_the_ids(benchmark: Any, many_ids: list[str]) -> None:
    """The floor: nothing but finding the tokens of every id."""
    tokens = re.compile(r"[a-z0-9]+")
    result = benchmark(lambda: [set(tokens.findall(model_id.lower())) for model_id in many_ids])
    assert len(result) == MODELS


@pytest.mark.benchmark(group="5,000 ids")
def test_ids_never_seen(benchmark: Any, many_ids: list[str]) -> None:
    """The first list of a provider: no id is remembered."""

    def run() -> list[tuple[str, ...]]:
        capabilities.family_from_tables.cache_clear()
        capabilities.is_sign.cache_clear()
        return [capabilities.infer_capabilities(model_id) for model_id in many_ids]

    assert len(benchmark(run)) == MODELS


@pytest.mark.benchmark(group="5,000 ids")
def test_ids_seen_an_hour_ago(benchmark: Any, many_ids: list[str]) -> None:
    """A refresh: every id is remembered."""
    result = benchmark(lambda: [capabilities.infer_capabilities(model_id) for model_id in many_ids])
    assert len(result) == MODELS


@pytest.mark.benchmark(group="5,000 ids")
def test_items_of_a_talkative_server(benchmark: Any, many_ids: list[str]) -> None:
    """Ids with the fields that OpenRouter sends beside them."""
    items = [
        {
            "id": model_id,
            "object": "model",
            "architecture": {
                "modality": "text->text",
                "input_modalities": ["text"],
                "output_modalities": ["text"],
            },
            "supported_parameters": ["max_tokens", "temperature"],
        }
        for model_id in many_ids
    ]
    result = benchmark(lambda: [capabilities.infer_capabilities(str(item["id"]), item) for item in items])
    assert len(result) == MODELS
