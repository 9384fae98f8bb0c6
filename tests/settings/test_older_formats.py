"""The app's first formats, of early 2026, and sections that are null (MIG-10)."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch_widgets.errors import SettingsShapeError
from dispatch_widgets.settings import registry
from dispatch_widgets.settings.document import json_equal, parse, render
from dispatch_widgets.settings.kinds import kind_of, needs_conversion_first, needs_migration
from dispatch_widgets.settings.migration import convert_entries, migrate
from dispatch_widgets.settings.views import view

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.req("MIG-10")

FIRST: dict[str, Any] = {
    "llm": {
        "providers": {
            "anthropic": "sk-ant-first-0123456789",
            "openaiCompatible": {
                "apiKey": "sk-first-0123456789abcdef",
                "baseUrl": "https://llm.example.edu/v1",
            },
        },
        "models": [
            {"task": "summarize", "provider": "anthropic", "model": "claude-3-5-haiku"},
            {"task": "grade", "provider": "openaiCompatible", "model": "llama"},
            {"task": "embed", "provider": "mock", "model": "mock"},
        ],
        "catalog": [
            {"id": "local", "provider": "openaiCompatible", "model": "llama", "label": "Llama", "x": 1.50},
            {
                "id": "own",
                "provider": "openaiCompatible",
                "model": "qwen",
                "capabilities": ["chat"],
                "providerConfig": {"apiKey": "sk-own-0123456789abcdef"},
            },
        ],
    },
    "search": {"provider": "brave", "apiKey": "brave-0123456789"},
}
"""The form of the first version, whole."""


def read(value: Any) -> Any:
    return parse(json.dumps(value).encode(), path="")


def without(path: str) -> dict[str, Any]:
    first = copy.deepcopy(FIRST)
    del first["llm"][path]
    return first


def test_the_first_format_is_converted(ids: Callable[[], str]) -> None:
    """Accounts become providers, entries and choices follow, and nothing of the section is left."""
    first = read(FIRST)
    assert kind_of(first) == "old"
    assert needs_migration(first)
    assert needs_conversion_first(first)
    document, report = migrate(first, new_id=ids)
    assert document == {
        "models": {
            "catalog": [
                {"id": "local", "providerId": "id-2", "model": "llama", "label": "Llama", "x": 1.5},
                {"id": "own", "model": "qwen", "capabilities": ["chat"], "providerId": "id-3"},
                {"id": "anthropic:claude-3-5-haiku", "providerId": "id-1", "model": "claude-3-5-haiku"},
                {"id": "mock:mock", "providerId": "mock", "model": "mock"},
            ],
            "assignment": [
                {"task": "summarize", "modelId": "anthropic:claude-3-5-haiku"},
                {"task": "grade", "modelId": "local"},
                {"task": "embed", "modelId": "mock:mock"},
            ],
        },
        "search": FIRST["search"],
        "providers": [
            {
                "id": "id-1",
                "name": "Anthropic",
                "type": "anthropic",
                "credentials": {"apiKey": "sk-ant-first-0123456789"},
            },
            {
                "id": "id-2",
                "name": "OpenAI 1",
                "type": "openai-compatible",
                "credentials": {
                    "apiKey": "sk-first-0123456789abcdef",
                    "baseUrl": "https://llm.example.edu/v1",
                },
            },
            {
                "id": "id-3",
                "name": "OpenAI 2",
                "type": "openai-compatible",
                "credentials": {
                    "apiKey": "sk-own-0123456789abcdef",
                    "baseUrl": "https://llm.example.edu/v1",
                },
            },
        ],
    }
    assert report.warnings == ()
    assert not any(entry.problem or entry.unconverted for entry in view(document).catalog)
    assert migrate(document)[0] is document
    assert kind_of(document) == "current"
    assert first == read(FIRST)


def test_accounts_without_entries_become_providers_all_the_same(ids: Callable[[], str]) -> None:
    """A key that no entry uses is registered too: nobody has to look for it in the backup."""
    document, _ = migrate(read({"llm": {"providers": FIRST["llm"]["providers"], "models": []}}), new_id=ids)
    assert [provider["id"] for provider in document["providers"]] == ["id-1", "id-2"]
    assert "llm" not in document


def test_the_next_format_is_converted(ids: Callable[[], str]) -> None:
    """Accounts under `models.providers` are given to the entries of their kind that have none."""
    document, report = migrate(
        read(
            {
                "ui": {},
                "models": {
                    "providers": {
                        "anthropic": "sk-ant-first-0123456789",
                        "openai": {"apiKey": "sk-first-0123456789abcdef", "baseUrl": "https://a.example/v1"},
                    },
                    "catalog": [
                        {"id": "a", "providerType": "anthropic", "model": "claude"},
                        {
                            "id": "b",
                            "providerType": "openai",
                            "model": "m",
                            "providerConfig": {"apiKey": " "},
                        },
                        {
                            "id": "c",
                            "providerType": "openai",
                            "model": "m",
                            "providerConfig": {
                                "apiKey": "sk-own-0123456789abcdef",
                                "baseUrl": "https://b.example",
                            },
                        },
                    ],
                    "assignment": [{"task": "grade", "modelId": "b"}],
                },
            }
        ),
        new_id=ids,
    )
    assert [(entry["id"], entry["providerId"]) for entry in document["models"]["catalog"]] == [
        ("a", "id-1"),
        ("b", "id-2"),
        ("c", "id-3"),
    ]
    assert [provider["credentials"].get("baseUrl") for provider in document["providers"]] == [
        None,
        "https://a.example/v1",
        "https://b.example",
    ]
    assert list(document) == ["ui", "models", "providers"]
    assert "providers" not in document["models"]
    assert report.warnings == ()


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"llm": {"providers": {"gemini": "AIza-secret-0123456789"}}}, "llm.providers.gemini"),
        ({"llm": {"providers": {"anthropic": {"key": "sk-secret-0123456789"}}}}, "llm.providers.anthropic"),
        ({"llm": {"providers": {"anthropic": 5}}}, "llm.providers.anthropic"),
        ({"llm": {"providers": ["sk-secret-0123456789"]}}, "llm.providers"),
        ({"llm": ["sk-secret-0123456789"]}, "llm"),
        ({"llm": "sk-secret-0123456789"}, "llm"),
        ({"llm": {"catalog": [{"id": "a", "provider": "gemini", "model": "m"}]}}, "llm.catalog"),
        ({"llm": {"models": [{"task": "write", "provider": "anthropic", "model": "m"}]}}, "llm.models"),
        ({"models": {"providers": {"openai": {"apiKey": 5}}}}, "models.providers.openai"),
        ({"models": {"providers": {"azure": {"apiKey": "secret-0123456789"}}}}, "models.providers.azure"),
        ({"models": {"providers": ["sk-secret-0123456789"]}}, "models.providers"),
    ],
)
def test_what_cannot_be_converted_is_told_with_its_place(document: dict[str, Any], place: str) -> None:
    """What cannot be converted stays unchanged, and the report names the places without quoting keys."""
    found = read(document)
    assert needs_migration(found)
    converted, report = migrate(found)
    (warning,) = report.warnings
    assert warning.startswith(f"{place} was left as it is")
    assert "secret" not in repr(report)
    section = place.partition(".")[0]
    assert converted[section] == document[section]
    assert kind_of(converted) in {"current", "lost"}
    assert json_equal(convert_entries(converted)[0], converted)


def test_part_of_it_can_be_left(ids: Callable[[], str]) -> None:
    """An account of a kind that the app dropped is left; all the others are converted."""
    first = copy.deepcopy(FIRST)
    first["llm"]["providers"]["gemini"] = "AIza-secret-0123456789"
    first["llm"]["models"].append({"task": "classify", "provider": "gemini", "model": "flash"})
    first["llm"]["temperature"] = 0.2
    document, report = migrate(read(first), new_id=ids)
    assert document["llm"] == {
        "providers": {"gemini": "AIza-secret-0123456789"},
        "models": [{"task": "classify", "provider": "gemini", "model": "flash"}],
        "temperature": 0.2,
    }
    assert len(document["providers"]) == 3
    assert [warning.split()[0] for warning in report.warnings] == ["llm.providers.gemini", "llm.models"]


def test_what_the_file_has_already_stays(ids: Callable[[], str]) -> None:
    """Entries and choices that stand in today's places go before those of the first format."""
    first = copy.deepcopy(FIRST)
    first["models"] = {
        "catalog": [{"id": "local", "providerType": "openai", "model": "other"}],
        "assignment": [{"task": "grade", "modelId": "local"}],
    }
    document, report = migrate(read(first), new_id=ids)
    assert document["models"]["catalog"][0]["model"] == "other"
    assert document["models"]["assignment"][0] == {"task": "grade", "modelId": "local"}
    assert document["llm"]["catalog"] == [FIRST["llm"]["catalog"][0]]
    assert document["llm"]["models"] == [FIRST["llm"]["models"][1]]
    assert len(report.warnings) == 2


def test_a_newer_file_with_the_old_section_is_converted_on_request(
    new_document: dict[str, Any], ids: Callable[[], str]
) -> None:
    """Beside `providers` nothing happens by itself; one action converts it, as for single entries (MIG-8)."""
    new_document["llm"] = read(FIRST)["llm"]
    assert kind_of(new_document) == "mixed"
    assert migrate(new_document)[0] is new_document
    document, _ = convert_entries(new_document, new_id=ids)
    assert len(document["providers"]) == 5
    assert len(document["models"]["catalog"]) == 5
    assert document["llm"] == {"models": FIRST["llm"]["models"]}  # the tasks have newer models
    assert kind_of(document) == "current"


@pytest.mark.req("SEC-1")
def test_bare_keys_are_masked() -> None:
    """A key that stands bare beside its provider's name is shown in no repr and no preview."""
    first = read(FIRST)
    _, report = migrate(first)
    shown = repr(first) + repr(first["llm"]) + repr(report) + report.before + report.after
    for key in ("sk-ant-first-0123456789", "sk-first-0123456789abcdef", "sk-own-0123456789abcdef"):
        assert key not in shown


@pytest.mark.parametrize(
    "document",
    [
        {"providers": None, "models": None},
        {"providers": [], "models": None},
        {"providers": None, "models": {"catalog": [], "assignment": []}},
    ],
)
def test_null_for_a_section_is_its_absence(document: dict[str, Any]) -> None:
    """`providers: null` and `models: null` are read as the app reads them, and every edit works on them."""
    found = read(document)
    settings = view(found)
    assert (settings.providers, settings.catalog, len(settings.assignments)) == ((), (), 0)
    assert needs_migration(found) == (document["providers"] is None)
    assert migrate(found)[0]["providers"] == []
    for start in (found, migrate(found)[0], convert_entries(found)[0]):
        edited, provider_id = registry.add_provider(
            start, name="N", type="anthropic", api_key="sk-ant-0123456789"
        )
        assert registry.duplicates(edited) == ()
        assert registry.impact(edited, provider_id).entries == ()
        edited, entry_id = registry.add_model(edited, provider_id=provider_id, model="m", tasks=["grade"])
        edited = registry.update_model(edited, entry_id, label="L")
        edited = registry.delete_provider(edited, provider_id, unassign=True)
        assert edited["models"]["assignment"] == []
        registry.delete_models(edited, [entry_id])


def test_null_elsewhere_is_still_refused() -> None:
    """`null` where the app refuses it is an error with its place (MIG-9)."""
    for document in ({"models": {"catalog": None}}, {"models": {"assignment": None}}):
        with pytest.raises(SettingsShapeError, match="a list is expected here"):
            view(document)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["", "a", "anthropic", "openai", "grade", "mock"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "providers",
                    "models",
                    "catalog",
                    "anthropic",
                    "openai",
                    "openaiCompatible",
                    "apiKey",
                    "baseUrl",
                    "id",
                    "model",
                    "provider",
                    "task",
                    "providerConfig",
                    "x",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["llm", "models", "ui"]), anything))
def test_whatever_stands_there_is_converted_or_refused_in_words(value: dict[str, Any]) -> None:
    """Any document is converted or refused with our own errors, and converting twice changes nothing."""
    document = read(value)
    kind_of(document)
    try:
        converted, _ = migrate(document)
    except SettingsShapeError:
        return
    render(converted)
    assert migrate(converted)[0] is converted
    assert json_equal(convert_entries(converted)[0], convert_entries(convert_entries(converted)[0])[0])


@pytest.mark.req("SEC-8", "MIG-4")
def test_an_accounts_key_does_not_go_to_the_host_of_an_entry(ids: Callable[[], str]) -> None:
    """An entry with another host and no key gets a reference and a warning; one with its host the key."""
    there = "https://llm.example.edu/v2"
    elsewhere = "https://other.example.org/v1"
    accounts = {"openai": {"apiKey": "sk-first-0123456789abcdef", "baseUrl": "https://llm.example.edu/v1"}}
    catalog = [
        {"id": name, "providerType": "openai", "model": "m", "providerConfig": {"baseUrl": url}}
        for name, url in (("there", there), ("elsewhere", elsewhere))
    ]
    document = read({"models": {"providers": accounts, "catalog": catalog}})
    new, report = migrate(document, new_id=ids)
    keys = {each["credentials"]["baseUrl"]: each["credentials"]["apiKey"] for each in new["providers"]}
    assert keys[there] == accounts["openai"]["apiKey"]
    assert keys[elsewhere] == "${OPENAI_API_KEY}"
    assert any("The entry elsewhere has a base URL of its own" in warning for warning in report.warnings)
    assert not any("The entry there" in warning for warning in report.warnings)


@pytest.mark.req("MIG-10", "SEC-8")
@pytest.mark.parametrize("url", ["https://[", "http://x:99999/v1", "nonsense"])
def test_a_base_url_that_cannot_be_read_gets_no_key_of_an_account(url: str) -> None:
    """It is kept as it was and reported, and the conversion goes on."""
    entry = {"id": "a", "provider": "openai", "model": "m", "providerConfig": {"baseUrl": url}}
    accounts = {"openaiCompatible": {"apiKey": "sk-account-0123456789"}}
    made, report = migrate({"llm": {"providers": accounts, "catalog": [entry]}})
    assert [each["credentials"]["apiKey"] for each in made["providers"]][1:] == ["${OPENAI_API_KEY}"]
    assert any("it is not used there" in words for words in report.warnings)
