"""Gathers the events of one answer for any dialect: halves of characters, tool calls, and exactly one ending.

It knows no wire format. What a host sends after the ending is ignored.
"""

from __future__ import annotations

from typing import Any

from lsp_llm.errors import ProviderError
from lsp_llm.exchange.messages import Replay
from lsp_llm.exchange.outcome import FinishReason, Usage
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
from lsp_llm.stream.snippet import snippet
from lsp_llm.stream.surrogates import SurrogateJoin
from lsp_llm.stream.tool_calls import ToolCallAssembler


class AnswerEvents:
    """What a dialect reads is put in here; `hand_over` gives the events that came of it."""

    def __init__(self) -> None:
        self.has_ended = False
        self.calls = ToolCallAssembler()
        self.replay: Replay | None = None
        """Set it before the end, where the host wants this turn back in its own words."""
        self._events: list[Event] = []
        self._text = SurrogateJoin()
        self._thinking = SurrogateJoin()

    def hand_over(self) -> list[Event]:
        """The events since the last time."""
        events, self._events = self._events, []
        return events

    def say(self, delta: str) -> None:
        """More of the visible answer."""
        if text := self._text.push(delta):
            self._events.append(Text(text))

    def think(self, delta: str) -> None:
        """More of the reasoning."""
        if thought := self._thinking.push(delta):
            self._events.append(Thinking(thought))

    def call(self, *, index: int | None = None, call_id: str = "", name: str = "", arguments: Any = "") -> None:
        """A fragment of a tool call, or a whole one."""
        called = self.calls.take(index=index, call_id=call_id, name=name, arguments=arguments)
        self._events.append(ToolArguments(called, arguments if isinstance(arguments, str) else ""))

    def count(self, usage: Usage) -> None:
        """Token counts, cumulative."""
        self._events.append(UsageReported(usage))

    def note(self, what: str, value: object) -> None:
        """Something odd but harmless, in a few words and with the value itself."""
        self._events.append(Unknown(f"{what}: {snippet(str(value))}"))

    def end(self, reason: FinishReason) -> None:
        """The answer is whole; with calls in it, it ended for their sake, whatever the host calls that."""
        if self.has_ended:
            return
        self._flush()
        self._events += map(ToolCalled, self.calls.finish())
        if self.replay is not None:
            self._events.append(ReplayGiven(self.replay))
        is_for_tools = self.calls and reason in (FinishReason.STOP, FinishReason.UNKNOWN)
        self._events.append(Finish(FinishReason.TOOL_USE if is_for_tools else reason))
        self.has_ended = True

    def fail(self, error: ProviderError) -> None:
        """The answer is none."""
        if self.has_ended:
            return
        self._flush()
        self._events.append(Failed(error))
        self.has_ended = True

    def _flush(self) -> None:
        """Halves of characters that still wait go out."""
        if thought := self._thinking.finish():
            self._events.append(Thinking(thought))
        if text := self._text.finish():
            self._events.append(Text(text))
