"""Providers that are one account become one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from dispatch_widgets import (
        SettingsService,
    )


@pytest.mark.req("PM-8")
def test_one_provider_alone_can_be_merged_by_its_id(service: SettingsService) -> None:
    """A text in the place of a list of ids is one id (PM-8)."""
    keep, other = (
        service.add_provider(name="P", type="anthropic", api_key="sk-0123456789abcdef").id for _ in range(2)
    )
    service.merge_providers(keep, other)
    assert [provider.id for provider in service.get_providers()] == [keep]


@pytest.mark.req("PM-8")
def test_all_duplicates_are_merged_in_one_write(service: SettingsService, path: Path, add: Any) -> None:
    """Every group becomes its first provider; one undo takes all back; without groups nothing is written."""
    first, twin, other = (
        add(service),
        add(service),
        add(service, api_key="sk-other"),
    )
    entry = service.add_model(provider_id=twin, model="m")
    add(service, api_key="sk-other")
    before = path.read_bytes()
    assert [group[0] for group in service.merge_duplicates()] == [first, other]
    assert [provider.id for provider in service.get_providers()] == [first, other]
    assert service.entry(entry.id).provider_id == first
    after = path.stat()
    assert service.merge_duplicates() == ()
    assert path.stat() == after
    service.undo()
    assert path.read_bytes() == before


@pytest.mark.req("PM-8")
def test_the_one_to_keep_can_be_named(service: SettingsService, add: Any) -> None:
    """Only its group is merged, into it."""
    first, twin = add(service), add(service)
    others = [add(service, api_key="sk-other") for _ in range(2)]
    entry = service.add_model(provider_id=first, model="m")
    assert service.merge_duplicates(twin) == ((twin, first),)
    assert [provider.id for provider in service.get_providers()] == [twin, *others]
    assert service.entry(entry.id).provider_id == twin


@pytest.mark.req("PM-8", "ST-3")
def test_what_another_program_has_changed_meanwhile_is_not_merged(
    service: SettingsService, path: Path, add: Any, on_disk: Any
) -> None:
    """One that got another key between the look and the press is no duplicate any more, and stays."""
    keep, twin = add(service), add(service)
    assert service.duplicates() == ((keep, twin),)
    document = on_disk()
    document["providers"][1]["credentials"]["apiKey"] = "sk-fresh-0123456789"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert service.merge_duplicates(keep) == ()
    assert [provider.id for provider in service.get_providers()] == [keep, twin]
