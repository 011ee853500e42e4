"""Gets the text of one answer, at the first of several hosts that gives any; it knows no document.

What the host said goes through the filters on its way; what happened on the way is told.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lsp_llm.errors import ContextExceeded, Disconnected, RateLimited, Timeout, Truncated, Unavailable
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.jobs.listening import listen
from lsp_llm.jobs.ports import AnswerSource
from lsp_llm.jobs.reading import Reader
from lsp_llm.status.events import Message, RequestCompleted, Status, Thinking
from lsp_llm.stream.events import Event
from lsp_llm.stream.filters.base import Filter, Piece

INCOMPLETE: Final[Mapping[FinishReason, str]] = {
    FinishReason.LENGTH: "the answer was cut off at the token limit",
    FinishReason.CONTENT_FILTER: "the host's content filter cut the answer off",
    FinishReason.CONTEXT_EXCEEDED: "the answer was cut off: the model's context is full",
    FinishReason.PAUSE: "the host paused in the middle of the answer: ask it to go on",
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A job that is ready to ask; `notes` are sentences for the user, `fallback` asks elsewhere where this fails.

    `spent` is told what a whole answer used and gives its cost, None where no prices are set. `shorter` asks the same
    host with less, where the prompt was too long for it. `files` are the paths of what goes along.
    """

    source: AnswerSource
    filters: Filter
    notes: tuple[Message, ...] = ()
    fallback: Callable[[], Awaitable[Prepared]] | None = None
    spent: Callable[[Usage], float | None] | None = None
    shorter: Callable[[], Awaitable[Prepared]] | None = None
    files: tuple[str, ...] = ()


async def answer(
    prepare: Callable[[], Awaitable[Prepared]], feed: Callable[[Piece], None], tell: Callable[[Status], None]
) -> None:
    """Ask, and elsewhere where nothing has come and asking elsewhere may help; raises LspLlmError."""
    following: Callable[[], Awaitable[Prepared]] | None = prepare
    while following is not None:
        prepared = await following()
        following = prepared.fallback
        for note in prepared.notes:
            tell(note)
        reader = Reader(prepared.filters)
        try:
            await _read(prepared, reader, feed, tell)
        except ContextExceeded:
            if prepared.shorter is None or reader.has_text:
                raise
            following = prepared.shorter
        except (Unavailable, RateLimited, Timeout, Disconnected, Truncated) as error:
            if following is None or reader.has_text:
                raise
            tell(Message(f"{prepared.source.provider}: {error}", "warning"))
        else:
            return


async def _read(
    prepared: Prepared, reader: Reader, feed: Callable[[Piece], None], tell: Callable[[Status], None]
) -> None:
    """Read one host's answer to its end."""

    def take(events: Sequence[Event]) -> bool:
        was_thinking = reader.is_thinking
        piece = reader.take(events)
        for raw in reader.unknown:
            _log.debug("not understood, ignored: %s", raw)
        if reader.is_thinking and not was_thinking:
            tell(Thinking())
        feed(piece)
        if reader.error is not None:
            raise reader.error
        return reader.is_meaningful

    await listen(prepared.source, take, tell)
    feed(prepared.filters.finish())
    cost = prepared.spent(reader.usage) if prepared.spent else None
    tell(RequestCompleted(reader.usage, reader.finish, cost))
    if reader.finish in INCOMPLETE:
        tell(Message(INCOMPLETE[reader.finish], "warning"))
