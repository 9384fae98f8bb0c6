"""What goes between a widget and its page, at both ends, without a page."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pytest
    from ipywidgets import Widget

    Message = dict[str, Any]
    """As the protocol of widgets has it: ``method`` and ``content`` or ``state``."""


class _Raised(logging.Handler):
    """Keeps an exception that is logged."""

    error: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1] is not None:
            self.error = record.exc_info[1]


def from_page(widget: Widget, data: Mapping[str, Any], buffers: Sequence[bytes] = ()) -> None:
    """Send a widget what its page would send.

    Args:
        widget: The widget.
        data: The message.
        buffers: The blocks of bytes that come with it.

    Raises:
        BaseException: What a callback of the widget has raised.
    """
    raised = _Raised()
    log = logging.getLogger("traitlets")  # ipywidgets writes what a callback raises into it, and goes on
    log.addHandler(raised)
    try:
        widget.comm.handle_msg({"content": {"data": dict(data)}, "buffers": list(buffers)})
    finally:
        log.removeHandler(raised)
    if raised.error is not None:
        raise raised.error


def say_from_page(widget: Widget, content: object) -> None:
    """Send a widget a message of its own kind."""
    from_page(widget, {"method": "custom", "content": content})


def set_from_page(widget: Widget, **state: object) -> None:
    """Set what a page sets of a widget's state."""
    from_page(widget, {"method": "update", "state": state})


class Outbox:
    """What the kernel sends to pages: pairs of the widget's id and the message."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, Mapping[str, Any]]] = []

    def contents(self, since: int = 0) -> list[tuple[str, Mapping[str, Any]]]:
        """The messages of the widgets' own kinds, with their widgets' ids.

        Args:
            since: How many messages to leave out.
        """
        sent = self.messages[since:]
        return [(key, _content(data)) for key, data in sent if data.get("method") == "custom"]


def _content(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """A message of a widget's own kind, with the blocks of bytes beside it as ``buffers``."""
    content: Mapping[str, Any] = data["content"]
    return {**content, "buffers": data["buffers"]} if data.get("buffers") else content


class Wire:
    """Stands for the page of one widget: keeps what the widget sends, and answers.

    Args:
        monkeypatch: Takes it away at the end of the test.
        widget: The widget.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, widget: Widget) -> None:
        self.widget = widget
        self.sent: list[tuple[Message, list[bytes]]] = []
        monkeypatch.setattr(widget.comm, "send", self._keep)

    def _keep(self, data: Message, metadata: object = None, buffers: Sequence[bytes] | None = None) -> None:
        self.sent.append((data, list(buffers or ())))

    def take(self) -> list[tuple[Message, list[bytes]]]:
        """What was sent since it was asked for last."""
        sent, self.sent = self.sent, []
        return sent

    def contents(self) -> list[Message]:
        """The messages of the widget's own kind that were sent since."""
        return [message["content"] for message, _ in self.take() if message["method"] == "custom"]

    def say(self, content: object) -> None:
        """A message from the page."""
        say_from_page(self.widget, content)

    def act(self, action: object, row_id: object = "", data: object = None) -> None:
        """An answer of a list."""
        self.say({"kind": "action", "action": action, "id": row_id, "data": {} if data is None else data})
