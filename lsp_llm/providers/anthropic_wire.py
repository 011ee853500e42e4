"""The JSON of Anthropic Messages as far as it is read, typed; fields that are not named here may have any shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from lsp_llm.exchange.outcome import FinishReason, Usage

DIALECT: Final = "anthropic"
REFUSAL: Final = "refusal"

_FINISH_REASONS: Final[Mapping[str, FinishReason]] = {
    "end_turn": FinishReason.STOP,
    "max_tokens": FinishReason.LENGTH,
    "stop_sequence": FinishReason.STOP_SEQUENCE,
    "tool_use": FinishReason.TOOL_USE,
    "pause_turn": FinishReason.PAUSE,
    REFUSAL: FinishReason.REFUSAL,
    "model_context_window_exceeded": FinishReason.CONTEXT_EXCEEDED,
}


class Delta(msgspec.Struct, gc=False):
    """What is new: of a block, or of the message as a whole where `type` is empty."""

    type: str = ""
    text: str | None = None
    thinking: str | None = None
    signature: str | None = None
    partial_json: str | None = None
    citation: Any = None
    stop_reason: str | None = None
    stop_details: Any = None


class Message(msgspec.Struct, gc=False):
    """The head of a streamed answer, or a whole one that was not streamed."""

    content: list[dict[str, Any]] | None = None
    stop_reason: str | None = None
    stop_details: Any = None
    usage: Any = None


class StreamEvent(msgspec.Struct, gc=False):
    """One event; a block's beginning stays as it came, for it may have to go back word for word."""

    type: str = ""
    index: int | None = None
    delta: Delta | None = None
    content_block: dict[str, Any] | None = None
    message: Message | None = None
    usage: Any = None
    error: Any = None


class _OutputDetails(msgspec.Struct):
    thinking_tokens: int | None = None


class _Usage(msgspec.Struct):
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    output_tokens_details: _OutputDetails | None = None


class TokenCounts:
    """The counts of one answer: they are cumulative, and every report may leave some of them out or at zero."""

    def __init__(self) -> None:
        self._fresh = self._output = self._cache_read = self._cache_write = self._reasoning = 0

    def add(self, value: object) -> Usage:
        """All counts so far, cached input included; raises msgspec.ValidationError where these are none."""
        usage = msgspec.convert(value, _Usage, strict=False)
        details = usage.output_tokens_details or _OutputDetails()
        self._fresh = max(self._fresh, usage.input_tokens or 0)
        self._output = max(self._output, usage.output_tokens or 0)
        self._cache_read = max(self._cache_read, usage.cache_read_input_tokens or 0)
        self._cache_write = max(self._cache_write, usage.cache_creation_input_tokens or 0)
        self._reasoning = max(self._reasoning, details.thinking_tokens or 0)
        return Usage(
            # This dialect alone counts only what came from no cache as input.
            input_tokens=self._fresh + self._cache_read + self._cache_write,
            output_tokens=self._output,
            cache_read_tokens=self._cache_read,
            cache_write_tokens=self._cache_write,
            reasoning_tokens=self._reasoning,
        )


def finish_reason(word: str | None) -> FinishReason:
    """The host's word in ours."""
    return _FINISH_REASONS.get(word or "", FinishReason.UNKNOWN)
