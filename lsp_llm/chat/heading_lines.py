"""The lines at which turns begin, in order; lines that come or go above them cost nothing but where that happens.

Behind the place of the latest change the numbers are kept as they were before it, with one number to be added to all.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence


class HeadingLines:
    """Line numbers, rising."""

    def __init__(self, lines: Iterable[int]) -> None:
        self._lines = list(lines)
        self._settled = len(self._lines)
        self._shift = 0

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, place: int) -> int:
        return self._lines[place] + (self._shift if place >= self._settled else 0)

    def place_of(self, line: int) -> int:
        """The place of the last heading at or above a line, -1 above the first."""
        return self._count_before(line + 1) - 1

    def replace(self, first: int, end: int, growth: int, new: Sequence[int]) -> tuple[int, int]:
        """Lines from `first` to before `end` were read anew, with headings at `new`, and are `growth` more than before.

        Returns the places of the headings that are no more, as those from the first to before the second.
        """
        start, stop = self._count_before(first), self._count_before(end)
        self._settle(stop)
        self._lines[start:stop] = new
        self._settled = start + len(new)
        self._shift += growth
        return start, stop

    def _count_before(self, line: int) -> int:
        """How many headings are above a line; where the latest change was, that needs no search."""
        place = self._settled
        if (not place or self[place - 1] < line) and (place == len(self) or line <= self[place]):
            return place
        return bisect_left(range(len(self)), line, key=self.__getitem__)

    def _settle(self, place: int) -> None:
        for at in range(self._settled, place):
            self._lines[at] += self._shift
        for at in range(place, self._settled):
            self._lines[at] -= self._shift
        self._settled = place
        if self._settled == len(self._lines):
            self._shift = 0
