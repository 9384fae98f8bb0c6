"""A panel is two models in the kernel, whatever is shown and done: itself and its layout.

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


def there() -> set[str]:
    """The ids of all widgets that the kernel holds."""
    return set(widgets.Widget.get_manager_state()["state"])


@pytest.mark.req("UI", "ST-4")
def test_whatever_happens_makes_no_widget(service, ids, demo, person) -> None:
    """Refreshes that fail and succeed, and a file that breaks and is mended, make and close none."""
    service.add_model(provider_id=ids["Lab"], model="m", tasks=["grade"])
    me = person(Panel(service))
    before = there()
    for played in ("401", "html", None):
        demo.play(fault(played) if played else None)
        me.press("Refresh all")
        me.wait()
    good = service.path.read_text(encoding="utf-8")
    for text in ("{", good):
        service.path.write_text(text, encoding="utf-8")
        service.reload()
        me.wait()
        assert me.sees("This file cannot be read.") == (text != good)
    assert there() == before


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


def test_a_closed_panel_is_not_kept_alive(service) -> None:
    """Nothing keeps a panel once it was closed and nobody holds it, nor its service with its connections."""
    panel = Panel(service)
    held = weakref.ref(panel)
    panel.close()
    widgets.Widget.close_all()
    del panel
    until(lambda: gc.collect() >= 0 and held() is None)  # a thread may be drawing it
