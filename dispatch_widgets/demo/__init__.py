"""An offline provider server, sample settings files, and the demo that joins them.

The server speaks real HTTP on loopback, so that notebooks and tests need neither a key nor a network.
"""

from __future__ import annotations

from .faults import FAULT_NAMES, Fault, fault
from .server import DemoServer
from .session import DemoSession, start

__all__ = ["FAULT_NAMES", "DemoServer", "DemoSession", "Fault", "fault", "start"]
