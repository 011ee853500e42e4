"""The lock of a folder of chats, and what the user is told where it or a file in it cannot be had."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lsp_llm.chat.file_lock import locked
from lsp_llm.errors import UserError


@contextmanager
def holding(lock: Path) -> Iterator[None]:
    """Hold the folder's lock for some milliseconds; an OSError in it becomes a UserError."""
    with told(lock.parent), locked(lock):
        yield


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """An OSError becomes a UserError that says what to do."""
    try:
        yield
    except FileNotFoundError as error:
        raise UserError("this chat is not there any more: it was deleted or moved") from error
    except OSError as error:
        raise UserError(_sentence(folder, error)) from error


def _sentence(folder: Path, error: OSError) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"the disk is full, so the chat is not saved: make room for {folder}"
        case errno.EROFS | errno.EACCES | errno.EPERM:
            return f"{folder} cannot be written, so the chat is not saved: allow it, or set chat.directory"
        case _:
            return f"{folder} cannot be used for chats: {error.strerror or error}"
