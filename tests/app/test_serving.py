"""Clients over links in one process: what each has to itself, what they share, and what stays when one has gone."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lsp_llm.app import session
from lsp_llm.app.serving import serve_link
from lsp_llm.app.shared import ServeOptions, Shared, shared_parts
from lsp_llm.lsp.link import Link, linked_pair
from lsp_llm.lsp.wire import Wire
from tests.fakes.host import FakeHost
from tests.fakes.link_client import LinkClient
from tests.fakes.lsp_client import host_options
from tests.turns import until

URI = "file:///project/shop.py"
PLACE = {"uri": URI, "range": {"start": {"line": 1, "character": 0}, "end": {"line": 2, "character": 0}}}


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "STATE", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))


@asynccontextmanager
async def shared_by_all() -> AsyncIterator[Shared]:
    shared = shared_parts(ServeOptions())
    yield shared
    await shared.hosts.close()


@asynccontextmanager
async def served(shared: Shared) -> AsyncIterator[Link]:
    """The client's end of a link to a server that ends with it."""
    near, far = linked_pair()
    serving = asyncio.create_task(serve_link(shared, far))
    yield near
    await near.close()
    await asyncio.wait_for(serving, 60)


async def test_two_clients_have_documents_and_jobs_of_their_own() -> None:
    async with FakeHost() as host, shared_by_all() as shared, served(shared) as one, served(shared) as other:
        options = host_options(host.base_url)
        async with LinkClient(one, options=options) as first, LinkClient(other, options=options) as second:
            for client in (first, second):
                client.open(URI, "one\ntwo\n")
            jobs = []
            for client, word in ((first, "uno"), (second, "due")):
                jobs.append((await client.command("replace", PLACE))["jobId"])
                exchange = await host.request()
                await exchange.say(f"{word}\n")
                await exchange.done()
            for client, job in zip((first, second), jobs, strict=True):
                assert (await client.ended(job))["kind"] == "finished"
            assert first.buffers[URI].text == "one\nuno\n"
            assert second.buffers[URI].text == "one\ndue\n"
            assert host.connection_count == 1, "they share their connections to the host"


async def test_a_client_that_vanishes_takes_its_jobs_with_it_and_no_other() -> None:
    async with FakeHost() as host, shared_by_all() as shared, served(shared) as one, served(shared) as other:
        options = host_options(host.base_url)
        async with LinkClient(one, options=options) as staying:
            leaving = LinkClient(other, options=options)
            await leaving.__aenter__()
            exchanges = []
            for client in (leaving, staying):
                client.open(URI, "one\ntwo\n")
                job = (await client.command("replace", PLACE))["jobId"]
                exchanges.append(await host.request())
                await exchanges[-1].say("uno\n")
            await leaving.vanish()
            await exchanges[0].closed()
            await exchanges[1].done()
            assert (await staying.ended(job))["kind"] == "finished"


async def test_a_client_that_has_gone_leaves_nothing_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    wires: list[weakref.ref[Wire]] = []

    def noted(*arguments: object) -> Wire:
        wire = Wire(*arguments)  # type: ignore[arg-type]
        wires.append(weakref.ref(wire))
        return wire

    monkeypatch.setattr(session, "Wire", noted)
    async with shared_by_all() as shared:
        for _ in range(2):
            async with served(shared) as link, LinkClient(link) as client:
                client.open(URI, "one\n")
                await client.request("lsp-llm/chat/list", {})
                await client.command("cancel")
        # A look at the library of prompts may still be under way in a thread, and ends by itself.
        await until(lambda: gc.collect() >= 0 and [wire() for wire in wires] == [None, None])


async def test_the_end_of_the_program_ends_a_client() -> None:
    async with FakeHost() as host, shared_by_all() as shared:
        near, far = linked_pair()
        serving = asyncio.create_task(serve_link(shared, far))
        client = LinkClient(near, options=host_options(host.base_url))
        await client.__aenter__()
        client.open(URI, "one\ntwo\n")
        await client.command("replace", PLACE)
        exchange = await host.request()
        serving.cancel()
        await exchange.closed()
        await client.gone()
        await asyncio.gather(serving, return_exceptions=True)
        await client.vanish()
