"""Completion in chats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.fakes.chats import HELLO, at, chat_uri
from tests.fakes.lsp_client import LspClient


async def test_mentions_presets_and_prompts_are_completed(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "shop.py").write_text("a = 1\n")
    async with LspClient(root=tmp_path) as client:
        buffer = client.open(chat_uri(tmp_path), f"{HELLO}see @src/s\n", "markdown")
        line = HELLO.count("\n")

        async def labels(position: dict[str, Any]) -> list[str]:
            found = await client.request("textDocument/completion", position)
            return [item["label"] for item in found["items"]]

        found: list[str] = []
        for _ in range(100):
            found = await labels(at(buffer, line, 10))
            if len(found) > 1:
                break
        assert "@src/shop.py" in found
        assert "openai" in await labels(at(buffer, 2, 7))
        assert await client.request("textDocument/completion", at(buffer, line, 2)) is None
