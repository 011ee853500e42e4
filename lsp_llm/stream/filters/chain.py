"""Filters one after another as one filter; it knows no filter by name and keeps no text itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lsp_llm.stream.filters.base import Filter, Piece


class FilterChain:
    """Runs text through the filters in turn; a filter that withdraws its text makes all behind it begin afresh.

    It takes factories rather than filters, because beginning afresh means a new filter.
    """

    def __init__(self, factories: Sequence[Callable[[], Filter]]) -> None:
        self._factories = tuple(factories)
        self._filters = [make() for make in self._factories]

    def push(self, text: str) -> Piece:
        """Take the next text."""
        piece = Piece(text)
        for place in range(len(self._filters)):
            piece = self._push_at(place, piece)
        return piece

    def finish(self) -> Piece:
        """The answer is whole: each filter lets go, and the next still works on that."""
        piece = Piece("")
        for place in range(len(self._filters)):
            piece = joined(self._push_at(place, piece), self._filters[place].finish())
        return piece

    def _push_at(self, place: int, piece: Piece) -> Piece:
        if piece.restart:
            self._filters[place] = self._factories[place]()
        passed = self._filters[place].push(piece.text)
        return Piece(passed.text, restart=True) if piece.restart else passed


def joined(first: Piece, then: Piece) -> Piece:
    """Both pieces as one."""
    return then if then.restart else Piece(first.text + then.text, first.restart)
