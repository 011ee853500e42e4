"""The JSON of Gemini's generateContent as far as it is read, typed; fields not named here may have any shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.stream.payload import Payload

DIALECT: Final = "gemini"

_FILTERED: Final = (
    "SAFETY",
    "RECITATION",
    "LANGUAGE",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
    "ESCALATION",
    "PUP_LIMITED_DISABLED",
    "MODEL_ARMOR",
)
_FINISH_REASONS: Final[Mapping[str, FinishReason]] = {
    "STOP": FinishReason.STOP,
    "MAX_TOKENS": FinishReason.LENGTH,
    "CONTINUATION": FinishReason.LENGTH,
    # Google says STOP where a tool is called; a mock has this word of its own.
    "FUNCTION_CALL": FinishReason.TOOL_USE,
    **dict.fromkeys(_FILTERED, FinishReason.CONTENT_FILTER),
}
REASONS_OF_FAILURE: Final = frozenset(
    {"MALFORMED_FUNCTION_CALL", "MALFORMED_RESPONSE", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"}
)
MISSING_SIGNATURE: Final = "MISSING_THOUGHT_SIGNATURE"


class Content(msgspec.Struct, gc=False):
    """What is new in one event; parts stay as they came, for they may have to go back word for word."""

    parts: list[dict[str, Any]] | None = None


class Candidate(msgspec.Struct, gc=False):
    """One of several answers; only that of index 0 is read."""

    index: int | None = 0
    content: Content | None = None
    finishReason: str | None = None
    finishMessage: Any = None


class Chunk(msgspec.Struct, gc=False):
    """One event, or a whole answer that was not streamed."""

    candidates: list[Candidate] | None = None
    usageMetadata: Any = None
    promptFeedback: Any = None
    error: Any = None


class _Usage(msgspec.Struct):
    promptTokenCount: int | None = None
    toolUsePromptTokenCount: int | None = None
    candidatesTokenCount: int | None = None
    thoughtsTokenCount: int | None = None
    cachedContentTokenCount: int | None = None


_CHUNK: Final = Payload(Chunk)
_CHUNKS: Final = Payload(list[Chunk])


def chunks_of(data: bytes) -> list[Chunk]:
    """The chunks in one event or body; Google puts errors, and all of a stream without alt=sse, into an array."""
    return _CHUNKS.decode(data) if data.lstrip().startswith(b"[") else [_CHUNK.decode(data)]


def finish_reason(word: str) -> FinishReason:
    """The host's word in ours."""
    return _FINISH_REASONS.get(word, FinishReason.UNKNOWN)


def token_counts(value: object) -> Usage:
    """The host's token counts; raises msgspec.ValidationError where they are none."""
    usage = msgspec.convert(value, _Usage, strict=False)
    thoughts = usage.thoughtsTokenCount or 0
    return Usage(
        input_tokens=(usage.promptTokenCount or 0) + (usage.toolUsePromptTokenCount or 0),
        # This dialect alone counts thoughts beside the answer and not as part of it.
        output_tokens=(usage.candidatesTokenCount or 0) + thoughts,
        cache_read_tokens=usage.cachedContentTokenCount or 0,
        reasoning_tokens=thoughts,
    )
