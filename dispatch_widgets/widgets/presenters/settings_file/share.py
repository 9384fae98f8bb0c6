"""A copy of the file without keys, to give to others: the form for its name, and a note on what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._text import clean, plural
from ....errors import InvalidInputError
from ....secrets import LOOKS_LIKE_KEY, looks_like_key
from ..._format import listed
from ..shared.file_version import version_seen
from ..shared.views import Action, Answer, Fact, Field, Focus, Form, Message, Note, Run, Section

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ....service.sharing import SharedCopy
    from ..hub.hub import Hub
    from ..shared.arguments import Arguments
    from ..shared.presenter import Handler

FORM = SECTION = "share"
_FIELD = "name"
_TEXT: tuple[str | Run, ...] = (
    "A copy of the file to give to others: ",
    Run("${NAME}", mono=True),
    " stands in place of each key, and it is searched for keys before it is written.",
)
_OPEN = Action(FORM, "Share without keys", kind="form")


class Share:
    """The form, and the last copy written with it.

    Args:
        hub: The hub of the file's service.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._service = hub.service
        self._written: SharedCopy | None = None

    @property
    def handlers(self) -> dict[str, Handler]:
        """The handlers of the section's actions."""
        return {"dismiss_copy": self._dismiss}

    def section(self) -> Section | None:
        """The section, with what the last copy needs; None if there is no file."""
        if not self._service.path.exists():
            return None
        notes = (_note(self._written),) if self._written is not None else ()
        return Section(SECTION, "Share", text=_TEXT, actions=(_OPEN,), notes=notes)

    # ---- the form

    def form(self, args: Arguments, values: Mapping[str, str], changed: str) -> Form:  # noqa: ARG002
        """The form: the name of the copy, which is written beside the settings file."""
        path = self._service.path
        own = f"{path.name.removesuffix('.json')}.shared.json"
        beside = Message(f"It is written beside {clean(path.name)}, readable by you only.")
        field = Field(_FIELD, "File name", value=values.get(_FIELD, own), messages=(beside,), mono=True)
        version = version_seen(self._hub, args)
        return Form(
            FORM,
            "Share without keys",
            (field,),
            save="Write the copy",
            back="Settings file",
            args=version.written(),
            revision=version.revision,
            seen=version.saved,
        )

    def key_for(self, values: Mapping[str, str], args: Arguments) -> str:  # noqa: ARG002
        """Empty: the form has no field for a key."""
        return ""

    def submit(self, values: Mapping[str, str], key: str, args: Arguments) -> Answer:  # noqa: ARG002
        """Write the copy; asks before an existing file is replaced."""
        name = values.get(_FIELD, "").strip()
        if looks_like_key(name):
            return _refused(LOOKS_LIKE_KEY)
        target = self._service.path.with_name(name) if _is_file_name(name) else None
        if target is None:
            return _refused("Type a file name, without a folder.")
        seen = args.text("replace", "")
        if _is_there(target) and seen != name and target != self._service.path:
            replace = Action("replace", "Replace it", {"replace": name}, style="danger", kind="save")
            question = Note("warn", f"{clean(name)} is there already.", "Or give another name.", (replace,))
            return Answer(ok=False, note=question, focus=Focus(field=_FIELD))
        try:
            self._written = self._service.export_without_keys(target, replace=seen == name)
        except InvalidInputError as error:
            if any(problem.field == "path" for problem in error.problems):
                return _refused(error.message)
            return Answer(ok=False, note=Note("error", error.message, error.hint), focus=Focus(action="save"))
        return Answer(say="Written", focus=Focus(section=SECTION, action=FORM))

    def _dismiss(self, _args: Arguments) -> Answer:
        self._written = None
        return Answer(focus=Focus(section=SECTION, action=FORM))


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # such as a name that is too long, which writing then reports
        return False


def _is_file_name(name: str) -> bool:
    return bool(name) and name not in {".", ".."} and not set(name) & set("/\\:\0")


def _refused(words: str) -> Answer:
    clear = (_FIELD,) if words == LOOKS_LIKE_KEY else ()
    return Answer(ok=False, problems={_FIELD: words}, focus=Focus(field=_FIELD), clear=clear)


def _note(written: SharedCopy) -> Note:
    """The note on where the copy is, and which variables its users have to set."""
    count = plural(len(written.to_set), "variable", zero="no")
    title = f"{clean(written.path.name)} has no key in it. It needs {count}."
    facts = tuple(Fact(each.name, listed(map(clean, each.providers))) for each in written.to_set)
    dismiss = Action("dismiss_copy", "Dismiss", style="quiet")
    return Note("ok", title, clean(" ".join(written.notes()), 1000), (dismiss,), facts=facts)
