"""The same over HTTP: a Jupyter Server extension, thin over `SettingsService` (API-4).

Installing the package enables it. It answers ``GET /dispatch/models`` and tRPC's wire format below
``/dispatch/trpc/``, behind Jupyter's own authentication; ``docs/http-api.md`` shows every request.
Jupyter Server imports this module at its start, so it loads nothing before it is told to.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Where Jupyter Server finds the extension."""
    return [{"module": "dispatch_widgets.server"}]


def _load_jupyter_server_extension(serverapp: ServerApp) -> None:
    """Adds the routes to a server that is starting.

    Args:
        serverapp: The server.
    """
    from .handlers import install

    install(serverapp)
