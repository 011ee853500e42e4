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
    """`landed`: which candidate the change holds, None for none; `others`: what is left to the user, sequential."""

    landed: int | None
    others: list[Change]

    @property
    def cost(self) -> int:
        """How much is left to the user."""
        return cost(self.others)

    @property
    def is_only_cut(self) -> bool:
        """Whether the user is left with deletions alone."""
        return not any(change.inserted for change in self.others)


def cost(changes: Sequence[Change]) -> int:
    """Code points and places: of two readings with as many letters the one with fewer places is the likely one."""
    return sum(len(change.removed) + len(change.inserted) + 1 for change in changes)


def read_echo(
    document: Document, changes: Sequence[Change], candidates: Sequence[Sequence[Edit]], *, is_likely: bool = False
) -> Reading:
    """Read the changes that led to `document` against edits of ours that may be among them (sequential lists all).

    Of two readings that leave as much to the user, the one in which the user only cut an edit that `is_likely` there
    is taken before the one in which they typed a part of it, and so is the one with fewer places.
    """
    for index, ours in enumerate(candidates):
        if begins_with(changes, ours):
            return Reading(index, narrowed(changes[len(ours) :]))
    low, before, after = _window(document, changes, candidates)
    for index, ours in enumerate(candidates):
        carried_out = apply_sequential(before, ours, low)
        for count in range(1, len(changes)):
            # A report in steps: our edit, told as another change with the same result, and what was done to it then.
            if undo_sequential(after, changes[count:], low) == carried_out:
                return Reading(index, narrowed(changes[count:]))
    best = Reading(None, _differences(before, after, low))
    for index, ours in enumerate(candidates):
        reading = Reading(index, _differences(apply_sequential(before, ours, low), after, low))
        is_simpler = reading.is_only_cut or len(reading.others) < len(best.others)
        if reading.cost < best.cost or (is_likely and reading.cost == best.cost and is_simpler):
            best = reading
    return best


def read_landed(document: Document, changes: Sequence[Change], ours: Sequence[Edit]) -> Reading:
    """Read changes that are known to hold our edit."""
    if begins_with(changes, ours):
        return Reading(0, narrowed(changes[len(ours) :]))
    low, before, after = _window(document, changes, [ours])
    return Reading(0, _differences(apply_sequential(before, ours, low), after, low))


def read_others(changes: Sequence[Change]) -> list[Edit]:
    """What the user did, as sequential edits; a replacement is narrowed to what differs."""
    return [change.as_edit() for change in narrowed(changes)]


def narrowed(changes: Sequence[Change]) -> list[Change]:
    """The same changes without what they leave as it was."""
    narrow: list[Change] = []
    for change in changes:
        if change.removed and change.inserted:
            narrow += _differences(change.removed, change.inserted, change.start)
        else:
            narrow.append(change)
    return narrow


def begins_with(changes: Sequence[Change], ours: Sequence[Edit]) -> bool:
    """Whether the first changes are our edits to the letter."""
    return len(changes) >= len(ours) and all(
        change.start == edit.start and len(change.removed) == edit.end - edit.start and change.inserted == edit.text
        for change, edit in zip(changes, ours, strict=False)
    )


def _window(
    document: Document, changes: Sequence[Change], candidates: Sequence[Sequence[Edit]]
) -> tuple[int, str, str]:
    """Where the stretch that anyone touches begins, and its text before and after the changes."""
    reported = [change.as_edit() for change in changes]
    hulls = [_hull(edits) for edits in (reported, *candidates) if edits]
    low, high = min(hull[0] for hull in hulls), max(hull[1] for hull in hulls)
    after = document.slice(low, high + sum(edit.growth for edit in reported))
    return low, undo_sequential(after, changes, low), after


def _differences(before: str, after: str, origin: int) -> list[Change]:
    """What turns one text into the other, last place first."""
    return [
        Change(edit.start, before[edit.start - origin : edit.end - origin], edit.text)
        for edit in sequential(text_diff(before, after, origin))
    ]


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
