"""The widget of a whole panel: what it gives its pages, and how it takes what they send."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import textwrap
import threading
import tracemalloc
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import pytest
from jupyter_client import KernelManager
from panel_driver.person import until
from panel_driver.wire import Outbox, say_from_page, set_from_page

import dispatch_widgets
from dispatch_widgets import Panel, RouterPanel, SettingsService
from dispatch_widgets.widgets.page_panel import PagePanel
from dispatch_widgets.widgets.presenters.hub.hub import hub_of
from dispatch_widgets.widgets.presenters.providers.presenter import ProvidersPresenter
from dispatch_widgets.widgets.presenters.shared.encode import encode

if TYPE_CHECKING:
    from collections.abc import Callable

STATIC = Path(dispatch_widgets.__file__).parent / "widgets" / "static"
WORKER = "dispatch-widgets-views"


class Providers(PagePanel):
    """A panel with a form."""

    _presenter = ProvidersPresenter


def replies(outbox: Outbox, name: str) -> list[dict[str, Any]]:
    """The replies to a message."""
    return [dict(content) for _, content in outbox.contents() if content.get("id") == name]


def ask(panel: PagePanel, outbox: Outbox, name: str, /, **message: object) -> dict[str, Any]:
    """Send a message and give back its one reply."""
    before = len(replies(outbox, name))
    say_from_page(panel, {"id": name, "tab": panel.first, "args": {}, **message})
    (*_, reply) = replies(outbox, name)
    assert len(replies(outbox, name)) == before + 1
    return reply


@pytest.fixture
def model(service: SettingsService, ids: dict[str, str]) -> str:
    """The id of an entry that can chat."""
    return service.add_model(provider_id=ids["Lab"], model="one", capabilities=["chat"]).id


@pytest.mark.req("UI", "P-7")
def test_a_panel_is_one_widget_like_any_other(service: SettingsService) -> None:
    """A panel has one model and its layout, and goes wherever a widget of ipywidgets goes."""
    before = set(widgets.Widget.get_manager_state()["state"])
    panel = RouterPanel(service)
    made = set(widgets.Widget.get_manager_state()["state"]) - before
    assert made == {panel.model_id, panel.layout.model_id}
    assert isinstance(panel, widgets.DOMWidget)
    assert panel.service is service
    panel.layout.width = "300px"
    assert widgets.HBox([panel]).children == (panel,)


@pytest.mark.req("UI", "P-7")
def test_the_script_and_the_styles_are_texts(service: SettingsService) -> None:
    """No path is given to anywidget, which would watch the file for ever, and with it hold every panel."""
    own = vars(PagePanel)
    for name, file in (("_esm", "page.js"), ("_css", "page.css")):
        assert type(own[name]) is str
        made, checksum, body = (STATIC / file).read_text(encoding="utf-8").split("\n", 2)
        assert "do not edit" in made  # both lines are for developers; each panel would carry them
        assert "SHA-256" in checksum
        assert own[name] == body
        assert "\n" in body.strip("\n") or body.endswith("\n")
        assert RouterPanel(service).get_state(name) == {name: own[name]}


@pytest.mark.req("UI", "ST-6")
def test_the_view_follows_the_presenter(service: SettingsService, model: str) -> None:
    """What the service says is in the trait, in a moment, as JSON."""
    panel = RouterPanel(service)
    assert panel.view_router == encode(panel.presenter.view())
    service.assign("grade", model)
    until(
        lambda: (
            panel.view_router == encode(panel.presenter.view())
            and '"Use it"' in json.dumps(panel.view_router)
        )
    )


@pytest.mark.req("SEC-1", "UI")
def test_neither_a_key_nor_the_whole_path_is_in_the_state(
    service: SettingsService, ids: dict[str, str], canary: str, states: Callable[[], str]
) -> None:
    """What a notebook saves of a panel has no key and no folder in it."""
    service.update_provider(ids["Lab"], api_key=canary)
    panels = RouterPanel(service), Providers(service)
    assert all(panel.comm is not None for panel in panels)
    assert canary not in states()
    assert str(service.path.parent) not in states()


def test_a_page_sets_nothing_of_the_view(service: SettingsService) -> None:
    """Only the kernel says what is so; the layout is anybody's."""
    panel = RouterPanel(service)
    before = panel.view_router
    set_from_page(panel, view_router={}, alone=False, window="x", asked={"n": 1})
    assert panel.view_router == before
    assert (panel.alone, panel.asked) == (True, {})


@pytest.mark.req("UI")
def test_changes_are_sent_together(service: SettingsService, model: str, outbox: Outbox) -> None:
    """Of many changes within a moment a page gets the first and the last."""
    panel = RouterPanel(service)
    panel._drawing.flush()
    hub = hub_of(service)
    since = len(outbox.messages)
    with hub.lock:  # nothing is drawn by the timer meanwhile
        for number in range(40):
            service.assign("grade", model) if number % 2 else service.unassign("grade")
            panel.presenter._update_view()
    until(lambda: panel.view_router == encode(panel.presenter.view()))
    assert hub.events.settle()
    sent = [each for key, each in outbox.messages[since:] if key == panel.model_id and "state" in each]
    assert 1 <= len(sent) <= 4


@pytest.mark.req("UI")
def test_a_press_that_arrives_twice_is_done_once(
    service: SettingsService, model: str, outbox: Outbox
) -> None:
    """It is answered each time, by the view first: what gets the focus must be there."""
    panel = RouterPanel(service)
    until(lambda: panel._drawing._timer is None)
    press = {"kind": "act", "name": "choose", "args": {"row": "grade", "choice": model}}
    first = ask(panel, outbox, "a-1", **press)
    assert first["answer"]["say"] == "Saved"
    assert panel.view_router == encode(panel.presenter.view())
    service.unassign("grade")
    assert ask(panel, outbox, "a-1", **press) == first
    assert "grade" not in service.assignments


@pytest.mark.req("SEC-2")
def test_a_form_comes_with_its_key_in_one_message(
    service: SettingsService,
    ids: dict[str, str],
    outbox: Outbox,
    *,
    canary: str,
    states: Callable[[], str],
) -> None:
    """The key gets into the file, and into no answer, no state and no memory of the panel."""
    panel = Providers(service)
    form = ask(panel, outbox, "f", kind="form", name="provider", values={}, args={"row": ids["Lab"]})["form"]
    values = {field["name"]: field.get("value", "") for field in form["fields"] if field.get("kind") != "key"}
    message = {"kind": "submit", "form": "provider", "args": form["args"]}
    refused = ask(panel, outbox, "s-1", **message, values={**values, "name": " "}, key=canary)
    assert not refused["answer"].get("ok", True)
    assert "name" in refused["answer"]["problems"]
    saved = ask(panel, outbox, "s-2", **message, values=values, key=canary)
    assert saved["answer"].get("ok", True)
    assert service.provider(ids["Lab"]).credentials.api_key.get_secret_value() == canary
    assert canary not in f"{outbox.messages}{states()}{panel._replies}"


@pytest.mark.req("UI")
def test_what_is_not_known_is_said(service: SettingsService, outbox: Outbox) -> None:
    """A page of another version gets words; what is no message gets nothing."""
    panel = RouterPanel(service)
    for number, message in enumerate(
        [
            {"kind": "dance"},
            {"kind": "act", "name": "choose", "args": []},
            {"kind": "act", "name": 1},
            {"kind": "submit", "form": "none", "values": {"a": 1}},
            {"kind": "form", "name": "none", "values": {}},
            {},
        ]
    ):
        answer = ask(panel, outbox, f"n-{number}", **message)["answer"]
        assert answer["ok"] is False
        assert "newer or older than its page" in answer["note"]["title"]
    before = len(outbox.messages)
    for message in (None, [], {"kind": "act"}, {"id": 1}, {"id": "x" * 1000}):
        say_from_page(panel, message)
    assert len(outbox.messages) == before


@pytest.mark.req("UI")
def test_a_closed_panel_leaves_nothing(service: SettingsService, model: str, outbox: Outbox) -> None:
    """No model, no layout, no thread and no object stays; nothing more is sent."""
    before = set(widgets.Widget.get_manager_state()["state"])
    panel = RouterPanel(service)
    ask(panel, outbox, "a-1", kind="act", name="choose", args={"row": "grade", "choice": model})
    gone = weakref.ref(panel)
    panel.close()
    sent = len(outbox.messages)
    service.unassign("grade")
    assert hub_of(service).events.settle()
    assert len(outbox.messages) == sent
    assert set(widgets.Widget.get_manager_state()["state"]) == before
    until(lambda: WORKER not in {thread.name for thread in threading.enumerate()})
    del panel
    gc.collect()
    assert gone() is None


@pytest.mark.req("P-8")
def test_closed_panels_leave_no_memory(service: SettingsService, outbox: Outbox) -> None:
    """Each app that was opened, with a second tab, and closed leaves at most 20 kB: of 1,000 20 MB (P-8)."""

    def turn(times: int) -> int:
        for _ in range(times):
            panel = Panel(service)
            panel.tab = "models"
            panel.close()
        outbox.messages.clear()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = turn(5)
        after = turn(50)
    finally:
        tracemalloc.stop()
    assert (after - before) / 50 < 20_000


def test_a_layout_that_others_have_too_stays(service: SettingsService) -> None:
    """A panel that is closed takes its own layout along, not one that somebody gave it."""
    shared = widgets.Layout(width="300px")
    panel, other = RouterPanel(service), widgets.Label(layout=shared)
    own = panel.layout
    panel.layout = shared
    panel.close()
    assert own.comm is None
    assert other.layout.comm is not None


def test_nothing_is_drawn_while_the_interpreter_ends(service: SettingsService) -> None:
    """What changes then is not sent: pyzmq would break off in the middle of a large message."""
    code = f"""
        import atexit
        import comm
        from comm.base_comm import BaseComm

        def end():
            for name in ("first", "second"):
                before = len(sent)
                service.add_provider(name=name, type="anthropic", api_key="sk-ant-0123456789abcdef")
                assert panel.presenter.hub.events.settle()
                assert panel.presenter.view() != shown
                panel._drawing.flush()
                print(len(sent) - before)

        atexit.register(end)  # before what ends panels, and so called after it
        import dispatch_widgets as dw

        class Recorded(BaseComm):
            def publish_msg(self, msg_type, *args, **more):
                sent.append(msg_type)

        sent = []
        comm.create_comm = Recorded
        service = dw.SettingsService({str(service.path)!r})
        panel = dw.ProvidersPanel(service)
        shown = panel.presenter.view()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr) == ("0\n0\n", "")


def test_a_kernel_that_is_shut_down_ends_each_message(settings_path: Path) -> None:
    """Also while a panel is drawn again and again: no message arrives with a part of another in it."""
    code = f"""
        import threading, time
        import dispatch_widgets as dw
        from dispatch_widgets.service import NewModel

        service = dw.SettingsService({str(settings_path)!r})
        lab = service.add_provider(name="Lab", type="anthropic", api_key="sk-ant-0123456789abcdef")
        made = service.add_models(NewModel(provider_id=lab.id, model=f"vendor/m-{{n}}") for n in range(1000))
        panel = dw.ModelsPanel(service)

        def go_on():
            while True:
                service.update_model(made[0].id, label=str(time.monotonic()))
                time.sleep(0.01)

        threading.Thread(target=go_on, daemon=True).start()
    """
    manager = KernelManager()
    manager.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        client.execute(textwrap.dedent(code))
        socket, large = client.iopub_channel.socket, 0
        while socket.poll(2_000 if large else 60_000):
            parts = socket.recv_multipart()
            start = parts.index(b"<IDS|MSG>") + 2
            header, *_, content = [json.loads(part) for part in parts[start : start + 4]]
            assert header["msg_type"] != "error", content
            large += header["msg_type"] == "comm_msg" and max(map(len, parts)) > 65_536
            if large == 5:
                client.shutdown()
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert large >= 5
