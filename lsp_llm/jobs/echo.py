"""Tells whether a change that an editor reports holds an edit of ours; pure.

Rule 3 of the edit session: an echo is known by its result, not by its range. Editors report computed differences that
may be shifted ("x" inserted before an "x" is reported one place later) and may merge our edit with the user's keys. So
both readings are worked out on the small window that the edit and the change touch: the change as the user's alone,
and the change as the user's on top of ours. The reading that leaves less to the user is the true one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lsp_llm.text.diffing import text_diff
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change, Edit, apply_sequential, sequential, undo_sequential


@dataclass(frozen=True, slots=True)
class Reading:
    """`landed`: which candidate the change holds, None for none; `others`: what is left to the user, simultaneous."""

    landed: int | None
    others: list[Edit]


def read_echo(document: Document, changes: Sequence[Change], candidates: Sequence[Sequence[Edit]]) -> Reading:
    """Read the changes that led to `document` against edits of ours that may be among them (sequential lists all)."""
    for index, ours in enumerate(candidates):
        if _is_exact(changes, ours):
            return Reading(index, [])
    low, high = _hull([change.as_edit() for change in changes])
    for ours in candidates:
        our_low, our_high = _hull(ours)
        low, high = min(low, our_low), max(high, our_high)
    after = document.slice(low, high + sum(change.as_edit().growth for change in changes))
    before = undo_sequential(after, changes, low)
    best = Reading(None, text_diff(before, after, low))
    for index, ours in enumerate(candidates):
        others = text_diff(apply_sequential(before, ours, low), after, low)
        if _cost(others) < _cost(best.others):
            best = Reading(index, others)
    return best


def read_others(changes: Sequence[Change]) -> list[Edit]:
    """What the user did, as sequential edits; a replacement is narrowed to what differs."""
    edits: list[Edit] = []
    for change in changes:
        if change.removed and change.inserted:
            edits += sequential(text_diff(change.removed, change.inserted, change.start))
        else:
            edits.append(change.as_edit())
    return edits


def _is_exact(changes: Sequence[Change], ours: Sequence[Edit]) -> bool:
    return len(changes) == len(ours) and all(
        change.start == edit.start and len(change.removed) == edit.end - edit.start and change.inserted == edit.text
        for change, edit in zip(changes, ours, strict=True)
    )


def _hull(edits: Sequence[Edit]) -> tuple[int, int]:
    """The smallest stretch of the text before that sequential edits touch."""
    low, high = edits[0].start, edits[0].end
    now_high = high + edits[0].growth
    for edit in edits[1:]:
        if edit.end > now_high:
            high += edit.end - now_high
            now_high = edit.end
        low = min(low, edit.start)
        now_high += edit.growth
    return low, high


def _cost(edits: Sequence[Edit]) -> int:
    return sum(edit.end - edit.start + len(edit.text) for edit in edits)
