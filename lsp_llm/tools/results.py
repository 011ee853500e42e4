"""Results as a model reads them: bounded, without secrets, and in words where a call came to nothing; pure."""

from __future__ import annotations

from typing import Final, assert_never

from lsp_llm.exchange.tools import ToolCall, ToolResult
from lsp_llm.tools.approval import Verdict
from lsp_llm.tools.redactor import Redactor

MAX_CHARACTERS: Final = 40_000
# What is far behind the cut is not looked through for secrets. What a secret at the cut would need is.
_LOOKED_THROUGH: Final = 2 * MAX_CHARACTERS


def result_of(call: ToolCall, text: str, redactor: Redactor) -> ToolResult:
    """What a tool gave."""
    return ToolResult(call.call_id, call.name, _presentable(text, redactor) or "(no output)")


def failure_of(call: ToolCall, sentence: str, redactor: Redactor) -> ToolResult:
    """Why a call came to nothing."""
    return ToolResult(call.call_id, call.name, _presentable(sentence, redactor) or "It failed.", is_error=True)


def refusal(verdict: Verdict) -> str:
    """A verdict for the model; empty where the call may go on."""
    match verdict:
        case "approved":
            return ""
        case "denied":
            return (
                "The user denied this call; it was not carried out. Do not try the same again without being asked to."
            )
        case "forbidden":
            return "The user's settings deny every call of a tool; it was not carried out."
        case "unanswered":
            return "The user did not answer in time; the call was not carried out."
        case "withdrawn":
            return "The call was withdrawn and not carried out."
        case _:
            assert_never(verdict)


def _presentable(text: str, redactor: Redactor) -> str:
    # A lone surrogate, as in odd file names, cannot be sent.
    text = text[:_LOOKED_THROUGH].encode("utf-8", "replace").decode("utf-8")
    whole = redactor.apply(text)
    if len(whole) <= MAX_CHARACTERS:
        return whole
    return f"{whole[:MAX_CHARACTERS]}\n[... cut after {MAX_CHARACTERS} characters ...]"
