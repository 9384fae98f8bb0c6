"""What goes between a panel's widget and its page; `frontend/write_types.py` writes it as TypeScript.

A page sends messages with an id of its own choosing and gets one reply to each. Replies reach every window,
and each takes those to its own ids. Nothing that a page sends is trusted.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping  # noqa: TC003 - the page's types are written from these at run time
from typing import Literal, NotRequired, TypedDict

from .presenters.shared.views import ActionArgs, Answer, Focus, Form, Tab  # noqa: TC001 - as above


class Act(TypedDict):
    """Something was pressed; see `Presenter.act`."""

    id: str
    kind: Literal["act"]
    name: str
    args: ActionArgs


class OpenForm(TypedDict):
    """A form is to be shown, or shown anew with what was chosen in it; see `Presenter.form`."""

    id: str
    kind: Literal["form"]
    name: str
    args: ActionArgs
    values: Mapping[str, str]
    changed: str


class Submit(TypedDict):
    """A form is to be saved; the key is in this message alone (SEC-2). See `Presenter.submit`."""

    id: str
    kind: Literal["submit"]
    form: str
    args: ActionArgs
    values: Mapping[str, str]
    key: NotRequired[str]


class FetchModels(TypedDict):
    """A list of models is shown; see `Presenter.models`.

    Attributes:
        provider: Whose list, by the provider's id.
        mark: Of the rows that the page holds; empty for none.
    """

    id: str
    kind: Literal["models"]
    provider: str
    mark: str


class Go(TypedDict):
    """Another tab of the app around the panel is to be shown.

    Attributes:
        gesture: What the person did, by the page's own name for it: the focus moves for nothing else (SEC-9).
    """

    id: str
    kind: Literal["go"]
    tab: Tab
    args: ActionArgs
    gesture: str


FromPage = Act | OpenForm | Submit | FetchModels | Go


class MoveFocus(TypedDict):
    """What moves the focus without a press in this panel.

    Attributes:
        focus: Where it goes.
        gesture: What the person did in the page that this answers; in other pages nothing is to be done.
    """

    kind: Literal["focus"]
    focus: Focus
    gesture: NotRequired[str]


class OpenHere(TypedDict):
    """Opens a form without a press in this panel.

    Attributes:
        form: The form's name.
        args: What it is about.
        gesture: What the person did in the page that this answers; in other pages nothing is to be done.
    """

    kind: Literal["open"]
    form: str
    args: ActionArgs
    gesture: NotRequired[str]


class ReadAgain(TypedDict):
    """An open form is to take over what another program has changed in the file."""

    kind: Literal["reload"]


class LookAt(TypedDict):
    """A list of models is to be shown in the window where the gesture was made; in all where code has asked.

    Attributes:
        args: Where to look, as an action has it that leads to the Models tab.
        gesture: What the person did.
    """

    kind: Literal["look"]
    args: ActionArgs
    gesture: NotRequired[str]


class ModelsReply(TypedDict):
    """How a list of models is now; its rows come beside it as `pack` packs them, unless the page holds them.

    Attributes:
        mark: The mark of its rows.
        left_out: How many rows were too many to be sent.
    """

    mark: str
    left_out: int


class Reply(TypedDict):
    """What became of a message: an answer, or what was asked for."""

    id: str
    answer: NotRequired[Answer]
    form: NotRequired[Form]
    models: NotRequired[ModelsReply]


MOST_ROWS = 50_000
"""How many rows of a list are sent at most; no provider lists as many, and a page cannot use more."""


def pack(rows: Iterable[Mapping[str, object]]) -> bytes:
    """Rows as one block of bytes: a column for each of their keys, as JSON, deflated.

    Five thousand models take 65 kB so, as rows of plain JSON 970 kB.
    """
    listed = list(rows)
    keys = dict.fromkeys(key for row in listed for key in row)
    columns = {key: [row.get(key) for row in listed] for key in keys}
    # ASCII escapes carry even a lone surrogate; a page cannot read NaN.
    return zlib.compress(json.dumps(columns, separators=(",", ":"), allow_nan=False).encode("ascii"), 1)
