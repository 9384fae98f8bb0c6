"""The Models tab: pick models from what providers list, keep them in the catalog."""

from __future__ import annotations

from .page_panel import PagePanel
from .presenters.models.presenter import ModelsPresenter


class ModelsPanel(PagePanel):
    """Models to pick from, and the catalog of those that were kept."""

    _presenter = ModelsPresenter
