"""What the commands share: the service, and words on a terminal that nothing foreign can steer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from .._text import clean, text_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ..service import SettingsService

FAILED = 1  # exit code; click's own for wrong usage is 2

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


def open_service(path: Path | None = None, *, auto_migrate: bool = True) -> SettingsService:
    """The service for a file; a conversion that opening it brought about is told on stderr."""
    from ..service import SettingsService

    service = SettingsService(path, auto_migrate=auto_migrate)
    if auto_migrate and service.migration_report is not None:
        warn("This file was from before providers and has been converted.")
        for line in str(service.migration_report).splitlines():
            warn(line)
    return service


def print_json(value: Mapping[str, Any] | list[Any]) -> None:
    """A value as JSON on stdout."""
    # ASCII only: control and direction marks of foreign text stay escapes, and no terminal acts on them.
    click.echo(json.dumps(value, indent=2, ensure_ascii=True))


def print_table(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """A table on stdout."""
    click.echo(text_table(heads, rows))


def shown_path(path: Path) -> str:
    """A path as it is, to be copied, unless it has something in it that a terminal would act on."""
    text = str(path)
    return text if text.isprintable() else clean(text, limit=len(text))


def print_line(text: str) -> None:
    """One line on stdout, without control marks."""
    click.echo(clean(text, limit=2_000))


def print_lines(text: str) -> None:
    """Several lines on stdout, their indentation kept."""
    for line in text.splitlines():
        click.echo(line[: len(line) - len(line.lstrip())] + clean(line, limit=2_000))


def warn(text: str) -> None:
    """One line on stderr; nothing for an empty text."""
    if text:
        click.echo(clean(text, limit=2_000), err=True)
