"""Headers for rate limits (MD-10)."""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_LONGEST_DATE = 100
_NONE_LEFT = re.compile(r"(?:;|,|^)\s*(?:r|remaining)=0(?![\d.])")


def retry_after_seconds(headers: Mapping[str, str], *, now: float) -> float | None:
    """Returns ``Retry-After`` in seconds, or None if it is missing or invalid.

    Accepts seconds, also fractions, and dates (RFC 9110, section 10.2.3). A date is compared with the
    response's ``Date`` if there is one, so that a wrong local clock does not matter.

    Args:
        headers: The response's headers.
        now: The current time, in seconds since 1970.
    """
    value = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)  # infinite for hundreds of digits; the caller limits it
    until = _date(value)
    if until is None:
        return None
    sent = _date(headers.get("date", ""))
    return max(0.0, until - (now if sent is None else sent))


def is_used_up(headers: Mapping[str, str]) -> bool:
    """Whether a header says that no request is left: ``x-ratelimit-remaining-requests: 0`` (MD-10).

    Reads all headers with ``ratelimit`` and ``remaining`` in their names, and that of
    draft-ietf-httpapi-ratelimit-headers: ``RateLimit: "default";r=0;t=30``.
    """
    for name, value in headers.items():
        bare = name.lower().replace("-", "")
        if "ratelimit" in bare and "remaining" in bare and re.fullmatch(r"\s*0(?:\.0+)?\s*", value):
            return True
        if bare == "ratelimit" and _NONE_LEFT.search(value):
            return True
    return False


def _date(value: str) -> float | None:
    if not value or len(value) > _LONGEST_DATE:
        return None
    try:
        moment = parsedate_to_datetime(value)
        # HTTP's dates are in UTC, and -0000 is a zone that is not known.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
