"""Edits as values, in code-point offsets of one document version; it never touches a document.

A *simultaneous* list of edits is sorted, does not overlap, and every edit counts in the same version.
A *sequential* list counts each edit in the text that the edits before it have made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Edit(NamedTuple):
    """Replaces the text between `start` and `end` by `text`."""

    start: int
    end: int
    text: str

    @property
    def growth(self) -> int:
        """By how many code points the document grows."""
        return len(self.text) - (self.end - self.start)

    def moved(self, by: int) -> Edit:
        """The same, so many code points further on."""
        return Edit(self.start + by, self.end + by, self.text)


class Change(NamedTuple):
    """What happened to a document: at `start`, `removed` gave way to `inserted`."""

    start: int
    removed: str
    inserted: str

    def as_edit(self) -> Edit:
        """The same without the removed text."""
        return Edit(self.start, self.start + len(self.removed), self.inserted)


def sequential(edits: Sequence[Edit]) -> list[Edit]:
    """The simultaneous edits in an order in which each may be applied after the other: last place first."""
    return list(reversed(edits))


def apply_sequential(text: str, edits: Iterable[Edit], origin: int = 0) -> str:
    """The text after the edits; `origin` is the document offset at which `text` begins."""
    for edit in edits:
        text = text[: edit.start - origin] + edit.text + text[edit.end - origin :]
    return text


def undo_sequential(text: str, changes: Sequence[Change], origin: int = 0) -> str:
    """The text before the changes; `origin` is the document offset at which `text` begins."""
    for change in reversed(changes):
        start = change.start - origin
        text = text[:start] + change.removed + text[start + len(change.inserted) :]
    return text


def join_touching(edits: Sequence[Edit]) -> list[Edit]:
    """The same simultaneous edits with neighbours that touch made one, and edits that do nothing left out."""
    joined: list[Edit] = []
    for edit in edits:
        if edit.start == edit.end and not edit.text:
            continue
        if joined and joined[-1].end == edit.start:
            last = joined.pop()
            edit = Edit(last.start, edit.end, last.text + edit.text)
        joined.append(edit)
    return joined


def composed(first: Sequence[Edit], second: Sequence[Edit]) -> list[Edit]:
    """Simultaneous edits that do at once what `first`, and then `second` in the text that `first` makes, would do.

    Both are simultaneous lists.
    """
    sizes = [edit.end + len(edit.text) for edit in (*first, *second)]
    kept = _Piece(0, sum(sizes) + 1, "")  # Farther than any edit can reach.
    pieces = _pieces_after(_pieces_after([kept], first), second)
    edits: list[Edit] = []
    at, text = 0, ""
    for piece in pieces:
        if piece.start is None:
            text += piece.text
            continue
        if text or piece.start > at:
            edits.append(Edit(at, piece.start, text))
        at, text = piece.start + piece.length, ""
    return edits


class _Piece(NamedTuple):
    """A stretch of the text before, from `start` on, or `text` that came since, where `start` is None."""

    start: int | None
    length: int
    text: str

    def cut(self, low: int, high: int) -> _Piece:
        """The part between two places counted in the piece."""
        return _Piece(None if self.start is None else self.start + low, high - low, self.text[low:high])


def _pieces_after(pieces: Sequence[_Piece], edits: Sequence[Edit]) -> list[_Piece]:
    """The pieces of the text after simultaneous edits of it."""
    after: list[_Piece] = []
    at = 0
    for edit in edits:
        after += _between(pieces, at, edit.start)
        after.append(_Piece(None, len(edit.text), edit.text))
        at = edit.end
    return [*after, *_between(pieces, at, sum(piece.length for piece in pieces))]


def _between(pieces: Sequence[_Piece], low: int, high: int) -> list[_Piece]:
    found: list[_Piece] = []
    at = 0
    for piece in pieces:
        start, end = max(low - at, 0), min(high - at, piece.length)
        if start < end:
            found.append(piece.cut(start, end))
        at += piece.length
    return found
