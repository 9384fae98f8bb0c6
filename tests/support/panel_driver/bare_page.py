"""A page without Jupyter around a panel of the test's own process: an inner frame, as VS Code has it."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import comm

from .browser import Keyboard, Part
from .markup import PANEL
from .wire import say_from_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pytest
    from playwright.sync_api import Frame, Page

    from dispatch_widgets.widgets.page_panel import PagePanel

# What anywidget gives a panel, on top of two functions of the test: one sends, the other gives what has come.
_HOST = """async ({ script, style, state }) => {
    const heard = new Map();
    const tell = (event, ...given) => [...(heard.get(event) ?? [])].forEach((one) => one(...given));
    const bytes = (text) => new DataView(Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer);
    const take = (messages) => {
        for (const { method, content, state: changes = {}, buffers } of messages) {
            Object.assign(state, changes);
            for (const name of Object.keys(changes)) tell(`change:${name}`);
            if (method === "custom") tell("msg:custom", content, buffers.map(bytes));
        }
    };
    const model = {
        get: (name) => state[name],
        set: () => {},
        save_changes: () => {},
        on: (event, one) => heard.set(event, (heard.get(event) ?? new Set()).add(one)),
        off: (event, one) => heard.get(event)?.delete(one),
        send: async (content) => take(await window.toKernel(content)),
    };
    document.head.append(Object.assign(document.createElement("style"), { textContent: style }));
    const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const widget = (await import(address)).default();
    const place = document.body.appendChild(document.createElement("div"));
    widget.initialize({ model });
    window.closeView = widget.render({ model, el: place });
    setInterval(async () => take(await window.fromKernel()), 100);
}"""


class Kernel:
    """The kernel's side of such pages.

    Args:
        monkeypatch: Takes it away at the end of the test.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._sent: dict[str, list[dict[str, Any]]] = {}

        def keep(
            self_: comm.DummyComm,
            _kind: str,
            data: Mapping[str, Any] | None = None,
            _metadata: object = None,
            buffers: Iterable[bytes] | None = None,
            **_keys: object,
        ) -> None:
            message = dict(data or {})
            message["buffers"] = [base64.b64encode(bytes(each)).decode() for each in buffers or ()]
            self._sent.setdefault(self_.comm_id, []).append(message)

        monkeypatch.setattr(comm.DummyComm, "publish_msg", keep)

    def show(self, panel: PagePanel, page: Page, frame: Frame) -> None:
        """Draw a panel in a frame of a page.

        Args:
            panel: The panel, made in this process.
            page: The page.
            frame: The frame.
        """

        def take() -> list[dict[str, Any]]:
            messages, self._sent[panel.model_id] = self._sent.get(panel.model_id, []), []
            return messages

        def send(content: object) -> list[dict[str, Any]]:
            say_from_page(panel, content)
            return take()

        page.expose_function("toKernel", send)
        page.expose_function("fromKernel", take)
        state = panel.get_state()
        own = {name: value for name, value in state.items() if not name.startswith("_")}
        given = {"script": state["_esm"], "style": state["_css"], "state": json.loads(json.dumps(own))}
        take()
        frame.evaluate(_HOST, given)


class BarePanel(Part, Keyboard):
    """A panel alone in a page without Jupyter, and the keyboard before it.

    Args:
        kernel: The kernel's side.
        panel: The panel, made in this process.
        page: The page; it is filled anew.
        body: More for its ``<body>``: attributes by which a host says its theme, or a style.
    """

    def __init__(self, kernel: Kernel, panel: PagePanel, page: Page, *, body: str = "") -> None:
        page.set_content(f"<!doctype html><body {body}></body>")
        kernel.show(panel, page, page.main_frame)
        Part.__init__(self, page.locator(PANEL))
        Keyboard.__init__(self, page, PANEL)
        self.page = page

    def at_width(self, width: int, height: int = 768) -> None:
        """Give the page this many pixels, and wait until it is drawn so."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
