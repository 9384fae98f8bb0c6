"""The commands that check: ``try`` whether a model answers, ``scan`` whether keys have leaked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from .._serialise import serialise_scan, serialise_try
from ..errors import ConsentNeededError, DispatchError
from ..service.choosing import entry_for, entry_of
from ..settings.tasks import TASKS
from ..trying import TRY_TIMEOUT_SECONDS, TryResult
from .terminal import (
    FAILED,
    allow_sending,
    allow_sending_option,
    as_json_option,
    error_words,
    open_service,
    print_json,
    print_line,
    print_table,
    serialise_error,
    warn,
)

if TYPE_CHECKING:
    from ..service import SettingsService
    from ..settings.tasks import Task


@click.command("try")
@click.argument("words", nargs=-1, required=True, metavar="TASK...")
@click.option(
    "--timeout",
    "timeout_seconds",
    type=click.FloatRange(min=0.1),
    default=TRY_TIMEOUT_SECONDS,
    show_default=True,
    help="How many seconds each may take.",
)
@allow_sending_option
@as_json_option
def try_task(*, words: tuple[str, ...], timeout_seconds: float, wanted: str | None, as_json: bool) -> None:
    """Send one small request to the model of TASK, and say whether and how fast it answered.

    Several tasks, or ids of catalog entries, are tried at once and shown side by side. Each is a real
    request and may cost a fraction of a cent.
    """
    service = open_service()
    if len(words) == 1 and (words[0] in TASKS or service.settings.entry(words[0]) is None):
        _try_one(service, cast("Task", words[0]), timeout_seconds, wanted, as_json=as_json)
    elif wanted is not None:
        raise click.UsageError("--allow-sending is for a single task.")
    else:
        _try_several(service, words, timeout_seconds, as_json=as_json)


def _try_one(
    service: SettingsService, task: Task, timeout_seconds: float, wanted: str | None, *, as_json: bool
) -> None:
    try:
        provider_id = service.resolve(task).provider_id
    except ConsentNeededError as error:
        if wanted is None:
            raise
        provider_id = error.provider_id
    if wanted is not None:
        allow_sending(service, provider_id, wanted)
    result = service.try_task(task, timeout_seconds=timeout_seconds)
    if as_json:
        print_json(serialise_try(result))
    elif result.ok:
        print_line(f"{result.message} Served by {result.provider_name}.")
        for line in (
            f"“{result.answer}”" if result.answer else "",
            f"Tokens: {result.tokens}." if result.tokens else "",
            f"Cost: {result.cost}." if result.cost else "",
        ):
            if line:
                print_line(line)
    else:
        warn(result.message)
        warn(result.error.hint if result.error else "")
    if not result.ok:
        sys.exit(FAILED)


def _try_several(
    service: SettingsService, words: tuple[str, ...], timeout_seconds: float, *, as_json: bool
) -> None:
    settings = service.settings
    chosen: dict[str, str | DispatchError] = {}
    for word in words:
        try:
            chosen[word] = (entry_for if word in TASKS else entry_of)(settings, word).id
        except DispatchError as unusable:
            chosen[word] = unusable
    usable = [found for found in chosen.values() if isinstance(found, str)]
    results = service.try_entries(usable, timeout_seconds=timeout_seconds)
    shown = {word: results[found] if isinstance(found, str) else found for word, found in chosen.items()}
    if as_json:
        print_json(
            {
                word: {"error": serialise_error(result)}
                if isinstance(result, DispatchError)
                else serialise_try(result)
                for word, result in shown.items()
            }
        )
    else:
        rows = [(word, *_columns(result)) for word, result in shown.items()]
        print_table(("Tried", "Model", "Provider", "Answer", "Time", "Tokens", "Cost"), rows)
        for word, result in shown.items():
            error = result if isinstance(result, DispatchError) else result.error
            warn(f"{word}: {error_words(error)}" if error is not None else "")
    if not all(isinstance(result, TryResult) and result.ok for result in shown.values()):
        sys.exit(FAILED)


def _columns(result: TryResult | DispatchError) -> tuple[object, ...]:
    if isinstance(result, DispatchError):
        return ("-", "-", result.code, "-", "", "")
    failed = result.error.kind if result.error else "-"
    answer = result.answer or ("a vector or no words" if result.ok else failed)
    return (result.model, result.provider_name, answer, result.time, result.tokens, result.cost)


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(exists=True, path_type=Path)
)
@click.option("--fix", is_flag=True, help="Remove the keys, after copying each file beside itself.")
@as_json_option
def scan(*, paths: tuple[Path, ...], fix: bool, as_json: bool) -> None:
    """Look for registered keys in notebooks and exported pages; folders are searched recursively.

    Exits with 1 if a key was found and not removed, or something could not be read, so it can be a
    pre-commit hook.
    """
    from ..leaks import COPIES_MADE

    try:
        report = open_service(auto_migrate=False).scan(paths, fix=fix)
    except KeyboardInterrupt as stopped:
        for note in getattr(stopped, "__notes__", ()):
            if note.startswith(COPIES_MADE):
                warn(note)
        raise
    if as_json:
        print_json(serialise_scan(report))
    else:
        print_line(report.summary())
        if report.leaks:
            rows = [(leak.path, leak.cell or "", leak.place, leak.line, leak.key) for leak in report.leaks]
            print_table(("File", "Cell", "Place", "Line", "Key"), rows)
        for note in report.notes():
            warn(note)
    if report.unread or (report.leaks and not fix):
        sys.exit(FAILED)
