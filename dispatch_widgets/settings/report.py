"""The report of a migration, or of its preview (MIG-5, MIG-6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .._text import plural

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderMade:
    """A provider that a migration made.

    Attributes:
        id: Its new id.
        name: Its new name.
        type: Its type.
        base_url: Its base URL, without user name and password.
        masked_key: Its masked key.
        entries: Ids of the catalog entries that refer to it now.
    """

    id: str
    name: str
    type: str
    base_url: str
    masked_key: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationReport:
    """What a migration did or would do. Nothing in it is secret.

    Attributes:
        providers: The providers made, in the order met.
        entries: Ids of the catalog entries changed, in the file's order.
        warnings: Notes for the user, one or two sentences each.
        before: The entries as they were, as JSON with keys masked.
        after: The providers and entries as they are now, as JSON with keys masked.
        backup: The copy of the file as it was; None if none was made.
        written: Whether the file was changed; False for a preview and where it cannot be written.
    """

    providers: tuple[ProviderMade, ...] = ()
    entries: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    backup: Path | None = None
    written: bool = False

    def as_written(self, backup: Path | None) -> MigrationReport:
        """The same report for a file that was changed."""
        return replace(self, backup=backup, written=True)

    def with_warning(self, warning: str) -> MigrationReport:
        """The same report with one more warning."""
        return replace(self, warnings=(*self.warnings, warning))

    @property
    def summary(self) -> str:
        """One line, such as: 2 providers made, 5 entries changed, 1 warning."""
        made, changed, warned = len(self.providers), len(self.entries), len(self.warnings)
        verb = "made" if self.written else "would be made"
        parts = [
            f"{plural(made, 'provider', zero='no')} {verb}",
            f"{plural(changed, 'entry', 'entries', zero='no')} changed",
        ]
        if warned:
            parts.append(plural(warned, "warning"))
        words = ", ".join(parts)
        return f"{words[0].upper()}{words[1:]}."

    def __str__(self) -> str:
        lines = [self.summary]
        lines += [
            f"  {made.name}: {made.type}, {made.base_url}, key {made.masked_key}, "
            f"{plural(len(made.entries), 'entry', 'entries')}"
            for made in self.providers
        ]
        lines += [f"  Warning: {warning}" for warning in self.warnings]
        if self.backup:
            lines.append(f"  A copy of the file as it was: {self.backup}")
        if not self.written:
            lines.append("  Nothing has been written.")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            "<tr>"
            + "".join(
                f"<td>{escape(str(cell))}</td>"
                for cell in (made.name, made.type, made.base_url, made.masked_key, len(made.entries))
            )
            + "</tr>"
            for made in self.providers
        )
        head = "".join(f"<th>{name}</th>" for name in ("Name", "Type", "Base URL", "Key", "Entries"))
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if rows else ""
        notes = "".join(f"<li>{escape(warning)}</li>" for warning in self.warnings)
        kept = f"<p>A copy of the file as it was: <code>{escape(str(self.backup))}</code></p>"
        return (
            f"<div><p><b>{escape(self.summary)}</b></p>{table}"
            f"{f'<ul>{notes}</ul>' if notes else ''}{kept if self.backup else ''}"
            f"{'' if self.written else '<p>Nothing has been written.</p>'}</div>"
        )
