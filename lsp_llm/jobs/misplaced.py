"""Reads a report on the suspicion that our edit landed at its stale line and column, after keys we had not seen; pure.

Only editors that ignore versions, or whose version does not cover unsent keys, can do that. What came before the answer
was in the editor when it carried the edit out, so there the reading is exact. Keys that the editor had not sent are in
no report: what the edit covered of them is gone, and what it covered else is guessed from what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lsp_llm.jobs.echo import cost, narrowed
from lsp_llm.text.diffing import common_prefix, common_suffix, text_diff
from lsp_llm.text.document import Document, split_lines
from lsp_llm.text.edits import Change, Edit, sequential, undo_sequential

MOST_PLACES = 64
"""Places that are tried, the nearest lines first: each costs a difference of two texts."""


@dataclass(frozen=True, slots=True)
class Misplacement:
    """The user's changes, then ours at wrong places, then the user's later changes; all sequential."""

    others: Sequence[Change]
    strays: Sequence[Change]
    later: Sequence[Change]


def read_misplaced(
    text: str, changes: Sequence[Change], before_answer: int, edits: Sequence[Edit], cost_in_place: int
) -> Misplacement | None:
    """The reading of the changes that led to `text`, None where the edits' own places explain it as well.

    `edits` are simultaneous edits of the text before the changes; the first `before_answer` changes came before the
    answer; `cost_in_place` is what the reading in place leaves to the user.
    """
    before = undo_sequential(text, changes)
    if before_answer:
        known = undo_sequential(text, changes[before_answer:])
        return _read_known(before, known, text, changes[:before_answer], edits)
    return read_unseen(before, text, edits, cost_in_place)


def _read_known(
    before: str, known: str, text: str, changes: Sequence[Change], edits: Sequence[Edit]
) -> Misplacement | None:
    """The editor had `known` when it carried the edits out."""
    stale, document = Document(before), Document(known)
    placed = [
        Edit(document.offset(*stale.point(edit.start)), document.offset(*stale.point(edit.end)), edit.text)
        for edit in edits
    ]
    strays = [document.apply(Edit(edit.start, max(edit.start, edit.end), edit.text)) for edit in sequential(placed)]
    later = differences(document.text, text)
    in_place = min(cost(differences(expected, text)) for expected in _carried_out(before, changes, edits))
    if cost(later) >= in_place:
        return None
    return Misplacement(narrowed(changes), strays, later)


def _carried_out(before: str, changes: Sequence[Change], edits: Sequence[Edit]) -> tuple[str, str]:
    """The text after the user's changes with our edits where they belong, behind and before what was typed there."""
    letters: list[_Letter] = [(letter, place) for place, letter in enumerate(before)]
    for change in changes:
        letters[change.start : change.start + len(change.removed)] = [(letter, None) for letter in change.inserted]
    behind, ahead = letters, letters
    for edit in edits:
        at = next(
            (at for at, (_, place) in enumerate(behind) if place is not None and place >= edit.start), len(behind)
        )
        behind = _with_edit(behind, at, edit)
    for edit in sequential(edits):
        last = max((at for at, (_, place) in enumerate(ahead) if place is not None and place < edit.start), default=-1)
        ahead = _with_edit(ahead, last + 1, edit)
    return _text(behind), _text(ahead)


_Letter = tuple[str, int | None]
"""A letter and its place in the text before, None for one that came since."""


def _with_edit(letters: list[_Letter], at: int, edit: Edit) -> list[_Letter]:
    written: list[_Letter] = [(letter, None) for letter in edit.text]
    rest = [letter for letter in letters[at:] if letter[1] is None or not edit.start <= letter[1] < edit.end]
    return [*letters[:at], *written, *rest]


def _text(letters: list[_Letter]) -> str:
    return "".join(letter for letter, _ in letters)


def read_unseen(before: str, text: str, edits: Sequence[Edit], cost_in_place: int) -> Misplacement | None:
    """The reading of what led from `before` to `text`, None where the edits' own places explain it as well.

    The editor had keys that it had not told of, so the edit is undone where it must have gone.
    """
    stale = Document(before)
    strays: list[Change] = []
    untold = 0
    for edit in edits:
        readings = list(_readings(before, text, stale, edit))
        if not readings:
            return None
        text, stray = min(readings, key=lambda reading: cost(differences(before, reading[0])))
        strays.append(stray)
        untold += _untold(before[edit.start : edit.end], stray, text)
    others = differences(before, text)
    return Misplacement(others, strays[::-1], ()) if cost(others) + untold < cost_in_place else None


def _untold(meant: str, stray: Change, text: str) -> int:
    """The least that an edit has taken of keys that were never told of: line ends, of which none is missing."""
    has_taken_nothing = not stray.removed and stray.start < len(text)
    return sum(letter in "\r\n" for letter in meant) if has_taken_nothing else 0


def _readings(before: str, text: str, stale: Document, edit: Edit) -> Iterator[tuple[str, Change]]:
    """For every place where the edit may stand: the text without it, and what it did there."""
    document = Document(text)
    line, column = stale.point(edit.start)
    if line >= len(document.lines) and not edit.text:
        # Past the end there is nothing to take.
        return
    for start in islice(_places(before, document, line, column, edit.text), MOST_PLACES):
        stray_line, stray_column = document.point(start)
        bare = text[:start] + text[start + len(edit.text) :]
        covered = _covered(before, bare, edit, start, was_too_short=stray_column < column)
        without = bare[:start] + covered + bare[start:]
        # Only keys with a line end, before the edit or after it, can have brought it to another line.
        if stray_line == line or any("\n" in removed + typed for _, removed, typed in differences(before, without)):
            yield without, Change(start, covered, edit.text)


def _places(before: str, document: Document, line: int, column: int, written: str) -> Iterator[int]:
    """Where the text that was written may stand: in its line, or, because keys came after it too, in another one."""
    text = document.text
    low = common_prefix(before, text)
    high = len(text) - common_suffix(before, text, min(len(before), len(text)) - low)
    first, last = (document.point(max(0, offset))[0] for offset in (low - len(written), high))
    lines = sorted(range(first, last + 1), key=lambda at: abs(at - line)) if written else ()
    # In a line that is too short for the column the editor writes at its end, which is behind our text by now.
    behind = split_lines(written)[0].rstrip("\r\n")
    starts = dict.fromkeys(document.offset(at, column + len(behind)) - len(behind) for at in (line, *lines))
    return (start for start in starts if start >= 0 and text.startswith(written, start))


def _covered(before: str, bare: str, edit: Edit, start: int, *, was_too_short: bool) -> str:
    """What the edit took away at `start`: the text that is missing there, else what it was meant to take."""
    hunks = text_diff(before, bare)
    if edit.start == edit.end or not any(hunk.start < hunk.end for hunk in hunks):
        return ""
    meant, grown = before[edit.start : edit.end], 0
    for hunk in hunks:
        gone = _gone_at(start - hunk.start - grown, before, bare, hunk, start)
        if gone is not None and _can_be(gone, meant, was_too_short=was_too_short):
            return gone
        grown += hunk.growth
    return meant


def _gone_at(shift: int, before: str, bare: str, hunk: Edit, start: int) -> str | None:
    """What a difference says is gone at `start`, which lies `shift` behind its own place; None where it says nothing.

    A gap among repeats may be told of some letters off: "ab" gone before an "a" is "ba" gone behind it.
    """
    gone = before[hunk.start : hunk.end]
    if hunk.text:
        return gone if 0 <= shift <= len(hunk.text) else None
    between = bare[min(start - shift, start) : max(start - shift, start)]
    is_there = abs(shift) <= len(gone) and between == (gone[:shift] if shift >= 0 else gone[shift:])
    return gone[shift:] + gone[:shift] if is_there else None


def _can_be(gone: str, meant: str, *, was_too_short: bool) -> bool:
    """Whether an edit from point to point that was meant to take one text can have taken the other.

    It takes as many line ends wherever it lands, no more of the last line, and from the end of a line that is too
    short for its column nothing before the line end.
    """
    *lines, last = gone.split("\n")
    *lines_meant, last_meant = meant.split("\n")
    is_as_far = len(lines) == len(lines_meant) and len(last) <= len(last_meant)
    return is_as_far and not (was_too_short and split_lines(gone)[0].rstrip("\r\n"))


def differences(before: str, after: str) -> list[Change]:
    """The sequential changes that turn one text into the other."""
    return [
        Change(edit.start, before[edit.start : edit.end], edit.text) for edit in sequential(text_diff(before, after))
    ]
