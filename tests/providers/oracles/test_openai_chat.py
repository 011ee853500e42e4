"""OpenAI's own SDK as a judge: its types of our requests, and what its client makes of recorded answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionChunk
from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming
from pydantic import ValidationError

from lsp_llm.exchange.messages import Message, ModelRequest
from lsp_llm.exchange.outcome import Usage
from lsp_llm.exchange.tools import ToolCall, ToolResult, ToolSpec
from lsp_llm.providers.openai_chat import OpenAIChatCodec
from lsp_llm.stream.events import Finish, ToolCalled, UsageReported
from tests.every_way import text_of, thinking_of
from tests.providers.oracles.serving import told_by_sdk, told_by_us, valid

CODEC = OpenAIChatCodec()
ADD = ToolSpec("add", "Adds.", {"type": "object", "properties": {"a": {"type": "integer"}}})
CALL = ToolCall("call_1", "add", '{"a": 1}')
TURNS = (
    Message("system", "Be brief."),
    Message("user", "Hi."),
    Message("assistant", "", (CALL,)),
    Message("user", "Well?", tool_results=(ToolResult("call_1", "add", "3"),)),
    Message("assistant", "Let me see.", (CALL,)),
    Message("user", "", tool_results=(ToolResult("call_1", "add", "4"),)),
)
REQUEST = ModelRequest("m", TURNS, {"max_completion_tokens": 9, "temperature": 0}, (ADD,), cache_key="k")


def sent() -> dict[str, Any]:
    body: dict[str, Any] = json.loads(CODEC.encode(REQUEST))
    return body


def test_our_requests_are_of_the_sdks_types() -> None:
    valid(CompletionCreateParamsStreaming, sent())


def test_the_judge_would_object() -> None:
    for fault in ({"top_k": 1}, {"messages": [{"role": "tool", "content": "x"}]}, {"tools": [{"type": "function"}]}):
        with pytest.raises(ValidationError):
            valid(CompletionCreateParamsStreaming, sent() | fault)


async def ask(base_url: str) -> AsyncIterator[ChatCompletionChunk]:
    async with AsyncOpenAI(base_url=base_url, api_key="k", max_retries=0) as client:
        async for chunk in await client.chat.completions.create(**sent()):
            yield chunk


RECORDINGS = [
    *(f"llamacpp/chat_{kind}" for kind in ("text", "ping", "stop", "think", "think_reasoning_content")),
    *(f"llamacpp/chat_{kind}" for kind in ("tools_parallel", "tools_required")),
    *(f"aimock/{kind}" for kind in ("chat_text", "chat_think", "chat_tools", "azure_chat", "openrouter_chat")),
]


@pytest.mark.parametrize("name", RECORDINGS)
async def test_the_sdk_reads_what_we_read(name: str) -> None:
    told, exchange = await told_by_sdk(name, ask)
    assert (exchange.path, exchange.json) == ("/v1/chat/completions", sent())
    ours = told_by_us(name, CODEC)
    deltas = [choice.delta for chunk in told for choice in chunk.choices]
    assert text_of(ours) == "".join(delta.content or "" for delta in deltas)
    assert thinking_of(ours) == "".join(thought(delta.model_extra or {}) for delta in deltas)
    assert [event.call for event in ours if isinstance(event, ToolCalled)] == calls(told)
    assert [event.usage for event in ours if isinstance(event, UsageReported)] == usages(told)
    reasons = [choice.finish_reason for chunk in told for choice in chunk.choices if choice.finish_reason]
    last = ours[-1]
    assert isinstance(last, Finish)
    assert [last.reason] == [{"tool_calls": "tool_use"}.get(reason, reason) for reason in reasons]


def thought(extra: dict[str, Any]) -> str:
    """The SDK does not know the fields in which other hosts put the reasoning, but it keeps them."""
    return extra.get("reasoning_content") or extra.get("reasoning") or ""


def calls(told: list[ChatCompletionChunk]) -> list[ToolCall]:
    """Put together by index, as OpenAI tells its users to do."""
    fragments = [call for chunk in told for choice in chunk.choices for call in choice.delta.tool_calls or []]
    gathered: list[ToolCall] = []
    for index in sorted({fragment.index for fragment in fragments}):
        own = [fragment for fragment in fragments if fragment.index == index]
        arguments = "".join(fragment.function.arguments or "" for fragment in own if fragment.function)
        name = next(fragment.function.name for fragment in own if fragment.function and fragment.function.name)
        gathered.append(ToolCall(next(fragment.id for fragment in own if fragment.id), name, arguments))
    return gathered


def usages(told: list[ChatCompletionChunk]) -> list[Usage]:
    counted = [chunk.usage for chunk in told if chunk.usage]
    return [
        Usage(
            usage.prompt_tokens,
            usage.completion_tokens,
            (usage.prompt_tokens_details and usage.prompt_tokens_details.cached_tokens) or 0,
        )
        for usage in counted
    ]
