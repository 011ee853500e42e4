"""A world for tools: a folder, documents that are open in it, and a user who accepts or not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from lsp_llm.config.settings import Context
from lsp_llm.context.base import Workspace
from lsp_llm.context.diagnostics import Diagnostic
from lsp_llm.exchange.tools import ToolCall
from lsp_llm.prompts.redaction import Redaction
from lsp_llm.tools.base import Outcome, Proposal, Tool, World
from lsp_llm.tools.redactor import Redactor

KEY = "sk-proj-a8Xk29vbQ71LmPz04TrYw6"
"""Drawn for these tests; it opens nothing."""


class Folder:
    """A workspace whose documents and diagnostics can be changed."""

    def __init__(self, root: Path, ignore: tuple[str, ...] = ()) -> None:
        self.root = root
        self.ignore = ignore
        self.buffers: dict[Path, str] = {}
        self.found: dict[str, Sequence[Diagnostic]] = {}

    def workspace(self) -> Workspace:
        return Workspace(self.root, Context(ignore=self.ignore), dict(self.buffers))

    def diagnostics(self) -> Mapping[str, Sequence[Diagnostic]]:
        return self.found


class User:
    """Looks at proposals, and makes the change where `outcome` says so."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.outcome = Outcome("accepted")
        self.proposals: list[Proposal] = []

    async def propose(self, proposal: Proposal) -> Outcome:
        self.proposals.append(proposal)
        if self.outcome.decision == "accepted":
            text = proposal.text or ""
            self.folder.buffers[Path(proposal.path)] = (
                text[: proposal.start] + proposal.replacement + text[proposal.end :]
            )
        return self.outcome


def world(root: Path, user: User | None = None, limit_seconds: float = 20.0) -> World:
    """The world of a folder; of the user's own one where there is a user."""
    user = user or User(Folder(root))
    return World(user.folder, user, Redactor(Redaction()), limit_seconds)


async def run(tool: Tool, arguments: str, where: World) -> str:
    """What a call gives, without anybody asked."""
    return await tool.prepare(ToolCall("1", tool.spec.name, arguments)).run(where)


async def comes_true(condition: Callable[[], bool]) -> bool:
    """Whether something that other processes do comes about; there is nothing of theirs to wait for."""
    for _ in range(3000):
        if condition():
            return True
        await asyncio.sleep(0.02)
    return False
