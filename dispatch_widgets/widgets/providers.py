"""The Providers tab: a row for each account, and the form to add or edit one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._hub import hub_of
from .page_panel import PagePanel
from .presenters.providers.presenter import ProvidersPresenter

if TYPE_CHECKING:
    from .page_messages import Reply


class ProvidersPanel(PagePanel):
    """All providers, with the form to add or edit one."""

    _presenter = ProvidersPresenter

    def _answer(self, key: str, message: dict[str, Any]) -> Reply:
        """Answer a page; over an open form the app says that the file was changed outside."""
        reply = super()._answer(key, message)
        editing = hub_of(self.service).editing
        if "form" in reply:
            editing.add(self)
        elif message.get("kind") == "submit" and reply["answer"].get("ok", True):  # type: ignore[attr-defined]
            editing.discard(self)
        return reply
