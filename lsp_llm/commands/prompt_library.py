"""The prompts of the library for menus and commands: seen at once, and read in threads; it renders none.

A menu opens at every cursor move in some clients, so that it is shown what was there at the last look, and causes the
next one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock

from lsp_llm.config.nearest import known_names
from lsp_llm.context.library import Library, LibraryByRoot
from lsp_llm.errors import UserError
from lsp_llm.prompts.library import LibraryPrompt

_log = logging.getLogger(__name__)

Root = Path | None

PAUSE_SECONDS = 1.0
"""Between looks that menus cause: a cursor that is held down opens thirty in a second."""


class PromptLibrary:
    """The prompts of each root of a workspace; `root` gives that of a document."""

    def __init__(self, folders: Sequence[Path], root: Callable[[str], Root]) -> None:
        self._library = LibraryByRoot(folders)
        self._root = root
        self._reading = Lock()
        self._seen: dict[Root, Library] = {}
        self._next_look: dict[Root, float] = {}
        self._looks: dict[Root, asyncio.Future[Library]] = {}

    def look(self, uri: str) -> None:
        """Have the prompts for a document read in a thread, unless that is being done."""
        root = self._root(uri)
        if root not in self._looks:
            self._next_look[root] = asyncio.get_running_loop().time() + PAUSE_SECONDS
            look = self._looks[root] = asyncio.get_running_loop().run_in_executor(None, self.read, root)
            look.add_done_callback(lambda done: self._looked(root, done))

    def seen(self, uri: str) -> Library:
        """The prompts for a document as they were at the last look; blocks only if there has been none."""
        root = self._root(uri)
        found = self._seen.get(root) or self.read(root)
        if asyncio.get_running_loop().time() >= self._next_look.get(root, 0):
            self.look(uri)
        return found

    def read(self, root: Root) -> Library:
        """The prompts for documents below a root as they are now; blocks, and may be called in any thread."""
        with self._reading:
            found = self._seen[root] = self._library.read(root)
            return found

    def find(self, uri: str, prompt_id: str) -> LibraryPrompt:
        """The prompt with an id; raises UserError with the nearest known one."""
        # One that is not known may have been written just now.
        prompt = self.seen(uri).find(prompt_id) or (now := self.read(self._root(uri))).find(prompt_id)
        if prompt is None:
            known = known_names(prompt_id, (prompt.id for prompt in now.prompts))
            raise UserError(f'there is no prompt "{prompt_id}" in the library; {known}')
        return prompt

    def _looked(self, root: Root, done: asyncio.Future[Library]) -> None:
        del self._looks[root]
        if not done.cancelled() and (error := done.exception()) is not None:
            _log.error("the prompt library cannot be read: %s", error, exc_info=error)
