"""The other process in the tests of several processes (no test itself)."""

from __future__ import annotations

import contextlib
import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

from dispatch_widgets.errors import UnreadableSettingsError
from dispatch_widgets.settings import migration, registry
from dispatch_widgets.settings.document import set_in
from dispatch_widgets.settings.store import SettingsStore


def edit(path: str, name: str, count: str) -> None:
    """Makes many edits, each of which adds a field to the document."""
    store = SettingsStore(path, lock_timeout_seconds=60)
    for number in range(int(count)):
        for _ in range(20):
            # Refused while somebody else is long in the middle of writing: then once more, as people do.
            with contextlib.suppress(UnreadableSettingsError):
                store.edit(lambda document, number=number: set_in(document, (f"{name}/{number}",), number))
                break
        else:
            sys.exit("the file stayed unreadable")


def register(path: str, name: str, count: str) -> SettingsStore:
    """Adds many providers; every call must succeed at once."""
    store = SettingsStore(path, lock_timeout_seconds=60)
    for number in range(int(count)):
        store.edit(
            lambda document, number=number: registry.add_provider(
                document, name=f"{name}/{number}", type="anthropic", api_key="sk-0123456789abcdef"
            )[0]
        )
    return store


def register_and_stay(path: str, name: str, count: str) -> None:
    """As `register`, then reads the file regularly, as an open panel does, until its input ends."""
    store = register(path, name, count)
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    while not ended.wait(0.1):
        store.read()
    store.read()


def register_and_be_overwritten(path: str) -> None:
    """Saves, is overwritten by a program that had read the file before, and exits without reading it."""
    file = Path(path)
    stale = json.loads(file.read_bytes())
    register(path, "late", "1")
    file.write_text(json.dumps({**stale, "theirs": 1}), encoding="utf-8")


def hold(path: str) -> None:
    """Takes the lock, reports that, and keeps it."""

    def change(document: dict[str, Any]) -> dict[str, Any]:
        print("holding", flush=True)  # noqa: T201 - the sign for the test
        time.sleep(60)
        return document

    SettingsStore(path).edit(change)


def migrate(path: str) -> None:
    """Migrates as soon as it gets a line, as two kernels that open the same old file."""
    store = SettingsStore(path)
    print("ready", flush=True)  # noqa: T201 - the sign for the test
    sys.stdin.readline()

    def change(document: dict[str, Any]) -> dict[str, Any]:
        return migration.migrate(document)[0] if migration.needs_migration(document) else document

    print(store.edit(change, backup_reason="Before the conversion").changed, flush=True)  # noqa: T201


def save_as_the_app(path: str, count: str, gap_seconds: str) -> None:
    """Reads, changes and rewrites the file in place, as the app does, with some time in between."""
    file = Path(path)
    for number in range(int(count)):
        for _ in range(3000):
            with contextlib.suppress(ValueError):
                document = json.loads(file.read_bytes())
                break
            time.sleep(0.002)
        else:
            sys.exit("the file stayed unreadable")
        time.sleep(float(gap_seconds))
        document[f"app/{number}"] = number
        text = json.dumps(document, indent=2)
        with file.open("w", encoding="utf-8") as handle:
            for start in range(0, len(text), 1000):
                handle.write(text[start : start + 1000])
                handle.flush()
                time.sleep(0.0005)
        time.sleep(0.01)


def rewrite(path: str, count: str) -> None:
    """Rewrites the file in place, without a lock, in pieces; reports if its previous write is lost.

    In the middle of a save that it wrote into, its words are for an instant nowhere but in the saver's
    hands: so what is missing is looked for again before it counts as gone.
    """
    file = Path(path)
    for number in range(int(count)):
        for _ in range(3000):
            with contextlib.suppress(ValueError):
                document = json.loads(file.read_bytes())
                if document.get("foreign", -1) == number - 1:
                    break
            time.sleep(0.01)
        if document.get("foreign", -1) != number - 1:
            sys.exit(f"write {number - 1} of the foreign program was lost: {document.get('foreign')}")
        document["foreign"] = number
        text = json.dumps(document, indent=2)
        with file.open("w", encoding="utf-8") as handle:
            for start in range(0, len(text), 400):
                handle.write(text[start : start + 400])
                handle.flush()
                time.sleep(0.0005)
        time.sleep(0.003)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
