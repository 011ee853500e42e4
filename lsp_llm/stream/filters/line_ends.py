"""The line ends of the document instead of the model's; neither class looks at anything but line ends."""

from __future__ import annotations

from lsp_llm.stream.filters.base import Piece


class LineEndConversion:
    r"""Turns `\n` and `\r\n` into `eol`, adds and drops nothing: for text that is inserted."""

    def __init__(self, eol: str) -> None:
        self._eol = eol
        self._held = ""

    def push(self, text: str) -> Piece:
        r"""Take the next text; a `\r` at its end waits for what follows."""
        text, self._held = self._held + text, ""
        if text.endswith("\r"):
            text, self._held = text[:-1], "\r"
        return Piece(text.replace("\r\n", "\n").replace("\n", self._eol))

    def finish(self) -> Piece:
        r"""A lone `\r` at the very end is let go as it is."""
        held, self._held = self._held, ""
        return Piece(held)


class LineEnds:
    """Converts like LineEndConversion and makes the answer end exactly in `ending`: for text that replaces lines.

    An answer without a single character beside line ends stays empty, so that nothing is written for it.
    """

    def __init__(self, eol: str, ending: str) -> None:
        self._eol = eol
        self._ending = ending
        self._plain = LineEndConversion("\n")
        self._held_lines = 0
        self._begun = False

    def push(self, text: str) -> Piece:
        """Take the next text; line ends at its end wait for what follows."""
        return Piece(self._without_last_line_ends(self._plain.push(text).text))

    def finish(self) -> Piece:
        """The answer is whole: its last line ends give way to `ending`."""
        rest = self._without_last_line_ends(self._plain.finish().text)
        return Piece(rest + self._ending if self._begun else "")

    def _without_last_line_ends(self, text: str) -> str:
        body = text.rstrip("\n")
        if not body:
            self._held_lines += len(text)
            return ""
        waited, self._held_lines = self._held_lines, len(text) - len(body)
        self._begun = True
        return ("\n" * waited + body).replace("\n", self._eol)
