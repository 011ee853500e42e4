"""Adds to the user's own turn at the end of an open chat document; it asks nobody."""

from __future__ import annotations

from lsp_llm.chat.conversation import Turn, tidy
from lsp_llm.chat.turn_writer import turn_body
from lsp_llm.commands.base import Services
from lsp_llm.commands.document_sends import is_question
from lsp_llm.commands.open_chats import OpenChat
from lsp_llm.jobs.writing import Writing
from lsp_llm.status.events import Outcome, Status


def note(services: Services, chat: OpenChat, text: str) -> None:
    """Write the text below what the user has written; raises UserError where another job is writing there."""
    line_end = chat.document.line_end
    body = turn_body(Turn("", "user", tidy(text)), line_end)
    last = chat.last_said
    if last >= 0 and last == len(chat.parsed) - 1 and is_question(chat, last):
        _Note(services, chat, chat.end_of(last), f"{line_end}{line_end}{body.removesuffix(line_end)}")
    else:
        _Note(services, chat, chat.document.length, chat.parsed.lead_in(Turn("", "user")) + body)


class _Note:
    """One text on its way."""

    def __init__(self, services: Services, chat: OpenChat, offset: int, text: str) -> None:
        self._writing: Writing = services.runner.lend(services.sends.next_id(), chat.cursor(offset), self)
        self._writing.write(text)
        self._writing.end()

    def told(self, status: Status) -> None:
        """There is nothing to say of it."""

    def settled(self, outcome: Outcome) -> None:
        """It is the user's own now."""
        self._writing.give_away()
