"""The field for a key: what is typed leaves the page once and is never part of a widget's state (SEC-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import anywidget
import traitlets

from . import _gestures
from ._kernel_logs import watch_kernel_loggers
from .item_list import STATIC, panel_css

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Source = Literal["typed", "variable"]
    SubmitCallback = Callable[[str, str], None]

MAX_SECRET_CHARACTERS = 8192
"""No provider's key comes near this; a longer text is something else that was pasted by mistake."""


class SecretInput(anywidget.AnyWidget):
    """A field for a key, or for the name of the environment variable that holds it.

    What is typed lives in the page only. `submit` asks for it; the page answers with one message of
    its own, empties the field, and the callbacks of `on_submit` get it. No trait ever holds it, so it
    is in no widget state, no saved notebook and no exported page, and the kernel does not echo it to
    other clients.

    When saving fails after that, the panel holds the key (as a `Secret`) and says in ``placeholder``
    that an empty field means the one sent before.

    Attributes:
        label: The field's label.
        hint: A line below it: a `Rich` as in `item_list`; a run may also have ``href``, an http(s)
            address that opens in a new tab.
        source: ``typed`` or ``variable``: which of the two is shown. Follows the person's choice.
        variables: Pairs of a variable's name and the text to show for it:
            ``["MISTRAL_API_KEY", "MISTRAL_API_KEY (set in this kernel)"]``. The last choice is always
            to type another name.
        variable: The name chosen or typed. It is no secret and follows the page.
        placeholder: Stands in the empty field: "Paste the key", "Leave empty to keep sk-…a1b2".
        error: What is wrong, said below the field and aloud; empty when nothing is.
        disabled: Nothing can be changed: it is being saved.
        filled: Whether the field holds anything. Set by the page; says nothing about what it holds.
    """

    # Not the path: anywidget would keep every such widget for ever, to tell it of changes of the file.
    _esm = (STATIC / "secret_input.js").read_text(encoding="utf-8")

    label = traitlets.Unicode("Key").tag(sync=True)
    hint: Any = traitlets.Any("").tag(sync=True)
    source = traitlets.Enum(["typed", "variable"], default_value="typed").tag(sync=True)
    variables: Any = traitlets.Any(()).tag(sync=True)
    variable = traitlets.Unicode("").tag(sync=True)
    placeholder = traitlets.Unicode("Paste the key").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    disabled = traitlets.Bool(default_value=False).tag(sync=True)
    filled = traitlets.Bool(default_value=False).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        self._callbacks: list[SubmitCallback] = []
        self._asked = 0
        self._open = False
        self._page = ""  # the one whose content was asked for; empty for any
        super().__init__(**traits)
        watch_kernel_loggers()
        self.on_msg(self._on_message)

    def on_submit(self, callback: SubmitCallback) -> None:
        """Calls ``callback(source, value)`` when the content arrives.

        With source ``typed`` the value is the key, blanks around it removed, or empty for an empty
        field; with ``variable`` it is the variable's name. It is not validated further: `clean_key`
        and the service do that.
        """
        self._callbacks.append(callback)

    def submit(self) -> None:
        """Asks the page for the content, which arrives at `on_submit` once. The field empties.

        With the widget shown in two places of a page the answer still comes once; nothing comes
        while no page shows it. Of two windows the one answers in which the person pressed what
        led here; where code has asked, the one that holds something.
        """
        self._asked += 1
        self._open = True
        named = _gestures.answered_gesture()
        self._page = _gestures.page_of(named.get("gesture"))
        self.send({"kind": "collect", "asked": self._asked, **named})

    def clear(self) -> None:
        """Empties the field without reading it."""
        self._open = False
        self.send({"kind": "clear"})

    def focus(self) -> None:
        """Moves the keyboard focus into the field, under `PanelRoot.focus`'s rule."""
        self.send({"kind": "focus", **_gestures.answered_gesture()})

    def _on_message(self, _widget: object, content: object, _buffers: object) -> None:
        if not isinstance(content, dict):
            return
        if content.get("kind") == "styles":
            self.send({"kind": "styles", "css": panel_css()})
        elif content.get("kind") == "secret":
            answer, gesture = self._checked(content), content.get("gesture")
            content.clear()  # whoever keeps the message keeps nothing
            if answer is not None:
                self._open = False
                with _gestures.answering(gesture):
                    for callback in tuple(self._callbacks):
                        callback(*answer)

    def _checked(self, content: Mapping[str, Any]) -> tuple[str, str] | None:
        """An answer of the page as (source, value), or None if it is not the one that was asked for."""
        source, value, asked = content.get("source"), content.get("value"), content.get("asked")
        if source not in ("typed", "variable") or not isinstance(value, str):
            return None
        if len(value) > MAX_SECRET_CHARACTERS:
            return None
        # "asked" is 0 where the person pressed Enter in a field that stands alone.
        if asked != 0 and not (self._open and asked == self._asked):
            return None
        if asked != 0 and self._page and self._page != _gestures.page_of(content.get("gesture")):
            return None  # of another window than the one where Save was pressed
        # Code has pressed: of two browsers that show the field, the one that holds nothing must not win.
        if asked != 0 and not self._page and source == "typed" and not value and self.filled:
            return None
        return source, value.strip()
