"""Edits at the tail of a region, gathered in order while the region's spans follow; it sends nothing.

All edits count in the document as it is (simultaneous); the region becomes what it will be once they have landed.
"""

from __future__ import annotations

import re
from typing import assert_never

from lsp_llm.text.document import Document
from lsp_llm.text.edits import Edit, join_touching
from lsp_llm.text.spans import Kind, Span, split_at
from lsp_llm.text.tracking import Region

_LINE_END = re.compile(r"\r\n|\r|\n")


class Rewrite:
    """A cursor that starts at the tail and moves on through what lies ahead."""

    def __init__(self, document: Document, region: Region) -> None:
        self.region = region
        self._document = document
        self._at = region.tail
        self._edits: list[Edit] = []

    @property
    def edits(self) -> list[Edit]:
        """What was gathered, neighbours joined; an edit that would change nothing has no echo and is left out."""
        joined = join_touching(self._edits)
        return [edit for edit in joined if self._document.slice(edit.start, edit.end) != edit.text]

    def rewind(self, length: int) -> None:
        """Take out the last `length` code points of ours before the tail; only before anything else."""
        if length:
            self._edits.append(Edit(self._at - length, self._at, ""))
            self.region.rewind(length)

    def insert(self, text: str) -> None:
        """Write text of ours at the cursor."""
        if text:
            self._edits.append(Edit(self._at, self._at, text))
            self.region.settle(Span(Kind.OURS, len(text)))

    def insert_ahead(self, text: str) -> None:
        """Write text of ours behind the cursor's place, so that the tail stays before it; nothing may follow this."""
        self._edits.append(Edit(self._at, self._at, text))
        self.region.ahead.insert(0, Span(Kind.OURS, len(text)))

    def skip(self, length: int) -> None:
        """Leave the next code points as they are."""
        for span in self._next(length):
            self._pass(span)

    def remove(self, length: int) -> None:
        """Take out what is original or ours in the next code points.

        What others typed there stays, and keeps the end of the line that it was typed in: it is a line of theirs then.
        """
        is_line_theirs = False
        for span in self._next(length):
            text = self._document.slice(self._at, self._at + span.length)
            match span.kind:
                case Kind.OURS:
                    self._cut(text)
                case Kind.KEPT if is_line_theirs and (line_end := _LINE_END.search(text)):
                    self._take_out(text[: line_end.start()])
                    self._pass(Span(Kind.KEPT, len(line_end[0])))
                    self._take_out(text[line_end.end() :])
                    is_line_theirs = False
                case Kind.KEPT:
                    self._take_out(text)
                case Kind.THEIRS:
                    self._pass(span)
                    is_line_theirs = not text.endswith(("\n", "\r"))
                case Kind.REMOVED:
                    self._pass(span)
                case _:
                    assert_never(span.kind)

    def drop_ours_ahead(self) -> bool:
        """Take out the first text of ours ahead, if there is any; tells whether it had to pass what others typed."""
        ahead = self.region.ahead
        place = next((index for index, span in enumerate(ahead) if span.kind is Kind.OURS), None)
        if place is None:
            return False
        typed = sum(span.length for span in ahead[:place])
        self.skip(typed)
        self.remove(self.region.ahead[0].length)
        return typed > 0

    def _pass(self, span: Span) -> None:
        self.region.settle(span)
        self._at += span.length

    def _take_out(self, text: str) -> None:
        """Original text: it is remembered."""
        if text:
            self.region.settle(Span(Kind.REMOVED, 0, text))
            self._cut(text)

    def _cut(self, text: str) -> None:
        self._edits.append(Edit(self._at, self._at + len(text), ""))
        self._at += len(text)

    def _next(self, length: int) -> list[Span]:
        ahead = self.region.ahead
        index = split_at(ahead, length)
        spans = ahead[:index]
        del ahead[:index]
        return spans
