"""What a panel's root needs that core widgets do not give: looks, names, focus, a voice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from . import _gestures

_STATIC = Path(__file__).parent / "static"


class PanelRoot(anywidget.AnyWidget):
    """A helper without a face, the first child of a panel's root ``VBox`` (the one with ``dw-panel``).

    In the page it

    - carries the style sheet of all panels;
    - keeps JupyterLab's one-key shortcuts from firing while anything inside the root has the focus,
      also what comes later;
    - names the root and its tab list (``label``), and sets what ``names`` says;
    - ties each message (``.dw-msg``) in a ``.dw-fieldbox`` to that box's field, marks fields of
      ``.dw-invalid`` as such, and lets an error (``.dw-msg.dw-error``) be said aloud;
    - inside ``.dw-form``: Enter in a field presses the primary button of ``.dw-form-foot``, Escape
      the button of ``.dw-form-head``; a press of that primary button is held until all that was typed
      before is on its way, so that a busy kernel does not save half a name;
    - lets a core button be pressed once until the kernel has come to the press, a minute at most, and
      drops slips of the hand: the second click of a double click, and the repeat of a key held down;
    - says beside whatever was pressed and has waited for a second that the kernel is busy;
    - tells the page's name, by which an answer to a press finds the window of the press (`_gestures`).

    Attributes:
        label: The panel's name for screen readers.
        names: CSS selector below the root -> attributes to set: ``{".dw-more button":
            {"aria-expanded": "true"}}``. Only ``role``, ``title``, ``autocomplete``, ``spellcheck``,
            ``inputmode`` and ``aria-…`` are set; None takes one away.
    """

    # Not the path: anywidget would keep every such widget for ever, to tell it of changes of the file.
    _esm = (_STATIC / "panel_root.js").read_text(encoding="utf-8")
    _css = (_STATIC / "panel.css").read_text(encoding="utf-8")

    label = traitlets.Unicode("Dispatch").tag(sync=True)
    names: Any = traitlets.Dict().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._on_message)

    def _on_message(self, _widget: object, content: object, _buffers: object) -> None:
        if not isinstance(content, dict):
            return
        if content.get("kind") == "here":
            _gestures.remember_page(content.get("page"))
        elif content.get("kind") == "ping":
            self.send({"kind": "pong", "press": content.get("press", "")})

    def say(self, text: str) -> None:
        """Lets screen readers say a sentence when they are done with what they are at.

        Args:
            text: Said as it is; the same text twice is said twice.
        """
        self.send({"kind": "say", "text": text})

    def focus(self, selector: str) -> None:
        """Moves the keyboard focus to the first visible focusable thing that a selector finds.

        Waits up to a second for it to appear, since what is to get the focus is often on its way. The page
        does it only as the answer to the person's own last gesture there; where code has asked, it leaves a
        field that has the focus alone (SEC-9).

        Args:
            selector: CSS below the root, of the thing itself or of what it stands in:
                ``".dw-name"`` for a ``Text`` with ``add_class("dw-name")``.
        """
        self.send({"kind": "focus", "selector": selector, **_gestures.answered_gesture()})

    def copy(self, text: str, said: str = "Copied") -> None:
        """Puts a text on the clipboard; works as the answer to a press of a button.

        Args:
            text: What to copy; never a secret.
            said: What is said aloud when it worked.
        """
        self.send({"kind": "copy", "text": text, "said": said})
