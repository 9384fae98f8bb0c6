"""A refused input has one issue for each wrong field, whatever is wrong with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from dispatch_widgets import SettingsService

    Ask = Callable[..., Any]

KEY = "sk-registered-0123456789abcdef"


@pytest.fixture
def stored(service: SettingsService) -> bytes:
    """A file with the provider p and the entry e; its bytes."""
    credentials = {"apiKey": KEY, "baseUrl": "https://llm.example.edu/v1"}
    document = {
        "providers": [{"id": "p", "name": "Lab", "type": "openai-compatible", "credentials": credentials}],
        "models": {"catalog": [{"id": "e", "providerId": "p", "model": "m"}], "assignment": []},
    }
    service.path.write_text(json.dumps(document), encoding="utf-8")
    return service.path.read_bytes()


CASES: dict[str, tuple[str, Any, set[str]]] = {
    "nothing at all": ("addProvider", {}, {"name", "type", "credentials"}),
    "a missing key": (
        "addProvider",
        {"name": " ", "type": "nope", "credentials": {}},
        {"name", "type", "credentials.apiKey"},
    ),
    "a missing key and a wrong URL": (
        "addProvider",
        {"name": "A", "type": "openai-compatible", "credentials": {"baseUrl": "ftp://x"}},
        {"credentials.apiKey", "credentials.baseUrl"},
    ),
    "an unknown field and a blank name": (
        "addProvider",
        {"name": "", "type": "anthropic", "credentials": {"apiKey": "sk-x", "baseURL": "x"}},
        {"name", "credentials"},
    ),
    "a key in the name, and a number for a type": (
        "addProvider",
        {"name": KEY, "type": 5, "credentials": {"apiKey": "sk-x"}},
        {"name", "type"},
    ),
    "null is no text": (
        "updateProvider",
        {"id": "p", "name": "", "type": None, "credentials": {"apiKey": "a b", "baseUrl": 5}},
        {"name", "type", "credentials.apiKey", "credentials.baseUrl"},
    ),
    "a wrong id hides nothing": (
        "updateProvider",
        {"id": 5, "name": " ", "type": "nope", "credentials": {"apiKey": "a b"}},
        {"id", "name", "type", "credentials.apiKey"},
    ),
    "half a consent": (
        "updateProvider",
        {"id": "p", "name": " ", "allowSending": {"variable": "X"}},
        {"name", "allowSending.host"},
    ),
    "the mock provider": ("updateProvider", {"id": "mock", "name": "Mine"}, {"id"}),
    "the mock provider deleted": ("deleteProvider", {"id": "mock"}, {"id"}),
    "no model": (
        "addModel",
        {"model": " ", "capabilities": ["nope"], "tasks": ["nope"], "id": "e"},
        {"providerId", "model", "capabilities", "tasks", "id"},
    ),
    "items of a wrong type": (
        "addModel",
        {"providerId": "p", "model": "", "capabilities": ["chat", 5], "tasks": "grade"},
        {"model", "capabilities.1", "tasks"},
    ),
    "an entry": (
        "updateModel",
        {"id": "e", "model": " ", "label": 5, "capabilities": ["nope"]},
        {"model", "label", "capabilities"},
    ),
    "an entry without an id": (
        "updateModel",
        {"model": " ", "providerId": "", "providerType": 5},
        {"id", "model", "providerId", "providerType"},
    ),
    "an assignment": ("assign", {"task": "nope", "modelId": 5}, {"task", "modelId"}),
    "a task in a list": ("unassign", {"task": ["grade"]}, {"task"}),
}


@pytest.mark.req("API-4", "API-2")
@pytest.mark.parametrize("case", CASES)
async def test_each_wrong_field_has_one_issue(
    mutate: Ask, service: SettingsService, stored: bytes, case: str
) -> None:
    """Fields that are missing, unknown, of a wrong type or not usable are told at once; nothing is saved."""
    name, given, wrong = CASES[case]
    error = (await mutate(name, given)).error
    assert error["data"]["code"] == "BAD_REQUEST"
    issues = json.loads(error["message"])
    assert error["data"]["issues"] == issues
    paths = [".".join(map(str, issue["path"])) for issue in issues]
    assert sorted(paths) == sorted(wrong)
    assert all(issue["code"] and issue["message"] for issue in issues)
    assert KEY not in json.dumps(error)
    assert service.path.read_bytes() == stored


@pytest.mark.req("API-4", "SEC-8")
async def test_a_refused_input_is_no_consent(
    mutate: Ask, query: Ask, service: SettingsService, stored: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reference in an input that is refused may not be sent afterwards."""
    monkeypatch.setenv("SOMEBODYS_SECRET", "sk-somebody-0123456789")
    given = {
        "name": "A",
        "type": "openai-compatible",
        "credentials": {"apiKey": "${SOMEBODYS_SECRET}", "baseUrl": "https://llm.example.edu/v1"},
        "colour": 1,
    }
    assert (await mutate("addProvider", given)).status == 400
    text = stored.decode().replace(KEY, "${SOMEBODYS_SECRET}")
    service.path.write_text(text, encoding="utf-8")
    data = (await query("discoverModels", {"providerId": "p"})).error["data"]
    assert data["consent"] == {"variable": "SOMEBODYS_SECRET", "host": "llm.example.edu"}


@pytest.mark.req("API-4", "SEC-8")
async def test_a_reference_with_blanks_around_it_is_no_consent(
    mutate: Ask, query: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Adding a provider with exactly a reference is consent to it, with blanks around it is not."""
    monkeypatch.setenv("SOMEBODYS_SECRET", "sk-somebody-0123456789")
    credentials = {"apiKey": " ${SOMEBODYS_SECRET} ", "baseUrl": "http://127.0.0.1:9/v1"}
    given = {"name": "A", "type": "openai-compatible", "credentials": credentials}
    made = (await mutate("addProvider", given)).data
    assert made["credentials"]["apiKey"] == "${SOMEBODYS_SECRET}"
    asked = (await query("discoverModels", {"providerId": made["id"]})).error["data"]
    assert asked["consent"] == {"variable": "SOMEBODYS_SECRET", "host": "127.0.0.1:9"}
    exact = {**given, "credentials": {**credentials, "apiKey": "${SOMEBODYS_SECRET}"}}
    made = (await mutate("addProvider", exact)).data
    told = (await query("discoverModels", {"providerId": made["id"]})).error["data"]
    assert told["kind"] == "CONNECTION_REFUSED"


@pytest.mark.req("API-4")
async def test_a_missing_variable_is_the_servers(
    mutate: Ask, query: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hint about a variable that is not set says that it is looked for in the server's environment."""
    monkeypatch.delenv("NOT_SET_HERE", raising=False)
    given = {"name": "A", "type": "anthropic", "credentials": {"apiKey": "${NOT_SET_HERE}"}}
    made = (await mutate("addProvider", given)).data
    data = (await query("discoverModels", {"providerId": made["id"]})).error["data"]
    assert data["hint"].startswith("Set NOT_SET_HERE where the Jupyter server is started")
    assert "issues" not in data
