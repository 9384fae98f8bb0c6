"""The Providers tab: a row for each provider, and the form to add or edit one."""

from __future__ import annotations

from .page_panel import PagePanel
from .presenters.providers.presenter import ProvidersPresenter


class ProvidersPanel(PagePanel):
    """All providers, with the form to add or edit one."""

    _presenter = ProvidersPresenter
