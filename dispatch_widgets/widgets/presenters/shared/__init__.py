"""Shared by all presenters: the view classes, errors, Undo, and their base class."""
