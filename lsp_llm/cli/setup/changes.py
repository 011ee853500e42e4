"""What a setup would change in the user's files, shown as differences and carried out; it decides no text.

Nothing of the user's is lost: what was there is copied beside the file, and a file that changed meanwhile is refused.
"""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lsp_llm.cli.setup.editors import Editor
from lsp_llm.cli.setup.places import Home
from lsp_llm.cli.setup.sources import tree_of
from lsp_llm.cli.setup.values import Unmergeable
from lsp_llm.errors import UserError

BACKUP = ".before-lsp-llm"


@dataclass(frozen=True, slots=True)
class Change:
    """One file as it is, None where there is none, and as it is to be."""

    path: Path
    before: str | None
    after: str
    is_ours: bool
    """The whole file is ours: it needs no backup."""

    @property
    def is_needed(self) -> bool:
        """Whether anything changes."""
        return self.before != self.after


def changes_for(editor: Editor, home: Home, texts: Mapping[str, str]) -> list[Change]:
    """Every file of an editor; `texts` are ours by their source.

    Raises UserError where ours and the user's do not go together, with what to paste.
    """
    found = []
    for file in editor.files:
        path = file.place(home)
        before = text_at(path)
        if before is None and file.only_where_there:
            continue
        try:
            after = _with_line_ends(before or "", file.merge(_plain(before or ""), texts[file.source]))
        except Unmergeable as error:
            raise UserError(
                f"{path}: {error}; nothing was written. Put this there yourself:\n{texts[file.source]}"
            ) from None
        found.append(Change(path, before, after, is_ours=False))
    return [*found, *_parts(editor, home)]


def _parts(editor: Editor, home: Home) -> Iterator[Change]:
    if editor.part is None:
        return
    for name, text in tree_of(editor.name, editor.part.folders).items():
        path = editor.part.place(home) / name
        yield Change(path, text_at(path), text, is_ours=True)


def text_at(path: Path) -> str | None:
    """The text of a file, with its own line ends; None where there is none. Raises UserError."""
    try:
        return path.read_bytes().decode()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8 text") from None


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def _with_line_ends(before: str, after: str) -> str:
    return after.replace("\n", "\r\n") if "\r\n" in before else after


def difference(change: Change) -> str:
    """What changes, as `diff -u` shows it."""
    before, after = (_plain(text).splitlines(keepends=True) for text in (change.before or "", change.after))
    shown = difflib.unified_diff(before, after, str(change.path), str(change.path))
    return "".join(line if line.endswith("\n") else f"{line}\n\\ no line end\n" for line in shown)


def carry_out(change: Change) -> Path | None:
    """Write the file, and give the copy of what was there; a link stays one. Raises UserError."""
    if text_at(change.path) != change.before:
        raise UserError(f"{change.path} was changed meanwhile: nothing was written there; say it once more")
    path = change.path.resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if change.before is None:
            path.write_bytes(change.after.encode())
            return None
        backup = None if change.is_ours else _backup(path)
        _replace(path, change.after.encode())
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from None
    return backup


def _backup(path: Path) -> Path:
    names = [BACKUP, *(f"{BACKUP}-{number}" for number in range(2, 1000))]
    free = next(place for name in names if not (place := path.with_name(path.name + name)).exists())
    shutil.copy2(path, free)
    return free


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        shutil.copymode(path, name)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
