"""Every way to cancel, at every moment: the connection to the model host closes at once, and no edit follows.

What a user waits for is 100 ms, which `make bench` measures. Machines that run tests are slower than that at times, so
the order of events is what counts here: the connection is closed before a few further requests are answered.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from lsp_llm.text.edits import Edit
from tests.fakes.host import Exchange, FakeHost
from tests.fakes.lsp_client import Buffer, LspClient, Refusal, host_options

URI = "file:///project/shop.py"
SOURCE = "one\ntwo\nthree\n"
TWO = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 3}}
MOST_PINGS = 20
"""Requests that may be answered before the host sees that its connection is closed."""
LONGEST_SECONDS = 10.0


class Bench:
    """A client, a host, and one job."""

    def __init__(self, client: LspClient, host: FakeHost) -> None:
        self.client, self.host = client, host
        self.buffer: Buffer
        self.job = ""

    async def begin(self) -> None:
        self.buffer = self.client.open(URI, SOURCE)
        self.job = (await self.client.command("replace", {"uri": URI, "range": TWO}))["jobId"]

    @property
    def edits(self) -> int:
        return self.client.asked("workspace/applyEdit")

    async def ping(self) -> None:
        """A request that the server answers behind all that was sent to it before."""
        with suppress(Refusal):
            await self.client.request("textDocument/diagnostic", {"textDocument": {"uri": URI}})

    async def come_to_rest(self, way: Way) -> None:
        """Whatever the server still has to say is said."""
        if way is not by_end_of_input:
            await self.ping()
            await self.ping()
        if way is by_shutdown:
            self.client.notify("exit", None)
        if way in (by_end_of_input, by_shutdown):
            await self.client.gone()


# --- the ways -------------------------------------------------------------------------------------------------------


async def by_progress(bench: Bench) -> None:
    bench.client.notify("window/workDoneProgress/cancel", {"token": f"lsp-llm/{bench.job}"})


async def by_command(bench: Bench) -> None:
    assert await bench.client.command("cancel", {"jobId": bench.job}) == {"cancelled": [bench.job]}


async def by_code_action(bench: Bench) -> None:
    place = {"textDocument": {"uri": URI}, "range": TWO, "context": {"diagnostics": []}}
    actions = await bench.client.request("textDocument/codeAction", place)
    (stop,) = [action["command"] for action in actions if action["title"] == "LLM: stop"]
    await bench.client.request("workspace/executeCommand", stop)


async def by_closing(bench: Bench) -> None:
    bench.client.close(bench.buffer)


async def by_undo(bench: Bench) -> None:
    """What VS Code reports when its user takes the first text back."""
    start = SOURCE.index("two")
    bench.client.type(bench.buffer, Edit(start, start + len("zwei"), "two"))


async def by_shutdown(bench: Bench) -> None:
    await bench.client.request("shutdown", None)


async def by_end_of_input(bench: Bench) -> None:
    assert bench.client.process.stdin is not None
    bench.client.process.stdin.close()


Way = Callable[[Bench], Awaitable[None]]
ANY_TIME: list[Way] = [by_progress, by_command, by_code_action, by_closing, by_shutdown, by_end_of_input]


# --- the moments ----------------------------------------------------------------------------------------------------


async def before_the_head(exchange: Exchange, bench: Bench) -> None:
    await bench.client.until(lambda: bool(bench.client.statuses("requestSent")))


async def before_the_first_token(exchange: Exchange, bench: Bench) -> None:
    await exchange.start()
    await exchange.send(b": a word that means nothing\n\n")
    await bench.ping()


async def in_the_middle(exchange: Exchange, bench: Bench) -> None:
    await exchange.say("zwei")
    await bench.client.until(lambda: "zwei" in bench.buffer.text, "the first text")
    await bench.ping()


Moment = Callable[[Exchange, Bench], Awaitable[None]]
MOMENTS: list[Moment] = [before_the_head, before_the_first_token, in_the_middle]


@asynccontextmanager
async def benches(**provider: str) -> AsyncIterator[Bench]:
    async with FakeHost() as host:
        options = host_options(host.base_url)
        options["providers"]["fake"] |= provider
        async with LspClient(options=options) as client:
            bench = Bench(client, host)
            await bench.begin()
            yield bench


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("way", ANY_TIME)
async def test_the_connection_is_closed_and_no_edit_follows(way: Way, moment: Moment) -> None:
    await _cancel(way, moment)


async def test_undoing_our_text_is_a_cancel_too() -> None:
    await _cancel(by_undo, in_the_middle)


async def _cancel(way: Way, moment: Moment) -> None:
    async with benches() as bench:
        exchange = await bench.host.request()
        await moment(exchange, bench)
        await asyncio.wait_for(_closed(exchange, way, bench), LONGEST_SECONDS)
        edits = bench.edits
        with suppress(ConnectionError):
            await exchange.say(" und mehr")
        await bench.come_to_rest(way)
        assert (await bench.client.ended(bench.job))["kind"] == "cancelled"
        assert bench.edits == edits


async def _closed(exchange: Exchange, way: Way, bench: Bench) -> None:
    """Cancel, and return when the host has seen it."""
    await way(bench)
    pings = 0
    while way is not by_end_of_input and not exchange.gone.is_set():
        await bench.ping()
        pings += 1
    await exchange.closed()
    assert pings <= MOST_PINGS


@pytest.mark.skipif(os.name != "posix", reason="a named pipe makes the key command wait")
@pytest.mark.parametrize("way", ANY_TIME)
async def test_while_the_prompt_is_prepared_nothing_is_asked_at_all(way: Way, tmp_path: Path) -> None:
    """The key command is what takes its time; once it has printed the key, nobody wants it any more."""
    asked, key = tmp_path / "asked", tmp_path / "key"
    os.mkfifo(asked)
    os.mkfifo(key)
    command = f"echo > '{asked}'; cat '{key}'"
    async with benches(auth="bearer", api_key_command=command) as bench:
        await asyncio.to_thread(asked.read_text)
        await way(bench)
        assert (await bench.client.ended(bench.job))["kind"] == "cancelled"
        await asyncio.to_thread(key.write_text, "sk-1\n")
        await bench.come_to_rest(way)
        assert (bench.host.connection_count, bench.edits, bench.client.statuses("requestSent")) == (0, 0, [])
