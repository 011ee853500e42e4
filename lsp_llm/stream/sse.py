"""Server-sent events out of bytes, after the WHATWG rules; it never decodes the data and never waits.

Lines end in LF, CRLF or CR and in nothing else: the other separators of Unicode stand raw in JSON. Where the
specification drops an event that the end of the body cuts off, `finish` hands it over: many hosts close right
after their last line.
"""

from __future__ import annotations

import msgspec

from lsp_llm.errors import BadResponse

MAX_EVENT_BYTES = 16 << 20
MAX_STREAM_BYTES = 64 << 20

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class ServerSentEvent(msgspec.Struct, frozen=True, gc=False):
    """One event with data; `event` is empty where the host names none."""

    event: str
    data: bytes


class SseDecoder:
    """Bytes in, events out; after `failure` is set nothing more comes out."""

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES, max_stream_bytes: int = MAX_STREAM_BYTES) -> None:
        self.failure: BadResponse | None = None
        self._max_event_bytes = max_event_bytes
        self._max_stream_bytes = max_stream_bytes
        self._room_bytes = max_stream_bytes
        self._line = bytearray()
        self._data: list[bytes] = []
        self._data_bytes = 0
        self._event = ""
        self._at_start = True
        self._after_cr = False

    def push(self, chunk: bytes) -> list[ServerSentEvent]:
        """Take the next bytes; gives the events that they complete."""
        if self.failure is not None:
            return []
        taken = chunk[: self._room_bytes]
        self._room_bytes -= len(taken)
        events = self._take_lines(self._whole_lines(self._with_plain_ends(taken)))
        if self._data_bytes + len(self._line) > self._max_event_bytes:
            self._fail_for_size("one event", self._max_event_bytes)
        if len(taken) < len(chunk):
            self._fail_for_size("an answer", self._max_stream_bytes)
        return events

    def finish(self) -> list[ServerSentEvent]:
        """The body ended: gives the event that is still open, which may be cut anywhere."""
        if self.failure is not None:
            return []
        return self._take_lines([*self._first_line_cleaned([bytes(self._line)]), b""])

    def _with_plain_ends(self, block: bytes) -> bytes:
        """Turn CRLF and CR into LF; a CR at the end of the block counts at once, its LF is dropped when it comes."""
        if self._after_cr and block:
            block = block.removeprefix(b"\n")
            self._after_cr = False
        if b"\r" in block:
            self._after_cr = block.endswith(b"\r")
            block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return block

    def _whole_lines(self, block: bytes) -> list[bytes]:
        """Gather the unfinished line; give those that are whole."""
        if b"\n" not in block:
            self._line += block
            return []
        lines = block.split(b"\n")
        if self._line:
            lines[0] = bytes(self._line) + lines[0]
        self._line = bytearray(lines.pop())
        return self._first_line_cleaned(lines)

    def _first_line_cleaned(self, lines: list[bytes]) -> list[bytes]:
        if self._at_start:
            self._at_start = False
            lines[0] = lines[0].removeprefix(_BYTE_ORDER_MARK)
        return lines

    def _take_lines(self, lines: list[bytes]) -> list[ServerSentEvent]:
        events: list[ServerSentEvent] = []
        data = self._data
        for line in lines:
            if not line:
                self._dispatch(events)
            elif self._data_bytes + len(line) > self._max_event_bytes:
                self._fail_for_size("one event", self._max_event_bytes)
                break
            elif line.startswith(b"data: "):
                data.append(line[6:])
                self._data_bytes += len(line)
            else:
                self._take_field(line)
        return events

    def _take_field(self, line: bytes) -> None:
        """Any line but the common form of data; comments and unknown fields mean nothing here."""
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
            self._data_bytes += len(line)
        elif name == b"event":
            self._event = value.removeprefix(b" ").decode("utf-8", "replace")

    def _dispatch(self, events: list[ServerSentEvent]) -> None:
        """A blank line: the event is whole; one without data is none."""
        data = self._data
        if data:
            whole = data[0] if len(data) == 1 else b"\n".join(data)
            if whole:
                events.append(ServerSentEvent(self._event, whole))
            data.clear()
            self._data_bytes = 0
        self._event = ""

    def _fail_for_size(self, what: str, limit_bytes: int) -> None:
        """The first failure stands; what was gathered is let go."""
        self.failure = self.failure or BadResponse(
            f"The host sent {what} of more than {limit_bytes} bytes.",
            "Something else than a model may be answering there: check base_url.",
        )
        self._line.clear()
        self._data.clear()
        self._data_bytes = 0
