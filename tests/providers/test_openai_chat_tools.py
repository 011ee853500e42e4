"""Tool calls of Chat Completions, as two servers really sent them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lsp_llm.exchange.messages import Message, ModelRequest
from lsp_llm.exchange.outcome import FinishReason
from lsp_llm.exchange.tools import ToolCall, ToolResult
from lsp_llm.providers.openai_chat import OpenAIChatCodec
from lsp_llm.stream.events import Event, Finish, ToolArguments, ToolCalled, Unknown
from tests.every_way import decode_every_way, text_of
from tests.providers.recorded import body_of

CODEC = OpenAIChatCodec()
ADD, READ = '{"first": 1, "second": 22}', '{"path": "src/main.py"}'
RECORDED = {
    "llamacpp/chat_tools_parallel": ("ucsM69LB8VtuJw5ySyT5Fs8G5k1Iyg2B", "t4nOpT7OYt2LB1QoGuePW3FXHyJ6TGnp"),
    "llamacpp/chat_tools_required": ("6A0r2L7hV7cN3TShKwRWpxKiqeSfFzuW", "iW0mtxrALmDS7sFYrnr26kjy04aVHEEj"),
    "aimock/chat_tools": ("call_cIIoPyF2SuA73u1g", "call_Jnd5wWFqgWsq3BHM"),
}


def decoded(body: bytes) -> list[Event]:
    return decode_every_way(CODEC.decoder, body)


def calls(events: list[Event]) -> list[ToolCall]:
    return [event.call for event in events if isinstance(event, ToolCalled)]


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_calls(name: str) -> None:
    events = decoded(body_of(name))
    add_id, read_id = RECORDED[name]
    assert calls(events) == [ToolCall(add_id, "add", ADD), ToolCall(read_id, "read_file", READ)]
    assert (text_of(events), events[-1]) == ("", Finish(FinishReason.TOOL_USE))
    assert not [event for event in events if isinstance(event, Unknown)]


@pytest.mark.parametrize("name", RECORDED)
def test_fragments_are_signs_of_life(name: str) -> None:
    fragments = [event for event in decoded(body_of(name)) if isinstance(event, ToolArguments)]
    for tool, arguments in (("add", ADD), ("read_file", READ)):
        assert "".join(event.delta for event in fragments if event.name == tool) == arguments


def test_what_was_called_goes_back_with_its_results() -> None:
    called = tuple(calls(decoded(body_of("llamacpp/chat_tools_required"))))
    results = tuple(ToolResult(call.call_id, call.name, "3") for call in called)
    turns = (Message("assistant", "", called), Message("user", "", tool_results=results))
    body: dict[str, Any] = json.loads(CODEC.encode(ModelRequest("m", turns)))
    asked, *answered = body["messages"]
    assert [call["id"] for call in asked["tool_calls"]] == [answer["tool_call_id"] for answer in answered]
    assert [call["function"]["arguments"] for call in asked["tool_calls"]] == [ADD, READ]
