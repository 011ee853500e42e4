"""Chats as they go over the wire, held against tests/transcripts: with a tool call, and with an answer that goes on."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import Refusal
from tests.lsp.chat_client import ChatClient, answered, call, thought

TRANSCRIPTS = Path(__file__).parents[1] / "transcripts"


class Recorder(ChatClient):
    """Writes down what belongs to chats."""

    def __init__(self, host: FakeHost, folder: Path) -> None:
        super().__init__(host, folder)
        self.lines: list[str] = []
        self._methods: dict[int, str] = {}

    def send(self, message: dict[str, Any]) -> None:
        method = message.get("method", "")
        if method.startswith("lsp-llm/chat/"):
            self._methods[message["id"]] = method
            self._note("->", {method: message["params"]})
        super().send(message)

    def _take(self, message: dict[str, Any]) -> None:
        if "method" not in message and message["id"] in self._methods:
            self._note("<-", {self._methods[message["id"]]: message.get("result", message.get("error"))})
        elif message.get("method") == "$/progress" and str(message["params"]["token"]).startswith("part-"):
            self._note("<-", {"$/progress": message["params"]})
        super()._take(message)

    def _note(self, direction: str, told: dict[str, Any]) -> None:
        text = json.dumps(told, ensure_ascii=False).replace(self.folder.parent.as_uri(), "file:///folder")
        text = re.sub(r"\d{8}-\d{6}-[0-9a-f]{4}", "CHAT", text)
        text = re.sub(r"\bm-[0-9a-f]{8}", "MESSAGE", text)
        text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", "TIME", text)
        self.lines.append(f"{direction} {text}")


async def test_the_transcript_is_still_true(tmp_path: Path) -> None:
    async with FakeHost() as host, Recorder(host, tmp_path) as client:
        (client.root / "shop.py").write_text("TAX = 0.19\n")
        chat = await client.create(title="Taxes")
        first = client.sending(chat, "Hello")
        await answered(await host.request(), "Good day.")
        await first.answer
        second = client.sending(chat, "What is the tax?", context=[{"type": "file", "path": "shop.py"}])
        await call(await host.request(), ("c1", "read_file", {"path": "shop.py"}), text="I look.")
        await second.part("toolCall", needsApproval=True)
        await client.request("lsp-llm/chat/approveTool", {"chatId": chat, "callId": "c1", "decision": "allow"})
        await answered(await host.request(), "It is 19 %.")
        await second.answer
        third = client.sending(chat, "Thanks")
        await answered(await host.request(), "Welcome.")
        await third.answer
        await client.messages_of(chat)
    assert client.lines == transcript("chat_requests.txt")


async def test_the_transcript_of_an_answer_that_goes_on_is_still_true(tmp_path: Path) -> None:
    async with FakeHost() as host, Recorder(host, tmp_path) as client:
        chat = await client.create(title="Tales")
        first = client.sending(chat, "Tell me one")
        request = await host.request()
        await request.say("Once upon")
        await request.done("length")
        await first.answer
        more = client.going_on(chat)
        request = await host.request()
        await thought(request, "Upon what?")
        await answered(request, " a time.")
        await more.answer
        await client.messages_of(chat)
        with pytest.raises(Refusal):
            await client.going_on(chat).answer
    assert client.lines == transcript("chat_continued.txt")


def transcript(name: str) -> list[str]:
    return (TRANSCRIPTS / name).read_text(encoding="utf-8").splitlines()
