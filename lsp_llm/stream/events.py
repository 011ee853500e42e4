"""The closed union that every dialect decodes to; it knows no dialect, and only `Finish` means a whole answer."""

from __future__ import annotations

from dataclasses import dataclass

from lsp_llm.errors import ProviderError
from lsp_llm.exchange.messages import Replay
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.exchange.tools import ToolCall


@dataclass(frozen=True, slots=True)
class Text:
    """Visible answer text."""

    delta: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """Reasoning text, never written into a document."""

    delta: str


@dataclass(frozen=True, slots=True)
class ToolArguments:
    """More of a tool call's arguments: a sign of life; the call itself comes whole in `ToolCalled`."""

    name: str
    delta: str


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """The model asks for a tool; calls come in their order, before `Finish`."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class ReplayGiven:
    """What the host wants back with this turn, once, before `Finish`."""

    replay: Replay


@dataclass(frozen=True, slots=True)
class UsageReported:
    """Cumulative token counts; the last one wins."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of a whole answer, once: at the dialect's terminal marker, or at the end of a body that says enough."""

    reason: FinishReason


@dataclass(frozen=True, slots=True)
class Failed:
    """The host reported an error inside the stream, or the stream is malformed or cut; nothing follows it."""

    error: ProviderError


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something odd but harmless, for the log; `raw` is already shortened."""

    raw: str


Event = Text | Thinking | ToolArguments | ToolCalled | ReplayGiven | UsageReported | Finish | Failed | Unknown
