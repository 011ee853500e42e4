"""Reads the prompt libraries of a project, of the user and the built-in one; it offers and renders nothing.

Each prompt is one Markdown file; its name without the suffix is its id, and the first folder that has an id wins, so
that a project or a user replaces a built-in prompt. A file that cannot be used is told and leaves the others alone; it
does not bring back the prompt that it was meant to replace. Blocking code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lsp_llm.context.prompt_files import PromptFile, PromptFolder, PromptFolders, Reading
from lsp_llm.context.templates import built_in_folder, project_folders
from lsp_llm.prompts.library import LibraryPrompt, ParsedPrompt, library_sources, parse_prompt
from lsp_llm.prompts.problems import TemplateProblem

SUFFIX = ".md"
PROJECT_FOLDER = Path(".lsp-llm", "prompts")


@dataclass(frozen=True, slots=True)
class Library:
    """The prompts in force, by id, and what is wrong with the files of the library."""

    prompts: tuple[LibraryPrompt, ...] = ()
    problems: tuple[TemplateProblem, ...] = ()
    paths: Mapping[str, Path] = field(default_factory=dict)
    """The file of each prompt, by the name that a renderer has for its body."""

    def find(self, prompt_id: str) -> LibraryPrompt | None:
        """The prompt with an id, None where there is none."""
        return next((prompt for prompt in self.prompts if prompt.id == prompt_id), None)

    def sources(self) -> dict[str, str]:
        """Template name to text, to be given to a renderer beside the templates."""
        return dict(library_sources(self.prompts))


class LibraryFolders:
    """The prompts of several folders, most important first; `read` reads and parses only what is new or changed."""

    def __init__(self, folders: Sequence[Path], project_root: Path | None = None) -> None:
        project = project_folders(project_root, PROJECT_FOLDER)
        self._folders = PromptFolders([*project, *map(PromptFolder, folders)], SUFFIX)
        self._reading = Reading()
        self._parsed: dict[PromptFile, ParsedPrompt] = {}
        self._last = Library()

    def read(self) -> Library:
        """What is in force now: the very same object as last time when nothing has changed."""
        reading = self._folders.read()
        if reading is not self._reading:
            self._parsed = {file: self._parsed.get(file) or _parse(file) for file in reading.files}
            unusable = (TemplateProblem(str(file.path), 0, file.sentence) for file in reading.unusable)
            found = (problem for parsed in self._parsed.values() for problem in parsed.problems)
            usable = {file.path: parsed.prompt for file, parsed in self._parsed.items() if parsed.prompt is not None}
            paths = {prompt.template_name: path for path, prompt in usable.items()}
            self._reading, self._last = reading, Library(tuple(usable.values()), (*unusable, *found), paths)
        return self._last


class LibraryByRoot:
    """The prompts for each root of a workspace."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._shared = tuple(folders)
        self._by_root: dict[Path | None, LibraryFolders] = {}

    def read(self, root: Path | None) -> Library:
        """What is in force for documents below `root`; None for documents of no project."""
        if root not in self._by_root:
            self._by_root[root] = LibraryFolders(self._shared, root)
        return self._by_root[root].read()


def built_in_prompts() -> Path:
    """The folder of the prompts that come with the program."""
    return built_in_folder() / "prompts"


def _parse(file: PromptFile) -> ParsedPrompt:
    return parse_prompt(file.name.removesuffix(SUFFIX), str(file.path), file.text)
