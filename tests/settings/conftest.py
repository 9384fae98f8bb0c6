"""Documents and stores that the tests of the settings start from."""

from __future__ import annotations

import copy
import itertools
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets.settings.document import parse, render
from dispatch_widgets.settings.store import SettingsStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

APP_SECTIONS: dict[str, Any] = {
    "search": {"provider": "brave", "apiKey": "brave-key-0123456789", "endpoint": "https://s.example/q"},
    "ui": {"verbose": False},
    "grading": {
        "weights": {"quality": 0.6, "novelty": 0.40, "recency": 1.0},
        "interestByTag": {"rust": 2, "größe": -1.5},
        "sourceWeights": {"17": 1.25},
        "clamp": {"min": 0, "max": 100},
    },
    "digest": {
        "enabled": True,
        "scheduledTime": "06:00",
        "topN": 10,
        "hoursBack": 24,
        "preferredLanguage": "Español",
        "botToken": "1234567:telegram-token",
    },
    "schedules": {"fetch": "*/15 * * * *", "grade": None},
    "pipeline": {"stages": [], "options": {}},
    "agent": {"limits": {"budget": 12345678901234567890123}, "tools": ["web", "file"]},
    "notifications": {"telegram": {"botToken": "7654321:another-token", "chatId": -1001234567890}},
    "onboardingComplete": True,
    "später": {"emoji": "🗞", "zero": -0.0, "tiny": 1e-07},
}
"""The Dispatch app's other sections, in their real shapes, and one that nobody knows."""

OLD: dict[str, Any] = {
    "ui": {"verbose": True},
    "models": {
        "assignment": [
            {"task": "summarize", "modelId": "anthropic:claude-sonnet-4-5"},
            {"task": "embed", "modelId": "openai:text-embedding-3-small"},
        ],
        "catalog": [
            {
                "id": "anthropic:claude-sonnet-4-5",
                "providerType": "anthropic",
                "model": "claude-sonnet-4-5",
                "label": "Claude",
                "capabilities": ["chat"],
                "providerConfig": {"apiKey": "sk-ant-0123456789abcdef"},
            },
            {
                "id": "openai:gpt-4o",
                "providerType": "openai",
                "model": "gpt-4o",
                "providerConfig": {"apiKey": " sk-first-0123456789abcdef ", "baseUrl": ""},
                "note": {"kept": [1, 2.50]},
            },
            {
                "id": "openai:llama",
                "providerType": "openai",
                "model": "llama",
                "providerConfig": {
                    "apiKey": "sk-second-0123456789abcdef",
                    "baseUrl": "https://llm.example.edu/v1",
                },
            },
            {
                "id": "openai:text-embedding-3-small",
                "providerType": "openai",
                "model": "text-embedding-3-small",
            },
            {
                "id": "openai:gpt-4o-mini",
                "providerType": "openai",
                "model": "gpt-4o-mini",
                "providerConfig": {
                    "apiKey": "sk-first-0123456789abcdef",
                    "baseUrl": "https://api.openai.com/v1/",
                },
            },
            {"id": "mock", "providerType": "mock", "model": "mock"},
        ],
    },
    "onboardingComplete": True,
}
"""A file in the old format: three accounts with keys, one entry without a key, one mock."""

NEW: dict[str, Any] = {
    "providers": [
        {
            "id": "p-anthropic",
            "name": "Anthropic",
            "type": "anthropic",
            "credentials": {"apiKey": "sk-ant-0123456789abcdef"},
        },
        {
            "id": "p-uni",
            "name": "Uni",
            "type": "openai-compatible",
            "credentials": {"apiKey": "sk-uni-0123456789abcdef", "baseUrl": "https://llm.example.edu/v1"},
            "color": "blue",
        },
    ],
    "models": {
        "catalog": [
            {"id": "anthropic:claude", "providerId": "p-anthropic", "model": "claude"},
            {"id": "uni:llama", "providerId": "p-uni", "model": "llama", "label": "Llama", "x": {"y": 1}},
            {"id": "uni:embed", "providerId": "p-uni", "model": "embed", "capabilities": ["embedding"]},
        ],
        "assignment": [
            {"task": "summarize", "modelId": "anthropic:claude"},
            {"task": "grade", "modelId": "uni:llama", "since": 2024},
            {"task": "embed", "modelId": "uni:embed"},
        ],
        "strategy": "cheap",
    },
    **APP_SECTIONS,
}
"""A file of today with everything that the app keeps in it."""


def _as_read(document: dict[str, Any]) -> dict[str, Any]:
    return parse(render(document), path="made here")


@pytest.fixture(autouse=True)
def _broken_files_wait() -> None:
    """A file that is broken or gone is read again for as long as it is for users."""


@pytest.fixture
def old_document() -> dict[str, Any]:
    """A document in the old format."""
    return _as_read(copy.deepcopy(OLD))


@pytest.fixture
def new_document() -> dict[str, Any]:
    """A document of today with two providers, three entries, three assignments and the app's sections."""
    return _as_read(copy.deepcopy(NEW))


@pytest.fixture
def app_sections() -> dict[str, Any]:
    """The Dispatch app's other sections."""
    return copy.deepcopy(APP_SECTIONS)


@pytest.fixture
def ids() -> Callable[[], str]:
    """Gives id-1, id-2 and so on."""
    numbers = itertools.count(1)
    return lambda: f"id-{next(numbers)}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the tests' settings file lies; it is not made yet."""
    folder = tmp_path / "settings"
    folder.mkdir()
    return folder / "dispatch.settings.json"


@pytest.fixture
def store(file: Path) -> SettingsStore:
    """A store that does not wait long for a lock, at a moment that does not move."""
    return SettingsStore(file, lock_timeout_seconds=2.0, clock=lambda: 1763730161.0)
