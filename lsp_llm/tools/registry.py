"""The tools of a chat: ours, those of the client, those of MCP servers; a table, which carries nothing out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from lsp_llm.exchange.tools import ToolSpec
from lsp_llm.tools.base import Tool
from lsp_llm.tools.diagnostics import DIAGNOSTICS
from lsp_llm.tools.edit_file import EDIT_FILE
from lsp_llm.tools.list_files import LIST_FILES
from lsp_llm.tools.naming import is_name
from lsp_llm.tools.read_file import READ_FILE
from lsp_llm.tools.run_command import RUN_COMMAND
from lsp_llm.tools.search import SEARCH

ALWAYS: Final[tuple[Tool, ...]] = (READ_FILE, LIST_FILES, SEARCH, DIAGNOSTICS, EDIT_FILE)
WHEN_NAMED: Final[tuple[Tool, ...]] = (RUN_COMMAND,)
"""Off unless the user's settings name them."""


@dataclass(frozen=True, slots=True)
class Toolbox:
    """What a model may call in a chat; `problems` are sentences for the user about what was left out."""

    tools: tuple[Tool, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """What the model is told."""
        return tuple(tool.spec for tool in self.tools)

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, in order."""
        return tuple(spec.name for spec in self.specs)

    def find(self, name: str) -> Tool | None:
        """The tool of that name."""
        return next((tool for tool in self.tools if tool.spec.name == name), None)


def toolbox(named: Collection[str], foreign: Sequence[Tool]) -> Toolbox:
    """Our tools, with those that the user named, and then others'. A name that is taken or odd stays out."""
    tools = [*ALWAYS, *(tool for tool in WHEN_NAMED if tool.spec.name in named)]
    known = {tool.spec.name for tool in (*ALWAYS, *WHEN_NAMED)}
    problems: list[str] = []
    for tool in foreign:
        name = tool.spec.name
        if name in known:
            problems.append(f"The tool {name!r} is left out: there is another of that name.")
        elif not is_name(name):
            problems.append(f"The tool {name!r} is left out: a name has at most 64 letters, digits, _ and -.")
        else:
            known.add(name)
            tools.append(tool)
    return Toolbox(tuple(tools), tuple(problems))
