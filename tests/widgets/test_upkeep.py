"""Widgets come and go with what is shown, not with how often it is drawn.

The kernel holds every widget until it is closed, and counts them off one by one when a page connects or
a document is embedded (`Widget.get_manager_state`): one that is made meanwhile, by the thread that draws
panels, makes that fail.
"""

from __future__ import annotations

import ipywidgets as widgets
import pytest

from dispatch_widgets import Panel
from dispatch_widgets.demo import fault
from dispatch_widgets.widgets._news import News


def there() -> set[str]:
    """The ids of all widgets that the kernel holds."""
    return set(widgets.widget._instances)


@pytest.mark.req("UI")
def test_drawing_anew_makes_and_closes_no_widgets(service, ids, demo, page) -> None:
    """Refreshes that fail and succeed, and time that passes, only change the widgets that are there."""
    service.add_model(provider_id=ids["Lab"], model="listed nowhere", tasks=["grade"])
    service.add_model(provider_id=ids["Anthropic"], model="m", tasks=["digest"])
    service.delete_provider(ids["Anthropic"])
    panel = Panel(service)
    panel.router.act(lambda: service.provider("nobody"))
    seen = []
    for round_number in range(3):
        for played in (None, "401", "html"):
            demo.play(fault(played) if played else None)
            panel.providers.refresh_all.click()
            page.wait(panel)
        service.path.write_text(service.path.read_text(encoding="utf-8") + " " * round_number, "utf-8")
        panel.hub.look()
        for what in ("settings", "time"):
            panel.hub.post(News(what))
        assert panel.hub.settle()
        seen.append(there())
    assert panel.router.messages
    assert panel.router.trouble is not None
    assert seen[0] == seen[1] == seen[2]
    assert len(widgets.Widget.get_manager_state()["state"]) == len(seen[0])


@pytest.mark.req("UI", "ST-4")
def test_a_broken_file_is_explained_by_the_same_widgets_each_time(service) -> None:
    """However often a file breaks and is mended, what says so is made once."""
    panel = Panel(service)
    good = service.path.read_text(encoding="utf-8")
    seen = []
    for broken in ("{", '{"providers": 1}', "{"):
        service.path.write_text(broken, encoding="utf-8")
        panel.hub.look()
        panel.hub.post(News("settings"))
        assert panel.hub.settle()
        seen.append(there())
        service.path.write_text(good, encoding="utf-8")
        panel.hub.look()
        assert panel.hub.settle()
    assert seen[0] == seen[1] == seen[2]


@pytest.mark.req("UI")
def test_a_form_goes_when_it_is_done_with(service, ids, page) -> None:
    """Forms that were left or saved are closed; one to add is kept with what was typed until it is not."""
    entry = service.add_model(provider_id=ids["Lab"], model="m")
    panel = Panel(service)
    panel.providers.edit(ids["Lab"]).cancel.click()  # the styles that all forms share stay from now on
    before = there()
    panel.providers.edit(ids["Lab"]).back.click()
    panel.providers.edit(ids["Lab"])
    panel.providers.reopen()
    form = panel.providers.form
    form.name.control.value = "Lab 2"
    form.save.click()
    page.type_key(form, "")
    page.wait(panel)
    panel.models.edit(entry.id).cancel.click()
    assert there() == before
    form = panel.providers.open_add()
    form.name.control.value = "Typed"
    form.back.click()
    assert there() > before
    assert panel.providers.open_add().name.value == "Typed"
    panel.providers.open_add("groq").cancel.click()
    assert there() == before


@pytest.mark.req("UI")
def test_a_closed_app_leaves_nothing_but_what_all_share(service, ids, page) -> None:
    """After close the kernel holds the shared layouts and styles, and a layout of the app's own."""
    Panel(service).close()
    before = there()
    panel = Panel(service)
    panel.providers.open_add().back.click()
    service.add_model(provider_id=ids["Lab"], model="m", tasks=["grade"])
    service.path.write_text("{", encoding="utf-8")
    panel.hub.look()
    page.wait(panel)
    panel.close()
    left = [widgets.widget._instances[key] for key in there() - before]
    assert {type(found).__name__ for found in left} <= {"Layout", "ButtonStyle", "TextStyle", "CheckboxStyle"}
    assert len(left) < 10, left
