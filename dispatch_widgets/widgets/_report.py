"""What a migration did or would do, as a panel shows it: escaped HTML, keys masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._text import escaped, plural
from ._parts import mono
from ._source import before_and_after

if TYPE_CHECKING:
    from ..settings.report import MigrationReport


def preview_html(report: MigrationReport) -> str:
    """What a conversion would do.

    Args:
        report: Its preview.
    """
    served = sum(len(made.entries) for made in report.providers)
    others = len(report.entries) - served
    words = (
        f"Converting makes {plural(len(report.providers), 'provider', zero='no')} for "
        f"{plural(served, 'entry', 'entries', zero='no')}, keeps everything else, and puts a copy beside the "
        "file first. Nothing has been written yet."
    )
    rows = "".join(
        f"<dt>{escaped(made.name)}</dt><dd>{plural(len(made.entries), 'entry', 'entries')}, "
        f"key {mono(made.masked_key)}, {escaped(made.base_url)}</dd>"
        for made in report.providers
    )
    if others > 0:
        rows += (
            f"<dt>No new one</dt><dd>{plural(others, 'entry', 'entries')}, "
            "whose provider is built in or there already</dd>"
        )
    facts = f'<dl class="dw-facts">{rows}</dl>' if rows else ""
    return _stack(
        f'<div class="dw-text">{words}</div>', facts, *_warnings(report), _changes(report, shown=True)
    )


def report_html(report: MigrationReport) -> str:
    """What a conversion did.

    Args:
        report: Its report.
    """
    kept = f"A copy of the file as it was: {mono(report.backup.name)}" if report.backup else ""
    done = _note("ok" if report.written else "warn", report.summary, kept)
    return _stack(done, *_warnings(report), _changes(report))


def _warnings(report: MigrationReport) -> list[str]:
    return [_note("warn", warning) for warning in report.warnings]


def _changes(report: MigrationReport, *, shown: bool = False) -> str:
    if not (report.before or report.after):
        return ""
    both = before_and_after(report.before, report.after)
    return f"<details{' open' if shown else ''}><summary>Before and after</summary>{both}</details>"


def _note(tone: str, title: str, html: str = "") -> str:
    icon = "check" if tone == "ok" else tone
    second = f'<div class="dw-note-text">{html}</div>' if html else ""
    return (
        f'<div class="dw-note dw-tone-{tone} dw-i-{icon}" role="status"><div class="dw-note-body">'
        f'<div class="dw-note-title">{escaped(title, 600)}</div>{second}</div></div>'
    )


def _stack(*parts: str) -> str:
    return f'<div class="dw-split" style="gap:8px">{"".join(parts)}</div>'
