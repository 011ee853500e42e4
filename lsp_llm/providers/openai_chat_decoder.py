"""Chat Completions, from the events of an answer to ours; it takes every variant seen in the wild.

It never reports an answer as whole without a finish reason or the end marker.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from lsp_llm.errors import BadResponse, Refused, Unavailable
from lsp_llm.exchange.messages import Replay
from lsp_llm.providers.answer_events import AnswerEvents
from lsp_llm.providers.faults import error_in_stream, error_of_answer
from lsp_llm.providers.openai_chat_wire import (
    DIALECT,
    REASONS_OF_FAILURE,
    Choice,
    Chunk,
    Delta,
    finish_reason,
    token_counts,
)
from lsp_llm.stream.payload import Payload, loose_json
from lsp_llm.stream.snippet import snippet
from lsp_llm.stream.sse import ServerSentEvent

_CHUNK: Final = Payload(Chunk)
_END_MARKER: Final = b"[DONE]"


class OpenAIChatReading:
    """One answer of this dialect, as far as it has come (a `Reading`)."""

    def __init__(self) -> None:
        self._refusal: list[str] = []
        self._reasoning: list[str] = []
        self._reason: str | None = None

    def take(self, event: ServerSentEvent, out: AnswerEvents) -> None:
        """Raises BadResponse where the data is not what the dialect says."""
        data = event.data
        if data.strip() == _END_MARKER:
            # With the marker alone nothing is known of the reason, but the answer is whole.
            self._end(out)
            return
        chunk = _CHUNK.decode(data)
        if chunk.choices is None or chunk.error or event.event == "error":
            self._take_oddity(chunk, event, out)
        else:
            self._take_chunk(chunk, out)

    def take_whole(self, body: bytes, out: AnswerEvents) -> None:
        """Some hosts answer without streaming although a stream was asked for; others send an error with status 200."""
        try:
            chunk = _CHUNK.decode(body)
        except BadResponse:
            chunk = Chunk()
        if not chunk.choices or chunk.error:
            out.fail(error_of_answer(200, {}, body))
        else:
            self._take_chunk(chunk, out)
            self._end(out)

    def finish(self, out: AnswerEvents) -> None:
        """A finish reason says that the answer is whole, though the marker is missing."""
        if self._reason is not None:
            self._end(out)

    def _take_oddity(self, chunk: Chunk, event: ServerSentEvent, out: AnswerEvents) -> None:
        """An event without choices: an error in one of its shapes, late token counts, or something new."""
        error = error_in_stream(loose_json(event.data))
        if error is None and event.event == "error":
            error = Unavailable(f"The host reported an error: {snippet(event.data)}")
        if error is not None:
            self._take_choices(chunk.choices or [], out)
            out.fail(error)
        elif chunk.usage is not None:
            _take_usage(chunk.usage, out)
        else:
            out.note("an event without choices", event.data.decode("utf-8", "replace"))

    def _take_chunk(self, chunk: Chunk, out: AnswerEvents) -> None:
        self._take_choices(chunk.choices or [], out)
        if chunk.usage is not None:
            _take_usage(chunk.usage, out)
        elif isinstance(chunk.x_groq, dict) and chunk.x_groq.get("usage"):
            _take_usage(chunk.x_groq["usage"], out)
        if self._reason in REASONS_OF_FAILURE:
            out.fail(Unavailable(f"The host ended the answer early ({self._reason}).", "Try again."))

    def _take_choices(self, choices: list[Choice], out: AnswerEvents) -> None:
        for choice in choices:
            if choice.index:
                continue
            delta = choice.delta or choice.message
            if delta is not None:
                self._take_delta(delta, out)
            if choice.finish_reason and self._reason is None:
                self._reason = choice.finish_reason

    def _take_delta(self, delta: Delta, out: AnswerEvents) -> None:
        # Hosts on their way from one name to the other send the same reasoning under both.
        thought = delta.reasoning_content or delta.reasoning
        if isinstance(thought, str):
            out.think(thought)
        if isinstance(delta.reasoning_content, str):
            self._reasoning.append(delta.reasoning_content)
        content = delta.content
        if isinstance(content, str):
            out.say(content)
        elif content:
            _take_parts(content, out)
        if isinstance(delta.refusal, str):
            self._refusal.append(delta.refusal)
        if delta.tool_calls:
            _take_calls(delta.tool_calls, out)

    def _end(self, out: AnswerEvents) -> None:
        """The answer is whole; a model that declined is no answer."""
        refusal = snippet("".join(self._refusal))
        if refusal:
            out.fail(Refused(f"The model declined: {refusal}", "Put the request in other words."))
            return
        if self._reasoning and out.calls:
            # DeepSeek refuses the next turn where the reasoning before a call is missing.
            out.replay = Replay(DIALECT, {"reasoning_content": "".join(self._reasoning)})
        out.end(finish_reason(self._reason))


def _take_parts(parts: list[Any], out: AnswerEvents) -> None:
    for part in parts:
        match part:
            case {"type": "text", "text": str(text)}:
                out.say(text)
            case {"type": "thinking", "thinking": [*thoughts]}:
                for thought in thoughts:
                    if isinstance(thought, dict) and isinstance(thought.get("text"), str):
                        out.think(thought["text"])
            case _:
                out.note("a part of the answer", part)


def _take_calls(calls: object, out: AnswerEvents) -> None:
    for call in calls if isinstance(calls, list) else [calls]:
        match call:
            case {"function": {**function}, **rest}:
                index, call_id = rest.get("index"), rest.get("id")
                out.call(
                    index=index if isinstance(index, int) else None,
                    call_id=call_id if isinstance(call_id, str) else "",
                    name=str(function.get("name") or ""),
                    arguments=function.get("arguments"),
                )
            case _:
                out.note("a tool call", call)


def _take_usage(value: object, out: AnswerEvents) -> None:
    try:
        out.count(token_counts(value))
    except msgspec.ValidationError:
        out.note("token counts", value)
