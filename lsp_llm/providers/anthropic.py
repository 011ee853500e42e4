"""The Messages dialect of Anthropic and of the hosts that speak it; pure, values in and bytes out.

It sends nothing that the user did not set, beyond the request for a stream and the limit of tokens that every request
needs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from lsp_llm.errors import ProviderError
from lsp_llm.exchange.messages import Message, ModelRequest, system_text
from lsp_llm.exchange.tools import ToolCall, ToolResult, ToolSpec
from lsp_llm.providers.anthropic_decoder import AnthropicReading
from lsp_llm.providers.anthropic_wire import DIALECT
from lsp_llm.providers.base import Decoder
from lsp_llm.providers.faults import error_of_answer
from lsp_llm.providers.stream_decoder import StreamDecoder
from lsp_llm.stream.surrogates import json_of

DEFAULT_MAX_TOKENS: Final = 16_000
"""The dialect demands a limit. Every Claude of version 4 or later takes this one, it leaves room to think before a long
answer, and it still fits into the context of a small model on this machine."""

_CACHED: Final[Mapping[str, str]] = {"type": "ephemeral"}


class AnthropicCodec:
    """The codec of this dialect."""

    path = "/messages"
    query: Mapping[str, str] = {}
    # The version that all hosts of the dialect know. The next one, 2026-10-21, takes the same bodies, as long as the
    # user sets no temperature, top_p or top_k, which it refuses; a provider's own headers may ask for it.
    headers: Mapping[str, str] = {"anthropic-version": "2023-06-01"}

    def encode(self, request: ModelRequest) -> bytes:
        """The JSON body; what the user set in `params` stands above what is set here."""
        body: dict[str, Any] = {"model": request.model} if request.model else {}
        body |= {"max_tokens": DEFAULT_MAX_TOKENS, "stream": True}
        # Stable parts come first in the prompt that the host caches: tools, system, messages.
        tools = [_tool(tool) for tool in request.tools]
        system = list(_text(system_text(request.messages)))
        turns = list(_turns(request.messages))
        if request.cache_key:
            _mark(tools, system, turns)
        if tools:
            body["tools"] = tools
        if system:
            body["system"] = system
        body["messages"] = turns
        return json_of(body | dict(request.params))

    def decoder(self) -> Decoder:
        """A fresh decoder for one answer."""
        return StreamDecoder(AnthropicReading())

    def error(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """What an answer that is no stream means."""
        return error_of_answer(status, headers, body)


def _turns(messages: Sequence[Message]) -> Iterator[dict[str, Any]]:
    """The conversation without its system text; a turn that says nothing is left out, for the host refuses it."""
    for number, message in enumerate(messages, 1):
        if message.role == "system":
            continue
        is_prefill = message.role == "assistant" and number == len(messages)
        if content := message.replay_for(DIALECT) or _content(message, is_prefill):
            yield {"role": message.role, "content": content}


def _content(message: Message, is_prefill: bool) -> list[dict[str, Any]]:
    # The host refuses a prefill that ends in white space.
    text = message.text.rstrip() if is_prefill else message.text
    return [*map(_result, message.tool_results), *_text(text), *map(_call, message.tool_calls)]


def _text(text: str) -> Iterator[dict[str, Any]]:
    """A block of text; none where it would be blank, which the host refuses."""
    if text.strip():
        yield {"type": "text", "text": text}


def _call(call: ToolCall) -> dict[str, Any]:
    # The host takes an object only; of arguments that were none, the result of the call tells the model.
    given = {} if call.problem else json.loads(call.arguments)
    return {"type": "tool_use", "id": call.call_id, "name": call.name, "input": given}


def _result(result: ToolResult) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "tool_result", "tool_use_id": result.call_id}
    if result.text.strip():
        block["content"] = result.text
    if result.is_error:
        block["is_error"] = True
    return block


def _tool(tool: ToolSpec) -> dict[str, Any]:
    schema = {"type": "object", **tool.parameters}
    return {"name": tool.name, "description": tool.description, "input_schema": schema}


def _mark(tools: list[dict[str, Any]], system: list[dict[str, Any]], turns: list[dict[str, Any]]) -> None:
    """Ask the host to keep what will come again: tools, system, and the talk up to the turn before the newest.

    The host takes four marks at most; these are three.
    """
    earlier = [turn["content"] for turn in turns if turn["role"] == "user"][:-1]
    for stable in (tools, system, *earlier[-1:]):
        if stable:
            stable[-1]["cache_control"] = _CACHED
