"""The whole app: header, tabs, outside changes, the summary, and its size."""

from __future__ import annotations

import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpx
import ipywidgets as widgets
import pytest

import dispatch_widgets as dw
from dispatch_widgets import MissingPackageError, Panel, SettingsService
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.widgets._summary import summary_html


@pytest.mark.req("UI")
def test_the_header_says_which_file_and_who_saved(service) -> None:
    """The header names the file, its folder, why this one, and who saved it last."""
    panel = Panel(service)
    assert "dispatch.settings.json" in panel._file_name.value
    assert str(service.path.parent) in panel._path.value
    assert panel._why.value == "Path given in the call"
    assert "by this notebook" in panel._saved.value


@pytest.mark.req("UI", "ST-1", "MIG-1")
def test_the_default_file_is_not_made_by_looking(tmp_path) -> None:
    """Without a service the panel shows the default file and writes nothing before the first change."""
    panel = dw.panel()
    assert panel.service is dw.default_service()
    assert "Not made yet" in panel._why.value
    assert panel._saved.value == "Nothing saved yet"
    assert not panel.service.path.exists()
    panel.service.add_model(provider_id="mock", model="mock")
    assert panel.hub.settle()
    assert "Not made yet" not in panel._why.value
    assert "by this notebook" in panel._saved.value


@pytest.mark.req("UI")
def test_tab_titles_count_what_needs_attention(service, ids) -> None:
    """A tab's title has a number when something in it needs somebody, and none when all is well."""
    panel = Panel(service)
    assert panel.titles == ("Providers", "Models", "Router", "Settings file")
    service.add_model(provider_id=ids["Lab"], model="m", tasks=["grade"])
    service.delete_provider(ids["Lab"])
    assert panel.hub.settle()
    assert panel.titles == ("Providers", "Models (1)", "Router (1)", "Settings file")


@pytest.mark.req("UI")
def test_tabs_lead_to_each_other(service, ids, page) -> None:
    """What one tab points to opens in the other: a provider's models, the form to add one, the catalog."""
    panel = Panel(service)
    panel.go("models", provider_id=ids["Anthropic"])
    page.wait(panel)
    assert panel.tabs.selected_index == 1
    assert panel.models.selected_provider == ids["Anthropic"]
    assert panel.models.rows
    panel.go("providers", add=True)
    assert panel.tabs.selected_index == 0
    assert panel.providers.form is not None


@pytest.mark.req("ST-6")
def test_an_outside_change_is_followed(service, page) -> None:
    """What another process writes shows within moments, with who changed it."""
    panel = Panel(service)
    SettingsService(service.path).add_provider(
        name="Elsewhere", type="anthropic", api_key="sk-ant-elsewhere-0123456789"
    )
    page.until(lambda: "Elsewhere" in [row["title"] for row in panel.providers.rows])
    page.until(lambda: "by another program" in panel._saved.value)
    assert panel.notice == ""


@pytest.mark.req("ST-6", "UI")
def test_an_outside_change_leaves_an_open_form_alone(service, ids, page) -> None:
    """With a form open the bar says that the file was changed; the form keeps its input until Reload."""
    panel = Panel(service)
    form = panel.providers.edit(ids["Lab"])
    form.url.control.value = "http://127.0.0.1:1/v1"
    panel.hub._saved_at = datetime.now(UTC) - timedelta(hours=3)
    SettingsService(service.path).update_provider(ids["Lab"], name="Renamed elsewhere")
    page.until(lambda: "Changed outside at" in panel.notice)
    assert re.search(r"You see the version of [^.]*\d\d:\d\d\.", panel.notice)
    assert panel.providers.form is form
    assert form.url.value == "http://127.0.0.1:1/v1"
    panel.reload.click()
    assert panel.providers.form is form
    assert (form.name.value, form.url.value) == ("Renamed elsewhere", "http://127.0.0.1:1/v1")
    assert panel.notice == ""


@pytest.mark.req("ST-6", "UI")
def test_a_reload_keeps_what_was_typed_about_an_entry(service, ids) -> None:
    """Reload fills the fields of an entry's form that nobody has touched; the others stay as typed."""
    entry = service.add_model(provider_id=ids["Lab"], model="m-1", label="Em", capabilities=["chat"])
    panel = Panel(service)
    form = panel.models.edit(entry.id)
    form.model.control.value = "typed-here"
    form.embedding.value = True
    SettingsService(service.path).update_model(entry.id, label="Theirs", model="m-2")
    panel.reload.click()
    form = panel.models.form
    assert (form.label.value, form.model.value) == ("Theirs", "typed-here")
    assert (form.chat.value, form.embedding.value) == (True, True)


@pytest.mark.req("ST-4")
def test_a_broken_file_opens_its_tab_and_the_others_point_there(settings_path, page) -> None:
    """With a file that cannot be read the app opens on the ways out; other tabs have the bar."""
    settings_path.write_text("{", encoding="utf-8")
    panel = Panel(SettingsService(settings_path))
    assert panel.tabs.selected_index == 3
    assert panel.titles[3] == "Settings file (1)"
    assert panel.notice == ""
    panel.go("providers")
    assert "This file cannot be read." in panel.notice
    ways = [
        w for w in widgets.widget._instances.values() if getattr(w, "description", "") == "See the ways out"
    ]
    assert ways == [panel.ways_out]
    panel.ways_out.click()
    assert panel.tabs.selected_index == 3
    assert "Read-only" in panel._saved.value


@pytest.mark.req("ST-4", "ST-6")
def test_a_file_that_breaks_and_is_mended_is_followed(service, page) -> None:
    """A file that another program breaks is said at once, and when it is mended all is as before."""
    panel = Panel(service)
    good = service.path.read_bytes()
    service.path.write_bytes(good[:-20])
    page.until(lambda: "This file cannot be read." in panel.notice)
    assert service.path.read_bytes() == good[:-20]
    service.path.write_bytes(good)
    page.until(lambda: panel.notice == "")
    assert [row["title"] for row in panel.providers.rows] == ["Lab", "Anthropic"]


@pytest.mark.req("UI")
def test_two_apps_over_one_service_stay_in_step(service, demo, ids, page) -> None:
    """A refresh and an edit in one app show in another, also while requests are under way."""
    one, two = Panel(service), Panel(service)
    page.answer(one.providers.list, "refresh", ids["Lab"])
    page.wait(one)
    page.wait(two)
    assert [row["meta"] for row in one.providers.rows] == [row["meta"] for row in two.providers.rows]
    service.update_provider(ids["Lab"], name="Other name")
    assert two.hub.settle()
    assert [row["title"] for row in two.providers.rows] == ["Other name", "Anthropic"]


@pytest.mark.req("UI")
def test_updating_gives_what_creating_would_have_given(demo, settings_path, page) -> None:
    """A panel that followed many changes shows the same as one that is opened after them."""
    service = SettingsService(write_sample(settings_path.parent, demo))
    old = Panel(service)
    lab = next(p for p in service.get_providers() if p.name == "OpenAI 1")
    old.hub.ask_all([p.id for p in service.get_providers() if not p.is_mock])
    page.wait(old)
    service.add_model(provider_id=lab.id, model="x", tasks=["skill"])
    service.delete_provider(next(p.id for p in service.get_providers() if p.name == "OpenAI 2"))
    old.hub.outcomes.clear()
    old.hub.settle()
    old.models.act(lambda: None)
    old.providers.act(lambda: None)
    new = Panel(service)
    old.models.choose(new.models.selected_provider)
    assert old.providers.rows == new.providers.rows
    assert old.models.rows == new.models.rows
    assert old.models.catalog_rows == new.models.catalog_rows
    assert old.router.assignments == new.router.assignments
    assert old.router.messages == new.router.messages
    assert old.titles == new.titles


@pytest.mark.req("SEC-1", "SEC-2")
def test_no_key_is_in_the_state_of_the_whole_app(demo, settings_path, page, sent) -> None:
    """Over a migrated file, after discovery, no widget's state and no message holds a key."""
    service = SettingsService(write_sample(settings_path.parent, demo))
    panel = Panel(service)
    panel.providers.refresh_all.click()
    page.wait(panel)
    panel.models.choose("")
    for tab in range(4):
        panel.tabs.selected_index = tab
    held = page.states() + repr(sent) + repr(panel) + summary_html(service)
    for key in (demo.api_key, demo.second_api_key):
        assert key in service.path.read_text(encoding="utf-8")
        assert key not in held
        assert key[:12] not in held


@pytest.mark.req("SEC-6")
def test_foreign_text_never_becomes_html(service, ids, page) -> None:
    """Names, labels and ids with markup stand escaped in every HTML widget there is."""
    bad = "<img src=x onerror=alert(1)>"
    service.update_provider(ids["Lab"], name=bad)
    entry = service.add_model(provider_id=ids["Lab"], model=bad, label=bad, tasks=["grade"])
    panel = Panel(service)
    panel.router.tasks["grade"].pick.value = entry.id
    panel.models.edit(entry.id)
    panel.providers.edit(ids["Lab"])
    panel.settings.act(lambda: None)
    shown = [w.value for w in widgets.widget._instances.values() if isinstance(w, widgets.HTML)]
    assert any("&lt;img" in value for value in shown)
    assert not any("<img" in value for value in shown)
    labels = [w for w in widgets.widget._instances.values() if isinstance(w, widgets.Label)]
    assert labels == []  # a Label typesets what stands between dollar signs
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
def test_displaying_puts_a_summary_under_the_panel_and_keeps_it_current(
    service, ids, page, monkeypatch
) -> None:
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
    page.until(lambda: len(emitted) == 3)
    assert emitted[2].update
    assert emitted[2].id == summary.id
    assert "1 of 6 tasks set" in emitted[2].thing._repr_mimebundle_()["text/html"]
    service.discover_models(ids["Lab"])
    assert panel.hub.settle()
    assert len(emitted) == 3


@pytest.mark.req("UI")
def test_a_side_panel_needs_sidecar_and_says_so(service, monkeypatch) -> None:
    """Without the optional package the way to the side names it and its install line."""
    monkeypatch.setitem(sys.modules, "sidecar", None)
    with pytest.raises(MissingPackageError, match="pip install"):
        Panel(service).in_sidebar()


@pytest.mark.req("UI")
def test_closing_stops_following(service, ids) -> None:
    """A closed app is told nothing more, and its models are gone from the kernel."""
    panel = Panel(service)
    other = Panel(service)
    panel.close()
    service.update_provider(ids["Lab"], name="Later")
    assert other.hub.settle()
    assert [row["title"] for row in panel.providers.rows] == ["Lab", "Anthropic"]
    assert [row["title"] for row in other.providers.rows] == ["Later", "Anthropic"]


@pytest.mark.req("UI", "API-3")
def test_actions_from_several_threads_do_not_lock_up(service, ids, page) -> None:
    """Panels acted on and services changed from several threads at once end in one state."""
    one, two = Panel(service), Panel(service)
    work = [
        lambda: page.answer(one.providers.list, "refresh", ids["Lab"]),
        lambda: service.add_model(provider_id=ids["Lab"], model="a"),
        lambda: two.router.act(lambda: service.add_model(provider_id=ids["Lab"], model="b")),
        lambda: two.models.choose(ids["Anthropic"]),
        lambda: one.models.add([(ids["Lab"], "c")]),
        lambda: service.discover_models(ids["Anthropic"]),
    ]
    with ThreadPoolExecutor(6) as threads:
        futures = [threads.submit(job) for job in work * 4]
        for future in futures:
            future.result(timeout=60)
    page.wait(one)
    assert len(one.models.catalog_rows) == len(two.models.catalog_rows) == len(service.catalog) == 12


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
        counts.append(len(widgets.widget._instances))
    assert counts[0] == counts[1]
