from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from lsp_llm.errors import Refused, Timeout
from lsp_llm.jobs.listening import listen, timed_out
from lsp_llm.status.events import Notice, RateLimitWait, RequestSent
from lsp_llm.stream.events import Event, Text, Unknown
from tests.fakes.jobs import Source


class Ear:
    """Takes what comes; text means something."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.told: list[Notice] = []

    def take(self, events: Sequence[Event]) -> bool:
        self.events += events
        return any(isinstance(event, Text) for event in events)


async def test_events_are_taken_and_what_happens_on_the_way_is_told() -> None:
    ear, source = Ear(), Source()
    source.finish("a")
    await listen(source, ear.take, ear.told.append)
    assert ear.told == [RequestSent("fake", "m")]
    assert ear.events[0] == Text("a")
    assert source.closed.is_set()


async def test_waiting_for_the_next_attempt_is_not_silence() -> None:
    ear, source = Ear(), Source(0.01, 0.01)
    source.queue.put_nowait(RateLimitWait(1))
    listening = asyncio.create_task(listen(source, ear.take, ear.told.append))
    # Much longer than the timer, which stands still.
    await asyncio.wait([listening], timeout=0.05)
    assert not listening.done()
    source.queue.put_nowait(RequestSent("fake", "m"))
    with pytest.raises(Timeout, match="no first token"):
        await listening
    assert source.closed.is_set()


async def test_what_means_nothing_puts_nothing_off() -> None:
    ear, source = Ear(), Source(60, 0.02)
    source.say(Text("a"))
    for _ in range(3):
        source.say(Unknown("ping"))
    with pytest.raises(Timeout, match="stopped in the middle"):
        await listen(source, ear.take, ear.told.append)


async def test_what_taking_raises_closes_the_answer() -> None:
    source = Source()
    source.say(Text("a"))

    def take(events: Sequence[Event]) -> bool:
        raise Refused("no")

    with pytest.raises(Refused):
        await listen(source, take, lambda notice: None)
    assert source.closed.is_set()


def test_the_setting_that_ran_out_is_named() -> None:
    error = timed_out(Source(30, 5), has_come=False)
    assert (str(error), error.hint) == (
        "fake sent no first token within 30 s",
        "try again, or raise first_token_timeout_seconds of the provider",
    )
    error = timed_out(Source(30, 5), has_come=True)
    assert str(error) == "fake stopped in the middle of the answer and said nothing for 5 s"
    assert "inter_token_timeout_seconds" in error.hint
