"""Runs one operation of the store in a child that a tracer can hold, kill or feed errors (no test itself).

Commands come line by line: ``fork OPERATION PATH`` makes a child that waits and prints its id, ``go`` lets
it run and prints how it ended: ``0`` done, ``10`` an error of the settings file, ``12`` one that
says that it is saved, ``11`` any other error, negative for a signal.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

from dispatch_widgets.errors import SettingsFileError
from dispatch_widgets.settings import migration, registry
from dispatch_widgets.settings.store import SettingsStore


def rename(document: dict[str, Any]) -> dict[str, Any]:
    """The edit of the tests: renames a provider, or adds the first one."""
    if not document:
        return registry.add_provider(
            document, name="First", type="anthropic", api_key="sk-0123456789abcdef", provider_id="first"
        )[0]
    return registry.update_provider(document, "p-uni", name="University")


def convert(document: dict[str, Any]) -> dict[str, Any]:
    """A migration with fixed ids."""
    numbers = iter(range(100))
    return migration.migrate(document, new_id=lambda: f"id-{next(numbers)}")[0]


def run(operation: str, path: str) -> int:
    """Runs one operation and returns how it ended."""
    try:
        store = SettingsStore(path, lock_timeout_seconds=1.0)
        if operation == "save":
            store.edit(rename)
        elif operation == "migrate":
            store.edit(convert, backup_reason="Before the conversion")
        else:
            store.restore(store.path.with_name("dispatch.settings.backup-20200101T000000Z.json"))
    except SettingsFileError as error:
        return 12 if error.message.startswith("Saved, but") else 10
    except BaseException:  # noqa: BLE001 - told to the test by the number
        traceback.print_exc()
        return 11
    return 0


def warm_up() -> None:
    """Runs everything once, so that the traced child imports nothing and opens only its own files."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "dispatch.settings.json")
        backup = path.with_name("dispatch.settings.backup-20200101T000000Z.json")
        backup.write_text(
            '{"ui": {}, "models": {"catalog": [{"id": "a", "model": "m", "providerType": "openai"}]}}',
            encoding="utf-8",
        )
        assert [run(operation, str(path)) for operation in ("save", "restore", "migrate", "restore")] == [
            0
        ] * 4


def wait_for(door: int) -> None:
    """Waits for the start. Attaching the tracer can interrupt it, so a fault may hit this read twice."""
    while True:
        try:
            os.read(door, 1)
        except OSError:
            continue
        return


def main() -> None:
    """Runs commands until they end."""
    warm_up()
    child, door = 0, -1
    for line in sys.stdin:
        command, *rest = line.rstrip("\n").split(" ", 2)
        if command == "fork":
            inner, door = os.pipe()
            told, ready = os.pipe()
            child = os.fork()
            if not child:
                os.close(door)
                os.write(ready, b"x")
                wait_for(inner)
                os._exit(run(*rest))
            os.close(inner)
            os.read(told, 1)  # a tracer that came sooner would feed its fault to the child's own beginning
            os.close(told)
            os.close(ready)
            print(child, flush=True)  # noqa: T201 - the answer
        else:
            os.write(door, b"x")
            os.close(door)
            _, status = os.waitpid(child, 0)
            print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
