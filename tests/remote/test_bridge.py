"""The bridge as the real program, between a client on pipes and a server that is a program too."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from tests.cli.calling import write_settings
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import LspClient, Refusal, host_options
from tests.remote.program import Program

URI = "file:///project/shop.py"
PLACE = {"uri": URI, "range": {"start": {"line": 1, "character": 0}, "end": {"line": 2, "character": 0}}}


@pytest.mark.parametrize("way", ["--ws", "--tcp"])
async def test_an_editor_on_pipes_is_served_from_elsewhere(tmp_path: Path, way: str) -> None:
    async with FakeHost() as host, Program(tmp_path, way, ":0") as program:
        joined = ("serve", "--stdio", "--connect", program.url)
        environ = {"LSP_LLM_TOKEN": program.token}
        async with LspClient(*joined, environ=environ, options=host_options(host.base_url)) as client:
            client.open(URI, "one\ntwo\n")
            job = await client.command("replace", PLACE)
            exchange = await host.request()
            await exchange.say("uno\n")
            await exchange.done()
            assert (await client.ended(job["jobId"]))["kind"] == "finished"
            assert client.buffers[URI].text == "one\nuno\n"
        assert (client.process.returncode, client.errors) == (0, "")


async def test_the_address_may_be_in_the_settings(tmp_path: Path) -> None:
    async with Program(tmp_path, "--ws", ":0") as program:
        config = write_settings(tmp_path, f'[remote]\nurl = "{program.url}"\ntoken_env = "THE_TOKEN"\n')
        joined = ("--config", str(config), "serve", "--stdio", "--connect")
        async with LspClient(*joined, environ={"THE_TOKEN": program.token}) as client:
            assert await client.command("cancel") == {"cancelled": []}


async def test_a_server_that_goes_away_is_told_and_ends_the_bridge(tmp_path: Path) -> None:
    async with Program(tmp_path, "--tcp", ":0") as program:
        client = LspClient("serve", "--connect", program.url, environ={"LSP_LLM_TOKEN": program.token})
        await client.__aenter__()
        program.process.terminate()
        assert await client.gone() == 1
    (said,) = client.messages()
    assert said == f"LLM: the connection to {program.url} is lost; restart the language server to connect again"


async def test_where_nobody_is_the_editor_is_told_why(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"tcp://127.0.0.1:{unused.getsockname()[1]}"
        config = write_settings(tmp_path, "[remote]\nreconnect_seconds = 0.01\nmax_attempts = 2\n")
        client = LspClient("--config", str(config), "serve", "--stdio", "--connect", url)
        with pytest.raises(Refusal, match=f"{url} cannot be reached: connection refused"):
            await client.__aenter__()
    assert client.messages() == [
        f"LLM: {url} cannot be reached; attempt 2 of 2 is in 0 s",
        f"LLM: {url} cannot be reached: connection refused",
    ]


async def test_a_wrong_token_is_told_at_once(tmp_path: Path) -> None:
    async with Program(tmp_path, "--ws", ":0") as program:
        client = LspClient("serve", "--connect", f"{program.url}/?token=s3cret-and-wrong")
        with pytest.raises(Refusal, match=r"refuses \(HTTP 401\): wrong token"):
            await client.__aenter__()
        assert "s3cret" not in client.errors


async def test_an_editor_that_leaves_without_a_word_leaves_nothing_behind(tmp_path: Path) -> None:
    async with FakeHost() as host, Program(tmp_path, "--ws", ":0") as program:
        joined = ("serve", "--connect", f"{program.url}/?token={program.token}")
        client = LspClient(*joined, options=host_options(host.base_url))
        await client.__aenter__()
        client.open(URI, "one\ntwo\n")
        await client.command("replace", PLACE)
        exchange = await host.request()
        assert client.process.stdin is not None
        client.process.stdin.close()
        await exchange.closed()
        assert await asyncio.wait_for(client.gone(), 60) == 0
