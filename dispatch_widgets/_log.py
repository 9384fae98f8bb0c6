"""The package's loggers: each line that they write is one line, and printable (SEC-6).

Names of providers, hosts and paths come from files and servers, and go into log lines as they are.
"""

from __future__ import annotations

import logging

from ._text import printable


class _PrintableLines(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Removes control, direction and line-break characters; lets every record pass."""
        text = record.getMessage()
        line = printable(text)
        if line != text:
            record.msg, record.args = line, ()
        return True


_FILTER = _PrintableLines()


def get_logger(name: str) -> logging.Logger:
    """The logger of a name, whose lines are printable.

    Args:
        name: ``dispatch_widgets``, or the name of one of its modules.
    """
    logger = logging.getLogger(name)
    logger.addFilter(_FILTER)
    return logger
