"""Connections to hosts with several addresses, over real sockets of loopback."""

from __future__ import annotations

import asyncio
import gc
import socket
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack

import pytest

from lsp_llm.providers import connecting
from lsp_llm.providers.connecting import connect
from tests.fakes.host import FakeHost
from tests.turns import until

HOST = "models.example"


@pytest.fixture
async def host() -> AsyncIterator[FakeHost]:
    async with FakeHost() as host:
        yield host


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have the name stand for these addresses."""

    def name(*addresses: str) -> None:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]
        look_up = socket.getaddrinfo

        def looked_up(host: str, port: int, *rest: int, **more: int) -> object:
            if host != HOST:
                return look_up(host, port, *rest, **more)
            return [(*info[:4], (info[4], port)) for info in found]

        monkeypatch.setattr(socket, "getaddrinfo", looked_up)

    return name


def port_of(host: FakeHost) -> int:
    return int(host.base_url.rsplit(":", 1)[1].split("/")[0])


async def test_an_address_that_refuses_gives_way_to_the_next(host: FakeHost, named: Callable[..., None]) -> None:
    named("127.0.0.2", "127.0.0.1")
    connection = await connect(HOST, port_of(host), None)
    await until(lambda: host.connection_count == 1)
    connection.abort()
    await connection.closed()


async def test_where_all_refuse_it_is_an_os_error(named: Callable[..., None]) -> None:
    named("127.0.0.2", "127.0.0.3")
    with pytest.raises(ConnectionRefusedError):
        await connect(HOST, 1, None)


@pytest.fixture
def silent_first(host: FakeHost, named: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The first of two addresses hears nothing."""
    monkeypatch.setattr(connecting, "NEXT_ADDRESS_SECONDS", 0)
    named("127.0.0.2", "127.0.0.1")
    with ExitStack() as stack:
        silent = stack.enter_context(socket.create_server(("127.0.0.2", port_of(host)), backlog=0))
        # The queue of those that wait to be accepted is full: the next one is not answered.
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(silent.getsockname())
        yield


@pytest.mark.usefixtures("silent_first")
async def test_an_address_that_is_silent_is_overtaken_by_the_next(host: FakeHost) -> None:
    connection = await connect(HOST, port_of(host), None)
    await until(lambda: host.connection_count == 1)
    connection.abort()
    await connection.closed()


async def test_a_stop_at_any_moment_leaves_nothing_open(host: FakeHost) -> None:
    await stopped_at_any_moment("127.0.0.1", host)


@pytest.mark.usefixtures("silent_first")
async def test_nor_does_one_while_two_addresses_race(host: FakeHost) -> None:
    await stopped_at_any_moment(HOST, host)


async def stopped_at_any_moment(name: str, host: FakeHost) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for turns in range(20):
            opening = asyncio.create_task(connect(name, port_of(host), None))
            for _ in range(turns):
                await asyncio.sleep(0)
            opening.cancel()
            for ended in await asyncio.gather(opening, return_exceptions=True):
                if not isinstance(ended, BaseException):
                    ended.abort()
        await until(lambda: host.connection_count == 0)
        gc.collect()
