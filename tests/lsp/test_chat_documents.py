"""Chat documents and all others at the edge."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.chats import HELLO, at, chat_uri
from tests.fakes.lsp_client import LspClient


async def test_other_documents_are_as_if_there_were_no_chats(tmp_path: Path) -> None:
    async with LspClient(root=tmp_path) as client:
        client.open(chat_uri(tmp_path), HELLO, "markdown")
        code = client.open((tmp_path / "shop.py").as_uri(), "a = 1\n")
        for name in ("codeLens", "foldingRange", "documentSymbol", "documentLink"):
            assert await client.request(f"textDocument/{name}", {"textDocument": {"uri": code.uri}}) is None
        for name in ("hover", "completion"):
            assert await client.request(f"textDocument/{name}", at(code, 0)) is None
