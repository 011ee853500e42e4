"""Bytes of an answer to events, for every dialect: what they share around the reading of one event.

A dialect is a `Reading`: it judges one event, a body that was no stream, and a body that ended. An answer without
its terminal marker never counts as whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lsp_llm.errors import BadResponse, Truncated
from lsp_llm.providers.answer_events import AnswerEvents
from lsp_llm.stream.body import AnswerBody
from lsp_llm.stream.events import Event
from lsp_llm.stream.payload import MalformedJson
from lsp_llm.stream.sse import ServerSentEvent


class Reading(Protocol):
    """How a dialect reads one answer."""

    def take(self, event: ServerSentEvent, out: AnswerEvents) -> None:
        """One event of the stream; raises BadResponse where it is not what the dialect says."""
        ...

    def take_whole(self, body: bytes, out: AnswerEvents) -> None:
        """A body that is no event stream: an answer in one piece, an error, or something else; it has to end."""
        ...

    def finish(self, out: AnswerEvents) -> None:
        """The body ended without a terminal marker: end here only if what came says enough."""
        ...


class Body(Protocol):
    """Where events come from."""

    @property
    def failure(self) -> BadResponse | None:
        """Why nothing more comes out."""
        ...

    @property
    def whole(self) -> bytes:
        """Everything that came, if it was no stream of events."""
        ...

    def push(self, chunk: bytes) -> Sequence[ServerSentEvent]:
        """Take the next bytes."""
        ...

    def finish(self) -> Sequence[ServerSentEvent]:
        """The body ended; gives the event that is still open."""
        ...


class StreamDecoder:
    """One answer: events until one `Finish` or one `Failed`, which is the last (the `Decoder` of providers/base)."""

    def __init__(self, reading: Reading, body: Body | None = None) -> None:
        self._reading = reading
        self._body: Body = body or AnswerBody()
        self._out = AnswerEvents()
        self._has_begun = False

    def push(self, chunk: bytes) -> list[Event]:
        """Take the next bytes; what follows the end is ignored."""
        out = self._out
        for event in self._body.push(chunk):
            if out.has_ended:
                break
            self._has_begun = True
            try:
                self._reading.take(event, out)
            except BadResponse as error:
                out.fail(error)
        if self._body.failure is not None:
            out.fail(self._body.failure)
        return out.hand_over()

    def finish(self) -> list[Event]:
        """The body ended: whole if the dialect says so, else truncated, unless it was something else altogether."""
        out = self._out
        try:
            for event in self._body.finish():
                if not out.has_ended:
                    self._has_begun = True
                    self._reading.take(event, out)
        except MalformedJson:
            pass  # The end of the body cut this event: whether the answer is whole does not depend on it.
        except BadResponse as error:
            out.fail(error)
        if self._body.whole and not out.has_ended:
            self._reading.take_whole(self._body.whole, out)
        if not out.has_ended:
            self._reading.finish(out)
        out.fail(self._truncated())
        return out.hand_over()

    def _truncated(self) -> Truncated:
        if self._has_begun:
            return Truncated("The host ended the answer in the middle.", "Try again.")
        return Truncated(
            "The host closed the connection without an answer.", "Try again; look at the host's own log if it stays so."
        )
