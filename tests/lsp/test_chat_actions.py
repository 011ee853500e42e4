"""Code actions and lenses of chats."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.chats import TALK, call_tool, chat_uri
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import Buffer, LspClient, host_options


async def titles(client: LspClient, buffer: Buffer, line: int) -> list[str]:
    place = {"line": line, "character": 0}
    params = {
        "textDocument": {"uri": buffer.uri},
        "range": {"start": place, "end": place},
        "context": {"diagnostics": []},
    }
    found = await client.request("textDocument/codeAction", params)
    return [action["title"] for action in found if "LLM: use" not in action["title"]]


async def test_what_can_be_done_is_offered_where_it_can(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer = client.open(chat_uri(tmp_path), TALK, "markdown")
        lines = TALK.split("\n")
        end = ["LLM: send", "LLM: continue"]
        assert await titles(client, buffer, 0) == end
        assert await titles(client, buffer, 8) == ["LLM: send from here, in a branch", *end, "LLM: branch here"]
        block = lines.index("a = 1")
        assert await titles(client, buffer, block) == [*end, "LLM: apply to shop.py", "LLM: branch here"]
        assert await titles(client, buffer, len(lines) - 2) == [*end, "LLM: branch here"]
        lenses = await client.request("textDocument/codeLens", {"textDocument": {"uri": buffer.uri}})
        assert [lens["command"]["title"] for lens in lenses] == [
            "LLM: send",
            "LLM: continue",
            "LLM: apply to shop.py",
            "LLM: branch",
        ]
        await client.command("send", {"uri": buffer.uri})
        await (await host.request()).say("x")
        assert await titles(client, buffer, 8) == ["LLM: stop"]
        await client.command("stop", {"uri": buffer.uri})


async def test_an_editor_that_cannot_ask_by_a_message_says_where_the_answer_is_given(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer = client.open(chat_uri(tmp_path), TALK, "markdown")
        job = await client.command("send", {"uri": buffer.uri})
        await call_tool(await host.request(), "list_files", {})
        await client.until(lambda: any("list_files" in said for said in client.messages()), "the question")
        (said,) = (said for said in client.messages() if "list_files" in said)
        assert said.startswith("LLM: allow or deny this call in the code actions of the chat: list_files")
        assert {"LLM: allow list_files", "LLM: deny list_files"} <= set(await titles(client, buffer, 0))
        await client.command("approve", {"uri": buffer.uri, "callId": "call_1", "decision": "deny"})
        await (await host.request()).done()
        await client.ended(job["jobId"])
