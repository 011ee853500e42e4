"""The tool read_file: some lines of a text file, as they stand in the editor or on the disk; it never writes."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from lsp_llm.context.access import View
from lsp_llm.context.base import Problem
from lsp_llm.text.document import split_lines
from lsp_llm.tools.base import ToolFailed, World
from lsp_llm.tools.looking import look, path_given
from lsp_llm.tools.own import Own
from lsp_llm.tools.redactor import Redactor

MAX_LINES: Final = 1000
MAX_CHARACTERS: Final = 30_000


class ReadFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which lines of which file."""

    path: Annotated[str, Meta(description="Path relative to the workspace folder, with /.")]
    first_line: Annotated[int, Meta(ge=1, description="First line to read, counted from 1.")] = 1
    lines: Annotated[int, Meta(ge=1, description=f"How many lines to read, at most {MAX_LINES}.")] = 400


async def read(arguments: ReadFile, world: World) -> str:
    """The lines under a heading that says which they are and how many follow."""
    return await look(world, lambda view: excerpt(view, arguments, world.redactor))


def excerpt(view: View, arguments: ReadFile, redactor: Redactor) -> str:
    """The same of a view; blocks. Raises ToolFailed."""
    text = view.read(path_given(arguments.path))
    if isinstance(text, Problem):
        raise ToolFailed(f"{text}.")
    # The whole file is looked through for secrets: one that begins above the lines is one all the same.
    lines = split_lines(redactor.by_line(text))
    if not lines[-1]:
        lines.pop()
    if not lines:
        return f"{arguments.path} is empty."
    first = arguments.first_line - 1
    if first >= len(lines):
        raise ToolFailed(f"{arguments.path} has {_counted(len(lines))}; there is no line {arguments.first_line}.")
    shown = _within_bounds(lines[first : first + min(arguments.lines, MAX_LINES)])
    last = first + len(shown)
    left = len(lines) - last
    rest = f"; {_counted(left)} left, go on with first_line {last + 1}" if left else ""
    return f"{arguments.path}, lines {first + 1} to {last} of {len(lines)}{rest}:\n{''.join(shown)}"


def _within_bounds(lines: list[str]) -> list[str]:
    """As many whole lines as fit; a line that is too long by itself is cut."""
    kept: list[str] = []
    spare = MAX_CHARACTERS
    for line in lines:
        if len(line) > spare:
            return kept or [f"{line[:MAX_CHARACTERS]}[... {len(line) - MAX_CHARACTERS} characters cut ...]\n"]
        kept.append(line)
        spare -= len(line)
    return kept


def _counted(lines: int) -> str:
    return "1 line" if lines == 1 else f"{lines} lines"


READ_FILE: Final = Own(
    "read_file",
    "Read a text file of the workspace, or some lines of it. Unsaved changes in the editor are seen.",
    ReadFile,
    read,
)
