"""Keyword arguments for the clients of other libraries, which print no key (API-5, SEC-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, Self

from ..errors import NotPickledError
from ..secrets import mask

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_FIELDS = frozenset({"api_key"})


class Key(str):
    """A key as the string that libraries need; its repr is masked, also in a plain dict."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(mask(str(self)))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise NotPickledError("A key of a client's arguments")


class ClientArguments(dict[str, Any]):
    """Arguments for a client, used with ``**``.

    It is a dict that prints with the key masked and cannot be pickled, and so are the results of ``|`` and
    ``copy``. As JSON it contains the key: pass it to a client and to nothing else.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(
            {name: Key(value) if name in KEY_FIELDS else value for name, value in values.items()}
        )

    def _shown(self) -> dict[str, Any]:
        return {name: mask(str(value)) if name in KEY_FIELDS else value for name, value in self.items()}

    def __repr__(self) -> str:
        return repr(self._shown())

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise NotPickledError("What holds a client's arguments")

    def copy(self) -> ClientArguments:
        """A copy, which is masked too."""
        return ClientArguments(self)

    def __copy__(self) -> ClientArguments:
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> ClientArguments:
        import copy

        # A client has open connections, so copies of the arguments share it.
        plain = (dict, list)
        return ClientArguments(
            {n: copy.deepcopy(v, memo) if isinstance(v, plain) else v for n, v in self.items()}
        )

    def __or__(self, other: Mapping[str, Any]) -> ClientArguments:  # type: ignore[override]
        return ClientArguments({**self, **other})

    def __ror__(self, other: Mapping[str, Any]) -> ClientArguments:  # type: ignore[override]
        return ClientArguments({**other, **self})
