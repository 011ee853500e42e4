"""An MCP server for the tests, made with the package's own server side: `stdio`, or `http PORT`."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Annotated

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel, Field

server = MCPServer("odd")


class Place(BaseModel):
    """Somewhere."""

    name: str
    height: float = 0


@server.tool()
def add(a: Annotated[int, Field(description="one")], b: int) -> str:
    """Add two numbers."""
    return str(a + b)


@server.tool()
def climb(place: Place) -> str:
    """Climb a place."""
    return f"{place.name} {place.height:g}"


@server.tool()
def refuse() -> str:
    """Always fails."""
    raise ToolError("not today")


@server.tool()
async def hang() -> str:
    """Never answers, and keeps the server from answering anything else."""
    threading.Event().wait()
    return ""


@server.tool()
def die() -> str:
    """Ends the server."""
    os._exit(1)


@server.tool()
def flood() -> str:
    """Much text."""
    return "x" * 3_000_000


@server.tool(name="dotted.name/with odd")
def environment(variable: str) -> str:
    """What the server sees."""
    return f"{os.environ.get(variable, 'nothing')} in {Path.cwd()}"


@server.tool()
def header(name: str, context: Context) -> str:
    """What came with the request."""
    return (context.headers or {}).get(name, "nothing")


if __name__ == "__main__":
    if sys.argv[1] == "http":
        server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[2]))
    else:
        server.run("stdio")
