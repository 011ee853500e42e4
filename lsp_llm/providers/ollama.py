"""Ollama's own dialect, as its server speaks it beside the one of OpenAI; pure, values in and bytes out.

It sends nothing that the user did not set, beyond the request for a stream: `think`, `options`, `keep_alive` and
`format` come from `params`. Text at the end of the conversation that is the assistant's is gone on from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from lsp_llm.errors import NotFound, ProviderError
from lsp_llm.exchange.messages import Message, ModelRequest
from lsp_llm.exchange.tools import ToolCall, ToolSpec
from lsp_llm.providers.base import Decoder
from lsp_llm.providers.faults import error_of_answer
from lsp_llm.providers.ollama_decoder import OllamaReading
from lsp_llm.providers.ollama_wire import DIALECT
from lsp_llm.providers.stream_decoder import StreamDecoder
from lsp_llm.stream.ndjson import NdjsonBody
from lsp_llm.stream.surrogates import json_of


class OllamaCodec:
    """The codec of this dialect."""

    # Two slashes: it lies beside the /v1 of OpenAI's dialect, not below it.
    path = "//api/chat"
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}

    def encode(self, request: ModelRequest) -> bytes:
        """The JSON body; what the user set in `params` stands above what is set here."""
        body: dict[str, Any] = {"model": request.model} if request.model else {}
        body["messages"] = [part for message in request.messages for part in _messages(message)]
        if request.tools:
            body["tools"] = [_tool(tool) for tool in request.tools]
        body["stream"] = True
        return json_of(body | dict(request.params))

    def decoder(self) -> Decoder:
        """A fresh decoder for one answer."""
        return ollama_decoder()

    def error(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """What an answer that is no stream means."""
        return ollama_error(status, headers, body)


def ollama_decoder() -> Decoder:
    """A fresh decoder for one answer of `/api/chat` or `/api/generate`."""
    return StreamDecoder(OllamaReading(), NdjsonBody())


def ollama_error(status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
    """What an answer of Ollama that is no stream means; a model that is missing can be fetched."""
    error = error_of_answer(status, headers, body)
    if isinstance(error, NotFound) and b"model" in body:
        error.hint = "Fetch the model with `ollama pull`, or check the preset's model."
    return error


def _messages(message: Message) -> Iterator[dict[str, Any]]:
    """One turn: results of tools are messages of their own, before the user's words."""
    for result in message.tool_results:
        # Its calls have no ids: a result is told by the tool's name and by its place.
        yield {"role": "tool", "tool_name": result.name, "content": result.text}
    if message.text or message.tool_calls or not message.tool_results:
        yield _turn(message)


def _turn(message: Message) -> dict[str, Any]:
    turn: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.tool_calls:
        turn["tool_calls"] = [_call(call) for call in message.tool_calls]
    return turn | (message.replay_for(DIALECT) or {})


def _call(call: ToolCall) -> dict[str, Any]:
    # It takes an object alone; what the model wrote instead of one is told by the result of that call.
    arguments = {} if call.problem else json.loads(call.arguments)
    return {"function": {"name": call.name, "arguments": arguments}}


def _tool(tool: ToolSpec) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": function}
