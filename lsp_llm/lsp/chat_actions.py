"""What can be done at a place of a chat document: the same offers as code actions and as lenses; it does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lsp_llm.commands.base import Services
from lsp_llm.commands.code_blocks import code_block_at, code_blocks
from lsp_llm.commands.document_sends import chat_id_of, cut_off, is_question, is_users, last_question, place_at
from lsp_llm.commands.open_chats import OpenChat
from lsp_llm.lsp.messages import CodeLens, Command, Position, Range

MAX_BRANCHES = 50
"""Lenses to branch from, at the latest questions; actions have it at every turn."""

Offer = tuple[str, str, dict[str, Any]]


def chat_offers(services: Services, chat: OpenChat, offset: int) -> Iterator[Offer]:
    """The actions at an offset."""
    if services.sends.running(uri=chat.uri):
        yield from _while_running(services, chat)
        return
    place, last = place_at(chat, offset), chat.last_said
    if 0 <= place < last and is_question(chat, place) and place != _waiting(chat):
        yield "LLM: send from here, in a branch", "lsp-llm.send", _at(chat, place)
    yield from _of_end(chat)
    yield from _of_block(chat, place, offset)
    if 0 <= place <= last:
        yield "LLM: branch here", "lsp-llm.branch", _at(chat, place)


def chat_lenses(services: Services, chat: OpenChat) -> list[CodeLens]:
    """The lenses of the whole document."""
    last = chat.last_said
    if last < 0:
        return []
    if services.sends.running(uri=chat.uri):
        return [_lens(chat.parsed.first_line(last), offer) for offer in _while_running(services, chat)]
    offers = [*_of_end(chat), *_of_blocks(chat, last), *_of_questions(chat, last)]
    return [_lens(offer[2]["position"]["line"], offer) for offer in offers]


def _while_running(services: Services, chat: OpenChat) -> Iterator[Offer]:
    yield "LLM: stop", "lsp-llm.stop", {"uri": chat.uri}
    for call in services.chats().session(chat_id_of(services, chat)).waiting:
        word = {"uri": chat.uri, "callId": call.call_id}
        yield f"LLM: allow {call.name}", "lsp-llm.approve", {**word, "decision": "allow"}
        yield f"LLM: always allow {call.name} in this chat", "lsp-llm.approve", {**word, "decision": "always"}
        yield f"LLM: deny {call.name}", "lsp-llm.approve", {**word, "decision": "deny"}


def _of_end(chat: OpenChat) -> Iterator[Offer]:
    """What the last turns call for."""
    waiting = _waiting(chat)
    if waiting >= 0:
        yield "LLM: send", "lsp-llm.send", _at(chat, waiting)
    elif 0 <= last_question(chat) < chat.last_said:
        yield "LLM: retry", "lsp-llm.send", _at(chat, chat.last_said)
    if (place := cut_off(chat)) >= 0:
        yield "LLM: continue", "lsp-llm.continue", _at(chat, place)


def _of_blocks(chat: OpenChat, last: int) -> Iterator[Offer]:
    """The blocks of the last answer that name a file."""
    place = last - 1 if is_users(chat, last) else last
    if place < 0:
        return
    first = chat.parsed.first_line(place)
    for block in code_blocks(chat.document.lines[first : chat.parsed.end_line(place)]):
        if block.path:
            yield f"LLM: apply to {block.path}", "lsp-llm.apply", _there(chat, first + block.first_line)


def _of_questions(chat: OpenChat, last: int) -> Iterator[Offer]:
    questions = [place for place in range(max(0, last - 4 * MAX_BRANCHES), last) if is_question(chat, place)]
    for place in questions[-MAX_BRANCHES:]:
        yield "LLM: branch", "lsp-llm.branch", _at(chat, place)


def _of_block(chat: OpenChat, place: int, offset: int) -> Iterator[Offer]:
    if place < 0:
        return
    first = chat.parsed.first_line(place)
    line, _ = chat.document.point(offset)
    block = code_block_at(chat.document.lines[first : chat.parsed.end_line(place)], line - first)
    if block is not None and block.path:
        yield f"LLM: apply to {block.path}", "lsp-llm.apply", _there(chat, first + block.first_line)


def _waiting(chat: OpenChat) -> int:
    """The last turn if it waits for an answer, else -1."""
    last = chat.last_said
    return last if last >= 0 and is_users(chat, last) else -1


def _at(chat: OpenChat, place: int) -> dict[str, Any]:
    return _there(chat, chat.parsed.first_line(place))


def _there(chat: OpenChat, line: int) -> dict[str, Any]:
    return {"uri": chat.uri, "position": {"line": line, "character": 0}}


def _lens(line: int, offer: Offer) -> CodeLens:
    title, name, argument = offer
    start = Position(line, 0)
    return CodeLens(Range(start, start), Command(title, name, [argument]))
