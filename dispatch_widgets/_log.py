"""The package's loggers: each line that they write is one line, and printable (SEC-6).

Names of providers, hosts and paths come from files and servers, and go into log lines as they are.

Where nobody has set up logging, nothing is printed: panels and errors say what is in the log. What the caller
of a function is to see (`tell`) is the exception.
"""

from __future__ import annotations

import logging
import sys

from ._text import printable

# Otherwise Python prints warnings on stderr, which is red in a cell.
logging.getLogger("dispatch_widgets").addHandler(logging.NullHandler())


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


def tell(words: str) -> None:
    """Logs a warning that the caller of a function is to see, and prints it where logging would not.

    Not for a call that a panel makes, as panels show it themselves.
    """
    logger = get_logger("dispatch_widgets")
    logger.warning("%s", words)
    if logger.isEnabledFor(logging.WARNING) and not _is_printed(logger) and not _is_called_by_a_panel():
        sys.stderr.write(f"{printable(words)}\n")


def _is_printed(logger: logging.Logger) -> bool:
    """Whether somebody has set up logging."""
    at: logging.Logger | None = logger
    while at is not None:
        if any(not isinstance(handler, logging.NullHandler) for handler in at.handlers):
            return True
        at = at.parent if at.propagate else None
    return False


def _is_called_by_a_panel() -> bool:
    """Whether the kernel is handling a message of the page rather than running a cell."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    try:
        kind = shell.get_parent()["header"]["msg_type"] if shell is not None else ""
    except (AttributeError, KeyError, TypeError):  # IPython in a terminal
        return False
    return bool(kind == "comm_msg")
