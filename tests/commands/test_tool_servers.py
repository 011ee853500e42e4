from __future__ import annotations

import sys

from lsp_llm.commands.tool_servers import ToolServers
from lsp_llm.config.settings import McpTable
from tests.tools.mcp_servers import SERVER

ODD = {"odd": McpTable(command=(sys.executable, SERVER, "stdio"))}


async def test_servers_live_as_long_as_the_settings_name_them() -> None:
    servers = ToolServers()
    try:
        assert await servers.tools({}) == ((), ())
        (first, *_), problems = await servers.tools(ODD)
        assert (first.spec.name.startswith("odd__"), problems) == (True, ())
        (again, *_), _ = await servers.tools(dict(ODD))
        # The same server goes on.
        assert again.connection is first.connection  # type: ignore[attr-defined]
        assert await servers.tools({}) == ((), ())
    finally:
        await servers.close()


async def test_one_that_cannot_be_started_is_told() -> None:
    servers = ToolServers()
    tools, (problem,) = await servers.tools({"gone": McpTable(command=("/no/such/program",))})
    await servers.close()
    assert tools == ()
    assert problem.startswith("The MCP server 'gone' does not work")
