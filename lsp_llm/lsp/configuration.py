"""The settings in force for a document: layers of files and of what the editor sends, read anew when they change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from lsp_llm.chat.terms import ENDING
from lsp_llm.config.editor_layer import INITIALIZATION_OPTIONS, WORKSPACE_CONFIGURATION, editor_layer
from lsp_llm.config.files import PROJECT_FILE, named_layer, project_layer, user_file, user_layer
from lsp_llm.config.layers import Layer, Origin, merge
from lsp_llm.config.settings import Settings
from lsp_llm.lsp.uris import path_of
from lsp_llm.providers.registry import builtin_values

Stamp = tuple[int, int]


class Configuration:
    """Settings of one client; every root of its workspace has a project file of its own."""

    def __init__(self, named_file: Path | None, report: Callable[[str], None]) -> None:
        """`named_file`: what `--config` names, instead of the user's file; `report` shows a problem to the user."""
        self._named_file = named_file
        # Looking up where it belongs takes longer than looking at it, and settings are asked for with every menu.
        self._user_file = named_file or user_file()
        self._report = report
        self._said: set[str] = set()
        self._initial: Any = None
        self._workspace: Any = None
        self._roots: tuple[Path, ...] = ()
        self._merged: dict[Path | None, tuple[tuple[Stamp, Stamp], Settings]] = {}

    def start(self, roots: Iterable[str], initial: Any) -> None:
        """What the client said at initialize."""
        self._roots = tuple(map(Path, roots))
        self._initial = initial
        self._merged.clear()

    def change_roots(self, added: Iterable[str], removed: Iterable[str]) -> None:
        """Folders came to the workspace or left it."""
        gone = set(map(Path, removed))
        self._roots = (*(root for root in self._roots if root not in gone), *map(Path, added))

    def change_workspace(self, values: Any) -> None:
        """What the client answered to workspace/configuration, or sent with didChangeConfiguration."""
        self._workspace = values
        self._merged.clear()

    def settings(self, uri: str = "") -> Settings:
        """The settings for a document (blocking for two looks at file stamps)."""
        root = self.root_of(uri)
        stamps = (_stamp(self._user_file), _stamp(root / PROJECT_FILE) if root else (0, 0))
        known = self._merged.get(root)
        if known is not None and known[0] == stamps:
            return known[1]
        settings, problems = merge(self._layers(root))
        self._merged[root] = stamps, settings
        for problem in map(str, problems):
            if problem not in self._said:
                self._said.add(problem)
                self._report(problem)
        return settings

    def workspace(self) -> str:
        """The folder that stands for the whole workspace: the first one, "" where none is open."""
        return str(next(iter(self._roots), ""))

    def root_of(self, uri: str) -> Path | None:
        """The folder of the workspace that a document belongs to; None where there is none.

        What has no file, what is asked for no document, and a chat that lies elsewhere, belong to the first folder.
        """
        path, first = path_of(uri), next(iter(self._roots), None)
        if not path:
            return first
        around = [root for root in self._roots if Path(path).is_relative_to(root)]
        return max(around, key=lambda root: len(root.parts), default=first if uri.endswith(ENDING) else None)

    def _layers(self, root: Path | None) -> list[Layer]:
        return [
            Layer("built in", Origin.BUILT_IN, builtin_values()),
            named_layer(self._named_file) if self._named_file else user_layer(),
            *([project_layer(root)] if root else []),
            editor_layer(INITIALIZATION_OPTIONS, self._initial),
            editor_layer(WORKSPACE_CONFIGURATION, self._workspace),
        ]


def _stamp(path: Path) -> Stamp:
    """What changes when a file does."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size
