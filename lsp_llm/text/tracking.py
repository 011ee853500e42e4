"""A region of a document under edits of ours and of others: what is where, and how to put the original back.

A region is a row of spans. `KEPT` is original text still there, `OURS` what we wrote, `THEIRS` what others typed
inside, `REMOVED` original text that we took out (it has no length in the document). The *tail* parts what is settled
from what the stream has not reached. An edit of others at the region's start or end lies outside; inside it stays.
Deleting text of theirs or ours shortens the spans; `REMOVED` text is never lost by that. It never touches a document.
Law: after any edits of ours and of others, the restoring edits give the others' edits on the original text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lsp_llm.text.edits import Edit, apply_sequential, join_touching, sequential
from lsp_llm.text.spans import Chain, Kind, Span, add, chained, extended, split_at, without


class Region:
    """`settled` spans, the tail, `ahead` spans; begins at offset `start` of the document."""

    __slots__ = ("_chain", "ahead", "start")

    def __init__(self, start: int, settled: Iterable[Span] = (), ahead: Iterable[Span] = ()) -> None:
        self.start = start
        self.ahead = list(ahead)
        self._chain = chained(settled)

    @classmethod
    def of(cls, start: int, end: int) -> Region:
        """A region of original text that nothing has reached yet."""
        return cls(start, (), [Span(Kind.KEPT, end - start)] if end > start else [])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Region):
            return NotImplemented
        return (self.start, self.settled, self.ahead) == (other.start, other.settled, other.ahead)

    def __repr__(self) -> str:
        return f"Region({self.start}, {self.settled}, {self.ahead})"

    @property
    def settled(self) -> list[Span]:
        """The spans before the tail, first to last; costs their number."""
        spans: list[Span] = []
        chain = self._chain
        while chain is not None:
            spans.append(chain.span)
            chain = chain.before
        return spans[::-1]

    @property
    def tail(self) -> int:
        """The offset where the stream goes on."""
        return self.start + (0 if self._chain is None else self._chain.end)

    @property
    def end(self) -> int:
        """The offset behind the last span."""
        return self.tail + sum(span.length for span in self.ahead)

    @property
    def has_ours(self) -> bool:
        """Whether anything in the document differs because of us."""
        return any(span.kind in (Kind.OURS, Kind.REMOVED) for span in (*self.settled, *self.ahead))

    @property
    def is_original(self) -> bool:
        """Whether all of it is original text."""
        return all(span.kind is Kind.KEPT for span in (*self.settled, *self.ahead))

    @property
    def has_ours_ahead(self) -> bool:
        """Whether text of ours stands behind the tail (the line end of the line in progress)."""
        return any(span.kind is Kind.OURS for span in self.ahead)

    @property
    def original_ahead(self) -> int:
        """Where the original text that was not reached begins, behind what is ours; `end` if none is left."""
        begin = offset = self.tail
        for span in self.ahead:
            if span.kind is Kind.KEPT:
                return begin
            offset += span.length
            if span.kind is Kind.OURS:
                begin = offset
        return offset

    def copy(self) -> Region:
        """A region of its own with the same spans."""
        twin = Region(self.start, (), self.ahead)
        twin._chain = self._chain
        return twin

    def settle(self, span: Span) -> None:
        """Append a span before the tail."""
        self._chain = extended(self._chain, span)

    def rewind(self, length: int) -> None:
        """Forget the last code points before the tail; what was removed among them stays to be put back."""
        removed: list[Span] = []
        chain = self._chain
        while chain is not None and length:
            span, rest = chain.span, max(0, chain.span.length - length)
            length -= span.length - rest
            if span.kind is Kind.REMOVED:
                removed.append(span)
            chain = Chain(chain.before, span.resized(rest), chain.end - span.length + rest) if rest else chain.before
        self._chain = chain
        for span in reversed(removed):
            self.settle(span)

    def shifted(self, by: int) -> None:
        """Move with an edit that lies before the region."""
        self.start += by

    def take(self, edit: Edit) -> Touch:
        """Follow an edit of others and tell what it touched."""
        if edit.end <= self.start:
            self.start += edit.growth
            return Touch()
        end = self.end
        if edit.start >= end:
            return Touch()
        return self._take_inside(edit, end)

    def _take_inside(self, edit: Edit, end: int) -> Touch:
        tail = self.tail
        low, high = max(edit.start, self.start), min(edit.end, end)
        touch = Touch(
            settled=low < tail,
            ahead=high > tail or (low == high == tail),
            tail_cut=low < tail <= high and self._ours_before_tail(),
            covered=self.start < end and edit.start <= self.start and edit.end >= end,
        )
        if (edit.start, edit.end) == (self.start, end) and edit.text and edit.text == self._all_removed():
            # The user put the original back, by undo or by revert.
            self._chain, self.ahead = None, [Span(Kind.KEPT, len(edit.text))]
            return touch
        self._delete(low, high)
        if edit.start < self.start:
            self.start = edit.start + len(edit.text)
        elif edit.text and edit.end <= end and not touch.covered:
            self._insert_theirs(low, edit.text)
        elif edit.text and touch.covered:
            self.start += len(edit.text)
        return touch

    def _all_removed(self) -> str | None:
        """The original, if we took out all of it and nobody typed in there."""
        spans = [*self.settled, *self.ahead]
        if any(span.kind in (Kind.KEPT, Kind.THEIRS) for span in spans):
            return None
        return "".join(span.text for span in spans)

    def _ours_before_tail(self) -> bool:
        chain = self._chain
        while chain is not None and chain.span.kind is Kind.REMOVED:
            chain = chain.before
        return chain is not None and chain.span.kind is Kind.OURS

    def _delete(self, low: int, high: int) -> None:
        tail = self.tail
        if low < tail:
            self._chain = chained(without(self.settled, low - self.start, high - self.start))
        self.ahead = without(self.ahead, low - tail, high - tail)

    def _insert_theirs(self, at: int, text: str) -> None:
        tail, theirs = self.tail, Span(Kind.THEIRS, len(text))
        if at > tail or (at == tail and not self._was_removed_at_tail(text)):
            add(self.ahead, theirs, split_at(self.ahead, at - tail))
            return
        settled = self.settled
        index = split_at(settled, at - self.start)
        if index and settled[index - 1] == Span(Kind.REMOVED, 0, text):
            # What we took out has come back, by undo or by revert: it is the original again.
            settled[index - 1] = Span(Kind.KEPT, len(text))
        else:
            add(settled, theirs, index)
        self._chain = chained(settled)

    def _was_removed_at_tail(self, text: str) -> bool:
        return self._chain is not None and self._chain.span == Span(Kind.REMOVED, 0, text)

    def accepted(self) -> Region:
        """The region with everything in it taken for original text."""
        return Region.of(self.start, self.end)

    def between(self, start: int, end: int) -> Region:
        """A region of its own with the spans between two offsets, none of them settled."""
        spans = [*self.settled, *self.ahead]
        last = split_at(spans, end - self.start)
        del spans[last:]
        return Region(start, (), spans[split_at(spans, start - self.start) :])

    def cut_out(self, hunk: int) -> Region | None:
        """Make the change `hunk` (counted from 1) a region of its own; here it counts as original text then."""
        spans = [*self.settled, *self.ahead]
        found = 0
        at = self.start
        index = 0
        while index < len(spans):
            last = index
            while last < len(spans) and spans[last].kind in (Kind.OURS, Kind.REMOVED):
                last += 1
            found += last > index
            if last > index and found == hunk:
                part = Region(at, spans[index:last])
                spans[index:last] = [Span(Kind.KEPT, part.end - part.start)]
                self._chain, self.ahead = chained(spans), []
                return part
            last = max(last, index + 1)
            at += sum(span.length for span in spans[index:last])
            index = last
        return None

    def restoring_edits(self) -> list[Edit]:
        """The simultaneous edits that take out what is ours and put back what we removed."""
        edits: list[Edit] = []
        for offset, span in self.placed():
            if span.kind is Kind.OURS:
                edits.append(Edit(offset, offset + span.length, ""))
            elif span.kind is Kind.REMOVED:
                edits.append(Edit(offset, offset, span.text))
        return join_touching(edits)

    def original_in(self, text: str) -> tuple[str, int, int]:
        """The document's text with the restoring edits carried out, and both offsets of the region in it."""
        original = apply_sequential(text, sequential(self.restoring_edits()))
        return original, self.start, self.restored().end

    def restored(self) -> Region:
        """The region after the restoring edits."""
        spans: list[Span] = []
        for _, span in self.placed():
            if span.kind is Kind.REMOVED:
                add(spans, Span(Kind.KEPT, len(span.text)))
            elif span.kind is not Kind.OURS:
                add(spans, span)
        return Region(self.start, (), spans)

    def placed(self) -> Iterator[tuple[int, Span]]:
        """Every span with the offset at which it begins."""
        offset = self.start
        for span in (*self.settled, *self.ahead):
            yield offset, span
            offset += span.length


@dataclass(frozen=True, slots=True)
class Touch:
    """What an edit of others did to a region."""

    settled: bool = False
    ahead: bool = False
    tail_cut: bool = False
    """Text of ours right before the tail was deleted: an undo, or a user who does not want it."""
    covered: bool = False
    """The whole region was deleted or replaced."""
