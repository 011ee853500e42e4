"""What a WebSocket server does about connections that are none any more; who is let in is shown in test_serving."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from lsp_llm.app.shared import ServeOptions, shared_parts
from lsp_llm.remote import clients as clients_module
from lsp_llm.remote import listening_websocket
from lsp_llm.remote.addresses import Place
from lsp_llm.remote.clients import Clients
from lsp_llm.remote.listening_websocket import WebSocketListener
from tests.remote.test_serving import upgrade

TOKEN = "the-token-of-this-server"


@asynccontextmanager
async def listening() -> AsyncIterator[int]:
    """The port of a server."""
    clients = Clients(shared_parts(ServeOptions()), None)
    listener = WebSocketListener(clients, TOKEN)
    yield (await listener.listen(Place("127.0.0.1", 0), None)).port
    listener.stop()
    await clients.close()
    await listener.wait_closed()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PING_SECONDS", "OPEN_SECONDS"):
        monkeypatch.setattr(listening_websocket, name, 0.1)


@pytest.mark.usefixtures("impatient")
async def test_a_client_that_does_not_answer_a_ping_is_given_up() -> None:
    async with listening() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(upgrade(TOKEN))
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
        rest = await asyncio.wait_for(reader.read(), 60)
        assert rest[:1] == b"\x89", "a ping"
        writer.close()


@pytest.mark.usefixtures("impatient")
async def test_a_connection_that_never_becomes_a_websocket_is_closed() -> None:
    async with listening() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(upgrade(TOKEN)[:-4])
        assert await asyncio.wait_for(reader.read(), 60) == b""
        writer.close()


async def test_where_all_places_are_taken_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients_module, "MOST_CLIENTS", 1)
    async with listening() as port, connect(f"ws://127.0.0.1:{port}/?token={TOKEN}"):
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{port}/?token={TOKEN}")
        assert refused.value.response.status_code == 503
        assert b"which is all that it takes" in (refused.value.response.body or b"")


async def test_a_header_that_comes_twice_does_not_help() -> None:
    headers = [("Authorization", f"Bearer {TOKEN}"), ("Authorization", "Bearer wrong")]
    async with listening() as port:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{port}/", additional_headers=headers)
    assert refused.value.response.status_code == 401
