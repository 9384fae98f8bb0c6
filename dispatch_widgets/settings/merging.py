"""Whether an edit is still in a document, and the same edit made once more in another one (ST-3).

For a program that read the file before an edit of ours and writes it after it. Pure functions of documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .document import JsonObject, json_equal, render

if TYPE_CHECKING:
    from .document import Document

_ABSENT = object()


def kept(before: Document, after: Document, now: Document) -> bool:
    """Whether what an edit did is in a document.

    Args:
        before: The document that was edited.
        after: What the edit made of it.
        now: The document in question.
    """
    return json_equal(redone(before, after, now), now)


def redone(before: Document, after: Document, now: Document) -> Document:
    """What an edit did, done to another document; what is in there already is not done twice.

    Objects in lists are known by their ``id`` or ``task``, all else by its value. Where both have changed the
    same value, the edit's is taken; what it added and somebody has changed since stays as it is, and what it
    changed and somebody has taken away stays away.

    Args:
        before: The document that was edited.
        after: What the edit made of it.
        now: The document to change; it stays as it is.
    """
    result: Document = _redone(before, after, now)
    return result


def _redone(before: Any, after: Any, now: Any) -> Any:
    if json_equal(before, after):
        return now
    if isinstance(after, dict) and isinstance(before, dict) and isinstance(now, dict):
        return _redone_object(before, after, now)
    if isinstance(after, list) and isinstance(before, list) and isinstance(now, list):
        return _redone_list(before, after, now)
    return after


def _redone_object(before: Document, after: Document, now: Document) -> Document:
    result = JsonObject(now)
    for name in before.keys() - after.keys():
        result.pop(name, None)
    for name, value in after.items():
        old = before.get(name, _ABSENT)
        if old is _ABSENT:
            old = _empty_like(value)
        elif json_equal(old, value):
            continue
        result[name] = _redone(old, value, now.get(name, _empty_like(value)))
    return result


def _redone_list(before: list[Any], after: list[Any], now: list[Any]) -> list[Any]:
    old, new = _by_key(before), _by_key(after)
    result = []
    for item in now:
        key = _key(item)
        if key in old and key not in new:
            continue
        result.append(_redone(old[key], new[key], item) if key in old else item)
    there = {_key(item) for item in now}
    return result + [item for key, item in new.items() if key not in old and key not in there]


def _empty_like(value: Any) -> Any:
    if isinstance(value, dict):
        return JsonObject()
    return [] if isinstance(value, list) else _ABSENT


def _by_key(items: list[Any]) -> dict[tuple[str, str], Any]:
    return {_key(item): item for item in items}


def _key(item: Any) -> tuple[str, str]:
    if isinstance(item, dict):
        for name in ("id", "task"):
            if isinstance(item.get(name), str):
                return name, item[name]
    return "", render({"": item}).decode("utf-8", "replace")
