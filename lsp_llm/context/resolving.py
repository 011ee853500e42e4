"""From mentions to what they stand for: files, folders, and what is known of the document at hand.

A mention never reaches what the workspace keeps back, by whatever way it is written. One that names nothing becomes a
problem with the nearest name, when it can have been meant as a path.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from lsp_llm.config.nearest import nearest
from lsp_llm.context.access import View
from lsp_llm.context.base import Gathered, Item, Problem, merged
from lsp_llm.context.diagnostics import Diagnostic, diagnostics_item
from lsp_llm.context.git import diff
from lsp_llm.context.listing import Listing, list_files
from lsp_llm.context.mentions import Mention, find_mentions
from lsp_llm.context.symbols import symbols

MAX_FOLDER_FILES = 200
MAX_FOLDER_CHARACTERS = 2 * 1024 * 1024
# Looking for a near name in more takes longer than a user waits.
MAX_COMPARED = 2_000


@dataclass(frozen=True, slots=True)
class Here:
    """The document that the user is in; `path` as the model reads it, empty before the document has a name."""

    path: str
    text: str
    language_id: str = ""
    diagnostics: Sequence[Diagnostic] = ()


def resolve_mentions(text: str, view: View, here: Here | None) -> Gathered:
    """What the mentions in a text stand for, each once, in the order of the text; blocks while files and git answer."""
    resolver = _Resolver(view, here)
    gathered = Gathered()
    for mention in find_mentions(text):
        gathered += resolver.resolved(mention)
    return gathered


class _Resolver:
    """Resolves the mentions of one text; lists the workspace at most once."""

    def __init__(self, view: View, here: Here | None) -> None:
        self._view = view
        self._here = here
        self._listing: Listing | None = None

    def resolved(self, mention: Mention) -> Gathered:
        match mention.target:
            case "path":
                return self._path(mention)
            case "diff":
                return diff(self._view)
            case "buffer" | "diagnostics" | "symbols":
                return self._of_here(mention)
            case _:
                assert_never(mention.target)

    def _of_here(self, mention: Mention) -> Gathered:
        if self._here is None:
            return _problem(f"@{mention.target}", "means a document, and none is at hand")
        item = _item_of(mention, self._here)
        return Gathered((item,)) if item else _problem(f"@{mention.target}", "finds nothing in this document")

    def _path(self, mention: Mention) -> Gathered:
        written = mention.path.replace("\\", "/") if os.sep == "\\" else mention.path
        path, real = self._view.place(written)
        if not os.path.lexists(real) and path not in self._view.buffers:
            return self._unknown(mention)
        return self._folder(path, real) if Path(real).is_dir() else self._file(written, path)

    def _file(self, written: str, path: str) -> Gathered:
        match self._view.read(written):
            case Problem() as problem:
                return Gathered(problems=(problem,))
            case "":
                return _problem(self._shown(path), "is empty")
            case text:
                return Gathered((Item("file", self._shown(path), text),))

    def _folder(self, path: str, real: str) -> Gathered:
        said = self._view.folder_refusal(path, real)
        if said is not None:
            return _problem(self._shown(path), said)
        # Where a link leads to inside the workspace, the files are listed under their own names.
        prefix = real[len(self._view.real_root) + 1 :] + "/"
        listing = self._files()
        names = [name for name in listing.paths if prefix == "/" or name.startswith(prefix)]
        items, problems, characters = list[Item](), list(listing.problems), 0
        for count, name in enumerate(names):
            if count == MAX_FOLDER_FILES or characters > MAX_FOLDER_CHARACTERS:
                said = f"holds {len(names)} files; only the first {count} were looked at"
                problems.append(Problem(self._shown(path), said))
                break
            found = self._view.read(name)
            if isinstance(found, Problem):
                problems.append(found)
            elif found:
                items.append(Item("file", name, found))
                characters += len(found)
        if not names:
            problems.append(Problem(self._shown(path), "has no files that may go along"))
        return Gathered(tuple(items), merged(problems))

    def _unknown(self, mention: Mention) -> Gathered:
        if mention.is_code:
            return Gathered()
        near = _nearest_path(mention.path.rstrip("/"), self._files().paths)
        # A lone word that is like no file was not meant as one: prose knows `@override` and `@anna`.
        if near is None and not {"/", "."} & set(mention.path):
            return Gathered()
        hint = f'; did you mean "{near}"?' if near else ""
        return _problem(mention.path, f"names no file of the workspace{hint}")

    def _files(self) -> Listing:
        if self._listing is None:
            self._listing = list_files(self._view)
        return self._listing

    def _shown(self, path: str) -> str:
        return self._view.workspace.shown(path)


def _item_of(mention: Mention, here: Here) -> Item | None:
    match mention.target:
        case "diagnostics":
            return diagnostics_item(here.path, here.text, here.diagnostics)
        case "symbols":
            found = "\n".join(map(str, symbols(here.text, here.language_id, here.path)))
            return Item("symbols", here.path, found) if found else None
        case _:
            return Item("buffer", here.path, here.text) if here.text else None


def _nearest_path(path: str, paths: Sequence[str]) -> str | None:
    """A file of that name elsewhere, else the nearest path, else the path with the nearest name."""
    name = path.rpartition("/")[2].casefold()
    by_name = {known.rpartition("/")[2].casefold(): known for known in reversed(paths)}
    if name in by_name:
        return by_name[name]
    # What begins the same is compared first: few slips are in the first letter.
    likely = sorted(by_name, key=lambda known: (known[:1] != name[:1], abs(len(known) - len(name)), known))
    near = nearest(name, likely[:MAX_COMPARED])
    return by_name[near] if near else None


def _problem(path: str, sentence: str) -> Gathered:
    return Gathered(problems=(Problem(path, sentence),))
