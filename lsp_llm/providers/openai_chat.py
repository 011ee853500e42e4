"""The Chat Completions dialect of OpenAI and of the many hosts that speak it; pure, values in and bytes out.

It sends nothing that the user did not set, beyond the request for a stream and its token counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lsp_llm.errors import ProviderError
from lsp_llm.exchange.messages import Message, ModelRequest
from lsp_llm.exchange.tools import ToolCall, ToolSpec
from lsp_llm.providers.base import Decoder
from lsp_llm.providers.faults import error_of_answer
from lsp_llm.providers.openai_chat_decoder import OpenAIChatReading
from lsp_llm.providers.openai_chat_wire import DIALECT
from lsp_llm.providers.stream_decoder import StreamDecoder
from lsp_llm.stream.surrogates import json_of


class OpenAIChatCodec:
    """The codec of this dialect."""

    path = "/chat/completions"
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}

    def encode(self, request: ModelRequest) -> bytes:
        """The JSON body; what the user set in `params` stands above what is set here."""
        body: dict[str, Any] = {"model": request.model} if request.model else {}
        body["messages"] = [part for message in request.messages for part in _messages(message)]
        if request.tools:
            body["tools"] = [_tool(tool) for tool in request.tools]
        if request.cache_key:
            body["prompt_cache_key"] = request.cache_key
        body |= {"stream": True, "stream_options": {"include_usage": True}}
        return json_of(body | dict(request.params))

    def decoder(self) -> Decoder:
        """A fresh decoder for one answer."""
        return StreamDecoder(OpenAIChatReading())

    def error(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """What an answer that is no stream means."""
        return error_of_answer(status, headers, body)


def _messages(message: Message) -> Iterator[dict[str, Any]]:
    """One turn: results of tools are messages of their own, before the user's words."""
    for result in message.tool_results:
        yield {"role": "tool", "tool_call_id": result.call_id, "content": result.text}
    if message.text or message.tool_calls or not message.tool_results:
        yield _turn(message)


def _turn(message: Message) -> dict[str, Any]:
    turn: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.tool_calls:
        turn["content"] = turn["content"] or None
        turn["tool_calls"] = [_call(call) for call in message.tool_calls]
    return turn | (message.replay_for(DIALECT) or {})


def _call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.call_id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _tool(tool: ToolSpec) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": function}
