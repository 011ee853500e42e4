"""How tools look at the workspace: by a door of their own for each call, in a thread; it decides nothing itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from lsp_llm.context.access import Access, View
from lsp_llm.tools.base import ToolFailed, World

Found = TypeVar("Found")


async def look(world: World, work: Callable[[View], Found]) -> Found:
    """What `work` finds in the workspace as it is now; it may block."""
    workspace = world.project.workspace()
    # Calls run side by side, and what an Access keeps is made for one at a time.
    return await asyncio.to_thread(lambda: work(Access().look(workspace)))


def path_given(path: str) -> str:
    """A path as a model wrote it. Raises ToolFailed for a text that no system takes for a path."""
    if not path or "\0" in path:
        raise ToolFailed("The path must name a file.")
    return path
