"""The section on a conversion of the file: its preview or its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._text import clean, plural
from ..._format import stamp
from ..shared.views import Action, Fact, Note, Run, Section
from .source import compared

if TYPE_CHECKING:
    from ....service import SettingsService
    from ....settings.report import MigrationReport
    from ..shared.views import Words

SECTION = "conversion"


def conversion(service: SettingsService, undo: tuple[Action, ...]) -> Section | None:
    """The preview while the file waits for its conversion, then the report; None if neither applies."""
    preview = service.preview_migration() if service.awaiting_migration else None
    if preview is not None:
        return _preview(preview)
    report = service.migration_report
    return None if report is None else _report(service, report, undo)


def _preview(report: MigrationReport) -> Section:
    served = sum(len(made.entries) for made in report.providers)
    others = len(report.entries) - served
    words = (
        f"Converting makes {plural(len(report.providers), 'provider', zero='no')} for "
        f"{plural(served, 'entry', 'entries', zero='no')}, keeps everything else, and puts a copy beside the "
        "file first. Nothing has been written yet."
    )
    facts = [
        Fact(clean(made.name), _made_words(made.entries, made.masked_key, made.base_url))
        for made in report.providers
    ]
    if others > 0:
        left = f"{plural(others, 'entry', 'entries')}, whose provider is built in or there already"
        facts.append(Fact("No new one", left))
    return Section(
        SECTION,
        "This file has the old format",
        text=words,
        actions=(Action("convert", "Convert", style="primary"),),
        facts=tuple(facts),
        notes=_warnings(report),
        comparison=compared(report.before, report.after, is_open=True)
        if report.before or report.after
        else None,
    )


def _made_words(entries: tuple[str, ...], masked_key: str, base_url: str) -> Words:
    return (
        f"{plural(len(entries), 'entry', 'entries')}, key ",
        Run(clean(masked_key), mono=True),
        f", {clean(base_url)}",
    )


def _report(service: SettingsService, report: MigrationReport, undo: tuple[Action, ...]) -> Section:
    when = next((copy.made_at for copy in service.backups() if copy.path == report.backup), None)
    title = f"Converted on {stamp(when).replace(', ', ' at ')}" if when else "Converted"
    kept: Words = ""
    if report.backup is not None:
        kept = ("A copy of the file as it was: ", Run(clean(report.backup.name), mono=True))
    return Section(
        SECTION,
        title if report.written else "Converted in memory only",
        actions=undo,
        notes=(Note("ok" if report.written else "warn", report.summary, kept), *_warnings(report)),
        comparison=compared(report.before, report.after, is_open=False)
        if report.before or report.after
        else None,
    )


def _warnings(report: MigrationReport) -> tuple[Note, ...]:
    return tuple(Note("warn", clean(warning, 600)) for warning in report.warnings)
