"""The way of httpx to a host without a proxy: connections of ours, kept for the next request; it judges no status."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Final, NamedTuple

import httpx

from lsp_llm.providers.connecting import connect
from lsp_llm.providers.http_connection import HttpConnection

_NAME: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE: Final = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")


class Origin(NamedTuple):
    """Where connections lead: one may serve another request of the same origin."""

    scheme: str
    host: str
    port: int


class DirectTransport(httpx.AsyncBaseTransport):
    """What httpx sends by; its errors are httpx's, and so are the time limits and the trace of a request."""

    def __init__(self, trust: ssl.SSLContext, most_kept: int, keep_seconds: float) -> None:
        """Keep so many connections at most, and each for so long."""
        self._trust = trust
        self._most_kept = most_kept
        self._keep_seconds = keep_seconds
        self._kept: dict[HttpConnection, tuple[Origin, asyncio.TimerHandle]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it and give its answer once the head is there."""
        message = _head(request) + await request.aread()
        origin = _origin(request.url)
        connection = self._take(origin) or await self._open(origin, request)
        try:
            status, headers = await connection.exchange(message)
        except ConnectionError as error:
            raise httpx.RemoteProtocolError(str(error)) from error
        except asyncio.CancelledError:
            connection.abort()
            raise
        return httpx.Response(status, headers=headers, stream=_Body(connection, partial(self._release, origin)))

    async def aclose(self) -> None:
        """Close those that are kept; the others end with their answers."""
        kept = list(self._kept)
        for connection in kept:
            self._drop(connection)
        for connection in kept:
            await connection.closed()

    def _take(self, origin: Origin) -> HttpConnection | None:
        """The one that was used last of those that can serve."""
        for connection, (to, expiry) in reversed(list(self._kept.items())):
            if not connection.can_serve:
                self._drop(connection)
            elif to == origin:
                expiry.cancel()
                del self._kept[connection]
                return connection
        return None

    def _release(self, origin: Origin, connection: HttpConnection) -> None:
        if connection.can_serve and len(self._kept) < self._most_kept:
            expiry = asyncio.get_running_loop().call_later(self._keep_seconds, self._drop, connection)
            self._kept[connection] = (origin, expiry)
        else:
            connection.abort()

    def _drop(self, connection: HttpConnection) -> None:
        _, expiry = self._kept.pop(connection)
        expiry.cancel()
        connection.abort()

    async def _open(self, origin: Origin, request: httpx.Request) -> HttpConnection:
        if trace := request.extensions.get("trace"):
            await trace("connection.connect_tcp.started", {})
        trust = self._trust if origin.scheme == "https" else None
        try:
            async with asyncio.timeout(request.extensions["timeout"]["connect"]):
                return await connect(origin.host, origin.port, trust)
        except TimeoutError as error:
            raise httpx.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error


class _Body(httpx.AsyncByteStream):
    """The body of an answer; once it is closed, the connection is free."""

    def __init__(self, connection: HttpConnection, release: Callable[[HttpConnection], None]) -> None:
        self._connection: HttpConnection | None = connection
        self._release = release

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._connection is None:
            return
        try:
            async for piece in self._connection.body():
                yield piece
        except ConnectionError as error:
            raise httpx.ReadError(str(error)) from error

    async def aclose(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._release(connection)


def _origin(url: httpx.URL) -> Origin:
    port = url.port or {"http": 80, "https": 443}[url.scheme]
    return Origin(url.scheme, url.raw_host.decode("ascii"), port)


def _head(request: httpx.Request) -> bytes:
    """The request line and the headers; a line end within one of them could smuggle in another."""
    lines = [b"%s %s HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)]
    for name, value in request.headers.raw:
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise httpx.LocalProtocolError("a header that HTTP does not allow")
        lines.append(b"%s: %s" % (name, value))
    return b"\r\n".join([*lines, b"", b""])
