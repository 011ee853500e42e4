"""Columns in the units of a negotiated position encoding, to and from code points; the only counter of code units.

`utf-16` counts 16-bit units, `utf-8` bytes, `utf-32` code points (LSP 3.17, "Position Encoding"). A column inside a
character is taken as that character's start, one past the line's end as the end. ASCII lines cost nothing.
"""

from __future__ import annotations

from typing import Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]


def to_code_points(line: str, column: int, encoding: Encoding) -> int:
    """The code-point column of a column in code units."""
    if encoding == "utf-32" or line.isascii():
        return min(column, len(line))
    # A prefix of `column` code points has at least `column` units; cut there, half a character falls away.
    prefix = line[:column]
    if encoding == "utf-8":
        return len(prefix.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore"))
    return len(prefix.encode("utf-16-le", "surrogatepass")[: 2 * column].decode("utf-16-le", "ignore"))


def from_code_points(line: str, column: int, encoding: Encoding) -> int:
    """The column in code units of a code-point column."""
    if encoding == "utf-32" or line.isascii():
        return column
    if encoding == "utf-8":
        return len(line[:column].encode("utf-8", "surrogatepass"))
    return len(line[:column].encode("utf-16-le", "surrogatepass")) // 2
