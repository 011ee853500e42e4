"""Puts tables into a TOML file of the user's: into those that are there, the others at the end; comments stay.

Every result is read back: where it does not say what both say together, it is refused.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from lsp_llm.cli.setup.marked_block import appended, marked_block, with_block, without_blocks
from lsp_llm.cli.setup.values import Unmergeable, united

COMMENT = "#"
_HEADER = re.compile(r"^\[(?P<name>[^\[\]]+)\]$")


def with_toml_block(text: str, ours: str) -> str:
    """The text with all of ours as one block at its end; raises Unmergeable where that is no TOML any more."""
    read(text)
    merged = with_block(text, ours, COMMENT)
    try:
        tomllib.loads(merged)
    except tomllib.TOMLDecodeError as error:
        raise Unmergeable(f"with the lines of lsp-llm it would be no TOML any more ({error})") from None
    return merged


def with_tables(text: str, ours: str) -> str:
    """The text with the settings of ours, which has a header and plain lines for each table."""
    wanted = tomllib.loads(ours)
    there = read(text)
    if _holds(there, wanted):
        return text
    bare = without_blocks(text, COMMENT)
    expected = united(read(bare), wanted)
    rest = ""
    for name, lines in _tables(ours):
        missing = [line for line in lines if not _is_set(read(bare), name, line)]
        header = re.search(rf"^\[\s*{re.escape(name)}\s*\][^\n]*(?:\n|\Z)", bare, re.MULTILINE)
        if header and missing:
            gap = "" if header[0].endswith("\n") else "\n"
            bare = f"{bare[: header.end()]}{gap}{marked_block(_text(missing), COMMENT)}{bare[header.end() :]}"
        elif missing:
            rest += f"{_gap(rest)}[{name}]\n{_text(missing)}"
    return _checked(appended(bare, rest, COMMENT) if rest else bare, expected)


def read(text: str) -> dict[str, Any]:
    """The values of a TOML file; raises Unmergeable where it is none."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Unmergeable(f"it is no TOML: {error}") from None


def _holds(there: dict[str, Any], wanted: dict[str, Any]) -> bool:
    try:
        return united(there, wanted) == there
    except Unmergeable:
        return False


def _tables(ours: str) -> list[tuple[str, list[str]]]:
    tables: list[tuple[str, list[str]]] = []
    for line in filter(None, ours.splitlines()):
        if header := _HEADER.match(line):
            tables.append((header["name"], []))
        else:
            tables[-1][1].append(line)
    return tables


def _is_set(there: dict[str, Any], table: str, line: str) -> bool:
    value: Any = there
    for part in [*table.split("."), *tomllib.loads(line)]:
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return True


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _gap(before: str) -> str:
    return "\n" if before else ""


def _checked(merged: str, expected: dict[str, Any]) -> str:
    try:
        found = tomllib.loads(merged)
    except tomllib.TOMLDecodeError as error:
        raise Unmergeable(f"with the lines of lsp-llm it would be no TOML any more ({error})") from None
    if found != expected:
        raise Unmergeable("its tables are written in a way that cannot be added to")
    return merged
