"""The JSON of Ollama's lines as far as it is read, typed; fields that are not named here may have any shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from lsp_llm.exchange.outcome import FinishReason, Usage

DIALECT: Final = "ollama"

_FINISH_REASONS: Final[Mapping[str, FinishReason]] = {"stop": FinishReason.STOP, "length": FinishReason.LENGTH}


class Said(msgspec.Struct, gc=False):
    """What is new in one line of a chat; some imitations call the reasoning as others do."""

    content: str | None = None
    thinking: str | None = None
    reasoning_content: str | None = None
    tool_calls: Any = None


class Line(msgspec.Struct, gc=False):
    """One line; `response` stands in the place of `message` where a text is completed."""

    message: Said | None = None
    response: str | None = None
    thinking: str | None = None
    done: bool | None = None
    done_reason: str | None = None
    prompt_eval_count: int | None = None
    eval_count: int | None = None
    error: Any = None


def finish_reason(word: str | None) -> FinishReason:
    """The host's word in ours."""
    return _FINISH_REASONS.get(word or "", FinishReason.UNKNOWN)


def token_counts(line: Line) -> Usage | None:
    """The counts on the last line, None if it has none; a prompt that was all in the cache is not counted there."""
    if line.prompt_eval_count is None and line.eval_count is None:
        return None
    return Usage(input_tokens=line.prompt_eval_count or 0, output_tokens=line.eval_count or 0)
