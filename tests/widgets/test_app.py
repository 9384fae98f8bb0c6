"""The whole app: header, tabs, outside changes, the summary, and its size."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING

import httpx
import ipywidgets as widgets
import pytest
import traitlets
from panel_driver.person import until
from panel_driver.words import SHOW_KIND

import dispatch_widgets as dw
from dispatch_widgets import MissingPackageError, ModelsPanel, Panel, SettingsService
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.widgets import app
from dispatch_widgets.widgets._format import folder
from dispatch_widgets.widgets._summary import summary_html
from dispatch_widgets.widgets.presenters.hub.hub import hub_of

if TYPE_CHECKING:
    from panel_driver.person import Person

TABS = ("Providers", "Models", "Router", "Settings file")


def pages(me: Person) -> dict[str, str]:
    """What stands on each tab, the header too."""
    found = {}
    for tab in TABS:
        me.tab(tab)
        found[tab] = me.text
    return found


@pytest.mark.req("UI")
def test_the_header_says_which_file_and_who_saved(service, person) -> None:
    """The header names the file, its folder, why this one, and who saved it last."""
    me = person(Panel(service))
    assert me.headings[0] == "dispatch.settings.json"
    lines = me.text.splitlines()
    assert folder(service.path) in lines
    assert "Path given in the call" in lines
    assert me.sees("by this notebook")
    me.press("Copy path")
    assert me.clipboard == str(service.path)


@pytest.mark.req("UI", "ST-1", "MIG-1")
def test_the_default_file_is_not_made_by_looking(person) -> None:
    """Without a service the panel shows the default file and writes nothing before the first change."""
    panel = dw.panel()
    me = person(panel)
    assert panel.service is dw.default_service()
    assert me.sees("Not made yet")
    assert "Nothing saved yet" in me.text.splitlines()
    assert not panel.service.path.exists()
    panel.service.add_model(provider_id="mock", model="mock")
    me.wait()
    assert not me.sees("Not made yet")
    assert me.sees("by this notebook")


@pytest.mark.req("UI")
def test_tab_titles_count_what_needs_attention(service, ids, person) -> None:
    """A tab's title has a number when something in it needs somebody, and none when all is well."""
    me = person(Panel(service))
    assert me.tabs == list(TABS)
    service.add_model(provider_id=ids["Lab"], model="m", tasks=["grade"])
    service.delete_provider(ids["Lab"])
    me.wait()
    assert me.tabs == ["Providers", "Models (1)", "Router (1)", "Settings file"]


@pytest.mark.req("UI")
def test_tabs_lead_to_each_other(service, demo, ids, settings_path, person) -> None:
    """What one tab points to opens in the other: a provider's new models, the form to add a provider."""
    me = person(Panel(service))
    everything = demo.models()
    demo.set_models(everything[1:])
    try:
        me.press("Refresh Lab")
        me.wait()
    finally:
        demo.set_models(everything)
    me.press("Refresh Lab")
    me.wait()
    assert me.row("Lab").badge == "1 new"
    me.press("Show in Models")
    assert me.open_tab == "Models"
    assert (me.value("Provider"), me.value(SHOW_KIND)) == ("Lab", "New")
    assert everything[0].id in [row.model_id for row in me.rows("Models")]
    empty = person(Panel(SettingsService(settings_path.with_name("other.json"))))
    empty.tab("Models")
    empty.press("Add provider")
    assert empty.open_tab == "Providers"
    assert "Add provider" in empty.headings


@pytest.mark.req("ST-6")
def test_an_outside_change_is_followed(service, person) -> None:
    """What another process writes shows within moments, with who changed it."""
    me = person(Panel(service))
    SettingsService(service.path).add_provider(
        name="Elsewhere", type="anthropic", api_key="sk-ant-elsewhere-0123456789"
    )
    until(lambda: "Elsewhere" in me.titles("Providers"))
    me.see("by another program")
    assert not me.sees("Changed outside")


@pytest.mark.req("ST-6", "UI")
def test_an_outside_change_leaves_an_open_form_alone(service, ids, person) -> None:
    """With a form open the bar says that the file was changed; the form keeps its input until Reload."""
    hours_ago = time.time() - 3 * 3600
    os.utime(service.path, (hours_ago, hours_ago))
    me = person(Panel(SettingsService(service.path)))
    me.press("Edit Lab")
    me.fill("Base URL", "http://127.0.0.1:1/v1")
    SettingsService(service.path).update_provider(ids["Lab"], name="Renamed elsewhere")
    me.see("Changed outside at")
    assert re.search(r"You see the version of [^.]*(\d\d:\d\d|yesterday)\.", me.text)
    assert "Edit Lab" in me.headings
    assert me.value("Base URL") == "http://127.0.0.1:1/v1"
    me.press("Reload")
    assert "Edit Renamed elsewhere" in me.headings
    assert (me.value("Name"), me.value("Base URL")) == ("Renamed elsewhere", "http://127.0.0.1:1/v1")
    assert me.focused() == "Name"
    assert not me.sees("Changed outside")


@pytest.mark.req("ST-6", "UI")
def test_a_reload_keeps_what_was_typed_about_an_entry(service, ids, person) -> None:
    """Reload fills the fields of an entry's form that nobody has touched; the others stay as typed."""
    entry = service.add_model(provider_id=ids["Lab"], model="m-1", label="Em", capabilities=["chat"])
    me = person(Panel(service))
    me.tab("Models")
    me.press("Edit Em")
    me.fill("Model id", "typed-here")
    me.tick("Embedding")
    SettingsService(service.path).update_model(entry.id, label="Theirs", model="m-2")
    me.see("Changed outside at")
    me.press("Reload")
    assert (me.value("Label"), me.value("Model id")) == ("Theirs", "typed-here")
    assert (me.value("Chat"), me.value("Embedding")) == ("ticked", "ticked")


@pytest.mark.req("ST-4")
def test_a_broken_file_opens_its_tab_and_the_others_point_there(settings_path, person) -> None:
    """With a file that cannot be read the app opens on the ways out; other tabs have the bar."""
    settings_path.write_text("{", encoding="utf-8")
    me = person(Panel(SettingsService(settings_path)))
    assert me.open_tab == "Settings file"
    assert me.tabs[3] == "Settings file (1)"
    assert "See the ways out" not in me.buttons
    for tab in TABS[:3]:
        me.tab(tab)
        assert me.sees("This file cannot be read.")
        assert me.buttons.count("See the ways out") == 1
    me.press("See the ways out")
    assert me.open_tab == "Settings file"
    assert me.sees("Read-only")


@pytest.mark.req("ST-4", "ST-6")
def test_a_file_that_breaks_and_is_mended_is_followed(service, person) -> None:
    """A file that another program breaks is said at once, and when it is mended all is as before."""
    me = person(Panel(service))
    good = service.path.read_bytes()
    service.path.write_bytes(good[:-20])
    me.see("This file cannot be read.")
    assert service.path.read_bytes() == good[:-20]
    service.path.write_bytes(good)
    me.not_see("This file cannot be read.")
    me.see("Lab", "Anthropic")  # the tab follows what stands above it
    assert me.titles("Providers") == ["Lab", "Anthropic"]


@pytest.mark.req("UI")
def test_two_apps_over_one_service_stay_in_step(service, ids, person) -> None:
    """A refresh and an edit in one app show in another, also while requests are under way."""
    one, two = person(Panel(service)), person(Panel(service))
    one.press("Refresh Lab")
    one.wait()
    two.wait()
    assert [row.facts for row in one.rows("Providers")] == [row.facts for row in two.rows("Providers")]
    service.update_provider(ids["Lab"], name="Other name")
    two.wait()
    assert two.titles("Providers") == ["Other name", "Anthropic"]


@pytest.mark.req("UI")
def test_updating_gives_what_creating_would_have_given(demo, settings_path, person) -> None:
    """A panel that followed many changes shows the same as one that is opened after them."""
    service = SettingsService(write_sample(settings_path.parent, demo))
    old = person(Panel(service))
    lab = next(p for p in service.get_providers() if p.name == "OpenAI 1")
    old.press("Refresh all")
    old.wait()
    service.add_model(provider_id=lab.id, model="x", tasks=["skill"])
    service.delete_provider(next(p.id for p in service.get_providers() if p.name == "OpenAI 2"))
    old.wait()
    new = person(Panel(service))
    new.wait()
    new.tab("Models")
    old.tab("Models")
    old.choose("Provider", new.value("Provider"))
    assert pages(old) == pages(new)


@pytest.mark.req("SEC-1", "SEC-2")
def test_no_key_is_in_the_state_of_the_whole_app(demo, settings_path, sent, person, states) -> None:
    """Over a migrated file, after discovery, no widget's state and no message holds a key."""
    service = SettingsService(write_sample(settings_path.parent, demo))
    panel = Panel(service)
    me = person(panel)
    me.press("Refresh all")
    me.wait()
    me.tab("Models")
    me.choose("Provider", "All providers")
    shown = pages(me)
    held = states() + repr(sent) + repr(panel) + summary_html(service) + "".join(shown.values())
    for key in (demo.api_key, demo.second_api_key):
        assert key in service.path.read_text(encoding="utf-8")
        assert key not in held
        assert key[:12] not in held


@pytest.mark.req("SEC-6")
def test_what_others_wrote_is_read_as_they_wrote_it(service, ids, person) -> None:
    """Names, labels and ids with markup are text in every tab, and so they are in the summary."""
    bad = "<img src=x onerror=alert(1)>"
    service.update_provider(ids["Lab"], name=bad)
    service.add_model(provider_id=ids["Lab"], model=bad, label=bad, tasks=["grade"])
    me = person(Panel(service))
    shown = pages(me)
    assert all(bad in shown[tab] for tab in ("Providers", "Models", "Router"))
    assert bad not in summary_html(service)


@pytest.mark.req("UI")
def test_the_summary_is_one_collapsed_line_with_the_tasks(service, ids) -> None:
    """What remains without a kernel is a closed <details> with the tasks' models."""
    service.add_model(provider_id=ids["Lab"], model="m", label="Em", tasks=["grade"])
    html = summary_html(service)
    assert html.startswith(
        "<details><summary>Dispatch models: 2 providers, 1 entry, 1 of 6 tasks set</summary>"
    )
    assert "Em" in html
    assert "Lab" in html


@pytest.mark.req("UI")
def test_displaying_puts_a_summary_under_the_panel_and_keeps_it_current(service, ids, monkeypatch) -> None:
    """Display emits the panel, then the summary under its own display id, updated when settings change."""
    import IPython.display

    emitted: list[SimpleNamespace] = []

    def show(*things, raw=False, display_id=None, **_rest) -> None:
        emitted.append(SimpleNamespace(thing=things[0], raw=raw, id=display_id, update=False))

    def update(thing, *, display_id) -> None:
        emitted.append(SimpleNamespace(thing=thing, raw=False, id=display_id, update=True))

    monkeypatch.setattr(IPython.display, "display", show)
    monkeypatch.setattr(IPython.display, "update_display", update)
    panel = Panel(service)
    panel._ipython_display_()
    view, summary = emitted
    assert view.raw
    assert "application/vnd.jupyter.widget-view+json" in view.thing
    assert summary.thing._repr_mimebundle_()["text/html"].startswith("<details>")
    service.add_model(provider_id=ids["Lab"], model="m", tasks=["grade"])
    until(lambda: len(emitted) == 3)
    assert emitted[2].update
    assert emitted[2].id == summary.id
    assert "1 of 6 tasks set" in emitted[2].thing._repr_mimebundle_()["text/html"]
    service.discover_models(ids["Lab"])
    assert hub_of(service).events.settle()
    assert len(emitted) == 3


@pytest.mark.req("UI")
def test_a_side_panel_needs_sidecar_and_says_so(service, monkeypatch) -> None:
    """Without the optional package the way to the side names it and its install line."""
    monkeypatch.setitem(sys.modules, "sidecar", None)
    with pytest.raises(MissingPackageError, match="pip install"):
        Panel(service).in_sidebar()


@pytest.mark.req("UI")
def test_closing_closes_the_panel_at_the_side(service, monkeypatch) -> None:
    """It would stay there empty; one that another app has put in its place stays."""

    class Sidecar(widgets.Output):
        """Stands for the optional package's widget."""

        title = traitlets.Unicode()

    monkeypatch.setitem(sys.modules, "sidecar", SimpleNamespace(Sidecar=Sidecar))
    monkeypatch.setattr(app, "_AT_SIDE", {})
    first, second = Panel(service), Panel(service)
    first.in_sidebar(title="One")
    one = app._AT_SIDE["One"]
    first.close()
    assert one.comm is None
    assert app._AT_SIDE == {}
    second.in_sidebar(title="One")
    second.in_sidebar(title="Two")
    assert list(app._AT_SIDE) == ["Two"]
    third = Panel(service)
    third.in_sidebar(title="Two")
    second.close()
    assert app._AT_SIDE["Two"].comm is not None


@pytest.mark.req("UI")
def test_closing_stops_following(service, ids, person) -> None:
    """A closed app is told nothing more, and its models are gone from the kernel."""
    panel, other = Panel(service), person(Panel(service))
    me = person(panel)
    panel.close()
    service.update_provider(ids["Lab"], name="Later")
    other.wait()
    assert me.titles("Providers") == ["Lab", "Anthropic"]
    assert other.titles("Providers") == ["Later", "Anthropic"]


@pytest.mark.req("UI", "API-3")
def test_actions_from_several_threads_do_not_lock_up(service, ids, person) -> None:
    """Panels acted on and services changed from several threads at once end in one state."""
    one, two = person(Panel(service)), person(Panel(service))
    added = []
    for model in ("b", "c"):
        by_hand = person(ModelsPanel(service))
        by_hand.choose("Provider", "Lab")
        by_hand.wait()
        by_hand.fill("Model id", model)
        added.append(by_hand.as_seen("Add by hand").press)
    refresh = one.as_seen("Refresh Lab").press
    two.tab("Models")
    provider = two.field("Provider")
    work = [
        refresh,
        lambda: service.add_model(provider_id=ids["Lab"], model="a"),
        *added,
        lambda: provider.set("Anthropic"),
        lambda: service.discover_models(ids["Anthropic"]),
    ]
    with ThreadPoolExecutor(6) as threads:
        futures = [threads.submit(job) for job in work * 4]
        for future in futures:
            future.result(timeout=60)
    one.wait()
    one.tab("Models")
    assert len(one.rows("Catalog")) == len(two.rows("Catalog")) == len(service.catalog)
    # Code may add a model again; an id that is typed again is refused.
    assert sorted(entry.model for entry in service.catalog) == ["a", "a", "a", "a", "b", "c"]


def big(path, providers: int, entries: int, models: int) -> SettingsService:
    """A service over a file with so many providers and entries, and so many discovered models."""
    ids = [f"p{number}" for number in range(providers)]
    document = {
        "providers": [
            {
                "id": key,
                "name": f"Provider {key}",
                "type": "openai-compatible",
                "credentials": {
                    "apiKey": f"sk-key-of-{key}-0123456789",
                    "baseUrl": f"http://127.0.0.1:9/{key}",
                },
            }
            for key in ids
        ],
        "models": {
            "catalog": [
                {"id": f"e{number}", "providerId": ids[number % providers], "model": f"chat-model-{number}"}
                for number in range(entries)
            ],
            "assignment": [{"task": "grade", "modelId": "e0"}],
        },
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    each = models // providers

    def answer(request: httpx.Request) -> httpx.Response:
        name = request.url.path.split("/")[1]
        return httpx.Response(200, json={"data": [{"id": f"{name}-model-{n}"} for n in range(each)]})

    service = SettingsService(path, transport=httpx.MockTransport(answer))
    service.refresh_all()
    return service


@pytest.mark.req("P-7")
def test_the_number_of_widgets_does_not_grow_with_the_contents(tmp_path) -> None:
    """Fifty providers, a thousand entries and five thousand models take no more widgets than a few."""
    counts = []
    for size in ((2, 2, 20), (50, 1000, 5000)):
        service = big(tmp_path / f"{size[0]}.json", *size)
        widgets.Widget.close_all()
        Panel(service)
        counts.append(len(widgets.Widget.get_manager_state()["state"]))
    assert counts[0] == counts[1]
