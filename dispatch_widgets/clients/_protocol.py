"""The part of `ResolvedModel` that `making` needs; a protocol, as importing it would be circular."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ..secrets import Secret


class UsableModel(Protocol):
    """A model that is ready to use, with the attributes of `ResolvedModel`."""

    @property
    def model(self) -> str: ...
    @property
    def provider_id(self) -> str: ...
    @property
    def provider_name(self) -> str: ...
    @property
    def provider_type(self) -> str: ...
    @property
    def base_url(self) -> str: ...
    @property
    def api_key(self) -> Secret: ...
    @property
    def task(self) -> str: ...
    @property
    def is_embedding(self) -> bool: ...
