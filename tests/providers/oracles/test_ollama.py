"""Ollama's own SDK as a judge: what it sends for our request, and what it makes of recorded answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from ollama import AsyncClient, ChatResponse

from lsp_llm.exchange.messages import Message, ModelRequest, Replay
from lsp_llm.exchange.outcome import Usage
from lsp_llm.exchange.tools import ToolCall, ToolResult, ToolSpec
from lsp_llm.providers.ollama import OllamaCodec
from lsp_llm.stream.events import Finish, ToolCalled, UsageReported
from tests.every_way import text_of, thinking_of
from tests.providers.oracles.serving import told_by_sdk, told_by_us

CODEC = OllamaCodec()
TURNS = (
    Message("system", "Be brief."),
    Message("user", "Hi."),
    Message("assistant", "a", (ToolCall("call_1", "add", '{"a": 1}'),), replay=Replay("ollama", {"thinking": "Hm."})),
    Message("user", "Well?", tool_results=(ToolResult("call_1", "add", "3"),)),
)
ADD = ToolSpec("add", "Adds.", {"type": "object", "properties": {"a": {"type": "integer"}}})
REQUEST = ModelRequest("m", TURNS, {"think": True, "options": {"num_ctx": 4096}, "keep_alive": "10m"}, (ADD,))


def sent() -> dict[str, Any]:
    body: dict[str, Any] = json.loads(CODEC.encode(REQUEST))
    return body


async def ask(base_url: str) -> AsyncIterator[ChatResponse]:
    async with AsyncClient(base_url.removesuffix("/v1")) as client:
        async for line in await client.chat(**sent()):
            yield line


@pytest.mark.parametrize("name", ["aimock/ollama_chat", "aimock/ollama_think", "aimock/ollama_tools"])
async def test_the_sdk_sends_what_we_send_and_reads_what_we_read(name: str) -> None:
    """Its types drop what they do not know, so that every key of ours has to be known to it."""
    told, exchange = await told_by_sdk(name, ask, "application/x-ndjson")
    assert (exchange.path, exchange.json) == ("/api/chat", sent())
    ours = told_by_us(name, CODEC)
    assert text_of(ours) == "".join(line.message.content or "" for line in told)
    # The recorded host names the reasoning as others do; the SDK drops that.
    assert thinking_of(ours) in ("", "Let me think about this carefully.")
    assert [(event.call.name, json.loads(event.call.arguments)) for event in ours if isinstance(event, ToolCalled)] == [
        (call.function.name, call.function.arguments) for line in told for call in line.message.tool_calls or []
    ]
    last = told[-1]
    assert [event.usage for event in ours if isinstance(event, UsageReported)] == [
        Usage(last.prompt_eval_count or 0, last.eval_count or 0)
    ]
    assert isinstance(ours[-1], Finish)
    assert (last.done, last.done_reason) == (True, "stop")
