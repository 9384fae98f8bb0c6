"""All that the browser's driver knows of today's markup: it goes, or changes, when the panels are rebuilt."""

from __future__ import annotations

PANEL = ".dw-panel"
"""The root of every panel, also where no kernel is behind it and nothing has a name."""

WITHOUT_KERNEL = f"{PANEL}.jupyter-widgets-disconnected, {PANEL}.dw-no-kernel"
"""A panel that says that no kernel is behind it."""

HEAVY_PARTS = "img, script, iframe"
"""What text from outside must never become."""

# Everything in a panel that ends right of it, but for what may scroll in a frame of its own.
BEYOND_THE_EDGE = """(panel) => {
    const { right } = panel.getBoundingClientRect();
    const nodes = [...panel.querySelectorAll("*")].filter((node) => {
        const frame = node.closest(".dw-chips, .lm-TabBar, pre, code, .dw-code, .dw-sr, .dp-unseen");
        return !frame && node.checkVisibility() && node.getBoundingClientRect().right > right + 0.5;
    });
    return nodes.map((node) => node.outerHTML.slice(0, 120));
}"""

# What the panel's own sign says, and the signs of lost widgets below it.
SIGNS_OF_NO_KERNEL = """(panel) => {
    const said = (node) => getComputedStyle(node, "::before").content;
    const below = [...panel.querySelectorAll(".jupyter-widgets-disconnected:not([class*=dw-i-])")];
    return [said(panel), below.map(said).filter((content) => content !== "none")];
}"""

# The kernel sends what moves the focus when it gets round to it: late where it is busy, always in order.
LATE_FOCUS = """
import queue as _queue, threading as _threading, time as _time
import ipywidgets as _ipywidgets

def _delay_focus(send, seconds, waiting=_queue.Queue()):
    def late(widget, content, buffers=None):
        if isinstance(content, dict) and (content.get("kind") == "focus" or "answer" in content):
            waiting.put((_time.monotonic() + seconds, widget, content, buffers))
        else:
            send(widget, content, buffers)

    def pass_on():
        while True:
            due, *message = waiting.get()
            _time.sleep(max(0, due - _time.monotonic()))
            send(*message)

    _ipywidgets.Widget.send = late
    _threading.Thread(target=pass_on, daemon=True).start()

_delay_focus(_ipywidgets.Widget.send, {seconds})
"""
