"""What the panels of a service share: news between threads, one drawing thread, nothing kept alive."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from panel_driver.person import until

from dispatch_widgets import Panel, SettingsService
from dispatch_widgets.widgets._hub import hub_of
from dispatch_widgets.widgets._news import News

WORKER = "dispatch-widgets-panels"


@pytest.mark.req("API-3")
def test_news_are_drawn_in_another_thread_and_once(service) -> None:
    """What the service tells is drawn by the hub's worker, never in the thread that tells."""
    panel = Panel(service)
    assert panel.hub.settle()
    seen: list[tuple[str, str]] = []
    started, go_on = threading.Event(), threading.Event()

    class Listener:
        def hear(self, news: News) -> None:
            started.set()
            go_on.wait(10)
            seen.append((threading.current_thread().name, news.what))

    listener = Listener()
    panel.hub.subscribe(listener.hear)
    for _ in range(5):
        panel.hub.post(News("shared"))
    assert started.wait(10)
    for _ in range(5):
        panel.hub.post(News("shared"))
    go_on.set()
    assert panel.hub.settle()
    assert {name for name, _ in seen} == {WORKER}
    assert 1 <= len(seen) <= 2


def workers() -> set[threading.Thread]:
    """The threads that draw panels."""
    return {thread for thread in threading.enumerate() if thread.name == WORKER}


@pytest.mark.req("UI")
def test_a_hub_ends_with_its_panels(settings_path, person) -> None:
    """When the last panel is closed the worker thread ends; a later panel starts it again."""
    service = SettingsService(settings_path)
    before = workers()
    panel = Panel(service)
    hub = panel.hub
    assert hub_of(service) is hub
    (worker,) = workers() - before
    panel.close()
    until(lambda: not worker.is_alive())
    me = person(Panel(service))
    service.add_model(provider_id="mock", model="mock")
    me.wait()
    me.tab("Models")
    assert me.titles("Catalog") == ["mock"]


@pytest.mark.req("UI")
def test_a_service_is_not_kept_alive_by_its_hub(settings_path) -> None:
    """The shared part of the panels holds its service weakly."""
    service = SettingsService(settings_path)
    hub_of(service)
    gone = weakref.ref(service)
    del service
    gc.collect()
    assert gone() is None


def test_settle_says_when_it_took_too_long(service) -> None:
    """Waiting for the drawing ends after the time given, and says so."""
    panel = Panel(service)
    assert panel.hub.settle()
    with panel.hub.lock:
        panel.hub.post(News("settings"))
        assert panel.hub.settle(0.05) is False
    assert panel.hub.settle()
