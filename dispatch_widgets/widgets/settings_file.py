"""The Settings file tab: which file, what was converted, what is left to mend, and the ways back."""

from __future__ import annotations

from .page_panel import PagePanel
from .presenters.settings_file.presenter import SettingsFilePresenter


class SettingsFilePanel(PagePanel):
    """The settings file: where it is, its conversion, its backups, and what to do if it cannot be read."""

    _presenter = SettingsFilePresenter
