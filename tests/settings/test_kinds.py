"""What kind of a file a document is (MIG-1, MIG-8, ST-8)."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch_widgets.errors import InvalidInputError
from dispatch_widgets.settings import registry
from dispatch_widgets.settings.kinds import kind_of, lost_ids, needs_conversion_first, needs_migration
from dispatch_widgets.settings.migration import convert_entries, migrate
from dispatch_widgets.settings.views import view

OLD_ENTRY = {"id": "o", "model": "m", "providerType": "openai", "providerConfig": {"apiKey": "sk-0123456789"}}
BARE_OLD_ENTRY = {"id": "b", "model": "m", "providerType": "anthropic"}
NEW_ENTRY = {"id": "n", "model": "m", "providerId": "p"}
MOCK_ENTRY = {"id": "k", "model": "mock", "providerId": "mock"}
PROVIDER = {"id": "p", "name": "P", "type": "anthropic", "credentials": {"apiKey": "sk-ant-0123456789"}}


def with_entries(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    assignment = [{"task": "grade", "modelId": entry["id"]} for entry in entries[:1]]
    return {"models": {"catalog": list(entries), "assignment": assignment}, **more}


@pytest.mark.req("MIG-1", "MIG-8", "ST-8")
@pytest.mark.parametrize(
    ("document", "kind", "migrates"),
    [
        ({}, "nothing", False),
        ({"ui": {}}, "nothing", True),
        ({"providers": None, "models": None, "ui": {}}, "nothing", True),
        (with_entries(), "nothing", True),
        (with_entries(OLD_ENTRY), "old", True),
        (with_entries(OLD_ENTRY, providers=None), "old", True),
        (with_entries(BARE_OLD_ENTRY), "old", True),
        ({"llm": {"providers": {}}}, "old", True),
        ({"models": {"providers": {"openai": {}}}}, "old", True),
        (with_entries(NEW_ENTRY), "lost", False),
        (with_entries(NEW_ENTRY, providers=None), "lost", False),
        (with_entries(NEW_ENTRY, providers=[]), "lost", False),
        (with_entries(NEW_ENTRY, OLD_ENTRY), "mixed", False),
        (with_entries(OLD_ENTRY, MOCK_ENTRY), "mixed", False),
        (with_entries(NEW_ENTRY, OLD_ENTRY, providers=[PROVIDER]), "mixed", False),
        (with_entries(OLD_ENTRY, providers=[]), "mixed", False),
        (with_entries(NEW_ENTRY, providers=[PROVIDER]), "current", False),
        (with_entries(NEW_ENTRY, providers=[{**PROVIDER, "id": "q"}]), "current", False),
        (with_entries(MOCK_ENTRY), "current", False),
        (with_entries(MOCK_ENTRY, providers=[]), "current", False),
        (with_entries({"id": "x", "model": "m", "providerId": ""}), "current", True),
        ({"providers": []}, "current", False),
        ({"models": [], "llm": None}, "nothing", True),
        ({"models": {"catalog": {"a": 1}}}, "nothing", True),
        ({"models": {"catalog": ["a", None]}}, "nothing", True),
    ],
)
def test_a_documents_kind(document: dict[str, Any], kind: str, migrates: bool) -> None:
    """Each kind of file is recognised, and only one without references to providers is migrated (MIG-1)."""
    assert kind_of(document) == kind
    assert needs_migration(document) == migrates
    assert needs_conversion_first(document) == (kind == "old")


@pytest.mark.req("ST-8", "MIG-1")
def test_a_file_that_lost_its_providers_stays_as_it_is(new_document: dict[str, Any]) -> None:
    """The app's "Save schedules": nothing is converted, no empty list is written, and the words are true."""
    del new_document["providers"]
    document, report = migrate(new_document)
    assert document is new_document
    assert not report.providers
    assert lost_ids(document) == ("p-anthropic", "p-uni")
    settings = view(document)
    assert {entry.problem for entry in settings.catalog} == {"Another program removed its provider."}
    assert {found.problem for found in settings.assignments} == {
        "Another program removed the provider of this entry."
    }


@pytest.mark.req("PM-4", "ST-8")
def test_a_provider_that_was_deleted_is_called_that(new_document: dict[str, Any]) -> None:
    """If there is a list of providers, one that is missing was deleted."""
    document = registry.delete_provider(new_document, "p-uni")
    assert view(document).catalog[1].problem == "Its provider was deleted."


@pytest.mark.req("ST-8", "MIG-8")
def test_a_mixed_file_that_lost_its_providers_is_converted_on_request_only() -> None:
    """A mix of old and new entries is not migrated; converting it leaves the new entries unchanged."""
    mixed = with_entries(NEW_ENTRY, OLD_ENTRY)
    assert migrate(mixed)[0] is mixed
    assert lost_ids(mixed) == ("p",)
    assert view(mixed).catalog[0].problem == "Another program removed its provider."
    assert view(mixed).catalog[1].unconverted
    converted, report = convert_entries(mixed)
    assert report.entries == ("o",)
    assert converted["models"]["catalog"][0] == NEW_ENTRY


@pytest.mark.req("MIG-1")
def test_an_old_file_is_converted_before_it_is_edited() -> None:
    """A file with old accounts must be converted before an edit, which would add `providers`."""
    with pytest.raises(InvalidInputError, match="the old format"):
        registry.add_provider(with_entries(OLD_ENTRY), name="N", type="anthropic", api_key="sk-0123456789")
    registry.add_provider(with_entries(NEW_ENTRY), name="N", type="anthropic", api_key="sk-0123456789")
