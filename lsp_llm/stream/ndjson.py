"""Lines of JSON out of bytes, one event each; it never parses them and never waits.

The content type is not asked: the first line decides. A web page, or JSON that is spread over lines, is no stream.
"""

from __future__ import annotations

from lsp_llm.errors import BadResponse
from lsp_llm.stream.sse import MAX_EVENT_BYTES, MAX_STREAM_BYTES, ServerSentEvent

_BEFORE_THE_FIRST_LINE = b"\xef\xbb\xbf \t\r\n"


class NdjsonBody:
    """Bytes in, events out (a `Body`); `whole` is what came when it was no such stream."""

    def __init__(self, max_line_bytes: int = MAX_EVENT_BYTES, max_stream_bytes: int = MAX_STREAM_BYTES) -> None:
        self.failure: BadResponse | None = None
        self._max_line_bytes = max_line_bytes
        self._max_stream_bytes = max_stream_bytes
        self._room_bytes = max_stream_bytes
        self._is_stream: bool | None = None
        self._gathered = bytearray()
        """The line that is not whole yet; everything, where this is no stream."""

    @property
    def whole(self) -> bytes:
        """Everything that came, if it was no stream; without the blank bytes at its start."""
        return b"" if self._is_stream else bytes(self._gathered)

    def push(self, chunk: bytes) -> list[ServerSentEvent]:
        """Take the next bytes; gives the lines that they complete."""
        if self.failure is not None:
            return []
        taken = chunk[: self._room_bytes]
        self._room_bytes -= len(taken)
        events = self._take(taken)
        if len(taken) < len(chunk):
            self._fail_for_size("an answer", self._max_stream_bytes)
        return events

    def finish(self) -> list[ServerSentEvent]:
        """The body ended; gives its last line, which may be cut anywhere."""
        last = bytes(self._gathered)
        if self._is_stream is None and last.startswith(b"{"):
            self._is_stream = True
        if not self._is_stream or not last.strip():
            return []
        self._gathered.clear()
        return [ServerSentEvent("", last)]

    def _take(self, block: bytes) -> list[ServerSentEvent]:
        if self._is_stream is None and not self._gathered:
            block = block.lstrip(_BEFORE_THE_FIRST_LINE)
        if self._is_stream is False or b"\n" not in block:
            self._gathered += block
            return self._limited([])
        lines = block.split(b"\n")
        lines[0] = bytes(self._gathered) + lines[0]
        if self._is_stream is None:
            # What is spread over lines opens in its first line and closes in another.
            self._is_stream = lines[0].startswith(b"{") and lines[0].rstrip().endswith(b"}")
        if not self._is_stream:
            self._gathered += block
            return []
        self._gathered = bytearray(lines.pop())
        return self._limited(lines)

    def _limited(self, lines: list[bytes]) -> list[ServerSentEvent]:
        """The lines that say something, up to the first that is too long."""
        events: list[ServerSentEvent] = []
        for line in lines:
            if len(line) > self._max_line_bytes:
                self._fail_for_size("one line", self._max_line_bytes)
                return events
            if line and not line.isspace():
                events.append(ServerSentEvent("", line))
        if self._is_stream is not False and len(self._gathered) > self._max_line_bytes:
            self._fail_for_size("one line", self._max_line_bytes)
        return events

    def _fail_for_size(self, what: str, limit_bytes: int) -> None:
        """The first failure stands; what was gathered is let go."""
        self.failure = self.failure or BadResponse(
            f"The host sent {what} of more than {limit_bytes} bytes.",
            "Something else than a model may be answering there: check base_url.",
        )
        self._gathered.clear()
