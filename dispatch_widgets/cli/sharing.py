"""The command that shares: ``export`` writes a copy of the settings without keys."""

from __future__ import annotations

from pathlib import Path

import click

from .._serialise import serialise_shared_copy
from .terminal import as_json_option, open_service, print_json, print_line, print_table, shown_path, warn


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Overwrite an existing file.")
@as_json_option
def export(*, path: Path, replace: bool, as_json: bool) -> None:
    """Write a copy of the settings without keys to PATH, and list the variables that it needs.

    Each key is replaced by ${NAME}. Nothing is written if the copy would still contain a key.
    """
    copy = open_service(auto_migrate=False).export_without_keys(path, replace=replace)
    if as_json:
        print_json(serialise_shared_copy(copy))
        return
    click.echo(shown_path(copy.path))
    if copy.to_set:
        print_line("It has no key in it. Set these variables where it is used:")
        print_table(("Variable", "Provider"), [(v.name, ", ".join(v.providers)) for v in copy.to_set])
    else:
        print_line("It has no key in it, and needs no variable.")
    for note in copy.notes():
        warn(note)
