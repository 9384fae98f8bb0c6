"""Responses of real servers, recorded in tests/data/payloads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets.discovery.models import Price

if TYPE_CHECKING:
    from collections.abc import Callable

PAYLOADS = sorted((Path(__file__).parent.parent / "data" / "payloads").glob("*.json"))
WARNED = {
    "edge_bad_items": "5 models without an id were left out. The other 2 are fine.",
    "edge_html_200": "a web page",
    "edge_missing_data": "unknown shape",
}


def _load(name: str) -> dict[str, Any]:
    path = next(path for path in PAYLOADS if path.stem == name)
    payload: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return payload


@pytest.fixture
def discovered(ask: Any, target: Any, mocked: Any) -> Callable[[str], Any]:
    """The list of a recorded response."""

    def give(name: str) -> Any:
        payload = _load(name)
        pages = [page["body"] for page in payload["pages"]] if payload.get("pages") else [payload["body"]]
        answers = [_response(payload, page) for page in pages]
        mocked(*answers)
        return ask(
            target(payload["base_url"], type=payload["type"], name=payload["provider"]),
        )

    return give


def _response(payload: dict[str, Any], body: Any) -> Any:
    import httpx

    content = body if isinstance(body, str) else json.dumps(body)
    return httpx.Response(payload["status"], headers=payload["headers"], content=content.encode())


def test_there_are_24_recorded_answers() -> None:
    """There are recorded responses."""
    assert len(PAYLOADS) == 24


@pytest.mark.req("MD-3", "MD-4", "MD-5", "MD-11")
@pytest.mark.parametrize("name", [path.stem for path in PAYLOADS])
def test_recorded_answer(name: str, discovered: Callable[[str], Any]) -> None:
    """Each recorded response gives the expected ids, names and capabilities (MD-3)."""
    models = discovered(name)
    shown = [{"id": m.id, "name": m.name, "capabilities": list(m.capabilities)} for m in models]
    assert shown == _load(name)["expect"]
    assert WARNED.get(name, "") in models.warning
    assert bool(models.warning) == (name in WARNED)


@pytest.mark.req("MD-3")
@pytest.mark.parametrize(
    ("name", "position", "field", "value"),
    [
        ("anthropic", 0, "context_window", 200_000),
        ("anthropic", 0, "max_output_tokens", 64_000),
        ("anthropic", 0, "created", 1_770_163_200),
        ("anthropic", 0, "input_modalities", ("text", "image", "pdf")),
        ("anthropic", 0, "owned_by", None),
        ("deepinfra", 0, "created", None),
        ("deepinfra", 0, "context_window", 163_840),
        ("deepinfra", 0, "price", Price(input=0.27, output=0.4)),
        ("deepinfra", 1, "price", None),
        ("deepseek", 0, "max_output_tokens", 393_216),
        ("deepseek", 0, "input_modalities", ("text", "image")),
        ("deepseek", 1, "context_window", None),
        ("fireworks", 0, "context_window", 262_144),
        ("github_models", 0, "context_window", 128_000),
        ("github_models", 0, "owned_by", "OpenAI"),
        ("groq", 0, "max_output_tokens", 32_768),
        ("huggingface_router", 0, "context_window", None),
        ("huggingface_router", 0, "price", None),
        ("huggingface_router", 1, "input_modalities", ("text", "image")),
        ("litellm_proxy", 0, "context_window", 128_000),
        ("llamacpp", 0, "context_window", 193_024),
        ("mistral", 0, "context_window", 131_072),
        ("mistral", 0, "deprecated", None),
        ("openai", 0, "created", 1_765_313_051),
        ("openai", 0, "shutdown_date", None),
        ("openai", 12, "shutdown_date", "2026-09-24"),
        ("openrouter", 0, "price", Price(input=1.0, output=2.0)),
        ("openrouter", 0, "owned_by", None),
        ("together", 0, "price", Price(input=0.18, output=0.18)),
        ("together", 0, "owned_by", "Meta"),
        ("together", 3, "context_window", None),
        ("vercel_ai_gateway", 0, "price", Price(input=3.0, output=15.0)),
        ("vercel_ai_gateway", 0, "max_output_tokens", 64_000),
        ("vercel_ai_gateway", 1, "price", Price(input=0.12)),
        ("vercel_ai_gateway", 1, "context_window", None),
        ("vllm", 0, "context_window", 131_072),
        ("vllm", 1, "context_window", None),
    ],
)
def test_optional_field(
    name: str, position: int, field: str, value: object, discovered: Callable[[str], Any]
) -> None:
    """Stated values are read in their documented unit; the rest is None (MD-3)."""
    assert getattr(discovered(name)[position], field) == value
