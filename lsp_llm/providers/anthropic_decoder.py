"""Anthropic Messages, from the events of an answer to ours; it takes what compatible hosts make of the dialect.

It never reports an answer as whole without a stop reason or the end event.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from lsp_llm.errors import BadResponse, Refused, Unavailable
from lsp_llm.exchange.messages import Replay
from lsp_llm.providers.answer_events import AnswerEvents
from lsp_llm.providers.anthropic_blocks import Block, Blocks
from lsp_llm.providers.anthropic_wire import DIALECT, REFUSAL, Delta, Message, StreamEvent, TokenCounts, finish_reason
from lsp_llm.providers.faults import error_in_stream, error_of_answer
from lsp_llm.stream.payload import Payload, loose_json
from lsp_llm.stream.snippet import snippet
from lsp_llm.stream.sse import ServerSentEvent

_EVENT: Final = Payload(StreamEvent)
_MESSAGE: Final = Payload(Message)


class AnthropicReading:
    """One answer of this dialect, as far as it has come (a `Reading`)."""

    def __init__(self) -> None:
        self._blocks = Blocks()
        self._counts = TokenCounts()
        self._reason: str | None = None
        self._details: object = None

    def take(self, event: ServerSentEvent, out: AnswerEvents) -> None:
        """Raises BadResponse where the data is not what the dialect says."""
        came = _EVENT.decode(event.data)
        match came.type or event.event:
            case "content_block_delta" if came.delta is not None:
                self._take_delta(came.index, came.delta, out)
            case "content_block_start" if came.content_block is not None:
                self._take_block(came.index, came.content_block, out)
            case "content_block_stop" | "ping":
                pass
            case "message_start":
                self._take_usage(came.message.usage if came.message else None, out)
            case "message_delta":
                self._take_stop(came.delta)
                self._take_usage(came.usage, out)
            case "message_stop":
                self._end(out)
            case _:
                _take_oddity(event, out)

    def take_whole(self, body: bytes, out: AnswerEvents) -> None:
        """Some hosts answer without streaming although a stream was asked for; others send an error with status 200."""
        try:
            message = _MESSAGE.decode(body)
        except BadResponse:
            message = Message()
        if message.content is None:
            out.fail(error_of_answer(200, {}, body))
            return
        for index, block in enumerate(message.content):
            self._take_block(index, block, out)
        self._take_stop(message)
        self._take_usage(message.usage, out)
        self._end(out)

    def finish(self, out: AnswerEvents) -> None:
        """A stop reason says that the answer is whole, though the end event is missing."""
        if self._reason is not None:
            self._end(out)

    def _take_block(self, index: int | None, begun: dict[str, Any], out: AnswerEvents) -> None:
        block = self._blocks.begin(index, begun)
        match block.kind:
            case "text":
                out.say(block.word("text"))
            case "thinking":
                out.think(block.word("thinking"))
            case "tool_use":
                out.call(index=block.number, call_id=block.word("id"), name=block.word("name"))
            case "redacted_thinking":
                pass
            case other:
                out.note("a block of the answer", other)

    def _take_delta(self, index: int | None, delta: Delta, out: AnswerEvents) -> None:
        block = self._blocks.find(index)
        match delta.type:
            case "text_delta":
                name, piece = "text", delta.text or ""
                out.say(piece)
            case "thinking_delta":
                name, piece = "thinking", delta.thinking or ""
                out.think(piece)
            case "signature_delta":
                name, piece = "signature", delta.signature or ""
            case "input_json_delta":
                name, piece = "input", delta.partial_json or ""
                if block is not None and block.is_call:
                    out.call(index=block.number, arguments=piece)
            case _:
                _take_rare_delta(block, delta, out)
                return
        if block is not None:
            block.add(name, piece)
        else:
            out.note("a piece of a block that never began", delta.type)

    def _take_stop(self, came: Delta | Message | None) -> None:
        """The first reason stands."""
        if came is not None and came.stop_reason and self._reason is None:
            self._reason, self._details = came.stop_reason, came.stop_details

    def _take_usage(self, value: object, out: AnswerEvents) -> None:
        if value is None:
            return
        try:
            out.count(self._counts.add(value))
        except msgspec.ValidationError:
            out.note("token counts", value)

    def _end(self, out: AnswerEvents) -> None:
        """The answer is whole; a model that declined is no answer."""
        if self._reason == REFUSAL:
            out.fail(Refused(_refusal(self._details), "Put the request in other words."))
            return
        for number, given in self._blocks.calls_given_whole():
            out.call(index=number, arguments=given)
        if blocks := self._blocks.to_replay():
            out.replay = Replay(DIALECT, blocks)
        out.end(finish_reason(self._reason))


def _take_rare_delta(block: Block | None, delta: Delta, out: AnswerEvents) -> None:
    if block is not None and delta.type == "citations_delta":
        block.cite(delta.citation)
        return
    out.note("a piece of a block", delta.type)
    if block is not None:
        block.spoil()


def _take_oddity(event: ServerSentEvent, out: AnswerEvents) -> None:
    """An error in one of its shapes (compatible hosts use OpenAI's), or something new."""
    error = error_in_stream(loose_json(event.data))
    if error is None and event.event == "error":
        error = Unavailable(f"The host reported an error: {snippet(event.data)}")
    if error is not None:
        out.fail(error)
    else:
        out.note("an unknown event", event.data.decode("utf-8", "replace"))


def _refusal(details: object) -> str:
    """A sentence with the host's own explanation, or at least with the name of its policy."""
    said = details if isinstance(details, dict) else {}
    why = snippet(str(said.get("explanation") or said.get("category") or ""))
    return f"The model declined: {why}" if why else "The model declined to answer."
