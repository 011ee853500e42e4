"""Google's own client as a judge: it would send the requests that we send, and reads an answer as we do."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest
from google.genai import Client, types
from pydantic import ValidationError

from lsp_llm.exchange.messages import Message, ModelRequest
from lsp_llm.exchange.outcome import Usage
from lsp_llm.exchange.tools import ToolCall, ToolResult, ToolSpec
from lsp_llm.providers.gemini import GeminiCodec
from lsp_llm.stream.events import Event, Finish, ReplayGiven, ToolCalled, UsageReported
from tests.every_way import decode, text_of, thinking_of
from tests.providers.oracles.serving import told_by_sdk, told_by_us

CODEC = GeminiCodec()
ADD = ToolSpec("add", "Adds.", {"type": "object", "properties": {"a": {"type": "integer"}}})
CALLS = (ToolCall("c1", "add", '{"a": 1}'), ToolCall("c2", "now"))
RESULTS = (ToolResult("c1", "add", "2"), ToolResult("c2", "now", "no clock", is_error=True))
REQUEST = ModelRequest(
    "",
    (
        Message("system", "Be brief."),
        Message("user", "Add."),
        Message("assistant", "I add.", tool_calls=CALLS),
        Message("user", "Well?", tool_results=RESULTS),
    ),
    {"generationConfig": {"maxOutputTokens": 9}},
    (ADD, ToolSpec("now", "The time.")),
)


def asking(contents: Any, config: Any) -> Callable[[str], AsyncIterator[types.GenerateContentResponse]]:
    """A client that asks for a stream."""

    async def ask(base_url: str) -> AsyncIterator[types.GenerateContentResponse]:
        root = base_url.removesuffix("/v1")
        options = types.HttpOptions(base_url=root, api_version="v1", async_client_args={"trust_env": False})
        async with Client(api_key="k", http_options=options).aio as client:
            async for chunk in await client.models.generate_content_stream(model="m", contents=contents, config=config):
                yield chunk

    return ask


async def test_their_client_would_send_what_we_send() -> None:
    ours = json.loads(CODEC.encode(REQUEST))
    config = types.GenerateContentConfig.model_validate(
        {
            "systemInstruction": ours["systemInstruction"],
            "tools": ours["tools"],
            **ours["generationConfig"],
            "automaticFunctionCalling": {"disable": True},
        }
    )
    contents = [types.Content.model_validate(content) for content in ours["contents"]]
    _, exchange = await told_by_sdk("aimock/gemini_text", asking(contents, config))
    assert exchange.path == "/v1" + CODEC.path.replace("{model}", "m") + "?alt=sse"
    assert given(exchange.json) == given(ours)


def given(body: Mapping[str, Any]) -> Any:
    """A body as the host reads it: names in either case, and no role of the system's text, which the client adds."""
    system = {name: value for name, value in body["systemInstruction"].items() if name != "role"}
    tools = [types.Tool.model_validate(tool) for tool in body["tools"]]
    return {**body, "systemInstruction": system, "tools": tools}


def test_their_types_know_a_turn_that_goes_back_and_would_tell_if_not() -> None:
    part = {"functionCall": {"id": "x", "name": "add", "args": {"a": 1}}, "thoughtSignature": "c2ln"}
    body = b"data: " + json.dumps({"candidates": [{"content": {"parts": [part]}, "finishReason": "STOP"}]}).encode()
    replay = next(event.replay for event in decode(CODEC.decoder, [body]) if isinstance(event, ReplayGiven))
    messages = (
        Message("assistant", "", replay=replay),
        Message("user", "", tool_results=(ToolResult("x", "add", "1"),)),
    )
    model, user = json.loads(CODEC.encode(ModelRequest("", messages)))["contents"]
    assert types.Content.model_validate(model).model_dump(mode="json", by_alias=True, exclude_none=True) == model
    assert types.Content.model_validate(user).model_dump(mode="json", by_alias=True, exclude_none=True) == user
    with pytest.raises(ValidationError):
        types.Content.model_validate({**user, "name": "x"})


def usage(events: list[Event]) -> Usage:
    return [event.usage for event in events if isinstance(event, UsageReported)][-1]


@pytest.mark.parametrize(
    "name", ["aimock/gemini_text", "aimock/gemini_think", "aimock/gemini_tools", "aimock/vertex_text"]
)
@pytest.mark.filterwarnings("ignore:FUNCTION_CALL is not a valid FinishReason")
async def test_their_client_reads_a_recording_as_we_do(name: str) -> None:
    chunks, _ = await told_by_sdk(name, asking("Hi.", None))
    candidates = [candidate for chunk in chunks for candidate in chunk.candidates or ()]
    parts = [part for candidate in candidates if candidate.content for part in candidate.content.parts or ()]
    ours = told_by_us(name, CODEC)
    assert text_of(ours) == "".join(part.text or "" for part in parts if not part.thought)
    assert thinking_of(ours) == "".join(part.text or "" for part in parts if part.thought)
    assert [(event.call.name, json.loads(event.call.arguments)) for event in ours if isinstance(event, ToolCalled)] == [
        (part.function_call.name, part.function_call.args) for part in parts if part.function_call
    ]
    counts = chunks[-1].usage_metadata
    assert counts is not None
    assert usage(ours) == Usage(counts.prompt_token_count or 0, counts.candidates_token_count or 0)
    reason = candidates[-1].finish_reason
    assert reason is not None
    assert isinstance(ours[-1], Finish)
    assert ours[-1].reason == {"STOP": "stop", "FUNCTION_CALL": "tool_use"}[reason.value]
