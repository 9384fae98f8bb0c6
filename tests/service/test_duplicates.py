"""Providers that are one account become one."""

from __future__ import annotations

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
