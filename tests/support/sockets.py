"""What test servers share."""

from __future__ import annotations

import contextlib
import socket


def end(opened: socket.socket) -> None:
    """Close a socket that another thread may be waiting at; closing alone would leave it waiting."""
    with contextlib.suppress(OSError):
        opened.shutdown(socket.SHUT_RDWR)
    opened.close()
