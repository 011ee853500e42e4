"""`lsp-llm.approve`: a call of a tool in a chat document, approved by a code action."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.chats import HELLO, NEXT, call_tool, chat_uri, without_comments
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import Buffer, LspClient, Message, host_options


async def actions(client: LspClient, buffer: Buffer) -> dict[str, Message]:
    place = {"line": 8, "character": 0}
    params = {
        "textDocument": {"uri": buffer.uri},
        "range": {"start": place, "end": place},
        "context": {"diagnostics": []},
    }
    found = await client.request("textDocument/codeAction", params)
    return {action["title"]: action["command"] for action in found}


async def test_a_tool_reads_a_file_once_the_user_allows_it_and_the_answer_goes_on(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("a = 41\n")
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer = client.open(chat_uri(tmp_path), HELLO, "markdown")
        job = await client.command("send", {"uri": buffer.uri})
        await call_tool(await host.request(), "read_file", {"path": "shop.py"})
        await client.until(lambda: "Tool call: read_file" in buffer.text, "the call")
        offered = await actions(client, buffer)
        assert "LLM: always allow read_file in this chat" in offered
        allow = offered["LLM: allow read_file"]
        await client.request("workspace/executeCommand", {"command": allow["command"], "arguments": allow["arguments"]})
        exchange = await host.request()
        assert "a = 41" in exchange.json["messages"][-1]["content"]
        assert "Tool result: read_file" in buffer.text
        await exchange.say("It is 41.")
        await exchange.done()
        assert (await client.ended(job["jobId"]))["kind"] == "finished"
        text = without_comments(buffer.text)
        assert text.endswith(f"\n\n## Assistant (m)\n\nIt is 41.{NEXT}")
        assert text.index("Tool call") < text.index("## Tools") < text.index("Tool result") < text.index("It is 41.")
