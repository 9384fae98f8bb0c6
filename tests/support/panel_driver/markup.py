"""All that the browser's driver knows of the page's markup."""

from __future__ import annotations

PANEL = ".dw-panel"
"""The root of every panel, also where no kernel is behind it and nothing has a name."""

HEAVY_PARTS = "img, script, iframe"
"""What text from outside must never become."""

# Everything in a panel that ends right of it, but for what may scroll in a frame of its own.
BEYOND_THE_EDGE = """(panel) => {
    const { right } = panel.getBoundingClientRect();
    const nodes = [...panel.querySelectorAll("*")].filter((node) => {
        const frame = node.closest(".dp-id-start, .dp-unseen");
        return !frame && node.checkVisibility() && node.getBoundingClientRect().right > right + 0.5;
    });
    return nodes.map((node) => node.outerHTML.slice(0, 120));
}"""

# What scrolls by itself; a field does as one types.
SCROLL_AREAS = """(panel) => [...panel.querySelectorAll("*")].filter((node) => {
    const { overflowX, overflowY, clipPath } = getComputedStyle(node);
    const isField = node.matches("textarea, input, select");
    if (clipPath !== "none" || isField || !node.checkVisibility()) return false;
    return (/auto|scroll/.test(overflowX) && node.scrollWidth > node.clientWidth + 1)
        || (/auto|scroll/.test(overflowY) && node.scrollHeight > node.clientHeight + 1);
}).map((node) => node.outerHTML.slice(0, 120))"""

# The kernel answers when it gets round to it: late where it is busy, always in order.
LATE_FOCUS = """
import queue as _queue, threading as _threading, time as _time
import ipywidgets as _ipywidgets

def _delay_focus(send, seconds, waiting=_queue.Queue()):
    def late(widget, content, buffers=None):
        if isinstance(content, dict) and content.keys() & {{"answer", "form"}}:
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

LOOKS_LIKE_A_BUTTON = ":not(.dp-opens, .dp-leads)"
"""What can be pressed, but for the names and counts of rows."""
