"""A client over a link: what it is sent, what it sends, and what becomes of one that does not read."""

from __future__ import annotations

import asyncio
import logging

import pytest

from lsp_llm.lsp import linked as linked_module
from lsp_llm.lsp.link import linked_pair
from lsp_llm.lsp.linked import TURN, Linked
from tests.turns import some_turns, until


class Desk:
    """Keeps what comes."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    def take(self, body: bytes) -> None:
        self.taken.append(body)


async def test_messages_go_both_ways_until_the_client_closes() -> None:
    near, far = linked_pair()
    linked, desk = Linked(far), Desk()
    running = asyncio.create_task(linked.run(desk))
    await near.send(b"1")
    linked.send(b"2")
    linked.send(b"3")
    assert [await near.receive(), await near.receive()] == [b"2", b"3"]
    await near.close()
    await running
    assert desk.taken == [b"1"]
    await linked.drain(1)


async def test_what_is_queued_is_sent_before_the_link_is_closed() -> None:
    near, far = linked_pair()
    linked = Linked(far)
    for number in range(1000):
        linked.send(b"%d" % number)
    linked.stop()
    await linked.run(Desk())

    async def read_all() -> list[bytes]:
        read = []
        while (message := await near.receive()) is not None:
            read.append(message)
        return read

    reading = asyncio.create_task(read_all())
    await linked.drain(10)
    assert await reading == [b"%d" % number for number in range(1000)]


async def test_a_client_that_does_not_read_is_not_waited_for_for_ever() -> None:
    near, far = linked_pair()
    linked = Linked(far)
    for number in range(1000):
        linked.send(b"%d" % number)
    await linked.drain(0)
    linked.send(b"too late")
    assert await near.receive() == b"0"


async def test_a_client_that_lets_too_much_pile_up_is_given_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(linked_module, "MOST_BYTES", 5000)
    near, far = linked_pair()
    linked = Linked(far)
    running = asyncio.create_task(linked.run(Desk()))
    with caplog.at_level(logging.WARNING):
        for _ in range(6):
            linked.send(bytes(1000))
    await running
    assert "a client that does not read was given up" in caplog.text
    await linked.drain(1)
    await near.close()


async def test_what_was_read_makes_room_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linked_module, "MOST_BYTES", 5000)
    near, far = linked_pair()
    linked = Linked(far)
    for _ in range(20):
        linked.send(bytes(1000))
        assert await near.receive() == bytes(1000)
    await linked.drain(1)


async def test_a_client_that_says_much_leaves_the_others_their_turn() -> None:
    near, far = linked_pair()
    for _ in range(3 * TURN):
        await near.send(b"x")
    linked, desk = Linked(far), Desk()
    running = asyncio.create_task(linked.run(desk))
    seen = set()
    while len(desk.taken) < 3 * TURN:
        seen.add(len(desk.taken))
        await asyncio.sleep(0)
    assert {TURN, 2 * TURN} <= seen
    await near.close()
    await running
    await linked.drain(1)


async def test_an_end_in_the_middle_of_a_write_ends_it() -> None:
    near, far = linked_pair()
    linked = Linked(far)
    running = asyncio.create_task(linked.run(Desk()))
    await near.close()
    linked.send(b"to nobody")
    await running
    await some_turns()
    await until(lambda: linked._writing.done())
    await linked.drain(1)
