"""Error messages for panels, which name the kernel and not the process, with code formatted in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...._text import clean
from ....errors import MissingVariableError
from ..shared.views import Run

if TYPE_CHECKING:
    from ....errors import DispatchError
    from ....settings.schema import Provider
    from ..shared.views import Words

LONGEST_CHARACTERS = 600
_CODE = re.compile(r"`([^`]+)`|(https?://\S*[\w/])|((?<!\S)/v1\b)")


def message_of(error: DispatchError) -> str:
    """The message of an error in a panel."""
    if isinstance(error, MissingVariableError):
        return f"{error.variable} is not set in this kernel."
    return error.message


def with_code(words: str) -> Words:
    """Words with addresses, and whatever is in backticks, in the code typeface."""
    runs: list[str | Run] = []
    place = 0
    for found in _CODE.finditer(words):
        runs += [words[place : found.start()], Run(found.group(1) or found.group(), mono=True)]
        place = found.end()
    return (*runs, words[place:]) if runs else words


def with_key(words: str, provider: Provider) -> Words:
    """A message with the provider's masked key in the code typeface."""
    shown = provider.masked_key
    message = clean(words, LONGEST_CHARACTERS)
    before, found, after = message.partition(shown) if shown else (message, "", "")
    return (before, Run(shown, mono=True), after) if found else message
