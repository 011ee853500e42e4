"""Folding, symbols and links of chats."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.chats import TALK, chat_uri
from tests.fakes.lsp_client import LspClient


async def test_editors_fold_list_and_link_the_parts_of_a_chat(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("a = 1\n")
    async with LspClient(root=tmp_path) as client:
        buffer = client.open(chat_uri(tmp_path), TALK, "markdown")
        lines = TALK.split("\n")
        whole = {"textDocument": {"uri": buffer.uri}}
        folds = await client.request("textDocument/foldingRange", whole)
        assert [lines[fold["startLine"]][:12] for fold in folds] == [
            "## User",
            "## Assistant",
            "<details><su",
            "## User",
        ]
        assert lines[folds[2]["endLine"]] == "</details>"
        symbols = await client.request("textDocument/documentSymbol", whole)
        assert [symbol["name"][:20] for symbol in symbols] == [
            "User: Hello",
            "Assistant: Put this ",
            "User: What of @shop.",
        ]
        assert [child["name"] for child in symbols[1]["children"]] == ["thinking"]
        links = await client.request("textDocument/documentLink", whole)
        assert [link["target"] for link in links] == [(tmp_path / "shop.py").as_uri()]
