from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator

import pytest

from lsp_llm.lsp.framing import frame
from lsp_llm.remote.stream_link import StreamLink

Ends = tuple[StreamLink, asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def ends() -> AsyncIterator[Ends]:
    """A link, and the other end as bytes."""
    there: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
    there = asyncio.get_running_loop().create_future()
    server = await asyncio.start_server(lambda *end: there.set_result(end), "127.0.0.1", 0)
    async with server:
        near = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
        reader, writer = await there
        link = StreamLink(*near, most_bytes=100)
        yield link, reader, writer
        await link.close()
        writer.close()


async def test_messages_are_framed_in_both_directions(ends: Ends) -> None:
    link, reader, writer = ends
    data = frame(b"{1}") + frame(b"{2}")
    writer.write(data[:-2])
    assert await link.receive() == b"{1}"
    writer.write(data[-2:])
    assert await link.receive() == b"{2}"
    await link.send(b"{3}")
    assert await reader.readexactly(len(frame(b"{3}"))) == frame(b"{3}")


async def test_the_end_is_told_and_nothing_can_be_sent_after_it(ends: Ends) -> None:
    link, _, writer = ends
    writer.close()
    assert await link.receive() is None
    await link.close()
    with pytest.raises(ConnectionError):
        await link.send(b"too late")
    await link.close()


async def test_a_connection_that_is_reset_is_an_end(ends: Ends) -> None:
    link, _, writer = ends
    connection: socket.socket = writer.get_extra_info("socket")
    # With no time to linger, closing it resets it.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    writer.close()
    assert await link.receive() is None


@pytest.mark.parametrize("data", [b"noise and no header\r\n\r\n", b"Content-Length: 101\r\n\r\n"])
async def test_what_is_no_frame_or_too_long_is_answered_and_ends_it(ends: Ends, data: bytes) -> None:
    link, reader, writer = ends
    writer.write(frame(b"{1}") + data)
    assert [await link.receive(), await link.receive()] == [b"{1}", None]
    answer = json.loads((await reader.read()).partition(b"\r\n\r\n")[2])
    assert answer["error"]["code"] == -32700
    assert "at most 100" in answer["error"]["message"]


async def test_longer_messages_may_be_allowed_later(ends: Ends) -> None:
    link, _, writer = ends
    link.allow(200)
    writer.write(frame(b" " * 150))
    assert await link.receive() == b" " * 150


async def test_the_system_watches_over_a_silent_other_end(ends: Ends) -> None:
    link, _, _ = ends
    connection: socket.socket = link._writer.get_extra_info("socket")
    assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) != 0
