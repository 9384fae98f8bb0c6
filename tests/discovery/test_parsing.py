"""Models from items of any shape."""

from __future__ import annotations

import json
import pickle
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch_widgets.discovery.models import DiscoveredModel, Price, build_model
from dispatch_widgets.discovery.parsing import anthropic_capabilities, find_list, normalise, price

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)
FIELD_NAMES = st.sampled_from(
    [
        "id", "name", "display_name", "model", "object", "created", "created_at", "owned_by", "organization",
        "type", "mode", "kind", "task", "architecture", "pricing", "metadata", "meta", "limits", "max_tokens",
        "context_window", "context_length", "max_input_tokens", "capabilities", "input_modalities", "aliases",
        "supported_input_modalities", "top_provider", "deprecated", "deprecation", "shutdown_date", "tags",
    ]
)  # fmt: skip
ITEMS = st.dictionaries(FIELD_NAMES, JSON, max_size=8) | JSON


@pytest.mark.req("MD-5", "MD-11")
@given(st.lists(ITEMS, max_size=6))
def test_never_raises(items: list[Any]) -> None:
    """Items of any shape become models or are counted, and none raises (MD-11)."""
    found = normalise(items)
    assert len(found.models) + found.skipped + found.patterns <= len(items)
    for model_id, model in found.models.items():
        assert model_id == model.id
        assert model.id.strip()
        assert model.name.strip()
        assert model.created is None or model.created > 0
        assert model.context_window is None or model.context_window > 0
        assert set(model.capabilities) <= {"chat", "embedding"}
    assert normalise(items, known=found.models if found.is_plain else None) == found


@pytest.mark.req("MD-5")
@given(JSON)
def test_finding_the_list_never_raises(document: Any) -> None:
    """Any JSON value has a list or None (MD-5)."""
    found = find_list(document)
    assert found is None or isinstance(found, list)


@pytest.mark.req("MD-5")
@pytest.mark.parametrize(
    ("document", "ids"),
    [
        ({"data": [{"id": "a"}]}, ["a"]),
        ([{"id": "a"}], ["a"]),
        ({"models": [{"id": "a"}]}, ["a"]),
        ({"data": None}, []),
        ({"models": None}, []),
        ({"data": []}, []),
        ({"data": [{"id": "a"}], "models": [{"name": "a"}, {"name": "b"}]}, ["a"]),
        ({"models": [{"name": "llama3:8b", "model": "llama3:8b"}]}, ["llama3:8b"]),
        ({"data": {"models": [{"id": "a"}]}}, ["a"]),
        ({"result": [{"id": "@cf/a"}], "success": True}, ["@cf/a"]),
        ({"data": [{"id": "a", "created": 1}, {"id": "b"}, {"id": "a", "created": 2}]}, ["a", "b"]),
        (
            {"data": [{"id": "models/gemini-2.5-pro"}, {"id": "a/b/c:free"}]},
            ["models/gemini-2.5-pro", "a/b/c:free"],
        ),
    ],
)
def test_envelopes(document: Any, ids: list[str]) -> None:
    """Every known envelope gives its models, duplicates once, ids unchanged (MD-5)."""
    items = find_list(document)
    assert items is not None
    assert list(normalise(items).models) == ids


@pytest.mark.req("MD-5")
@pytest.mark.parametrize("document", [{}, {"status": "ok"}, "text", 3, None, {"data": "x"}, {"data": 1}])
def test_no_list(document: Any) -> None:
    """A value without a list is not an empty list (MD-11)."""
    assert find_list(document) is None


@pytest.mark.req("MD-5")
@pytest.mark.parametrize(
    ("item", "model_id"),
    [
        ({"model": "llama3:8b", "name": "llama3"}, "llama3:8b"),
        ({"name": "command-a", "endpoints": ["chat"]}, "command-a"),
        ({"name": "models/gemini-2.5-pro", "displayName": "Gemini 2.5 Pro"}, "models/gemini-2.5-pro"),
        ({"key": "gemma-3", "display_name": "Gemma 3"}, "gemma-3"),
        ({"name": "Gemma 3", "key": "gemma-3"}, "gemma-3"),
        ({"id": None, "key": "gemma-3"}, "gemma-3"),
        ({"id": 7, "model_name": "gpt-x"}, "gpt-x"),
        ({"modelId": "amazon.nova-pro-v1:0", "modelName": "Nova Pro"}, "amazon.nova-pro-v1:0"),
        ({"model_id": "ibm/granite-4", "label": "granite-4"}, "ibm/granite-4"),
        ({"identifier": "vllm/qwen3"}, "vllm/qwen3"),
        ({"slug": "qwen3"}, "qwen3"),
    ],
)
def test_ids_under_other_names(item: dict[str, Any], model_id: str) -> None:
    """An item without `id` gets it from the first other documented field that holds one (MD-5)."""
    assert list(normalise([item]).models) == [model_id]


@pytest.mark.req("MD-5")
def test_patterns_are_no_models() -> None:
    """Patterns such as `openai/*` are left out without a warning (MD-5)."""
    found = normalise([{"id": "*"}, {"id": "openai/*"}, {"id": "openai/gpt-x"}])
    assert (list(found.models), found.skipped) == (["openai/gpt-x"], 0)


@pytest.mark.req("MD-4")
def test_a_gateway_with_an_anthropic_face_is_believed() -> None:
    """An item's stated type counts; otherwise all Anthropic models are chat (MD-4)."""
    items = [
        {"id": "voyage-x", "type": "model", "mode": "embedding"},
        {"id": "claude-x", "type": "model", "display_name": "Claude X"},
        {"id": "text-embedding-9", "type": "model", "display_name": "No word of what it is"},
    ]
    found = normalise(items, infer=anthropic_capabilities).models
    assert [model.capabilities for model in found.values()] == [("embedding",), ("chat",), ("chat",)]


@pytest.mark.req("MD-5")
def test_the_first_of_several_wins() -> None:
    """Of several items with one id the first is kept (MD-5)."""
    found = normalise([{"id": "a", "created": 1}, {"id": "a", "created": 2}])
    assert found.models["a"].created == 1
    assert found.skipped == 0


@pytest.mark.req("MD-11")
@pytest.mark.parametrize(
    "item", [None, 1, "text", [], {}, {"id": ""}, {"id": "  "}, {"id": 3}, {"id": None}, {"name": "A name"}]
)
def test_items_without_an_id_are_counted(item: Any) -> None:
    """An item without a usable id is skipped and counted (MD-11)."""
    found = normalise([item, {"id": "good"}])
    assert list(found.models) == ["good"]
    assert found.skipped == 1


@pytest.mark.req("MD-3")
@pytest.mark.parametrize(
    ("pricing", "expected"),
    [
        ({"prompt": "0.000003", "completion": "0.000015"}, Price(input=3.0, output=15.0)),
        ({"prompt": "0", "completion": "0"}, Price(input=0.0, output=0.0)),
        ({"prompt": "-1", "completion": "-1"}, None),
        ({"prompt": "0.00000012"}, Price(input=0.12)),
        ({"input": "0.00000012"}, Price(input=0.12)),
        ({"input": 0.18, "output": 0.2, "hourly": 0}, Price(input=0.18, output=0.2)),
        ({"input": 0.18, "output": 0.2, "hourly": 4.2}, None),
        ({"input": 3.0, "output": 15.0}, None),
        ({"prompt": "NaN", "completion": "Infinity"}, None),
        ({"prompt": "1e400"}, None),
        ({"prompt": "1e999999", "completion": "-0"}, Price(output=0.0)),
        ({"prompt": "9" * 500}, None),
        ({"prompt": True, "completion": []}, None),
        ("free", None),
        (None, None),
    ],
)
def test_prices(pricing: Any, expected: Price | None) -> None:
    """A price is read only if its unit is documented, and exactly (MD-3)."""
    assert price({"id": "a", "pricing": pricing}) == expected


@pytest.mark.req("MD-3")
@pytest.mark.parametrize(
    ("item", "field", "value"),
    [
        ({"created": 0}, "created", None),
        ({"created": -5}, "created", None),
        ({"created": True}, "created", None),
        ({"created": 10**4000}, "created", None),
        ({"created": 1700000000.9}, "created", 1_700_000_000),
        ({"created": float("inf")}, "created", None),
        ({"created_at": "1970-01-01T00:00:00Z"}, "created", None),
        ({"created_at": "2025-10-01T00:00:00Z"}, "created", 1_759_276_800),
        ({"created_at": "2025-10-01"}, "created", 1_759_276_800),
        ({"created_at": "0001-01-01T00:00:00Z"}, "created", None),
        ({"created_at": "soon"}, "created", None),
        ({"context_window": 0, "context_length": 8192}, "context_window", 8192),
        ({"context_length": 8192.0}, "context_window", 8192),
        ({"context_length": "8192"}, "context_window", None),
        ({"context_length": True}, "context_window", None),
        ({"max_tokens": 4096}, "max_output_tokens", None),
        ({"max_tokens": 4096, "max_input_tokens": 200000}, "max_output_tokens", 4096),
        ({"name": "   "}, "name", "a"),
        ({"name": "A model", "display_name": "The model"}, "name", "The model"),
        ({"deprecated": True}, "deprecated", True),
        ({"deprecated": "yes"}, "deprecated", None),
        ({"deprecation": "2026-01-01"}, "deprecated", True),
        ({"expiration_date": "2026-01-01"}, "shutdown_date", "2026-01-01"),
        ({"metadata": None}, "context_window", None),
        ({"architecture": {"input_modalities": ["text", 3, "text"]}}, "input_modalities", ("text",)),
        ({"input_modalities": []}, "input_modalities", None),
    ],
)
def test_odd_values(item: dict[str, Any], field: str, value: object) -> None:
    """Invalid values are left out; nothing is guessed (MD-3)."""
    model = normalise([{"id": "a", "extra": 1, **item}]).models["a"]
    assert getattr(model, field) == value


@pytest.mark.req("MD-13")
def test_built_models_are_the_same_as_declared_ones() -> None:
    """The fast constructor gives real, frozen, equal, picklable models."""
    built = build_model("a", "A", ("chat",), "me", 5)
    assert built == DiscoveredModel(id="a", name="A", capabilities=("chat",), owned_by="me", created=5)
    assert type(built) is DiscoveredModel
    assert pickle.loads(pickle.dumps(built)) == built  # noqa: S301 - our own bytes
    assert len({built, build_model("a", "A", ("chat",), "me", 5)}) == 1
    with pytest.raises(FrozenInstanceError):
        built.id = "b"  # type: ignore[misc]


@pytest.mark.req("MD-7")
@pytest.mark.parametrize("change", [{"created": 2}, {"owned_by": "other"}, {"type": "embedding"}])
def test_what_changed_is_not_taken_over(change: dict[str, Any]) -> None:
    """A model of the previous list is reused only if its item is unchanged (MD-7)."""
    plain = {"id": "gpt-x", "object": "model", "created": 1, "owned_by": "me"}
    before = normalise([plain])
    assert before.is_plain
    changed = {**plain, **change}
    if "type" in change:
        del changed["object"]
    assert normalise([plain], known=before.models).models["gpt-x"] is before.models["gpt-x"]
    for items in ([changed], [changed, plain], [plain, changed], [None, [], {}, {"id": []}, changed]):
        assert normalise(items, known=before.models) == normalise(items)


def test_json_of_the_wire_round_trips() -> None:
    """Ids of any characters stay unchanged."""
    ids = ["a b", "é", "模型", "\u202ereversed", "<img src=x onerror=alert(1)>", "x" * 10_000]
    items = json.loads(json.dumps([{"id": each} for each in ids]))
    assert list(normalise(items).models) == ids
