"""The commands ``merge``, ``convert`` and ``move-away``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets import SettingsService
from dispatch_widgets.settings.document import set_in
from dispatch_widgets.settings.store import SettingsStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Run = Callable[..., Result]

    RewriteFile = Callable[[Path], None]

KEY = "sk-0123456789abcdef"
URL = "http://127.0.0.1:9/v1"


def _provider(identity: str, name: str) -> dict[str, Any]:
    credentials = {"apiKey": KEY, "baseUrl": URL}
    return {"id": identity, "name": name, "type": "openai-compatible", "credentials": credentials}


def _write(*, providers: list[dict[str, Any]], catalog: list[dict[str, Any]]) -> Path:
    path = Path.cwd() / "dispatch.settings.json"
    path.write_text(
        json.dumps({"providers": providers, "models": {"assignment": [], "catalog": catalog}}),
        encoding="utf-8",
    )
    return path


@pytest.mark.req("PM-8")
def test_merge_re_points_the_entries_and_can_be_tried_dry(run: Run) -> None:
    """`merge` merges two providers of one account; --dry-run only says so."""
    entry = {"id": "e", "providerId": "b", "model": "m"}
    path = _write(providers=[_provider("a", "One"), _provider("b", "Two")], catalog=[entry])
    before = path.read_bytes()
    assert "Two would go into One." in run("merge", "--dry-run").output
    assert path.read_bytes() == before
    assert "Two went into One." in run("merge").output
    document = json.loads(path.read_text(encoding="utf-8"))
    assert [provider["id"] for provider in document["providers"]] == ["a"]
    assert document["models"]["catalog"][0]["providerId"] == "a"
    assert "No two providers" in run("merge").output


@pytest.mark.req("MIG-8")
def test_convert_takes_the_key_out_of_a_left_over_entry(run: Run) -> None:
    """`convert` gives an entry with its own credentials the provider that has the same."""
    config = {"apiKey": KEY, "baseUrl": URL}
    entry = {"id": "e", "providerType": "openai", "model": "m", "providerConfig": config}
    path = _write(providers=[_provider("a", "One")], catalog=[entry])
    assert "1 entry changed" in run("convert").output
    assert json.loads(path.read_text(encoding="utf-8"))["models"]["catalog"] == [
        {"id": "e", "providerId": "a", "model": "m"}
    ]
    assert "No entry is left" in run("convert").output


@pytest.mark.req("ST-4")
def test_move_away_moves_only_a_file_that_cannot_be_read(run: Run) -> None:
    """`move-away` renames a broken file and prints the new name; it refuses a valid one."""
    path = _write(providers=[], catalog=[])
    assert "can be read" in run("move-away", code=1).output
    assert path.exists()
    path.write_text("{ broken", encoding="utf-8")
    said = run("move-away").output
    assert not path.exists()
    (moved,) = Path.cwd().glob("dispatch.settings.moved-*.json")
    assert moved.name in said
    assert moved.read_text(encoding="utf-8") == "{ broken"


def _with_a_provider() -> Path:
    service = SettingsService()
    lab = service.add_provider(name="Lab", type="openai-compatible", api_key=KEY, base_url=URL)
    service.add_model(provider_id=lab.id, model="m", tasks=["grade"])
    return service.path


@pytest.mark.req("ST-8")
def test_bring_back_puts_removed_providers_into_the_file(run: Run, save_schedules: RewriteFile) -> None:
    """Every command reports removed providers; `bring-back` restores them, or says that there are none."""
    path = _with_a_provider()
    assert "No other program removed" in run("bring-back").output
    assert json.loads(run("bring-back", "--json").stdout) == []
    save_schedules(path)
    told = run("providers").stderr
    assert "Another program removed your providers." in told
    assert "bring-back" in told
    assert "Lab is back." in run("bring-back").output
    assert json.loads(path.read_text(encoding="utf-8"))["providers"][0]["credentials"]["apiKey"] == KEY
    save_schedules(path)
    (facts,) = json.loads(run("bring-back", "--json").stdout)
    assert facts["name"] == "Lab"
    assert run("providers").stderr == ""


@pytest.mark.req("ST-8")
def test_bring_back_without_a_copy_names_the_backups(run: Run, save_schedules: RewriteFile) -> None:
    """Without a copy, `bring-back` fails and names the alternative."""
    path = _with_a_provider()
    save_schedules(path)
    SettingsService().delete_kept_copy()
    said = run("bring-back", code=1).stderr
    assert "no copy of them is kept" in said
    assert "backup" in said


@pytest.mark.req("ST-8")
def test_the_copy_of_the_providers_is_listed_with_the_backups(run: Run) -> None:
    """`backups` lists the copy of the providers, with its path."""
    _with_a_provider()
    kept = SettingsService().kept_copy
    assert kept is not None
    assert str(kept.path) in run("backups").output
    (facts,) = json.loads(run("backups", "--json").stdout)
    assert facts["kept"] is True
    assert facts["providers"] == 1


@pytest.mark.req("MIG-5", "ST-8")
def test_copies_can_be_deleted(run: Run) -> None:
    """By file name or path, after a question; the copy of the providers as well."""
    path = _with_a_provider()
    service = SettingsService()
    kept = service.kept_copy
    assert kept is not None
    SettingsStore(path).edit(lambda document: set_in(document, ("note",), 1), backup_reason="x")
    (backup,) = service.backups()
    before = path.read_bytes()
    assert "for good? [y/N]" in run("delete-backup", backup.path.name, code=1).output
    assert backup.path.exists()
    run("delete-backup", backup.path.name, "--yes")
    assert not backup.path.exists()
    run("delete-backup", str(kept.path), "--yes")
    assert not kept.path.exists()
    assert "no backup called" in run("delete-backup", backup.path.name, "--yes", code=1).stderr
    assert path.read_bytes() == before


@pytest.mark.req("MIG-5")
def test_a_restore_to_the_old_format_says_what_the_app_makes_of_it(run: Run) -> None:
    """`restore` warns that the app drops every key of a file in the old format."""
    entry = {"id": "e", "providerType": "openai", "model": "m", "providerConfig": {"apiKey": KEY}}
    path = _write(providers=[], catalog=[entry])
    document = json.loads(path.read_text(encoding="utf-8"))
    document.pop("providers")
    path.write_text(json.dumps(document), encoding="utf-8")
    run("providers")
    (backup,) = SettingsService().backups()
    assert "drops every key" in run("restore", backup.path.name).stderr
    (now, _) = SettingsService(auto_migrate=False).backups()
    assert "drops every key" not in run("restore", now.path.name).stderr


@pytest.mark.req("ST-10", "ST-1")
def test_where_tells_of_a_file_that_is_gone(run: Run) -> None:
    """`where` says that a file has disappeared, and names the backup to restore."""
    assert json.loads(run("where", "--json").stdout)["gone"] == ""
    path = _with_a_provider()
    path.unlink()
    said = " ".join(run("where").output.split())
    assert "A file was here, with 1 provider saved on" in said
    assert "it was deleted or moved" in said
    copy = path.with_name("dispatch.settings.backup-20251121T130241Z.json")
    copy.write_text('{"providers": []}', encoding="utf-8")
    copy.chmod(0o600)
    assert f"restore {copy.name}" in json.loads(run("where", "--json").stdout)["gone"]


@pytest.mark.req("ST-1")
def test_where_says_which_file_the_app_would_take(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`where` says that the app uses the workspace, if only the working folder has a file."""
    root = Path.cwd()
    (root / "turbo.json").write_text("{}", encoding="utf-8")
    inner = root / "inner"
    inner.mkdir()
    (inner / "dispatch.settings.json").write_text('{"providers": []}', encoding="utf-8")
    monkeypatch.chdir(inner)
    facts = json.loads(run("where", "--json").stdout)
    assert facts["path"] == str(root / "dispatch.settings.json")
    assert "The Dispatch app would take" in facts["app"]
    assert "The Dispatch app would take" in run("where").output
    (root / "dispatch.settings.json").write_text('{"providers": []}', encoding="utf-8")
    assert json.loads(run("where", "--json").stdout)["app"] == ""
