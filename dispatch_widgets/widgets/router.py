"""The Router tab: the catalog entry of each task. Every choice is saved at once and can be undone."""

from __future__ import annotations

from .page_panel import PagePanel
from .presenters.router.presenter import RouterPresenter


class RouterPanel(PagePanel):
    """The six tasks, each with the entries that can do it."""

    _presenter = RouterPresenter
