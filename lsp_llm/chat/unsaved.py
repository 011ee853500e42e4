"""Answers that a full disk did not take whole: each is tried again until it is in its file; it asks no model.

Until then nobody else answers in that chat, which would not know of it. What is here is lost with the server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

from lsp_llm.chat.chat_writer import ChatWriter
from lsp_llm.errors import UserError

RETRY_SECONDS: Final = 2.0
WAITING: Final = "the end of the last answer is not in the file: it goes there as soon as the disk takes it"


class Unsaved:
    """Those of one client; `begin` holds a task until it ends."""

    def __init__(
        self, begin: Callable[[Coroutine[Any, Any, None]], None], retry_seconds: float = RETRY_SECONDS
    ) -> None:
        self._begin = begin
        self._retry_seconds = retry_seconds
        self._writers: dict[str, ChatWriter] = {}

    def release(self, chat_id: str, writer: ChatWriter) -> None:
        """A send is over: others may answer in the chat now, or as soon as all of it is in the file."""
        if writer.is_behind:
            self._writers[chat_id] = writer
            self._begin(self._keep_trying(chat_id, writer))
        else:
            writer.release()

    def waits(self, chat_id: str) -> bool:
        """Whether the chat's file has not all of its last answer."""
        writer = self._writers.get(chat_id)
        return writer is not None and writer.is_behind

    def save(self, chat_id: str) -> None:
        """Try it now; raises UserError where the disk still does not take it."""
        writer = self._writers.get(chat_id)
        if writer is not None:
            if writer.is_behind:
                writer.settle()
            self.drop(chat_id)

    def drop(self, chat_id: str) -> None:
        """It is not wanted any more."""
        writer = self._writers.pop(chat_id, None)
        if writer is not None:
            writer.release()

    async def _keep_trying(self, chat_id: str, writer: ChatWriter) -> None:
        try:
            while self._writers.get(chat_id) is writer:
                await asyncio.sleep(self._retry_seconds)
                self._save_quietly(chat_id)
        except asyncio.CancelledError:
            # The server ends.
            self._save_quietly(chat_id)
            raise

    def _save_quietly(self, chat_id: str) -> None:
        # The user has been told that the disk is full.
        with suppress(UserError):
            self.save(chat_id)
