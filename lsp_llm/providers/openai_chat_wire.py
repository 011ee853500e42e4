"""The JSON of Chat Completions as far as it is read, typed; fields that are not named here may have any shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from lsp_llm.exchange.outcome import FinishReason, Usage

DIALECT: Final = "openai_chat"

_FINISH_REASONS: Final[Mapping[str, FinishReason]] = {
    "stop": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "model_length": FinishReason.LENGTH,
    "tool_calls": FinishReason.TOOL_USE,
    "function_call": FinishReason.TOOL_USE,
    "content_filter": FinishReason.CONTENT_FILTER,
}
REASONS_OF_FAILURE: Final = frozenset({"error", "abort", "insufficient_system_resource"})


class Delta(msgspec.Struct, gc=False):
    """What is new in one event; `content` is a list of parts at Mistral."""

    content: str | list[Any] | None = None
    reasoning_content: Any = None
    reasoning: Any = None
    refusal: Any = None
    tool_calls: Any = None


class Choice(msgspec.Struct, gc=False):
    """One of several answers; only that of index 0 is read."""

    index: int | None = 0
    delta: Delta | None = None
    message: Delta | None = None
    finish_reason: str | None = None


class Chunk(msgspec.Struct, gc=False):
    """One event, or a whole answer that was not streamed."""

    choices: list[Choice] | None = None
    usage: Any = None
    x_groq: Any = None
    error: Any = None


class _InputDetails(msgspec.Struct):
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None


class _OutputDetails(msgspec.Struct):
    reasoning_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _InputDetails | None = None
    completion_tokens_details: _OutputDetails | None = None
    prompt_cache_hit_tokens: int | None = None


def finish_reason(word: str | None) -> FinishReason:
    """The host's word in ours."""
    return _FINISH_REASONS.get(word or "", FinishReason.UNKNOWN)


def token_counts(value: object) -> Usage:
    """The host's token counts; raises msgspec.ValidationError where they are none."""
    usage = msgspec.convert(value, _Usage, strict=False)
    given, produced = usage.prompt_tokens_details or _InputDetails(), usage.completion_tokens_details
    return Usage(
        input_tokens=usage.prompt_tokens or 0,
        output_tokens=usage.completion_tokens or 0,
        cache_read_tokens=given.cached_tokens or usage.prompt_cache_hit_tokens or 0,
        cache_write_tokens=given.cache_write_tokens or 0,
        reasoning_tokens=(produced.reasoning_tokens if produced else None) or 0,
    )
