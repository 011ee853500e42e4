"""How long a host asks us to wait, from its headers or its sentence; it never sleeps and never asks a clock."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime

LONGEST_WAIT_SECONDS = 86_400.0

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_SECONDS_PER_UNIT: Mapping[str, float] = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_IN_A_SENTENCE = re.compile(r"\b(?:try again|retry(?: again)?) in ((?:\d+(?:\.\d+)?(?:ms|h|m|s))+)", re.IGNORECASE)


def retry_after_seconds(headers: Mapping[str, str], message: str = "", delay: str = "") -> float | None:
    """The wait from 0 to a day, or None when the host does not say; `headers` has lower-case names.

    `delay` is a duration such as "31s" that the body names for it.
    """
    for wait_seconds in (
        _scaled(_number(headers.get("retry-after-ms")), 0.001),
        _number(headers.get("retry-after")),
        _until(headers.get("retry-after"), headers.get("date")),
        _duration(delay),
        _from_sentence(message),
        _until_reset(headers),
        _until_anthropic_reset(headers),
    ):
        if wait_seconds is not None:
            return min(max(wait_seconds, 0.0), LONGEST_WAIT_SECONDS)
    return None


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return None if math.isnan(number) else number


def _scaled(number: float | None, factor: float) -> float | None:
    return None if number is None else number * factor


def _until(date: str | None, now: str | None) -> float | None:
    """The host's own Date header is the clock: it cannot be skewed against the date it asks for."""
    moment, reference = _date(date), _date(now)
    return (moment - reference).total_seconds() if moment and reference else None


def _date(value: str | None) -> datetime | None:
    # It brings half of the mail package along, and few hosts name a date.
    from email.utils import parsedate_to_datetime

    try:
        date = parsedate_to_datetime(value or "")
    except (ValueError, TypeError):
        return None
    return date if date.tzinfo else None


def _from_sentence(message: str) -> float | None:
    asked = _IN_A_SENTENCE.search(message)
    return _duration(asked[1]) if asked else None


def _until_reset(headers: Mapping[str, str]) -> float | None:
    """The longest reset among the budgets that are used up."""
    waits = [
        _duration(headers.get(f"x-ratelimit-reset-{budget}", ""))
        for budget in ("requests", "tokens")
        if headers.get(f"x-ratelimit-remaining-{budget}") == "0"
    ]
    return max((wait for wait in waits if wait is not None), default=None)


def _until_anthropic_reset(headers: Mapping[str, str]) -> float | None:
    """The same at Anthropic, whose resets are moments (RFC 3339)."""
    now = _date(headers.get("date"))
    resets = [
        _moment(headers.get(f"anthropic-ratelimit-{budget}-reset"))
        for budget in ("requests", "tokens", "input-tokens", "output-tokens")
        if headers.get(f"anthropic-ratelimit-{budget}-remaining") == "0"
    ]
    return max(((reset - now).total_seconds() for reset in resets if reset and now), default=None)


def _moment(value: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _duration(text: str) -> float | None:
    """`6m0s`, `1.08s`, `20ms` in seconds."""
    parts = _DURATION.findall(text)
    return sum(float(number) * _SECONDS_PER_UNIT[unit] for number, unit in parts) if parts else None
