"""Frames of the base protocol (LSP 3.17): bytes in, bodies out, and back; it never looks into a body.

Headers are ASCII lines that end with `\\r\\n`, an empty line ends them, Content-Length counts bytes. What is no header
is reported once and skipped up to the next header that names a length, so that noise does not end the session.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_HEADER_BYTES = 4096
MAX_BODY_BYTES = 512 * 1024 * 1024
SHOWN_BYTES = 80
"""How much of a broken header is reported."""

# The header as every client writes it.
_PLAIN = re.compile(rb"Content-Length: (\d{1,8})\r\n\r\n")
_LENGTH = re.compile(rb"(?:\A|\r\n)content-length[ \t]*:[ \t]*(\d{1,12})[ \t]*(?=\r\n|\Z)", re.IGNORECASE)
_NEXT = re.compile(rb"content-length[ \t]{0,8}:", re.IGNORECASE)
_NAME_BYTES = len(b"content-length") + 8
"""The longest beginning of a header's name that may still lack its colon."""


@dataclass(frozen=True, slots=True)
class BrokenFrame:
    """Bytes that are no frame; `beginning` is what they start with."""

    beginning: bytes


class FrameDecoder:
    """Push bytes, get bodies; independent of how the bytes were cut (law L4), in time linear in their number."""

    def __init__(self, most_bytes: int = MAX_BODY_BYTES) -> None:
        """A body that is longer than `most_bytes` is no frame."""
        self.most_bytes = most_bytes
        self._buffer = bytearray()
        self._wanted = -1
        self._is_searching = False
        self._has_reported = False

    def push(self, chunk: bytes) -> list[bytes | BrokenFrame]:
        """Take the next bytes and give the bodies that they complete."""
        self._buffer += chunk
        found: list[bytes | BrokenFrame] = []
        while self._step(found):
            pass
        return found

    def _step(self, found: list[bytes | BrokenFrame]) -> bool:
        """Go on by one header, body or search; false when more bytes are needed."""
        if self._is_searching:
            return self._search()
        if self._wanted < 0:
            return self._take_header(found)
        if len(self._buffer) < self._wanted:
            return False
        found.append(bytes(memoryview(self._buffer)[: self._wanted]))
        del self._buffer[: self._wanted]
        self._wanted = -1
        self._has_reported = False
        return True

    def _take_header(self, found: list[bytes | BrokenFrame]) -> bool:
        plain = _PLAIN.match(self._buffer)
        if plain is not None and int(plain[1]) <= self.most_bytes:
            self._wanted = int(plain[1])
            del self._buffer[: plain.end()]
            return True
        end = self._buffer.find(b"\r\n\r\n", 0, MAX_HEADER_BYTES)
        if end < 0 and len(self._buffer) < MAX_HEADER_BYTES:
            return False
        length = _LENGTH.search(self._buffer, 0, max(end, 0))
        if length is not None and int(length[1]) <= self.most_bytes:
            self._wanted = int(length[1])
            del self._buffer[: end + 4]
            return True
        if not self._has_reported:
            self._has_reported = True
            shown = SHOWN_BYTES if end < 0 else min(end + 4, SHOWN_BYTES)
            found.append(BrokenFrame(bytes(self._buffer[:shown])))
        # The broken header may itself begin with the name that is searched for.
        del self._buffer[:1]
        self._is_searching = True
        return True

    def _search(self) -> bool:
        """Drop what stands before the next name of a header."""
        following = _NEXT.search(self._buffer)
        if following is None:
            del self._buffer[: max(0, len(self._buffer) - _NAME_BYTES)]
            return False
        del self._buffer[: following.start()]
        self._is_searching = False
        return True


def frame(body: bytes) -> bytes:
    """A body with its header."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
