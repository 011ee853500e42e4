"""DirectTransport below a plain client of httpx, against a host driven by hand; test_transport shows the rest."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator

import httpx
import pytest

from lsp_llm.providers.direct import DirectTransport
from tests.fakes.host import FakeHost
from tests.turns import until

KEEP_SECONDS = 60


@pytest.fixture
async def host() -> AsyncIterator[FakeHost]:
    async with FakeHost() as host:
        yield host


def client_of(most_kept: int = 8, keep_seconds: float = KEEP_SECONDS) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=DirectTransport(ssl.create_default_context(), most_kept, keep_seconds))


async def post(client: httpx.AsyncClient, host: FakeHost, said: str = "fine") -> httpx.Response:
    async with asyncio.TaskGroup() as group:
        answer = group.create_task(client.post(host.base_url, content=b"{}"))
        await (await host.request()).answer(200, said)
    return answer.result()


async def test_the_response_is_one_of_httpx(host: FakeHost) -> None:
    async with client_of() as client:
        response = await post(client, host)
        assert (response.status_code, response.json()) == (200, "fine")
        assert response.http_version == "HTTP/1.1"


async def test_another_origin_gets_a_connection_of_its_own(host: FakeHost) -> None:
    async with FakeHost() as other, client_of() as client:
        for at in (host, other, host, other):
            await post(client, at)
        assert (host.connection_count, other.connection_count) == (1, 1)


async def test_a_connection_is_kept_for_so_long(host: FakeHost) -> None:
    async with client_of(keep_seconds=0.01) as client:
        await post(client, host)
        await until(lambda: host.connection_count == 0)
        await post(client, host)


async def test_a_connection_in_use_is_not_given_to_another(host: FakeHost) -> None:
    async with client_of() as client:
        await post(client, host)
        async with asyncio.TaskGroup() as group:
            first = group.create_task(client.post(host.base_url))
            one = await host.request()
            second = group.create_task(client.post(host.base_url))
            two = await host.request()
            assert host.connection_count == 2
            await two.answer(200, 2)
            await one.answer(200, 1)
        assert (first.result().json(), second.result().json()) == (1, 2)


async def test_closing_the_client_closes_what_is_kept(host: FakeHost) -> None:
    async with client_of() as client:
        await post(client, host)
        assert host.connection_count == 1
    await until(lambda: host.connection_count == 0)


async def test_a_host_that_never_shakes_hands(host: FakeHost) -> None:
    silent = host.base_url.replace("http://", "https://")
    async with client_of() as client, asyncio.timeout(20):
        with pytest.raises(httpx.ConnectTimeout):
            await client.get(silent, timeout=httpx.Timeout(None, connect=0.05))


@pytest.mark.parametrize("header", [("A", "b\r\nC: d"), ("A", "b\0"), ("A b", "c"), ("", "c")])
async def test_a_header_that_would_be_two_is_not_sent(host: FakeHost, header: tuple[str, str]) -> None:
    async with client_of() as client:
        with pytest.raises(httpx.LocalProtocolError):
            await client.get(host.base_url, headers=[header])
        assert host.connection_count == 0
