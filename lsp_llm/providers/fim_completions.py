"""The older completions of OpenAI, from the events of an answer to ours: text alone, no messages and no calls.

It never reports an answer as whole without a finish reason or the end marker.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from lsp_llm.errors import BadResponse, Unavailable
from lsp_llm.providers.answer_events import AnswerEvents
from lsp_llm.providers.faults import error_in_stream, error_of_answer
from lsp_llm.providers.openai_chat_wire import REASONS_OF_FAILURE, finish_reason, token_counts
from lsp_llm.stream.payload import Payload, loose_json
from lsp_llm.stream.sse import ServerSentEvent

_END_MARKER: Final = b"[DONE]"


class Choice(msgspec.Struct, gc=False):
    """One of several answers; only that of index 0 is read."""

    index: int | None = 0
    text: str | None = None
    finish_reason: str | None = None


class Chunk(msgspec.Struct, gc=False):
    """One event, or a whole answer that was not streamed."""

    choices: list[Choice] | None = None
    usage: Any = None
    error: Any = None


_CHUNK: Final = Payload(Chunk)


class CompletionsReading:
    """One answer, as far as it has come (a `Reading`)."""

    def __init__(self) -> None:
        self._reason: str | None = None

    def take(self, event: ServerSentEvent, out: AnswerEvents) -> None:
        """Raises BadResponse where the data is not what the dialect says."""
        if event.data.strip() == _END_MARKER:
            out.end(finish_reason(self._reason))
            return
        chunk = _CHUNK.decode(event.data)
        self._take_chunk(chunk, out)
        if chunk.error or chunk.choices is None:
            error = error_in_stream(loose_json(event.data))
            if error is not None:
                out.fail(error)
            elif chunk.usage is None:
                out.note("an event without choices", event.data.decode("utf-8", "replace"))

    def take_whole(self, body: bytes, out: AnswerEvents) -> None:
        """An answer that was not streamed after all, or an error with status 200."""
        try:
            chunk = _CHUNK.decode(body)
        except BadResponse:
            chunk = Chunk()
        if not chunk.choices or chunk.error:
            out.fail(error_of_answer(200, {}, body))
        else:
            self._take_chunk(chunk, out)
            out.end(finish_reason(self._reason))

    def finish(self, out: AnswerEvents) -> None:
        """A finish reason says that the answer is whole, though the marker is missing."""
        if self._reason is not None:
            out.end(finish_reason(self._reason))

    def _take_chunk(self, chunk: Chunk, out: AnswerEvents) -> None:
        for choice in chunk.choices or []:
            if choice.index:
                continue
            if choice.text:
                out.say(choice.text)
            self._reason = self._reason or choice.finish_reason or None
        if chunk.usage is not None:
            _take_usage(chunk.usage, out)
        if self._reason in REASONS_OF_FAILURE and not chunk.error:
            out.fail(Unavailable(f"The host ended the answer early ({self._reason}).", "Try again."))


def _take_usage(value: object, out: AnswerEvents) -> None:
    try:
        out.count(token_counts(value))
    except msgspec.ValidationError:
        out.note("token counts", value)
