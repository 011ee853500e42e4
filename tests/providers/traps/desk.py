"""A host driven by hand and a user who hears what it says; it waits for nothing by the clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from lsp_llm.providers.hosts import ModelHosts
from tests.fakes.host import EVENT_STREAM, Exchange, FakeHost
from tests.providers.traps.hearing import Asked, Heard, hear
from tests.providers.traps.wires import Wire

Step = Callable[[Exchange], Awaitable[object]]
KEY = "sk-secret-4711-very-long-and-never-shown"
KEY_VARIABLE = "TRAP_KEY"
LIMIT_SECONDS = 60


class Desk:
    """One fake host, and ModelHosts that ask it."""

    def __init__(self, host: FakeHost) -> None:
        self.host = host
        self.hosts = ModelHosts({KEY_VARIABLE: KEY})

    def asked(self, wire: Wire, **how: Any) -> Asked:
        """What to ask of this host in a dialect."""
        return Asked(wire.dialect, self.host.base_url, **how)

    async def hear(self, wire: Wire, *steps: Step, **how: Any) -> Heard:
        """What is heard of an answer whose requests are met by these steps, one each; there must be no other."""
        hearing = asyncio.create_task(hear(self.hosts, self.asked(wire, **how)))
        for step in steps:
            exchange = await self.host.request()
            # A client that has heard enough leaves, whatever would still come.
            with suppress(ConnectionError):
                await asyncio.wait_for(step(exchange), LIMIT_SECONDS)
        heard = await asyncio.wait_for(hearing, LIMIT_SECONDS)
        assert heard.request_count == len(steps)
        return heard


def serving(*pieces: bytes, status: int = 200, headers: Mapping[str, str] = EVENT_STREAM) -> Step:
    """Answer with these pieces, one chunk of HTTP each, and end the body."""

    async def step(exchange: Exchange) -> None:
        await exchange.start(status, headers)
        for piece in pieces:
            await exchange.send(piece)
        await exchange.end()

    return step


def breaking(*pieces: bytes) -> Step:
    """The same, but the connection is reset in the place of the end."""

    async def step(exchange: Exchange) -> None:
        await exchange.start()
        for piece in pieces:
            await exchange.send(piece)
        exchange.break_connection()

    return step


def falling_silent(*pieces: bytes) -> Step:
    """The same, but nothing more comes until the client leaves."""

    async def step(exchange: Exchange) -> None:
        await exchange.start()
        for piece in pieces:
            await exchange.send(piece)
        await exchange.closed()

    return step


def answering(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Step:
    """Answer with JSON."""
    return lambda exchange: exchange.answer(status, body, headers)


def bytewise(body: bytes) -> list[bytes]:
    """Every byte a piece of its own."""
    return [body[at : at + 1] for at in range(len(body))]
