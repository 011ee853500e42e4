"""Which turn is meant, and where its answer goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.chats import HELLO, NEXT, asked, chat_uri, on_disk, without_comments
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import LspClient, Refusal, host_options


async def test_the_last_answer_is_asked_for_once_more_in_its_place(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        text = f"{HELLO}\n## Assistant (m)\n\nBad.\n\n<!-- lsp-llm {{}} -->{NEXT}"
        buffer = client.open(chat_uri(tmp_path), text, "markdown")
        with pytest.raises(Refusal, match="write something"):
            await client.command("send", {"uri": buffer.uri})
        job = await client.command("send", {"uri": buffer.uri, "position": {"line": 12, "character": 0}})
        exchange = await host.request()
        assert asked(exchange) == [("user", "Hello")]
        assert buffer.text == text
        await exchange.say("Good.")
        await exchange.done()
        await client.ended(job["jobId"])
        assert without_comments(buffer.text) == f"{HELLO}\n## Assistant (m)\n\nGood.{NEXT}"


async def test_an_earlier_question_is_answered_in_a_branch_once_the_editor_shows_it(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        text = f"{HELLO}\n## Assistant (m)\n\nHi{NEXT}More\n"
        buffer = client.open(chat_uri(tmp_path), text, "markdown")
        answer = await client.command("send", {"uri": buffer.uri, "position": {"line": 8, "character": 0}})
        await client.until(lambda: client.asked("window/showDocument") == 1)
        path = Path(answer["uri"].removeprefix("file://"))
        assert path.parent == tmp_path
        branch = client.open(answer["uri"], on_disk(answer["uri"]), "markdown")
        exchange = await host.request()
        assert asked(exchange) == [("user", "Hello")]
        await exchange.say("Anew")
        await exchange.done()
        await client.until(lambda: without_comments(branch.text).endswith(f"Anew{NEXT}"), "the answer in the branch")
        assert buffer.text == text


async def test_what_is_no_chat_is_refused(tmp_path: Path) -> None:
    async with LspClient(root=tmp_path) as client:
        code = client.open((tmp_path / "shop.py").as_uri(), "a = 1\n")
        for command in ("send", "stop", "branch"):
            with pytest.raises(Refusal, match="is no chat"):
                await client.command(command, {"uri": code.uri})
