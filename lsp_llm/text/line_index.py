"""Code-point offsets of lines, kept in blocks so that no change costs the whole document; it holds no text.

A block stands for a run of neighbouring lines: how many there are and how many code points they have.
Look-ups walk from the block that was used last, and in it from the line that was found last, because edits are local.
"""

from __future__ import annotations

from collections.abc import Sequence

BLOCK_LINES = 256


class LineIndex:
    """Counts over a line array that its owner changes in place and reports by `replaced`."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._counts: list[int] = []
        self._sizes: list[int] = []
        for first in range(0, len(lines), BLOCK_LINES):
            block = lines[first : first + BLOCK_LINES]
            self._counts.append(len(block))
            self._sizes.append(sum(map(len, block)))
        self.length = sum(self._sizes)
        self._block = self._first_line = self._first_offset = 0
        self._near_line = self._near_offset = 0

    def offset_of_line(self, line: int) -> int:
        """The offset at which `line` begins."""
        self._walk_to_line(line)
        if line < self._near_line:
            self._forget_near()
        self._near_offset += sum(map(len, self._lines[self._near_line : line]))
        self._near_line = line
        return self._near_offset

    def line_at(self, offset: int) -> tuple[int, int]:
        """The line that holds `offset`, and the offset at which it begins; the end belongs to the last line."""
        self._walk_to_offset(offset)
        if offset < self._near_offset:
            self._forget_near()
        line, start = self._near_line, self._near_offset
        last = self._first_line + self._counts[self._block] - 1
        while line < last and start + (size := len(self._lines[line])) <= offset:
            start += size
            line += 1
        self._near_line, self._near_offset = line, start
        return line, start

    def replaced(self, first: int, removed: Sequence[str], inserted: Sequence[str]) -> None:
        """`removed` lines from `first` on have given way to `inserted`, at least one each, in the line array."""
        self._walk_to_line(first)
        if first < self._near_line:
            self._forget_near()
        grown = sum(map(len, inserted)) - sum(map(len, removed))
        self.length += grown
        block = self._block
        inside = self._first_line + self._counts[block] - first
        if len(removed) <= inside:
            self._counts[block] += len(inserted) - len(removed)
            self._sizes[block] += grown
        else:
            self._take_out_beyond(block, removed, inside)
            self._counts[block] += len(inserted)
            self._sizes[block] += sum(map(len, inserted))
        if self._counts[block] > 2 * BLOCK_LINES:
            self._split(block)

    def _take_out_beyond(self, block: int, removed: Sequence[str], inside: int) -> None:
        """Subtract removed lines that reach over one or more block ends."""
        self._counts[block] -= inside
        self._sizes[block] -= sum(map(len, removed[:inside]))
        done = inside
        while done < len(removed):
            part = removed[done : done + self._counts[block + 1]]
            done += len(part)
            if len(part) == self._counts[block + 1]:
                del self._counts[block + 1], self._sizes[block + 1]
            else:
                self._counts[block + 1] -= len(part)
                self._sizes[block + 1] -= sum(map(len, part))

    def _split(self, block: int) -> None:
        first = self._first_line
        count = self._counts[block]
        runs = [
            self._lines[at : min(at + BLOCK_LINES, first + count)] for at in range(first, first + count, BLOCK_LINES)
        ]
        self._counts[block : block + 1] = [len(run) for run in runs]
        self._sizes[block : block + 1] = [sum(map(len, run)) for run in runs]

    def _walk_to_line(self, line: int) -> None:
        while line < self._first_line:
            self._step_back()
        while line >= self._first_line + self._counts[self._block] and self._block + 1 < len(self._counts):
            self._step_on()

    def _walk_to_offset(self, offset: int) -> None:
        while offset < self._first_offset:
            self._step_back()
        while offset >= self._first_offset + self._sizes[self._block] and self._block + 1 < len(self._counts):
            self._step_on()

    def _step_back(self) -> None:
        self._block -= 1
        self._first_line -= self._counts[self._block]
        self._first_offset -= self._sizes[self._block]
        self._forget_near()

    def _step_on(self) -> None:
        self._first_line += self._counts[self._block]
        self._first_offset += self._sizes[self._block]
        self._block += 1
        self._forget_near()

    def _forget_near(self) -> None:
        self._near_line, self._near_offset = self._first_line, self._first_offset
