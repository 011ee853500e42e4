"""`lsp-llm.continue`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.chats import HELLO, NEXT, asked, chat_uri, typed, without_comments
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import LspClient, Refusal, host_options
from tests.lsp.chat_client import answered, thought


async def test_an_answer_that_was_cut_off_goes_on_where_it_ends(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer = client.open(chat_uri(tmp_path), HELLO, "markdown")
        job = await client.command("send", {"uri": buffer.uri})
        exchange = await host.request()
        await exchange.say("Look:\n\n```python\na = ")
        await exchange.done("length")
        await client.ended(job["jobId"])
        assert without_comments(buffer.text).endswith(f"a = \n```{NEXT}")
        client.type(buffer, typed(buffer, "mine\n"))
        job = await client.command("continue", {"uri": buffer.uri})
        exchange = await host.request()
        assert [role for role, _ in asked(exchange)] == ["user", "assistant", "user"]
        await exchange.say("1\n```\n\nDone.")
        await exchange.done()
        await client.ended(job["jobId"])
        answer = "Look:\n\n```python\na = 1\n```\n\nDone."
        assert without_comments(buffer.text) == f"{HELLO.rstrip()}\n\n## Assistant (m)\n\n{answer}{NEXT}mine\n"
        with pytest.raises(Refusal, match="not one that was cut off"):
            await client.command("continue", {"uri": buffer.uri})


async def test_what_the_model_thinks_first_does_not_part_the_answer(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer = client.open(chat_uri(tmp_path), HELLO, "markdown")
        job = await client.command("send", {"uri": buffer.uri})
        exchange = await host.request()
        await exchange.say("Half an")
        await exchange.done("length")
        await client.ended(job["jobId"])
        job = await client.command("continue", {"uri": buffer.uri})
        exchange = await host.request()
        await thought(exchange, "An answer?")
        await answered(exchange, " answer.")
        await client.ended(job["jobId"])
        above = "<details><summary>Thinking</summary>\n\nAn answer?\n\n</details>"
        answer = f"## Assistant (m)\n\n{above}\n\nHalf an answer."
        assert without_comments(buffer.text) == f"{HELLO.rstrip()}\n\n{answer}{NEXT}"
