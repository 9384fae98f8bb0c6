"""What the service says and does when another program takes something away from the file."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

import dispatch_widgets as dw
from dispatch_widgets import ConsentNeededError, NotFoundError, SettingsService
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.widgets.presenters.hub.hub import hub_of
from dispatch_widgets.widgets.presenters.shared.encode import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    WriteFile = Callable[[Path, str], None]
    RewriteFile = Callable[[Path], None]

KEY = "sk-0123456789abcdef-lab"
URL = "http://127.0.0.1:9/v1"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the settings file is."""
    return tmp_path / "work" / "dispatch.settings.json"


@pytest.fixture
def service(file: Path) -> SettingsService:
    """A service with two providers; Lab has an entry and a task."""
    made = SettingsService(file)
    lab = made.add_provider(name="Lab", type="openai-compatible", api_key=KEY, base_url=URL)
    made.add_provider(name="Uni", type="anthropic", api_key="sk-ant-0123456789abcdef")
    made.add_model(provider_id=lab.id, model="m", tasks=["grade"])
    return made


def names(service: SettingsService) -> list[str]:
    return [provider.name for provider in service.get_providers() if not provider.is_mock]


@pytest.mark.req("ST-8", "MIG-1", "API-1a")
def test_removed_providers_are_told_and_brought_back_and_that_is_undone(
    service: SettingsService, file: Path, save_schedules: RewriteFile
) -> None:
    """No old file is seen in it; one call puts them into the file as it is now, and can be undone."""
    before = json.loads(file.read_text(encoding="utf-8"))
    assert service.removed_providers == ()
    save_schedules(file)
    for each in (service, SettingsService(file)):
        assert each.lost_providers
        assert not each.awaiting_migration
        assert each.preview_migration() is None
        assert [provider.name for provider in each.removed_providers] == ["Lab", "Uni"]
    emptied = json.loads(file.read_text(encoding="utf-8"))
    assert "providers" not in emptied
    assert service.backups() == ()
    assert [provider.name for provider in service.bring_back_providers()] == ["Lab", "Uni"]
    after = json.loads(file.read_text(encoding="utf-8"))
    assert after["providers"] == before["providers"]
    assert after["schedules"] == emptied["schedules"]
    assert service.resolve("grade").api_key.get_secret_value() == KEY
    assert service.removed_providers == ()
    assert service.undo() == "2 providers were brought back"
    assert json.loads(file.read_text(encoding="utf-8")) == emptied
    assert len(service.removed_providers) == 2


@pytest.mark.req("ST-8", "ST-3")
def test_what_was_brought_back_is_told_from_what_was_saved(
    service: SettingsService, file: Path, save_schedules: RewriteFile
) -> None:
    """Another program that removes them again right after the save does not change the answer."""
    save_schedules(file)
    assert len(service.removed_providers) == 2

    def remove_again(_: object) -> None:
        end()
        save_schedules(file)

    end = service.subscribe(remove_again)
    assert [provider.name for provider in service.bring_back_providers()] == ["Lab", "Uni"]
    assert len(service.removed_providers) == 2


@pytest.mark.req("ST-8")
def test_what_was_removed_at_once_is_not_half_made_again(service: SettingsService, file: Path) -> None:
    """Edits of a moment ago that another program overwrote are not made again one by one in such a file."""
    document = json.loads(file.read_text(encoding="utf-8"))
    del document["providers"]
    file.write_text(json.dumps(document), encoding="utf-8")
    assert len(service.removed_providers) == 2
    service.bring_back_providers()
    service.undo()
    assert json.loads(file.read_text(encoding="utf-8")) == document


@pytest.mark.req("ST-8")
def test_the_module_functions_act_on_the_default_file(
    service: SettingsService, file: Path, save_schedules: RewriteFile
) -> None:
    """dw.removed_providers() and dw.bring_back_providers() do the same for the file that is found."""
    save_schedules(file)
    assert [provider.name for provider in dw.removed_providers()] == ["Lab", "Uni"]
    assert len(dw.bring_back_providers()) == 2
    assert names(service) == ["Lab", "Uni"]


@pytest.mark.req("ST-8")
def test_without_a_copy_it_is_said_that_none_is_kept(
    service: SettingsService, file: Path, save_schedules: RewriteFile
) -> None:
    """Where the copy was deleted, the loss is told, and bringing back says why it cannot be done."""
    save_schedules(file)
    service.delete_kept_copy()
    assert service.lost_providers
    assert service.removed_providers == ()
    with pytest.raises(NotFoundError, match="no copy of them is kept"):
        service.bring_back_providers()
    with pytest.raises(NotFoundError):
        service.delete_kept_copy()
    with pytest.raises(NotFoundError, match="No other program removed"):
        SettingsService(file.with_name("other.json")).bring_back_providers()


@pytest.mark.req("ST-8")
def test_the_copy_follows_what_is_done_here_and_by_others(
    service: SettingsService, file: Path, write_later: WriteFile, save_schedules: RewriteFile
) -> None:
    """A deletion here is a deletion in the copy; so is one by another hand that leaves the list there."""
    lab, uni = service.get_providers()
    extra = service.add_provider(name="Extra", type="anthropic", api_key="sk-ant-0123456789abcdee")
    service.delete_provider(extra.id)
    assert service.kept_copy is not None
    assert [kept["id"] for kept in service.kept_copy.providers] == [lab.id, uni.id]
    document = json.loads(file.read_text(encoding="utf-8"))
    document["providers"] = [kept for kept in document["providers"] if kept["id"] == lab.id]
    write_later(file, json.dumps(document))
    assert names(service) == ["Lab"]
    assert [kept["id"] for kept in service.kept_copy.providers] == [lab.id]
    save_schedules(file)
    assert [provider.name for provider in service.removed_providers] == ["Lab"]


@pytest.mark.req("ST-8")
@pytest.mark.parametrize("by", ["parameter", "variable"])
def test_the_copy_can_be_switched_off_and_goes(
    service: SettingsService,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    by: str,
    save_schedules: RewriteFile,
) -> None:
    """keep_providers_copy=False and the variable keep none, and remove the one that there is."""
    copy = service.kept_copy
    assert copy is not None
    if by == "variable":
        monkeypatch.setenv("DISPATCH_WIDGETS_KEEP_PROVIDERS", "0")
    off = SettingsService(file, keep_providers_copy=by == "variable")
    assert not copy.path.exists()
    off.add_provider(name="More", type="anthropic", api_key="sk-ant-0123456789abcded")
    assert off.kept_copy is None
    assert not copy.path.exists()
    save_schedules(file)
    assert off.lost_providers
    assert off.removed_providers == ()


@pytest.mark.req("ST-8", "SEC-2")
def test_scan_knows_the_keys_that_only_the_copy_has(
    service: SettingsService, file: Path, save_schedules: RewriteFile
) -> None:
    """A key that another program removed from the file is still found in a notebook."""
    save_schedules(file)
    cell = {"cell_type": "code", "source": [f"key = '{KEY}'"], "metadata": {}, "outputs": []}
    notebook = file.with_name("a.ipynb")
    notebook.write_text(
        json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8"
    )
    assert len(SettingsService(file).scan(notebook).leaks) == 1


@pytest.mark.req("ST-8", "SEC-4")
def test_a_reference_that_comes_back_is_the_files_and_not_given_here(
    file: Path, monkeypatch: pytest.MonkeyPatch, save_schedules: RewriteFile
) -> None:
    """What was brought back is asked about as any reference in a file is."""
    monkeypatch.setenv("LAB_TOKEN", "token-0123456789")
    maker = SettingsService(file)
    lab = maker.add_provider(name="Lab", type="openai-compatible", api_key="${LAB_TOKEN}", base_url=URL)
    maker.add_model(provider_id=lab.id, model="m", tasks=["grade"])
    save_schedules(file)
    service = SettingsService(file)
    service.bring_back_providers()
    assert service.needs_consent(lab.id) is not None
    with pytest.raises(ConsentNeededError):
        service.resolve("grade")


@pytest.mark.req("ST-8", "MIG-8")
def test_entries_of_both_kinds_without_providers(
    service: SettingsService, file: Path, save_schedules: RewriteFile
) -> None:
    """Old entries beside provider ids, the list gone: nothing migrates by itself; both ways mend it."""
    document = json.loads(file.read_text(encoding="utf-8"))
    document["models"]["catalog"].append(
        {
            "id": "old",
            "providerType": "openai",
            "model": "o",
            "providerConfig": {"apiKey": "sk-old-0123456789"},
        }
    )
    file.write_text(json.dumps(document), encoding="utf-8")
    save_schedules(file)
    text = file.read_bytes()
    opened = SettingsService(file)
    assert opened.lost_providers
    assert not opened.awaiting_migration
    assert file.read_bytes() == text
    assert [entry.unconverted for entry in opened.catalog] == [False, True]
    opened.bring_back_providers()
    assert opened.convert_entries().entries == ("old",)
    assert names(opened) == ["Lab", "Uni", "OpenAI"]


@pytest.mark.req("ST-8")
def test_an_edit_of_a_file_that_lost_its_providers_makes_no_empty_list(
    service: SettingsService, file: Path, save_schedules: RewriteFile
) -> None:
    """A task that is set meanwhile leaves the loss to be seen, and the way back open."""
    save_schedules(file)
    service.unassign("grade")
    assert "providers" not in json.loads(file.read_text(encoding="utf-8"))
    assert len(service.removed_providers) == 2


@pytest.mark.req("ST-8", "MIG-1")
def test_a_file_without_entries_that_lost_its_providers_is_not_given_an_empty_list(
    file: Path, save_schedules: RewriteFile
) -> None:
    """Providers with no entry yet are brought back too; opening the file writes nothing."""
    SettingsService(file).add_provider(name="Uni", type="anthropic", api_key="sk-ant-0123456789abcdef")
    save_schedules(file)
    text = file.read_bytes()
    service = SettingsService(file)
    assert file.read_bytes() == text
    assert [provider.name for provider in service.removed_providers] == ["Uni"]
    service.bring_back_providers()
    assert names(service) == ["Uni"]


# ---- a restore that is meant


@pytest.fixture
def old_file(tmp_path: Path) -> Iterator[Path]:
    """A file in the old format."""
    with DemoServer() as running:
        yield write_sample(tmp_path / "work", running)


def dispatch_widgets(*arguments: str) -> str:
    """Runs the command line in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "dispatch_widgets", *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.req("MIG-5")
def test_a_restore_by_the_command_line_stands_while_a_panel_is_open(old_file: Path) -> None:
    """The panel's service sees the file become old, goes on in memory, writes nothing and offers Migrate."""
    before = old_file.read_bytes()
    service = SettingsService(old_file)
    known = names(service)
    panel = dw.Panel(service)
    hub = hub_of(service)
    (backup,) = service.backups()
    dispatch_widgets("restore", backup.path.name)
    deadline = time.monotonic() + 20
    while not service.awaiting_migration:  # the panel's own look at the file, nobody presses anything
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert hub.events.settle()
    assert old_file.read_bytes() == before
    assert names(service) == known
    assert "the old format" in str(encode(panel.providers.view()))
    with pytest.raises(dw.DispatchError, match="old format"):
        service.add_provider(name="N", type="anthropic", api_key="sk-ant-0123456789")
    assert old_file.read_bytes() == before
    panel.providers.act("convert_file")
    assert not service.awaiting_migration
    assert "providers" in json.loads(old_file.read_text(encoding="utf-8"))


@pytest.mark.req("MIG-5", "MIG-1")
def test_the_next_process_migrates_what_was_restored(old_file: Path) -> None:
    """A service that is opened after the restore migrates as for any old file."""
    service = SettingsService(old_file)
    dispatch_widgets("restore", service.backups()[0].path.name)
    assert service.awaiting_migration or (service.reload() and service.awaiting_migration)
    assert "Lab" not in names(service)
    dispatch_widgets("providers")
    assert "providers" in json.loads(old_file.read_text(encoding="utf-8"))
    assert service.get_providers()
    assert not service.awaiting_migration


# ---- a file that is gone


@pytest.mark.req("ST-10")
def test_a_file_that_is_gone_is_told_and_put_back(service: SettingsService, file: Path) -> None:
    """The time is told, and put_back writes what was shown last; it is no first visit."""
    text = file.read_text(encoding="utf-8")
    assert service.gone_at is None
    file.unlink()
    assert service.gone_at is not None
    first = service.gone_at
    assert service.gone_at == first
    service.put_back()
    assert service.gone_at is None
    assert file.read_text(encoding="utf-8") == text
    assert names(service) == ["Lab", "Uni"]
    with pytest.raises(NotFoundError):
        service.put_back()


@pytest.mark.req("ST-10")
def test_a_file_that_was_never_there_is_not_gone(file: Path) -> None:
    """A first visit is one, and what this service moved away itself is not said to be gone."""
    service = SettingsService(file)
    assert service.gone_at is None
    file.write_text("{", encoding="utf-8")
    assert service.problem is not None
    service.move_away()
    assert service.gone_at is None


@pytest.mark.req("ST-10")
def test_what_somebody_has_put_there_meanwhile_is_not_written_over(
    service: SettingsService, file: Path
) -> None:
    """A new file in the place of the one that is gone stays as it is."""
    file.unlink()
    assert service.gone_at is not None
    other: dict[str, Any] = {"providers": [], "ui": {"theme": "dark"}}
    file.write_text(json.dumps(other), encoding="utf-8")
    with pytest.raises(NotFoundError):
        service.put_back()
    assert json.loads(file.read_text(encoding="utf-8")) == other


@pytest.mark.req("ST-8")
def test_a_provider_that_was_entered_anew_can_still_be_brought_back_for_its_entries(
    service: SettingsService, save_schedules: RewriteFile, file: Path
) -> None:
    """The same account under a new id does not replace the id that an entry refers to."""
    save_schedules(file)
    assert len(service.removed_providers) == 2
    service.add_provider(name="Lab", type="openai-compatible", api_key=KEY, base_url=URL)
    assert [provider.name for provider in service.removed_providers] == ["Lab"]
    service.bring_back_providers()
    assert service.resolve("grade").api_key.get_secret_value() == KEY


@pytest.mark.req("ST-8", "MIG-5")
def test_a_restored_file_that_never_had_providers_has_lost_none(service: SettingsService, file: Path) -> None:
    """After a backup without providers and entries was restored, nothing is said to be removed."""
    backup = file.with_name("dispatch.settings.backup-20250101T000000Z.json")
    backup.write_text('{"ui": {"verbose": true}}', encoding="utf-8")
    service.restore(backup)
    assert service.removed_providers == ()
    assert not service.lost_providers
    (latest, *_) = service.backups()
    service.restore(latest)
    assert names(service) == ["Lab", "Uni"]


@pytest.mark.req("ST-8", "MIG-8")
def test_entries_of_mock_and_old_entries_have_lost_no_provider(file: Path) -> None:
    """A file whose entries refer to the mock provider only is not said to have lost its providers."""
    catalog = [
        {"id": "m", "providerId": "mock", "model": "mock"},
        {"id": "o", "providerType": "openai", "model": "gpt-4o", "providerConfig": {"apiKey": KEY}},
    ]
    file.write_text(json.dumps({"models": {"catalog": catalog, "assignment": []}}), encoding="utf-8")
    service = SettingsService(file)
    assert not service.lost_providers
    assert service.convertible


@pytest.mark.req("SEC-2", "MIG-10")
@pytest.mark.parametrize("place", ["file", "backup"])
def test_scan_knows_the_keys_of_the_apps_first_formats(file: Path, place: str) -> None:
    """A key that stands as a plain text under `providers` is found, in the file and in its backups."""
    first = json.dumps({"llm": {"providers": {"anthropic": KEY}}})
    target = file if place == "file" else file.with_name("dispatch.settings.backup-20250101T000000Z.json")
    target.write_text(first, encoding="utf-8")
    cell = {"cell_type": "code", "source": [f"key = '{KEY}'"], "metadata": {}, "outputs": []}
    notebook = file.with_name("a.ipynb")
    notebook.write_text(
        json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8"
    )
    assert len(SettingsService(file, auto_migrate=False).scan(notebook).leaks) == 1
