"""The lock of a folder of chats, and what the user is told where it or a file in it cannot be had."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lsp_llm.chat.file_lock import locked
from lsp_llm.errors import UserError

Sentence = Callable[[Path, OSError], str]
"""What the user is told of an error in a folder, and what to do."""


def not_saved(folder: Path, error: OSError) -> str:
    """Why a chat cannot be read or written."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"the disk is full, so the chat is not saved: make room for {folder}"
        case errno.EROFS | errno.EACCES | errno.EPERM:
            return f"{folder} cannot be written, so the chat is not saved: allow it, or set chat.directory"
        case _:
            return f"{folder} cannot be used for chats: {error.strerror or error}"


def not_deleted(folder: Path, error: OSError) -> str:
    """Why a chat cannot be taken away."""
    match error.errno:
        case errno.EROFS | errno.EACCES | errno.EPERM:
            return f"the chat cannot be deleted: nothing can be changed in {folder}, so allow that first"
        case _:
            return f"the chat cannot be deleted: {error.strerror or error}"


@contextmanager
def holding(lock: Path, sentence: Sentence = not_saved) -> Iterator[None]:
    """Hold the folder's lock for some milliseconds; an OSError in it becomes a UserError."""
    with told(lock.parent, sentence), locked(lock):
        yield


@contextmanager
def told(folder: Path, sentence: Sentence = not_saved) -> Iterator[None]:
    """An OSError becomes a UserError that says what to do."""
    try:
        yield
    except FileNotFoundError as error:
        raise UserError("this chat is not there any more: it was deleted or moved") from error
    except OSError as error:
        raise UserError(sentence(folder, error)) from error
