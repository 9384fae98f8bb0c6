"""The key that a form holds after a save was refused, and the server that it was given for (SEC-8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .presenters.providers.key_place import KeyPlace as Place

if TYPE_CHECKING:
    from ..secrets import Secret

__all__ = ["HeldKey", "Place"]


@dataclass(frozen=True)
class HeldKey:
    """A key that has left the page and is not saved yet.

    Attributes:
        key: The key.
        place: What it was given for.
    """

    key: Secret
    place: Place
