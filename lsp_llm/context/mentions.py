"""Finds mentions in what a user writes: `@path`, `@dir/`, `@"a path"`, `@buffer`, `@diagnostics`, `@diff`, `@symbols`.

It looks at the text alone and does not know which files there are. Prose and code are full of other `@`: addresses,
decorators, versions. So an `@` counts only at the start of a word, and it is for the reader to see what is a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Target = Literal["path", "buffer", "diagnostics", "diff", "symbols"]

# What no name that can be typed has; lone surrogates are no text at all.
_NEVER = r"\x00-\x1f\x7f\ud800-\udfff"
_MENTION = re.compile(
    rf"""(?<![^\s(\[{{<,;:'"`|/*\#>-]) @ (?: "(?P<quoted>[^"{_NEVER}]+)" | (?P<plain>[^\s"'`@<>|*?,;{_NEVER}]+) )""",
    re.VERBOSE,
)
_WORDS: tuple[Target, ...] = ("buffer", "diagnostics", "diff", "symbols")
_WORD = re.compile(rf"(?:{'|'.join(_WORDS)})(?![\w/\\-]|\.\w)")
_CODE = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t]*(?P=fence)[^\n]*$|\Z) | (?P<ticks>`+)[^`\n]+(?P=ticks)",
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
# Behind a path these are the sentence's and not the path's.
_PUNCTUATION = ".:!)]}"


@dataclass(frozen=True, slots=True)
class Mention:
    """A mention between two offsets of the text; `path` is as it is written, and empty for the other targets.

    `is_code` says that it stands in code, where an `@` that names no file is nothing to speak of.
    """

    start: int
    end: int
    target: Target
    path: str = ""
    is_code: bool = False


def find_mentions(text: str) -> tuple[Mention, ...]:
    """All mentions in the order of the text. In code, between fences or ticks, only paths count."""
    code = [match.span() for match in _CODE.finditer(text)] if "`" in text or "~~~" in text else []
    return tuple(_mentions(text, code))


def _mentions(text: str, code: list[tuple[int, int]]) -> Iterator[Mention]:
    for match in _MENTION.finditer(text):
        is_code = any(start <= match.start() < end for start, end in code)
        word = _WORD.match(match["plain"] or "")
        if match["quoted"]:
            yield Mention(match.start(), match.end(), "path", match["quoted"])
        elif word and not is_code:
            yield Mention(match.start(), match.start() + 1 + word.end(), _target(word[0]))
        elif path := _without_punctuation(match["plain"]):
            yield Mention(match.start(), match.start() + 1 + len(path), "path", path, is_code)


def _target(word: str) -> Target:
    return next(target for target in _WORDS if target == word)


def _without_punctuation(path: str) -> str:
    """The path without what ends a sentence or closes a bracket that it has not opened; `..` and `dir/` stay."""
    if len(path) > 2 and not path.strip("."):
        return ""
    while path and path[-1] in _PUNCTUATION and path not in {".", ".."} and not path.endswith("/.."):
        if path[-1] == ")" and path.count("(") >= path.count(")"):
            break
        if path[-1] == "]" and path.count("[") >= path.count("]"):
            break
        path = path[:-1]
    return path
