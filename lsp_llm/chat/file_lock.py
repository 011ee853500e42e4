"""A lock between processes on one file, which ends with its holder however that ends; it looks at no content."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock, after whoever holds it now; for what takes milliseconds. Raises OSError."""
    file = _opened(path)
    try:
        _lock_waiting(file)
        yield
    finally:
        os.close(file)


class Lease:
    """A lock that is held for longer, which nobody waits for."""

    def __init__(self, file: int) -> None:
        self._file = file

    def end(self) -> None:
        """Let go. The file stays: who took it away might take it from somebody who is about to lock it."""
        os.close(self._file)


def try_lease(path: Path) -> Lease | None:
    """The lock, None where somebody else has it; raises OSError."""
    file = _opened(path)
    if _lock_at_once(file):
        return Lease(file)
    os.close(file)
    return None


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


if sys.platform == "win32":

    def _lock_waiting(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_LOCK, 1)

    def _lock_at_once(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:

    def _lock_waiting(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

    def _lock_at_once(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
