"""What went wrong, by kind, from the error that a request was answered with; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

FaultKind = Literal["network", "rate limit", "invalid key", "timeout", "malformed answer", "refused"]
KINDS: Mapping[str, FaultKind] = {
    "Auth": "invalid key",
    "RateLimited": "rate limit",
    "Timeout": "timeout",
    "Unavailable": "network",
    "Disconnected": "network",
    "BadResponse": "malformed answer",
    "Truncated": "malformed answer",
}
"""By the `errorType` of the protocol; all others are refusals."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A failure; `sentence` says what happened and what to do. `seconds`: how long the host wants to be left alone."""

    kind: FaultKind
    sentence: str
    seconds: float = 0.0


def fault_of(sentence: str, data: object) -> Fault:
    """The fault that an error is."""
    said: Mapping[str, Any] = data if isinstance(data, dict) else {}
    seconds = said.get("retryAfterSeconds")
    kind = KINDS.get(str(said.get("errorType")), "refused")
    return Fault(kind, sentence, float(seconds) if isinstance(seconds, int | float) else 0.0)
