"""Chat documents at the edge: open ones are kept parsed, and what editors ask of them is answered from there.

For a document that is no chat every answer is null, as if this server had no such feature. What knows chats is loaded
with the first of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from lsp_llm.commands.base import Services
from lsp_llm.commands.open_chats import OpenChat
from lsp_llm.jobs.ports import Target
from lsp_llm.lsp.client import Client
from lsp_llm.lsp.convert import offset_of
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.messages import CompletionList, DocumentOnly, Hover, PlaceParams
from lsp_llm.lsp.uris import shown_name
from lsp_llm.lsp.wire import HotHandler

if TYPE_CHECKING:
    from lsp_llm.lsp.chat_completion import ChatCompletion
    from lsp_llm.lsp.chat_diagnostics import ChatDiagnostics

_which = msgspec.json.Decoder(DocumentOnly)
_where = msgspec.json.Decoder(PlaceParams)

Offer = tuple[str, str, dict[str, Any]]


class ChatDocuments:
    """The chat documents of one client."""

    def __init__(self, client: Client, documents: Documents, services: Services) -> None:
        self._client = client
        self._documents = documents
        self._services = services
        self._diagnostics: ChatDiagnostics | None = None
        self._completion: ChatCompletion | None = None

    # --- documents ----------------------------------------------------------------------------------------------------

    def opened(self, uri: str) -> None:
        """A document is there, perhaps anew."""
        found = self._documents.get(uri)

        def cursor(offset: int) -> Target:
            return Target(uri, shown_name(uri), found.language_id, found.document, found.version, offset, offset)

        self._services.open_chats.opened(uri, found.document, cursor)
        chat = self._services.open_chats.find(uri)
        if chat is not None:
            diagnostics = self._load()
            self.completion.look(chat)
            diagnostics.changed(uri)
            chat.document.follow(lambda change: diagnostics.changed(uri))

    def uris(self) -> tuple[str, ...]:
        """The chats that are open, the one opened last at the end."""
        return tuple(chat.uri for chat in self._services.open_chats.all())

    def closed(self, uri: str) -> None:
        """A document is gone."""
        self._services.open_chats.closed(uri)
        if self._diagnostics is not None:
            self._diagnostics.closed(uri)

    def _load(self) -> ChatDiagnostics:
        from lsp_llm.lsp.chat_completion import ChatCompletion
        from lsp_llm.lsp.chat_diagnostics import ChatDiagnostics

        self._completion = self._completion or ChatCompletion(self._services)
        self._diagnostics = self._diagnostics or ChatDiagnostics(self._client, self._services)
        return self._diagnostics

    @property
    def completion(self) -> ChatCompletion:
        """There is one as soon as a chat is open."""
        assert self._completion is not None
        return self._completion

    # --- features -----------------------------------------------------------------------------------------------------

    def offers(self, uri: str, offset: int) -> Iterator[Offer]:
        """The code actions of a chat at an offset; none for a document that is no chat."""
        if (chat := self._find(uri)) is not None:
            from lsp_llm.lsp.chat_actions import chat_offers

            yield from chat_offers(self._services, chat, offset)

    def handlers(self) -> Mapping[str, HotHandler]:
        """What is asked of documents, and answered for chats alone."""
        return {
            "textDocument/codeLens": self._whole(self._lenses),
            "textDocument/foldingRange": self._whole(self._folds),
            "textDocument/documentSymbol": self._whole(self._symbols),
            "textDocument/documentLink": self._whole(self._links),
            "textDocument/hover": self.hover,
            "textDocument/completion": self.complete,
        }

    def hover(self, params: msgspec.Raw) -> Hover | None:
        """`textDocument/hover`."""
        asked = _where.decode(params)
        if (chat := self._find(asked.text_document.uri)) is None:
            return None
        from lsp_llm.lsp.chat_hover import chat_hover

        encoding = self._client.facts.encoding
        return chat_hover(self._services, chat, offset_of(chat.document, asked.position, encoding), encoding)

    def complete(self, params: msgspec.Raw) -> CompletionList | None:
        """`textDocument/completion`."""
        asked = _where.decode(params)
        if (chat := self._find(asked.text_document.uri)) is None:
            return None
        encoding = self._client.facts.encoding
        return self.completion.complete(chat, offset_of(chat.document, asked.position, encoding), encoding)

    def _whole(self, answer: Callable[[OpenChat], list[Any]]) -> HotHandler:
        def handle(params: msgspec.Raw) -> list[Any] | None:
            chat = self._find(_which.decode(params).text_document.uri)
            return None if chat is None else answer(chat)

        return handle

    def _lenses(self, chat: OpenChat) -> list[Any]:
        from lsp_llm.lsp.chat_actions import chat_lenses

        return list(chat_lenses(self._services, chat))

    def _folds(self, chat: OpenChat) -> list[Any]:
        from lsp_llm.lsp.chat_outline import chat_folds

        return list(chat_folds(chat))

    def _symbols(self, chat: OpenChat) -> list[Any]:
        from lsp_llm.lsp.chat_outline import chat_symbols

        return list(chat_symbols(chat))

    def _links(self, chat: OpenChat) -> list[Any]:
        from lsp_llm.lsp.chat_links import chat_links

        return list(chat_links(self._services, chat, self._client.facts.encoding))

    def _find(self, uri: str) -> OpenChat | None:
        """The chat, if the document is still the one that was parsed."""
        chat, found = self._services.open_chats.find(uri), self._documents.find(uri)
        return chat if chat is not None and found is not None and found.document is chat.document else None
