"""Frames of the base protocol (LSP 3.17): bytes in, bodies out, and back; it never looks into a body.

Headers are ASCII lines that end with `\\r\\n`, an empty line ends them, Content-Length counts bytes. A broken header is
reported once and skipped up to the next header that names a length, so that one bad frame does not end the session.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_HEADER_BYTES = 4096
MAX_BODY_BYTES = 512 * 1024 * 1024

_LENGTH = re.compile(rb"(?:\A|\r\n)content-length[ \t]*:[ \t]*(\d{1,12})[ \t]*(?=\r\n|\Z)", re.IGNORECASE)
_NEXT = re.compile(rb"content-length[ \t]*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BrokenFrame:
    """Bytes that are no frame; `beginning` is what they start with."""

    beginning: bytes


class FrameDecoder:
    """Push bytes, get bodies; independent of how the bytes were cut (law L4)."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._wanted = -1

    def push(self, chunk: bytes) -> list[bytes | BrokenFrame]:
        """Take the next bytes and give the bodies that they complete."""
        self._buffer += chunk
        found: list[bytes | BrokenFrame] = []
        while (item := self._next()) is not None:
            found.append(item)
        return found

    def _next(self) -> bytes | BrokenFrame | None:
        if self._wanted < 0:
            end = self._buffer.find(b"\r\n\r\n", 0, MAX_HEADER_BYTES)
            if end < 0:
                return self._skip() if len(self._buffer) >= MAX_HEADER_BYTES else None
            length = _LENGTH.search(self._buffer, 0, end)
            if length is None or int(length[1]) > MAX_BODY_BYTES:
                return self._skip()
            self._wanted = int(length[1])
            del self._buffer[: end + 4]
        if len(self._buffer) < self._wanted:
            return None
        body = bytes(self._buffer[: self._wanted])
        del self._buffer[: self._wanted]
        self._wanted = -1
        return body

    def _skip(self) -> BrokenFrame:
        """Drop what is no header, up to the next one."""
        beginning = bytes(self._buffer[:80])
        following = _NEXT.search(self._buffer, 1)
        # The name of the header may itself be cut off at the end of the buffer.
        del self._buffer[: following.start() if following else max(1, len(self._buffer) - 20)]
        return BrokenFrame(beginning)


def frame(body: bytes) -> bytes:
    """A body with its header."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
