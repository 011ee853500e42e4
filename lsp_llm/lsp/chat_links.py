"""Links from the mentions in a chat document to the files that they name."""

from __future__ import annotations

from itertools import islice

from lsp_llm.commands.base import Services
from lsp_llm.commands.chat_mentions import file_of, mentions_in, view_of
from lsp_llm.commands.open_chats import OpenChat
from lsp_llm.lsp.convert import range_of
from lsp_llm.lsp.messages import DocumentLink
from lsp_llm.text.positions import Encoding

MAX_LINKS = 500
"""Each asks the disk; the latest ones count."""


def chat_links(services: Services, chat: OpenChat, encoding: Encoding) -> list[DocumentLink]:
    """A link for each file that is there."""
    found = [each for place in reversed(range(len(chat.parsed))) for each in mentions_in(chat, place)]
    view = view_of(services, chat.uri) if found else None
    if view is None:
        return []
    return [
        DocumentLink(range_of(chat.document, each.start, each.end, encoding), file.as_uri())
        for each in islice(found, MAX_LINKS)
        if (file := file_of(view, each.mention)) is not None and not file.is_dir()
    ]
