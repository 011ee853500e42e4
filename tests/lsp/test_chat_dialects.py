"""Each dialect through a chat with parallel calls, twice: what hosts sent, and what they are sent back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.host import Exchange, FakeHost
from tests.lsp.chat_client import ChatClient

RECORDINGS = Path(__file__).parents[1] / "recordings"
ADD = {
    "name": "add",
    "description": "adds",
    "parameters": {"type": "object", "properties": {"first": {}, "second": {}}},
}


@pytest.mark.parametrize(
    ("dialect", "calls", "words"),
    [
        ("openai_chat", "llamacpp/chat_tools_parallel", "llamacpp/chat_text"),
        ("openai_responses", "llamacpp/responses_tools", "llamacpp/responses_text"),
        ("anthropic", "aimock/anthropic_tools", "aimock/anthropic_text"),
        ("gemini", "aimock/gemini_tools", "aimock/gemini_text"),
        ("ollama", "aimock/ollama_tools", "aimock/ollama_chat"),
    ],
)
async def test_calls_of_every_dialect(tmp_path: Path, dialect: str, calls: str, words: str) -> None:
    async with FakeHost() as host:
        provider = {"base_url": host.base_url, "auth": "none", "dialect": dialect}
        settings = {"tools": {"approve": "always"}, "providers": {"fake": provider}}
        async with ChatClient(host, tmp_path, **settings) as client:
            (client.root / "src").mkdir()
            (client.root / "src/main.py").write_text("print(23)\n")
            chat = await client.create(tools=[ADD])
            sending = client.sending(chat, "Add and read")
            for number in (1, 2):
                await replay(await host.request(), calls)
                added = await told(client, sending, number)
                result = {"chatId": chat, "callId": added, "text": f"sum {number}"}
                await client.request("lsp-llm/chat/toolResult", result)
            request = await host.request()
            said = list(strings(request.json))
            assert [text for text in said if text.startswith("sum")] == ["sum 1", "sum 2"], "each result once, in order"
            assert sum("print(23)" in text for text in said) == 2
            await replay(request, words)
            answer = await sending.answer
            assert answer["text"] and answer["text"] == sending.text
            ids = [made["callId"] for made in answer["toolCalls"]]
            assert len(set(ids)) == len(ids) == 4, "also where a dialect has no ids and makes them up"
            # Another server finds the same conversation in the file, and sends what the first one would.
        async with ChatClient(host, tmp_path, **settings) as client:
            again = client.sending(chat, "And now?")
            request = await host.request()
            assert [text for text in strings(request.json) if text.startswith("sum")] == ["sum 1", "sum 2"]
            await replay(request, words)
            await again.answer


async def told(client: ChatClient, sending: Any, number: int) -> str:
    """The id of the number-th call of `add`."""

    def found() -> list[str]:
        return [p["callId"] for p in sending.parts if p["kind"] == "toolCall" and p["name"] == "add"]

    await client.until(lambda: len(found()) == number)
    return found()[-1]


async def replay(exchange: Exchange, name: str) -> None:
    """Send a recorded answer."""
    await exchange.start()
    await exchange.send((RECORDINGS / f"{name}.body").read_bytes())
    await exchange.end()


def strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value, also in JSON inside of one."""
    match value:
        case str():
            yield value
            if value.startswith("{"):
                yield from strings(json.loads(value))
        case dict():
            for item in value.values():
                yield from strings(item)
        case list():
            for item in value:
                yield from strings(item)
        case _:
            pass
