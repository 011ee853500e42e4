"""What the tools of a chat reach: the workspace as the editor has it, and edits that the user accepts; runs no tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lsp_llm.commands.base import Services
from lsp_llm.commands.chat_edits import OfferedEdits
from lsp_llm.commands.chat_prompting import workspace_of
from lsp_llm.context.base import Workspace
from lsp_llm.context.diagnostics import Diagnostic
from lsp_llm.errors import UserError
from lsp_llm.tools.approval import Policy
from lsp_llm.tools.base import Tool, World
from lsp_llm.tools.desk import Desk
from lsp_llm.tools.execution import Limits
from lsp_llm.tools.redactor import Redactor
from lsp_llm.tools.registry import Toolbox, toolbox


@dataclass(frozen=True, slots=True)
class OpenProject:
    """The folder of the workspace that a document lies in (the `Project` of tools)."""

    services: Services
    uri: str

    def workspace(self) -> Workspace:
        """The folder with what is open in it; raises UserError where there is none."""
        found = workspace_of(self.services.settings(self.uri), self.services.surroundings(self.uri))
        if found is None:
            raise UserError("no folder is open in the editor")
        return found

    def diagnostics(self) -> Mapping[str, Sequence[Diagnostic]]:
        """What the editor has told, by absolute path."""
        paths = self.services.surroundings(self.uri).open_documents
        found = {path: self.services.surroundings(path.as_uri()).diagnostics for path in paths}
        return {path.as_posix(): diagnostics for path, diagnostics in found.items() if diagnostics}


@dataclass(frozen=True, slots=True)
class ChatWorld:
    """Makes worlds and toolboxes."""

    services: Services

    def of(self, uri: str, redactor: Redactor, desk: Desk, policy: Policy) -> World:
        """The world around a document, for the calls of one send."""
        edits = OfferedEdits(self.services, desk, policy)
        return World(OpenProject(self.services, uri), edits, redactor, Limits().call_seconds)

    def toolbox(self, uri: str, offered: Sequence[Tool]) -> Toolbox:
        """Our own tools where a folder is open, and those that the client offered."""
        if self.services.surroundings(uri).root is None:
            return Toolbox(tuple(offered))
        return toolbox(self.services.settings(uri).tools.also, offered)
