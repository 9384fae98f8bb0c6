"""The whole app in a cell: which file, and the four tabs."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .._text import escaped
from ..errors import SettingsFileError
from ._base import BasePanel
from ._format import clock, folder
from ._hub import hub_of
from ._parts import (
    box,
    button,
    classed,
    close_all_in,
    heading,
    is_shown,
    make,
    markup,
    say,
    set_classes,
    show,
    text,
    write,
)
from ._summary import summary_html, summary_text, why_this_file
from .models import ModelsPanel
from .panel_root import PanelRoot
from .presenters.shared.views import Focus
from .providers import ProvidersPanel
from .router import RouterPanel
from .settings_file import SettingsFilePanel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..service import SettingsService
    from ._news import News
    from .page_panel import PagePanel
    from .presenters.shared.views import Tab

TABS = ("providers", "models", "router", "settings")


class Panel(widgets.VBox):  # type: ignore[misc] # ipywidgets ships no types
    """Providers, models, tasks and the settings file, in four tabs.

    In a notebook that is opened without its kernel a one-line summary without secrets remains.

    Args:
        service: The service to show; the default file's if None.

    Attributes:
        service: The service that is shown.
        providers: The Providers tab.
        models: The Models tab.
        router: The Router tab.
        settings: The Settings file tab.
        tabs: The tabs themselves.
    """

    def __init__(self, service: SettingsService | None = None) -> None:
        if service is None:
            from ..service.default import default_service

            service = default_service()
        self.service = service
        self.hub = hub_of(service)
        self.root = PanelRoot()
        self._display_id = ""
        self._summary = ""
        self._build_header()
        self.providers = ProvidersPanel(service, host=self)
        self.models = ModelsPanel(service, host=self)
        self.router = RouterPanel(service, host=self)
        self.settings = SettingsFilePanel(service, host=self)
        self.tabs = classed(make(widgets.Tab, self.panels), "dw-tabs")
        # A layout of its own: people set a panel's width, and that must reach nothing else.
        super().__init__([self.root, self._header, self._bar, self.tabs], layout=widgets.Layout())
        classed(self, "dw-panel")
        with self.hub.lock:
            if service.problem is not None:
                self.tabs.selected_index = TABS.index("settings")
            self._draw()
        self.tabs.observe(lambda _change: self._locked_draw(), "selected_index")
        self.hub.subscribe(self._news)
        for panel in self.panels:
            panel.presenter.on_change(self._draw_titles)  # they count what needs attention

    def _build_header(self) -> None:
        self._file_name = heading("", level=2)
        self._path = markup("")
        self._why, self._saved, self._saved_narrow = (
            text("", "dw-sub"),
            text("", "dw-saved"),
            text("", "dw-sub dw-saved-narrow"),
        )
        line = box(self._file_name, self._path, classes="dw-file-line", row=True)
        file = box(line, self._why, self._saved_narrow, classes="dw-file")
        copy = button(
            "Copy path",
            lambda: self.root.copy(str(self.service.path)),
            icon="copy",
            classes="dw-quiet dw-only",
        )
        self._header = box(file, self._saved, copy, classes="dw-header dw-i-file", row=True)
        self._bar_words = markup("", "dw-text")
        self.reload = button("Reload", self._press_reload, icon="refresh")
        self.ways_out = button("See the ways out", lambda: self.go("settings"))
        self._bar = box(self._bar_words, self.reload, self.ways_out, classes="dw-bar", row=True)

    def __repr__(self) -> str:
        # The widgets' own repr prints every child, which is long and says nothing.
        return f"Panel({str(self.service.path)!r})"

    def close(self) -> None:
        """Take the app out of the page and stop following the service."""
        if hasattr(self, "tabs"):  # not if it was refused before it was made
            self.hub.unsubscribe(self._news)
            for panel in self.panels:
                panel.close()
        close_all_in(self)
        super().close()

    # -- what code and tests can read and do -------------------------------------------------------

    @property
    def panels(self) -> tuple[BasePanel | PagePanel, ...]:
        """The four tabs, in their order."""
        return self.providers, self.models, self.router, self.settings

    @property
    def titles(self) -> tuple[str, ...]:
        """The tabs' titles as they are shown, with what needs attention counted."""
        return tuple(self.tabs.titles)

    @property
    def notice(self) -> str:
        """What the bar under the header says, as HTML; empty when there is none."""
        return str(self._bar_words.value) if is_shown(self._bar) else ""

    def go(self, tab: str, **where: Any) -> None:
        """Show a tab.

        Args:
            tab: ``providers``, ``models``, ``router`` or ``settings``.
            where: ``list`` and ``kind``, or ``row``, for Models; ``provider_id``, with
                ``replace_key`` for its form, or ``add`` for Providers; ``convert`` for the settings file.
        """
        with self.hub.lock:
            self.tabs.selected_index = TABS.index(tab)
            provider_id = where.get("provider_id", "")
            if tab == "models":
                self.models.look_at({name: value for name, value in where.items() if value})
            elif tab == "settings" and where.get("convert"):
                self.settings.to_convert()
            elif tab == "providers" and where.get("add"):
                self.providers.open_form("provider", {})
            elif tab == "providers" and provider_id and where.get("replace_key"):
                self.providers.open_form("provider", {"row": provider_id, "field": "key"})
            elif tab == "providers" and provider_id:
                self.providers.move_focus(Focus(row=provider_id))

    def go_to(self, tab: Tab, args: Mapping[str, object]) -> None:
        """Show a tab, as an action of a view leads there.

        Args:
            tab: Which one.
            args: Where to look in it.
        """
        row = args.get("row", "")
        where: dict[str, dict[str, Any]] = {
            "models": dict(args),
            "providers": {
                "provider_id": row,
                "replace_key": args.get("field") == "key",
                "add": not row and args.get("form") == "provider",
            },
            "settings": {"convert": args.get("action") == "convert"},
        }
        self.go(tab, **where.get(tab, {}))

    # -- drawing -----------------------------------------------------------------------------------

    def _news(self, news: News) -> None:
        if news.what in {"settings", "discovery", "shared", "time"}:
            self._locked_draw()

    def _locked_draw(self) -> None:
        with self.hub.lock:
            self._draw()

    def _draw(self) -> None:
        problem = self.service.problem
        now = datetime.now(UTC)
        path = self.service.path
        write(self._file_name, f'<h2 class="dw-h">{escaped(path.name)}</h2>')
        write(self._path, f'<div class="dw-path" title="{escaped(path)}">{escaped(folder(path))}</div>')
        saved = self.service.saved_at
        if problem is not None:
            who = "Read-only until it is mended"
        elif (gone := self.service.gone_at) is not None:
            who = f"Deleted or moved at {clock(gone, now)}"
        elif saved is None:
            who = "Nothing saved yet"
        else:
            by = self.service.saved_by
            verb = "Changed" if by == "another program" else "Saved"
            who = f"{verb} {clock(saved, now)}{f' by {by}' if by else ''}"
        say(self._why, why_this_file(self.service))
        say(self._saved, who)
        say(self._saved_narrow, who)
        self._draw_bar(problem)
        self._draw_titles()
        self._draw_summary()

    def _draw_bar(self, problem: SettingsFileError | None) -> None:
        here = self.tabs.selected_index == TABS.index("settings")
        names = (
            ("dw-bar", "dw-info", "dw-i-info") if problem is None else ("dw-bar", "dw-error", "dw-i-error")
        )
        set_classes(self._bar, names)
        outside = self.hub.outside
        if problem is not None:
            write(
                self._bar_words,
                "<b>This file cannot be read.</b> Nothing is written to it until it is mended.",
            )
        elif outside is not None:
            now, seen = datetime.now(UTC), self.hub.seen
            at = escaped(clock(outside, now))
            before = escaped(clock(seen, now)) if seen is not None else at
            # Within one minute both read the same, which would say nothing.
            version = f" You see the version of {before}." if before != at else ""
            write(
                self._bar_words,
                f"<b>Changed outside at {at}.</b>{version} Your open form stays as it is.",
            )
        show(self._bar, (problem is not None and not here) or (problem is None and outside is not None))
        show(self.reload, problem is None)
        show(self.ways_out, problem is not None)

    def _draw_titles(self) -> None:
        """Bring the tabs' titles in step; the hub's lock is held."""
        titles = []
        for panel in self.panels:
            try:
                count = panel.attention()
            except SettingsFileError:
                count = 0
            titles.append(f"{panel.title} ({count})" if count else panel.title)
        if list(self.tabs.titles) != titles:
            self.tabs.titles = titles

    def _press_reload(self) -> None:
        with self.hub.lock:
            self.hub.outside = None
            self.service.reload()
            self.providers.reload_forms()
            self.models.reload_forms()
            self._draw()
            # The button goes with its bar.
            panel = self.panels[self.tabs.selected_index or 0]
            form = panel.form if isinstance(panel, BasePanel) else None
            self.root.focus(form.first_field if form is not None else ".lm-TabBar-tab.lm-mod-current")

    # -- what remains without a kernel -------------------------------------------------------------

    def _ipython_display_(self) -> None:
        """Show the panel, and under it the summary that remains when the kernel is gone."""
        from IPython.display import display

        display(self._repr_mimebundle_(), raw=True)  # type: ignore[no-untyped-call]
        if os.environ.get("SERVER_SOFTWARE", "").startswith("voila/"):
            return  # a page of its own always has a kernel, and does not follow updates of an output
        if not self._display_id:
            self._display_id = uuid.uuid4().hex
        self._summary = summary_html(self.service)
        static = _Static(self._summary, summary_text(self.service))
        display(static, display_id=self._display_id)  # type: ignore[no-untyped-call]

    def _draw_summary(self) -> None:
        if not self._display_id:
            return
        content = summary_html(self.service)
        if content != self._summary:
            from IPython.display import update_display

            self._summary = content
            static = _Static(content, summary_text(self.service))
            update_display(static, display_id=self._display_id)  # type: ignore[no-untyped-call]

    def in_sidebar(self, *, title: str = "Dispatch models") -> None:
        """Show the app in a JupyterLab panel at the side.

        Args:
            title: The side panel's title.

        Raises:
            MissingPackageError: If the package sidecar is not installed.
        """
        try:
            from sidecar import Sidecar
        except ImportError:
            from ..errors import MissingPackageError

            raise MissingPackageError(
                "sidecar", purpose="for a panel at the side", install="dispatch-widgets[sidebar]"
            ) from None
        # Not `with side: display(…)`, which takes whatever else the kernel shows at that moment too.
        output = {"output_type": "display_data", "data": self._repr_mimebundle_(), "metadata": {}}
        Sidecar(title=title).outputs = (output,)


class _Static:
    """A static output with a form for pages and one for terminals."""

    def __init__(self, html: str, plain: str) -> None:
        self._bundle = {"text/html": html, "text/plain": plain}

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        return self._bundle
