"""Features beside chat and embedding, as servers state them."""

from __future__ import annotations

import gc
import json
import sys
import tracemalloc
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch_widgets._serialise import serialise_model
from dispatch_widgets.discovery.features import FEATURES, STATED, features_of
from dispatch_widgets.discovery.models import DiscoveredModel, ModelList
from dispatch_widgets.discovery.parsing import find_list, normalise, parse
from dispatch_widgets.server.shapes import model_shape

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def listed(*items: dict[str, Any]) -> list[tuple[str, ...]]:
    """The features of the models of a list with these items."""
    models = normalise([{"id": f"m-{place}", **item} for place, item in enumerate(items)]).models
    return [model.features for model in models.values()]


@pytest.mark.req("MD-18")
@pytest.mark.parametrize(
    ("item", "features"),
    [
        # OpenRouter
        (
            {
                "architecture": {
                    "input_modalities": ["text", "image", "audio"],
                    "output_modalities": ["text"],
                },
                "supported_parameters": ["max_tokens", "tools", "include_reasoning", "structured_outputs"],
            },
            ("vision", "audio", "tools", "reasoning", "structured_output"),
        ),
        ({"supported_parameters": ["response_format", "seed"]}, ()),
        # LM Studio: its list of 0.3, and that of 0.4
        ({"type": "vlm", "capabilities": ["tool_use"], "arch": "qwen2_vl"}, ("vision", "tools")),
        ({"type": "llm", "capabilities": {"vision": True, "trained_for_tool_use": False}}, ("vision",)),
        ({"type": "llm", "capabilities": {"reasoning": {"default": "low"}}}, ("reasoning",)),
        # Ollama
        ({"capabilities": ["completion", "vision", "tools", "thinking"]}, ("vision", "tools", "reasoning")),
        ({"capabilities": ["embedding"]}, ()),
        # Mistral
        (
            {"capabilities": {"completion_chat": True, "function_calling": True, "vision": False}},
            ("tools",),
        ),
        # Anthropic
        (
            {
                "capabilities": {
                    "image_input": {"supported": True},
                    "structured_outputs": {"supported": True},
                    "thinking": {"supported": False, "types": {}},
                    "code_execution": {"supported": True},
                }
            },
            ("vision", "structured_output"),
        ),
        # Gemini's own list
        ({"supportedGenerationMethods": ["generateContent"], "thinking": True}, ("reasoning",)),
        # LiteLLM
        (
            {"supports_function_calling": True, "supports_vision": False, "supports_response_schema": True},
            ("tools", "structured_output"),
        ),
        ({"model_info": {"supports_audio_input": True, "supports_reasoning": None}}, ("audio",)),
        # GitHub Models and Copilot
        ({"capabilities": ["streaming", "tool-calling"], "tags": ["reasoning"]}, ("tools", "reasoning")),
        (
            {"capabilities": {"type": "chat", "supports": {"tool_calls": True, "vision": True}}},
            ("vision", "tools"),
        ),
        # Fireworks, Hugging Face, Cohere, Novita, DeepInfra, xAI, Moonshot, Venice, Vercel, Chutes
        ({"supports_tools": True, "supports_image_input": False}, ("tools",)),
        (
            {"providers": [{"supports_tools": False}, {"supports_structured_output": True}]},
            ("structured_output",),
        ),
        (
            {"features": ["json_mode", "json_schema", "tools"], "supports_vision": True},
            ("vision", "tools", "structured_output"),
        ),
        ({"features": ["function-calling", "structured-outputs"]}, ("tools", "structured_output")),
        ({"metadata": {"tags": ["chat", "vision", "reasoning"]}}, ("vision", "reasoning")),
        ({"input_modalities": ["text", "image"]}, ("vision",)),
        ({"supports_image_in": True, "supports_video_in": True}, ("vision",)),
        ({"model_spec": {"capabilities": {"supportsFunctionCalling": True}}}, ("tools",)),
        ({"tags": ["file-input", "tool-use"]}, ("tools",)),
        ({"supported_features": ["json_mode", "reasoning"]}, ("reasoning",)),
    ],
)
def test_a_feature_is_read_where_it_is_stated(item: dict[str, Any], features: tuple[str, ...]) -> None:
    """Each server's own field, in the shape it sends, gives the features that it states (MD-18)."""
    assert listed(item) == [features]


@pytest.mark.req("MD-18")
@pytest.mark.parametrize(
    "item",
    [
        {"id": "gpt-4o-vision-tools-reasoning", "object": "model", "created": 1, "owned_by": "openai"},
        {"id": "qwen3-vl-thinking", "description": "Reasons, calls tools and reads images."},
        {"id": "o5", "supports_vision": "yes", "supports_tools": 1, "reasoning": "false"},
        {"id": "a", "capabilities": {"vision": None, "tools": {"supported": "true"}}},
        {"id": "b", "tags": "no tools here", "features": [["vision"]], "providers": {"supports_tools": 0}},
    ],
)
def test_no_feature_is_guessed(item: dict[str, Any]) -> None:
    """Ids and descriptions do not count, and only true is true (MD-18)."""
    (model,) = normalise([item]).models.values()
    assert model.features == ()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(sorted({w for row in STATED for w in row.words})), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(sorted({row.field.split(".")[0] or "thinking" for row in STATED})), json_values
    )
)
def test_any_json_gives_features_in_their_order(item: dict[str, Any]) -> None:
    """Whatever the fields hold, the result is some of the five features, in order (MD-18)."""
    found = features_of(item, ["image"])
    assert found == tuple(feature for feature in FEATURES if feature in found)
    assert "vision" in found


@pytest.mark.req("MD-18")
def test_every_row_is_read_and_names_its_source() -> None:
    """Each word of each row gives its feature, and each row has a source (MD-18)."""
    for row in STATED:
        assert row.source.startswith("https://")
        for word, feature in row.words.items():
            item: Any = {word: True}
            for name in reversed(row.field.split(".") if row.field else []):
                item = {name: item}
            assert features_of(item) == (feature,), (row.server, word)


@pytest.mark.req("P-8")
def test_models_share_their_sets_of_features() -> None:
    """A list of thousands keeps each set of features and of modalities once (P-8)."""
    items = [
        {"id": str(n), "input_modalities": ["text", "image"], "supported_parameters": ["tools"]}
        for n in range(100)
    ]
    models = list(normalise(json.loads(json.dumps(items))).models.values())
    assert {model.features for model in models} == {("vision", "tools")}
    assert len({id(model.features) for model in models}) == 1
    assert len({id(model.input_modalities) for model in models}) == 1


@pytest.mark.req("SEC-7")
@pytest.mark.parametrize("words", [["x" * 1000], [*map(str, range(99))]])
def test_words_of_no_server_are_not_kept(words: list[str]) -> None:
    """Long words of a hostile list are not cached (SEC-7)."""
    items = [{"id": name, "input_modalities": words} for name in "ab"]
    first, second = (model.input_modalities for model in normalise(items).models.values())
    assert first == second == tuple(words)
    assert first is not second


@pytest.mark.req("P-8")
def test_ten_thousand_models_of_a_talkative_server_take_eight_megabytes() -> None:
    """Every optional field stated, as OpenRouter does, 10,000 models take at most 8 MB (P-8)."""
    items = [
        {
            "id": f"vendor/model-{n}-instruct",
            "name": f"Vendor: Model {n}",
            "created": 1_700_000_000 + n,
            "context_length": 131_072 + n % 7,
            "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
            "pricing": {"prompt": "0.000001", "completion": "0.000002"},
            "top_provider": {"max_completion_tokens": 4096 + n % 5},
            "supported_parameters": ["tools", "reasoning", "structured_outputs"],
        }
        for n in range(10_000)
    ]
    body = json.dumps({"data": items}).encode()
    del items
    normalise(parse(body)["data"][:100])  # what is remembered between lists is not theirs
    gc.collect()
    tracemalloc.start()
    try:
        models = normalise(parse(body)["data"]).models
        gc.collect()
        megabytes = tracemalloc.get_traced_memory()[0] / 1e6
    finally:
        tracemalloc.stop()
    assert len(models) == 10_000
    assert megabytes <= 8


@pytest.mark.req("MD-18")
def test_features_are_shown_wherever_a_model_is() -> None:
    """Text, HTML, ``--json`` and HTTP show the features, and nothing if none is stated."""
    model = DiscoveredModel(id="a", name="a", capabilities=("chat",), features=("tools", "structured_output"))
    bare = DiscoveredModel(id="b", name="b", capabilities=("chat",))
    models = ModelList(models=(model, bare))
    assert "tools, structured output" in repr(models)
    assert "tools, structured output" in models._repr_html_()
    assert (
        serialise_model(model)["features"] == model_shape(model)["features"] == ["tools", "structured_output"]
    )
    assert "features" not in serialise_model(bare)
    assert "Features" not in repr(ModelList(models=(bare,)))


@pytest.mark.req("MD-5", "MD-18")
def test_counts_over_the_recorded_answers(data_file: Callable[[str], Path]) -> None:
    """Counts the recorded responses with features, and prints the counts (MD-18)."""
    shapes: Counter[str] = Counter()
    features: Counter[str] = Counter()
    wanted = found = 0
    for path in sorted(data_file("payloads").glob("*.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))
        pages = [page["body"] for page in answer["pages"]] if answer.get("pages") else [answer["body"]]
        models: dict[str, DiscoveredModel] = {}
        for page in pages:
            items = find_list(page) if not isinstance(page, str) else None
            shapes["no list" if items is None else "list"] += 1
            models |= normalise(items or []).models
        wanted += len(answer["expect"])
        found += sum(model["id"] in models for model in answer["expect"])
        features.update(feature for model in models.values() for feature in model.features)
    sys.stdout.write(
        f"\npages read: {dict(shapes)}; ids found: {found} of {wanted}; features: {dict(features)}\n"
    )
    assert found == wanted
    assert dict(features) == {
        "vision": 15,
        "tools": 10,
        "reasoning": 7,
        "structured_output": 5,
    }
