import asyncio
import json
from pathlib import Path

from lsp_llm.exchange.tools import ToolCall
from lsp_llm.tools import execution
from lsp_llm.tools.execution import Execution, Limits
from lsp_llm.tools.mcp import McpServers
from lsp_llm.tools.mcp_connection import McpServer
from lsp_llm.tools.naming import is_name
from lsp_llm.tools.registry import toolbox
from tests.tools.mcp_servers import STDIO
from tests.tools.test_desk import Screen
from tests.tools.worlds import comes_true, world

MISSING = McpServer("missing", ("/no/such/program",))


async def test_their_tools_stand_beside_ours_under_the_same_approval(tmp_path: Path) -> None:
    servers = McpServers((STDIO, MISSING), start_seconds=60)
    try:
        tools, problems = await servers.tools()
        assert len(problems) == 1
        assert problems[0].startswith("The MCP server 'missing' does not work")
        box = toolbox((), tools)
        assert box.problems == ()
        assert all(map(is_name, box.names))
        schema = next(spec.parameters for spec in box.specs if spec.name == "odd__climb")
        assert "$ref" not in json.dumps(schema)
        assert schema["properties"]["place"]["properties"]["name"] == {"type": "string"}

        screen = Screen()
        run = Execution(screen, Limits())
        calls = [
            ToolCall("1", "odd__add", '{"a": 1, "b": 2}'),
            ToolCall("2", "odd__climb", '{"place": {"name": "Eiger"}}'),
            ToolCall("3", "odd__add", '{"a": 1}'),
        ]
        working = asyncio.create_task(run.carry_out(calls, box, world(tmp_path), "ask"))
        assert await comes_true(lambda: len(run.desk.waiting) == 2)
        run.desk.answer("1", "allow")
        run.desk.answer("2", "allow")
        assert [(result.text, result.is_error) for result in await working] == [
            ("3", False),
            ("Eiger 0", False),
            ("The arguments of odd__add do not fit: $.b is missing. Nothing was carried out.", True),
        ]
    finally:
        await servers.close()


async def test_a_call_that_hangs_ends_in_an_error_result(tmp_path: Path) -> None:
    servers = McpServers((STDIO,), start_seconds=60)
    try:
        tools, _ = await servers.tools()
        call = ToolCall("1", "odd__hang")
        run = Execution(Screen(), Limits(call_seconds=0.1 - execution.GRACE_SECONDS + 0.1))
        [result] = await run.carry_out([call], toolbox((), tools), world(tmp_path), "always")
        assert result.is_error
        assert result.text.startswith("The call did not end within")
    finally:
        await servers.close()


async def test_no_servers_are_no_tools() -> None:
    servers = McpServers(())
    assert await servers.tools() == ((), ())
    await servers.close()
