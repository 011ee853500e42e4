"""Chat documents and all others at the edge."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.chats import HELLO, at, chat_uri, on_disk
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import LspClient, host_options


async def test_other_documents_are_as_if_there_were_no_chats(tmp_path: Path) -> None:
    async with LspClient(root=tmp_path) as client:
        client.open(chat_uri(tmp_path), HELLO, "markdown")
        code = client.open((tmp_path / "shop.py").as_uri(), "a = 1\n")
        for name in ("codeLens", "foldingRange", "documentSymbol", "documentLink"):
            assert await client.request(f"textDocument/{name}", {"textDocument": {"uri": code.uri}}) is None
        for name in ("hover", "completion"):
            assert await client.request(f"textDocument/{name}", at(code, 0)) is None


async def test_a_chat_in_the_folder_of_chats_is_about_the_workspace(tmp_path: Path) -> None:
    """That is where the commands begin them."""
    (tmp_path / "shop.py").write_text("a = 1\n")
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        uri = (await client.command("chat", {"text": "What of @shop.py and @gone.py?"}))["uri"]
        text = on_disk(uri)
        buffer = client.open(uri, f"{text}\n## Assistant (m)\n\n`shop.py`:\n\n```python\na = 2\n```\n", "markdown")
        line = text.split("\n").index("What of @shop.py and @gone.py?")
        links = await client.request("textDocument/documentLink", {"textDocument": {"uri": uri}})
        assert [link["target"] for link in links] == [(tmp_path / "shop.py").as_uri()]
        hover = await client.request("textDocument/hover", at(buffer, line, 10))
        assert "6 characters" in hover["contents"]["value"]
        await client.until(lambda: any("gone.py" in said for said in diagnosed(client, uri)), "the missing file")
        offered = await client.request("textDocument/completion", at(buffer, line, 9))
        assert "@shop.py" in [item["label"] for item in offered["items"]]
        file = client.open((tmp_path / "shop.py").as_uri(), "a = 1\n")
        place = {"line": buffer.text.split("\n").index("a = 2"), "character": 0}
        job = await client.command("apply", {"uri": uri, "position": place})
        await client.command("accept", job)
        await client.until(lambda: file.text == "a = 2\n", "the block")


def diagnosed(client: LspClient, uri: str) -> list[str]:
    """What was found in a document last."""
    found = [
        each["params"]["diagnostics"]
        for each in client.notifications
        if each["method"] == "textDocument/publishDiagnostics" and each["params"]["uri"] == uri
    ]
    return [each["message"] for each in found[-1]] if found else []
