"""What the user is told when a folder of chats cannot be used."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from lsp_llm.chat.holding import holding, not_deleted, told
from lsp_llm.errors import UserError


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full, so the chat is not saved: make room for /chats"),
        (errno.EROFS, "/chats cannot be written, so the chat is not saved: allow it, or set chat.directory"),
        (errno.EACCES, "/chats cannot be written"),
        (errno.ENOENT, "it was deleted or moved"),
        (errno.EIO, "/chats cannot be used for chats: input/output"),
    ],
)
def test_an_error_of_the_system_becomes_a_sentence(number: int, words: str) -> None:
    with pytest.raises(UserError, match=words), told(Path("/chats")):
        raise OSError(number, "input/output")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EROFS, "the chat cannot be deleted: nothing can be changed in /chats"),
        (errno.EACCES, "the chat cannot be deleted: nothing can be changed in /chats"),
        (errno.EIO, "the chat cannot be deleted: input/output"),
        (errno.ENOENT, "it was deleted or moved"),
    ],
)
def test_so_does_one_that_keeps_a_chat_from_being_deleted(number: int, words: str) -> None:
    with pytest.raises(UserError, match=words), told(Path("/chats"), not_deleted):
        raise OSError(number, "input/output")


def test_the_lock_is_of_the_folder(tmp_path: Path) -> None:
    with holding(tmp_path / ".lock"):
        assert (tmp_path / ".lock").exists()
    with pytest.raises(UserError), holding(tmp_path / "none" / ".lock"):
        raise AssertionError
