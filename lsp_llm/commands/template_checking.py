"""What is wrong with a template or a prompt of the library as it stands in the editor; it renders nothing.

A file is looked at only where it would be used as one: below a folder of templates or of prompts, which the project
has, or the user, or the program.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock

from lsp_llm.context import library, templates
from lsp_llm.context.library import LibraryByRoot
from lsp_llm.context.templates import TemplatesByRoot
from lsp_llm.prompts.debug_view import template_variables
from lsp_llm.prompts.library import TEMPLATE_FOLDER, parse_prompt
from lsp_llm.prompts.problems import TemplateProblem


class TemplateChecking:
    """The templates and prompts of each root of a workspace; `root` gives that of a document."""

    def __init__(
        self, template_folders: Sequence[Path], prompt_folders: Sequence[Path], root: Callable[[str], Path | None]
    ) -> None:
        """The folders are those that all roots share."""
        self._template_folders, self._prompt_folders = tuple(template_folders), tuple(prompt_folders)
        self._templates, self._library = TemplatesByRoot(template_folders), LibraryByRoot(prompt_folders)
        self._root = root
        self._reading = Lock()

    def name_of(self, uri: str, path: Path) -> str:
        """What a renderer calls the file of a document, "" where it is neither template nor prompt; reads nothing."""
        root = self._root(uri)
        prompts = [*([root / library.PROJECT_FOLDER] if root else []), *self._prompt_folders]
        if path.suffix == library.SUFFIX and (name := _below(path, prompts)):
            return f"{TEMPLATE_FOLDER}/{name}"
        folders = [*([root / templates.PROJECT_FOLDER] if root else []), *self._template_folders]
        return _below(path, folders) if path.suffix == templates.SUFFIX else ""

    def problems(self, uri: str, path: Path, text: str) -> Sequence[TemplateProblem]:
        """What is wrong with the text of a template or prompt, by line; blocks."""
        # The import costs 25 ms, and this runs in a thread.
        from lsp_llm.prompts.rendering import check

        name, root = self.name_of(uri, path), self._root(uri)
        with self._reading:
            known = {*self._templates.read(root).sources(), *self._library.read(root).sources(), name}
        if path.suffix != library.SUFFIX:
            return check(name, text, template_variables(name), known)
        parsed = parse_prompt(path.stem, str(path), text)
        body = check(name, parsed.prompt.template_text, template_variables(name), known) if parsed.prompt else ()
        return sorted((*parsed.problems, *body), key=lambda problem: problem.line)


def _below(path: Path, folders: Sequence[Path]) -> str:
    """The path below the first of the folders that it lies in, with `/` on every system; "" where it lies in none."""
    return next((path.relative_to(folder).as_posix() for folder in folders if path.is_relative_to(folder)), "")
