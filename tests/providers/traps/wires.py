"""The five dialects as a host writes them: one delta, the ending, an error, a whole answer; by hand, not by ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lsp_llm.config.settings import Dialect
from lsp_llm.exchange.outcome import Usage

USAGE = Usage(9, 3)
"""What every ending here reports."""


@dataclass(frozen=True, slots=True)
class Wire:
    """One dialect; each member is the JSON of one event, or a list of them."""

    dialect: Dialect
    begin: tuple[Any, ...]
    delta: Callable[[str], Any]
    reason: tuple[Any, ...]
    """Says why the answer ended; without a marker that is enough, where the dialect has one at all."""
    marker: tuple[Any, ...]
    broken: Any
    """Overloaded, in the middle of a stream."""
    whole: Callable[[str], Any]

    def event(self, value: Any) -> bytes:
        """One event as bytes."""
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if self.dialect == "ollama":
            return f"{text}\n".encode()
        kind = value.get("type", "") if isinstance(value, dict) else ""
        return (f"event: {kind}\n" if kind else "").encode() + f"data: {text}\n\n".encode()

    def events(self, *values: Any) -> bytes:
        """Several of them."""
        return b"".join(map(self.event, values))

    def says(self, *deltas: str) -> bytes:
        """An answer as far as these deltas."""
        return self.events(*self.begin, *map(self.delta, deltas))

    def body(self, *deltas: str) -> bytes:
        """A whole answer."""
        return self.says(*deltas) + self.events(*self.reason, *self.marker)


def _chat_choice(delta: Any, reason: str | None = None) -> Any:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}


_CHAT_USAGE = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
OPENAI_CHAT = Wire(
    "openai_chat",
    (_chat_choice({"role": "assistant", "content": ""}),),
    lambda text: _chat_choice({"content": text}),
    (_chat_choice({}, "stop"), {"choices": [], "usage": _CHAT_USAGE}),
    ("[DONE]",),
    {"error": {"message": "Overloaded", "type": "server_error", "code": "server_is_overloaded"}},
    lambda text: {
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": _CHAT_USAGE,
    },
)


def _response(status: str, text: str = "", **more: Any) -> Any:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    output = [{"type": "message", "id": "msg_1", "role": "assistant", "content": content}] if text else []
    return {"id": "resp_1", "status": status, "model": "m", "output": output, **more}


_RESPONSES_USAGE = {"input_tokens": 9, "output_tokens": 3, "total_tokens": 12}
OPENAI_RESPONSES = Wire(
    "openai_responses",
    (
        {"type": "response.created", "response": _response("in_progress")},
        {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": {"type": "message", "id": "msg_1", "role": "assistant", "content": []},
        },
    ),
    lambda text: {"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 0, "delta": text},
    (),
    ({"type": "response.completed", "response": _response("completed", usage=_RESPONSES_USAGE)},),
    {"type": "error", "code": "server_is_overloaded", "message": "Overloaded", "param": None},
    lambda text: _response("completed", text, usage=_RESPONSES_USAGE),
)


_ANTHROPIC_USAGE = {"input_tokens": 9, "output_tokens": 3}
ANTHROPIC = Wire(
    "anthropic",
    (
        {"type": "message_start", "message": {"id": "msg_1", "content": [], "usage": {"input_tokens": 9}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    ),
    lambda text: {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}},
    (
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}},
    ),
    ({"type": "message_stop"},),
    {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
    lambda text: {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "usage": _ANTHROPIC_USAGE,
    },
)


def _candidate(parts: list[Any], **more: Any) -> Any:
    return {"candidates": [{"index": 0, "content": {"role": "model", "parts": parts}, **more}]}


_GEMINI_USAGE = {"promptTokenCount": 9, "candidatesTokenCount": 3, "totalTokenCount": 12}
GEMINI = Wire(
    "gemini",
    (),
    lambda text: _candidate([{"text": text}]),
    ({**_candidate([{"text": ""}], finishReason="STOP"), "usageMetadata": _GEMINI_USAGE},),
    (),
    {"error": {"code": 503, "message": "Overloaded", "status": "UNAVAILABLE"}},
    lambda text: {**_candidate([{"text": text}], finishReason="STOP"), "usageMetadata": _GEMINI_USAGE},
)

_LINE = {"model": "m", "created_at": "2026-11-20T00:00:00Z"}
_DONE = {**_LINE, "done": True, "done_reason": "stop", "prompt_eval_count": 9, "eval_count": 3}
OLLAMA = Wire(
    "ollama",
    (),
    lambda text: {**_LINE, "message": {"role": "assistant", "content": text}, "done": False},
    (),
    ({**_DONE, "message": {"role": "assistant", "content": ""}},),
    {"error": "server busy, overloaded"},
    lambda text: {**_DONE, "message": {"role": "assistant", "content": text}},
)

WIRES = (OPENAI_CHAT, OPENAI_RESPONSES, ANTHROPIC, GEMINI, OLLAMA)
SSE_WIRES = WIRES[:-1]
BY_DIALECT = {wire.dialect: wire for wire in WIRES}
