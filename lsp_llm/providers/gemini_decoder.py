"""Gemini's generateContent, from the events of an answer to ours; it takes what compatible hosts make of the dialect.

It never reports a stream as whole without a finish reason. The dialect has no end marker and may repeat the reason
with every event, so that an answer ends with its body.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from lsp_llm.errors import BadResponse, Refused, Unavailable
from lsp_llm.exchange.messages import Replay
from lsp_llm.providers.answer_events import AnswerEvents
from lsp_llm.providers.faults import error_in_stream, error_of_answer
from lsp_llm.providers.gemini_arguments import PartialArguments
from lsp_llm.providers.gemini_parts import Parts
from lsp_llm.providers.gemini_wire import (
    DIALECT,
    MISSING_SIGNATURE,
    REASONS_OF_FAILURE,
    Candidate,
    Chunk,
    chunks_of,
    finish_reason,
    token_counts,
)
from lsp_llm.stream.snippet import snippet
from lsp_llm.stream.sse import ServerSentEvent

_REPHRASE: Final = "Put the request in other words."


class GeminiReading:
    """One answer of this dialect, as far as it has come (a `Reading`)."""

    def __init__(self) -> None:
        self._parts = Parts()
        self._call_count = 0
        self._call_ids: set[str] = set()
        self._open: _OpenCall | None = None
        self._reason = ""

    def take(self, event: ServerSentEvent, out: AnswerEvents) -> None:
        """Raises BadResponse where the data is not what the dialect says."""
        self._take_chunks(chunks_of(event.data), out)

    def take_whole(self, body: bytes, out: AnswerEvents) -> None:
        """An answer in one piece, an array of all its events, or an error with status 200."""
        try:
            chunks = chunks_of(body)
        except BadResponse:
            chunks = []
        self._take_chunks(chunks, out)
        if any(chunk.candidates for chunk in chunks):
            self._end(out)
        out.fail(error_of_answer(200, {}, body))

    def finish(self, out: AnswerEvents) -> None:
        """A finish reason says that the answer is whole."""
        if self._reason:
            self._end(out)

    def _take_chunks(self, chunks: Iterable[Chunk], out: AnswerEvents) -> None:
        for chunk in chunks:
            if not out.has_ended:
                self._take_chunk(chunk, out)

    def _take_chunk(self, chunk: Chunk, out: AnswerEvents) -> None:
        """What ends the answer is read last: nothing may follow it."""
        for candidate in chunk.candidates or ():
            if not candidate.index:
                self._take_candidate(candidate, out)
        if chunk.usageMetadata is not None:
            _take_usage(chunk.usageMetadata, out)
        if chunk.promptFeedback is not None:
            _take_feedback(chunk.promptFeedback, out)
        if chunk.error and (error := error_in_stream({"error": chunk.error})):
            out.fail(error)
        if self._reason in REASONS_OF_FAILURE:
            out.fail(Unavailable(f"The host ended the answer early ({self._reason}).", "Try again."))
        elif self._reason == MISSING_SIGNATURE:
            out.fail(Refused("The host misses the signature of an earlier thought.", "Begin a new conversation."))

    def _take_candidate(self, candidate: Candidate, out: AnswerEvents) -> None:
        if candidate.content is not None:
            for part in candidate.content.parts or ():
                self._take_part(part, out)
        # Some models give a reason with every event, of which the last one tells.
        self._reason = candidate.finishReason or self._reason
        if candidate.finishMessage:
            out.note("a word on the end", candidate.finishMessage)

    def _take_part(self, part: dict[str, Any], out: AnswerEvents) -> None:
        text, call = part.get("text"), part.get("functionCall")
        if isinstance(call, dict):
            self._take_call(part, call, out)
            return
        if isinstance(text, str):
            (out.think if part.get("thought") else out.say)(text)
            self._parts.add_text(part)
            return
        if part.keys() - {"thoughtSignature", "thought"}:
            out.note("a part of the answer", sorted(part))
        if part.keys() - {"thought"}:
            self._parts.add(part)

    def _take_call(self, part: dict[str, Any], call: dict[str, Any], out: AnswerEvents) -> None:
        """A whole call, the beginning of one, or more of the one that is open."""
        name, call_id = _word(call, "name"), _word(call, "id")
        opened = self._open
        if opened is None or (name and (not call_id or call_id != opened.call_id)):
            self._close_call(out)
            opened = self._open = _OpenCall(self._call_count, call_id, part, call)
            self._call_count += 1
            self._parts.add(opened.part)
            # An id that stands twice names no call: both would become one.
            out.call(index=opened.number, call_id="" if call_id in self._call_ids else call_id, name=name)
            self._call_ids.add(call_id)
        else:
            opened.sign(part)
            out.call(index=opened.number)
        pieces = call.get("partialArgs")
        for piece in pieces if isinstance(pieces, list) else ():
            opened.arguments.add(piece)
        if not call.get("willContinue"):
            self._close_call(out)

    def _close_call(self, out: AnswerEvents) -> None:
        """The open call is whole, unless a piece of it found no place."""
        opened, self._open = self._open, None
        if opened is not None:
            arguments = opened.arguments
            given = arguments.value if arguments.is_sound else arguments.unfinished_text()
            out.call(index=opened.number, arguments=given)

    def _end(self, out: AnswerEvents) -> None:
        """The answer is whole; a call that never ended is handed over as the half that it is."""
        if self._open is not None:
            self._open.arguments.is_sound = False
            self._close_call(out)
        if parts := self._parts.to_replay():
            out.replay = Replay(DIALECT, parts)
        out.end(finish_reason(self._reason))


class _OpenCall:
    """A call under way, and the part that stands for it when this turn goes back."""

    def __init__(self, number: int, call_id: str, part: dict[str, Any], call: dict[str, Any]) -> None:
        self.number = number
        self.call_id = call_id
        begun = call.get("args")
        self.arguments = PartialArguments(begun if isinstance(begun, dict) else {})
        kept = {key: value for key, value in call.items() if key not in ("args", "partialArgs", "willContinue")}
        self.part = {**part, "functionCall": {**kept, "args": self.arguments.value}}

    def sign(self, part: dict[str, Any]) -> None:
        """What stands beside a later piece of the call, such as a signature, belongs to the call."""
        self.part.update({key: value for key, value in part.items() if key != "functionCall"})


def _word(call: dict[str, Any], name: str) -> str:
    value = call.get(name)
    return value if isinstance(value, str) else ""


def _take_usage(value: object, out: AnswerEvents) -> None:
    try:
        out.count(token_counts(value))
    except msgspec.ValidationError:
        out.note("token counts", value)


def _take_feedback(value: object, out: AnswerEvents) -> None:
    """What the host thinks of the prompt; it may only be a rating."""
    match value:
        case {"blockReason": str(reason), **more} if reason:
            said = more.get("blockReasonMessage")
            why = f"{reason}: {snippet(said)}" if isinstance(said, str) and said else reason
            out.fail(Refused(f"The host blocked the prompt ({why}).", _REPHRASE))
        case _:
            pass
