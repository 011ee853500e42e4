"""A link over a stream of bytes, on either side, with the frames of the base protocol.

What is no frame, or one that is too long, ends it: nobody who means well sends that over a network.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import Final

from lsp_llm.lsp.framing import BrokenFrame, FrameDecoder, frame
from lsp_llm.lsp.messages import ErrorAnswer, ResponseError
from lsp_llm.lsp.wire import PARSE_ERROR
from lsp_llm.remote.limits import CLOSE_SECONDS
from lsp_llm.stream.surrogates import json_of

READ_BYTES: Final = 64 * 1024
# A connection whose other end has lost its power or its network is found out within a minute.
_IDLE_SECONDS, _PROBE_SECONDS, _PROBES = 30, 10, 3


class StreamLink:
    """A `Link`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most_bytes: int) -> None:
        """No message is longer than `most_bytes`."""
        self._reader = reader
        self._writer = writer
        self._frames = FrameDecoder(most_bytes)
        self._found: list[bytes | BrokenFrame] = []
        _watch_over(writer)

    def allow(self, most_bytes: int) -> None:
        """Take messages of this length from now on."""
        self._frames.most_bytes = most_bytes

    async def receive(self) -> bytes | None:
        """The next message, None when the stream has ended."""
        while not self._found:
            try:
                data = await self._reader.read(READ_BYTES)
            except OSError:
                return None
            if not data:
                return None
            # The first comes last, from where it is taken.
            self._found = self._frames.push(data)[::-1]
        body = self._found.pop()
        if isinstance(body, BrokenFrame):
            said = f"a header with Content-Length of at most {self._frames.most_bytes} is expected"
            with suppress(ConnectionError):
                await self.send(json_of(ErrorAnswer(None, ResponseError(PARSE_ERROR, f"broken frame: {said}"))))
            await self.close()
            return None
        return body

    async def send(self, message: bytes) -> None:
        """Send one message; raises ConnectionError once the stream is closed."""
        if self._writer.is_closing():
            raise ConnectionResetError("the connection is closed")
        self._writer.write(frame(message))
        try:
            await self._writer.drain()
        except OSError as error:
            raise ConnectionResetError(str(error)) from None

    async def close(self) -> None:
        """Close the stream; what the other end does not take in time is lost to it."""
        self._writer.close()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self._writer.transport.abort()


def _watch_over(writer: asyncio.StreamWriter) -> None:
    """Have the system ask a silent other end whether it is still there; frames of LSP cannot."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", _IDLE_SECONDS), ("TCP_KEEPINTVL", _PROBE_SECONDS), ("TCP_KEEPCNT", _PROBES)):
        # Not every system has all of them.
        if (option := getattr(socket, name, None)) is not None:
            connection.setsockopt(socket.IPPROTO_TCP, option, value)
