"""Reads text files within bounds and keeps what it read until the file changes; it does not ask who may read them.

Only regular files are opened: a pipe or a device in a project would keep the reader waiting for ever.
"""

from __future__ import annotations

import os
import stat
from collections import OrderedDict
from dataclasses import dataclass

MAX_FILE_BYTES = 1024 * 1024
MAX_CACHE_CHARACTERS = 64 * 1024 * 1024

# The mark that Windows editors put before UTF-8 is no part of the text.
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Stamp = tuple[int, int, int, int]
"""Modification and change in ns, size in bytes, inode: whatever replaces a file changes one of them."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """A file that is no text for a prompt; `sentence` reads on from its path."""

    sentence: str


class Files:
    """The text of files by path; an unchanged file costs one `stat`."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[Stamp, str | Unusable]] = OrderedDict()
        self._characters = 0

    def read(self, path: str) -> str | Unusable:
        """The text of a file (links are followed), exactly as it is; `Unusable` says why there is none."""
        try:
            now = stamp(path)
            known = self._known.get(path)
            if known is not None and known[0] == now:
                return known[1]
            content = _text(read_bounded(path))
        except OSError as error:
            return Unusable(f"cannot be read: {error.strerror or error}")
        self._keep(path, now, content)
        return content

    def _keep(self, path: str, now: Stamp, content: str | Unusable) -> None:
        former = self._known.pop(path, None)
        self._known[path] = (now, content)
        self._characters += _length(content) - (_length(former[1]) if former else 0)
        while self._known and self._characters > MAX_CACHE_CHARACTERS:
            _, (_, oldest) = self._known.popitem(last=False)
            self._characters -= _length(oldest)


def stamp(path: str) -> Stamp:
    """What tells one state of a file from the next. Raises OSError."""
    found = os.stat(path)  # noqa: PTH116  Asked for every file of every prompt; a `Path` takes longer than the system.
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def read_bounded(path: str) -> bytes | Unusable:
    """A regular file of at most MAX_FILE_BYTES; blocks on nothing else than a disk. Raises OSError."""
    # Without O_NONBLOCK, opening a pipe waits for a writer. Windows has neither the flag nor such pipes in folders.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return Unusable("is not a file")
        # The size is asked first, and not trusted: a file may grow, and some system files claim to have none.
        content = b"" if found.st_size > MAX_FILE_BYTES else file.read(MAX_FILE_BYTES + 1)
    if max(found.st_size, len(content)) > MAX_FILE_BYTES:
        return Unusable(f"is larger than {MAX_FILE_BYTES // 1024} KiB")
    return content


def _text(content: bytes | Unusable) -> str | Unusable:
    if isinstance(content, Unusable):
        return content
    if b"\0" in content:
        return Unusable("is binary (it has NUL bytes)")
    try:
        return content.removeprefix(_BYTE_ORDER_MARK).decode("utf-8")
    except UnicodeDecodeError as error:
        return Unusable(f"is not UTF-8 text (byte {error.start + 1})")


def _length(content: str | Unusable) -> int:
    return len(content) if isinstance(content, str) else 0
