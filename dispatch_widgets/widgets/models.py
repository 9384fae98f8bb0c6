"""The Models tab: pick models from what providers list, keep them in the catalog."""

from __future__ import annotations

from .page_panel import PagePanel
from .presenters.models.presenter import ModelsPresenter


class ModelsPanel(PagePanel):
    """The providers' lists to pick models from, and the catalog."""

    _presenter = ModelsPresenter
