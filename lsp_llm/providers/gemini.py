"""The generateContent dialect of Google's Gemini, also on Vertex AI; pure, values in and bytes out.

It sends nothing that the user did not set. What is the same between requests stands first in the body, and that is
all the dialect needs: its hosts cache a beginning that they know by themselves.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from lsp_llm.errors import ProviderError
from lsp_llm.exchange.messages import Message, ModelRequest, system_text
from lsp_llm.exchange.tools import ToolCall, ToolResult, ToolSpec
from lsp_llm.providers.base import Decoder
from lsp_llm.providers.faults import error_of_answer
from lsp_llm.providers.gemini_body import GeminiBody
from lsp_llm.providers.gemini_decoder import GeminiReading
from lsp_llm.providers.gemini_wire import DIALECT
from lsp_llm.providers.stream_decoder import StreamDecoder
from lsp_llm.stream.surrogates import json_of


class GeminiCodec:
    """The codec of this dialect, which names the model in the path and never in the body."""

    path = "/models/{model}:streamGenerateContent"
    query: Mapping[str, str] = {"alt": "sse"}
    headers: Mapping[str, str] = {}

    def encode(self, request: ModelRequest) -> bytes:
        """The JSON body; what the user set in `params` stands above what is set here."""
        body: dict[str, Any] = {}
        if system := system_text(request.messages):
            body["systemInstruction"] = {"parts": [{"text": system}]}
        if request.tools:
            body["tools"] = [{"functionDeclarations": [_tool(tool) for tool in request.tools]}]
        body["contents"] = list(_contents(request.messages))
        return json_of(body | dict(request.params))

    def decoder(self) -> Decoder:
        """A fresh decoder for one answer."""
        return StreamDecoder(GeminiReading(), GeminiBody())

    def error(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """What an answer that is no stream means."""
        return error_of_answer(status, headers, body)


def _contents(messages: Sequence[Message]) -> Iterator[dict[str, Any]]:
    """The conversation without its system text; a turn that says nothing is left out, for the host refuses it."""
    known_ids: set[str] = set()
    for message in messages:
        if message.role == "system":
            continue
        if message.role == "assistant":
            role, parts = "model", message.replay_for(DIALECT) or _answer(message)
            known_ids = set(_ids(parts))
        else:
            role, parts = "user", _question(message, known_ids)
        if parts:
            yield {"role": role, "parts": parts}


def _question(message: Message, known_ids: Collection[str]) -> list[dict[str, Any]]:
    return [*(_result(result, known_ids) for result in message.tool_results), *_text(message.text)]


def _answer(message: Message) -> list[dict[str, Any]]:
    return [*_text(message.text), *map(_call, message.tool_calls)]


def _text(text: str) -> Iterator[dict[str, Any]]:
    if text:
        yield {"text": text}


def _call(call: ToolCall) -> dict[str, Any]:
    # The host takes an object only; of arguments that were none, the result of the call tells the model.
    given = {} if call.problem else json.loads(call.arguments)
    return {"functionCall": {"name": call.name, "args": given}}


def _ids(parts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The ids that the host itself gave to its calls."""
    for part in parts:
        match part:
            case {"functionCall": {"id": str(call_id)}}:
                yield call_id
            case _:
                pass


def _result(result: ToolResult, known_ids: Collection[str]) -> dict[str, Any]:
    """An id that is ours means nothing to the host: then name and order tell which call it belongs to."""
    response: dict[str, Any] = {"id": result.call_id} if result.call_id in known_ids else {}
    response |= {"name": result.name, "response": {"error" if result.is_error else "output": result.text}}
    return {"functionResponse": response}


def _tool(tool: ToolSpec) -> dict[str, Any]:
    declaration: dict[str, Any] = {"name": tool.name, "description": tool.description}
    if tool.parameters:
        declaration["parametersJsonSchema"] = dict(tool.parameters)
    return declaration
