"""One HTTP/1.1 connection to a host, one exchange after another; it knows no address, no pool and no httpx.

llhttp parses, by way of httptools. Here is what it leaves open: waiting for the next piece, a reader that is slower
than the host, a body that only the end of the connection ends, and whether the connection can serve again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import httptools

MAX_UNREAD_BYTES: Final = 256 * 1024
"""What waits to be read at most, and what the kernel and the host hold back meanwhile is not ours."""
MAX_BARE_BYTES: Final = 512 * 1024
"""What may come without a byte of a body, as an endless header would."""

Headers = list[tuple[bytes, bytes]]


class HttpConnection(asyncio.Protocol):
    """An open connection. All that fails is a ConnectionError, and ends it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        # As other clients have it: a line may end without a carriage return.
        self._parser.set_dangerous_leniencies(lenient_optional_cr_before_lf=True)
        self._closed = asyncio.Event()
        self._failure: ConnectionError | None = None
        self._news: asyncio.Future[None] | None = None
        self._answer = _Answer()
        self._answer.is_whole = True
        self._bare_bytes = 0

    @property
    def can_serve(self) -> bool:
        """The answer is here and read, and the host keeps the connection for the next one."""
        answer = self._answer
        return answer.is_whole and answer.keeps_open and not answer.unread and self._failure is None

    async def exchange(self, request: bytes) -> tuple[int, Headers]:
        """Send a whole request; gives the status and the headers of its answer."""
        answer = self._answer = _Answer()
        if self._failure is None:
            self._transport.write(request)
        while not answer.has_head:
            await self._wait()
        return answer.status, answer.headers

    async def body(self) -> AsyncIterator[bytes]:
        """The rest of the answer as it comes."""
        answer = self._answer
        while True:
            if answer.unread:
                yield answer.take()
                self._transport.resume_reading()
            elif answer.is_whole:
                return
            else:
                await self._wait()

    def abort(self) -> None:
        """Close it at once, whatever is under way."""
        self._transport.abort()

    async def closed(self) -> None:
        """Wait until nothing of it is left."""
        await self._closed.wait()

    async def _wait(self) -> None:
        if self._failure is not None:
            raise self._failure
        self._news = self._loop.create_future()
        await self._news

    def _tell(self) -> None:
        news, self._news = self._news, None
        if news is not None and not news.done():
            news.set_result(None)

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """The next bytes."""
        self._bare_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._break("this is no HTTP")
        if self._bare_bytes > MAX_BARE_BYTES:
            self._break("headers without an end")
        if self._answer.unread_bytes > MAX_UNREAD_BYTES:
            self._transport.pause_reading()
        self._tell()

    def connection_lost(self, error: Exception | None) -> None:
        """It is closed, by whomever."""
        if error is None and self._answer.ends_with_the_connection:
            self._answer.is_whole = True
        if self._failure is None:
            self._failure = ConnectionError("the connection is closed")
        self._closed.set()
        self._tell()

    def _break(self, reason: str) -> None:
        if self._failure is None:
            self._failure = ConnectionError(reason)
        self._transport.abort()

    # What the parser calls.

    def on_message_begin(self) -> None:
        """A second answer to one request: whose it is nobody knows."""
        if self._answer.is_whole:
            self._break("an answer that nobody asked for")

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or behind the body a trailer, which nobody reads."""
        if not self._answer.has_head:
            self._answer.headers.append((name.lower(), value.strip(b" \t")))

    def on_headers_complete(self) -> None:
        """The head is here; that of an interim answer (RFC 9110, 15.2) says nothing yet."""
        status = self._parser.get_status_code()
        if status < 200:
            self._answer.headers.clear()
        else:
            self._answer.status = status
            self._answer.keeps_open = self._parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._bare_bytes = 0
        self._answer.unread.append(body)
        self._answer.unread_bytes += len(body)

    def on_message_complete(self) -> None:
        """The answer is whole, if it was not an interim one."""
        self._answer.is_whole = self._answer.has_head


class _Answer:
    """What has come of one answer."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: Headers = []
        self.unread: list[bytes] = []
        self.unread_bytes = 0
        self.is_whole = False
        self.keeps_open = False

    @property
    def has_head(self) -> bool:
        return self.status > 0

    @property
    def ends_with_the_connection(self) -> bool:
        """Neither chunks nor a length say where its body ends (RFC 9112, 6.3)."""
        framed = {b"content-length", b"transfer-encoding"}
        return self.has_head and framed.isdisjoint(name for name, _ in self.headers)

    def take(self) -> bytes:
        """What has come since the last time, in one piece."""
        taken = self.unread[0] if len(self.unread) == 1 else b"".join(self.unread)
        self.unread.clear()
        self.unread_bytes = 0
        return taken
