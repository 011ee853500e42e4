"""A bad network: a TCP proxy on 127.0.0.1 that drops, refuses, stalls and delays when a test says so."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Self


class FlakyProxy:
    """`async with FlakyProxy(port) as proxy`: what connects to `proxy.port` reaches the server at `port`."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self.admits = True
        self.delay_seconds = 0.0
        self.cut_before = b""
        """Once a client sends this, its connections are dropped, and it does not reach the server."""
        self.connections = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.drop()
        self.flow()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def drop(self) -> None:
        """Break every connection, on both sides."""
        for writer in self._writers:
            writer.transport.abort()

    def stall(self) -> None:
        """Carry nothing any more; every connection stays open."""
        self._flows.clear()

    def flow(self) -> None:
        """Carry again, also what was held back."""
        self._flows.set()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.admits:
            writer.transport.abort()
            return
        self.connections += 1
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        both = {writer, server_writer}
        self._writers |= both
        ways = [self._pump(reader, server_writer, is_clients=True), self._pump(server_reader, writer, is_clients=False)]
        tasks = [asyncio.ensure_future(way) for way in ways]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for side in both:
            side.transport.abort()
        self._flows.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._writers -= both

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_clients: bool) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await asyncio.sleep(self.delay_seconds)
                await self._flows.wait()
                if is_clients and self.cut_before and self.cut_before in data:
                    self.cut_before = b""
                    return
                writer.write(data)
                await writer.drain()
