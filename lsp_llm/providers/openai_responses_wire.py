"""The JSON of the Responses API as far as it is read, typed; fields that are not named here may have any shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from lsp_llm.exchange.outcome import FinishReason, Usage

DIALECT: Final = "openai_responses"

_REASONS_OF_INCOMPLETE: Final[Mapping[str, FinishReason]] = {
    "max_output_tokens": FinishReason.LENGTH,
    "content_filter": FinishReason.CONTENT_FILTER,
}


class StreamedEvent(msgspec.Struct, gc=False):
    """One event; which fields it has depends on `type`."""

    type: str = ""
    item_id: str | None = None
    output_index: int | None = None
    delta: Any = None
    arguments: Any = None
    item: Any = None
    response: Any = None


class _Incomplete(msgspec.Struct):
    reason: str | None = None


class Response(msgspec.Struct):
    """The answer as a whole, as the last event carries it; `output` is what went into the stream, once more."""

    status: str | None = None
    output: list[Any] | None = None
    usage: Any = None
    error: Any = None
    incomplete_details: _Incomplete | None = None


class _InputDetails(msgspec.Struct):
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None


class _OutputDetails(msgspec.Struct):
    reasoning_tokens: int | None = None


class _Usage(msgspec.Struct):
    input_tokens: int | None = None
    output_tokens: int | None = None
    input_tokens_details: _InputDetails | None = None
    output_tokens_details: _OutputDetails | None = None


def reason_of_incomplete(response: Response) -> FinishReason:
    """Why the answer is not all that the model wanted to say, in our words."""
    details = response.incomplete_details
    return _REASONS_OF_INCOMPLETE.get((details and details.reason) or "", FinishReason.UNKNOWN)


def token_counts(value: object) -> Usage:
    """The host's token counts; raises msgspec.ValidationError where they are none."""
    usage = msgspec.convert(value, _Usage, strict=False)
    given, produced = usage.input_tokens_details or _InputDetails(), usage.output_tokens_details or _OutputDetails()
    return Usage(
        input_tokens=usage.input_tokens or 0,
        output_tokens=usage.output_tokens or 0,
        cache_read_tokens=given.cached_tokens or 0,
        cache_write_tokens=given.cache_write_tokens or 0,
        reasoning_tokens=produced.reasoning_tokens or 0,
    )
