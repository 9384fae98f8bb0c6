"""Splits a large response into small documents of the same shape (SEC-7, MD-19).

A JSON parser holds the interpreter lock for its whole run, and its objects take many times the bytes of the
text: a list of a million ids stopped every thread for a second and took 200 MiB. So a large response is
scanned first, bracket by bracket, which counts its models before any object is created. Then it is split into
documents that each hold a part of the list and everything around the list, and these are parsed one by one.

The scan knows only where strings, objects and lists of JSON (https://www.rfc-editor.org/rfc/rfc8259) end;
whether the text is valid is left to the parser.
"""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING

from .failures import Failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .exchange import RequestContext

MAX_MODELS = 200_000
"""The most models that are read of one provider (SEC-7)."""

# What a parser reads in a few milliseconds; larger responses are split.
_UNCUT_BYTES = 1024 * 1024
_UNCUT_BRACKETS = 50_000

_SLICE_BYTES = 128 * 1024  # of a list, unless one entry is larger
_MAX_ENTRY_BYTES = 2 * 1024 * 1024
_MAX_DEPTH = 200  # the parser's limit
_LIST_DEPTH = 3  # `[…]`, `{"data": […]}` or `{"data": {"models": […]}}`
_BRACKETS_AT_A_TIME = 1000
_TURN_SECONDS = 0.005
_LET_GO_SECONDS = 0.0001

_TO_BRACKET = re.compile(rb'[^"\[\]{}]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"\[\]{}]*+)*+[\[\]{}]', re.DOTALL)
_TO_NEXT_ENTRY = re.compile(rb"\s*+,\s*+(?=[^\s\],])")
_TO_END = re.compile(rb"\s*+\Z")
_IS_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*+[\[{]")

_Range = tuple[int, int]


class Turns:
    """Lets other tasks and other threads run while a large response is read."""

    def __init__(self) -> None:
        self._last = time.perf_counter()

    async def give(self) -> None:
        """Lets them run if that was more than 5 ms ago.

        A loop that is never idle releases the interpreter lock only for an instant, and so often that a
        waiting thread never insists on it (CPython 3.11): other threads stood still. So this one sleeps.
        """
        if time.perf_counter() - self._last > _TURN_SECONDS:
            await asyncio.sleep(0)
            time.sleep(_LET_GO_SECONDS)  # noqa: ASYNC251 - less than a task's own work
            self._last = time.perf_counter()


async def in_slices(body: bytes, context: RequestContext, turns: Turns) -> Iterable[bytes]:
    """Returns the documents to parse for a decompressed body: the body itself, or slices of its list.

    For a large body that is not JSON, only its beginning is returned, so that its type can be recognised.

    Raises:
        Failure: If it lists too many models, or one that is too large (TOO_LARGE).
    """
    if len(body) <= _UNCUT_BYTES and _brackets(body) <= _UNCUT_BRACKETS:
        return (body,)
    lists = await _long_lists(body, context, turns)
    if lists is None:
        return (body[:_SLICE_BYTES] + b"\0",)  # not JSON, even if it was cut after a complete value
    ends = [0, *(end for slices in lists for end in (slices[0][0], slices[-1][1])), len(body)]
    around = [body[start:end] for start, end in zip(ends[::2], ends[1::2], strict=True)]
    frame = b"".join(around)
    if len(frame) > (_SLICE_BYTES if lists else _MAX_ENTRY_BYTES) or _brackets(frame) > _UNCUT_BRACKETS:
        raise too_large(context, "with more than a list of models")
    return _documents(body, lists, around) if lists else (body,)


def _brackets(text: bytes) -> int:
    return text.count(b"{") + text.count(b"[")


def _documents(body: bytes, lists: list[list[_Range]], around: list[bytes]) -> Iterator[bytes]:
    """Yields one document for each slice, with everything around the lists."""
    for number, slices in enumerate(lists, 1):
        before, after = b"".join(around[:number]), b"".join(around[number:])
        for start, end in slices:
            yield before + body[start:end] + after


async def _long_lists(body: bytes, context: RequestContext, turns: Turns) -> list[list[_Range]] | None:
    """Returns the slices of each long list in a body, or None if it is not JSON."""
    if not _IS_JSON.match(body):
        return None
    scan = _Scan(body, context)
    rested = 0
    while step := _TO_BRACKET.match(body, scan.position, scan.position + _MAX_ENTRY_BYTES):
        scan.pass_bracket(step.end())
        if scan.depth == 0:
            return scan.long_lists if _TO_END.match(body, scan.position) else None
        if scan.depth > _MAX_DEPTH:
            return None
        if scan.brackets % _BRACKETS_AT_A_TIME == 0 or scan.position - rested > _SLICE_BYTES:
            rested = scan.position
            await turns.give()
    if len(body) - scan.position > _MAX_ENTRY_BYTES:  # a string that is unterminated or very long
        raise scan.entry_too_large()
    return None


class _Scan:
    """The state of a scan: its position, and the long lists found so far."""

    def __init__(self, body: bytes, context: RequestContext) -> None:
        self.long_lists: list[list[_Range]] = []
        self.position = self.brackets = self.depth = 0
        self._body = body
        self._context = context
        self._list_depth = 0  # of the list that the position lies in; 0 for none
        self._entries = 0
        self._entry_brackets = 0
        self._slices: list[_Range] = []
        self._slice_start = 0

    def pass_bracket(self, position: int) -> None:
        """Processes the bracket that ends at a position."""
        self.position = position
        self.brackets += 1
        bracket = self._body[position - 1]
        if bracket in b"[{":
            self.depth += 1
            self._entry_brackets += 1
            if self._entry_brackets > _UNCUT_BRACKETS:
                raise self.entry_too_large()
            if bracket == ord("[") and not self._list_depth and self.depth <= _LIST_DEPTH:
                self._list_depth = self.depth
                self._slice_start = position
                self._slices = []
                self._entries = self._entry_brackets = 0
            return
        self.depth -= 1
        if self.depth < self._list_depth:
            self._end_list()
        elif self.depth == self._list_depth > 0:
            self._end_entry()

    def _end_entry(self) -> None:
        self._entries += 1
        self._entry_brackets = 0
        if self._entries > MAX_MODELS:
            raise too_many_models(self._context)
        length = self.position - self._slice_start
        if length > _SLICE_BYTES + _MAX_ENTRY_BYTES:
            raise self.entry_too_large()
        if length >= _SLICE_BYTES and (comma := _TO_NEXT_ENTRY.match(self._body, self.position)):
            self._slices.append((self._slice_start, self.position))
            self._slice_start = self.position = comma.end()

    def _end_list(self) -> None:
        self._slices.append((self._slice_start, self.position - 1))
        if self._slices[-1][1] - self._slices[0][0] > _SLICE_BYTES:
            self.long_lists.append(self._slices)
        self._list_depth = self._entry_brackets = 0

    def entry_too_large(self) -> Failure:
        """The failure for an entry that is too large for a model."""
        return too_large(self._context, "with an entry that is too large for a model")


def too_many_models(context: RequestContext) -> Failure:
    """The failure for a list of too many models."""
    return Failure(
        "TOO_LARGE",
        f"{context.host} lists more than {MAX_MODELS:,} models; reading was stopped.",
        "{list}A list of models is much shorter. Check the base URL.",
    )


def too_large(context: RequestContext, what: str) -> Failure:
    """The failure for a response beyond a limit; `what` completes "HOST answered …"."""
    return Failure(
        "TOO_LARGE",
        f"{context.host} answered {what}; reading was stopped.",
        "{list}A list of models is much smaller. Check the base URL.",
    )
