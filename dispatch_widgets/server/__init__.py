"""The Jupyter Server extension: `SettingsService` over HTTP (API-4).

Installing the package enables it. It serves ``GET /dispatch/models`` and tRPC below ``/dispatch/trpc/``,
behind Jupyter's own authentication; ``docs/http-api.md`` shows every request. Jupyter Server imports this
module when it starts, so nothing else is imported until the extension is loaded.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tells Jupyter Server where the extension is."""
    return [{"module": "dispatch_widgets.server"}]


def _load_jupyter_server_extension(serverapp: ServerApp) -> None:
    """Adds the routes to the server."""
    from .handlers import install

    install(serverapp)
