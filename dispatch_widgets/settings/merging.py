"""Three-way merging of an edit into a document that another program wrote meanwhile (ST-3).

That program read the file before our edit and wrote it after it. All functions are pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .document import JsonObject, json_equal, render

if TYPE_CHECKING:
    from .document import Document

_MISSING = object()


def has_edit(before: Document, after: Document, now: Document) -> bool:
    """Whether `now` has the edit that turned `before` into `after`; then `reapply_edit` changes nothing."""
    return json_equal(reapply_edit(before, after, now), now)


def reapply_edit(before: Document, after: Document, now: Document, *, overrule: bool = True) -> Document:
    """Returns `now` with the edit that turned `before` into `after`; applying it twice changes nothing.

    Items of lists are matched by their ``id`` or ``task``, others by value. What the edit added and `now`
    changed stays as in `now`; what `now` removed stays removed. If both sides changed a value, the edit wins,
    unless `overrule` is off.
    """
    result: Document = _reapply(before, after, now, overrule)
    return result


def _reapply(before: Any, after: Any, now: Any, overrule: bool) -> Any:
    if json_equal(before, after):
        return now
    if isinstance(after, dict) and isinstance(before, dict) and isinstance(now, dict):
        return _reapply_to_object(before, after, now, overrule)
    if isinstance(after, list) and isinstance(before, list) and isinstance(now, list):
        return _reapply_to_list(before, after, now, overrule)
    return after if overrule or json_equal(before, now) else now


def _reapply_to_object(before: Document, after: Document, now: Document, overrule: bool) -> Document:
    result = JsonObject(now)
    for name in before.keys() - after.keys():
        result.pop(name, None)
    for name, value in after.items():
        old = before.get(name, _MISSING)
        if old is _MISSING:
            old = _empty_like(value)
        elif json_equal(old, value):
            continue
        found = _reapply(old, value, now.get(name, _empty_like(value)), overrule)
        if found is not _MISSING:
            result[name] = found
    return result


def _reapply_to_list(before: list[Any], after: list[Any], now: list[Any], overrule: bool) -> list[Any]:
    old, new = _by_key(before), _by_key(after)
    result = []
    for item in now:
        key = _key(item)
        if key in old and key not in new:
            continue
        result.append(_reapply(old[key], new[key], item, overrule) if key in old else item)
    there = {_key(item) for item in now}
    return result + [item for key, item in new.items() if key not in old and key not in there]


def _empty_like(value: Any) -> Any:
    if isinstance(value, dict):
        return JsonObject()
    return [] if isinstance(value, list) else _MISSING


def _by_key(items: list[Any]) -> dict[tuple[str, str], Any]:
    return {_key(item): item for item in items}


def _key(item: Any) -> tuple[str, str]:
    if isinstance(item, dict):
        for name in ("id", "task"):
            if isinstance(item.get(name), str):
                return name, item[name]
    return "", render({"": item}).decode("utf-8", "replace")
