"""What every source of context hands on: items for the prompt, and problems for the user; it reads nothing itself.

A source never raises for what it finds on the disk. What cannot go along becomes a `Problem`, and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from lsp_llm.config.settings import Context

ItemKind = Literal["project", "notes", "buffer", "file", "diagnostics", "diff", "symbols"]


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of text for the prompt; `path` is what the model reads, relative to the workspace where it lies in it."""

    kind: ItemKind
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something stays behind: `sentence` reads on from the path ("is larger than 1 MiB")."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path} {self.sentence}"


@dataclass(frozen=True, slots=True)
class Gathered:
    """What sources found, in a stable order."""

    items: tuple[Item, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __add__(self, other: Gathered) -> Gathered:
        """Both, each item and each problem once: a file that is mentioned twice goes along once."""
        items = dict.fromkeys((*self.items, *other.items))
        return Gathered(tuple(items), tuple(dict.fromkeys((*self.problems, *other.problems))))


def merged(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """One problem for each reason, with the first path: a folder full of pictures is one sentence and not a hundred."""
    paths: dict[str, list[str]] = {}
    for problem in problems:
        paths.setdefault(problem.sentence, []).append(problem.path)
    return tuple(
        Problem(found[0], f"{sentence}; {len(found) - 1} more likewise" if len(found) > 1 else sentence)
        for sentence, found in paths.items()
    )


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder that a command works in, its settings, and the text of open documents by their absolute path.

    Open documents may lie anywhere. What is open counts as it stands in the editor, saved or not.
    """

    root: Path
    settings: Context = field(default_factory=Context)
    buffers: Mapping[Path, str] = field(default_factory=dict)
    follows_links_outside: bool = False

    def shown(self, path: str) -> str:
        """An absolute path (with `/`) as the model and the user read it: relative where it lies in the workspace."""
        return shown(path, self.root.as_posix().rstrip("/"))


def shown(path: str, root: str) -> str:
    """A plain path as it is read from a folder: relative where it lies in it; `root` has no last `/`."""
    return "." if path == root else path.removeprefix(f"{root}/")
