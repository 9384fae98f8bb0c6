"""Sample settings files for the demo: one in the old format, one in today's format.

All base URLs are of a demo server on loopback, and the keys are that server's. The other sections are those
of the Dispatch app, with values of all JSON types, which must be preserved.
"""

from __future__ import annotations

import json
import os
import secrets
import uuid
from typing import TYPE_CHECKING

from ..settings.locate import FILE_NAME

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from .server import DemoServer

FILE_MODE = 0o600


def write_sample(folder: Path, server: DemoServer, *, old: bool = True) -> Path:
    """Writes a sample settings file, as the app does: two-space JSON, no newline at its end.

    Args:
        folder: The folder; the file is named ``dispatch.settings.json``.
        server: The running demo server, for its base URLs and keys.
        old: Whether to write the old format, with credentials in every entry.

    Returns:
        The file's path.

    Raises:
        FileExistsError: If there is one already, which may be the user's own.
    """
    path = folder / FILE_NAME
    document = old_document(server) if old else new_document(server)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with open(descriptor, "w", encoding="utf-8", newline="\n") as file:  # noqa: PTH123 - a descriptor
        json.dump(document, file, indent=2, ensure_ascii=False)
    return path


def old_document(server: DemoServer) -> dict[str, Any]:
    """A document in the old format, in which every entry has its own type, key and base URL.

    It is converted to four providers: two entries share the Anthropic account, three the first of two
    OpenAI-compatible ones, and one entry has no key, which the app took from the environment. The mock entry
    needs no provider.
    """
    anthropic = {"apiKey": server.api_key, "baseUrl": server.anthropic_base_url}
    openai = {"apiKey": server.api_key, "baseUrl": server.openai_base_url}
    second = {"apiKey": server.second_api_key, "baseUrl": server.second_openai_base_url}
    catalog = [
        _old_entry("anthropic", "claude-sonnet-5", "Claude Sonnet 5", ["chat"], anthropic),
        _old_entry("anthropic", "claude-haiku-4-5-20251001", "Claude Haiku 4.5", ["chat"], anthropic),
        _old_entry("openai", "gpt-4o", "GPT-4o", ["chat"], openai),
        # Extra blanks and a slash; it is still the same account.
        _old_entry(
            "openai", "gpt-4o-mini", None, None, {**openai, "baseUrl": f" {server.openai_base_url}/ "}
        ),
        _old_entry("openai", "text-embedding-3-small", "Embeddings, small", ["embedding"], openai),
        _old_entry("openai", "qwen3-8b", "Qwen3 8B (lab)", ["chat"], second),
        _old_entry("openai", "gpt-5-mini", "GPT-5 mini", ["chat"], {"baseUrl": server.openai_base_url}),
        {"id": "mock", "providerType": "mock", "model": "mock", "label": "Mock"},
    ]
    assignment = [
        {"task": "classify", "modelId": "openai:gpt-4o-mini"},
        {"task": "grade", "modelId": "anthropic:claude-haiku-4-5-20251001"},
        {"task": "embed", "modelId": "openai:text-embedding-3-small"},
        {"task": "digest", "modelId": "mock"},
    ]
    return {"models": {"catalog": catalog, "assignment": assignment}, **_other_sections()}


def new_document(server: DemoServer) -> dict[str, Any]:
    """A document in today's format: three providers, and entries that refer to them."""
    anthropic, openai, lab = (str(uuid.uuid4()) for _ in range(3))
    providers = [
        _provider(anthropic, "Anthropic", "anthropic", server.api_key, server.anthropic_base_url),
        _provider(openai, "OpenAI", "openai-compatible", server.api_key, server.openai_base_url),
        _provider(lab, "Lab", "openai-compatible", server.second_api_key, server.second_openai_base_url),
    ]
    catalog = [
        _entry(anthropic, "anthropic:claude-sonnet-5", "Claude Sonnet 5", ["chat"]),
        _entry(openai, "openai:gpt-4o", "GPT-4o", ["chat"]),
        _entry(openai, "openai:text-embedding-3-small", "Embeddings, small", ["embedding"]),
        _entry(lab, "lab:qwen3-8b", "Qwen3 8B", ["chat"]),
    ]
    assignment = [
        {"task": "classify", "modelId": "lab:qwen3-8b"},
        {"task": "embed", "modelId": "openai:text-embedding-3-small"},
    ]
    return {
        "providers": providers,
        "models": {"catalog": catalog, "assignment": assignment},
        **_other_sections(),
    }


def _old_entry(
    kind: str, model: str, label: str | None, capabilities: list[str] | None, config: dict[str, str]
) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": f"{kind}:{model}", "providerType": kind, "model": model}
    if label is not None:
        entry["label"] = label
    if capabilities is not None:
        entry["capabilities"] = capabilities
    entry["providerConfig"] = config
    return entry


def _provider(provider_id: str, name: str, kind: str, key: str, base_url: str) -> dict[str, Any]:
    return {
        "id": provider_id,
        "name": name,
        "type": kind,
        "credentials": {"apiKey": key, "baseUrl": base_url},
    }


def _entry(provider_id: str, entry_id: str, label: str, capabilities: list[str]) -> dict[str, Any]:
    return {
        "id": entry_id,
        "providerId": provider_id,
        "model": entry_id.partition(":")[2],
        "label": label,
        "capabilities": capabilities,
    }


def _other_sections() -> dict[str, Any]:
    return {
        "search": {
            "provider": "tavily",
            "apiKey": f"tvly-demo-{secrets.token_hex(8)}",
            "endpoint": "http://127.0.0.1:9/search",
        },
        "ui": {"verbose": False},
        "grading": {
            "weights": {"importancy": 0.5, "recency": 0.3, "reliability": 0.2},
            "interestByTag": {"économie": 2, "人工智能": 3},
            "sourceWeights": {"https://example.org/feed": 1.25},
            "clamp": {"min": 1, "max": 10},
        },
        "digest": {
            "enabled": True,
            "scheduledTime": "06:00",
            "topN": 10,
            "hoursBack": 24,
            "useBold": True,
            "preferredLanguage": "Français",
        },
        "schedules": [],
        "pipeline": {"maxSteps": 50},
        "agent": {"skillGeneratorMaxSteps": 100},
        "notifications": {
            "provider": "telegram",
            "telegram": {"botToken": f"demo:{secrets.token_hex(8)}", "chatId": "-1009007199254740993"},
            "lastUpdateId": 9007199254740993,
        },
        "onboardingComplete": True,
    }
