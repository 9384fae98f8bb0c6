"""The command line, a thin layer over the service; tables for people, ``--json`` for scripts."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from .. import __version__
from .._serialise import (
    serialise_backup,
    serialise_diagnosis,
    serialise_kept_copy,
    serialise_migration,
    serialise_model_list,
    serialise_provider,
)
from .._text import clean, plural
from ..discovery.models import features_in_words
from ..errors import DispatchError, FieldProblem, InvalidInputError, NotFoundError
from ..secrets import is_set
from ..settings.backups import OLD_FORMAT_WARNING
from .checks import scan, try_task
from .repair import bring_back, convert, merge, move_away
from .sharing import export
from .terminal import (
    FAILED,
    allow_sending,
    allow_sending_option,
    as_json_option,
    consent_hint,
    fail,
    fail_with,
    missing_variable_hint,
    open_service,
    print_json,
    print_line,
    print_lines,
    print_table,
    serialise_error,
    shown_path,
    warn,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..discovery.diagnose import Diagnosis
    from ..discovery.models import ModelList
    from ..service import SettingsService
    from ..settings.backups import Backup
    from ..settings.kept_providers import KeptCopy
    from ..settings.report import MigrationReport
    from ..settings.schema import Provider

_Copy = TypeVar("_Copy", bound="Backup | KeptCopy")


class _Commands(click.Group):
    """A group whose commands end with a message instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DispatchError as error:
            fail_with(ctx, error)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # click's own business
        except OSError as error:
            fail(ctx, f"{error.strerror or type(error).__name__}: {error.filename or 'no file'}")
        except Exception as error:  # noqa: BLE001 - whatever it holds may hold a key: only its place is shown
            fail(
                ctx,
                f"This is a mistake in dispatch-widgets: {type(error).__name__} at {_place(error)}.",
                "Please report it with the command that you typed.",
            )


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return (
        f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "an unknown place"
    )


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dispatch-widgets")
def main() -> None:
    """Register LLM providers once, see their models, give each task its model.

    `dispatch-widgets where` says which settings file is used; DISPATCH_SETTINGS_PATH names another.
    """
    for stream in (sys.stdout, sys.stderr):
        _never_fail_to_print(stream)


def _never_fail_to_print(stream: TextIO) -> None:
    """Lets a stream print a question mark for characters that its encoding lacks."""
    with contextlib.suppress(AttributeError, ValueError):
        stream.reconfigure(errors="replace")  # type: ignore[attr-defined]


@main.command()
@click.option("--text", is_flag=True, help="Show the way from an old file to a model in the terminal.")
@click.option("--no-browser", is_flag=True, help="Print JupyterLab's URL instead of opening a browser.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Work in this folder and keep it, instead of in a temporary one.",
)
@click.option("--port", type=click.IntRange(1, 65_535), help="JupyterLab's port.")
def demo(*, text: bool, no_browser: bool, folder: Path | None, port: int | None) -> None:
    """Open the quickstart in JupyterLab, offline, with sample settings and a local provider."""
    if text:
        if no_browser or port is not None:
            raise click.UsageError("--no-browser and --port are about JupyterLab, which --text does without.")
        from ..demo.tour import run_text

        run_text(folder=folder, say=click.echo)
    else:
        from ..demo.launch import run_lab

        run_lab(folder=folder, port=port, open_browser=not no_browser, say=click.echo)


@main.command()
@as_json_option
def where(*, as_json: bool) -> None:
    """Say which settings file is used, and why."""
    from ..settings.locate import locate

    found = locate()
    gone = _gone_words(found.path)
    if as_json:
        print_json(
            {
                "path": str(found.path),
                "why": found.why,
                "reason": found.reason,
                "exists": found.path.exists(),
                "others": [str(path) for path in found.others],
                "warning": found.git_warning,
                "app": found.app_note,
                "gone": gone,
            }
        )
        return
    click.echo(shown_path(found.path))
    print_line(found.reason)
    if gone:
        print_line(gone)
    if found.app_note:
        print_line(found.app_note)
    if found.others:
        print_line("Other settings files, not used:")
        for path in found.others:
            click.echo(f"  {shown_path(path)}")
    if found.git_warning:
        warn(found.git_warning)


def _gone_words(path: Path) -> str:
    """What is known of a settings file that was there and is gone; empty if it is there, or never was."""
    from ..settings.kept_providers import KeptProviders
    from ..settings.store import SettingsStore

    if path.exists():
        return ""
    copies = SettingsStore(path).backups()
    kept = KeptProviders(path).read()
    newest = copies[0].path.name if copies else ""
    hint = f" `dispatch-widgets restore {newest}` puts the newest backup there." if copies else ""
    if kept is not None:
        count = plural(len(kept.providers), "provider")
        when = f"{kept.saved_at:%Y-%m-%d %H:%M} UTC"
        return f"A file was here, with {count} saved on {when}; it was deleted or moved.{hint}"
    return f"A file was here; it was deleted or moved.{hint}" if copies else ""


@main.command()
@as_json_option
def providers(*, as_json: bool) -> None:
    """List the registered providers, keys masked."""
    service = open_service()
    known = service.get_providers()
    if as_json:
        print_json([serialise_provider(provider) for provider in known])
    elif not known:
        print_line("No providers yet.")
    else:
        rows = [(p.name, p.type, p.host, p.masked_key, p.id) for p in known]
        print_table(("Name", "Type", "Host", "Key", "Id"), rows)


def _check_allowed(provider: str | None, wanted: str | None) -> None:
    if wanted is not None and provider is None:
        raise click.UsageError("--allow-sending is for one PROVIDER at a time.")


@main.command()
@click.argument("provider", required=False)
@click.option(
    "--refresh", is_flag=True, help="Request the list even if the cached one is less than an hour old."
)
@allow_sending_option
@as_json_option
def discover(*, provider: str | None, refresh: bool, wanted: str | None, as_json: bool) -> None:
    """List the models of PROVIDER (an id or a name), or count those of every provider."""
    _check_allowed(provider, wanted)
    service = open_service()
    if provider is None:
        _discover_all(service, refresh=refresh, as_json=as_json)
        return
    chosen = find_provider(service.get_providers(), provider)
    if wanted is not None:
        allow_sending(service, chosen.id, wanted)
    models = service.discover_models(chosen.id, force_refresh=refresh)
    if as_json:
        print_json(serialise_model_list(models))
        return
    rows = [
        (
            model.id,
            model.name if model.name != model.id else "",
            model.kind,
            f"{model.context_window:,}" if model.context_window else "",
            features_in_words(model.features),
            model.owned_by,
        )
        for model in models
    ]
    print_table(("Model", "Name", "Kind", "Context", "Features", "By"), rows)
    print_line(models.summary())
    warn(models.warning)


def _discover_all(service: SettingsService, *, refresh: bool, as_json: bool) -> None:
    known = service.get_providers()
    results = service.refresh_all(force_refresh=refresh)
    failures = {
        key: serialise_error(result, "discover")
        for key, result in results.items()
        if isinstance(result, DispatchError)
    }
    if as_json:
        print_json(
            {
                key: {"error": failures[key]}
                if isinstance(result, DispatchError)
                else serialise_model_list(result)
                for key, result in results.items()
            }
        )
    elif not known:
        print_line("No providers yet.")
    else:
        rows = [(p.name, p.host, *_counts(results[p.id]), p.id) for p in known]
        print_table(("Name", "Host", "Chat", "Embedding", "Other", "State", "Id"), rows)
    for provider in known:
        result = results[provider.id]
        text = (
            "{message} {hint}".format(**failures[provider.id])
            if isinstance(result, DispatchError)
            else result.warning
        )
        warn(f"{provider.name}: {text}" if text else "")
    if failures:
        sys.exit(FAILED)


@main.command()
@click.argument("provider", required=False)
@allow_sending_option
@as_json_option
def diagnose(*, provider: str | None, wanted: str | None, as_json: bool) -> None:
    """Find out step by step why PROVIDER (an id or a name; or each provider) lists no models."""
    _check_allowed(provider, wanted)
    service = open_service()
    known = tuple(one for one in service.get_providers() if not one.is_mock)
    chosen = known if provider is None else (find_provider(service.get_providers(), provider),)
    if chosen and chosen[0].is_mock:
        _say_mock_needs_none(as_json=as_json)
        return
    if wanted is not None:
        allow_sending(service, chosen[0].id, wanted)
    found = {}
    for one in chosen:
        found[one.id] = service.diagnose(one.id)
        hint = _hint_for_terminal(service, one, "diagnose" if provider is None else "")
        if hint:
            found[one.id] = replace(found[one.id], suggestion=hint)
    if as_json:
        print_json({key: serialise_diagnosis(diagnosis) for key, diagnosis in found.items()})
    elif not chosen:
        there = "Only the mock provider is there, and it has no server."
        print_line(there if service.get_providers() else "No providers yet.")
    else:
        _print_diagnoses(chosen, found)
    if not all(diagnosis.ok for diagnosis in found.values()):
        sys.exit(FAILED)


def _hint_for_terminal(service: SettingsService, provider: Provider, command: str) -> str:
    """What a terminal is told in place of a diagnosis's suggestion; empty if that one fits."""
    if (needed := service.needs_consent(provider.id)) is not None:
        return consent_hint(needed, command, provider.id)
    variable = provider.key_variable
    return missing_variable_hint(variable) if variable and not is_set(variable) else ""


def _print_diagnoses(chosen: Sequence[Provider], found: Mapping[str, Diagnosis]) -> None:
    for one in chosen:
        print_line(f"{one.name} ({one.host})")
        for line in str(found[one.id]).splitlines():
            print_lines(f"  {line}")


def _say_mock_needs_none(*, as_json: bool) -> None:
    if as_json:
        print_json({})
    else:
        print_line("The mock provider has no server, so there is nothing to diagnose.")


@main.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change, keys masked, and write nothing.")
@as_json_option
def migrate(*, file: Path | None, dry_run: bool, as_json: bool) -> None:
    """Convert a settings file in the old format, after a backup beside it."""
    service = open_service(file, auto_migrate=False)
    report = service.preview_migration() if service.problem is None else None
    if service.problem is not None:
        raise service.problem
    if report is not None and not dry_run:
        report = service.migrate()
    if as_json:
        print_json(serialise_migration(service.path, report))
    elif report is None:
        print_line(f"Nothing to convert in {service.path}.")
    else:
        if dry_run:
            _print_difference(report)
        print_lines(str(report))


@main.command()
@as_json_option
def backups(*, as_json: bool) -> None:
    """List the backups of the settings file, newest first, and the copy of its providers."""
    service = open_service(auto_migrate=False)
    found, kept = service.backups(), service.kept_copy
    if as_json:
        facts = [serialise_backup(backup) for backup in found]
        print_json(facts + ([serialise_kept_copy(kept)] if kept else []))
    elif not found and not kept:
        print_line("No backups yet. One is made before every conversion and restore.")
    else:
        rows: list[tuple[object, ...]] = [
            (
                f"{b.made_at:%Y-%m-%d %H:%M:%S} UTC",
                b.reason,
                b.providers,
                b.entries,
                b.size_bytes,
                b.path.name,
            )
            for b in found
        ]
        if kept:
            when = f"{kept.saved_at:%Y-%m-%d %H:%M:%S} UTC"
            rows.append((when, kept.reason, len(kept.providers), "", kept.size_bytes, kept.path))
        print_table(("Made", "Reason", "Providers", "Entries", "Bytes", "File"), rows)


@main.command()
@click.argument("backup")
def restore(*, backup: str) -> None:
    """Restore BACKUP (a file that `backups` lists), after a backup of the current file."""
    service = open_service(auto_migrate=False)
    chosen = _named(service.backups(), backup)
    if chosen.is_old:
        warn(OLD_FORMAT_WARNING)
    service.restore(chosen)
    print_line(f"{service.path} is {chosen.path.name} again.")


@main.command("delete-backup")
@click.argument("backup")
@click.option("--yes", is_flag=True, help="Delete it without asking.")
def delete_backup(*, backup: str, yes: bool) -> None:
    """Delete BACKUP (a file that `backups` lists, which may be the copy of the providers)."""
    service = open_service(auto_migrate=False)
    kept = service.kept_copy
    chosen = _named((*service.backups(), *((kept,) if kept else ())), backup)
    if not yes:
        click.confirm(f"Delete {chosen.path.name} for good?", abort=True)
    if chosen is kept:
        service.delete_kept_copy()
    else:
        service.delete_backup(chosen.path)
    print_line(f"{chosen.path.name} is deleted.")


def _named(copies: Sequence[_Copy], name: str) -> _Copy:
    """The copy with this path or file name.

    Raises:
        NotFoundError: If there is none.
    """
    for copy in copies:
        if name in {copy.path.name, str(copy.path)}:
            return copy
    raise NotFoundError(
        f"There is no backup called {name}.", hint="`dispatch-widgets backups` lists them all."
    )


def find_provider(known: tuple[Provider, ...], word: str) -> Provider:
    """The provider with this id, or with this name in upper or lower case.

    Raises:
        NotFoundError: If there is none.
        InvalidInputError: If several have this name.
    """
    for matches in (
        [p for p in known if p.id == word],
        [p for p in known if p.name == word],
        [p for p in known if p.name.casefold() == word.casefold()],
    ):
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise InvalidInputError(
                [FieldProblem("provider", f"{len(matches)} providers are called {clean(word)}.")],
                message=f"{len(matches)} providers are called {clean(word)}.",
                hint="Give an id instead: " + ", ".join(p.id for p in matches),
            )
    names = ", ".join(clean(provider.name) for provider in known)
    raise NotFoundError(
        f"There is no provider called {clean(word)}.",
        hint=f"There are: {names}." if names else "No provider is registered yet.",
    )


def _counts(result: ModelList | DispatchError) -> tuple[object, ...]:
    if isinstance(result, DispatchError):
        return ("-", "-", "-", getattr(result, "kind", result.code))
    return (*result.counts().values(), result.source)


def _print_difference(report: MigrationReport) -> None:
    from difflib import unified_diff

    lines = unified_diff(
        report.before.splitlines(), report.after.splitlines(), "before", "after", lineterm=""
    )
    for line in lines:
        mark, text = line[:1], line[1:]
        click.echo(mark + text[: len(text) - len(text.lstrip())] + clean(text))


main.add_command(try_task)
main.add_command(scan)
main.add_command(export)
main.add_command(bring_back)
main.add_command(merge)
main.add_command(convert)
main.add_command(move_away)
