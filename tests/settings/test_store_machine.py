"""A state machine: edits, foreign edits, crashes, migrations and reloads against a plain dictionary."""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dispatch_widgets.errors import InvalidInputError, UnreadableSettingsError
from dispatch_widgets.settings import _disk, migration, registry
from dispatch_widgets.settings.document import parse, render, set_in
from dispatch_widgets.settings.file_system import Files
from dispatch_widgets.settings.store import SettingsStore
from dispatch_widgets.settings.views import view

names = st.sampled_from(["ui", "digest", "agent", "größe"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@pytest.fixture(autouse=True)
def _broken_files_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is in the middle of writing here, so a damaged file is not waited for."""
    monkeypatch.setattr(_disk, "FOREIGN_WRITE_WAIT_SECONDS", 0.0)


class Crash(BaseException):
    """A simulated end of the process."""


class Crashing(Files):
    """A file system on which the process ends at the next operation of a kind."""

    def __init__(self) -> None:
        self.at = ""

    def _pass(self, moment: str) -> None:
        if self.at == moment:
            self.at = ""
            raise Crash

    def write_temporary(self, target: Path, data: bytes, like: Any, **options: Any) -> Path:
        self._pass("before write")
        temporary = super().write_temporary(target, data, like, **options)
        if self.at == "after write":
            # A real death leaves the temporary file; the clean-up of a living process must not hide it.
            leftover = target.with_name(f".{target.name}.999999999-0123abcd.tmp")
            leftover.write_bytes(temporary.read_bytes()[:-3])
        self._pass("after write")
        return temporary

    def replace(self, temporary: Path, target: Path) -> None:
        self._pass("before replace")
        super().replace(temporary, target)
        self._pass("after replace")


class SettingsFile(RuleBasedStateMachine):
    """The file and its expected content."""

    def __init__(self) -> None:
        super().__init__()
        self.house = tempfile.TemporaryDirectory()
        self.file = Path(self.house.name, "dispatch.settings.json")
        self.files = Crashing()
        self.model: dict[str, Any] = {}
        self.copies: dict[Path, dict[str, Any]] = {}
        self.broken: bytes | None = None
        self.number = 0
        # Hypothesis runs thousands of saves; their way down to a real disk is tested elsewhere.
        self.fsync, os.fsync = os.fsync, lambda _: None
        self.reload()

    def teardown(self) -> None:
        os.fsync = self.fsync
        self.house.cleanup()

    @rule()
    def reload(self) -> None:
        self.store = SettingsStore(self.file, files=self.files)

    @initialize(kind=st.sampled_from(["none", "old", "new"]))
    def begin(self, kind: str) -> None:
        if kind == "none":
            return
        self.model = {"ui": {"n": 2**80}}
        if kind == "old":
            config = {"apiKey": "sk-0123456789abcdef"}
            entry = {
                "id": "e",
                "model": "m",
                "providerType": "anthropic",
                "providerConfig": config,
                "x": [None],
            }
            self.model["models"] = {"catalog": [entry], "assignment": [{"task": "grade", "modelId": "e"}]}
        else:
            self.model["providers"] = []
        self.file.write_text(json.dumps(self.model), encoding="utf-8")

    def edit(self, change: Any, crash: str = "", reason: str | None = None) -> None:
        before = self.model
        try:
            expected = change(parse(render(before), path=""))
        except InvalidInputError:
            expected = before
        self.files.at = crash
        try:
            snapshot = self.store.edit(change, backup_reason=reason)
            if snapshot.backup:
                self.copies[snapshot.backup] = before
            assert snapshot.document == expected
            self.model = expected
        except InvalidInputError:
            assert expected is before
        except Crash:
            self.model = expected if crash == "after replace" else before
            self.reload()
        finally:
            self.files.at = ""

    crashes = st.sampled_from(["", "", "", "before write", "after write", "before replace", "after replace"])

    @precondition(lambda self: self.broken is None)
    @rule(name=names, value=values, crash=crashes)
    def set_a_value(self, name: str, value: Any, crash: str) -> None:
        self.edit(lambda document: set_in(document, (name,), value), crash)

    @precondition(lambda self: self.broken is None)
    @rule(crash=crashes)
    def add_provider(self, crash: str) -> None:
        self.number += 1
        new_id = f"p{self.number}"
        self.edit(
            lambda document: registry.add_provider(
                document, name="N", type="anthropic", api_key="sk-0123456789abcdef", provider_id=new_id
            )[0],
            crash,
        )

    @precondition(lambda self: self.broken is None and self.model.get("providers"))
    @rule(data=st.data(), unassign=st.booleans(), crash=crashes)
    def delete_provider(self, data: st.DataObject, unassign: bool, crash: str) -> None:
        provider = data.draw(st.sampled_from(self.model["providers"]))["id"]
        self.edit(lambda document: registry.delete_provider(document, provider, unassign=unassign), crash)

    @precondition(lambda self: self.broken is None and self.model.get("providers"))
    @rule(data=st.data(), crash=crashes)
    def add_model(self, data: st.DataObject, crash: str) -> None:
        provider = data.draw(st.sampled_from(self.model["providers"]))["id"]
        self.edit(
            lambda document: registry.add_model(document, provider_id=provider, model="m", tasks=["skill"])[
                0
            ],
            crash,
        )

    @precondition(lambda self: self.broken is None)
    @rule(crash=crashes)
    def migrate(self, crash: str) -> None:
        if self.model:
            self.edit(
                lambda doc: migration.migrate(doc, new_id=lambda: "made")[0], crash, "Before the conversion"
            )

    @precondition(lambda self: self.broken is None and self.model)
    @rule(name=names, value=values)
    def foreign_edit(self, name: str, value: Any) -> None:
        self.model = {**self.model, name: value}
        self.file.write_text(json.dumps(self.model, indent=2), encoding="utf-8")
        # Had it come within seconds of a save, what it undid would count as not seen, and be done again.
        long_ago = time.time() - 3600
        os.utime(self.file, (long_ago, long_ago))

    @precondition(lambda self: self.broken is None and self.file.exists())
    @rule()
    def foreign_damage(self) -> None:
        self.broken = self.file.read_bytes()[:-1]
        self.file.write_bytes(self.broken)

    @precondition(lambda self: self.broken is not None)
    @rule(way=st.sampled_from(["mend", "restore", "move away", "edit"]))
    def way_out(self, way: str) -> None:
        backups = self.store.backups()
        if way == "edit":
            with pytest.raises(UnreadableSettingsError):
                self.store.edit(lambda document: set_in(document, ("ui",), 1))
            assert self.file.read_bytes() == self.broken
            return
        if way == "mend":
            self.file.write_text(json.dumps(self.model), encoding="utf-8")
        elif way == "move away":
            assert self.store.move_away().read_bytes() == self.broken
            self.model = {}
        else:
            whole = [backup.path for backup in backups if backup.path in self.copies]
            if not whole:
                return
            self.store.restore(whole[0])
            self.model = self.copies[whole[0]]
        self.broken = None

    @precondition(lambda self: self.broken is None and self.copies)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(sorted(self.copies)))
        before = self.model
        snapshot = self.store.restore(path)
        if snapshot.backup:
            self.copies[snapshot.backup] = before
        self.model = self.copies[path]

    @invariant()
    def the_file_is_what_the_model_says(self) -> None:
        if self.broken is not None:
            assert self.file.read_bytes() == self.broken
            return
        document = SettingsStore(self.file).read().document
        assert document == self.model
        assert list(document) == list(self.model)
        view(document)

    @invariant()
    def every_copy_is_whole(self) -> None:
        for path, document in self.copies.items():
            assert parse(path.read_bytes(), path="") == document


TestSettingsFile = pytest.mark.req("ST-2", "ST-3", "ST-4", "MIG-5", "MIG-7")(SettingsFile.TestCase)
TestSettingsFile.settings = hypothesis_settings(max_examples=120, stateful_step_count=25, deadline=None)
