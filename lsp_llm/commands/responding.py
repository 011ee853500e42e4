"""Response documents: what was asked and its answer in a chat document of its own, which is answered once it is shown.

It is a chat like any other from then on. The document that was asked about is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lsp_llm.chat.titling import title_of
from lsp_llm.commands.base import Services
from lsp_llm.commands.document_sends import WRITE_FIRST, answer, last_question, when_open
from lsp_llm.commands.open_chats import OpenChat
from lsp_llm.commands.quoting import quoted_selection
from lsp_llm.errors import UserError
from lsp_llm.jobs.ports import Target

if TYPE_CHECKING:
    from lsp_llm.chat.conversation import Conversation


def respond(services: Services, target: Target, query: str, preset: str) -> Mapping[str, Any]:
    """The uri of the document; raises UserError."""
    chat = _created(services, target, query, preset)
    return _show(services, chat)


def respond_with_prompt(services: Services, target: Target, query: str, preset: str) -> Mapping[str, Any]:
    """The same for a document with the rendered prompt above the answer."""
    chat = _created(services, target, query, preset)

    async def show() -> None:
        from lsp_llm.chat.blocks import prompt_block

        chats = services.chats()
        try:
            rendered = await chats.rendered(chat)
        except UserError:
            chats.delete(chat.chat_id)
            raise
        chats.store.append(chat.chat_id, prompt_block(rendered))
        _show(services, chat)

    services.errands.begin(show())
    return {"uri": services.chats().store.path(chat.chat_id).as_uri()}


def _created(services: Services, target: Target, query: str, preset: str) -> Conversation:
    text = "\n\n".join(filter(None, (quoted_selection(services, target), query.strip())))
    return services.chats().create(title_of(query), preset, "", text)


def _show(services: Services, chat: Conversation) -> Mapping[str, Any]:
    path = services.chats().store.path(chat.chat_id)
    when_open(services, path, lambda opened: _answer(services, opened))
    services.pages.show_file(path)
    return {"uri": path.as_uri()}


def _answer(services: Services, chat: OpenChat) -> None:
    from lsp_llm.commands.chat_page import slot_behind
    from lsp_llm.commands.response_page import ResponsePage

    question = last_question(chat)
    if question < 0:
        raise UserError(WRITE_FIRST)
    answer(services, chat, question, slot_behind(chat, question, question), ResponsePage)
