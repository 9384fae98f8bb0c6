"""What a fault answers with: the request, its socket and its account."""

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
    """A request that a fault is to answer.

    Attributes:
        exchange: The request and its socket.
        account: The account that it is for.
        elsewhere: URL of another origin on loopback, which must get no request.
    """

    exchange: Exchange
    account: Account
    elsewhere: str

    def ordinary(self, *, page_cap: int = 1000) -> DemoResponse:
        """The response without a fault, after the check of the headers."""
        return self.account.refuse(self.exchange) or answer(self.account, self.exchange, page_cap=page_cap)

    def body(self) -> bytes:
        """The body of the correct response; headers are not checked."""
        return answer(self.account, self.exchange).body

    def send(self, status: int, body: bytes, **more: Any) -> None:
        """Sends a complete response."""
        self.exchange.send(status, body, **more)


Responder = Callable[[FaultContext], None]
"""Answers one request."""
