"""Asks for one answer of a chat, at the first of several hosts that gives any, and writes it into a draft.

Calls are gathered until the answer is whole: one that broke off, or was asked for again, calls nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from lsp_llm.chat.draft import Draft
from lsp_llm.errors import ContextExceeded, Disconnected, ProviderError, RateLimited, Timeout, Truncated, Unavailable
from lsp_llm.exchange.messages import Replay
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.exchange.tools import ToolCall
from lsp_llm.jobs.answering import INCOMPLETE, Prepared
from lsp_llm.jobs.listening import listen
from lsp_llm.status.events import Message, Notice, RequestCompleted, RequestSent, Status, Streaming
from lsp_llm.status.events import Thinking as IsThinking
from lsp_llm.stream.events import (
    Event,
    Failed,
    Finish,
    ReplayGiven,
    Text,
    Thinking,
    ToolArguments,
    ToolCalled,
    Unknown,
    UsageReported,
)
from lsp_llm.stream.thoughts import Thoughts

_log = logging.getLogger(__name__)

Prepare = Callable[[], Awaitable[Prepared]]
Tell = Callable[[Status], None]


@dataclass(slots=True)
class Heard:
    """What an answer says beside its words; `cost` is None without prices."""

    finish: FinishReason = FinishReason.UNKNOWN
    usage: Usage = field(default_factory=Usage)
    cost: float | None = None
    calls: list[ToolCall] = field(default_factory=list)
    replay: Replay | None = None
    error: ProviderError | None = None


async def ask(prepare: Prepare, draft: Draft, tell: Tell) -> Heard:
    """Ask, and elsewhere where nothing has come and asking elsewhere may help; raises LspLlmError."""
    following: Prepare | None = prepare
    while following is not None:
        prepared = await following()
        following = prepared.fallback
        for note in prepared.notes:
            tell(note)
        try:
            return await _read(prepared, draft, tell)
        except ContextExceeded:
            if prepared.shorter is None or draft.is_begun:
                raise
            following = prepared.shorter
        except (Unavailable, RateLimited, Timeout, Disconnected, Truncated) as error:
            if following is None or draft.is_begun:
                raise
            tell(Message(f"{prepared.source.provider}: {error}", "warning"))
    raise AssertionError("the last of them returns or raises")


async def _read(prepared: Prepared, draft: Draft, tell: Tell) -> Heard:
    """Read one host's answer to its end."""
    reading = _Reading(prepared, draft, tell)
    await listen(prepared.source, reading.take, reading.notice)
    reading.finish()
    heard = reading.heard
    heard.cost = prepared.spent(heard.usage) if prepared.spent else None
    tell(RequestCompleted(heard.usage, heard.finish, heard.cost))
    if heard.finish in INCOMPLETE:
        tell(Message(INCOMPLETE[heard.finish], "warning"))
    return heard


class _Reading:
    def __init__(self, prepared: Prepared, draft: Draft, tell: Tell) -> None:
        self._prepared = prepared
        self._draft = draft
        self._tell = tell
        self._thoughts = Thoughts()
        self._is_thinking = False
        self.heard = Heard()

    def finish(self) -> None:
        """The answer is whole: let go of what was held back."""
        self._write(self._thoughts.finish())
        self._draft.text(self._prepared.filters.finish().text)

    def notice(self, notice: Notice) -> None:
        """What happens between the events."""
        if isinstance(notice, RequestSent):
            self.heard = Heard()
            if self._draft.is_begun:
                self._draft.asked_again()
            else:
                self._draft.model = notice.model
        self._tell(notice)

    def take(self, events: Sequence[Event]) -> bool:
        """Take what came together; says whether it meant anything. Raises what the host reports."""
        is_meaningful = False
        for event in _joined(events):
            is_meaningful |= self._take(event)
        if self.heard.error is not None:
            raise self.heard.error
        return is_meaningful

    def _take(self, event: Event) -> bool:
        heard = self.heard
        match event:
            case Text(delta):
                self._write(self._thoughts.push(delta))
                return True
            case Thinking():
                self._write([event])
                return True
            case ToolArguments():
                return True
            case ToolCalled(call):
                heard.calls.append(call)
                return True
            case ReplayGiven(replay):
                heard.replay = replay
            case UsageReported(usage):
                heard.usage = usage
            case Finish(reason):
                heard.finish = reason
            case Failed(error):
                heard.error = error
            case Unknown(raw):
                _log.debug("not understood, ignored: %s", raw)
            case _:
                assert_never(event)
        return False

    def _write(self, parts: Iterable[Text | Thinking]) -> None:
        for part in parts:
            match part:
                case Text(delta):
                    self._draft.text(self._prepared.filters.push(delta).text)
                    self._tell(Streaming(self._draft.characters))
                case Thinking(delta):
                    if not self._is_thinking:
                        self._is_thinking = True
                        self._tell(IsThinking())
                    self._draft.thinking(delta)
                case _:
                    assert_never(part)


def _joined(events: Iterable[Event]) -> Iterator[Event]:
    """The events with neighbouring words as one: each write costs a look at the page."""
    held: Text | Thinking | None = None
    for event in events:
        match held, event:
            case Text(before), Text(delta):
                held = Text(before + delta)
            case Thinking(before), Thinking(delta):
                held = Thinking(before + delta)
            case _:
                if held is not None:
                    yield held
                held = event if isinstance(event, Text | Thinking) else None
                if held is None:
                    yield event
    if held is not None:
        yield held
