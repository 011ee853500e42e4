"""Finds the line on which each key of a TOML text stands, which tomllib does not tell; it never judges the text.

It reads only texts that tomllib has accepted, and therefore skips values without understanding them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import NamedTuple

from lsp_llm.config.problems import BARE_KEY, KeyPath

_TOKEN = re.compile(
    r'''(?P<string>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\])*"|'[^']*')'''
    r"""|(?P<blank>[ \t\r]+|\#[^\n]*)|(?P<mark>[\n\[\]{}=,])|(?P<bare>[^\s\#\[\]{}=,"']+)""",
    re.DOTALL,
)

_OPENING: Mapping[str, int] = {"[": 1, "{": 1, "]": -1, "}": -1}


class _Token(NamedTuple):
    """A piece of the text and the line it begins on; `mark` is "" for all but punctuation and line ends."""

    text: str
    mark: str
    line: int


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line (from 1) where each key, table and parent of a key is first named, in a valid TOML text."""
    scanner = _Scanner(_tokens(text))
    scanner.document()
    return scanner.lines


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int | None:
    """The line of the key, or of the nearest table around it."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    line = 1
    for match in _TOKEN.finditer(text):
        piece = match[0]
        if match.lastgroup != "blank":
            tokens.append(_Token(piece, piece if match.lastgroup == "mark" else "", line))
        line += piece.count("\n")
    return tokens


class _Scanner:
    """Walks the tokens once, noting keys and stepping over values."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._tokens = tokens
        self._at = 0

    def document(self) -> None:
        """The whole text: headers, and pairs below them."""
        table: KeyPath = ()
        while not self._at_end():
            match self._mark():
                case "\n":
                    self._at += 1
                case "[":
                    table = self._header()
                case _:
                    self._pair(table)

    def _at_end(self) -> bool:
        return self._at >= len(self._tokens)

    def _mark(self) -> str:
        return "\n" if self._at_end() else self._tokens[self._at].mark

    def _header(self) -> KeyPath:
        while self._mark() == "[":
            self._at += 1
        table = self._key((), "]")
        while self._mark() == "]":
            self._at += 1
        return table

    def _pair(self, table: KeyPath) -> None:
        path = self._key(table, "=")
        self._at += 1
        if self._mark() == "{":
            self._inline_table(path)
        self._skip_value()

    def _inline_table(self, table: KeyPath) -> None:
        self._at += 1
        while not self._at_end() and self._mark() != "}":
            if self._mark() in {",", "\n"}:
                self._at += 1
            else:
                self._pair(table)
        self._at += 1

    def _skip_value(self) -> None:
        depth = 0
        while not self._at_end():
            mark = self._mark()
            if depth == 0 and mark in {"\n", ",", "}"}:
                return
            depth += _OPENING.get(mark, 0)
            self._at += 1

    def _key(self, table: KeyPath, end: str) -> KeyPath:
        first = self._tokens[self._at]
        start = self._at
        while not self._at_end() and self._mark() != end:
            self._at += 1
        path = table + _decoded("".join(token.text for token in self._tokens[start : self._at]))
        for length in range(len(table) + 1, len(path) + 1):
            self.lines.setdefault(path[:length], first.line)
        return path


def _decoded(key: str) -> KeyPath:
    """The parts of a key as TOML reads it: tomllib knows the quotes and escapes."""
    if BARE_KEY.fullmatch(key):
        return (key,)
    parts: list[str] = []
    rest: object = tomllib.loads(f"{key} = 0")
    while isinstance(rest, dict):
        ((part, rest),) = rest.items()
        parts.append(part)
    return tuple(parts)
