"""Diagnostics of chats."""

from __future__ import annotations

from pathlib import Path

from lsp_llm.text.edits import Edit
from tests.fakes.chats import HELLO, TALK, chat_uri
from tests.fakes.lsp_client import LspClient


async def test_what_is_wrong_is_told_when_the_document_rests(tmp_path: Path) -> None:
    def told(client: LspClient) -> list[str]:
        published = [each["params"] for each in client.notifications if each["method"].endswith("publishDiagnostics")]
        return [each["message"] for each in published[-1]["diagnostics"]] if published else []

    (tmp_path / "shop.py").write_text("a = 1\n")
    async with LspClient(root=tmp_path) as client:
        text = TALK.replace("preset:\n", "preset: opnai\n").replace("</details>\n", "", 1)
        buffer = client.open(chat_uri(tmp_path), text, "markdown")
        await client.until(lambda: len(told(client)) == 3, "what is wrong")
        block, preset, mention = told(client)
        assert "has no </details>" in block
        assert 'there is no preset "opnai"' in preset
        assert mention == "gone.py names no file of the workspace"
        client.type(buffer, Edit(0, buffer.document.length, HELLO))
        await client.until(lambda: told(client) == [], "nothing")
