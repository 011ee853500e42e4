"""`lsp-llm.stop`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.chats import HELLO, NEXT, chat_uri, without_comments
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import LspClient, Refusal, host_options


async def test_stop_keeps_what_has_come_and_says_so(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer = client.open(chat_uri(tmp_path), HELLO, "markdown")
        job = await client.command("send", {"uri": buffer.uri})
        exchange = await host.request()
        await exchange.say("Half")
        await client.until(lambda: "Half" in buffer.text)
        with pytest.raises(Refusal, match="already"):
            await client.command("send", {"uri": buffer.uri})
        assert await client.command("stop", {"uri": buffer.uri}) == {"cancelled": [job["jobId"]]}
        await exchange.closed()
        await client.until(lambda: "cancelled" in buffer.text, "the comment")
        assert without_comments(buffer.text).endswith(f"## Assistant (m)\n\nHalf{NEXT}")
