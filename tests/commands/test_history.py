"""`lsp-llm.history`."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from lsp_llm.commands.history import history_text
from lsp_llm.records.history import Entry
from tests.fakes.chats import HELLO, chat_uri, on_disk
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import LspClient, host_options


def test_an_entry_says_all_that_is_known() -> None:
    entry = Entry(
        "file:///src/a.py", "yap", "fast", "more\nwords", "failed", "no key", "```\nx\n```", ("preparing", "sent"),
        ("b.py",), 9, 3, "2026-11-20T10:00:00+00:00",
    )  # fmt: skip
    text = history_text([entry], "")
    assert "## 2026-11-20T10:00:00+00:00 · yap · a.py · failed" in text
    for line in ("preset: fast", "instruction: more words", "files: b.py", "tokens: 9 in, 3 out", "reason: no key"):
        assert f"- {line}\n" in text
    assert "- course: preparing; sent\n" in text
    assert "````\n```\nx\n```\n````" in text
    assert history_text([], "gone") == "# History\n\nThere is nothing with “gone”.\n"


async def test_fills_and_sends_are_in_one_document(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        chat = client.open(chat_uri(tmp_path), HELLO, "markdown")
        code = client.open((tmp_path / "a.py").as_uri(), "x = 1\n")
        jobs = [await client.command("send", {"uri": chat.uri})]
        end = {"line": 1, "character": 0}
        jobs.append(await client.command("yap", {"uri": code.uri, "range": {"start": end, "end": end}, "query": "on"}))
        for _ in jobs:
            exchange = await host.request()
            await exchange.say("so")
            await exchange.done()
        for job in jobs:
            await client.ended(job["jobId"])
        await client.command("history")
        shown = [each["params"]["uri"] for each in client.requests if each["method"] == "window/showDocument"]
        await client.until(lambda: client.asked("window/showDocument") == 1, "the document")
        shown = [each["params"]["uri"] for each in client.requests if each["method"] == "window/showDocument"]
        text = on_disk(unquote(shown[0]))
        assert "· chat · talk.chat.md · finished" in text
        assert "· yap · a.py · finished" in text
        assert "- tokens: 9 in, 3 out" in text
        assert "- files: a.py" in text
