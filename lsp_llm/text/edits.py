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
