"""The Models tab: select models that providers list, and keep them in the catalog."""

from __future__ import annotations

from .page_panel import PagePanel
from .presenters.models.presenter import ModelsPresenter


class ModelsPanel(PagePanel):
    """The providers' lists to add models from, and the catalog."""

    _presenter = ModelsPresenter
