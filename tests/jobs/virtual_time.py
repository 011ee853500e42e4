"""Virtual time: what is to happen, in its order, and ways on which messages keep theirs or do not; nothing sleeps."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

MOST_EVENTS = 5000
OVERTAKEN_MS = 30

Way = Literal["to server", "to editor"]


@dataclass(order=True)
class _Due:
    at_ms: int
    order: int
    act: Callable[[], None] = field(compare=False)


class VirtualTime:
    """The clock of one run; `delays_ms` are how long a message may take, drawn anew for each."""

    def __init__(self, chance: random.Random, delays_ms: Sequence[int]) -> None:
        self.now_ms = 0
        self._chance = chance
        self._delays_ms = delays_ms
        self._queue: list[_Due] = []
        self._order = count()
        self._happened = 0
        self._arrivals: dict[Way, int] = {"to server": 0, "to editor": 0}
        """When the last message on each way arrives."""

    def later(self, delay_ms: int, act: Callable[[], None]) -> None:
        self.at(self.now_ms + delay_ms, act)

    def at(self, at_ms: int, act: Callable[[], None]) -> None:
        heapq.heappush(self._queue, _Due(at_ms, next(self._order), act))

    def carry(self, way: Way, act: Callable[[], None]) -> None:
        """A message arrives behind those that were sent before it."""
        self._arrives_behind(way, self._chance.choice(self._delays_ms), act)

    def carry_loosely(self, way: Way, act: Callable[[], None]) -> None:
        """Some messages are so late that others overtake them."""
        delay_ms = self._chance.choice(self._delays_ms)
        if self._chance.randrange(4) == 0:
            self.later(delay_ms + OVERTAKEN_MS, act)
        else:
            self._arrives_behind(way, delay_ms, act)

    def _arrives_behind(self, way: Way, delay_ms: int, act: Callable[[], None]) -> None:
        self._arrivals[way] = max(self._arrivals[way], self.now_ms + delay_ms)
        self.at(self._arrivals[way], act)

    def drain(self) -> None:
        """Let everything happen that is to happen."""
        while self._queue:
            self._happened += 1
            assert self._happened < MOST_EVENTS, "it goes on for ever"
            due = heapq.heappop(self._queue)
            self.now_ms = due.at_ms
            due.act()
