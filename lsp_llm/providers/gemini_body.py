"""Where the events of a Gemini answer come from: a stream, and behind it the error that Google writes as bare JSON.

It never reads the JSON. An error in the middle of a stream comes as indented lines without `data:`, which the rules
of server-sent events would drop in silence, and it is the last thing that comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lsp_llm.errors import BadResponse
from lsp_llm.stream.body import AnswerBody
from lsp_llm.stream.sse import MAX_EVENT_BYTES, ServerSentEvent

_BLANK: Final = b"\xef\xbb\xbf \t\r\n"
_BEGINNINGS: Final = (b"{", b"[")


class GeminiBody:
    """Bytes in, events out (a `Body`); the first line of a stream that begins as JSON begins its last event."""

    def __init__(self) -> None:
        self._body = AnswerBody()
        self._is_stream: bool | None = None
        self._is_at_line_start = True
        self._bare = bytearray()

    @property
    def failure(self) -> BadResponse | None:
        """Why nothing more comes out: a size limit was passed."""
        return self._body.failure

    @property
    def whole(self) -> bytes:
        """Everything that came, if it was no event stream."""
        return self._body.whole

    def push(self, chunk: bytes) -> Sequence[ServerSentEvent]:
        """Take the next bytes."""
        if self._bare:
            self._bare += chunk[: max(0, MAX_EVENT_BYTES - len(self._bare))]
            return []
        if self._is_stream is None and (head := chunk.lstrip(_BLANK)):
            self._is_stream = not head.startswith((b"<", *_BEGINNINGS))
        at = self._start_of_bare_json(chunk) if self._is_stream else -1
        if chunk:
            self._is_at_line_start = chunk.endswith(b"\n")
        if at < 0:
            return self._body.push(chunk)
        self._bare += chunk[at:]
        return self._body.push(chunk[:at])

    def finish(self) -> Sequence[ServerSentEvent]:
        """The body ended; gives the event that is still open, and the bare JSON."""
        events = self._body.finish()
        return [*events, ServerSentEvent("", bytes(self._bare))] if self._bare else events

    def _start_of_bare_json(self, chunk: bytes) -> int:
        """Where the first line that begins as JSON begins, else -1. Google's lines end in LF or CRLF."""
        if self._is_at_line_start and chunk.startswith(_BEGINNINGS):
            return 0
        starts = [at for at in (chunk.find(b"\n{"), chunk.find(b"\n[")) if at >= 0]
        return min(starts) + 1 if starts else -1
