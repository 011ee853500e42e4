from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from lsp_llm.errors import BadResponse, Timeout
from lsp_llm.providers import json_call
from lsp_llm.providers.base import HttpRequest
from lsp_llm.providers.json_call import call, json_object
from lsp_llm.providers.transport import HttpTransport
from lsp_llm.stream.payload import MalformedJson
from tests.fakes.host import FakeHost


@pytest.fixture
async def transport() -> AsyncIterator[HttpTransport]:
    transport = HttpTransport()
    yield transport
    await transport.close()


async def test_an_answer_is_given_whole(transport: HttpTransport) -> None:
    async with FakeHost() as host, asyncio.TaskGroup() as group:
        asked = group.create_task(call(transport, HttpRequest(f"{host.base_url}/x", {}, b"", "GET")))
        exchange = await host.request()
        assert (exchange.method, exchange.path, exchange.body) == ("GET", "/v1/x", b"")
        await exchange.answer(404, {"a": 1}, {"X-Id": "7"})
        status, headers, body = await asked
    assert (status, headers["x-id"], json_object(body)) == (404, "7", {"a": 1})


async def test_a_service_that_says_nothing_is_given_up(transport: HttpTransport) -> None:
    async with FakeHost() as host:
        with pytest.raises(Timeout, match=r"^127\.0\.0\.1:\d+ did not answer within 0\.05 s\.$"):
            await call(transport, HttpRequest(f"{host.base_url}/x?key=k", {}, b""), limit_seconds=0.05)


async def test_a_service_that_never_stops_is_given_up(
    transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_call, "_MAX_BYTES", 10)
    async with FakeHost() as host:
        asked = asyncio.create_task(call(transport, HttpRequest(f"{host.base_url}/x", {}, b"")))
        exchange = await host.request()
        await exchange.start()
        await exchange.send(b"x" * 11)
        with pytest.raises(BadResponse, match="more than 10 bytes"):
            await asked
        await exchange.closed()


def test_what_is_no_object_is_an_empty_one() -> None:
    assert json_object(b"[1]") == {}
    with pytest.raises(MalformedJson):
        json_object(b"<html>")
