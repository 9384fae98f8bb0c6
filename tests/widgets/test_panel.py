"""The app in one widget: its tabs, what code reads and asks for, the summary below it, and its end."""

from __future__ import annotations

import gc
import json
import weakref
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import pytest
from panel_driver.person import until
from panel_driver.wire import say_from_page, set_from_page

from dispatch_widgets import InvalidInputError, NotFoundError, RouterPanel, SettingsService
from dispatch_widgets.widgets.app import Panel
from dispatch_widgets.widgets.presenters.shared.encode import encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from panel_driver.wire import Outbox

    from dispatch_widgets.widgets.page_panel import PagePanel

TABS = ("providers", "models", "router", "settings")


def met(panel: PagePanel) -> set[str]:
    """The tabs whose views the pages have."""
    return {tab for tab in TABS if getattr(panel, f"view_{tab}")}


def show(panel: PagePanel, tab: str, number: int = 0) -> None:
    """Open a tab as a page does."""
    say_from_page(panel, {"id": f"show-{tab}-{number}", "kind": "show", "tab": tab})


@pytest.mark.req("UI", "P-7")
def test_the_app_is_one_widget_like_any_other(service: SettingsService) -> None:
    """It has one model and its layout however much is shown, and goes wherever a widget goes."""
    before = set(widgets.Widget.get_manager_state()["state"])
    panel = Panel(service)
    for tab in TABS:
        show(panel, tab)
    made = set(widgets.Widget.get_manager_state()["state"]) - before
    assert made == {panel.model_id, panel.layout.model_id}
    assert isinstance(panel, widgets.DOMWidget)
    assert panel.service is service
    assert widgets.VBox([panel]).children == (panel,)


@pytest.mark.req("UI", "P-7")
def test_pages_get_the_views_of_tabs_that_were_opened(service: SettingsService, ids: dict[str, str]) -> None:
    """A tab's view is sent when it is first opened and from then on; of the others the titles are enough."""
    panel = Panel(service)
    assert met(panel) == {"providers"}
    assert panel.tab == "providers"
    show(panel, "router")
    assert met(panel) == {"providers", "router"}
    assert panel.tab == "router"
    assert panel.view_router == encode(panel.router.view())
    entry = service.add_model(provider_id=ids["Lab"], model="m", tasks=["grade"])
    until(lambda: "Saved" not in json.dumps(panel.view_models) and entry.id in json.dumps(panel.view_router))
    service.delete_provider(ids["Lab"])
    until(lambda: panel.header["titles"]["router"] == "Router (1)")
    assert panel.header["titles"]["models"] == "Models (1)"
    assert met(panel) == {"providers", "router"}


@pytest.mark.req("UI")
def test_a_single_panel_leads_to_other_tabs_by_itself(service: SettingsService) -> None:
    """It begins at its own tab, knows nothing of the others at first, and shows one when it is opened."""
    panel = RouterPanel(service)
    assert (panel.first, panel.alone, met(panel)) == ("router", True, {"router"})
    assert "titles" not in panel.header
    assert "file" not in panel.header
    show(panel, "models")
    assert met(panel) == {"models", "router"}
    assert panel.tab == "models"


@pytest.mark.req("UI")
def test_code_reads_and_opens_tabs_and_forms(service: SettingsService, ids: dict[str, str]) -> None:
    """`tab` is that of the window last acted in; setting it, and opening a form, asks every window once."""
    panel = Panel(service)
    assert panel.asked == {}
    panel.tab = "settings"
    assert panel.tab == "settings"
    assert panel.asked == {"n": 1, "tab": "settings"}
    assert panel.view_settings == encode(panel.settings.view())
    show(panel, "router")
    assert panel.tab == "router"
    panel.open_form("provider", row=ids["Lab"])
    form = {"name": "provider", "args": {"row": ids["Lab"]}}
    assert panel.asked == {"n": 2, "tab": "providers", "form": form}
    panel.open_form("provider")
    assert panel.asked["n"] == 3
    for tab in TABS:
        assert getattr(panel, tab).tab == tab


@pytest.mark.req("UI")
def test_what_is_not_there_cannot_be_opened(service: SettingsService) -> None:
    """A tab or form that there is not, and a form of a provider that there is not, are refused in words."""
    panel = Panel(service)
    with pytest.raises(InvalidInputError, match="no tab 'keys'") as refused:
        panel.tab = "keys"  # type: ignore[assignment]
    assert "providers, models, router, settings" in refused.value.hint
    with pytest.raises(InvalidInputError, match="no form 'task'"):
        panel.open_form("task")
    with pytest.raises(NotFoundError):
        panel.open_form("provider", row="gone")
    assert panel.asked == {}


@pytest.mark.req("UI")
def test_pages_set_nothing(service: SettingsService) -> None:
    """A page sets neither what is true of the file nor what code asks for."""
    panel = Panel(service)
    before = {name: getattr(panel, name) for name in panel.keys if name not in {"layout", "comm"}}
    set_from_page(panel, **{name: {"n": 7} for name in ("header", "asked", "view_providers", "view_models")})
    set_from_page(panel, first="router", alone=True, window="another")
    assert {name: getattr(panel, name) for name in before} == before


@pytest.mark.req("UI")
def test_the_window_is_named_the_same_when_the_cell_runs_again(service: SettingsService) -> None:
    """A page finds what was typed by a name that says nothing of the path, another for each kind of panel."""
    name = Panel(service).window
    assert Panel(SettingsService(service.path)).window == name
    assert RouterPanel(service).window != name
    assert service.path.name not in name


@pytest.mark.req("UI", "ST-6")
def test_several_changes_are_one_message(
    service: SettingsService, ids: dict[str, str], outbox: Outbox
) -> None:
    """A change that concerns the header and several tabs reaches a page in few messages, nothing twice."""
    panel = Panel(service)
    for tab in TABS:
        show(panel, tab)
    until(lambda: panel._drawing._timer is None)
    since = len(outbox.messages)
    service.update_provider(ids["Lab"], name="Named anew")
    until(lambda: "Named anew" in json.dumps(panel.view_providers))
    assert panel.app.hub.events.settle()
    panel._drawing.flush()
    states = [
        data["state"] for key, data in outbox.messages[since:] if key == panel.model_id and "state" in data
    ]
    assert 1 <= len(states) <= 3
    sent = [json.dumps(state[name], sort_keys=True) for state in states for name in state]
    assert len(sent) == len(set(sent))


@pytest.mark.req("UI")
def test_an_action_over_the_tabs_is_answered(
    service: SettingsService, outbox: Outbox, states: Callable[[], str]
) -> None:
    """The path is copied for who asks: it is in the answer and in no state; a reload reads the file."""
    panel = Panel(service)
    for name in ("copy_path", "reload"):
        say_from_page(panel, {"id": name, "kind": "act", "tab": "", "name": name, "args": {}})
    answers = {content["id"]: content["answer"] for _, content in outbox.contents() if "answer" in content}
    assert answers == {"copy_path": {"copy": str(service.path)}, "reload": {}}
    assert str(service.path) not in states()
    say_from_page(panel, {"id": "other", "kind": "show", "tab": "keys"})
    (*_, (_, other)) = outbox.contents()
    assert "newer or older than its page" in other["answer"]["note"]["title"]


@pytest.mark.req("UI", "ST-4")
def test_a_file_that_cannot_be_read_opens_the_ways_out(settings_path: Any) -> None:
    """The app begins at the Settings file tab then; a panel that stands alone at its own, with the bar."""
    settings_path.write_text("{", encoding="utf-8")
    service = SettingsService(settings_path)
    assert Panel(service).first == "settings"
    alone = RouterPanel(service)
    assert alone.first == "router"
    assert alone.header["bar"]["title"] == "This file cannot be read."


@pytest.mark.req("UI")
def test_a_summary_stands_below_it_and_is_kept_current(
    service: SettingsService, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a kernel a line without secrets and without the path remains; it changes with the settings."""
    import IPython.display

    shown: list[SimpleNamespace] = []

    def display(thing: Any, *, raw: bool = False, display_id: str = "", metadata: object = None) -> None:
        shown.append(SimpleNamespace(thing=thing, raw=raw, id=display_id))

    def update(thing: Any, *, display_id: str) -> None:
        shown.append(SimpleNamespace(thing=thing, raw=False, id=display_id))

    monkeypatch.setattr(IPython.display, "display", display)
    monkeypatch.setattr(IPython.display, "update_display", update)
    panel = Panel(service)
    panel._ipython_display_()
    view, summary = shown
    assert set(view.thing) == {"application/vnd.jupyter.widget-view+json", "text/plain"}
    assert str(service.path.parent) not in str(view.thing)
    words = summary.thing._repr_mimebundle_()["text/html"]
    assert words.startswith("<details><summary>Dispatch models: 2 providers, no entries, 0 of 6 tasks set")
    assert str(service.path.parent) not in words
    service.add_model(provider_id=ids["Lab"], model="m", tasks=["grade"])
    until(lambda: len(shown) == 3)
    assert shown[2].id == summary.id
    assert "1 of 6 tasks set" in shown[2].thing._repr_mimebundle_()["text/html"]
    service.discover_models(ids["Lab"])
    assert panel.app.hub.events.settle()
    assert len(shown) == 3


@pytest.mark.req("UI")
def test_a_closed_app_leaves_nothing(service: SettingsService, outbox: Outbox, ids: dict[str, str]) -> None:
    """With all tabs opened, closing takes the model, the layout and what followed the service along."""
    before = set(widgets.Widget.get_manager_state()["state"])
    panel = Panel(service)
    for tab in TABS:
        show(panel, tab)
    panel.open_form("provider", row=ids["Lab"])
    hub = panel.app.hub
    gone = weakref.ref(panel)
    panel.close()
    sent = len(outbox.messages)
    service.update_provider(ids["Lab"], name="Later")
    assert hub.events.settle()
    assert len(outbox.messages) == sent
    assert set(widgets.Widget.get_manager_state()["state"]) == before
    del panel
    gc.collect()
    assert gone() is None


@pytest.mark.req("UI")
def test_an_app_that_nobody_holds_is_given_up(service: SettingsService, ids: dict[str, str]) -> None:
    """What follows the service does not keep a panel alive."""
    panel = Panel(service)
    show(panel, "models")
    gone = weakref.ref(panel)
    widgets.Widget.close_all()
    del panel
    gc.collect()
    assert gone() is None
    service.update_provider(ids["Lab"], name="Later")
