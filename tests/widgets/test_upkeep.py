"""Widgets come and go with what is shown, not with how often it is drawn.

The kernel holds every widget until it is closed, and counts them off one by one when a page connects or
a document is embedded (`Widget.get_manager_state`): one that is made meanwhile, by the thread that draws
panels, makes that fail.
"""

from __future__ import annotations

import gc
import weakref

import ipywidgets as widgets
import pytest
from panel_driver.person import until

from dispatch_widgets import Panel, SettingsService
from dispatch_widgets.demo import fault
from dispatch_widgets.widgets._news import News


def there() -> set[str]:
    """The ids of all widgets that the kernel holds."""
    return set(widgets.Widget.get_manager_state()["state"])


@pytest.mark.req("UI")
def test_drawing_anew_makes_and_closes_no_widgets(service, ids, demo, person) -> None:
    """Refreshes that fail and succeed, and time that passes, only change the widgets that are there."""
    service.add_model(provider_id=ids["Lab"], model="listed nowhere", tasks=["grade"])
    gone = service.add_model(provider_id=ids["Lab"], model="gone", capabilities=["chat"], tasks=["skill"])
    service.add_model(provider_id=ids["Lab"], model="other", capabilities=["chat"])
    service.add_model(provider_id=ids["Anthropic"], model="m", tasks=["digest"])
    service.delete_provider(ids["Anthropic"])
    panel = Panel(service)
    me = person(panel)
    me.tab("Router")
    me.choose("Entry for skill", "other · Lab")
    undo = me.task("skill").as_seen("Undo")
    with panel.hub.lock:  # Undo is pressed before the panel has seen the change
        SettingsService(service.path).delete_model(gone.id)
        undo.press()
    assert me.can_press("Dismiss")
    me.tab("Providers")
    seen = []
    for round_number in range(3):
        for played in (None, "401", "html"):
            demo.play(fault(played) if played else None)
            me.press("Refresh all")
            me.wait()
        service.path.write_text(service.path.read_text(encoding="utf-8") + " " * round_number, "utf-8")
        service.reload()
        for what in ("settings", "time"):
            panel.hub.post(News(what))
        me.wait()
        seen.append(there())
    me.tab("Router")
    assert me.task("digest").sees("The provider of this entry was deleted.")
    assert me.can_press("Dismiss")
    assert seen[0] == seen[1] == seen[2]


@pytest.mark.req("UI", "ST-4")
def test_a_broken_file_is_explained_by_the_same_widgets_each_time(service, person) -> None:
    """However often a file breaks and is mended, what says so is made once."""
    me = person(Panel(service))
    good = service.path.read_text(encoding="utf-8")
    seen = []
    for broken in ("{", '{"providers": 1}', "{"):
        service.path.write_text(broken, encoding="utf-8")
        service.reload()
        me.wait()
        assert me.sees("This file cannot be read.")
        seen.append(there())
        service.path.write_text(good, encoding="utf-8")
        service.reload()
        me.wait()
        assert not me.sees("This file cannot be read.")
    assert seen[0] == seen[1] == seen[2]


@pytest.mark.req("UI")
def test_a_form_of_the_page_makes_no_widget(service, ids, person) -> None:
    """However often a form is opened, left and saved, the kernel holds what it held; what is typed waits."""
    service.add_model(provider_id=ids["Lab"], model="m")
    panel = Panel(service)
    me = person(panel)
    before = there()
    me.press("Edit Lab")
    me.press("Back to Providers")
    me.press("Edit Lab")
    SettingsService(service.path).update_provider(ids["Lab"], base_url="http://127.0.0.1:9/v1")
    me.see("Changed outside at")
    me.press("Reload")
    me.fill("Name", "Lab 2")
    me.press("Save")
    me.wait()
    me.press("Add provider")
    me.fill("Name", "Typed")
    me.press("Back to Providers")
    me.press("Add provider")
    assert me.value("Name") == "Typed"
    me.press("Cancel")
    assert there() == before


@pytest.mark.req("UI")
def test_a_closed_app_leaves_nothing_but_what_all_share(service, ids, person) -> None:
    """After close the kernel holds the shared layouts and styles, and a layout of the app's own."""
    Panel(service).close()
    before = there()
    panel = Panel(service)
    me = person(panel)
    me.press("Add provider")
    me.press("Back to Providers")
    service.add_model(provider_id=ids["Lab"], model="m", tasks=["grade"])
    service.path.write_text("{", encoding="utf-8")
    service.reload()
    me.wait()
    panel.close()
    models = widgets.Widget.get_manager_state()["state"]
    left = [models[key]["model_name"] for key in there() - before]
    styles = {f"{kind}StyleModel" for kind in ("Button", "Text", "Checkbox", "Description")}
    assert set(left) <= {"LayoutModel", *styles}
    assert len(left) < 10, left


def test_a_closed_panel_is_not_kept_alive(service) -> None:
    """Nothing keeps a panel once it was closed and nobody holds it, nor its service with its connections."""
    panel = Panel(service)
    held = weakref.ref(panel)
    panel.close()
    widgets.Widget.close_all()
    del panel
    until(lambda: gc.collect() >= 0 and held() is None)  # a thread may be drawing it
