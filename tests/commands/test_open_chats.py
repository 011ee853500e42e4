from __future__ import annotations

from typing import Any

import pytest

from lsp_llm.commands.open_chats import OpenChats
from lsp_llm.errors import UserError
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Edit

URI = "file:///talk.chat.md"
TEXT = "## User\n\nHello\n\n## Assistant\n\nHi\n\n## User\n\n"


def opened(text: str, uri: str = URI) -> tuple[OpenChats, Document]:
    chats, document = OpenChats(), Document(text)
    cursor: Any = lambda offset: offset  # noqa: E731
    chats.opened(uri, document, cursor)
    return chats, document


def test_a_chat_follows_every_change_of_its_document() -> None:
    chats, document = opened(TEXT)
    chat = chats.get(URI)
    assert [chat.last_said, len(chat.parsed)] == [1, 3]
    document.apply(Edit(document.length, document.length, "More\n"))
    document.apply(Edit(0, 0, "## User\n\nFirst\n\n"))
    assert [chat.last_said, len(chat.parsed)] == [3, 4]
    assert document.slice(chat.end_of(3) - 4, chat.end_of(3)) == "More"
    document.apply(Edit(0, document.length, ""))
    assert chat.last_said == -1


def test_other_documents_are_no_chats() -> None:
    chats, _ = opened(TEXT, "file:///talk.md")
    assert chats.find("file:///talk.md") is None
    with pytest.raises(UserError, match="is no chat"):
        chats.get("file:///talk.md")


def test_a_document_may_be_waited_for() -> None:
    chats, document = opened(TEXT)
    met: list[Any] = []
    chats.when_open(URI, met.append)
    chats.when_open("file:///shop.py", met.append)
    assert met == [0]
    cursor: Any = lambda offset: "shop"  # noqa: E731
    chats.opened("file:///shop.py", document, cursor)
    assert met == [0, "shop"]
    chats.closed(URI)
    assert chats.all() == ()


def test_words_end_above_the_notes() -> None:
    chats, document = opened("## User\n\nHello\n\n<!-- lsp-llm: a -->\n\n<!-- lsp-llm: b -->\n\n")
    chat = chats.get(URI)
    assert document.slice(0, chat.end_of_words(0)).endswith("Hello")
    assert document.slice(0, chat.end_of(0)).endswith("b -->")
