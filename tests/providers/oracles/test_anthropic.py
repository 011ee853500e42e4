"""Anthropic's own client as a judge: it takes the requests we send, and reads an answer as we do."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient
from anthropic.types import Message as TheirMessage
from anthropic.types.message_create_params import MessageCreateParamsStreaming
from pydantic import ValidationError

from lsp_llm.exchange.messages import Message, ModelRequest, Replay
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.exchange.tools import ToolCall, ToolResult, ToolSpec
from lsp_llm.providers.anthropic import AnthropicCodec
from lsp_llm.stream.events import Finish, ReplayGiven, ToolCalled, UsageReported
from tests.every_way import text_of, thinking_of
from tests.providers.oracles.serving import told_by_sdk, told_by_us, valid

CODEC = AnthropicCodec()
ADD = ToolSpec("add", "Adds.", {"type": "object", "properties": {"a": {"type": "integer"}}})
TALK = (
    Message("system", "Be brief."),
    Message("user", "Add."),
    Message("assistant", "I add.", tool_calls=(ToolCall("c1", "add", '{"a": 1}'), ToolCall("c2", "now"))),
    Message("user", "", tool_results=(ToolResult("c1", "add", "2"), ToolResult("c2", "now", "", is_error=True))),
    Message("assistant", "Two."),
    Message("user", "Thanks."),
)
REASONS = {"end_turn": FinishReason.STOP, "tool_use": FinishReason.TOOL_USE}


def replay() -> Replay:
    """A turn as it comes out of our decoder."""
    events = told_by_us("aimock/anthropic_think", CODEC)
    return next(event.replay for event in events if isinstance(event, ReplayGiven))


@pytest.mark.parametrize(
    "request_",
    [
        ModelRequest("m", TALK[:2]),
        ModelRequest("m", TALK, {"thinking": {"type": "adaptive"}}, (ADD, ToolSpec("now", "The time.")), "work"),
        ModelRequest("m", (TALK[1], Message("assistant", "The answer is 42.", replay=replay()), TALK[-1])),
        ModelRequest("m", (TALK[1], Message("assistant", "```"))),
    ],
)
def test_their_types_know_every_field_of_our_requests(request_: ModelRequest) -> None:
    valid(MessageCreateParamsStreaming, json.loads(CODEC.encode(request_)))


def test_their_types_would_tell() -> None:
    unknown, unknown_within, lacking = (json.loads(CODEC.encode(ModelRequest("m", TALK))) for _ in range(3))
    unknown["cache_key"] = "x"
    unknown_within["messages"][2]["content"][0]["call"] = "x"
    del lacking["max_tokens"]
    for body in (unknown, unknown_within, lacking):
        with pytest.raises(ValidationError):
            valid(MessageCreateParamsStreaming, body)


async def their_reading(base_url: str) -> AsyncIterator[TheirMessage]:
    """What the client puts together of the answer."""
    question: Any = [{"role": "user", "content": "Hi."}]
    async with DefaultAsyncHttpxClient(trust_env=False) as http:
        root = base_url.removesuffix("/v1")
        client = AsyncAnthropic(base_url=root, api_key="k", max_retries=0, http_client=http)
        async with client.messages.stream(model="m", max_tokens=9, messages=question) as stream:
            yield await stream.get_final_message()


@pytest.mark.parametrize(
    "name",
    [
        "aimock/anthropic_text",
        "aimock/anthropic_think",
        "aimock/anthropic_tools",
        "llamacpp/anthropic_text",
        "llamacpp/anthropic_think",
        "llamacpp/anthropic_thinking_blocks",
        "llamacpp/anthropic_tools",
    ],
)
async def test_their_client_reads_a_recording_as_we_do(name: str) -> None:
    [theirs], exchange = await told_by_sdk(name, their_reading)
    ours = told_by_us(name, CODEC)
    assert exchange.path == f"/v1{CODEC.path}"
    assert text_of(ours) == "".join(block.text for block in theirs.content if block.type == "text")
    assert thinking_of(ours) == "".join(block.thinking for block in theirs.content if block.type == "thinking")
    assert [
        (event.call.call_id, event.call.name, json.loads(event.call.arguments))
        for event in ours
        if isinstance(event, ToolCalled)
    ] == [(block.id, block.name, block.input) for block in theirs.content if block.type == "tool_use"]
    cache_read = theirs.usage.cache_read_input_tokens or 0
    assert [event.usage for event in ours if isinstance(event, UsageReported)][-1] == Usage(
        theirs.usage.input_tokens + cache_read, theirs.usage.output_tokens, cache_read
    )
    assert ours[-1] == Finish(REASONS[theirs.stop_reason or ""])
