"""An append-only file of JSON lines, private and bounded; it never reads what it wrote and never fails a job."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from typing import Any

import platformdirs

from lsp_llm.stream.surrogates import json_of

_log = logging.getLogger(__name__)

MAX_BYTES = 16 * 1024 * 1024


def state_folder() -> Path:
    """The user's state folder for lsp-llm."""
    return Path(platformdirs.user_state_dir("lsp-llm", appauthor=False))


def append_line_privately(path: Path, line: bytes) -> None:
    """Add a line to a file that is its owner's alone, in one write, which others' writes do not cut; raises OSError.

    It begins on a line of its own also where a full disk has cut the one above.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        above = b"\n" if _is_cut(file) else b""
        os.write(file, above + line + b"\n")
    finally:
        os.close(file)


def _is_cut(file: int) -> bool:
    """Whether the last line has no end."""
    if os.fstat(file).st_size == 0:
        return False
    os.lseek(file, -1, os.SEEK_END)
    return os.read(file, 1) != b"\n"


def replace_privately(path: Path, content: bytes) -> None:
    """Put a file in the place of another in one step: others read the former or this one; raises OSError."""
    # mkstemp makes it its owner's alone.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


class Journal:
    """One file; when it is full it becomes `<name>.1`, in the place of the one before."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_silent = False

    def append(self, record: Any) -> None:
        """Write one line; where the folder cannot be written that is logged once."""
        line = json_of(record)
        try:
            self._make_room(len(line) + 1)
            append_line_privately(self._path, line)
        except OSError as error:
            self._complain(error)

    def _make_room(self, size: int) -> None:
        if self._path.exists() and self._path.stat().st_size + size > MAX_BYTES:
            self._path.replace(self._path.with_name(self._path.name + ".1"))

    def _complain(self, error: OSError) -> None:
        if not self._is_silent:
            self._is_silent = True
            _log.warning("%s cannot be written: %s", self._path, error.strerror)
