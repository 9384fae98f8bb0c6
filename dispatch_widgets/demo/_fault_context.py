"""What a fault has to play with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .answers import answer

if TYPE_CHECKING:
    from typing import Any

    from ._http import Exchange
    from .accounts import Account, DemoResponse


@dataclass(frozen=True, slots=True)
class FaultContext:
    """What a fault has to play with.

    Attributes:
        exchange: The request and its socket.
        account: The account that was asked.
        elsewhere: URL of another origin on loopback, where nothing should arrive.
    """

    exchange: Exchange
    account: Account
    elsewhere: str

    def ordinary(self, *, page_cap: int = 1000) -> DemoResponse:
        """The answer that would have been given, headers checked."""
        return self.account.refuse(self.exchange) or answer(self.account, self.exchange, page_cap=page_cap)

    def body(self) -> bytes:
        """The bytes of the right answer, whoever asks."""
        return answer(self.account, self.exchange).body

    def send(self, status: int, body: bytes, **more: Any) -> None:
        """Sends a whole answer."""
        self.exchange.send(status, body, **more)


Responder = Callable[[FaultContext], None]
"""Answers one request in some way."""
