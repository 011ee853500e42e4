"""Spans of a region: whose text is how long, in rows that grow, and chains that are built on; it knows no offsets.

A chain is never changed, only extended: a copy of a region costs nothing that grows with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """Whose text a span is."""

    KEPT = "kept"
    OURS = "ours"
    THEIRS = "theirs"
    REMOVED = "removed"


class Span(NamedTuple):
    """`length` code points of one kind; `text` is set for `REMOVED` alone."""

    kind: Kind
    length: int = 0
    text: str = ""

    def resized(self, length: int) -> Span:
        """The same kind with another length."""
        return Span(self.kind, length, self.text)


class Chain(NamedTuple):
    """The last settled span, and those before it; `end` counts the code points of them all."""

    before: Chain | None
    span: Span
    end: int


def chained(spans: Iterable[Span]) -> Chain | None:
    """The spans as a chain, neighbours of one kind joined."""
    chain: Chain | None = None
    for span in spans:
        chain = extended(chain, span)
    return chain


def extended(chain: Chain | None, span: Span) -> Chain:
    """The chain with one more span."""
    if chain is None:
        return Chain(None, span, span.length)
    last = chain.span
    if last.kind is span.kind:
        joined = Span(span.kind, last.length + span.length, last.text + span.text)
        return Chain(chain.before, joined, chain.end + span.length)
    return Chain(chain, span, chain.end + span.length)


def split_at(spans: list[Span], place: int) -> int:
    """Make `place` (code points from the first span) a border; gives the index behind it and behind zero lengths."""
    at = 0
    for index, span in enumerate(spans):
        if place < at + span.length:
            if place == at:
                return index
            spans[index : index + 1] = [span.resized(place - at), span.resized(at + span.length - place)]
            return index + 1
        at += span.length
    return len(spans)


def add(spans: list[Span], span: Span, index: int | None = None) -> None:
    """Put a span in at `index` (the end if None), joined to a neighbour before it of the same kind."""
    index = len(spans) if index is None else index
    if index > 0 and spans[index - 1].kind is span.kind:
        before = spans[index - 1]
        spans[index - 1] = Span(span.kind, before.length + span.length, before.text + span.text)
    else:
        spans.insert(index, span)


def without(spans: list[Span], low: int, high: int) -> list[Span]:
    """The spans less the code points from `low` to `high`; `REMOVED` text stays."""
    kept: list[Span] = []
    at = 0
    for span in spans:
        cut = max(0, min(high, at + span.length) - max(low, at))
        at += span.length
        if span.kind is Kind.REMOVED or span.length > cut:
            add(kept, span.resized(span.length - cut))
    return kept
