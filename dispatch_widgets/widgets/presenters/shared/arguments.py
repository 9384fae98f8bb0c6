"""The arguments that a page sends with an action or a form, read by name and type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_CHARACTERS = 8192
MOST_TEXTS = 20_000


class MismatchError(InvalidInputError):
    """A page sent something that this panel does not know: the two are of different versions."""

    def __init__(self) -> None:
        super().__init__(
            [], message="This panel is newer or older than its page.", hint="Run its cell again."
        )


class Arguments:
    """The arguments of an action or a form; none is trusted.

    Args:
        values: The arguments as the page sent them.
    """

    def __init__(self, values: Mapping[str, object] | None) -> None:
        self._values = values or {}

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, default: str | None = None) -> str:
        """A text.

        Raises:
            MismatchError: If it is something else, or is missing and has no default.
        """
        value = self._values.get(name, default)
        if not isinstance(value, str) or len(value) > LONGEST_CHARACTERS:
            raise MismatchError
        return value

    def flag(self, name: str) -> bool:
        """Whether a flag is set; False if it is missing."""
        return self._values.get(name) is True

    def texts(self, name: str) -> tuple[str, ...]:
        """Several texts.

        Raises:
            MismatchError: If they are something else or missing.
        """
        values = self._values.get(name)
        if not isinstance(values, list | tuple) or len(values) > MOST_TEXTS:
            raise MismatchError
        if not all(isinstance(value, str) and len(value) <= LONGEST_CHARACTERS for value in values):
            raise MismatchError
        return tuple(values)
