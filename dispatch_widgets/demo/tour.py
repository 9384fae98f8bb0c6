"""The demo in the terminal: from an old settings file to a usable model."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING

from .._text import clean, text_table
from ..errors import DispatchError
from ..service import SettingsService
from ..settings.tasks import TASKS
from .launch import StoppedError, running_demo, stopped_by_signals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ..discovery.models import ModelList
    from ..settings.schema import Provider
    from ..settings.tasks import Task
    from .launch import RunningDemo, Say

TASK: Task = "summarize"
_SHOWN_MODELS = 8


def run_text(*, folder: Path | None, say: Say) -> None:
    """Runs all steps of the demo and prints each.

    Args:
        folder: The working folder; a temporary one if None.
        say: Prints a line.

    Raises:
        DispatchError: If a step fails, or the folder is in use.
    """
    with (
        stopped_by_signals(),
        contextlib.suppress(StoppedError),
        running_demo(folder, old=True) as demo,
        _environment(demo.environment()),
    ):
        _walk(demo, say)
        if folder is not None:
            say(f"\nThe file stays in {demo.folder}; its servers are gone.")


def _walk(demo: RunningDemo, say: Say) -> None:
    say(f"1. An old settings file: {demo.settings_path}")
    preview = SettingsService(demo.settings_path, auto_migrate=False).preview_migration()
    if preview is None:
        raise DispatchError("The sample file was expected to be in the old format.")
    say(_indented(str(preview)))

    say("\n2. Opening it converts it")
    service = SettingsService(demo.settings_path)
    say(_indented(str(service.migration_report)))

    say("\n3. Its providers, asked for their models over HTTP")
    for provider in service.get_providers():
        missing = service.needs_consent(provider.id)
        if missing is not None:
            say(f"   {clean(provider.name)} names ${missing.variable} as its key, for {clean(missing.host)}.")
            say("   A file may come from anybody, so that is sent only after a yes: given here.")
            service.allow_sending(provider.id, variable=missing.variable, host=missing.host)
    lists = service.refresh_all()
    say(_indented(_providers(service.get_providers(), lists)))

    say("\n4. A model is picked from a list and given a task")
    provider, offered = _largest(service.get_providers(), lists)
    kept = {entry.model for entry in service.catalog}
    choices = [model for model in offered if model.kind == "chat" and model.id not in kept]
    rows = [(model.id, model.kind, f"{model.context_window or 0:,}") for model in choices[:_SHOWN_MODELS]]
    say(_indented(text_table(("Model", "Kind", "Context"), rows)))
    entry = service.add_model(
        provider_id=provider.id,
        model=choices[0].id,
        label="My summarizer",
        capabilities=["chat"],
        tasks=[TASK],
    )
    say(f"   {clean(entry.model)} of {clean(provider.name)} is in the catalog as {clean(entry.id)}.")

    say("\n5. The tasks")
    say(_indented(_tasks(service)))

    say("\n6. What the file says now")
    models = json.loads(demo.settings_path.read_text("utf-8"))["models"]
    saved = [item for item in models["catalog"] if item["id"] == entry.id]
    saved += [item for item in models["assignment"] if item["task"] == TASK]
    say(_indented("\n".join(json.dumps(item) for item in saved)))

    say(f"\n7. Ready to be used: resolve({TASK!r})")
    say(_indented(str(service.resolve(TASK))))


def _providers(providers: tuple[Provider, ...], lists: Mapping[str, ModelList | DispatchError]) -> str:
    rows = []
    for provider in providers:
        found = lists[provider.id]
        if isinstance(found, DispatchError):
            raise found
        kinds = " · ".join(f"{count} {kind}" for kind, count in found.counts().items() if count)
        rows.append((provider.name, provider.type, provider.host, provider.masked_key, kinds, found.source))
    return text_table(("Name", "Type", "Host", "Key", "Models", "Source"), rows)


def _largest(
    providers: tuple[Provider, ...], lists: Mapping[str, ModelList | DispatchError]
) -> tuple[Provider, ModelList]:
    pairs = [
        (provider, found)
        for provider in providers
        if not isinstance(found := lists[provider.id], DispatchError)
    ]
    return max(pairs, key=lambda pair: len(pair[1]))


def _tasks(service: SettingsService) -> str:
    rows = []
    for task in TASKS:
        assignment = service.assignments.get(task)
        entry = service.settings.entry(assignment.entry_id) if assignment else None
        provider = service.settings.provider(entry.provider_id or "") if entry else None
        rows.append((task, entry.title if entry else "not set", provider.name if provider else ""))
    return text_table(("Task", "Model", "Provider"), rows)


def _indented(text: str) -> str:
    return "\n".join(f"   {line}" for line in text.splitlines())


@contextlib.contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """Gives this process the environment that the demo gives to its subprocesses, for a while."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
