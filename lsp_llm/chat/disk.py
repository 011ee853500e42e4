"""Bytes into files, wholly or not at all, readable by nobody else; it knows no chat and decides nothing.

A file that is replaced is synchronised before it takes its place, so a loss of power leaves the old or the new one.
What is appended is with the system at once, which outlives this process; `settle` makes it outlive a loss of power.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import NamedTuple, Protocol


class Stamp(NamedTuple):
    """By what a file is known to be as it was left."""

    inode: int
    size: int
    modified_nanoseconds: int


class Disk(Protocol):
    """Where chats are written; all of it raises OSError."""

    def append(self, path: Path, data: bytes) -> None:
        """Add bytes at the end of a file that exists, or leave it as it was."""
        ...

    def replace(self, path: Path, data: bytes) -> None:
        """Give a file, new or not, this content, or leave it as it was."""
        ...

    def settle(self, path: Path) -> None:
        """Return once what was appended cannot be lost any more."""
        ...


class LocalDisk:
    """The files of this machine."""

    def append(self, path: Path, data: bytes) -> None:
        """Add bytes at the end of a file that exists, or leave it as it was."""
        file = os.open(path, os.O_WRONLY | os.O_APPEND)
        try:
            size = os.fstat(file).st_size
            try:
                _write_all(file, data)
            except OSError:
                # A full disk takes the first part of it.
                os.ftruncate(file, size)
                raise
        finally:
            os.close(file)

    def replace(self, path: Path, data: bytes) -> None:
        """Give a file, new or not, this content, or leave it as it was."""
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(handle)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise

    def settle(self, path: Path) -> None:
        """Return once what was appended cannot be lost any more."""
        file = os.open(path, os.O_RDWR)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def stamp_of(path: Path) -> Stamp:
    """The file as it is now; raises OSError."""
    found = path.stat()
    return Stamp(found.st_ino, found.st_size, found.st_mtime_ns)


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]
