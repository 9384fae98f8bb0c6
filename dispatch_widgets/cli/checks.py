"""The commands that check: ``try`` whether a model answers, ``scan`` whether keys have leaked."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .._serialise import serialise_scan, serialise_try
from ..errors import ConsentNeededError
from ..trying import TRY_TIMEOUT_SECONDS
from .terminal import (
    FAILED,
    allow_sending,
    allow_sending_option,
    as_json_option,
    open_service,
    print_json,
    print_line,
    print_table,
    warn,
)


@click.command("try")
@click.argument("task")
@click.option(
    "--timeout",
    "timeout_seconds",
    type=click.FloatRange(min=0.1),
    default=TRY_TIMEOUT_SECONDS,
    show_default=True,
    help="How many seconds it may take.",
)
@allow_sending_option
@as_json_option
def try_task(*, task: str, timeout_seconds: float, wanted: str | None, as_json: bool) -> None:
    """Ask the model of TASK for a few words, or for one vector, and say whether and how fast it answered.

    It is a real request: it may cost a fraction of a cent.
    """
    service = open_service()
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
        if result.answer:
            print_line(f"“{result.answer}”")
        if result.tokens:
            print_line(f"Tokens: {result.tokens}.")
    else:
        warn(result.message)
        warn(result.error.hint if result.error else "")
    if not result.ok:
        sys.exit(FAILED)


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(exists=True, path_type=Path)
)
@click.option("--fix", is_flag=True, help="Remove the keys, after a copy of each file was made beside it.")
@as_json_option
def scan(*, paths: tuple[Path, ...], fix: bool, as_json: bool) -> None:
    """Look for registered keys in notebooks and exported pages; folders are gone through.

    Ends with 1 if a key was found and not removed, or something could not be read, so that a pre-commit
    hook can use it.
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
