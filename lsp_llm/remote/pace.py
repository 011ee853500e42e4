"""How fast one client may talk: so many messages a second, and more for a moment; the clock is its caller's.

Who talks faster is slowed down and loses nothing.
"""

from __future__ import annotations


class Pace:
    """One client's."""

    def __init__(self, per_second: float, at_once: float, now: float) -> None:
        """`at_once` messages may come together; `now` is a clock in seconds that never goes back."""
        self._per_second = per_second
        self._at_once = at_once
        self._left = at_once
        self._looked_at = now

    def wait_seconds(self, now: float) -> float:
        """Count one message, and say how long to wait before the next is read."""
        self._left = min(self._at_once, self._left + (now - self._looked_at) * self._per_second)
        self._looked_at = now
        self._left -= 1
        return max(0.0, -self._left / self._per_second)
