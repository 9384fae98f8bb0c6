"""Catalog models that their provider's list does not have."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..discovery.models import ModelList

_LATEST = ("-latest", ":latest")
_DATE = re.compile(r"[-@]\d{3,}(-\d+)*")  # -2024-08-06, @20250929, -001, but not the -5 of another model
_LIST_PREFIX = "models/"  # in Gemini's list; requests may leave it out


def unlisted(models: ModelList | None, model_ids: Iterable[str]) -> frozenset[str]:
    """The ids that a list does not have; none if the list is stale or incomplete.

    Servers also accept names that they do not list, without a date or ending in ``latest``. Those do not
    count as missing.

    Args:
        models: The provider's list; None if there is none.
        model_ids: The ids.
    """
    if models is None or not len(models) or models.source == "stale":
        return frozenset()
    if models.warning or models.error is not None:  # a part was left out or could not be fetched
        return frozenset()
    missing = {key for key in model_ids if models.get(key) is None and models.get(_LIST_PREFIX + key) is None}
    if not missing:
        return frozenset()
    listed = sorted(model.id for model in models)
    return frozenset(key for key in missing if not _has_version(listed, key))


def _has_version(listed: Sequence[str], model_id: str) -> bool:
    """Whether a sorted list has a version of a model: ``gpt-4o-2024-08-06`` of ``gpt-4o``."""
    stem = model_id
    for end in _LATEST:
        stem = stem.removesuffix(end)
    for place in range(bisect_left(listed, stem), len(listed)):
        if not listed[place].startswith(stem):
            return False
        rest = listed[place][len(stem) :]
        if stem != model_id or rest in _LATEST or _DATE.fullmatch(rest):
            return True
    return False
