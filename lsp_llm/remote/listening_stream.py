"""Lets clients in over TCP: the first message must be an initialize with the token, soon, and not too long."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from typing import Final

from lsp_llm.lsp.link import Link
from lsp_llm.lsp.messages import ErrorAnswer, ResponseError
from lsp_llm.lsp.wire import REQUEST_FAILED
from lsp_llm.remote.addresses import Place
from lsp_llm.remote.admission import initialize_refusal, request_id
from lsp_llm.remote.clients import FULL, Clients
from lsp_llm.remote.limits import MOST_BYTES, OPEN_SECONDS
from lsp_llm.remote.stream_link import StreamLink
from lsp_llm.stream.surrogates import json_of

FIRST_BYTES: Final = 1024 * 1024
"""How long a message of somebody unknown may be."""
MOST_WAITING: Final = 32
"""So many may be unknown at a time."""
CROWDED: Final = f"too many have come who say nothing: try again in {OPEN_SECONDS:g} s"


class StreamListener:
    """One place that is listened on."""

    def __init__(self, clients: Clients, token: str) -> None:
        self._clients = clients
        self._token = token
        self._waiting = 0
        self._connected: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server

    async def listen(self, place: Place, tls: ssl.SSLContext | None) -> Place:
        """Begin, and give the place as it is, with its port; raises OSError."""
        limit_seconds = OPEN_SECONDS if tls is not None else None
        self._server = await asyncio.start_server(
            self._connect, place.host, place.port, ssl=tls, ssl_handshake_timeout=limit_seconds
        )
        return Place(place.host, self._server.sockets[0].getsockname()[1])

    def stop(self) -> None:
        """Let nobody in any more."""
        self._server.close()

    async def wait_closed(self) -> None:
        """Wait until all connections are closed; those that are still unknown are closed now."""
        for task in self._connected:
            task.cancel()
        await asyncio.gather(*self._connected, return_exceptions=True)
        await self._server.wait_closed()

    def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(StreamLink(reader, writer, FIRST_BYTES), writer))
        self._connected.add(task)
        task.add_done_callback(self._connected.discard)

    async def _serve(self, link: StreamLink, writer: asyncio.StreamWriter) -> None:
        try:
            first = await self._admitted(link)
            if first is not None:
                link.allow(MOST_BYTES)
                await self._clients.serve(_Begun(link, first), str(writer.get_extra_info("peername")))
        finally:
            await link.close()

    async def _admitted(self, link: StreamLink) -> bytes | None:
        """The first message of a client that is let in, None for one that is not."""
        if self._waiting >= MOST_WAITING or not self._clients.has_room:
            await _refuse(link, None, CROWDED if self._clients.has_room else FULL)
            return None
        self._waiting += 1
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                first = await link.receive()
        except TimeoutError:
            await _refuse(link, None, f"no message came within {OPEN_SECONDS:g} s")
            return None
        finally:
            self._waiting -= 1
        if first is not None and (sentence := initialize_refusal(first, self._token)):
            await _refuse(link, request_id(first), sentence)
            return None
        return first


async def _refuse(link: Link, message_id: int | str | None, sentence: str) -> None:
    with suppress(ConnectionError):
        await link.send(json_of(ErrorAnswer(message_id, ResponseError(REQUEST_FAILED, sentence))))


class _Begun:
    """A link whose first message has been received before."""

    def __init__(self, link: Link, first: bytes) -> None:
        self._link = link
        self._first: bytes | None = first

    async def receive(self) -> bytes | None:
        if self._first is None:
            return await self._link.receive()
        first, self._first = self._first, None
        return first

    async def send(self, message: bytes) -> None:
        await self._link.send(message)

    async def close(self) -> None:
        await self._link.close()
