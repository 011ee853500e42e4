"""The templates and the prompts of the library in force for a workspace, compiled; reads files, may block.

A renderer is kept as long as no file changes. Prompts that are made side by side, in threads, share it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lsp_llm.context.library import Library
from lsp_llm.context.templates import TemplatesByRoot, TemplateSet
from lsp_llm.prompts.problems import TemplateError

if TYPE_CHECKING:  # jinja2 comes with the first prompt, not with the start of the server.
    from lsp_llm.prompts.rendering import Renderer


@dataclass(frozen=True, slots=True)
class Sources:
    """What is in force for documents of one root."""

    templates: TemplateSet
    library: Library
    renderer: Renderer

    @property
    def problems(self) -> tuple[str, ...]:
        """A sentence for each file that cannot be used as it is."""
        return (*self.templates.problems, *map(str, self.library.problems))

    def located(self, error: TemplateError) -> TemplateError:
        """The error with the path of its file in the place of the template's name."""
        name = error.problem.path
        path = self.library.paths.get(name) or self.templates.path_of(name) or name
        return TemplateError(replace(error.problem, path=str(path)))


class PromptSources:
    """Templates and library for every root.

    `folders` of templates are the user's and the built-in one, the most important first; `library` reads the prompts.
    """

    def __init__(self, folders: Sequence[Path], library: Callable[[Path | None], Library]) -> None:
        self._templates = TemplatesByRoot(folders)
        self._library = library
        self._current: dict[Path | None, Sources] = {}
        self._lock = threading.Lock()

    def current(self, root: Path | None) -> Sources:
        """What is in force now: the very same object as last time when nothing has changed."""
        from lsp_llm.prompts.rendering import Renderer

        with self._lock:
            templates, library = self._templates.read(root), self._library(root)
            known = self._current.get(root)
            if known is None or known.templates is not templates or known.library is not library:
                renderer = Renderer({**templates.sources(), **library.sources()})
                known = self._current[root] = Sources(templates, library, renderer)
            return known
