"""One document as an array of lines, changed in place; nothing in it costs O(document) per change.

A line ends with `\\n`, `\\r\\n` or `\\r` and nothing else (LSP 3.17, "Text Documents"): a form feed or U+2028 is
ordinary text. Lines keep their ends; the last line has none and always exists. A *point* is a line and a column in
code points; an offset counts code points from the start. It knows nothing of encodings (positions does).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lsp_llm.text.edits import Change, Edit
from lsp_llm.text.line_index import LineIndex

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")

Point = tuple[int, int]


def split_lines(text: str) -> list[str]:
    """The lines with their ends; the last one, possibly empty, has no end."""
    if "\r" not in text:
        parts = text.split("\n")
        last = parts.pop()
        return [part + "\n" for part in parts] + [last]
    lines = _LINE.findall(text)
    # The pattern matches once more, emptily, after an unterminated last line.
    if len(lines) > 1 and not lines[-1] and not lines[-2].endswith(("\n", "\r")):
        lines.pop()
    return lines


class Document:
    """The text of one open document."""

    def __init__(self, text: str) -> None:
        self.lines = split_lines(text)
        self._index = LineIndex(self.lines)
        self._followers: list[Callable[[Change], None]] = []

    def follow(self, told: Callable[[Change], None]) -> None:
        """Have every change told from now on, each right after it was made."""
        self._followers.append(told)

    @property
    def length(self) -> int:
        """Code points in the whole document."""
        return self._index.length

    @property
    def text(self) -> str:
        """The whole text; costs O(document)."""
        return "".join(self.lines)

    @property
    def line_end(self) -> str:
        """The line end that the document uses (that of its first line), `\\n` where it has none."""
        first = self.lines[0]
        return first[len(first.rstrip("\r\n")) :] or "\n"

    def offset(self, line: int, column: int) -> int:
        """The offset of a point; a line past the end is the end, a column past the line's text is the line's end."""
        if line >= len(self.lines):
            return self.length
        return self._index.offset_of_line(line) + self.clamp_column(line, column)

    def clamp_column(self, line: int, column: int) -> int:
        """The column, but no farther than the line's text without its end."""
        text = self.lines[line]
        width = len(text)
        if text.endswith("\n"):
            width -= 2 if text.endswith("\r\n") else 1
        elif text.endswith("\r"):
            width -= 1
        return min(column, width)

    def point(self, offset: int) -> Point:
        """The point of an offset (which must lie in the document)."""
        line, start = self._index.line_at(offset)
        return line, offset - start

    def slice(self, start: int, end: int) -> str:
        """The text between two offsets."""
        if start >= end:
            return ""
        first, first_start = self._index.line_at(start)
        head = self.lines[first]
        if end <= first_start + len(head):
            return head[start - first_start : end - first_start]
        last, last_start = self._index.line_at(end)
        middle = self.lines[first + 1 : last]
        return head[start - first_start :] + "".join(middle) + self.lines[last][: end - last_start]

    def apply(self, edit: Edit) -> Change:
        """Carry out one edit and tell what it removed."""
        removed = self.slice(edit.start, edit.end)
        self.replace(self.point(edit.start), self.point(edit.end), edit.text)
        return Change(edit.start, removed, edit.text)

    def replace(self, start: Point, end: Point, text: str) -> None:
        """Replace what lies between two points of the document."""
        if not self._followers:
            self._replace(start, end, text)
            return
        at = self._index.offset_of_line(start[0]) + start[1]
        change = Change(at, self.slice(at, self._index.offset_of_line(end[0]) + end[1]), text)
        self._replace(start, end, text)
        for told in self._followers:
            told(change)

    def _replace(self, start: Point, end: Point, text: str) -> None:
        first, last = start[0], end[0]
        joined = self.lines[first][: start[1]] + text + self.lines[last][end[1] :]
        if joined.startswith("\n") and first > 0 and self.lines[first - 1].endswith("\r"):
            first -= 1
            joined = self.lines[first] + joined
        inserted = split_lines(joined)
        if last + 1 < len(self.lines):
            inserted.pop()  # What split_lines sees behind the last line's end is the next line of the document.
        removed = self.lines[first : last + 1]
        self.lines[first : last + 1] = inserted
        self._index.replaced(first, removed, inserted)
