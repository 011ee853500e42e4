"""The tool diagnostics: what the editor has told of errors and warnings; it runs no checker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from lsp_llm.context.access import View
from lsp_llm.context.base import Problem
from lsp_llm.context.diagnostics import Diagnostic, diagnostics_item
from lsp_llm.tools.base import ToolFailed, World
from lsp_llm.tools.looking import look, path_given
from lsp_llm.tools.own import Own
from lsp_llm.tools.redactor import Redactor

MAX_FILES: Final = 20

Known = Mapping[str, Sequence[Diagnostic]]


class Diagnostics(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which file."""

    path: Annotated[str, Meta(description="Path relative to the workspace folder; all files when left out.")] = ""


async def told(arguments: Diagnostics, world: World) -> str:
    """The diagnostics with the lines around them."""
    known = world.project.diagnostics()
    return await look(world, lambda view: report(view, arguments.path, known, world.redactor))


def report(view: View, path: str, known: Known, redactor: Redactor) -> str:
    """The same of a view; blocks. Raises ToolFailed for a file that may not be read."""
    if path:
        text = view.read(path_given(path))
        if isinstance(text, Problem):
            raise ToolFailed(f"{text}.")
        return _of_file(view, path, text, known, redactor) or f"No diagnostics are known for {path}."
    found = list(_of_all(view, known, redactor))
    return "\n".join(found) or "No diagnostics are known."


def _of_all(view: View, known: Known, redactor: Redactor) -> Iterator[str]:
    paths = sorted(path for path, diagnostics in known.items() if diagnostics)
    for path in paths[:MAX_FILES]:
        # Nobody asked for these by name: one that stays behind is not even named.
        text = view.read(path)
        if isinstance(text, str):
            yield _of_file(view, path, text, known, redactor)
    if len(paths) > MAX_FILES:
        yield "[... there are more files with diagnostics; ask for one by its path ...]"


def _of_file(view: View, path: str, text: str, known: Known, redactor: Redactor) -> str:
    named, real = view.place(path)
    item = diagnostics_item(view.workspace.shown(named), text, known.get(named) or known.get(real) or ())
    return redactor.apply(item.text) if item else ""


DIAGNOSTICS: Final = Own(
    "diagnostics",
    "Errors and warnings that the editor knows of, with the lines around them.",
    Diagnostics,
    told,
)
