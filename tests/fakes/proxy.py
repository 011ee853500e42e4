"""A proxy on 127.0.0.1 that tunnels every CONNECT to one port there, whatever host was asked for.

async with TunnelProxy(port) as proxy:
    ...                    # HTTPS_PROXY = proxy.url
    proxy.targets          # "models.example:443": what the client wanted to reach
"""

from __future__ import annotations

import asyncio
from typing import Self


class TunnelProxy:
    """The server; leaving the context breaks its tunnels."""

    def __init__(self, port: int) -> None:
        self.targets: list[str] = []
        self._port = port

    async def __aenter__(self) -> Self:
        self._tunnels: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._tunnels.values():
            writer.transport.abort()
        await asyncio.gather(*self._tunnels)
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """What HTTPS_PROXY names."""
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tunnels[task] = writer
        task.add_done_callback(self._tunnels.pop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, target, _ = (await reader.readuntil(b"\r\n\r\n")).decode().split(" ", 2)
        assert method == "CONNECT"
        self.targets.append(target)
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(_pump(reader, there_writer), _pump(there_reader, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()
