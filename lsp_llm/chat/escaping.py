r"""A model's text as lines of a chat document, delta by delta; its result does not depend on how the text was cut.

Line ends become `\n`, blank lines at the edges go, and what looks like a marker is escaped (see `lines`). Text is held
back only while it may still become something else: blank lines until text follows them, and the beginning of a line
that may be a marker or a fence.
"""

from __future__ import annotations

import re

from lsp_llm.chat.conversation import is_blank
from lsp_llm.chat.lines import Block, State, after, escaped


def _beginnings(*words: str) -> str:
    """A pattern for what may still become one of the words, and for whatever begins with one."""
    parts = {rf"{re.escape(word[:size])}\Z" for word in words for size in range(len(word))}
    return "|".join([*sorted(parts), *(rf"{re.escape(word)}(?![a-z])" for word in words)])


_HEADING = rf"#{{1,6}}(?:\Z|[ \t]+(?:{_beginnings('user', 'assistant', 'tool', 'tools')}))"
_HTML = _beginnings("<details", "</details", "<!-- lsp-llm")
_ITEMS = r"(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]{1,4})*"
_FENCE = rf"{_ITEMS}(?:\Z|[-*+0-9]\Z|[0-9]{{2,9}}[.)]?\Z|[0-9][.)]\Z|`{{1,2}}\Z|`{{3,}}[^`]*\Z|~{{1,2}}\Z|~{{3}})"
_UNDECIDED = re.compile(rf"[ \t]*\Z| {{0,3}}(?:{_FENCE}|\\*(?:\Z|{_HEADING}|{_HTML}))", re.ASCII | re.IGNORECASE)
_UNDECIDED_IN_FENCE = re.compile(r"[ \t]*(?:`+|~+)?[ \t]*\Z")


class LineEscaper:
    """One part of a turn, its text or its thinking: deltas in, what stands in the document out."""

    def __init__(self, block: Block) -> None:
        self._state = State(block)
        self._line = ""
        self._blank_lines = ""
        self._is_decided = False
        self._has_begun = False
        self._ends_in_return = False

    @property
    def closing_line(self) -> str:
        """The line that would close the fence that is open, empty where none is."""
        return self._state.closing_line

    def push(self, delta: str) -> str:
        """Take the next text."""
        *lines, rest = self._with_plain_ends(delta).split("\n")
        return "".join([*(self._take(line) + self._end_line() for line in lines), self._take(rest)])

    def finish(self) -> str:
        """The part is whole: let go of what was held back, without a line end at its end."""
        return self._let_go() if not self._is_decided and not is_blank(self._line) else ""

    def _with_plain_ends(self, delta: str) -> str:
        if self._ends_in_return and delta.startswith("\n"):
            delta = delta[1:]
        if delta:
            self._ends_in_return = delta.endswith("\r")
        return delta.replace("\r\n", "\n").replace("\r", "\n") if "\r" in delta else delta

    def _take(self, piece: str) -> str:
        if self._is_decided:
            return piece
        self._line += piece
        pattern = _UNDECIDED_IN_FENCE if self._state.fence else _UNDECIDED
        return "" if pattern.match(self._line) else self._let_go()

    def _let_go(self) -> str:
        line, self._line = self._line, ""
        self._is_decided = True
        written = line if self._state.fence else escaped(line, self._state.block)
        self._state = after(written, self._state)
        self._has_begun = True
        return self._blank_lines + written

    def _end_line(self) -> str:
        """The line's text if it was held to the end; its end waits for more text."""
        if not self._is_decided and is_blank(self._line):
            blank, self._line = self._line, ""
            # Without text before it the line is a blank one at the edge.
            self._blank_lines += f"{blank}\n" if self._has_begun else ""
            return ""
        written = "" if self._is_decided else self._let_go()
        self._is_decided = False
        self._blank_lines = "\n"
        return written
