"""Edits at the tail of a region, gathered in order while the region's spans follow; it sends nothing.

All edits count in the document as it is (simultaneous); the region becomes what it will be once they have landed.
"""

from __future__ import annotations

from lsp_llm.text.document import Document
from lsp_llm.text.edits import Edit, join_touching
from lsp_llm.text.tracking import Kind, Region, Span, add, split_at


class Rewrite:
    """A cursor that starts at the tail and moves on through what lies ahead."""

    def __init__(self, document: Document, region: Region) -> None:
        self.region = region
        self._document = document
        self._at = region.tail
        self._edits: list[Edit] = []

    @property
    def edits(self) -> list[Edit]:
        """What was gathered, neighbours joined."""
        return join_touching(self._edits)

    def rewind(self, length: int) -> None:
        """Take out the last `length` code points of ours before the tail; only before anything else."""
        if length:
            self._edits.append(Edit(self._at - length, self._at, ""))
            settled = self.region.settled
            del settled[split_at(settled, sum(span.length for span in settled) - length) :]

    def insert(self, text: str) -> None:
        """Write text of ours at the cursor."""
        if text:
            self._edits.append(Edit(self._at, self._at, text))
            add(self.region.settled, Span(Kind.OURS, len(text)))

    def insert_ahead(self, text: str) -> None:
        """Write text of ours behind the cursor's place, so that the tail stays before it; nothing may follow this."""
        self._edits.append(Edit(self._at, self._at, text))
        self.region.ahead.insert(0, Span(Kind.OURS, len(text)))

    def skip(self, length: int) -> None:
        """Leave the next code points as they are."""
        for span in self._next(length):
            add(self.region.settled, span)
            self._at += span.length

    def remove(self, length: int) -> None:
        """Take out what is original or ours in the next code points; what others typed there stays."""
        for span in self._next(length):
            self._remove(span)

    def drop_ours_ahead(self) -> None:
        """Take out the first text of ours ahead, if there is any; pass what others typed before it."""
        ahead = self.region.ahead
        place = next((index for index, span in enumerate(ahead) if span.kind is Kind.OURS), None)
        if place is not None:
            self.skip(sum(span.length for span in ahead[:place]))
            self.remove(self.region.ahead[0].length)

    def _remove(self, span: Span) -> None:
        end = self._at + span.length
        if span.kind is Kind.KEPT:
            add(self.region.settled, Span(Kind.REMOVED, 0, self._document.slice(self._at, end)))
        if span.kind in (Kind.KEPT, Kind.OURS):
            self._edits.append(Edit(self._at, end, ""))
        else:
            add(self.region.settled, span)
        self._at = end

    def _next(self, length: int) -> list[Span]:
        ahead = self.region.ahead
        index = split_at(ahead, length)
        spans = ahead[:index]
        del ahead[:index]
        return spans
