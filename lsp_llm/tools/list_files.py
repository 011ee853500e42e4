"""The tool list_files: names of files that may leave the machine; it opens none of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from lsp_llm.context.access import View
from lsp_llm.context.gitignore import parse
from lsp_llm.context.listing import list_files
from lsp_llm.tools.base import ToolFailed, World
from lsp_llm.tools.looking import look
from lsp_llm.tools.own import Own

MAX_PATHS: Final = 500


class ListFiles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which files."""

    glob: Annotated[
        str,
        Meta(description="Which files: *.py in any folder, src/**/*.py or docs/ below one; all when left out."),
    ] = ""


async def listed(arguments: ListFiles, world: World) -> str:
    """The paths, one on each line."""
    return await look(world, lambda view: listing(view, arguments.glob))


def listing(view: View, glob: str) -> str:
    """The same of a view; blocks."""
    found = list_files(view)
    paths = matching(found.paths, glob)
    # What git tracks is listed even when it is ignored; such files cannot be read, so they are not named either.
    shown = [path for path in paths[:MAX_PATHS] if view.rules.refusal(f"{view.rules.root}/{path}") is None]
    notes = [f"[{problem}]" for problem in found.problems]
    if len(paths) > MAX_PATHS:
        notes.append(f"[... {len(paths) - MAX_PATHS} more; narrow the glob ...]")
    return "\n".join([*shown, *notes]) or "No file matches."


def matching(paths: Sequence[str], glob: str) -> Sequence[str]:
    """The paths that a glob means, which reads like a line of .gitignore. Raises ToolFailed for one that means none."""
    plain = glob.removeprefix("./")
    if plain in {"", ".", "/", "*", "**", "**/*"}:
        return paths
    # A pattern for a folder means what is below it; `!` and `#` begin a name here.
    pattern = parse(f"{plain}**" if plain.endswith("/") else f"\\{plain}" if plain[0] in "!#" else plain)
    if pattern is None:
        raise ToolFailed(f"The glob {glob!r} cannot match anything.")
    return [path for path in paths if pattern.matches(path)]


LIST_FILES: Final = Own(
    "list_files",
    f"List the files of the workspace, at most {MAX_PATHS}. Ignored files are left out.",
    ListFiles,
    listed,
)
