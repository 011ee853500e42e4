"""Finds the templates that hold for a workspace and hands them on as name, text and path; it renders nothing.

A template's name is its path below its folder: `anthropic/fill_mode_user_prompt.xml.jinja`. A project's files come
before the user's, and these before the built-in ones, so that a project or a user replaces one file or adds a family.
Blocking code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lsp_llm.context.prompt_files import PromptFile, PromptFolder, PromptFolders, Reading

SUFFIX = ".jinja"
PROJECT_FOLDER = Path(".lsp-llm", "templates")


@dataclass(frozen=True, slots=True)
class TemplateSet:
    """The templates in force, by name, and a sentence for each file that could not be read."""

    files: tuple[PromptFile, ...]
    problems: tuple[str, ...] = ()

    def sources(self) -> dict[str, str]:
        """Template name to text, as a renderer takes it."""
        return {file.name: file.text for file in self.files}

    def path_of(self, name: str) -> Path | None:
        """The file that a template comes from; None for a name that is not there."""
        return next((file.path for file in self.files if file.name == name), None)


class TemplateFolders:
    """Templates of several folders, most important first; `read` opens only what is new or changed."""

    def __init__(self, folders: Sequence[Path], project_root: Path | None = None) -> None:
        project = project_folders(project_root, PROJECT_FOLDER)
        self._folders = PromptFolders([*project, *map(PromptFolder, folders)], SUFFIX)
        self._reading = Reading()
        self._last = TemplateSet(())

    def read(self) -> TemplateSet:
        """What is in force now: the very same object as last time when nothing has changed (keep the renderer then)."""
        reading = self._folders.read()
        if reading is not self._reading:
            problems = tuple(f"template {file.path} cannot be used: {file.sentence}" for file in reading.unusable)
            self._reading, self._last = reading, TemplateSet(reading.files, problems)
        return self._last


class TemplatesByRoot:
    """The templates for each root of a workspace; those of one project are never seen by another."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._shared = tuple(folders)
        self._by_root: dict[Path | None, TemplateFolders] = {}

    def read(self, root: Path | None) -> TemplateSet:
        """What is in force for documents below `root`; None for documents of no project."""
        if root not in self._by_root:
            self._by_root[root] = TemplateFolders(self._shared, root)
        return self._by_root[root].read()


def project_folders(root: Path | None, folder: Path) -> list[PromptFolder]:
    """A project's own folder, which may not lead out of the project; none where there is no project."""
    return [] if root is None else [PromptFolder(root / folder, root)]


def built_in_folder() -> Path:
    """The folder that comes with the program: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"
