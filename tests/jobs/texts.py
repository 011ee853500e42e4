"""What the world reads in a text: values in, values out."""

from __future__ import annotations

from lsp_llm.jobs.edit_events import ApplyEdit
from tests.fakes.editor import Splice, smallest_splice


def is_blind(base: str, current: str, effect: ApplyEdit) -> bool:
    """Whether the edits' points may mean other text now than they meant in the text that the server had."""
    if base == current:
        return False
    changed = smallest_splice(base, current)
    low, high = base.count("\n", 0, changed.start), base.count("\n", 0, changed.end)
    is_same_height = high - low == changed.text.count("\n")
    for edit in effect.edits:
        first, last = base.count("\n", 0, edit.start), base.count("\n", 0, edit.end)
        if low <= last and not (high < first and is_same_height):
            return True
    return False


def between_characters(text: str, place: int) -> int:
    """No editor lets its user stand inside a line end."""
    return place - 1 if text[max(0, place - 1) : place + 1] == "\r\n" else place


def formatted(text: str) -> list[Splice]:
    """Two marks in front of every third line of its own: text of the user's, as an indenting formatter writes."""
    starts = [0, *(place + 1 for place, char in enumerate(text) if char == "\n")]
    chosen = [start for line, start in enumerate(starts) if line % 3 == 1]
    return [Splice(start, start, "\u2003") for start in reversed(chosen)]
