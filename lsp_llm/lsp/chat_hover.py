"""What is said of a turn (model, tokens, cost, time, what was sent) and of a mention (size) in a chat document."""

from __future__ import annotations

from collections.abc import Iterator

from lsp_llm.chat.conversation import Turn
from lsp_llm.commands.base import Services
from lsp_llm.commands.chat_budget import Weighed, weighed
from lsp_llm.commands.chat_costs import cost_of_answer
from lsp_llm.commands.chat_mentions import described, mention_at, view_of
from lsp_llm.commands.document_sends import place_at
from lsp_llm.commands.open_chats import OpenChat
from lsp_llm.lsp.convert import range_of
from lsp_llm.lsp.messages import Hover, Markup
from lsp_llm.text.positions import Encoding


def chat_hover(services: Services, chat: OpenChat, offset: int, encoding: Encoding) -> Hover | None:
    """What there is to say at an offset; nothing in the midst of a turn's text."""
    place = place_at(chat, offset)
    if place < 0:
        return None
    document, first = chat.document, chat.parsed.first_line(place)
    line, _ = document.point(offset)
    read = chat.parsed.read(place)
    if line == first or (read.signature_line is not None and line == first + read.signature_line):
        where = range_of(document, document.offset(line, 0), document.offset(line, len(document.lines[line])), encoding)
        return Hover(Markup("\n\n".join(_of_turn(services, chat, place))), where)
    found = mention_at(chat, place, offset)
    view = view_of(services, chat.uri) if found is not None else None
    if found is None or view is None:
        return None
    said, text = described(view, found.mention)
    if text is not None:
        said = f"{said}: {len(text):,} characters{_tokens_of(services, chat, text)}"
    return Hover(Markup(said), range_of(document, found.start, found.end, encoding))


def _of_turn(services: Services, chat: OpenChat, place: int) -> Iterator[str]:
    turn = chat.parsed.read(place).turn
    is_answer = turn.role == "assistant"
    before = weighed(services, chat, place if is_answer else place + 1)
    yield " · ".join(filter(None, _facts(services, chat, turn, before)))
    if before is not None and (is_answer or place == chat.last_said):
        yield _sent(before, is_answer=is_answer)


def _facts(services: Services, chat: OpenChat, turn: Turn, before: Weighed | None) -> Iterator[str]:
    if turn.role == "user":
        yield "results of tools" if turn.tool_results else "you"
        yield turn.timestamp
        yield f"about {before.estimate.tokens(turn.text)} tokens" if before else ""
        return
    yield f"**{turn.model or 'answer'}**"
    yield "" if turn.status in ("done", "unknown") else turn.status
    yield turn.timestamp
    if (usage := turn.usage) is not None:
        yield f"{usage.input_tokens} tokens in, {usage.output_tokens} out"
        yield f"{usage.cache_read_tokens} of them from the cache" if usage.cache_read_tokens else ""
        cost = cost_of_answer(services.settings(chat.uri), turn)
        yield f"cost {cost:.4f}" if cost is not None else ""


def _sent(before: Weighed, *, is_answer: bool) -> str:
    """About what went out for an answer, or would go out for a question."""
    kept, left_out = len(before.fitted.turns), len(before.fitted.left_out)
    verb = "Sent" if is_answer else f"To be sent to {before.name}"
    tokens = f"about {before.fitted.tokens} tokens, of {before.fitted.limit_tokens}"
    rest = f"; the oldest {left_out} turns are left out" if left_out else ""
    return f"{verb}: {kept} turn{'' if kept == 1 else 's'}, {tokens}{rest}, beside the files that go along"


def _tokens_of(services: Services, chat: OpenChat, text: str) -> str:
    found = weighed(services, chat, 0)
    return f", about {found.estimate.tokens(text):,} tokens" if found else ""
