"""Helpers shared by the commands: the service, error handling, and output without control characters."""

from __future__ import annotations

import json
import shlex
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from .._text import clean, text_table
from ..errors import ConsentNeededError, MissingVariableError, SettingsFileError, reference_words
from ..secrets import redact

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ..errors import DispatchError
    from ..service import SettingsService

FAILED = 1  # exit code; click's own for wrong usage is 2

_JSON_WANTED = "dispatch_widgets.json"


def _remember_json(context: click.Context, _: click.Parameter, value: Any) -> Any:
    context.meta[_JSON_WANTED] = value  # the meta of a command is that of the group: `fail` finds it there
    return value


as_json_option = click.option(
    "--json", "as_json", is_flag=True, callback=_remember_json, help="Print JSON instead of a table."
)


allow_sending_option = click.option(
    "--allow-sending",
    "wanted",
    is_flag=False,
    flag_value="",
    metavar="VARIABLE@HOST",
    help="Consent to sending this variable to this host, if these are what the file names.",
)


def fail(
    context: click.Context, message: str, hint: str = "", *, fields: Mapping[str, Any] | None = None
) -> NoReturn:
    """Ends a failed command with a message on stderr, and with ``--json`` also with an object on stdout.

    The object has the given fields, or the message and the hint.
    """
    # Errors contain no key; `redact` is a second line of defence.
    if context.meta.get(_JSON_WANTED):
        fields = fields or {"code": "INTERNAL_SERVER_ERROR", "message": message, "hint": hint}
        print_json(
            {"error": {**fields, "message": redact(fields["message"]), "hint": redact(fields["hint"])}}
        )
    for text in (message, hint):
        warn(redact(text))
    sys.exit(FAILED)


def fail_with(context: click.Context, error: DispatchError) -> NoReturn:
    """Ends a command because of an error; one about the settings file is shown with the file's path."""
    message = error.message
    if isinstance(error, SettingsFileError) and error.path and error.path not in message:
        message = f"{shown_path(error.path)}: {message}"
    fields = serialise_error(error)
    fail(context, message, fields["hint"], fields=fields)


def serialise_error(error: DispatchError, command: str = "") -> dict[str, Any]:
    """An error as JSON values, with a hint for the terminal.

    `command` is the command for one provider, if another one was run.
    """
    fields = error.as_dict()
    if isinstance(error, ConsentNeededError):
        fields["hint"] = consent_hint((error.variable, error.host), command, error.provider_id)
    if isinstance(error, MissingVariableError):
        fields["hint"] = missing_variable_hint(error.variable)
    return fields


def error_words(error: DispatchError) -> str:
    """An error in one line, with a hint for the terminal."""
    if isinstance(error, MissingVariableError):
        return f"{error.message} {missing_variable_hint(error.variable)}"
    return str(error)


def missing_variable_hint(variable: str) -> str:
    """The hint for a variable that is not set; the one of the error is about a notebook's kernel."""
    return f"Set {variable} and run the command again, or give the provider another key."


def consent_hint(sending: tuple[str, str], command: str = "", provider_id: str = "") -> str:
    """The hint on how to allow the sending of a key that the file refers to (SEC-4).

    It names `command`, or else the command that was run; `sending` is the reference and the host.
    """
    option = f"--allow-sending {shlex.quote(_as_option(sending))}"
    if not command:
        return f"If that is right, run it again with {option}"
    return f"If that is right, run `dispatch-widgets {command} {shlex.quote(provider_id)} {option}`."


def allow_sending(service: SettingsService, provider_id: str, wanted: str) -> None:
    """Allows what ``--allow-sending`` names, if the file still says that.

    `wanted` is ``VARIABLE@HOST``, as in a hint; empty means what the file says now, which is then printed.

    Raises:
        ConsentNeededError: If the file names something else.
        ChangedMeanwhileError: If it names something else that needs no consent.
    """
    from ..service.consent import sending_of

    named = sending_of(service.provider(provider_id))
    if not wanted:
        needed = service.needs_consent(provider_id)
        if needed is None:
            return
        warn(f"Sending {reference_words(needed.variable)} to {needed.host}.")
        variable, host = needed
    elif named is not None and wanted == _as_option(named):
        variable, host = named  # compared as one text: a keyring's reference may have an @ of its own
    else:
        variable, _, host = wanted.rpartition("@")
    service.allow_sending(provider_id, variable=variable, host=host)


def _as_option(sending: tuple[str, str]) -> str:
    variable, host = sending
    return f"{variable}@{host}"


def open_service(
    path: Path | None = None, *, auto_migrate: bool = True, mends: bool = False
) -> SettingsService:
    """The service for a file; a conversion that opening it brought about, and a loss, are told on stderr.

    Args:
        path: The file; found as usual if None.
        auto_migrate: Whether it is converted if it has the old format.
        mends: Whether the command itself brings back what another program removed.
    """
    from ..service import SettingsService

    service = SettingsService(path, auto_migrate=auto_migrate)
    if auto_migrate and service.migration_report is not None:
        warn("This file had the old format and has been converted.")
        for line in str(service.migration_report).splitlines():
            warn(line)
    if not mends and service.problem is None and service.lost_providers:
        warn("Another program removed your providers.")
        warn(BRING_BACK if service.removed_providers else NO_COPY)
    return service


BRING_BACK = "`dispatch-widgets bring-back` puts them back."
NO_COPY = "No copy of them is kept here. `dispatch-widgets backups` lists copies of the whole file."


def print_json(value: Mapping[str, Any] | list[Any]) -> None:
    """Prints a value as JSON on stdout."""
    # ASCII only, so that control and direction characters stay escaped in a terminal.
    click.echo(json.dumps(value, indent=2, ensure_ascii=True))


def print_table(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Prints a table on stdout."""
    click.echo(text_table(heads, rows))


def shown_path(path: Path | str) -> str:
    """A path unchanged, for copying, unless it has control characters."""
    text = str(path)
    return text if text.isprintable() else clean(text, limit=len(text))


def print_line(text: str) -> None:
    """Prints one line on stdout, without control characters."""
    click.echo(clean(text, limit=2_000))


def print_lines(text: str) -> None:
    """Prints lines on stdout, with their indentation."""
    for line in text.splitlines():
        click.echo(line[: len(line) - len(line.lstrip())] + clean(line, limit=2_000))


def warn(text: str) -> None:
    """Prints one line on stderr; nothing for an empty text."""
    if text:
        click.echo(clean(text, limit=2_000), err=True)
