"""`lsp-llm.chat`."""

from __future__ import annotations

from pathlib import Path

from lsp_llm.chat.head import read_head
from tests.fakes.chats import HELLO, chat_uri, on_disk
from tests.fakes.lsp_client import LspClient


async def test_a_selection_begins_a_chat_or_goes_into_one_that_is_open(tmp_path: Path) -> None:
    async with LspClient(root=tmp_path) as client:
        code = client.open((tmp_path / "shop.py").as_uri(), "a = 1\nb = 2\n")
        range_ = {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}}
        made = await client.command("chat", {"uri": code.uri, "range": range_, "text": "why?"})
        written = on_disk(made["uri"])
        assert read_head(written).title == "why?"
        assert "shop.py, line 1:\n\n```python\na = 1\n```\n\nwhy?" in written
        await client.until(lambda: any(made["uri"][7:] in said for said in client.messages()), "the path")
        buffer = client.open(chat_uri(tmp_path), HELLO, "markdown")
        again = await client.command("chat", {"uri": code.uri, "range": range_, "chat": buffer.uri})
        assert again == {"uri": buffer.uri}
        await client.until(lambda: buffer.text == f"{HELLO}\nshop.py, line 1:\n\n```python\na = 1\n```\n", "the quote")


async def test_a_chat_is_called_by_its_first_words_or_else_by_the_file(tmp_path: Path) -> None:
    async with LspClient(root=tmp_path) as client:
        code = client.open((tmp_path / "shop.py").as_uri(), "a = 1\n")
        for values, title in (
            ({"uri": code.uri, "range": code.range(0, 5)}, "shop.py"),
            ({"text": "Why is\n\n  this so?"}, "Why is this so?"),
            ({}, ""),
        ):
            made = await client.command("chat", values)
            assert read_head(on_disk(made["uri"])).title == title
