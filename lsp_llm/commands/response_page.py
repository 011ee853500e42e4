"""The place of an answer in a response document: it says that it waits, why nothing came, and at the end how it went.

All of that stands in notes, which no model is ever sent. The first words take the place of the first note.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from lsp_llm.chat.loop import Send
from lsp_llm.chat.signature import note_line
from lsp_llm.commands.chat_page import DocumentPage, Slot
from lsp_llm.commands.inquiries import sentence
from lsp_llm.commands.open_chats import OpenChat
from lsp_llm.errors import LspLlmError
from lsp_llm.exchange.outcome import Usage
from lsp_llm.jobs.runner import Runner
from lsp_llm.status.events import Status

WAITING: Final = "waiting for the answer"
EMPTY: Final = "the model's answer is empty: ask again, or with other words"


class ResponsePage(DocumentPage):
    """One answer's place, with notes."""

    def __init__(
        self,
        runner: Runner,
        chat: OpenChat,
        slot: Slot,
        job_id: str,
        tell: Callable[[Status], None],
        stopped: Callable[[str], object],
    ) -> None:
        """Raises UserError where another job is writing."""
        super().__init__(runner, chat, slot, job_id, tell, stopped)
        self._is_waiting = True
        self._writing.write(self._below(WAITING))

    async def _run(self, send: Send) -> None:
        began = asyncio.get_running_loop().time()
        try:
            await send.run()
        except LspLlmError as error:
            self._note(f"failed: {sentence(error)}")
            raise
        self._note(_ended(send, asyncio.get_running_loop().time() - began))

    def _note(self, words: str) -> None:
        if self._is_begun:
            self.add(note_line(words) + self.line_end)
        else:
            self._is_begun = True
            self._put(self._below(words))

    def _below(self, words: str) -> str:
        """A note below the question."""
        return f"{self.line_end}{self.line_end}{note_line(words)}"

    def _put(self, text: str) -> None:
        if self._is_waiting:
            self._is_waiting = False
            self._writing.write_anew(text)
        else:
            super()._put(text)

    def _leave(self) -> None:
        self._writing.take_back()


def _ended(send: Send, seconds: float) -> str:
    """Model, tokens and time."""
    turn, usage = send.chat.turns[-1], send.course.usage
    if turn.role != "assistant":
        return EMPTY
    tokens = "" if usage == Usage() else f"{usage.input_tokens} tokens in, {usage.output_tokens} out"
    return " · ".join(filter(None, (turn.model, tokens, f"{seconds:.1f} s")))
