"""``%load_ext dispatch_widgets`` and ``%dispatch``: the panel without an import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import InvalidInputError

if TYPE_CHECKING:
    from .app import Panel

NAME = "dispatch"
SIDEBAR = "sidebar"


def load_ipython_extension(ipython: Any) -> None:
    """Called by ``%load_ext dispatch_widgets``: registers ``%dispatch``.

    Args:
        ipython: The running shell.
    """
    ipython.register_magic_function(dispatch, magic_kind="line", magic_name=NAME)


def unload_ipython_extension(ipython: Any) -> None:
    """Called by ``%unload_ext dispatch_widgets``: removes ``%dispatch``.

    Args:
        ipython: The running shell.
    """
    ipython.magics_manager.magics["line"].pop(NAME, None)


def dispatch(line: str = "") -> Panel | None:
    """Open the panel over the default settings file.

    ``%dispatch`` shows it below the cell, ``%dispatch sidebar`` in a JupyterLab panel at the side.

    Args:
        line: The text after the magic's name: nothing, or ``sidebar``.

    Raises:
        InvalidInputError: If it is anything else.
        MissingPackageError: If the package for side panels is not installed.
    """
    from .app import Panel

    word = line.strip()
    if word not in {"", SIDEBAR}:
        raise InvalidInputError(
            [],
            message=f"%{NAME} takes nothing, or the word {SIDEBAR}.",
            hint=f"%{NAME} opens the panel here, %{NAME} {SIDEBAR} at the side.",
        )
    panel = Panel()
    if word == SIDEBAR:
        panel.in_sidebar()
        return None
    return panel
