"""``python -m dispatch_widgets``: the command line where ``dispatch-widgets`` is not on the path."""

from __future__ import annotations

from .cli import main

main(prog_name="dispatch-widgets")
