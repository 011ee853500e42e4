"""Waiting for what another program shows: editors do not tell us when they are done, so they are asked again and again.

It never waits longer than told, and says what there was to see instead.
"""

from __future__ import annotations

import time
from collections.abc import Callable

LIMIT_SECONDS = 60
"""How long anything may take: far longer than on a busy machine, because a wait that ends well costs nothing."""
# Short beside a keystroke (25 ms), long beside asking an editor (1 ms).
INTERVAL_SECONDS = 0.01
# Whoever waits for long asks less often: most editors are asked by a program that has to be started.
LONGEST_INTERVAL_SECONDS = 0.1


def wait_until(condition: Callable[[], bool], timeout_seconds: float, seen: Callable[[], str]) -> None:
    """Ask until `condition` holds; after the time limit raise `AssertionError` with what `seen` describes."""
    deadline = time.monotonic() + timeout_seconds
    interval_seconds = INTERVAL_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"still waiting after {timeout_seconds:g} s; seen instead:\n{seen()}")
        time.sleep(interval_seconds)
        interval_seconds = min(interval_seconds * 1.1, LONGEST_INTERVAL_SECONDS)


def one_by_one(text: str, send: Callable[[str], None], interval_seconds: float) -> None:
    """Send the characters at the pace of a typist: one per interval, however long sending one takes."""
    due = time.monotonic()
    for character in text:
        time.sleep(max(0.0, due - time.monotonic()))
        send(character)
        due += interval_seconds
