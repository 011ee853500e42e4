"""What the events of an answer amount to: filtered text, signs of life, how it ended; pure, it waits for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from lsp_llm.errors import ProviderError
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
from lsp_llm.stream.filters.base import Filter, Piece


class Reader:
    """One answer as far as it has come."""

    def __init__(self, filters: Filter) -> None:
        self._filters = filters
        self.usage = Usage()
        self.finish = FinishReason.UNKNOWN
        self.is_thinking = False
        self.is_meaningful = False
        """Whether the events taken last were more than a keep-alive."""
        self.has_text = False
        self.unknown: list[str] = []
        """What was not understood of the events taken last."""
        self.error: ProviderError | None = None

    def take(self, events: Sequence[Event]) -> Piece:
        """The text that the filters let through; `error` is set where the stream failed behind it."""
        self.is_meaningful = False
        self.unknown = []
        texts: list[str] = []
        for event in events:
            match event:
                case Text(delta):
                    self.is_meaningful = True
                    # Some hosts leave the blank lines behind the thoughts in the answer.
                    text = delta if self.has_text or not self.is_thinking else delta.lstrip("\r\n")
                    if text:
                        texts.append(text)
                        self.has_text = True
                case Thinking():
                    self.is_thinking = self.is_meaningful = True
                case ToolArguments():
                    self.is_meaningful = True
                case ToolCalled(call):
                    self.unknown.append(f"a call of the tool {call.name}, which a fill does not offer")
                case ReplayGiven():
                    pass  # A fill has no next turn.
                case UsageReported(usage):
                    self.usage = usage
                case Finish(reason):
                    self.finish = reason
                case Failed(error):
                    self.error = error
                case Unknown(raw):
                    self.unknown.append(raw)
                case _:
                    assert_never(event)
        return self._filters.push("".join(texts)) if texts else Piece("")
