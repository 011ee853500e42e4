"""Asks ripgrep, or the stand-in for it, in which lines of which files a pattern is; it judges no file."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lsp_llm.tools.base import ToolFailed
from lsp_llm.tools.child import Child, while_alive
from lsp_llm.tools.environment import without_keys

MAX_LINES_EACH_FILE: Final = 100
MAX_LINES: Final = 1000
# Windows bounds a whole command line at 32,767 characters.
_PATHS_CHARACTERS: Final = 100_000 if os.name == "posix" else 24_000
_STAND_IN: Final = (sys.executable, "-P", str(Path(__file__).with_name("grep.py")))
# Only where lines are is wanted: their text is read again by the door that knows what may leave the machine.
# One thread keeps the order of the files, so that the same search finds the same when there is too much to find.
_RIPGREP: Final = (
    *("--no-config", "--no-heading", "--with-filename", "--line-number", "--null", "--color=never"),
    *("--only-matching", "--replace=", "--no-messages", "--threads=1"),
)
_LINE: Final = re.compile(rb"([^\0]+)\0(\d+):")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; `flags` are those that ripgrep and the stand-in share."""

    pattern: str
    flags: tuple[str, ...] = ()

    @property
    def arguments(self) -> tuple[str, ...]:
        """As both programs take them."""
        return (*self.flags, f"--max-count={MAX_LINES_EACH_FILE}", f"--regexp={self.pattern}", "--")


@dataclass(slots=True)
class Hits:
    """Lines (counted from 1) by file, and the first words of a program that found fault."""

    lines: dict[str, set[int]] = field(default_factory=dict)
    complaint: str = ""

    @property
    def count(self) -> int:
        """How many lines there are."""
        return sum(map(len, self.lines.values()))


def program(root: Path) -> tuple[str, ...]:
    """Ripgrep where it is installed, else the stand-in; never a program of the workspace itself."""
    found = shutil.which("rg")
    if found and Path(found).is_absolute() and not Path(found).is_relative_to(root):
        return (found, *_RIPGREP)
    return _STAND_IN


async def search(command: Sequence[str], wanted: Wanted, paths: Sequence[str]) -> Hits:
    """Where the pattern is, up to MAX_LINES and a little more. Raises ToolFailed for a pattern that is none."""
    hits = Hits()
    for some in _in_portions(paths):
        # Its own folder, for a program that looks for files of its own where it is started.
        child = Child([*command, *wanted.arguments, *some], Path(__file__).parent, without_keys(os.environ))
        code = await while_alive(child, lambda child=child: _read(child, hits))  # type: ignore[misc]
        if code == 2 and hits.complaint and not hits.lines:
            raise ToolFailed(f"The search failed: {hits.complaint}")
        if hits.count >= MAX_LINES:
            break
    return hits


def _read(child: Child, hits: Hits) -> int | None:
    words: list[str] = []
    with child.output as output:
        for line in output:
            if found := _LINE.match(line):
                hits.lines.setdefault(os.fsdecode(found[1]), set()).add(int(found[2]))
            elif len(words) < 8:
                words.append(line[:200].decode("utf-8", "replace").rstrip())
            if hits.count >= MAX_LINES:
                break
    hits.complaint = hits.complaint or "\n".join(words)
    return None if hits.count >= MAX_LINES else child.wait(limit_seconds=1)


def _in_portions(paths: Sequence[str]) -> Iterator[list[str]]:
    some: list[str] = []
    length = 0
    for path in paths:
        if some and length + len(path) > _PATHS_CHARACTERS:
            yield some
            some, length = [], 0
        some.append(path)
        length += len(path.encode("utf-8", "surrogateescape")) + 1
    if some:
        yield some
