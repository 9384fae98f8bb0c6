"""Keeps typed keys out of the logs of the kernel's own libraries, at every level (SEC-2).

At level DEBUG, ``Comm`` and the kernel's own logger write every message of the page as it comes, also the one
message that carries a typed key. A filter on these loggers masks that key. It changes no level, silences no
logger, and leaves every other message as it is.
"""

from __future__ import annotations

import logging
from typing import Any

from ..secrets import mask

_LOGGERS = ("Comm", "IPKernelApp", "ipykernel", "ipykernel.comm", "jupyter_client", "traitlets")
_MESSAGE_FIELDS = frozenset({"kind", "form", "values", "key"})
_DEEPEST = 12


def watch_kernel_loggers() -> None:
    """Adds the filter to the loggers, the kernel's own among them; calling it again has no effect."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)
    from traitlets.config import Application

    if Application.initialized():
        log = Application.instance().log
        getattr(log, "logger", log).addFilter(_FILTER)


class _TypedKeyFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Masks the key in a message that submits a form; never drops a record."""
        if record.args:
            args = _without_key(record.args, 0)
            if args is not record.args:
                record.args = args
        if not isinstance(record.msg, str):
            record.msg = _without_key(record.msg, 0)
        return True


def _without_key(value: Any, depth: int) -> Any:
    """The same value, or a copy with the key masked if a message with one is in it."""
    if depth > _DEEPEST:
        return value
    if isinstance(value, dict):
        if value.get("kind") == "submit" and value.keys() >= _MESSAGE_FIELDS:
            return {**value, "key": mask(str(value["key"]))}
        copy = {name: _without_key(item, depth + 1) for name, item in value.items()}
        return copy if any(copy[name] is not item for name, item in value.items()) else value
    if isinstance(value, list | tuple):
        items = [_without_key(item, depth + 1) for item in value]
        return type(value)(items) if any(map(_differs, items, value)) else value
    return value


def _differs(one: object, other: object) -> bool:
    return one is not other


_FILTER = _TypedKeyFilter()
