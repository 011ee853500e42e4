from pathlib import Path

import pytest

from lsp_llm.exchange.tools import ToolCall, ToolResult
from lsp_llm.tools.base import BadArguments, ToolFailed
from lsp_llm.tools.client_tools import ClientTool
from tests.tools.worlds import world

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


class Client:
    def __init__(self, answer: ToolResult) -> None:
        self.answer = answer
        self.calls: list[tuple[str, ToolCall]] = []

    async def call(self, chat_id: str, call: ToolCall) -> ToolResult:
        self.calls.append((chat_id, call))
        return self.answer


def tool(client: Client) -> ClientTool:
    return ClientTool("weather", "The weather.", SCHEMA, "chat-1", client)


async def test_the_client_is_called_with_what_the_model_wrote(tmp_path: Path) -> None:
    client = Client(ToolResult("7", "weather", "sunny"))
    call = ToolCall("7", "weather", '{"city": "Ulm"}')
    assert await tool(client).prepare(call).run(world(tmp_path)) == "sunny"
    assert client.calls == [("chat-1", call)]
    assert tool(client).spec.parameters == SCHEMA


async def test_an_error_of_the_clients_is_one_for_the_model(tmp_path: Path) -> None:
    client = Client(ToolResult("7", "weather", "no such city", is_error=True))
    with pytest.raises(ToolFailed, match="no such city"):
        await tool(client).prepare(ToolCall("7", "weather", '{"city": "x"}')).run(world(tmp_path))


def test_a_call_that_cannot_be_meant_does_not_reach_the_client() -> None:
    client = Client(ToolResult("7", "weather", ""))
    with pytest.raises(BadArguments, match=r"\$\.city is missing"):
        tool(client).prepare(ToolCall("7", "weather", "{}"))
    assert client.calls == []
