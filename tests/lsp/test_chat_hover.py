"""Hover in chats."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.chats import TALK, at, chat_uri
from tests.fakes.lsp_client import LspClient


async def test_hover_tells_of_turns_and_mentions(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("a = 1\n")
    async with LspClient(root=tmp_path) as client:
        buffer = client.open(chat_uri(tmp_path), TALK, "markdown")
        lines = TALK.split("\n")
        last = len(lines) - 2
        said = await client.request("textDocument/hover", at(buffer, lines.index("## Assistant (m)")))
        assert "**m** · cut off · 9 tokens in, 3 out" in said["contents"]["value"]
        assert "Sent: 1 turn, about " in said["contents"]["value"]
        said = await client.request("textDocument/hover", at(buffer, last, 10))
        assert said["contents"]["value"] == "shop.py: 6 characters, about 2 tokens"
        assert await client.request("textDocument/hover", at(buffer, last, 1)) is None
