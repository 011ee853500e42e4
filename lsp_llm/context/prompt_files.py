"""Reads the text files that make prompts, from folders in order; it knows nothing of what is in them. Blocking code.

A file's name is its path below its folder, with `/` on every system. The first folder that has a name wins. A file
that cannot be used is reported, and the next folder's file of that name is used. What has not changed is not opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from stat import S_ISREG

LIMIT_BYTES = 256 * 1024
"""No prompt that a person wrote comes near it, and a cloned project must not be able to fill the memory."""
LIMIT_FILES = 2_000


@dataclass(frozen=True, slots=True)
class PromptFolder:
    """A folder of prompts; nothing in it may lead out of `within`, which is None for folders that the user owns.

    A link out of a cloned project could name any file of the user's, and its text would go to the model.
    """

    path: Path
    within: Path | None = None


@dataclass(frozen=True, slots=True)
class PromptFile:
    """One file as it was read; `stamp_ns` is its time of modification."""

    name: str
    text: str
    path: Path
    stamp_ns: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class UnusableFile:
    """A file that was left out, and why."""

    path: Path
    sentence: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The files in force, by name, and those that were left out."""

    files: tuple[PromptFile, ...] = ()
    unusable: tuple[UnusableFile, ...] = ()


class PromptFolders:
    """The files with one suffix in several folders, most important first; `read` opens only what is new or changed."""

    def __init__(self, folders: Sequence[PromptFolder], suffix: str) -> None:
        self._folders, self._suffix = tuple(folders), suffix
        self._last = Reading()

    def read(self) -> Reading:
        """What is in force now: the very same object as last time when nothing has changed."""
        known = {file.path: file for file in self._last.files}
        files: dict[str, PromptFile] = {}
        unusable: list[UnusableFile] = []
        for folder in self._folders:
            for path in self._found(folder, unusable):
                name = path.relative_to(folder.path).as_posix()
                if name in files:
                    continue
                try:
                    files[name] = _read(folder, name, path, known.get(path))
                # ValueError: it is no UTF-8, too large, or leads elsewhere; RuntimeError: links that go in a circle.
                except (OSError, ValueError, RuntimeError) as error:
                    unusable.append(UnusableFile(path, _sentence(error)))
        fresh = Reading(tuple(files[name] for name in sorted(files)), tuple(unusable))
        if fresh != self._last:
            self._last = fresh
        return self._last

    def _found(self, folder: PromptFolder, unusable: list[UnusableFile]) -> Iterator[Path]:
        try:
            found = sorted(islice(folder.path.rglob(f"*{self._suffix}"), LIMIT_FILES + 1))
        except OSError as error:
            unusable.append(UnusableFile(folder.path, str(error)))
            return
        if len(found) > LIMIT_FILES:
            unusable.append(UnusableFile(folder.path, f"there are more than {LIMIT_FILES} files in it"))
        yield from found[:LIMIT_FILES]


def _read(folder: PromptFolder, name: str, path: Path, known: PromptFile | None) -> PromptFile:
    if folder.within is not None and not path.resolve().is_relative_to(folder.within.resolve()):
        raise ValueError("it is a link that leads out of the project")
    stat = path.stat()
    # The size too: some file systems stamp so coarsely that two quick saves look like one.
    if known and (known.stamp_ns, known.size_bytes) == (stat.st_mtime_ns, stat.st_size):
        return known
    # Opening a pipe would wait for ever.
    if not S_ISREG(stat.st_mode):
        raise ValueError("it is no regular file")
    if stat.st_size > LIMIT_BYTES:
        raise ValueError(f"it is larger than {LIMIT_BYTES // 1024} KiB")
    # Windows editors begin UTF-8 files with a mark that is no part of the text.
    text = path.read_text(encoding="utf-8-sig")
    return PromptFile(name, text, path, stat.st_mtime_ns, stat.st_size)


def _sentence(error: Exception) -> str:
    return f"it is no UTF-8: {error}" if isinstance(error, UnicodeDecodeError) else str(error)
