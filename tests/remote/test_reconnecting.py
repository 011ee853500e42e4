from __future__ import annotations

import asyncio

import pytest

from lsp_llm.lsp.link import Link, linked_pair
from lsp_llm.remote.backoff import Backoff
from lsp_llm.remote.dialing import NotAdmitted, Unreachable
from lsp_llm.remote.reconnecting import (
    Connected,
    Connecting,
    Connection,
    Disconnected,
    Reconnecting,
    Refused,
    State,
)
from tests.turns import some_turns

AT_ONCE = Backoff(1e-6, 3)
NEVER = Backoff(80_000, 3)


class Server:
    """Fails as often as it is told, and then is there."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.dialled = 0

    async def dial(self) -> Link:
        self.dialled += 1
        if self.failures:
            raise self.failures.pop(0)
        return linked_pair()[0]


def kinds(states: list[State]) -> list[type[State]]:
    return [type(state) for state in states]


async def test_a_server_that_is_there_is_connected_to_at_once() -> None:
    states: list[State] = []
    assert await Connection(Server().dial, NEVER, states.append).link()
    assert states == [Connecting(), Connected()]


async def test_another_attempt_follows_a_wait() -> None:
    states: list[State] = []
    server = Server(Unreachable("down"), Unreachable("down"))
    assert await Connection(server.dial, AT_ONCE, states.append, lambda: 0.0).link()
    assert states == [
        Connecting(),
        Reconnecting(2, 3, 0.5e-6),
        Reconnecting(2, 3, 0),
        Reconnecting(3, 3, 1e-6),
        Reconnecting(3, 3, 0),
        Connected(),
    ]


async def test_after_the_last_attempt_it_is_given_up_and_may_be_begun_anew() -> None:
    states: list[State] = []
    server = Server(*(Unreachable(f"down {number}") for number in range(3)))
    connection = Connection(server.dial, AT_ONCE, states.append)
    with pytest.raises(Unreachable, match="down 2"):
        await connection.link()
    assert states[-1] == Disconnected("down 2")
    assert server.dialled == 3
    assert await connection.link()
    assert states[-2:] == [Connecting(), Connected()]


async def test_a_refusal_is_not_tried_again() -> None:
    states: list[State] = []
    server = Server(NotAdmitted("wrong token"))
    with pytest.raises(NotAdmitted):
        await Connection(server.dial, AT_ONCE, states.append).link()
    assert states == [Connecting(), Refused("wrong token")]
    assert server.dialled == 1


async def test_a_lost_link_waits_before_its_first_attempt() -> None:
    """A server that takes a link and drops it at once must not be dialled in a loop without a pause."""
    states: list[State] = []
    connection = Connection(Server().dial, AT_ONCE, states.append)
    await connection.link()
    await connection.link()
    assert kinds(states) == [Connecting, Connected, Reconnecting, Reconnecting, Connected]


async def test_the_user_may_make_the_next_attempt_now() -> None:
    states: list[State] = []
    server = Server(Unreachable("down"))
    connection = Connection(server.dial, NEVER, states.append)
    linking = asyncio.create_task(connection.link())
    await some_turns()
    assert server.dialled == 1
    connection.hurry()
    assert await asyncio.wait_for(linking, 60)
    assert server.dialled == 2
