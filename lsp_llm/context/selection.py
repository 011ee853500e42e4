"""A part of a document that a command is about, cut out of the text; it knows no editor and no positions."""

from __future__ import annotations

from dataclasses import dataclass

from lsp_llm.text.document import split_lines

NEARBY_CHARACTERS = 16_000


@dataclass(frozen=True, slots=True)
class Selection:
    """What lies between two offsets (code points) of one document version; `before + text + after` is the document."""

    text: str
    before: str
    after: str
    start: int
    end: int

    @property
    def line_before(self) -> str:
        """What stands on the first selected line in front of the selection."""
        return self.before[max(self.before.rfind("\n"), self.before.rfind("\r")) + 1 :]

    @property
    def line_after(self) -> str:
        """What stands on the last selected line behind the selection, without the line end."""
        return self.after[: _line_length(self.after)]

    @property
    def indent(self) -> str:
        """The spaces and tabs in front of the first selected line that has text; of the first line when none has."""
        lines = split_lines(self.line_before + self.text)
        line = next((line for line in lines if line.strip()), lines[0]).rstrip("\r\n")
        return line[: len(line) - len(line.lstrip(" \t"))]

    @property
    def nearby(self) -> str:
        """The text around `start`, from a line's start, at most NEARBY_CHARACTERS to either side."""
        head = self.before[-NEARBY_CHARACTERS:]
        if len(head) < len(self.before):
            head = head[_line_length(head) :]
        tail = self.text[:NEARBY_CHARACTERS]
        return head + tail + self.after[: NEARBY_CHARACTERS - len(tail)]


def select(text: str, start: int, end: int) -> Selection:
    """Cut a document at two offsets (code points, `start <= end`)."""
    return Selection(text[start:end], text[:start], text[end:], start, end)


def _line_length(text: str) -> int:
    ends = [place for place in (text.find("\n"), text.find("\r")) if place >= 0]
    return min(ends, default=len(text))
