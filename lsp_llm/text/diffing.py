"""The smallest difference between two texts or two lists of lines; values in, values out, no document.

Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), after the common ends are cut off. Of differences of
one size the one with fewer pieces is given where that is easy to see: people type in one place. Where more
than `MAX_DIFFERENCE` steps would be needed the middle counts as replaced whole: right, not smallest, bounded in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lsp_llm.text.edits import Edit

MAX_DIFFERENCE = 256


class Hunk(NamedTuple):
    """`old[old_start:old_end]` gave way to `new[new_start:new_end]`."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def common_prefix(old: Sequence[object], new: Sequence[object]) -> int:
    """How many items (or code points) both begin with; compares slices, so that long texts cost little."""
    low, high = 0, min(len(old), len(new))
    if old[:high] == new[:high]:
        return high
    step = 64
    while low + step < high and old[low : low + step] == new[low : low + step]:
        low += step
        step *= 2
    high = min(high, low + step)
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def common_suffix(old: Sequence[object], new: Sequence[object], limit: int) -> int:
    """How many items both end with, `limit` at most."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if old[len(old) - middle : len(old) - low] == new[len(new) - middle : len(new) - low]:
            low = middle
        else:
            high = middle - 1
    return low


def diff(old: Sequence[object], new: Sequence[object]) -> list[Hunk]:
    """The hunks, in order, that turn `old` into `new`."""
    prefix = common_prefix(old, new)
    suffix = common_suffix(old, new, min(len(old), len(new)) - prefix)
    a = old[prefix : len(old) - suffix]
    b = new[prefix : len(new) - suffix]
    if not a and not b:
        return []
    if not a or not b:
        return [Hunk(prefix, prefix + len(a), prefix, prefix + len(b))]
    trace = _shortest(a, b)
    if trace is None:
        return [Hunk(prefix, prefix + len(a), prefix, prefix + len(b))]
    return _gathered(_hunks(trace, len(a), len(b), prefix), old, new)


def text_diff(old: str, new: str, origin: int = 0) -> list[Edit]:
    """The simultaneous edits that turn `old` (which begins at `origin`) into `new`."""
    return [
        Edit(origin + hunk.old_start, origin + hunk.old_end, new[hunk.new_start : hunk.new_end])
        for hunk in diff(old, new)
    ]


def _shortest(a: Sequence[object], b: Sequence[object]) -> list[dict[int, int]] | None:
    """For every number of steps the farthest x on each diagonal, until the end is reached."""
    reach = {1: 0}
    trace: list[dict[int, int]] = []
    for steps in range(min(len(a) + len(b), MAX_DIFFERENCE) + 1):
        trace.append(reach.copy())
        for k in range(-steps, steps + 1, 2):
            down = k == -steps or (k != steps and reach[k - 1] < reach[k + 1])
            x = reach[k + 1] if down else reach[k - 1] + 1
            y = x - k
            while x < len(a) and y < len(b) and a[x] == b[y]:
                x += 1
                y += 1
            reach[k] = x
            if x >= len(a) and y >= len(b):
                return trace
    return None


def _hunks(trace: list[dict[int, int]], x: int, y: int, prefix: int) -> list[Hunk]:
    """Walk the trace back from the end; steps that touch become one hunk."""
    hunks: list[Hunk] = []
    for steps in range(len(trace) - 1, 0, -1):
        reach, k = trace[steps], x - y
        down = k == -steps or (k != steps and reach[k - 1] < reach[k + 1])
        before_k = k + 1 if down else k - 1
        before_x = reach[before_k]
        before_y = before_x - before_k
        step_end = (before_x, before_y + 1) if down else (before_x + 1, before_y)
        hunks.append(Hunk(before_x + prefix, step_end[0] + prefix, before_y + prefix, step_end[1] + prefix))
        x, y = before_x, before_y
    return _joined(hunks[::-1])


def _joined(hunks: list[Hunk]) -> list[Hunk]:
    joined: list[Hunk] = []
    for hunk in hunks:
        if joined and joined[-1].old_end == hunk.old_start and joined[-1].new_end == hunk.new_start:
            last = joined.pop()
            hunk = Hunk(last.old_start, hunk.old_end, last.new_start, hunk.new_end)
        joined.append(hunk)
    return joined


def _gathered(hunks: list[Hunk], old: Sequence[object], new: Sequence[object]) -> list[Hunk]:
    """The same difference with insertions, and with deletions, made one across what both of them repeat."""
    gathered: list[Hunk] = []
    for hunk in hunks:
        while gathered and (one := _made_one(gathered[-1], hunk, old, new)) is not None:
            gathered.pop()
            hunk = one
        gathered.append(hunk)
    return gathered


def _made_one(first: Hunk, second: Hunk, old: Sequence[object], new: Sequence[object]) -> Hunk | None:
    between = second.old_start - first.old_end
    if first.old_start == first.old_end and second.old_start == second.old_end:
        kept = old[first.old_end : second.old_start]
        if _ends_with(new, second.new_start, second.new_end, kept):
            return Hunk(first.old_start, first.old_end, first.new_start, second.new_end - between)
        if new[first.new_start : min(first.new_end, first.new_start + between)] == kept:
            return Hunk(second.old_start, second.old_end, first.new_start + between, second.new_end)
    elif first.new_start == first.new_end and second.new_start == second.new_end:
        kept = new[first.new_end : second.new_start]
        if _ends_with(old, second.old_start, second.old_end, kept):
            return Hunk(first.old_start, second.old_end - between, first.new_start, first.new_end)
        if old[first.old_start : min(first.old_end, first.old_start + between)] == kept:
            return Hunk(first.old_start + between, second.old_end, second.new_start, second.new_end)
    return None


def _ends_with(items: Sequence[object], start: int, end: int, tail: Sequence[object]) -> bool:
    return end - start >= len(tail) and items[end - len(tail) : end] == tail
