"""The list of traps, so that none is without its test."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TRAPS = {
    1: "bytes cut inside a character",
    2: "any cut of the stream",
    3: "line ends of every kind",
    4: "spaces before data",
    5: "data over several lines",
    6: "comments",
    7: "a byte order mark",
    8: "separators of Unicode inside JSON",
    9: "no blank line at the end",
    10: "an event without data",
    11: "events, fields and blocks that nobody knows yet",
    12: "names of events that are missing or wrong",
    13: "null where something is usual",
    14: "token counts anywhere, again, or never",
    15: "text and reasons behind the reason",
    16: "other choices",
    17: "an error with status 200",
    18: "a whole answer in the place of a stream",
    19: "a web page in the place of a stream",
    20: "a content type that is missing or wrong",
    21: "an end without its marker",
    22: "keep-alives and nothing else",
    23: "total silence",
    24: "a connection that breaks",
    25: "an error in the middle",
    26: "malformed JSON",
    27: "a giant event",
    28: "compression",
    29: "tool calls in every kind of pieces",
    30: "blocks that interleave",
    31: "ids of calls that are missing or the same",
    32: "halves of a character in two deltas",
    33: "thinking tags that are cut, missing or open",
    34: "code fences that are cut",
    35: "waits that a host asks for",
    36: "redirects",
    37: "expired tokens, and prompts that are too long",
    38: "a user who leaves",
    39: "data behind the end",
    40: "several answers at once",
    41: "proxies and certificates",
    42: "ids, models and clocks that change",
    43: "nothing at all",
    44: "secrets that the host gives back",
}


def numbers_of_tests() -> set[int]:
    names = [
        node.name
        for path in Path(__file__).parent.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return {int(numbered[1]) for name in names if (numbered := re.match(r"test_(\d\d)_\w", name))}


def test_every_trap_has_a_test_by_its_number() -> None:
    assert list(TRAPS) == list(range(1, 45))
    assert numbers_of_tests() == set(TRAPS)
