"""Where new text goes: a file that can be shown, and which lines of it a block of code is meant for.

The latter is a guess that the user sees as a difference; it shows and changes none.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lsp_llm.errors import UserError
from lsp_llm.text.document import split_lines


def make_file(file: Path) -> None:
    """Have a file that can be shown: an empty one, where there is none; raises UserError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(exist_ok=True)
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror or error}") from error


def meant_range(text: str, block: str) -> tuple[int, int]:
    """The offsets of the lines that the block takes the place of.

    A block that begins with a line of the file goes from there to its own last line in it; where the file has no such
    line, to the end of what is indented below. Any other block is the whole file.
    """
    lines = split_lines(text)
    plain = [line.rstrip() for line in lines]
    wanted = [line.rstrip() for line in split_lines(block) if line.strip()]
    if not wanted or plain.count(wanted[0]) != 1:
        return 0, len(text)
    first = plain.index(wanted[0])
    last = _last(plain, first, wanted)
    return len("".join(lines[:first])), len("".join(lines[: last + 1]))


def _last(plain: Sequence[str], first: int, wanted: Sequence[str]) -> int:
    if len(wanted) > 1:
        places = [place for place in range(first + 1, len(plain)) if plain[place] == wanted[-1]]
        end = _end_of_indented(plain, first)
        # A closing bracket or a `return` may come again: the one that ends what begins here is meant.
        inside = [place for place in places if place <= end]
        if inside:
            return inside[-1]
        if len(places) == 1 and wanted[-1].strip(" \t)]};,"):
            return places[0]
        return end
    return first


def _end_of_indented(plain: Sequence[str], first: int) -> int:
    """The last line, but blank ones, of what stands deeper than the first; a bracket that closes it is part of it."""
    depth = _indent(plain[first])
    last = first
    for place in range(first + 1, len(plain)):
        line = plain[place]
        if line and _indent(line) <= depth:
            return place if not line.strip(" \t)]};,") and line.strip() else last
        if line:
            last = place
    return last


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
