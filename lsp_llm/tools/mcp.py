"""The tools of the user's MCP servers beside ours: same approval, same limits; it speaks no MCP itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lsp_llm.exchange.tools import ToolCall, ToolSpec
from lsp_llm.tools.base import Approval, Prepared, Tool, ToolFailed, World
from lsp_llm.tools.checking import checked
from lsp_llm.tools.mcp_connection import START_SECONDS, McpConnection, McpServer
from lsp_llm.tools.naming import prefixed
from lsp_llm.tools.schema import flattened

MAX_DESCRIPTION_CHARACTERS: Final = 4000


@dataclass(frozen=True, slots=True)
class McpTool:
    """One tool of a server; `its_name` is what the server calls it."""

    name: str
    its_name: str
    description: str
    parameters: Mapping[str, Any]
    connection: McpConnection
    approval: Approval = "before"

    @property
    def spec(self) -> ToolSpec:
        """What the model is told of it."""
        return ToolSpec(self.name, self.description[:MAX_DESCRIPTION_CHARACTERS], self.parameters)

    def prepare(self, call: ToolCall) -> Prepared:
        """See whether the arguments can be meant. Raises BadArguments."""
        arguments = checked(self.name, self.parameters, call.arguments)

        async def run(world: World) -> str:
            return await self.connection.call(self.its_name, arguments)

        return Prepared("", run)


class McpServers:
    """All servers of the user's settings; `close` has to be called at the end."""

    def __init__(self, servers: Sequence[McpServer], start_seconds: float = START_SECONDS) -> None:
        self._connections = [McpConnection(server, start_seconds) for server in servers]

    async def tools(self) -> tuple[tuple[Tool, ...], tuple[str, ...]]:
        """The tools of all that run or can be started, and a sentence for the user about each other one."""
        found = await asyncio.gather(*map(_tools_of, self._connections))
        tools = [tool for each in found if not isinstance(each, str) for tool in each]
        return tuple(tools), tuple(each for each in found if isinstance(each, str))

    async def close(self) -> None:
        """End every server."""
        await asyncio.gather(*(connection.close() for connection in self._connections))


async def _tools_of(connection: McpConnection) -> tuple[Tool, ...] | str:
    try:
        offered = await connection.tools()
    except ToolFailed as failure:
        return str(failure)
    return tuple(
        McpTool(
            prefixed(connection.server.name, tool.name),
            tool.name,
            tool.description or tool.title or tool.name,
            flattened(tool.input_schema),
            connection,
        )
        for tool in offered
    )
