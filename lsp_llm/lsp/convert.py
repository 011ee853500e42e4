"""Positions of the protocol to points and offsets of a document, and back; the only user of the negotiated encoding."""

from __future__ import annotations

from lsp_llm.lsp.messages import Position, Range, TextEdit
from lsp_llm.text.document import Document, Point
from lsp_llm.text.edits import Edit
from lsp_llm.text.positions import Encoding, from_code_points, to_code_points


def point_of(document: Document, position: Position, encoding: Encoding) -> Point:
    """The point of a position; past the end of a line or of the document it is that end."""
    line = position.line
    if line >= len(document.lines):
        last = len(document.lines) - 1
        return last, len(document.lines[last])
    column = to_code_points(document.lines[line], position.character, encoding)
    return line, document.clamp_column(line, column)


def offset_of(document: Document, position: Position, encoding: Encoding) -> int:
    """The offset of a position."""
    return document.offset(*point_of(document, position, encoding))


def offsets_of(document: Document, range_: Range, encoding: Encoding) -> tuple[int, int]:
    """Both offsets of a range, in their order whatever the client's was."""
    start = offset_of(document, range_.start, encoding)
    end = offset_of(document, range_.end, encoding)
    return min(start, end), max(start, end)


def position_of(document: Document, offset: int, encoding: Encoding) -> Position:
    """The position of an offset."""
    line, column = document.point(offset)
    return Position(line, from_code_points(document.lines[line], column, encoding))


def text_edit(document: Document, edit: Edit, encoding: Encoding) -> TextEdit:
    """An edit as the protocol writes it."""
    return TextEdit(range_of(document, edit.start, edit.end, encoding), edit.text)


def range_of(document: Document, start: int, end: int, encoding: Encoding) -> Range:
    """The range between two offsets."""
    first = position_of(document, start, encoding)
    return Range(first, first if start == end else position_of(document, end, encoding))
