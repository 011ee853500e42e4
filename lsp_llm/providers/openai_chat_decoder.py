"""Chat Completions, from the bytes of an answer to events; it takes every variant seen in the wild.

It never reports an answer as whole without a finish reason or the end marker, and never reads a tool call yet.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from lsp_llm.errors import BadResponse, ProviderError, Refused, Truncated, Unavailable
from lsp_llm.providers.faults import error_in_stream, error_of_answer
from lsp_llm.providers.openai_chat_wire import REASONS_OF_FAILURE, Choice, Chunk, Delta, finish_reason, token_counts
from lsp_llm.stream.body import AnswerBody
from lsp_llm.stream.events import Event, Failed, Finish, Text, Thinking, Unknown, UsageReported
from lsp_llm.stream.payload import MalformedJson, Payload, loose_json
from lsp_llm.stream.snippet import snippet
from lsp_llm.stream.sse import ServerSentEvent
from lsp_llm.stream.surrogates import SurrogateJoin

_CHUNK: Final = Payload(Chunk)
_END_MARKER: Final = b"[DONE]"


class OpenAIChatDecoder:
    """One answer: events until one `Finish` or one `Failed`, which is the last."""

    def __init__(self) -> None:
        self._body = AnswerBody()
        self._text = SurrogateJoin()
        self._thinking = SurrogateJoin()
        self._refusal: list[str] = []
        self._reason: str | None = None
        self._ended = False
        self._begun = False

    def push(self, chunk: bytes) -> list[Event]:
        """Take the next bytes; what follows the end is ignored."""
        events: list[Event] = []
        for event in self._body.push(chunk):
            try:
                self._take(event, events)
            except BadResponse as error:
                self._fail(error, events)
        if self._body.failure is not None:
            self._fail(self._body.failure, events)
        return events

    def finish(self) -> list[Event]:
        """The body ended: whole with a finish reason, else truncated, unless it was something else altogether."""
        events: list[Event] = []
        try:
            for event in self._body.finish():
                self._take(event, events)
        except MalformedJson:
            pass  # The end of the body cut this event: whether the answer is whole does not depend on it.
        except BadResponse as error:
            self._fail(error, events)
        if self._body.whole:
            self._take_whole(self._body.whole, events)
        if self._reason is None:
            self._fail(self._truncated(), events)
        self._end(events)
        return events

    def _take_whole(self, body: bytes, events: list[Event]) -> None:
        """Some hosts answer without streaming although a stream was asked for; others send an error with status 200."""
        try:
            chunk = _CHUNK.decode(body)
        except BadResponse:
            chunk = Chunk()
        if not chunk.choices or chunk.error:
            self._fail(error_of_answer(200, {}, body), events)
        else:
            self._take_chunk(chunk, events)
            self._end(events)

    def _take(self, event: ServerSentEvent, events: list[Event]) -> None:
        """Raises BadResponse where the data is not what the dialect says."""
        if self._ended:
            return
        data = event.data
        if data.strip() == _END_MARKER:
            self._end(events)
            return
        self._begun = True
        chunk = _CHUNK.decode(data)
        if chunk.choices is None or chunk.error or event.event == "error":
            self._take_oddity(chunk, event, events)
        else:
            self._take_chunk(chunk, events)

    def _take_oddity(self, chunk: Chunk, event: ServerSentEvent, events: list[Event]) -> None:
        """An event without choices: an error in one of its shapes, late token counts, or something new."""
        error = error_in_stream(loose_json(event.data))
        if error is None and event.event == "error":
            error = Unavailable(f"The host reported an error: {snippet(event.data)}")
        if error is not None:
            self._take_choices(chunk.choices or [], events)
            self._fail(error, events)
        elif chunk.usage is not None:
            self._take_usage(chunk.usage, events)
        else:
            events.append(Unknown(f"an event without choices: {snippet(event.data)}"))

    def _take_chunk(self, chunk: Chunk, events: list[Event]) -> None:
        self._take_choices(chunk.choices or [], events)
        if chunk.usage is not None:
            self._take_usage(chunk.usage, events)
        elif isinstance(chunk.x_groq, dict) and chunk.x_groq.get("usage"):
            self._take_usage(chunk.x_groq["usage"], events)
        if self._reason in REASONS_OF_FAILURE:
            self._fail(Unavailable(f"The host ended the answer early ({self._reason}).", "Try again."), events)

    def _take_choices(self, choices: list[Choice], events: list[Event]) -> None:
        for choice in choices:
            if choice.index:
                continue
            delta = choice.delta or choice.message
            if delta is not None:
                self._take_delta(delta, events)
            if choice.finish_reason and self._reason is None:
                self._reason = choice.finish_reason

    def _take_delta(self, delta: Delta, events: list[Event]) -> None:
        # Hosts on their way from one name to the other send the same reasoning under both.
        thought = delta.reasoning_content or delta.reasoning
        if isinstance(thought, str):
            self._think(thought, events)
        content = delta.content
        if isinstance(content, str):
            self._say(content, events)
        elif content:
            self._take_parts(content, events)
        if isinstance(delta.refusal, str):
            self._refusal.append(delta.refusal)
        if delta.tool_calls:
            events.append(Unknown(f"a tool call: {snippet(str(delta.tool_calls))}"))

    def _take_parts(self, parts: list[Any], events: list[Event]) -> None:
        for part in parts:
            match part:
                case {"type": "text", "text": str(text)}:
                    self._say(text, events)
                case {"type": "thinking", "thinking": [*thoughts]}:
                    for thought in thoughts:
                        if isinstance(thought, dict) and isinstance(thought.get("text"), str):
                            self._think(thought["text"], events)
                case _:
                    events.append(Unknown(f"a part of the answer: {snippet(str(part))}"))

    def _say(self, delta: str, events: list[Event]) -> None:
        text = self._text.push(delta)
        if text:
            events.append(Text(text))

    def _think(self, delta: str, events: list[Event]) -> None:
        thought = self._thinking.push(delta)
        if thought:
            events.append(Thinking(thought))

    def _take_usage(self, value: object, events: list[Event]) -> None:
        try:
            events.append(UsageReported(token_counts(value)))
        except msgspec.ValidationError:
            events.append(Unknown(f"token counts: {snippet(str(value))}"))

    def _end(self, events: list[Event]) -> None:
        """The answer is whole; a model that declined is no answer."""
        refusal = snippet("".join(self._refusal))
        if refusal:
            self._fail(Refused(f"The model declined: {refusal}", "Put the request in other words."), events)
        else:
            self._close(Finish(finish_reason(self._reason)), events)

    def _fail(self, error: ProviderError, events: list[Event]) -> None:
        self._close(Failed(error), events)

    def _close(self, last: Finish | Failed, events: list[Event]) -> None:
        """The first ending stands; halves of characters that still wait go out before it."""
        if self._ended:
            return
        self._ended = True
        if thought := self._thinking.finish():
            events.append(Thinking(thought))
        if text := self._text.finish():
            events.append(Text(text))
        events.append(last)

    def _truncated(self) -> Truncated:
        if self._begun:
            return Truncated("The host ended the answer in the middle.", "Try again.")
        return Truncated(
            "The host closed the connection without an answer.", "Try again; look at the host's own log if it stays so."
        )
