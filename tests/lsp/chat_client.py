"""A small client of chats: the real server over pipes, the host by hand, and partial results kept as they come."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from tests.fakes.host import Exchange, FakeHost
from tests.fakes.lsp_client import CAPABILITIES, LspClient, Message, host_options

PICKING: Message = {**CAPABILITIES, "window": {"workDoneProgress": True, "showMessage": {"messageActionItem": {}}}}


class ChatClient(LspClient):
    """`async with ChatClient(host, folder)`; chats are files below the folder."""

    def __init__(self, host: FakeHost, folder: Path, **settings: Any) -> None:
        self.folder = folder / "chats"
        root = folder / "project"
        root.mkdir(exist_ok=True)
        preset = settings.pop("preset", {})
        options = {**host_options(host.base_url, **preset), "chat": {"directory": str(self.folder)}, **settings}
        super().__init__(options=options, root=root, initialize={"capabilities": PICKING})
        self.root = root
        self._tokens = 0

    async def create(self, **params: Any) -> str:
        return str((await self.request("lsp-llm/chat/create", params))["chatId"])

    def sending(self, chat_id: str, text: str, method: str = "send", **params: Any) -> Sending:
        """Begin a send with partial results."""
        self._tokens += 1
        return Sending(self, method, {"chatId": chat_id, "text": text, **params}, f"part-{self._tokens}")

    def going_on(self, chat_id: str, **params: Any) -> Sending:
        """Begin to have the last answer go on, with partial results."""
        self._tokens += 1
        return Sending(self, "continue", {"chatId": chat_id, **params}, f"part-{self._tokens}")

    async def messages_of(self, chat_id: str) -> list[Message]:
        got = await self.request("lsp-llm/chat/get", {"chatId": chat_id})
        assert got["problems"] == []
        return list(got["messages"])

    def file(self, chat_id: str) -> str:
        return (self.folder / f"{chat_id}.chat.md").read_text(encoding="utf-8")


class Sending:
    """One send under way."""

    def __init__(self, client: ChatClient, method: str, params: Message, token: str) -> None:
        self._client = client
        self.token = token
        self.request_id = client._count + 1
        asked = {**params, "partialResultToken": token}
        self.answer = asyncio.create_task(client.request(f"lsp-llm/chat/{method}", asked))

    @property
    def parts(self) -> list[Message]:
        found = [item["params"] for item in self._client.notifications if item["method"] == "$/progress"]
        return [params["value"] for params in found if params["token"] == self.token]

    @property
    def text(self) -> str:
        return "".join(part["delta"] for part in self.parts if part["kind"] == "text")

    async def part(self, kind: str, **fields: Any) -> Message:
        """The first partial result of this kind with these fields."""

        def found() -> list[Message]:
            return [p for p in self.parts if p["kind"] == kind and fields.items() <= p.items()]

        await self._client.until(lambda: bool(found()), f"{kind} {fields}")
        return found()[0]

    async def said(self, text: str) -> None:
        await self._client.until(lambda: self.text == text, text)


async def call(exchange: Exchange, *calls: tuple[str, str, Any], text: str = "") -> None:
    """End an answer of the OpenAI chat dialect with calls: id, name and arguments."""
    if text:
        await exchange.say(text)
    for index, (call_id, name, arguments) in enumerate(calls):
        function = {"name": name, "arguments": arguments if isinstance(arguments, str) else json.dumps(arguments)}
        told = [{"index": index, "id": call_id, "type": "function", "function": function}]
        await exchange._event({"choices": [{"index": 0, "delta": {"tool_calls": told}, "finish_reason": None}]})
    await exchange.done("tool_calls")


async def thought(exchange: Exchange, text: str) -> None:
    """Some reasoning in the OpenAI chat dialect."""
    await exchange._event({"choices": [{"index": 0, "delta": {"reasoning_content": text}}]})


async def answered(exchange: Exchange, text: str) -> None:
    await exchange.say(text)
    await exchange.done()
