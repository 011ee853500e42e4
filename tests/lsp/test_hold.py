from __future__ import annotations

import msgspec
import pytest

from lsp_llm.lsp.hold import Hold
from lsp_llm.lsp.messages import Envelope
from tests.turns import until

LONG_SECONDS = 60.0
ANSWER = Envelope(id=1, result=msgspec.Raw(b"null"))


class Bench:
    """What was handed on; a message named "ask" begins a hold itself."""

    def __init__(self) -> None:
        self.handled: list[object] = []
        self.hold = Hold(self.handle)

    def handle(self, message: Envelope, body: bytes) -> None:
        self.handled.append("answer" if message.method is msgspec.UNSET else message.method)
        if message.method == "ask":
            self.hold.begin(LONG_SECONDS)

    def take(self, *methods: str) -> None:
        for method in methods:
            self.hold.take(Envelope(method=method), b"")


@pytest.fixture
async def bench() -> Bench:
    return Bench()


async def test_messages_are_handed_on_at_once(bench: Bench) -> None:
    bench.take("one", "two")
    assert bench.handled == ["one", "two"]


async def test_what_comes_in_a_hold_waits_for_its_end(bench: Bench) -> None:
    bench.hold.begin(LONG_SECONDS)
    bench.take("one", "two")
    assert bench.handled == []
    bench.hold.take(ANSWER, b"")
    assert bench.handled == ["answer"]
    bench.hold.end()
    bench.take("three")
    assert bench.handled == ["answer", "one", "two", "three"]


async def test_a_message_that_was_kept_may_begin_another_hold(bench: Bench) -> None:
    bench.take("ask", "one", "ask", "two")
    bench.hold.end()
    assert bench.handled == ["ask", "one", "ask"]
    bench.hold.end()
    assert bench.handled == ["ask", "one", "ask", "two"]


async def test_nothing_waits_longer_than_the_limit(bench: Bench) -> None:
    bench.hold.begin(0.0)
    bench.take("one")
    await until(lambda: bench.handled == ["one"])


@pytest.mark.parametrize("last", ["shutdown", "exit"])
async def test_the_end_of_a_session_waits_for_nothing(bench: Bench, last: str) -> None:
    bench.take("ask", "one", "ask", "two", last)
    assert bench.handled == ["ask", "one", "ask", "two", last]


async def test_what_was_kept_is_forgotten_with_the_client(bench: Bench) -> None:
    bench.take("ask", "one")
    bench.hold.close()
    bench.hold.end()
    assert bench.handled == ["ask"]
