"""The app's summary in a document without a kernel: one collapsed line, without secrets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .._text import clean, escaped, html_table, plural
from ..settings.tasks import TASKS
from ._format import stamp

if TYPE_CHECKING:
    from ..service import SettingsService

_TITLE = "Dispatch models"


def summary_html(service: SettingsService) -> str:
    """A ``<details>`` element with the model of each task.

    Args:
        service: The service to summarise.
    """
    line = escaped(_line(service), limit=600)
    if service.problem is not None:
        return f"<details><summary>{_TITLE}: {line}</summary></details>"
    table = html_table(("Task", "Entry", "Provider"), _rows(service))
    when = service.saved_at or datetime.now(UTC)
    words = escaped(f"As of {stamp(when)}. Run the cell to change anything.")
    return f"<details><summary>{_TITLE}: {line}</summary>{table}<p>{words}</p></details>"


def summary_text(service: SettingsService) -> str:
    """The summary as a line of text.

    Args:
        service: The service to summarise.
    """
    return f"{_TITLE}: {_line(service)}"


def why_this_file(service: SettingsService) -> str:
    """The reason why this settings file is used, in a line.

    Args:
        service: The service of the file.
    """
    from ..settings.locate import locate

    location = service.location
    if service.gone_at is not None:
        return "It was deleted or moved: there is no file now"
    if location.why in {"argument", "variable"}:
        made = service.saved_at is not None or service.problem is not None
        return location.reason if made else f"Not made yet. {location.reason}"
    now = locate()  # a file that was found missing may have been made since
    return now.reason if now.path == location.path else location.reason


def _line(service: SettingsService) -> str:
    if service.problem is not None:
        return f"{service.path.name} cannot be read"
    if service.gone_at is not None:
        return f"{service.path.name} was deleted or moved"
    if service.lost_providers:
        return "another program removed the providers"
    providers = plural(len(service.get_providers()), "provider", zero="no")
    entries = plural(len(service.catalog), "entry", "entries", zero="no")
    done = sum(found.is_known and not found.problem for found in service.assignments)
    return f"{providers}, {entries}, {done} of {len(TASKS)} tasks set"


def _rows(service: SettingsService) -> list[tuple[str, str, str]]:
    entries = {entry.id: entry for entry in service.catalog}
    names = {provider.id: provider.name for provider in service.get_providers()}
    rows: list[tuple[str, str, str]] = []
    for task in TASKS:
        found = service.assignments.get(task)
        entry = entries.get(found.model_id) if found is not None else None
        if entry is None:
            rows.append((task, "Not set" if found is None else "Entry deleted", ""))
        else:
            rows.append((task, clean(entry.title), clean(names.get(entry.provider_id or "", "None"))))
    return rows
