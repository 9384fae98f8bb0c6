"""The whole app: its header, the titles of its tabs, and what all views have in common."""

from __future__ import annotations

import dataclasses
import importlib
import json
import pkgutil
import threading
import types
import typing
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest
from presenter_person import until

from dispatch_widgets import SettingsService
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.discovery.models import DiscoveredModel, ModelList
from dispatch_widgets.widgets import presenters
from dispatch_widgets.widgets.presenters.app import AppPresenter
from dispatch_widgets.widgets.presenters.hub.hub import hub_of
from dispatch_widgets.widgets.presenters.router.presenter import RouterPresenter
from dispatch_widgets.widgets.presenters.shared.encode import encode, to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def opened() -> Iterator[Callable[[SettingsService], AppPresenter]]:
    """Opens the app over a service; the file is looked at often."""
    apps: list[AppPresenter] = []

    def open_app(service: SettingsService) -> AppPresenter:
        hub_of(service).events.poll_seconds = 0.05
        apps.append(AppPresenter(service))
        return apps[-1]

    yield open_app
    for app in apps:
        app.close()


def settle(app: AppPresenter) -> None:
    """Wait until nobody is being asked and all events are delivered."""
    until(lambda: not app.hub.requests)
    assert app.hub.events.settle()


def shown(app: AppPresenter) -> dict[str, Any]:
    """Everything that a page is given."""
    return {"header": encode(app.header()), **{tab: encode(each.view()) for tab, each in app.tabs.items()}}


@pytest.mark.req("ST-1", "UI", "SEC-2")
def test_the_header_says_which_file_and_who_saved_it(service, settings_path, monkeypatch, opened) -> None:
    """File, folder without the home folder's path, why this one, who saved last; the path only when asked."""
    monkeypatch.setenv("HOME", str(settings_path.parent.parent))
    app = opened(service)
    header = app.header()
    assert (header.file, header.folder, header.why) == (
        "dispatch.settings.json",
        "~/work",
        "Path given in the call",
    )
    assert header.saved.startswith("Saved ")
    assert header.saved.endswith(" by this notebook")
    assert header.titles == {
        "providers": "Providers",
        "models": "Models",
        "router": "Router",
        "settings": "Settings file",
    }
    assert str(settings_path.parent) not in str(shown(app))
    assert app.act("copy_path").copy == str(settings_path)
    assert app.first_tab == "providers"


@pytest.mark.req("UI", "ST-4", "ST-10")
@pytest.mark.parametrize("state", ["whole", "broken", "gone"])
def test_no_view_has_the_full_path_of_a_file_outside_the_home_folder(
    service, settings_path, opened, state
) -> None:
    """A saved notebook says no more of such a file than its last two folders."""
    app = opened(service)
    for tab in ("providers", "models", "router", "settings"):
        app.tab(tab)
    if state == "broken":
        settings_path.write_text('{"a": 1,', encoding="utf-8")
    elif state == "gone":
        settings_path.unlink()
    app.act("reload")
    everything = str(shown(app))
    assert str(settings_path.parent) not in everything
    assert app.header().folder == f"…/{settings_path.parent.parent.name}/{settings_path.parent.name}"
    assert settings_path.parent.parent.parent.name not in everything


@pytest.mark.req("UI")
def test_a_file_that_is_not_there_is_said(settings_path, opened) -> None:
    """Before the first save nothing has been saved; a file that goes is said to be gone."""
    app = opened(SettingsService(settings_path))
    assert app.header().saved == "Nothing saved yet"
    assert app.header().why.startswith("Not made yet.")
    app.service.add_model(provider_id="mock", model="mock")
    settle(app)
    settings_path.unlink()
    until(lambda: app.header().saved.startswith("Deleted or moved at "))
    assert app.header().why == "It was deleted or moved: there is no file now"


@pytest.mark.req("ST-4", "UI")
def test_a_file_that_cannot_be_read_is_said_over_all_tabs(settings_path, opened) -> None:
    """The bar leads to the ways out, which are shown at first; when it is mended the bar goes."""
    settings_path.write_text('{"providers": [', encoding="utf-8")
    app = opened(SettingsService(settings_path))
    assert app.first_tab == "settings"
    assert app.header().bar.title == "This file cannot be read."
    assert app.header().bar.actions[0].label == "See the ways out"
    assert app.header().saved == "Read-only until it is mended"
    assert app.header().titles["settings"] == "Settings file (1)"
    settings_path.write_text('{"providers": []}', encoding="utf-8")
    until(lambda: app.header().bar is None)


@pytest.mark.req("ST-6", "UI")
def test_a_change_outside_is_said_to_forms_of_before(service, ids, opened) -> None:
    """A form knows its revision; the header's is another after a foreign change, with what the bar says."""
    app = opened(service)
    form = app.tabs["providers"].form("provider", {"row": ids["Lab"]})
    assert app.header().changed_outside is None
    assert form.revision == app.header().revision
    service.update_provider(ids["Lab"], name="Ours")
    settle(app)
    assert form.revision == app.header().revision
    SettingsService(service.path).update_provider(ids["Lab"], name="Theirs")
    until(lambda: app.header().revision == form.revision + 1)
    header = app.header()
    assert header.changed_outside.title == f"Changed outside at {header.changed_at}."
    assert "{seen}" in header.changed_outside.text
    assert header.saved.startswith("Changed ")
    assert app.act("reload").ok
    again = app.tabs["providers"].form("provider", {**form.args, "reload": True})
    assert again.revision == header.revision
    assert again.title == "Edit Theirs"


@pytest.mark.req("ST-6", "UI")
def test_a_change_outside_is_told_even_if_a_save_follows_at_once(service, ids, opened) -> None:
    """A save of this notebook's own does not hide the other program's change from open forms."""
    app = opened(service)
    app.hub.events.poll_seconds = 60.0
    before = app.header().revision
    SettingsService(service.path).update_provider(ids["Lab"], name="Theirs")
    service.update_provider(ids["Anthropic"], name="Ours")
    settle(app)
    assert app.header().revision == before + 1
    assert app.header().changed_outside is not None


@pytest.mark.req("UI")
def test_titles_count_what_needs_attention(service, demo, ids, opened) -> None:
    """The header follows the tabs, and is told of once for a change."""
    app = opened(service)
    assert app.header()
    told: list[None] = []
    stop = app.on_change(lambda: told.append(None))
    demo.play(fault("401"), where="openai")
    app.tabs["providers"].act("refresh", {"row": ids["Lab"]})
    settle(app)
    assert app.header().titles["providers"] == "Providers (1)"
    assert len(told) == 1
    stop()


@pytest.mark.req("ST-6", "UI")
def test_what_followed_many_changes_shows_what_a_new_one_shows(demo, settings_path, opened) -> None:
    """An app that followed many changes gives the same views as one that is opened after them."""
    service = SettingsService(settings_path)
    app = opened(service)
    assert shown(app)
    lab = service.add_provider(
        name="Lab", type="openai-compatible", api_key=demo.api_key, base_url=demo.openai_base_url
    )
    app.tabs["providers"].act("refresh", {"row": lab.id})
    settle(app)
    entry = service.add_model(provider_id=lab.id, model=service.known_models(lab.id)[0].id, tasks=["grade"])
    service.update_model(entry.id, label="Named")
    service.update_provider(lab.id, name="Renamed")
    service.add_model(provider_id="mock", model="mock")
    demo.play(fault("500"))
    app.tabs["models"].act("fetch_list", {"row": lab.id})
    settle(app)
    followed, fresh = shown(app), shown(opened(service))
    for views in (followed, fresh):
        for view in views.values():
            view.pop("spoken", None)
    assert followed == fresh


@pytest.mark.req("SEC-1")
def test_no_key_is_in_any_view(demo, settings_path, opened) -> None:
    """Over a migrated file, after discovery, no view and no form holds a key."""
    service = SettingsService(write_sample(settings_path.parent, demo))
    app = opened(service)
    app.tabs["providers"].act("refresh_all")
    settle(app)
    given = [to_json(app.header()), *(to_json(each.view()) for each in app.tabs.values())]
    given += [to_json(app.tabs["providers"].form("provider", {"row": p.id})) for p in service.get_providers()]
    given += [to_json(app.tabs["models"].form("entry", {"row": e.id})) for e in service.catalog]
    for key in (demo.api_key, demo.second_api_key):
        assert key.encode() not in b"".join(given)


def _texts(encoded: Any) -> Iterator[str]:
    """What is shown of an encoded view: ids and what is only sent back are not."""
    if isinstance(encoded, str):
        yield encoded
    elif isinstance(encoded, dict):
        for name, part in encoded.items():
            if name not in {"id", "value", "args", "in_catalog", "mark", "provider_id"}:
                yield from _texts(part)
    elif isinstance(encoded, list):
        for part in encoded:
            yield from _texts(part)


@pytest.mark.req("SEC-6")
def test_foreign_text_is_cleaned_everywhere(service, ids, opened) -> None:
    """Names, labels and ids come without direction marks and control characters, and are cut."""
    odd = "<img src=x>\u202e\u0007" + "x" * 2000
    service.update_provider(ids["Lab"], name=odd)
    service.add_model(provider_id=ids["Lab"], model="m" + odd, label=odd, tasks=["grade"])
    app = opened(service)
    texts = list(_texts(shown(app)))
    assert any("<img src=x>x" in text for text in texts)
    for text in texts:
        assert "\u202e" not in text
        assert "\u0007" not in text
        assert len(text) < 1000


@pytest.mark.req("UI")
def test_actions_from_several_threads_do_not_lock_up(service, ids, opened) -> None:
    """Presenters acted on and services changed from several threads at once end in one state."""
    app, other = opened(service), opened(service)

    def act() -> None:
        for _ in range(10):
            other.tabs["providers"].act("refresh", {"row": ids["Lab"]})
            app.tabs["models"].act("show_list", {"row": ids["Anthropic"]})

    def change() -> None:
        for number in range(10):
            service.update_provider(ids["Lab"], name=f"Lab {number}")

    threads = [threading.Thread(target=work) for work in (act, change, act)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    settle(app)
    assert app.tabs["providers"].view().sections[0].rows[0].title == "Lab 9"
    for tab in app.tabs:
        one, two = app.tabs[tab].view(), other.tabs[tab].view()
        assert dataclasses.replace(one, spoken=None) == dataclasses.replace(two, spoken=None)


@pytest.fixture
def full(tmp_path, monkeypatch) -> SettingsService:
    """A service over a file with 50 providers and 1,000 entries, and 5,000 discovered models."""
    path = tmp_path / "full.settings.json"
    providers = [
        {
            "id": f"p{number}",
            "name": f"Provider {number}",
            "type": "openai-compatible",
            "credentials": {"apiKey": f"sk-{number:040}", "baseUrl": f"http://127.0.0.1:9/{number}"},
        }
        for number in range(50)
    ]
    catalog = [
        {"id": f"e{number}", "providerId": f"p{number % 50}", "model": f"model-{number % 100}"}
        for number in range(1000)
    ]
    document = {"providers": providers, "models": {"catalog": catalog, "assignment": []}}
    path.write_text(json.dumps(document), encoding="utf-8")
    service = SettingsService(path)
    models = tuple(
        DiscoveredModel(id=f"model-{number}", name=f"model-{number}", capabilities=("chat",))
        for number in range(100)
    )
    monkeypatch.setattr(
        service, "known_models", lambda provider_id: ModelList(models=models, provider_id=provider_id)
    )
    return service


@pytest.mark.req("P-7")
def test_a_full_file_takes_little_to_send(full, opened) -> None:
    """Views of 50 providers, 1,000 entries and 5,000 models leave room in the 300 kB; lists are apart."""
    app = opened(full)
    sizes = {tab: len(to_json(each.view())) for tab, each in app.tabs.items()}
    assert sum(sizes.values()) < 280_000, sizes
    mark, rows = app.tabs["models"].models("p7")
    assert len(rows) == 100
    assert app.tabs["models"].models("p7", mark) == (mark, None)


# ---- what the page's types are written from


def _views() -> dict[str, type]:
    """Every class of the views, by name."""
    found: dict[str, type] = {}
    for each in pkgutil.walk_packages(presenters.__path__, f"{presenters.__name__}."):
        if each.name.endswith(".views"):
            module = importlib.import_module(each.name)
            for name, kind in vars(module).items():
                of_views = dataclasses.is_dataclass(kind) or typing.is_typeddict(kind)
                if of_views and kind.__module__ == module.__name__:
                    found[name] = kind
    return found


def _has_a_form_in_typescript(kind: Any, views: dict[str, type]) -> bool:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if kind in {str, int, float, bool, type(None)} or kind in views.values():
        return True
    if origin is typing.Literal:
        return all(isinstance(each, str) for each in inner)
    if origin in {typing.Union, types.UnionType}:
        return all(_has_a_form_in_typescript(each, views) for each in inner)
    if origin is tuple:
        return inner[1:] == (...,) and _has_a_form_in_typescript(inner[0], views)
    if origin in {dict, Mapping}:
        return inner[0] is str and _has_a_form_in_typescript(inner[1], views)
    return False


@pytest.mark.req("UI")
def test_every_view_can_be_written_as_typescript() -> None:
    """Types of the page are written from these: each field is of a kind that has a form there."""
    views = _views()
    assert {
        "View",
        "Row",
        "Action",
        "Form",
        "Answer",
        "Header",
        "ModelRow",
        "ModelsView",
        "PickerView",
    } <= set(views)
    for name, kind in views.items():
        for field, hint in typing.get_type_hints(kind).items():
            assert _has_a_form_in_typescript(hint, views), f"{name}.{field}: {hint}"
        if dataclasses.is_dataclass(kind):
            assert kind.__dataclass_params__.frozen, name


@pytest.mark.req("UI")
def test_the_keys_are_listed(service) -> None:
    """The app and a panel that stands alone say what the keyboard does, beginning with what shows it."""
    for app in (AppPresenter(service), AppPresenter(own=RouterPresenter(service))):
        header = app.header()
        assert header.keys_name == "Keys"
        assert header.keys[0].name == "?"
        app.close()
