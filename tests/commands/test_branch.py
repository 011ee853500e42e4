"""`lsp-llm.branch`."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.chats import HELLO, NEXT, chat_uri, on_disk, without_comments
from tests.fakes.lsp_client import LspClient


async def test_branch_makes_a_chat_with_the_turns_so_far(tmp_path: Path) -> None:
    async with LspClient(root=tmp_path) as client:
        text = f"{HELLO}\n## Assistant (m)\n\nHi{NEXT}More\n"
        buffer = client.open(chat_uri(tmp_path), text, "markdown")
        answer = await client.command("branch", {"uri": buffer.uri, "position": {"line": 12, "character": 0}})
        written = on_disk(answer["uri"])
        assert without_comments(written).endswith("## Assistant (m)\n\nHi\n\n## User\n\n")
        assert "More" not in written
