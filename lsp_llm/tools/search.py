"""The tool search: lines of the workspace's files that match, as the editor has them; it shows nothing by itself.

A program looks where the pattern is; each line is then read by the door that every file passes, secrets taken out.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from lsp_llm.context.access import View
from lsp_llm.context.listing import list_files
from lsp_llm.tools.base import ToolFailed, World
from lsp_llm.tools.list_files import matching
from lsp_llm.tools.looking import look
from lsp_llm.tools.own import Own
from lsp_llm.tools.redactor import Redactor
from lsp_llm.tools.searching import MAX_LINES, Hits, Wanted, program, search

MAX_SHOWN: Final = 100
MAX_LINE_CHARACTERS: Final = 300


class Search(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to look for, and where."""

    pattern: Annotated[str, Meta(description="The text to look for, within one line.")]
    regex: Annotated[bool, Meta(description="Whether the pattern is a regular expression.")] = False
    ignore_case: Annotated[bool, Meta(description="Whether the case of letters makes no difference.")] = False
    glob: Annotated[str, Meta(description="Which files, as in list_files; all when left out.")] = ""


@dataclass(frozen=True, slots=True)
class _Where:
    """What is searched: absolute paths, each with the path of the file that it stands for."""

    command: tuple[str, ...]
    meant: Mapping[str, str]


async def found(arguments: Search, world: World) -> str:
    """The lines as `path:line: text`."""
    if not arguments.pattern or {"\n", "\0"} & set(arguments.pattern):
        raise ToolFailed("The pattern must be text within one line.")
    flags = [*(() if arguments.regex else ("--fixed-strings",)), *(("--ignore-case",) if arguments.ignore_case else ())]
    # Open documents are searched as they stand in the editor: in copies that nobody else can read.
    with tempfile.TemporaryDirectory(prefix="lsp-llm-") as folder:
        where = await look(world, lambda view: _where(view, arguments.glob, Path(folder)))
        hits = await search(where.command, Wanted(arguments.pattern, tuple(flags)), list(where.meant))
        return await look(world, lambda view: _report(view, where, hits, world.redactor))


def _where(view: View, glob: str, folder: Path) -> _Where:
    root = view.rules.root
    opened = {view.place(name): text for name, text in view.buffers.items()}
    meant = {}
    for number, ((path, real), text) in enumerate(opened.items()):
        if view.refusal(path, real) is None and matching([path.removeprefix(f"{root}/")], glob):
            copy = folder / str(number)
            copy.write_bytes(text.encode("utf-8", "surrogatepass"))
            meant[str(copy)] = path
    shown = {path for path, _ in opened}
    paths = (f"{root}/{path}" for path in matching(list_files(view).paths, glob))
    # A pipe or a device among the files would keep the program waiting; links may lead to one. A name of two lines can
    # neither be told from two names nor be shown.
    meant |= {path: path for path in paths if path not in shown and "\n" not in path and Path(path).is_file()}
    return _Where(program(view.workspace.root), meant)


def _report(view: View, where: _Where, hits: Hits, redactor: Redactor) -> str:
    shown: list[str] = []
    left_out = 0
    for path, numbers in sorted(
        (where.meant[path], lines) for path, lines in hits.lines.items() if path in where.meant
    ):
        if len(shown) >= MAX_SHOWN:
            left_out += len(numbers)
            continue
        text = view.read(path)
        # What stays behind is not even named: it was never asked for.
        if isinstance(text, str):
            lines = redactor.by_line(text).split("\n")
            shown += [_line(view, path, at, lines[at - 1]) for at in sorted(numbers) if at <= len(lines)]
    left_out += len(shown[MAX_SHOWN:])
    if not shown:
        return "Nothing was found."
    more = "at least " if hits.count >= MAX_LINES else ""
    note = [f"[... {more}{left_out} more lines; narrow the search ...]"] if left_out else []
    return "\n".join([*shown[:MAX_SHOWN], *note])


def _line(view: View, path: str, number: int, line: str) -> str:
    line = line.rstrip("\r\n")
    cut = "" if len(line) <= MAX_LINE_CHARACTERS else "[...]"
    return f"{view.workspace.shown(path)}:{number}: {line[:MAX_LINE_CHARACTERS]}{cut}"


SEARCH: Final = Own(
    "search",
    "Search the text of the workspace's files. Results are lines as path:line: text.",
    Search,
    found,
)
