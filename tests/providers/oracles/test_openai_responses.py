"""OpenAI's own SDK as a judge: its types of our requests, and what its client makes of recorded answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from openai import AsyncOpenAI
from openai.types.responses import Response, ResponseStreamEvent
from openai.types.responses.response_create_params import ResponseCreateParamsStreaming
from pydantic import ValidationError

from lsp_llm.exchange.messages import Message, ModelRequest, Replay
from lsp_llm.exchange.outcome import Usage
from lsp_llm.exchange.tools import ToolCall, ToolResult, ToolSpec
from lsp_llm.providers.openai_responses import OpenAIResponsesCodec
from lsp_llm.stream.events import ReplayGiven, ToolCalled, UsageReported
from tests.every_way import text_of, thinking_of
from tests.providers.oracles.serving import told_by_sdk, told_by_us, valid

CODEC = OpenAIResponsesCodec()
ADD = ToolSpec("add", "Adds.", {"type": "object", "properties": {"a": {"type": "integer"}}})
CALL = ToolCall("call_1", "add", '{"a": 1}')
REASONING = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAA="}
CALLED = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "add", "arguments": "{}"}
TURNS = (
    Message("system", "Be brief."),
    Message("user", "Hi."),
    Message("assistant", "Let me see.", (CALL,)),
    Message("user", "Well?", tool_results=(ToolResult("call_1", "add", "3"),)),
    Message("assistant", "", replay=Replay("openai_responses", [REASONING, CALLED])),
    Message("user", "", tool_results=(ToolResult("call_1", "add", "4", is_error=True),)),
)
REQUEST = ModelRequest("m", TURNS, {"max_output_tokens": 9, "reasoning": {"effort": "low"}}, (ADD,), cache_key="k")


def sent(request: ModelRequest = REQUEST) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(CODEC.encode(request))
    return body


def test_our_requests_are_of_the_sdks_types() -> None:
    valid(ResponseCreateParamsStreaming, sent())


def test_the_judge_would_object() -> None:
    for fault in ({"stop": ["x"]}, {"input": [{"role": "tool", "content": "x"}]}, {"tools": [{"type": "function"}]}):
        with pytest.raises(ValidationError):
            valid(ResponseCreateParamsStreaming, sent() | fault)


async def ask(base_url: str) -> AsyncIterator[ResponseStreamEvent]:
    async with AsyncOpenAI(base_url=base_url, api_key="k", max_retries=0) as client:
        async for event in await client.responses.create(**sent()):
            yield event


RECORDINGS = [
    f"{server}/responses_{kind}" for server in ("llamacpp", "aimock") for kind in ("text", "think", "tools")
] + ["llamacpp/responses_reasoning"]


@pytest.mark.parametrize("name", RECORDINGS)
async def test_the_sdk_reads_what_we_read(name: str) -> None:
    told, exchange = await told_by_sdk(name, ask)
    assert (exchange.path, exchange.json) == ("/v1/responses", sent())
    ours = told_by_us(name, CODEC)
    last = next(event.response for event in told if event.type == "response.completed")
    assert text_of(ours) == "".join(event.delta for event in told if event.type == "response.output_text.delta")
    assert text_of(ours) == last.output_text
    assert thinking_of(ours) == thinking(last)
    assert [event.call for event in ours if isinstance(event, ToolCalled)] == calls(last)
    assert [event.usage for event in ours if isinstance(event, UsageReported)] == [usage(last)]
    for event in ours:
        if isinstance(event, ReplayGiven):
            assert event.replay.value == [item.to_dict() for item in last.output]


def thinking(response: Response) -> str:
    items = [item for item in response.output if item.type == "reasoning"]
    summary = "\n\n".join(part.text for item in items for part in item.summary)
    return summary or "".join(part.text for item in items for part in item.content or [])


def calls(response: Response) -> list[ToolCall]:
    return [
        ToolCall(item.call_id, item.name, item.arguments) for item in response.output if item.type == "function_call"
    ]


def usage(response: Response) -> Usage:
    counted = response.usage
    assert counted is not None
    given = counted.input_tokens_details
    return Usage(counted.input_tokens, counted.output_tokens, given.cached_tokens if given else 0)
