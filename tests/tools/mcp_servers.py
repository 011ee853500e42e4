"""Real MCP servers for the tests, each a child process: over its pipes, and over HTTP on the loopback."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from lsp_llm.tools.mcp_connection import McpConnection, McpServer
from tests.tools.worlds import comes_true

SERVER = str(Path(__file__).with_name("mcp_server.py"))
STDIO = McpServer("odd", (sys.executable, SERVER, "stdio"))


@asynccontextmanager
async def connection(server: McpServer, start_seconds: float = 60) -> AsyncIterator[McpConnection]:
    """A connection that is closed in the end."""
    made = McpConnection(server, start_seconds)
    try:
        yield made
    finally:
        await made.close()


@asynccontextmanager
async def over_http(port: int) -> AsyncIterator[subprocess.Popen[bytes]]:
    """The server at an address; it is killed in the end."""
    command: Sequence[str] = [sys.executable, SERVER, "http", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:  # noqa: ASYNC220
        try:
            assert await comes_true(lambda: is_open(port)), "the server does not listen"
            yield child
        finally:
            child.kill()


def free_port() -> int:
    """A port that stays free: from below those that the system hands out by itself, to other tests too."""
    return next(port for port in random.sample(range(20_000, 30_000), 100) if not is_open(port))


def is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
