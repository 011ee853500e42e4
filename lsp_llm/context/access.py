"""The door that every file passes on its way into a prompt: inside the workspace, not kept back, and text.

A path is followed as the system follows it, links and `..` included, and the file that was judged is the file that is
read. An open document is taken as it stands in the editor. It never lists anything.

Paths are text here: absolute, with `/`, without `.` and `..` (see `plain`). Prompts ask for many, and `Path` is slow.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lsp_llm.context.base import Problem, Workspace
from lsp_llm.context.files import Files, Unusable
from lsp_llm.context.ignoring import Ignoring

OUTSIDE = "lies outside the workspace"
LINKS_OUTSIDE = "is a link that leads out of the workspace"


class Access:
    """What is known of files and rules between one prompt and the next; make one for a server."""

    def __init__(self) -> None:
        self._files = Files()
        self._rules: dict[tuple[Path, tuple[str, ...], Path | None], Ignoring] = {}

    def look(self, workspace: Workspace) -> View:
        """The workspace as it is now; use it for one prompt."""
        rules = self._current_rules(workspace, None)
        buffers = {path.as_posix(): text for path, text in workspace.buffers.items()}
        return View(
            workspace, rules, rules, self._files, _slashed(os.path.realpath(workspace.root)).rstrip("/"), buffers
        )

    def look_into(self, workspace: Workspace, folder: Path) -> View:
        """The same for the context folder, which counts even when git ignores it; what links lead to elsewhere not."""
        view = self.look(workspace)
        return replace(view, rules=self._current_rules(workspace, folder))

    def _current_rules(self, workspace: Workspace, context_folder: Path | None) -> Ignoring:
        key = (workspace.root, workspace.settings.ignore, context_folder)
        if key not in self._rules:
            self._rules[key] = Ignoring(*key)
        self._rules[key].begin()
        return self._rules[key]


@dataclass(frozen=True, slots=True)
class View:
    """A workspace at one time; `real_root` is its folder without links.

    `rules` hold for what is asked for, `outer_rules` for what its links lead to elsewhere in the workspace.
    """

    workspace: Workspace
    rules: Ignoring
    outer_rules: Ignoring
    files: Files
    real_root: str
    buffers: Mapping[str, str]

    def read(self, path: str) -> str | Problem:
        """The text of a file, from the editor where it is open there, or why it stays behind.

        The path may be relative to the workspace, and need not be plain.
        """
        named, real = self.place(path)
        if (said := self.refusal(named, real)) is not None:
            return Problem(self.workspace.shown(named), said)
        return self.text(named, real)

    def place(self, path: str) -> tuple[str, str]:
        """Where a path leads: by its name, and in truth, with all links followed.

        What was named by the workspace's own true path, or by a link into it, lies in the workspace by its name too.
        """
        whole = os.path.join(self.rules.root or "/", path)  # noqa: PTH118  A `Path` would lose nothing but time.
        named, real = plain(whole), _slashed(os.path.realpath(whole))
        if is_inside(named, self.rules.root):
            return named, real
        meant = next((way for way in (named, real) if is_inside(way, self.real_root)), None)
        return (named if meant is None else self._in_root(meant)), real

    def refusal(self, path: str, real: str) -> str | None:
        """Why a file stays behind, by its own path and by the path that it has in truth."""
        if self._has_no_links(path, real):
            return self.rules.refusal(path)
        return self._place_refusal(path, real) or (
            self.rules.refusal(path) or self._rules_at(real).refusal(self._in_root(real))
        )

    def folder_refusal(self, path: str, real: str) -> str | None:
        """Why a folder stays behind with all that is in it."""
        if self._has_no_links(path, real):
            return self.rules.folder_refusal(path)
        return self._place_refusal(path, real) or (
            self.rules.folder_refusal(path) or self._rules_at(real).folder_refusal(self._in_root(real))
        )

    def text(self, path: str, real: str) -> str | Problem:
        """The text of a file that may go along."""
        for name in (path, real):
            if name in self.buffers:
                return self.buffers[name]
        found = self.files.read(real)
        return Problem(self.workspace.shown(path), found.sentence) if isinstance(found, Unusable) else found

    def _has_no_links(self, path: str, real: str) -> bool:
        root = self.rules.root
        return is_inside(path, root) and real == self.real_root + path[len(root) :]

    def _place_refusal(self, path: str, real: str) -> str | None:
        if not is_inside(path, self.rules.root):
            return OUTSIDE
        if is_inside(real, self.real_root):
            return None
        return self.rules.secret(real) if self.workspace.follows_links_outside else LINKS_OUTSIDE

    def _in_root(self, real: str) -> str:
        """The true path as one below the workspace's own, which may itself be a link."""
        return self.rules.root + real[len(self.real_root) :] if is_inside(real, self.real_root) else self.rules.root

    def _rules_at(self, real: str) -> Ignoring:
        return self.rules if is_inside(self._in_root(real), self.rules.named) else self.outer_rules


def plain(path: str) -> str:
    """An absolute path with `/`, and without `.` and `..`; by its name alone."""
    return _slashed(os.path.normpath(path))


def is_inside(path: str, folder: str) -> bool:
    """Whether a plain path is the folder or lies below it; the folder has no last `/`."""
    return path == folder or path.startswith(f"{folder}/")


def _slashed(path: str) -> str:
    return path if os.sep == "/" else path.replace(os.sep, "/")
