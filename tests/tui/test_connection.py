"""Requests over a link, with the other end by hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from lsp_llm.lsp.link import Link, linked_pair
from lsp_llm.tui.connection import METHOD_NOT_FOUND, PULSE, Connection, Gone, Refused

LIMIT_SECONDS = 60
# Still long enough for a test on a busy machine to answer.
SHORT_PULSE_SECONDS = 0.3


@dataclass
class Server:
    """The other end."""

    link: Link
    told: list[tuple[str, Any]] = field(default_factory=list)

    async def hear(self) -> Any:
        body = await asyncio.wait_for(self.link.receive(), LIMIT_SECONDS)
        return None if body is None else json.loads(body)

    async def say(self, **message: Any) -> None:
        await self.link.send(json.dumps({"jsonrpc": "2.0", **message}).encode())


def asked(method: str, params: Any) -> tuple[object, list[tuple[str, object]]] | None:
    return ({"seen": params}, [("then", {})]) if method == "known" else None


@asynccontextmanager
async def connected(pulse_seconds: float = 60.0) -> AsyncIterator[tuple[Connection, Server]]:
    near, far = linked_pair()
    server = Server(far)
    connection = Connection(near, lambda method, params: server.told.append((method, params)), asked, pulse_seconds)
    running = asyncio.create_task(connection.run())
    yield connection, server
    await connection.close()
    await asyncio.wait_for(running, LIMIT_SECONDS)


async def test_answers_find_their_requests_in_any_order() -> None:
    async with connected() as (connection, server):
        first = asyncio.create_task(connection.request("one", {"a": 1}))
        then = asyncio.create_task(connection.request("two", None))
        heard = [await server.hear(), await server.hear()]
        assert [(each["method"], each["params"]) for each in heard] == [("one", {"a": 1}), ("two", None)]
        for each in reversed(heard):
            await server.say(id=each["id"], result=each["method"])
        assert (await first, await then) == ("one", "two")
        await server.say(id=99, result="nobody asked")


async def test_an_error_is_raised_with_its_data() -> None:
    async with connected() as (connection, server):
        asking = asyncio.create_task(connection.request("one", None))
        heard = await server.hear()
        await server.say(id=heard["id"], error={"code": -32803, "message": "No.", "data": {"errorType": "Auth"}})
        with pytest.raises(Refused, match=r"^No\.$") as refused:
            await asking
        assert refused.value.data == {"errorType": "Auth"}


async def test_what_the_server_asks_is_answered_and_what_it_tells_is_passed_on() -> None:
    async with connected() as (_, server):
        await server.say(method="news", params=[1])
        await server.say(id="a", method="known", params={"b": 2})
        await server.say(id="b", method="unknown")
        assert (await server.hear())["result"] == {"seen": {"b": 2}}
        assert (await server.hear())["method"] == "then"
        assert (await server.hear())["error"]["code"] == METHOD_NOT_FOUND
        assert server.told == [("news", [1])]


@pytest.mark.parametrize("ends", ["closed", "no JSON", "JSON of another shape"])
async def test_at_its_end_nothing_is_awaited_any_more(ends: str) -> None:
    async with connected() as (connection, server):
        asking = asyncio.create_task(connection.request("one", None))
        await server.hear()
        if ends == "closed":
            await server.link.close()
        else:
            await server.link.send(b"no" if ends == "no JSON" else b"[1]")
        with pytest.raises(Gone):
            await asyncio.wait_for(asking, LIMIT_SECONDS)
        with pytest.raises(Gone):
            await connection.request("two", None)


async def test_a_silent_server_is_asked_for_a_sign_and_then_given_up() -> None:
    async with connected(SHORT_PULSE_SECONDS) as (connection, server):
        asking = asyncio.create_task(connection.request("one", None))
        assert (await server.hear())["method"] == "one"
        pulse = await server.hear()
        assert pulse["method"] == PULSE
        await server.say(id=pulse["id"], error={"code": METHOD_NOT_FOUND, "message": "?"})
        assert (await server.hear())["method"] == PULSE
        with pytest.raises(Gone):
            await asyncio.wait_for(asking, LIMIT_SECONDS)


async def test_a_server_that_has_nothing_to_answer_may_be_silent() -> None:
    async with connected(SHORT_PULSE_SECONDS) as (connection, server):
        await asyncio.sleep(2.5 * SHORT_PULSE_SECONDS)
        asking = asyncio.create_task(connection.request("one", None))
        heard = await server.hear()
        assert heard["method"] == "one", "no pulse before"
        await server.say(id=heard["id"], result=1)
        assert await asking == 1
