"""Writes a copy of the settings without keys, to be given to others.

Before anything is written, the copy is scanned for every key that `scan` looks for, for keys in a well-known
format, and for URLs with a login. What is found ends the export with the places.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._invisible import VisibleText
from .._secret_names import is_secret_field
from .._text import clean, html_table, plural, text_table
from ..errors import FieldProblem, InvalidInputError, SettingsWriteError
from ..leaks.key_forms import SHORTEST_KEY, KeyForms, find
from ..secrets import looks_like_key
from ..settings.backups import is_backup_of
from ..settings.document import pointer, render
from ..settings.file_system import Files, NotAFileError
from ..settings.locate import locate
from ..settings.lock_file import lock_path_of
from ..settings.older_formats import rewrite
from ..settings.references import Variable, with_references
from ..settings.store import unfinished_path

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from ..settings.document import Document, Place
    from ..settings.file_system import Content

__all__ = ["SharedCopy", "Variable", "checked_target", "without_keys", "write_copy"]

A_KEY = "A key stands here."
_A_KEY_AS_NAME = "A name in it is a key."
_A_LOGIN = "This URL has a login in it."
_A_SECRET_NUMBER = "This number is a secret, and only a text can be replaced."  # noqa: S105 - no password
_NOT_UNDERSTOOD = "This is in a format that is not understood, and keys may stand there."
_MANY = 5

_LOGIN = re.compile(r"//[^/?#\s@]+@")
_QUERY_FIELD = re.compile(r"[?&;]([^=&;#\s]{1,60})=[^&;#\s]")
_SECRET_QUERY_FIELDS = frozenset({"key", "sig", "signature", "auth"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCopy:
    """A copy of the settings without keys, and what it needs where it is used.

    Attributes:
        path: The copy.
        variables: The variables that take the place of keys, in the file's order.
    """

    path: Path
    variables: tuple[Variable, ...] = ()

    @property
    def to_set(self) -> tuple[Variable, ...]:
        """The variables to set where the copy is used: those that a provider reads."""
        return tuple(variable for variable in self.variables if variable.providers)

    @property
    def to_type(self) -> tuple[str, ...]:
        """Places of other secrets, which only the Dispatch app reads; it expands no reference."""
        others = (variable for variable in self.variables if not variable.providers)
        return tuple(place for variable in others for place in variable.places)

    def summary(self) -> str:
        """One line: where the copy is, and how many variables it needs."""
        count = plural(len(self.to_set), "variable", zero="no")
        return f"{self.path} has no key in it. It needs {count}."

    def notes(self) -> tuple[str, ...]:
        """What else to know, one sentence each."""
        notes = []
        if self.to_set:
            notes.append(
                "The Dispatch app does not expand references: type the keys if it is to use the copy."
            )
        if self.to_type:
            places = ", ".join(self.to_type)
            notes.append(f"Only the Dispatch app reads these: type them anew there: {places}.")
        return tuple(notes)

    def _rows(self) -> list[tuple[str, str]]:
        return [(variable.name, ", ".join(variable.providers)) for variable in self.to_set]

    def __str__(self) -> str:
        table = text_table(_HEADS, self._rows()) if self.to_set else ""
        return "\n".join(line for line in (self.summary(), table, *self.notes()) if line)

    def _repr_html_(self) -> str:
        from .._text import escaped

        table = html_table(_HEADS, self._rows(), caption=self.summary())
        return table + "".join(f"<p>{escaped(note, 1000)}</p>" for note in self.notes())


_HEADS = ("Variable", "Provider")


def without_keys(document: Document, keys: Iterable[str]) -> tuple[bytes, tuple[Variable, ...]]:
    """The bytes of a copy of a document in today's format, and the variables in the place of keys.

    Args:
        document: The settings; with entries and accounts of old formats converted as far as that is
            possible.
        keys: The keys that must not be in it, wherever they stand.

    Raises:
        InvalidInputError: If a key is left in it; a problem for each place, none with the key.
    """
    left = [FieldProblem(place, _NOT_UNDERSTOOD) for place in rewrite(document).not_understood]
    shared, variables = with_references(document)
    known = tuple(dict.fromkeys(keys))
    forms = [form for key in known if (form := KeyForms.of(key)) is not None]
    left += [
        FieldProblem(pointer(place) or "the file", words) for place, words in _left(shared, forms, known)
    ]
    data = render(shared)
    if not left and find(data.decode(), forms):  # one that is spread over several values
        left = [FieldProblem("the file", A_KEY)]
    if left:
        raise _still_there(left)
    return data, variables


def _left(value: Any, forms: Sequence[KeyForms], keys: Sequence[str]) -> Iterator[tuple[Place, str]]:
    """The places where a secret is left, and what is there."""
    open_: list[tuple[Place, Any]] = [((), value)]
    while open_:
        place, item = open_.pop()
        if isinstance(item, dict):
            bad = {name for name in item if _problem(name, forms, keys)}
            if bad:
                yield place, _A_KEY_AS_NAME
            open_ += [((*place, name), each) for name, each in reversed(item.items()) if name not in bad]
        elif isinstance(item, list):
            open_ += [((*place, index), each) for index, each in reversed([*enumerate(item)])]
        elif isinstance(item, str):
            words = _problem(item, forms, keys)
            if words:
                yield place, words
        elif isinstance(item, int | float) and not isinstance(item, bool) and _is_secret_number(place, item):
            yield place, _A_SECRET_NUMBER


def _problem(text: str, forms: Sequence[KeyForms], keys: Sequence[str]) -> str:
    if find(VisibleText(text).text, forms) or looks_like_key(text, registered=keys):
        return A_KEY
    if "//" in text and (_LOGIN.search(text) or any(map(_is_secret_query_field, _QUERY_FIELD.findall(text)))):
        return _A_LOGIN
    return ""


def _is_secret_query_field(name: str) -> bool:
    return name.lower() in _SECRET_QUERY_FIELDS or is_secret_field(name)


def _is_secret_number(place: Place, number: float) -> bool:
    named = bool(place) and isinstance(place[-1], str) and is_secret_field(place[-1])
    below = any(isinstance(step, str) and is_secret_field(step) for step in place)
    return named or (below and len(repr(number)) >= SHORTEST_KEY)


def _still_there(left: list[FieldProblem]) -> InvalidInputError:
    shown = "; ".join(f"{problem.field}: {problem.message.rstrip('.')}" for problem in left[:_MANY])
    more = f"; and {len(left) - _MANY} more" if len(left) > _MANY else ""
    return InvalidInputError(
        left,
        message=f"Nothing was written, as a key may be in it. {shown}{more}.",
        hint="Take it out of the settings file, or convert what has the old format, then export again.",
    )


def checked_target(path: str | os.PathLike[str], settings: Path) -> Path:
    """The absolute path of a copy to write.

    Raises:
        InvalidInputError: If it is the settings file itself, or no path.
    """
    target = locate(path).path
    try:
        same = target.resolve() == settings.resolve() or target.samefile(settings)
    except OSError:
        same = False
    if same:
        raise InvalidInputError(
            [FieldProblem("path", "This is the settings file itself.")],
            message=f"{clean(target.name)} is the settings file itself. Nothing was written.",
            hint="Give the copy another name.",
        )
    real = settings.resolve()  # what belongs to it lies beside the real file
    places = {target.parent.resolve() / target.name, target.resolve()}
    reserved = {lock_path_of(real), unfinished_path(real)}
    if places & reserved or any(is_backup_of(real, place) for place in places):
        raise InvalidInputError(
            [FieldProblem("path", "This is the name of a backup, a lock file or an unfinished save.")],
            message=f"{clean(target.name)} is the name of a backup or a lock file of the settings, or of an "
            "unfinished save. Nothing was written.",
            hint="Give the copy another name.",
        )
    return target


def write_copy(target: Path, data: bytes, *, replace: bool) -> None:
    """Writes a file as a whole or not at all; a new one can be read by the user only.

    Raises:
        InvalidInputError: If the name is taken, and the file there is not to be replaced.
        SettingsWriteError: If it cannot be written.
    """
    files = Files()
    try:
        _write(files, target, data, replace=replace)
    except FileExistsError:
        raise InvalidInputError(
            [FieldProblem("path", "Something is there already.")],
            message=f"{clean(target)} is there already. Nothing was written.",
            hint="Give another name, or say that it is to be replaced.",
        ) from None
    except OSError as error:
        why = (
            f"it is {error}" if isinstance(error, NotAFileError) else (error.strerror or type(error).__name__)
        )
        raise SettingsWriteError(
            f"{clean(target)} was not written: {why}.", path=str(target), hint="Give another place."
        ) from None


def _write(files: Files, target: Path, data: bytes, *, replace: bool) -> None:
    old: Content | None = None
    if replace:
        target = target.resolve()  # a link's target is replaced, not the link
        old = files.read(target)
    temporary = files.write_temporary(target, data, old)
    try:
        if old is None:
            files.publish(temporary, target)
        else:
            files.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    files.sync_folder(target.parent)
