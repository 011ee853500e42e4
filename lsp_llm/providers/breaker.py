"""Remembers which providers fail, so that a preset with a fallback need not wait for them each time; pure.

After some failures in a row a provider rests for a while; then it is asked once more, and rests again if that fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FAILURES: Final = 3
REST_SECONDS: Final = 30.0


@dataclass(slots=True)
class Breaker:
    """One provider; times are of any steady clock, in seconds."""

    failures: int = 0
    rests_until: float = 0.0

    def failed(self, now: float) -> None:
        """A request came to nothing."""
        self.failures += 1
        if self.failures >= FAILURES:
            self.rests_until = now + REST_SECONDS

    def succeeded(self) -> None:
        """An answer began."""
        self.failures, self.rests_until = 0, 0.0

    def is_resting(self, now: float) -> bool:
        """Whether to ask another provider instead, if there is one."""
        return now < self.rests_until
