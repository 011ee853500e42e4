"""How long to wait between attempts to connect: longer each time, and not all clients at once; it waits for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LONGEST_SECONDS: Final = 30.0
_STEADY: Final = 0.5
"""So much of a wait is certain; the rest is chance, so that a server that is back is not asked by all at once."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """The waits of one client: the first is at most `first_seconds`, each further one twice as long as that before."""

    first_seconds: float
    max_attempts: int

    def wait_seconds(self, number: int, chance: float) -> float:
        """How long the wait of this number is, the first being 1; `chance` is at least 0 and below 1."""
        # Further powers would only be cut off, and the largest are no numbers any more.
        doubled = self.first_seconds * 2 ** min(number - 1, 30)
        return float(min(doubled, max(LONGEST_SECONDS, self.first_seconds)) * (_STEADY + (1 - _STEADY) * chance))
