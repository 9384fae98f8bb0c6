"""The messages between a panel's widget and its page; `frontend/write_types.py` writes them as TypeScript.

A page sends messages with ids of its own choosing and gets one reply to each. Replies reach every window, and
each takes those to its own ids. Nothing that a page sends is trusted.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping  # noqa: TC003 - write_types.py evaluates the annotations
from typing import Literal, NotRequired, TypedDict

from .presenters.shared.views import ActionArgs, Answer, Form, Tab  # noqa: TC001 - as above


class ShowTab(TypedDict):
    """A tab was opened: the page needs its view, and it is now the tab that was used last."""

    id: str
    kind: Literal["show"]
    tab: Tab


class Act(TypedDict):
    """An action; see `Presenter.act`, and `AppPresenter.act` for those of the header.

    Attributes:
        tab: The action's tab; empty for the header.
    """

    id: str
    kind: Literal["act"]
    tab: Tab | Literal[""]
    name: str
    args: ActionArgs


class OpenForm(TypedDict):
    """A request for a form, at first or with the options that were selected in it; see `Presenter.form`."""

    id: str
    kind: Literal["form"]
    tab: Tab
    name: str
    args: ActionArgs
    values: Mapping[str, str]
    changed: str


class Submit(TypedDict):
    """A submitted form; the key is in this message alone (SEC-2). See `Presenter.submit`."""

    id: str
    kind: Literal["submit"]
    tab: Tab
    form: str
    args: ActionArgs
    values: Mapping[str, str]
    key: NotRequired[str]


class FetchModels(TypedDict):
    """A request for the rows of a list of models; see `Presenter.models`.

    Attributes:
        provider: The provider's id.
        mark: The mark of the rows that the page holds; empty for none.
    """

    id: str
    kind: Literal["models"]
    tab: Tab
    provider: str
    mark: str


FromPage = ShowTab | Act | OpenForm | Submit | FetchModels


class AskedForm(TypedDict):
    """A form that code asks to open."""

    name: str
    args: ActionArgs


class Asked(TypedDict):
    """What code asks every window to show; each window does it once.

    Attributes:
        n: Counts the requests.
        tab: The tab to open.
        form: The form to open in it.
    """

    n: int
    tab: Tab
    form: NotRequired[AskedForm]


class ModelsReply(TypedDict):
    """The current state of a list of models; the rows follow as packed bytes, unless the page holds them.

    Attributes:
        mark: The mark of the rows.
        left_out: The number of rows that were left out because they are too many.
    """

    mark: str
    left_out: int


class Reply(TypedDict):
    """The reply to a message: an answer, or the form or list that was requested."""

    id: str
    answer: NotRequired[Answer]
    form: NotRequired[Form]
    models: NotRequired[ModelsReply]


MOST_ROWS = 50_000
"""The most rows of a list that are sent; no provider lists as many, and a page could not use more."""


def pack(rows: Iterable[Mapping[str, object]]) -> bytes:
    """Rows as one block of bytes: a column of values for each key, as JSON, deflated.

    Five thousand models take 65 kB this way, and 970 kB as rows of plain JSON.
    """
    listed = list(rows)
    keys = dict.fromkeys(key for row in listed for key in row)
    columns = {key: [row.get(key) for row in listed] for key in keys}
    # ASCII escapes carry even a lone surrogate; a page cannot read NaN.
    return zlib.compress(json.dumps(columns, separators=(",", ":"), allow_nan=False).encode("ascii"), 1)
