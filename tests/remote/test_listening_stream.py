"""What a TCP server does about strangers who say nothing; what it answers to others is shown in test_serving."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from lsp_llm.app.shared import ServeOptions, shared_parts
from lsp_llm.remote import listening_stream
from lsp_llm.remote.addresses import Place
from lsp_llm.remote.clients import Clients
from lsp_llm.remote.listening_stream import StreamListener


@pytest.fixture
async def port() -> AsyncIterator[int]:
    clients = Clients(shared_parts(ServeOptions()), None)
    listener = StreamListener(clients, "the-token-of-this-server")
    yield (await listener.listen(Place("127.0.0.1", 0), None)).port
    listener.stop()
    await clients.close()
    await asyncio.wait_for(listener.wait_closed(), 60)


async def said_to(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
    """The one answer that comes before the end."""
    data = await asyncio.wait_for(reader.read(), 60)
    writer.close()
    message: str = json.loads(data.partition(b"\r\n\r\n")[2])["error"]["message"]
    return message


async def test_who_says_nothing_is_not_waited_for(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening_stream, "OPEN_SECONDS", 0.05)
    assert await said_to(*await asyncio.open_connection("127.0.0.1", port)) == "no message came within 0.05 s"


async def test_strangers_cannot_take_all_the_places(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening_stream, "MOST_WAITING", 1)
    first = await asyncio.open_connection("127.0.0.1", port)
    second = await asyncio.open_connection("127.0.0.1", port)
    assert await said_to(*second) == "too many have come who say nothing: try again in 10 s"
    first[1].close()


async def test_the_end_does_not_wait_for_strangers(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
