"""Rows of text as aligned lines, and values as JSON, for people and for programs; nothing here has a colour."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from lsp_llm.stream.surrogates import json_of, well_formed

_GAP = "  "
# All of Unicode's "Cc" but tab and line ends. What joins characters, as in emoji, is no control and has to stay.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """A line for each row, its cells below those of the row above; the last cell is as long as it is."""
    from rich.cells import cell_len

    shown = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, cells)) for cells in zip(*shown, strict=True)]
    return [
        _GAP.join(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in shown
    ]


def printable(text: str) -> str:
    """The text without what a terminal would obey: a host's list or a file's name may hold anything."""
    return "".join(character if character.isprintable() else "\ufffd" for character in well_formed(text))


def printable_lines(text: str) -> str:
    """A text of many lines without what a terminal would obey; its own line ends and tabs stay."""
    return _CONTROLS.sub("\ufffd", well_formed(text))


def as_json(value: object) -> str:
    """Readable JSON of a value of the protocol."""
    return msgspec.json.format(json_of(value), indent=2).decode()
