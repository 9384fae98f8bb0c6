"""The Settings file tab: the file's location, its conversion, what is left to fix, and its backups."""

from __future__ import annotations

from .page_panel import PagePanel
from .presenters.settings_file.presenter import SettingsFilePresenter


class SettingsFilePanel(PagePanel):
    """The settings file: where it is, its conversion, its backups, and what to do if it cannot be read."""

    _presenter = SettingsFilePresenter
