"""The Settings file tab: which file, what was converted, what is left to mend, and the ways back."""

from __future__ import annotations

from .page_panel import PagePanel
from .presenters.settings_file.presenter import SettingsFilePresenter


class SettingsFilePanel(PagePanel):
    """The settings file: its place, its conversion, its backups, and the ways out when it is broken."""

    _presenter = SettingsFilePresenter
