"""What a program gets of an answer with `--json`: words, tokens, how it ended; values alone."""

from __future__ import annotations

import msgspec

from lsp_llm.cli.desk import Result
from lsp_llm.commands.chat_shapes import UsageShape, usage_shape
from lsp_llm.exchange.outcome import FinishReason, Usage


class Answered(msgspec.Struct, frozen=True, rename="camel"):
    """An answer; `finish_reason` is the host's, or `cancelled` for one that was stopped."""

    text: str
    finish_reason: str
    usage: UsageShape
    preset: str
    provider: str
    model: str


class Filled(Answered, frozen=True, rename="camel"):
    """An answer in a file; `written` says whether the file is another now, `diff` what is different."""

    path: str
    written: bool
    diff: str


def answered(result: Result) -> Answered:
    """The answer of a job."""
    return Answered(*_fields(result))


def answered_in_file(result: Result, path: str, diff: str, *, written: bool) -> Filled:
    """The answer of a job in a file."""
    return Filled(*_fields(result), path, written, diff)


def _fields(result: Result) -> tuple[str, str, UsageShape, str, str, str]:
    sent, completed, entry = result.sent, result.completed, result.entry
    finish = completed.finish_reason if completed else FinishReason.UNKNOWN
    usage = usage_shape(completed.usage, completed.cost) if completed else usage_shape(Usage(), None)
    reason = "cancelled" if result.was_stopped else finish.value
    return entry.answer, reason, usage, entry.preset, sent.provider if sent else "", sent.model if sent else ""
