"""The link inside one process: order, an end for both, and a slow reader who is waited for."""

from __future__ import annotations

import asyncio

import pytest

from lsp_llm.lsp.link import MOST_MESSAGES, linked_pair
from tests.turns import some_turns


async def test_messages_come_in_order_and_in_both_directions() -> None:
    near, far = linked_pair()
    for message in (b"1", b"2"):
        await near.send(message)
    await far.send(b"3")
    assert [await far.receive(), await far.receive(), await near.receive()] == [b"1", b"2", b"3"]


async def test_what_was_sent_before_the_end_still_comes() -> None:
    near, far = linked_pair()
    await near.send(b"last")
    await near.close()
    assert [await far.receive(), await far.receive()] == [b"last", None]
    with pytest.raises(ConnectionError):
        await far.send(b"too late")
    assert await near.receive() is None


async def test_who_waits_for_a_message_hears_of_the_end() -> None:
    near, far = linked_pair()
    waiting = asyncio.create_task(far.receive())
    await some_turns()
    await far.close()
    assert await waiting is None
    assert await near.receive() is None


async def test_a_slow_reader_holds_up_the_sender_and_loses_nothing() -> None:
    near, far = linked_pair()

    async def say_all() -> None:
        for number in range(MOST_MESSAGES + 10):
            await near.send(b"%d" % number)

    saying = asyncio.create_task(say_all())
    for _ in range(MOST_MESSAGES * 3):
        await asyncio.sleep(0)
    assert not saying.done()
    assert [await far.receive() for _ in range(MOST_MESSAGES + 10)] == [
        b"%d" % number for number in range(MOST_MESSAGES + 10)
    ]
    await saying
