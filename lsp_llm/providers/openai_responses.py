"""The Responses dialect of OpenAI, also spoken by xAI, OpenRouter, vLLM, llama.cpp and others; pure.

It keeps the conversation on this side: no id of an earlier answer is ever named to the host.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from lsp_llm.errors import ProviderError
from lsp_llm.exchange.messages import Message, ModelRequest, system_text
from lsp_llm.exchange.tools import ToolCall, ToolSpec
from lsp_llm.providers.base import Decoder
from lsp_llm.providers.faults import error_of_answer
from lsp_llm.providers.openai_responses_decoder import OpenAIResponsesReading
from lsp_llm.providers.openai_responses_wire import DIALECT
from lsp_llm.providers.stream_decoder import StreamDecoder
from lsp_llm.stream.surrogates import json_of

# Sent although the user did not set it. The host stores answers unless it is told not to, and a buffer's text is not
# ours to leave there. What is not stored cannot be named later, so a model's reasoning has to come along, encrypted,
# and goes back with the next turn. A host that knows neither ignores both; `params` stand above them.
_STATELESS: Final[Mapping[str, Any]] = {"store": False, "include": ["reasoning.encrypted_content"]}


class OpenAIResponsesCodec:
    """The codec of this dialect."""

    path = "/responses"
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}

    def encode(self, request: ModelRequest) -> bytes:
        """The JSON body; what the user set in `params` stands above what is set here."""
        body: dict[str, Any] = {"model": request.model} if request.model else {}
        if system := system_text(request.messages):
            body["instructions"] = system
        body["input"] = [item for message in request.messages for item in _items(message)]
        if request.tools:
            body["tools"] = [_tool(tool) for tool in request.tools]
        if request.cache_key:
            body["prompt_cache_key"] = request.cache_key
        return json_of({**body, "stream": True, **_STATELESS, **request.params})

    def decoder(self) -> Decoder:
        """A fresh decoder for one answer."""
        return StreamDecoder(OpenAIResponsesReading())

    def error(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """What an answer that is no stream means."""
        return error_of_answer(status, headers, body)


def _items(message: Message) -> Iterator[dict[str, Any]]:
    """One turn as items: results of tools before the user's words, calls behind the assistant's."""
    if message.role == "system":
        return
    replay = message.replay_for(DIALECT)
    if replay is not None:
        yield from replay
        return
    for result in message.tool_results:
        yield {"type": "function_call_output", "call_id": result.call_id, "output": result.text}
    if message.text or not (message.tool_calls or message.tool_results):
        # The type may be left out, but not at llama.cpp.
        yield {"type": "message", "role": message.role, "content": message.text}
    yield from map(_call, message.tool_calls)


def _call(call: ToolCall) -> dict[str, Any]:
    return {"type": "function_call", "call_id": call.call_id, "name": call.name, "arguments": call.arguments}


def _tool(tool: ToolSpec) -> dict[str, Any]:
    # Tools are strict here unless they are said not to be, and few schemas are written for that.
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
        "strict": False,
    }
