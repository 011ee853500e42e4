"""The user's MCP servers: started when a chat first needs them, kept, and ended with this server; it runs no tool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lsp_llm.config.settings import McpTable

if TYPE_CHECKING:  # Most users have none, and should not pay for them.
    from lsp_llm.tools.base import Tool
    from lsp_llm.tools.mcp import McpServers


class ToolServers:
    """All that the settings name; other settings are other servers."""

    def __init__(self) -> None:
        self._named: Mapping[str, McpTable] = {}
        self._servers: McpServers | None = None

    async def tools(self, named: Mapping[str, McpTable]) -> tuple[tuple[Tool, ...], tuple[str, ...]]:
        """The tools of all servers that run or can be started, and a sentence for the user about each other one."""
        if named != self._named:
            former, self._servers, self._named = self._servers, _servers(named), named
            if former is not None:
                await former.close()
        return await self._servers.tools() if self._servers is not None else ((), ())

    async def close(self) -> None:
        """End every server."""
        if self._servers is not None:
            await self._servers.close()


def _servers(named: Mapping[str, McpTable]) -> McpServers | None:
    if not named:
        return None
    from lsp_llm.tools.mcp import McpServers
    from lsp_llm.tools.mcp_connection import McpServer

    return McpServers(
        [McpServer(name, table.command, table.url, table.env, table.headers) for name, table in named.items()]
    )
