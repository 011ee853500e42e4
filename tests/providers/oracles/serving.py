"""What the oracles share: a recorded answer for an SDK's client, and an SDK's types for our requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any, TypeVar

from pydantic import ConfigDict, TypeAdapter

from lsp_llm.stream.events import Event
from tests.every_way import decode
from tests.fakes.host import Exchange, FakeHost
from tests.providers.recorded import body_of

Told = TypeVar("Told")


async def told_by_sdk(
    recording: str, ask: Callable[[str], AsyncIterator[Told]], content_type: str = "text/event-stream"
) -> tuple[list[Told], Exchange]:
    """What an SDK makes of a recorded answer, and what it asked; `ask` gets the host's base URL."""
    async with FakeHost() as host:
        serving = asyncio.create_task(_serve(host, recording, content_type))
        told = [event async for event in ask(host.base_url)]
        return told, await serving


async def _serve(host: FakeHost, recording: str, content_type: str) -> Exchange:
    exchange = await host.request()
    await exchange.start(200, {"Content-Type": content_type})
    await exchange.send(body_of(recording))
    await exchange.end()
    return exchange


def told_by_us(recording: str, codec: Any) -> list[Event]:
    """What our decoder makes of it."""
    return decode(codec.decoder, [body_of(recording)])


def valid(kind: Any, value: Mapping[str, Any]) -> None:
    """Raises ValidationError where the SDK's type of a request does not know a key or declines a value."""
    # The config of a typed dictionary can be set from around it alone; what is read late still needs the adapter.
    adapter = TypeAdapter(list[kind], config=ConfigDict(extra="forbid"))
    _exhaust(adapter.validate_python([value]))


def _exhaust(value: object) -> None:
    """An `Iterable` is validated only as it is read."""
    if isinstance(value, Mapping):
        _exhaust(value.values())
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        for member in value:
            _exhaust(member)
