"""The code blocks of a turn, and the files that they name: in the fence's own line, or in the line above it; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lsp_llm.chat.lines import BODY, Block, after

# What a model writes may be very long: no two neighbours of a pattern may take the same letters.
_PATH = r"(?:[\w@+~.-]+/)*[\w@+.-]*[\w+-]"
_KEYED = re.compile(rf"""(?:^|[\s{{,])(?:title|file|filename|path)=["']?({_PATH})["']?""")
_BEHIND_COLON = re.compile(rf"^[\w+#-]+:({_PATH})(?:[\s{{]|$)")
_TICKED = re.compile(rf"`({_PATH})`")
_FILE = re.compile(r"^file(?:name)?:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A fence from its first to its last line, counted from the turn's heading; `path` is "" where it names none."""

    first_line: int
    last_line: int
    path: str
    text: str


def code_blocks(lines: Sequence[str]) -> Iterator[CodeBlock]:
    """Those of a turn, whose lines these are from its heading on; a fence that is still open is none."""
    state, opened = BODY, 0
    for number, line in enumerate(lines[1:], 1):
        before, state = state, after(line, state)
        if state.fence and not before.fence:
            opened = number if before.block is Block.BODY else 0
        elif before.fence and not state.fence and opened:
            yield CodeBlock(opened, number, _path(lines, opened), "".join(_dedented(lines, opened, number)))
            opened = 0


def code_block_at(lines: Sequence[str], line: int) -> CodeBlock | None:
    """The one that a line of the turn is in, or just above."""
    return next((block for block in code_blocks(lines) if block.first_line - 1 <= line <= block.last_line), None)


def _dedented(lines: Sequence[str], opened: int, closed: int) -> Iterator[str]:
    """CommonMark takes the fence's own indentation from every line in it."""
    indent = len(lines[opened]) - len(lines[opened].lstrip(" "))
    for line in lines[opened + 1 : closed]:
        yield line[min(indent, len(line) - len(line.lstrip(" "))) :]


def _path(lines: Sequence[str], opened: int) -> str:
    info = lines[opened].strip().lstrip("`~").strip()
    return _in_info(info) or _in_line_above(lines, opened)


def _in_info(info: str) -> str:
    if found := _KEYED.search(info) or _BEHIND_COLON.match(info):
        return found[1]
    return next((word for word in info.split() if _is_path(word)), "")


def _in_line_above(lines: Sequence[str], opened: int) -> str:
    above = next((line.strip() for line in reversed(lines[max(1, opened - 2) : opened]) if line.strip()), "")
    ticked = [path for path in _TICKED.findall(above) if _is_path(path)]
    if len(ticked) == 1:
        return str(ticked[0])
    alone = _bare(above)
    return alone if _is_path(alone) else ""


def _bare(line: str) -> str:
    """A line without what makes it a heading, an item, or loud, and without "File:"."""
    words = _FILE.sub("", line.lstrip("#>-* \t"), count=1).strip("*:\"' \t")
    return words.strip("_") if words.startswith("_") and words.endswith("_") else words


def _is_path(word: str) -> bool:
    """Whether it is written as only a path is: with a folder, or an ending."""
    return bool(re.fullmatch(_PATH, word)) and bool("/" in word or re.search(r"\w\.[A-Za-z]\w*$|^\.\w", word))
