from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from lsp_llm.remote.websocket_link import WebSocketLink

Ends = tuple[WebSocketLink, ServerConnection]


@pytest.fixture
async def ends() -> AsyncIterator[Ends]:
    """A link, and the other end as the library has it."""
    there: asyncio.Future[ServerConnection] = asyncio.get_running_loop().create_future()

    async def keep(connection: ServerConnection) -> None:
        there.set_result(connection)
        await connection.wait_closed()

    async with (
        serve(keep, "127.0.0.1", 0) as server,
        connect(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}") as socket,
    ):
        yield WebSocketLink(socket), await there


async def test_text_and_binary_messages_are_taken_and_text_is_sent(ends: Ends) -> None:
    link, other = ends
    await other.send('"é"')
    await other.send('"é"'.encode())
    assert [await link.receive(), await link.receive()] == ['"é"'.encode()] * 2
    await link.send('"é"'.encode())
    assert await other.recv() == '"é"'


async def test_the_end_is_told_and_nothing_can_be_sent_after_it(ends: Ends) -> None:
    link, other = ends
    await other.send("last")
    await other.close()
    assert [await link.receive(), await link.receive()] == [b"last", None]
    with pytest.raises(ConnectionError):
        await link.send(b"too late")
    await link.close()


async def test_a_connection_that_breaks_is_an_end(ends: Ends) -> None:
    link, other = ends
    other.transport.abort()
    assert await link.receive() is None
