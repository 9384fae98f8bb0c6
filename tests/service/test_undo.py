"""Taking back the last change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets import (
    DispatchError,
    SettingsService,
)
from dispatch_widgets.service import NewModel
from dispatch_widgets.settings.file_system import Files

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.req("UI")
def test_the_last_change_can_be_undone_until_the_next_one(
    service: SettingsService, path: Path, add: Any
) -> None:
    """Undoing a deletion or assignment restores the file byte for byte, unless it has changed since (UI)."""
    provider_id = add(service)
    entry = service.add_model(provider_id=provider_id, model="gpt-4o", tasks=["grade"])
    before = path.read_bytes()
    service.delete_provider(provider_id, unassign=True)
    assert service.undoable == "Demo was deleted"
    assert service.undo() == "Demo was deleted"
    assert path.read_bytes() == before
    assert service.undoable == ""
    with pytest.raises(DispatchError, match="nothing to undo"):
        service.undo()
    service.assign("digest", entry.id)
    SettingsService(path).update_provider(provider_id, name="Elsewhere")
    with pytest.raises(DispatchError, match="nothing to undo"):
        service.undo()
    assert service.get_providers()[0].name == "Elsewhere"
    assert service.assignments["digest"].model_id == entry.id


@pytest.mark.req("UI")
def test_what_undo_offers_names_one_model_and_counts_several(service: SettingsService, add: Any) -> None:
    """After one model was added the offer names it, after several it says how many."""
    provider_id = add(service)
    service.add_models([NewModel(provider_id=provider_id, model="one")])
    assert service.undoable == "one was added"
    service.add_models([NewModel(provider_id=provider_id, model=name) for name in ("two", "three")])
    assert service.undoable == "2 added"


@pytest.mark.req("ST-3", "UI")
def test_undo_does_not_take_back_what_another_program_saved_just_after(
    service: SettingsService, path: Path, add: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change that another program makes to the new file during the save cannot be undone with it."""
    provider_id = add(service)
    sync_folder = Files.sync_folder

    def write_too(files: Files, folder: Path) -> None:
        monkeypatch.setattr(Files, "sync_folder", sync_folder)
        document = json.loads(path.read_text(encoding="utf-8"))
        document["ui"] = {"theme": "dark"}
        path.write_text(json.dumps(document), encoding="utf-8")
        sync_folder(files, folder)

    monkeypatch.setattr(Files, "sync_folder", write_too)
    service.delete_provider(provider_id)
    assert service.get_providers() == ()
    assert service.undoable == ""
    with pytest.raises(DispatchError, match="nothing to undo"):
        service.undo()
    assert json.loads(path.read_text(encoding="utf-8"))["ui"] == {"theme": "dark"}
