"""What goes between a panel's widget and its page; `frontend/write_types.py` writes it as TypeScript.

A page sends messages with an id of its own choosing and gets one reply to each. Replies reach every window,
and each takes those to its own ids. Nothing that a page sends is trusted.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping  # noqa: TC003 - the page's types are written from these at run time
from typing import Literal, NotRequired, TypedDict

from .presenters.shared.views import ActionArgs, Answer, Form, Tab  # noqa: TC001 - as above


class ShowTab(TypedDict):
    """A tab was opened: its view is wanted, and it is the one that was last acted in."""

    id: str
    kind: Literal["show"]
    tab: Tab


class Act(TypedDict):
    """Something was pressed; see `Presenter.act`, and `AppPresenter.act` for what stands over the tabs.

    Attributes:
        tab: In which tab; empty for what stands over the tabs.
    """

    id: str
    kind: Literal["act"]
    tab: Tab | Literal[""]
    name: str
    args: ActionArgs


class OpenForm(TypedDict):
    """A form is to be shown, or shown anew with what was chosen in it; see `Presenter.form`."""

    id: str
    kind: Literal["form"]
    tab: Tab
    name: str
    args: ActionArgs
    values: Mapping[str, str]
    changed: str


class Submit(TypedDict):
    """A form is to be saved; the key is in this message alone (SEC-2). See `Presenter.submit`."""

    id: str
    kind: Literal["submit"]
    tab: Tab
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
    tab: Tab
    provider: str
    mark: str


FromPage = ShowTab | Act | OpenForm | Submit | FetchModels


class AskedForm(TypedDict):
    """A form that code wants to be open."""

    name: str
    args: ActionArgs


class Asked(TypedDict):
    """What code asks every window to show; each does it once.

    Attributes:
        n: Counts what was asked for.
        tab: The tab to open.
        form: The form to open in it.
    """

    n: int
    tab: Tab
    form: NotRequired[AskedForm]


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
