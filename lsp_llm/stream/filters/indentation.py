"""Moves an answer to the indentation of what it replaces, line by line; it never reads beyond a line's first character.

All lines are shifted by the same amount: from the answer's first line that is not blank to the selection's. What the
lines are indented by among themselves stays, written in the document's own tabs or spaces. Lines that are blank
become empty. In a selection that begins in the middle of a line, that line's indentation counts and stands already.
"""

from __future__ import annotations

from lsp_llm.stream.filters.base import Piece

_BLANKS = " \t"
_USUAL_STEP_COLUMNS = 4
_NARROW_STEPS_COLUMNS = (2, 3)


class Indentation:
    """Answer text in, the same text at the selection's indentation out.

    `before` is the document between the start of the line and the start of the selection; `file_indent_unit` is one
    step of the file's own indentation, and counts where the selection itself shows none.
    """

    def __init__(self, selection: str, before: str, file_indent_unit: str) -> None:
        self._target = _target(selection, before)
        self._standing = before if not before.strip(_BLANKS) else self._target
        self._tabs = "\t" in _first_indent(before + selection, file_indent_unit)
        self._step_columns = 0 if self._tabs else _columns_of_unit(file_indent_unit)
        self._first_indent: str | None = None
        self._held = ""
        self._in_line = False
        self._on_first_line = True

    def push(self, text: str) -> Piece:
        """Take the next text; the blanks at the start of a line wait for its first character."""
        passed: list[str] = []
        for line in _lines(text):
            passed.append(line if self._in_line else self._begin(self._held + line))
            if line.endswith("\n"):
                self._in_line = self._on_first_line = False
        return Piece("".join(passed))

    def finish(self) -> Piece:
        """The answer is whole; blanks at its end were a blank line."""
        held, self._held = self._held, ""
        return Piece(held.lstrip(_BLANKS))

    def _begin(self, line: str) -> str:
        """The beginning of a line: what of it can be let through."""
        content = line.lstrip(_BLANKS)
        self._held = ""
        if content in ("", "\r"):
            self._held = line
            return ""
        if content in ("\n", "\r\n"):
            return content
        self._in_line = True
        return self._indent(line[: len(line) - len(content)]) + content

    def _indent(self, indent: str) -> str:
        if self._first_indent is None:
            self._first_indent = indent
        moved = self._moved(indent, self._first_indent)
        if not self._on_first_line:
            return moved
        return moved.removeprefix(self._standing) if moved.startswith(self._standing) else ""

    def _moved(self, indent: str, first: str) -> str:
        """The target, made deeper or shallower by what this line differs from the first."""
        if self._step_columns == 0:
            self._step_columns = _step_columns(indent, first)
        columns = self._columns(indent) - self._columns(first)
        if columns >= 0:
            return self._target + self._blanks(columns)
        target = self._target
        while target and columns < 0:
            columns += self._columns(target[-1])
            target = target[:-1]
        return target + self._blanks(max(columns, 0))

    def _columns(self, blanks: str) -> int:
        tabs = blanks.count("\t")
        return tabs * (self._step_columns or _USUAL_STEP_COLUMNS) + len(blanks) - tabs

    def _blanks(self, columns: int) -> str:
        if not self._tabs:
            return " " * columns
        steps, spaces = divmod(columns, self._step_columns or _USUAL_STEP_COLUMNS)
        return "\t" * steps + " " * spaces


def _target(selection: str, before: str) -> str:
    """The indentation of the selection's first line that is not blank, or of the line where it begins."""
    if before.strip(_BLANKS):
        return _indent_of(before)
    lines = (before + selection).split("\n")
    return _indent_of(next((line for line in lines if line.strip()), lines[0]))


def _first_indent(lines: str, otherwise: str) -> str:
    return next((indent for line in lines.split("\n") if (indent := _indent_of(line)) and line.strip()), otherwise)


def _indent_of(line: str) -> str:
    return line[: len(line) - len(line.lstrip(_BLANKS))]


def _lines(text: str) -> list[str]:
    """Lines with their ends; `str.splitlines` would also cut at the other separators of Unicode."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _columns_of_unit(unit: str) -> int:
    return len(unit.expandtabs(_USUAL_STEP_COLUMNS)) or _USUAL_STEP_COLUMNS


def _step_columns(indent: str, first: str) -> int:
    """How many spaces of the answer make one tab: told by its first step, 0 as long as there was none."""
    deeper = len(indent) - len(first) if indent != first and "\t" not in indent + first else 0
    if deeper <= 0:
        return 0
    return deeper if deeper in _NARROW_STEPS_COLUMNS else _USUAL_STEP_COLUMNS
