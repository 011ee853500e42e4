from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from lsp_llm.app.shared import ServeOptions, shared_parts
from lsp_llm.lsp.link import Link, linked_pair
from lsp_llm.remote import clients as clients_module
from lsp_llm.remote.clients import Clients
from tests.turns import some_turns, until


@pytest.fixture
def clients() -> Clients:
    return Clients(shared_parts(ServeOptions()), None)


async def idle(shared: Any, link: Link, trace: Any) -> None:
    while await link.receive() is not None:
        pass


@pytest.fixture(autouse=True)
def _serving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients_module, "serve_link", idle)


async def test_there_is_room_for_so_many_and_again_when_one_has_gone(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients_module, "MOST_CLIENTS", 2)
    ends = [linked_pair() for _ in range(2)]
    serving = [asyncio.create_task(clients.serve(far, "here")) for _, far in ends]
    await some_turns()
    assert not clients.has_room
    await ends[0][0].close()
    await serving[0]
    assert clients.has_room
    await clients.close()
    await serving[1]


async def test_a_fault_in_one_service_is_logged_and_ends_no_other(
    clients: Clients, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(shared: Any, link: Link, trace: Any) -> None:
        raise KeyError("a bug")

    near, far = linked_pair()
    serving = asyncio.create_task(clients.serve(far, "here"))
    await some_turns()
    monkeypatch.setattr(clients_module, "serve_link", fail)
    with caplog.at_level(logging.ERROR):
        await clients.serve(linked_pair()[1], "there")
    assert "a fault in the service of client-2: 'a bug'" in caplog.text
    assert not serving.done()
    await near.close()
    await serving


async def test_a_client_that_talks_too_fast_is_slowed_down_and_loses_nothing(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients_module, "MESSAGES_AT_ONCE", 2)
    monkeypatch.setattr(clients_module, "MESSAGES_PER_SECOND", 1)
    taken: list[bytes] = []
    waited: list[float] = []

    async def take(shared: Any, link: Link, trace: Any) -> None:
        while (message := await link.receive()) is not None:
            taken.append(message)

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(clients_module, "serve_link", take)
    near, far = linked_pair()
    for number in range(4):
        await near.send(b"%d" % number)
    serving = asyncio.create_task(clients.serve(far, "here"))
    with monkeypatch.context() as patch:
        patch.setattr(clients_module.asyncio, "sleep", wait)
        await asyncio.wait_for(_taken(taken, 4), 60)
    assert taken == [b"0", b"1", b"2", b"3"]
    assert [round(seconds) for seconds in waited[:2]] == [1, 2]
    await near.close()
    await serving


async def _taken(taken: list[bytes], count: int) -> None:
    loop = asyncio.get_running_loop()
    while len(taken) < count:
        turn = loop.create_future()
        loop.call_soon(turn.set_result, None)
        await turn


async def test_the_end_ends_all(clients: Clients) -> None:
    serving = [asyncio.create_task(clients.serve(linked_pair()[1], "here")) for _ in range(3)]
    await some_turns()
    await clients.close()
    await until(lambda: all(task.done() for task in serving))
