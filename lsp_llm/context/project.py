"""The project's own context: the files of its context folder, and its notes; both go into every prompt.

Hidden and empty files are passed over in silence, since editors and version control leave them everywhere. What else
stays behind is said. Every folder is read once, however many links lead to it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from lsp_llm.context.access import Access, View, is_inside, plain
from lsp_llm.context.base import Gathered, Item, Problem, Workspace, merged, shown

MAX_FILES = 1000
MAX_CHARACTERS = 8 * 1024 * 1024


def project_files(workspace: Workspace, access: Access) -> Gathered:
    """The files of the first context folder that exists, in the order of their paths."""
    for name in workspace.settings.project_dirs:
        folder = Path(plain(str(workspace.root / _at_home(name))))
        if _is_folder(folder):
            walk = _Walk(workspace.root.as_posix().rstrip("/"), _view(workspace, access, folder))
            return walk.gathered(folder.as_posix())
    return Gathered()


def project_notes(workspace: Workspace, access: Access, names: tuple[str, ...]) -> Gathered:
    """The notes that the user has named (AGENTS.md, …), in that order; what a project does not have is passed over."""
    view = access.look(workspace)
    items: list[Item] = []
    problems: list[Problem] = []
    for name in names:
        if not os.path.lexists(workspace.root / name):
            continue
        match view.read(name):
            case Problem() as problem:
                problems.append(problem)
            case text:
                items.append(Item("notes", workspace.shown(view.place(name)[0]), text))
    return Gathered(tuple(item for item in items if item.text), tuple(problems))


def _at_home(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError:  # `~name` of a user that this system does not know: a folder like any other.
        return Path(name)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # What may not even be looked at is none that could be read.
        return False


def _view(workspace: Workspace, access: Access, folder: Path) -> View:
    """Only the user's own settings can name a folder outside; it is a workspace of its own then."""
    if folder.is_relative_to(workspace.root):
        return access.look_into(workspace, folder)
    return access.look(replace(workspace, root=folder))


class _Is(Enum):
    """What a name in a folder leads to."""

    FILE = "file"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class _Found:
    path: str
    real: str
    what: _Is


@dataclass(slots=True)
class _Walk:
    """One walk through the context folder."""

    root: str
    view: View
    items: list[Item] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)

    def gathered(self, folder: str) -> Gathered:
        """Everything below the folder."""
        characters = 0
        for count, (path, real) in enumerate(self._files(folder)):
            if count == MAX_FILES or characters > MAX_CHARACTERS:
                self._say(folder, f"holds too much: only its first {count} files were looked at")
                break
            text = self._text(path, real)
            if text:
                self.items.append(Item("project", self._shown(path), text))
                characters += len(text)
        return Gathered(tuple(self.items), merged(self.problems))

    def _text(self, path: str, real: str) -> str:
        said = self.view.refusal(path, real)
        found = self.view.text(path, real) if said is None else Problem(path, said)
        if isinstance(found, str):
            return found
        self._say(path, found.sentence)
        return ""

    def _files(self, folder: str) -> Iterator[tuple[str, str]]:
        """The path and the true path of every visible file."""
        waiting = [_Found(folder, os.path.realpath(folder), _Is.FOLDER)]
        while waiting:
            found = waiting.pop()
            if found.what is _Is.FILE:
                yield found.path, found.real
            elif self._may_enter(found):
                waiting += reversed(self._visible(found))

    def _may_enter(self, folder: _Found) -> bool:
        if folder.real in self.visited:
            return False
        self.visited.add(folder.real)
        said = self.view.folder_refusal(folder.path, folder.real)
        if said is not None:
            self._say(folder.path, said)
        return said is None

    def _visible(self, folder: _Found) -> list[_Found]:
        try:
            with os.scandir(folder.path) as entries:
                names = sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda e: e.name)
        except OSError as error:
            self._say(folder.path, f"cannot be read: {error.strerror or error}")
            return []
        found = [_found(entry, folder) for entry in names]
        for loop in (link for link in found if link.what is _Is.FOLDER and is_inside(folder.real, link.real)):
            self._say(loop.path, "is a link to a folder that it lies in")
        return [entry for entry in found if not is_inside(folder.real, entry.real)]

    def _say(self, path: str, sentence: str) -> None:
        self.problems.append(Problem(self._shown(path), sentence))

    def _shown(self, path: str) -> str:
        return shown(path, self.root)


def _found(entry: os.DirEntry[str], folder: _Found) -> _Found:
    path = f"{folder.path}/{entry.name}"
    real = os.path.realpath(path) if entry.is_symlink() else f"{folder.real}/{entry.name}"
    try:
        return _Found(path, real, _Is.FOLDER if entry.is_dir() else _Is.FILE)
    except OSError:  # Links in a circle; reading it says so.
        return _Found(path, real, _Is.FILE)
