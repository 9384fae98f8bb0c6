"""The content and behaviour of the panels in plain Python: one presenter for each tab, without a widget.

A presenter turns the service's state into a `shared.views.View` and answers what a page sends. Nothing here
imports ipywidgets, anywidget or IPython; a test checks that.
"""
