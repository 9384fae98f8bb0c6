"""The whole app in a cell: the header with the file, and the four tabs."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING, Any

from ._summary import summary_html, summary_text
from .page_panel import PagePanel

if TYPE_CHECKING:
    from ..service import SettingsService
    from .presenters.hub.events import Events

_AT_SIDE: dict[str, Any] = {}
"""The panels at the side, by title."""


class Panel(PagePanel):
    """Providers, models, tasks and the settings file, in four tabs.

    A notebook that is opened without its kernel shows a one-line summary, without secrets.

    Args:
        service: The service to show; the default file's if None.

    Attributes:
        service: The service that is shown.
    """

    def __init__(self, service: SettingsService | None = None) -> None:
        self._display_id = ""
        self._summary = ""
        self._side: Any = None
        super().__init__(service)

    def close(self) -> None:
        """Remove the app from every page and from the side, and stop following the service."""
        if self._display_id:
            self.app.hub.events.stop_listening(self._on_events)
        self._close_side()
        super().close()

    # -- without a kernel --------------------------------------------------------------------------

    def _ipython_display_(self) -> None:
        """Show the panel, and below it the summary for when the kernel is gone."""
        from IPython.display import display

        data, metadata = self._repr_mimebundle_() or ({}, {})
        display(data, raw=True, metadata=metadata)  # type: ignore[no-untyped-call]
        if os.environ.get("SERVER_SOFTWARE", "").startswith("voila/"):
            return  # a Voilà page always has a kernel, and does not follow updates of an output
        if not self._display_id:
            self._display_id = uuid.uuid4().hex
            self.app.hub.events.listen(self._on_events)
        static = self._static()
        display(static, display_id=self._display_id)  # type: ignore[no-untyped-call]

    def _static(self) -> _Static:
        self._summary = summary_html(self.service)
        return _Static(self._summary, summary_text(self.service))

    def _on_events(self, events: Events) -> None:
        """Keep the summary current; it is displayed again only if its content changed."""
        if any(event.what == "settings" for event in events) and summary_html(self.service) != self._summary:
            from IPython.display import update_display

            update_display(self._static(), display_id=self._display_id)  # type: ignore[no-untyped-call]

    # -- at the side -------------------------------------------------------------------------------

    def in_sidebar(self, *, title: str = "Dispatch models") -> None:
        """Show the app in a JupyterLab panel at the side, replacing one with the same title.

        Args:
            title: The title of that panel.

        Raises:
            MissingPackageError: If the package sidecar is not installed.
        """
        try:
            from sidecar import Sidecar
        except ImportError:
            from ..errors import MissingPackageError

            raise MissingPackageError(
                "sidecar", purpose="for a panel at the side", install="dispatch-widgets[sidebar]"
            ) from None
        self._close_side()
        earlier = _AT_SIDE.pop(title, None)  # shown by an earlier run of this cell
        if earlier is not None:
            earlier.close()
        # Not `with side: display(…)`, which also captures whatever else the kernel shows at that moment.
        data, metadata = self._repr_mimebundle_() or ({}, {})
        output = {"output_type": "display_data", "data": data, "metadata": metadata}
        self._side = Sidecar(title=title)
        self._side.outputs = (output,)
        _AT_SIDE[title] = self._side

    def _close_side(self) -> None:
        """Close the panel at the side that shows this app, if there is one."""
        side, self._side = self._side, None
        if side is None:
            return
        for title in [title for title, shown in _AT_SIDE.items() if shown is side]:
            del _AT_SIDE[title]
        side.close()


class _Static:
    """A static output with a form for pages and one for terminals."""

    def __init__(self, html: str, plain: str) -> None:
        self._bundle = {"text/html": html, "text/plain": plain}

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        return self._bundle
