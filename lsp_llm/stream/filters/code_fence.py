"""Takes an answer out of the Markdown fence around it; an answer that does not begin with a fence is left alone.

Fences inside the content survive: those of another kind, shorter than the outer one or indented deeper can never
close it, and one with an info string opens a nested block that takes the next bare fence for itself.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import assert_never

from lsp_llm.stream.filters.base import Piece

_FENCE = re.compile(r"(?P<indent>[ \t]*)(?P<marks>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)")
_MAYBE_FENCE = re.compile(r"[ \t]*(?:`{0,2}|~{0,2}|`{3,}[^`]*|~{3,}.*)")
_MAYBE_OPENING = re.compile(r"\s*(?:`{0,2}|~{0,2}|`{3,}[^`]*|~{3,}.*)")


class _State(Enum):
    START = auto()
    LINE_START = auto()
    IN_LINE = auto()
    CLOSED = auto()
    NO_FENCE = auto()


class CodeFence:
    """Answer text in, the content of its fence out; without a closing fence the content goes on to the end."""

    def __init__(self) -> None:
        self._state = _State.START
        self._held = ""
        self._indent_width = 0
        self._marks = ""
        self._nested = 0

    def push(self, text: str) -> Piece:
        """Take the next text; a line that may be a fence waits for its end."""
        rest, self._held = self._held + text, ""
        passed: list[str] = []
        while rest:
            rest = self._step(rest, passed)
        return Piece("".join(passed))

    def finish(self) -> Piece:
        """The answer is whole; a last line without a line end may still be the closing fence."""
        held, self._held = self._held, ""
        closes = self._state is _State.LINE_START and self._closes(held)
        return Piece("" if closes else held)

    def _step(self, rest: str, passed: list[str]) -> str:
        """Deal with the beginning of `rest`, give what is still to do."""
        match self._state:
            case _State.START:
                return self._start(rest, passed)
            case _State.LINE_START:
                return self._line_start(rest, passed)
            case _State.IN_LINE:
                line, end, after = rest.partition("\n")
                passed.append(line + end)
                self._state = _State.LINE_START if end else _State.IN_LINE
                return after
            case _State.CLOSED:
                return ""
            case _State.NO_FENCE:
                passed.append(rest)
                return ""
            case _:
                assert_never(self._state)

    def _start(self, rest: str, passed: list[str]) -> str:
        line, end, after = rest.lstrip().partition("\n")
        blank = rest[: len(rest) - len(rest.lstrip())]
        opening = _FENCE.fullmatch(blank.rpartition("\n")[2] + line.rstrip("\r"))
        if end and opening:
            self._state = _State.LINE_START
            self._indent_width, self._marks = len(opening["indent"]), opening["marks"]
            return after
        if not end and _MAYBE_OPENING.fullmatch(rest):
            self._held = rest
            return ""
        self._state = _State.NO_FENCE
        return rest

    def _line_start(self, rest: str, passed: list[str]) -> str:
        line, end, after = rest.partition("\n")
        if not _MAYBE_FENCE.fullmatch(line):
            self._state = _State.IN_LINE
            return rest
        if not end:
            self._held = rest
            return ""
        if self._closes(line):
            self._state = _State.CLOSED
            return ""
        passed.append(line + end)
        return after

    def _closes(self, line: str) -> bool:
        """Whether this line is the closing fence; keeps count of nested ones."""
        fence = _FENCE.fullmatch(line.rstrip("\r"))
        if fence is None or not self._can_match(fence):
            return False
        self._nested += 1 if fence["info"].strip() else -1
        return self._nested < 0

    def _can_match(self, fence: re.Match[str]) -> bool:
        return fence["marks"].startswith(self._marks) and len(fence["indent"]) <= self._indent_width
