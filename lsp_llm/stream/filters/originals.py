"""Puts the user's own secrets back where an answer repeats the marks that stood for them; it finds no secret."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lsp_llm.stream.filters.base import Piece

_DIGITS = "0123456789"


class Originals:
    """Answer text in, the same with the originals in place of their marks out; a beginning of a mark waits."""

    def __init__(self, originals: Mapping[str, str]) -> None:
        self._originals = dict(originals)
        # Longest first: one mark may be the beginning of another, as 1 is of 12.
        marks = sorted(self._originals, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, marks)) if marks else r"(?!)")
        self._beginnings = {mark[:length] for mark in marks for length in range(1, len(mark) + 1)}
        self._longest = max(map(len, marks), default=0)
        self._held = ""

    def push(self, text: str) -> Piece:
        """Take the next text."""
        text = self._held + text
        keep = self._unfinished(text)
        self._held = text[len(text) - keep :]
        return Piece(self._put_back(text[: len(text) - keep]))

    def finish(self) -> Piece:
        """The answer is whole."""
        held, self._held = self._held, ""
        return Piece(self._put_back(held))

    def _put_back(self, text: str) -> str:
        return self._pattern.sub(lambda found: self._originals[found[0]], text)

    def _unfinished(self, text: str) -> int:
        """How many characters at the end may be the beginning of a mark, or a mark whose number may go on."""
        for length in range(min(self._longest, len(text)), 0, -1):
            if text[-length:] in self._beginnings:
                return length
        return 0
