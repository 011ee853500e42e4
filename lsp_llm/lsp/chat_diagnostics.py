"""Tells what is wrong with the chat documents that are open: some time after the last change, never during an answer.

Mangled parts, an unknown preset, mentions that lead nowhere, and what is too long for the model.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from lsp_llm.commands.base import Services
from lsp_llm.commands.chat_budget import weighed
from lsp_llm.commands.chat_mentions import PlacedMention, complaints, mentions_in, view_of
from lsp_llm.commands.open_chats import OpenChat
from lsp_llm.config.nearest import known_names
from lsp_llm.lsp.client import Client
from lsp_llm.lsp.convert import range_of

_log = logging.getLogger(__name__)

QUIET_SECONDS = 0.3
TURNS_AT_A_TIME = 50
"""Some milliseconds, in which no key and no delta is heard."""
ERROR, WARNING, INFORMATION = 1, 2, 3


@dataclass(slots=True)
class _Watched:
    timer: asyncio.TimerHandle | None = field(default=None, repr=False)
    task: asyncio.Task[None] | None = field(default=None, repr=False)
    shows: bool = False

    def rest(self) -> None:
        """Nothing is done from now on."""
        if self.timer is not None:
            self.timer.cancel()
        if self.task is not None:
            self.task.cancel()


class ChatDiagnostics:
    """The chat documents of one client."""

    def __init__(self, client: Client, services: Services) -> None:
        self._client = client
        self._services = services
        self._watched: dict[str, _Watched] = {}

    def changed(self, uri: str) -> None:
        """A chat document is there, or has moved (hot): look at it when it rests."""
        if self._services.open_chats.find(uri) is None:
            return
        watched = self._watched.setdefault(uri, _Watched())
        watched.rest()
        watched.timer = asyncio.get_running_loop().call_later(QUIET_SECONDS, self._look, uri, watched)

    def closed(self, uri: str) -> None:
        """A document is gone."""
        watched = self._watched.pop(uri, None)
        if watched is not None:
            watched.rest()
            if watched.shows:
                self._client.notify("textDocument/publishDiagnostics", {"uri": uri, "diagnostics": []})

    def _look(self, uri: str, watched: _Watched) -> None:
        chat = self._services.open_chats.find(uri)
        if chat is None:
            return
        if self._services.sends.running(uri=uri):
            self.changed(uri)
            return
        watched.task = asyncio.get_running_loop().create_task(self._tell(chat, watched))
        watched.task.add_done_callback(_complain)

    async def _tell(self, chat: OpenChat, watched: _Watched) -> None:
        """Look at all of it, some turns at a time; a change ends this, and begins it anew."""
        mentions: list[PlacedMention] = []
        for place in range(len(chat.parsed)):
            if place % TURNS_AT_A_TIME == 0:
                await asyncio.sleep(0)
            chat.parsed.read(place)
            mentions += mentions_in(chat, place)
        view = view_of(self._services, chat.uri) if mentions else None
        wrong = await asyncio.to_thread(complaints, view, mentions) if view else []
        found = [*self._of_lines(chat), *self._of_preset(chat), *self._of_budget(chat)]
        found += [self._shown(chat, each.start, each.end, WARNING, said) for each, said in wrong]
        if found or watched.shows:
            watched.shows = bool(found)
            params = {"uri": chat.uri, "version": chat.cursor(0).version, "diagnostics": found}
            self._client.notify("textDocument/publishDiagnostics", params)

    def _of_lines(self, chat: OpenChat) -> Iterator[dict[str, Any]]:
        for problem in chat.parsed.problems():
            yield self._of_line(chat, problem.line, WARNING, problem.sentence)

    def _of_preset(self, chat: OpenChat) -> Iterator[dict[str, Any]]:
        name, presets = chat.parsed.head.preset, self._services.settings(chat.uri).presets
        if name and name not in presets:
            end = chat.parsed.first_line(0) if len(chat.parsed) else len(chat.document.lines)
            lines = chat.document.lines[:end]
            line = next((number for number, text in enumerate(lines) if text.startswith("preset:")), 0)
            said = f'there is no preset "{name}"; {known_names(name, list(presets))}'
            yield self._of_line(chat, line, ERROR, said)

    def _of_budget(self, chat: OpenChat) -> Iterator[dict[str, Any]]:
        last = chat.last_said
        found = weighed(self._services, chat, last + 1) if last >= 0 else None
        if found is None:
            return
        fitted = found.fitted
        if fitted.is_over:
            said = f"about {fitted.tokens} tokens, and {found.name} may be sent {fitted.limit_tokens}"
            yield self._of_line(chat, chat.parsed.first_line(last), WARNING, said)
        elif fitted.left_out:
            line = chat.parsed.first_line(len(fitted.left_out))
            said = f"the {len(fitted.left_out)} turns above this one are not sent any more: the chat is too long"
            yield self._of_line(chat, line, INFORMATION, said)

    def _of_line(self, chat: OpenChat, line: int, severity: int, sentence: str) -> dict[str, Any]:
        start = chat.document.offset(line, 0)
        return self._shown(chat, start, chat.document.offset(line, len(chat.document.lines[line])), severity, sentence)

    def _shown(self, chat: OpenChat, start: int, end: int, severity: int, sentence: str) -> dict[str, Any]:
        place = range_of(chat.document, start, end, self._client.facts.encoding)
        return {
            "range": msgspec.to_builtins(place),
            "severity": severity,
            "source": "lsp-llm",
            "message": sentence,
        }


def _complain(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("a chat cannot be checked: %s", error, exc_info=error)
