"""The original lines that a stream has not reached, and which of them an answer's line may be; it changes no text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lsp_llm.text.document import split_lines

MINIMUM_TELLING_LENGTH = 3


@dataclass(slots=True)
class LinesAhead:
    """The lines from the stream's tail to the region's end; `at` moves on only."""

    lines: Sequence[str]
    places: Mapping[str, Sequence[int]]
    at: int = 0

    @classmethod
    def of(cls, text: str) -> LinesAhead:
        """The lines of the text between the tail and the region's end."""
        lines = split_lines(text)
        if not lines[-1]:
            lines.pop()
        places: dict[str, list[int]] = {}
        for place, line in enumerate(lines):
            places.setdefault(line, []).append(place)
        return cls(lines, places)

    @property
    def next(self) -> str | None:
        """The next line, None at the end."""
        return self.lines[self.at] if self.at < len(self.lines) else None

    def reach(self, line: str) -> Sequence[str] | None:
        """If the answer's line is one of the lines ahead, move behind it and give the lines passed over.

        The next line may be any; a line farther off counts only if it says something and stands ahead just once, so
        that a brace or an empty line never makes the stream leap over text that the answer still repeats.
        """
        if line == self.next:
            self.at += 1
            return ()
        places = self.places.get(line, ())
        first = bisect_left(places, self.at)
        if len(places) - first != 1 or not _tells(line):
            return None
        passed = self.lines[self.at : places[first]]
        self.at = places[first] + 1
        return passed

    def rest(self) -> Sequence[str]:
        """All lines that were not reached; none are left ahead."""
        passed = self.lines[self.at :]
        self.at = len(self.lines)
        return passed


def _tells(line: str) -> bool:
    stripped = line.strip()
    return len(stripped) >= MINIMUM_TELLING_LENGTH and any(map(str.isalnum, stripped))
