from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing
from types import SimpleNamespace
from typing import Any

import pytest

from lsp_llm.errors import Auth, Disconnected, ProviderError, RateLimited, Refused, Unavailable
from lsp_llm.exchange.messages import Message as Turn
from lsp_llm.exchange.messages import ModelRequest
from lsp_llm.providers.asking import Answer, HostMemory
from lsp_llm.providers.base import HttpRequest
from lsp_llm.providers.breaker import FAILURES
from lsp_llm.providers.openai_chat import OpenAIChatCodec
from lsp_llm.providers.retry import LONGEST_WAIT_SECONDS, MAX_ATTEMPTS
from lsp_llm.providers.transport import HttpTransport
from lsp_llm.status.events import ConnectionIssue, Message, Notice, RateLimitWait, RequestSent
from lsp_llm.stream.events import Event
from tests.every_way import text_of
from tests.fakes.host import Exchange, FakeHost

SENT = RequestSent("p", "m")
REQUEST = ModelRequest("m", (Turn("user", "hello"),), {"temperature": 0, "top_p": 1})
BUSY = {"error": {"message": "slow down", "code": "rate_limit_exceeded"}}


class Keys:
    """A key that is renewed as often as one is left."""

    def __init__(self, *keys: str) -> None:
        self.left = list(keys)

    async def key(self) -> str:
        return self.left[0]

    async def refresh(self) -> bool:
        if len(self.left) == 1:
            return False
        self.left.pop(0)
        return True


class Desk:
    """A host that is driven by hand, and answers that are read while it is."""

    def __init__(self, host: FakeHost, transport: HttpTransport) -> None:
        self.host, self.transport = host, transport
        self.memory = HostMemory()
        self.told: list[Notice] = []
        self.events: list[Event] = []

    def answer(self, keys: Keys | None = None) -> Answer:
        codec = OpenAIChatCodec()

        def address(key: str) -> HttpRequest:
            return HttpRequest(f"{self.host.base_url}{codec.path}", {"authorization": f"Bearer {key}"}, b"")

        return Answer(
            "p", "m", 60, 60, codec, self.transport, keys or Keys("k"), self.memory, codec.encode(REQUEST), address
        )

    async def read(self, keys: Keys | None = None) -> None:
        async with aclosing(self.answer(keys).events()) as answer:
            async for told in answer:
                if isinstance(told, list):
                    self.events += told
                else:
                    self.told.append(told)

    async def after(self, *steps: Callable[[Exchange], Coroutine[Any, Any, None]], keys: Keys | None = None) -> None:
        """Read an answer whose requests are met by these steps, one each."""
        reading = asyncio.create_task(self.read(keys))
        for step in steps:
            await step(await self.host.request())
        await asyncio.wait_for(reading, 60)


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr("random.random", lambda: 0.0)
    async with FakeHost() as host:
        transport = HttpTransport()
        yield Desk(host, transport)
        await transport.close()


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits, which take no time."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    # Only there: servers of other tests may be asleep in this process.
    without_waits = SimpleNamespace(**{**vars(asyncio), "sleep": sleep})
    monkeypatch.setattr("lsp_llm.providers.asking.asyncio", without_waits)
    return waits


async def good(exchange: Exchange) -> None:
    await exchange.say("hi")
    await exchange.done()


async def down(exchange: Exchange) -> None:
    await exchange.answer(503, {"error": {"message": "no"}})


def busy(headers: dict[str, str]) -> Callable[[Exchange], Coroutine[Any, Any, None]]:
    return lambda exchange: exchange.answer(429, BUSY, headers)


def declining(name: str) -> Callable[[Exchange], Coroutine[Any, Any, None]]:
    return lambda exchange: exchange.answer(400, {"error": {"message": "no", "param": name}})


async def test_an_answer_in_one_go(desk: Desk) -> None:
    await desk.after(good)
    assert (desk.told, text_of(desk.events)) == ([SENT], "hi")


async def test_a_host_that_is_down_is_asked_again(desk: Desk, slept: list[float]) -> None:
    await desk.after(down, down, good)
    issues = [ConnectionIssue("Unavailable", attempt, MAX_ATTEMPTS) for attempt in (2, 3)]
    assert desk.told == [SENT, issues[0], SENT, issues[1], SENT]
    assert text_of(desk.events) == "hi"


async def test_but_not_for_ever(desk: Desk, slept: list[float]) -> None:
    with pytest.raises(Unavailable):
        await desk.after(down, down, down)
    assert desk.told.count(SENT) == MAX_ATTEMPTS


async def test_a_rate_limit_is_counted_down_every_second(desk: Desk, slept: list[float]) -> None:
    await desk.after(busy({"retry-after": "2.5"}), good)
    assert desk.told == [SENT, RateLimitWait(3), RateLimitWait(2), RateLimitWait(1), SENT]
    assert slept == [1.0, 1.0, 0.5]


async def test_a_long_wait_is_reported_and_not_slept(desk: Desk, slept: list[float]) -> None:
    with pytest.raises(RateLimited, match="limits the rate") as caught:
        await desk.after(busy({"retry-after": str(LONGEST_WAIT_SECONDS + 1)}))
    assert caught.value.hint == "Try again in 121 s."
    assert slept == []


async def test_a_countdown_can_be_left(desk: Desk) -> None:
    async with aclosing(desk.answer().events()) as answer:
        assert await anext(answer) == SENT
        waiting = asyncio.create_task(anext(answer))
        await busy({"retry-after": "60"})(await desk.host.request())
        assert await waiting == RateLimitWait(60)
    assert desk.host._requests.empty()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, {}),
        (402, {}),
        (403, {}),
        (404, {}),
        (413, {}),
        (422, {}),
        (429, {"error": {"code": "insufficient_quota"}}),
    ],
)
async def test_what_asking_again_cannot_mend_is_told_at_once(desk: Desk, status: int, body: Any) -> None:
    with pytest.raises(ProviderError):
        await desk.after(lambda exchange: exchange.answer(status, body))
    assert desk.told == [SENT]


async def test_a_failure_inside_the_stream_before_any_text_is_one_of_the_request(desk: Desk) -> None:
    async def overloaded(exchange: Exchange) -> None:
        await exchange.start()
        await exchange.send(b'data: {"error": {"message": "overloaded", "type": "overloaded_error"}}\n\n')
        await exchange.end()

    await desk.after(overloaded, good)
    assert desk.told == [SENT, ConnectionIssue("Unavailable", 2, MAX_ATTEMPTS), SENT]
    assert text_of(desk.events) == "hi"


async def test_after_the_first_text_nothing_is_sent_again(desk: Desk) -> None:
    async def broken(exchange: Exchange) -> None:
        await exchange.say("hal")
        exchange.break_connection()

    with pytest.raises(Disconnected):
        await desk.after(broken)
    assert (desk.told, text_of(desk.events)) == ([SENT], "hal")


async def test_a_parameter_that_the_host_does_not_take_is_left_out_and_remembered(desk: Desk) -> None:
    seen: list[dict[str, Any]] = []

    async def noting(exchange: Exchange) -> None:
        seen.append(exchange.json)
        await good(exchange)

    await desk.after(declining("temperature"), declining("stream_options.include_usage"), noting)
    assert desk.told == [
        SENT,
        Message("m does not take temperature: asked without it", "warning"),
        SENT,
        Message("m does not take stream_options: asked without it", "warning"),
        SENT,
    ]
    await desk.after(noting)
    for body in seen:
        assert set(body) == {"model", "messages", "stream", "top_p"}


async def test_a_parameter_that_was_left_out_is_not_left_out_again(desk: Desk) -> None:
    with pytest.raises(Refused):
        await desk.after(declining("temperature"), declining("temperature"))


async def test_a_key_that_is_refused_is_renewed_once(desk: Desk) -> None:
    async def closed(exchange: Exchange) -> None:
        await exchange.answer(401, {})

    async def opened(exchange: Exchange) -> None:
        assert exchange.headers["authorization"] == "Bearer new"
        await good(exchange)

    await desk.after(closed, opened, keys=Keys("old", "new"))
    with pytest.raises(Auth):
        await desk.after(closed, closed, keys=Keys("old", "new", "newer"))


async def test_failures_in_a_row_make_a_host_rest_and_an_answer_makes_it_well(desk: Desk, slept: list[float]) -> None:
    with pytest.raises(Unavailable):
        await desk.after(*[down] * FAILURES)
    now = asyncio.get_running_loop().time()
    assert desk.memory.breaker.is_resting(now)
    await desk.after(good)
    assert not desk.memory.breaker.is_resting(now)


@pytest.mark.parametrize("status", [400, 200])
async def test_a_host_that_repeats_the_key_shows_it_to_nobody(desk: Desk, status: int) -> None:
    with pytest.raises(ProviderError) as caught:
        await desk.after(
            lambda exchange: exchange.answer(status, {"error": {"message": "hunter2 is wrong", "code": 400}}),
            keys=Keys("hunter2"),
        )
    assert "hunter2" not in f"{caught.value} {caught.value.hint}"
    assert "[redacted] is wrong" in str(caught.value)
