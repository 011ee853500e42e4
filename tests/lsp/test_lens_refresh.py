"""Lenses are asked for anew when what they offer has changed and no text has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.fakes.chats import HELLO, call_tool, chat_uri
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import CAPABILITIES, Buffer, LspClient, host_options

REFRESH = "workspace/codeLens/refresh"


def saying(says: bool) -> dict[str, Any]:
    """What a client says of itself in initialize."""
    workspace = {**CAPABILITIES["workspace"], "codeLens": {"refreshSupport": says}}
    window = {**CAPABILITIES["window"], "showMessage": {}}
    return {"capabilities": {**CAPABILITIES, "workspace": workspace, "window": window}}


async def titles(client: LspClient, buffer: Buffer) -> list[str]:
    lenses = await client.request("textDocument/codeLens", {"textDocument": {"uri": buffer.uri}})
    return [lens["command"]["title"] for lens in lenses]


async def test_when_a_send_begins_and_when_it_has_ended(tmp_path: Path) -> None:
    options = {"initialize": saying(True), "root": tmp_path}
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), **options) as client:
        buffer = client.open(chat_uri(tmp_path), HELLO, "markdown")
        await client.command("send", {"uri": buffer.uri})
        await client.until(lambda: client.asked(REFRESH) == 1)
        assert await titles(client, buffer) == ["LLM: stop"]
        exchange = await host.request()
        await exchange.say("Hi")
        await exchange.done()
        await client.until(lambda: client.asked(REFRESH) == 2)
        assert "LLM: stop" not in await titles(client, buffer)


async def test_when_a_call_waits_and_when_it_does_not_any_more(tmp_path: Path) -> None:
    options = {"initialize": saying(True), "root": tmp_path}
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), **options) as client:
        buffer = client.open(chat_uri(tmp_path), HELLO, "markdown")
        await client.command("send", {"uri": buffer.uri})
        await call_tool(await host.request(), "read_file", {"path": "shop.py"})
        await client.until(lambda: client.asked(REFRESH) == 2)
        assert "LLM: allow read_file" in await titles(client, buffer)
        await client.command("approve", {"uri": buffer.uri, "callId": "call_1", "decision": "deny"})
        await client.until(lambda: client.asked(REFRESH) == 3)
        assert await titles(client, buffer) == ["LLM: stop"]
        await client.command("stop", {"uri": buffer.uri})


async def test_a_client_that_does_not_say_so_is_not_asked(tmp_path: Path) -> None:
    options = {"initialize": saying(False), "root": tmp_path}
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), **options) as client:
        buffer = client.open(chat_uri(tmp_path), HELLO, "markdown")
        job = await client.command("send", {"uri": buffer.uri})
        exchange = await host.request()
        await exchange.say("Hi")
        await exchange.done()
        await client.ended(job["jobId"])
        await titles(client, buffer)
        assert client.asked(REFRESH) == 0
