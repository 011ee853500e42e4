"""`lsp-llm.chat`: a new chat document, or one that is open, with a selection as the beginning of the user's turn."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lsp_llm.chat.terms import BUSY
from lsp_llm.chat.titling import title_of
from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.open_chats import OpenChat
from lsp_llm.commands.quoting import quoted_selection
from lsp_llm.errors import UserError
from lsp_llm.jobs.ports import Target


class ChatOptions(Options, frozen=True):
    """`text`: the user's words; `preset`: that of the chat; `chat`: the uri of an open chat document to go on in."""

    text: str = ""
    preset: str = ""
    chat: str = ""


class Chat:
    """Begin a chat, or go on with one."""

    name = "lsp-llm.chat"
    title = "LLM: chat"
    place = Place.PERHAPS
    options = ChatOptions

    def run(self, services: Services, target: Target | None, options: ChatOptions) -> Mapping[str, Any]:
        """The uri of the chat's document."""
        context = quoted_selection(services, target) if target is not None else ""
        text = "\n\n".join(filter(None, (context, options.text.strip())))
        if options.chat:
            return _go_on(services, services.open_chats.get(options.chat), text)
        chats = services.chats()
        file = Path(target.path).name if target is not None and context else ""
        chat = chats.create(title_of(options.text) or file, options.preset, "", text)
        path = chats.store.path(chat.chat_id)
        services.pages.show_file(path)
        return {"uri": path.as_uri()}


def _go_on(services: Services, chat: OpenChat, text: str) -> Mapping[str, Any]:
    """Add to the user's turn at the end of an open chat; raises UserError."""
    from lsp_llm.commands.chat_note import note

    if services.sends.running(uri=chat.uri):
        raise UserError(BUSY)
    if text:
        note(services, chat, text)
    path = Path(chat.cursor(0).path)
    if path.is_absolute():
        services.pages.show_file(path)
    return {"uri": chat.uri}
