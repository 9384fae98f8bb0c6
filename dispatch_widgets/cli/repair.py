"""The commands that mend a settings file: ``bring-back``, ``merge``, ``convert`` and ``move-away``."""

from __future__ import annotations

import sys

import click

from .._serialise import serialise_provider
from .terminal import (
    FAILED,
    as_json_option,
    open_service,
    print_json,
    print_line,
    print_lines,
    shown_path,
    warn,
)


@click.command("bring-back")
@as_json_option
def bring_back(*, as_json: bool) -> None:
    """Restore the providers that another program removed from the settings file."""
    service = open_service(mends=True)
    there = service.lost_providers or service.removed_providers
    back = service.bring_back_providers() if there else ()
    if as_json:
        print_json([serialise_provider(provider) for provider in back])
    elif not back:
        print_line("No other program removed your providers.")
    for provider in back if not as_json else ():
        print_line(f"{provider.name} is back.")


@click.command()
@click.option("--dry-run", is_flag=True, help="Show what would be merged, and write nothing.")
def merge(*, dry_run: bool) -> None:
    """Merge providers with the same type, key and base URL; the first of each stays."""
    service = open_service()
    names = {provider.id: provider.name for provider in service.get_providers()}
    groups = service.duplicates() if dry_run else service.merge_duplicates()
    if not groups:
        print_line("No two providers are the same.")
    for keep, *others in groups:
        gone = ", ".join(names.get(other, other) for other in others)
        print_line(f"{gone} {'would go' if dry_run else 'went'} into {names.get(keep, keep)}.")


@click.command()
def convert() -> None:
    """Convert catalog entries with a key of their own in a file that already has providers."""
    service = open_service()
    if service.convertible:
        print_lines(str(service.convert_entries()))
        return
    print_line("No entry is left to convert.")
    for place in service.places_left:
        warn(f"{place} is not understood, and keys may stand there.")


@click.command("move-away")
def move_away() -> None:
    """Move an unreadable settings file away, so that the next save starts a new one."""
    service = open_service()
    if service.problem is None:
        warn("This file can be read; nothing was moved.")
        warn("`dispatch-widgets where` says which file is used.")
        sys.exit(FAILED)
    print_line(f"It is now {shown_path(service.move_away())}")
