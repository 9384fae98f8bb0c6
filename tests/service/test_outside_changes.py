"""A file that others change too, or break: who listens is told, and nothing is lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets import (
    SettingsService,
    UnreadableSettingsError,
)
from dispatch_widgets.service import Change
from dispatch_widgets.service.asking import Asking
from dispatch_widgets.settings.file_system import Files

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.req("ST-3")
def test_two_services_on_one_file_lose_nothing_and_see_each_other(path: Path, add: Any) -> None:
    """What one kernel saves, the other shows, and an edit of one keeps the other's (ST-3, ST-6)."""
    one, two = SettingsService(path), SettingsService(path)
    add(one, "First")
    add(two, "Second")
    assert [p.name for p in one.get_providers()] == ["First", "Second"]
    assert one.saved_by == "another program"
    assert two.saved_by == "this notebook"


@pytest.mark.req("ST-6")
def test_a_look_in_the_middle_of_a_save_does_not_take_it_for_another_programs(
    path: Path, add: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A panel that reloads between rename and return of a save sees its own save; all are told once."""
    service = SettingsService(path)
    add(service, "First")
    said: list[str] = []
    heard: list[Change] = []
    service.subscribe(heard.append)
    sync_folder = Files.sync_folder

    def look_meanwhile(files: Files, folder: Path) -> None:
        service.reload()
        said.append(service.saved_by)
        sync_folder(files, folder)

    monkeypatch.setattr(Files, "sync_folder", look_meanwhile)
    add(service, "Second")
    assert said == ["this notebook"]
    assert heard == [Change("settings")]


@pytest.mark.req("ST-6")
def test_the_time_of_the_last_save_is_the_files(path: Path, add: Any) -> None:
    """`saved_at` is the time of the file in UTC, whoever wrote it, and None without a file."""
    one, two = SettingsService(path), SettingsService(path)
    assert one.saved_at is None
    add(two, "Second")
    assert one.reload()
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    assert one.saved_at is not None
    assert abs(one.saved_at - written) < timedelta(milliseconds=1)
    assert two.saved_at == one.saved_at


@pytest.mark.req("ST-6")
def test_subscribers_hear_of_edits_requests_and_changes_from_outside(
    service: SettingsService, path: Path, add: Any, on_disk: Any
) -> None:
    """A panel can follow: settings when the file changes, asking and discovery around a request."""
    heard: list[Change] = []
    end = service.subscribe(heard.append)

    def broken(_: Change) -> None:
        raise RuntimeError("a broken listener")

    service.subscribe(broken)
    provider_id = add(service)
    assert heard == [Change("settings")]
    service.discover_models(provider_id)
    assert heard[1:] == [Change("asking", provider_id), Change("discovery", provider_id)]
    assert not service.changed_outside()
    document = on_disk()
    document["providers"][0]["name"] = "By the app"
    path.write_text(json.dumps(document, indent=2), encoding="utf-8")
    assert service.changed_outside()
    assert service.reload()
    assert heard[-1] == Change("settings")
    end()
    service.update_provider(provider_id, name="Unheard")
    assert len(heard) == 4


@pytest.mark.req("ST-4")
def test_a_broken_file_is_told_and_never_overwritten(path: Path, add: Any) -> None:
    """Reading and writing both say line and column; the bytes stay; mending it is noticed (ST-4)."""
    path.write_text('{"providers": [,]}', encoding="utf-8")
    service = SettingsService(path)
    assert isinstance(service.problem, UnreadableSettingsError)
    for call in (service.get_providers, lambda: service.catalog, lambda: add(service)):
        with pytest.raises(UnreadableSettingsError) as caught:
            call()
        assert caught.value.line == 1
        assert caught.value.hint
    assert path.read_text(encoding="utf-8") == '{"providers": [,]}'
    path.write_text('{"providers": []}', encoding="utf-8")
    assert service.problem is None
    assert service.get_providers() == ()


@pytest.mark.req("ST-4")
def test_a_broken_file_can_be_moved_away(path: Path, add: Any, on_disk: Any) -> None:
    """The way out that starts fresh keeps the broken file beside the new one (ST-4)."""
    path.write_text("not json", encoding="utf-8")
    service = SettingsService(path)
    moved = service.move_away()
    assert moved.read_text(encoding="utf-8") == "not json"
    add(service)
    assert len(on_disk()["providers"]) == 1


@pytest.mark.req("ST-6")
def test_a_file_that_another_program_made_or_mended_is_not_saved_by_this_notebook(
    path: Path, add: Any, write_later: Any
) -> None:
    """`saved_by` is empty without a file, and says another program once that one made or mended it."""
    service = SettingsService(path)
    assert service.saved_by == ""
    write_later(path, '{"providers": []}')
    assert service.get_providers() == ()
    assert service.saved_by == "another program"
    add(service)
    assert service.saved_by == "this notebook"
    write_later(path, '{"providers": [,')
    with pytest.raises(UnreadableSettingsError):
        _ = service.settings
    write_later(path, '{"providers": []}')
    assert service.get_providers() == ()
    assert service.saved_by == "another program"
    service.move_away()
    assert service.saved_by == ""


@pytest.mark.req("ST-3", "PM-3")
def test_discovery_follows_the_newest_settings_whichever_thread_tells_it(
    service: SettingsService, add: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The callbacks of two saves may run in the wrong order; models are asked for all the same."""
    told: list[Any] = []
    with monkeypatch.context() as patch:
        patch.setattr(Asking, "follow", lambda *given: told.append(given))
        first, second = add(service, "First"), add(service, "Second")
    for asking, current in reversed(told):
        asking.follow(current)
    assert service.discover_models(first)
    assert service.discover_models(second)
