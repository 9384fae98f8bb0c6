"""What went wrong with an action, as panels show it: words that are said once, and the way to try again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import LockTimeoutError, SettingsFileError, SettingsWriteError
from ._provider_rows import trouble_note

if TYPE_CHECKING:
    from ..errors import DispatchError
    from ._rows import Action, Note

TRY_AGAIN = "Try again"
NOT_SAVED = "Not saved"
_BUT_SAVED = "Saved, but"  # the file has it, and the disk may lose it
_AGAIN: Action = {"action": "again", "label": TRY_AGAIN}


def may_pass(error: DispatchError) -> bool:
    """Whether the same action may work in a moment: a lock is let go, a disk has room again.

    Args:
        error: Why it did not.
    """
    failed = isinstance(error, LockTimeoutError | SettingsWriteError)
    return failed and not error.message.startswith(_BUT_SAVED)


def not_saved(error: DispatchError) -> str:
    """The message of a save that failed: ``Not saved: another program holds …``.

    Args:
        error: Why; its own message may say so already.
    """
    said = error.message.startswith((NOT_SAVED, _BUT_SAVED))
    return error.message if said else f"{NOT_SAVED}: {error.message}"


def message_of_save(error: DispatchError) -> str:
    """The message of a form that was not saved: what is wrong with the file prevented it, or what was typed.

    Args:
        error: Why.
    """
    return not_saved(error) if isinstance(error, SettingsFileError) else error.message


def retry_note(error: DispatchError) -> Note:
    """The note of a row's or a list's failed action, with the way to try again where that makes sense.

    Args:
        error: Why it failed. The answer to its first button is ``again``.
    """
    note = trouble_note(error)
    if may_pass(error):
        note["actions"] = [_AGAIN, *note["actions"]]
    return note
