"""The body of a 2xx answer: events where it is an event stream, else the bytes as a whole; it never judges them.

The content type is not asked: hosts and proxies name it wrongly, so the first bytes decide.
"""

from __future__ import annotations

import re

from lsp_llm.errors import BadResponse
from lsp_llm.stream.sse import MAX_STREAM_BYTES, ServerSentEvent, SseDecoder

_FIELD = re.compile(rb"(?:data|event|id|retry)?:|(?:data|event|id|retry)[\r\n]")
_LONGEST_FIELD_BYTES = len(b"event:")
_BEFORE_THE_FIRST_FIELD = b"\xef\xbb\xbf \t\r\n"


class AnswerBody:
    """Bytes in, events out; `whole` is what came when it was no event stream."""

    def __init__(self, max_stream_bytes: int = MAX_STREAM_BYTES) -> None:
        self._max_stream_bytes = max_stream_bytes
        self._sse = SseDecoder(max_stream_bytes=max_stream_bytes)
        self._failure: BadResponse | None = None
        self._is_stream: bool | None = None
        self._gathered = bytearray()

    @property
    def failure(self) -> BadResponse | None:
        """Why nothing more comes out: a size limit was passed."""
        return self._failure or self._sse.failure

    @property
    def whole(self) -> bytes:
        """Everything that came, if it was no event stream; without the blank bytes at its start."""
        return b"" if self._is_stream else bytes(self._gathered)

    def push(self, chunk: bytes) -> list[ServerSentEvent]:
        """Take the next bytes."""
        if self._is_stream:
            return self._sse.push(chunk)
        if self._failure is not None:
            return []
        self._gathered += chunk
        if self._is_stream is None:
            return self._sniff()
        self._limit()
        return []

    def finish(self) -> list[ServerSentEvent]:
        """The body ended; gives the event that is still open."""
        if self._is_stream:
            return self._sse.finish()
        if self._is_stream is None and _FIELD.match(self._gathered):
            self._is_stream = True
            return [*self._sse.push(bytes(self._gathered)), *self._sse.finish()]
        return []

    def _sniff(self) -> list[ServerSentEvent]:
        """Decide as soon as the first field name can be told; blank bytes before it are keep-alives."""
        head = self._gathered = self._gathered.lstrip(_BEFORE_THE_FIRST_FIELD)
        if len(head) < _LONGEST_FIELD_BYTES and not _FIELD.match(head):
            return []
        self._is_stream = _FIELD.match(head) is not None
        if self._is_stream:
            return self._sse.push(bytes(head))
        self._limit()
        return []

    def _limit(self) -> None:
        if len(self._gathered) > self._max_stream_bytes:
            self._gathered.clear()
            self._failure = BadResponse(f"The host sent an answer of more than {self._max_stream_bytes} bytes.")
