"""The fake model host for tests without an event loop: it runs in a thread of its own, its methods wait for it there.

    with Hosting() as host:
        exchange = host.request()
        exchange.say("Hello")

What an answer says is decided here; what the host does on the wire is `tests/fakes/host.py` alone.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from typing import Any, Self, TypeVar

from tests.fakes import host
from tests.fakes.host import Exchange, FakeHost

T = TypeVar("T")
# Longer than the host's own: these say what was waited for.
LIMIT_SECONDS = host.LIMIT_SECONDS + 10


class HostedExchange:
    """One request and its answer; every method returns when the host has done it."""

    def __init__(self, hosting: Hosting, exchange: Exchange) -> None:
        self._hosting = hosting
        self._exchange = exchange

    @property
    def asked(self) -> str:
        """The text of the last message of the request."""
        content: str = self._exchange.json["messages"][-1]["content"]
        return content

    def say(self, text: str) -> None:
        """Send one delta."""
        self._hosting.wait_for(self._exchange.say(text))

    def done(self) -> None:
        """End the answer as a healthy host does."""
        self._hosting.wait_for(self._exchange.done())

    def stream(self, chunks: Sequence[str], interval_seconds: float) -> Future[None]:
        """Begin to send the whole answer, one chunk an interval, and let the test go on; the result is its end."""
        return self._hosting.begin(self._stream(chunks, interval_seconds))

    def stream_part(self, chunks: Sequence[str], interval_seconds: float) -> Future[None]:
        """The same with a part of the answer: its end is for the test to send."""
        return self._hosting.begin(self._say_all(chunks, interval_seconds))

    def break_connection(self) -> None:
        """Reset the connection, wherever the answer is."""
        self._hosting.call(self._exchange.break_connection)

    def wait_until_closed(self) -> None:
        """Return when the server has closed the connection."""
        self._hosting.wait_for(self._exchange.closed())

    async def _stream(self, chunks: Sequence[str], interval_seconds: float) -> None:
        await self._say_all(chunks, interval_seconds)
        await self._exchange.done()

    async def _say_all(self, chunks: Sequence[str], interval_seconds: float) -> None:
        for chunk in chunks:
            await self._exchange.say(chunk)
            await asyncio.sleep(interval_seconds)


class Hosting:
    """The host in its thread; leaving the context breaks every connection that is still open."""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._host = self.wait_for(FakeHost().__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        self.wait_for(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def base_url(self) -> str:
        """What a configuration names as `base_url`."""
        return self._host.base_url

    def request(self) -> HostedExchange:
        """The next request that no one has taken yet, as soon as it is whole."""
        return HostedExchange(self, self.wait_for(self._host.request()))

    def wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the host's loop and give its result."""
        return self.begin(work).result(LIMIT_SECONDS)

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Do something in the host's loop, and do not wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def call(self, function: Callable[[], None]) -> None:
        """Call a function in the host's loop."""

        async def called() -> None:
            function()

        self.wait_for(called())

    async def _close(self) -> None:
        await self._host.__aexit__()
        # An answer that is still being streamed ends with its test.
        streams = asyncio.all_tasks() - {asyncio.current_task()}
        for task in streams:
            task.cancel()
        await asyncio.gather(*streams, return_exceptions=True)
