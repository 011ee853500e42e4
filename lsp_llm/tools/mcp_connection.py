"""One MCP server of the user's: started when its tools are asked for, and again when it has died; it approves nothing.

The package `mcp` is an extra and takes a while to load: nothing here imports it before a server is wanted.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lsp_llm.config.redactor import SHORTEST
from lsp_llm.config.secrets import Secret, redact
from lsp_llm.tools.base import ToolFailed
from lsp_llm.tools.last_words import LastWords
from lsp_llm.tools.mcp_content import text_of

if TYPE_CHECKING:
    import mcp
    from mcp_types import Tool as Offered

START_SECONDS: Final = 20.0
CLOSE_SECONDS: Final = 5.0
PROBE_SECONDS: Final = 5.0
_MOST_PAGES: Final = 50

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class McpServer:
    """How a server is reached: a command that is started here, or an address."""

    name: str
    command: tuple[str, ...] = ()
    url: str = ""
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class McpConnection:
    """A server with its life; calls may run side by side."""

    def __init__(self, server: McpServer, start_seconds: float = START_SECONDS) -> None:
        self.server = server
        self._start_seconds = start_seconds
        self._client: mcp.Client | None = None
        self._offered: tuple[Offered, ...] = ()
        self._owner: asyncio.Task[None] | None = None
        self._over = asyncio.Event()
        self._starting = asyncio.Lock()

    async def tools(self) -> tuple[Offered, ...]:
        """What the server offers now; starts it where it does not answer. Raises ToolFailed with what is wrong."""
        async with self._starting:
            if not await self._is_well():
                await self._start()
            return self._offered

    async def call(self, tool: str, arguments: Mapping[str, Any]) -> str:
        """What the tool answers. Raises ToolFailed."""
        client = self._client
        if client is None:
            raise ToolFailed(f"{self._who} does not run any more; it is started again with the next message.")
        from mcp import MCPError

        try:
            result = await client.call_tool(tool, dict(arguments))
        except MCPError as error:
            if error.code == _connection_closed():
                self._leave()
                raise ToolFailed(f"{self._who} has ended; it is started again with the next message.") from error
            raise ToolFailed(f"{self._who} refused the call: {error}") from error
        blocks = [block.model_dump(mode="json", by_alias=True) for block in result.content]
        text = text_of(blocks, result.structured_content)
        if result.is_error:
            raise ToolFailed(text or f"{self._who} says that the call failed.")
        return text

    async def close(self) -> None:
        """End the server, if it runs."""
        self._leave()
        if self._owner is not None:
            done, _ = await asyncio.wait({self._owner}, timeout=CLOSE_SECONDS)
            if not done:
                self._owner.cancel()

    @property
    def _who(self) -> str:
        return f"The MCP server {self.server.name!r}"

    async def _is_well(self) -> bool:
        if self._client is None:
            return False
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                self._offered = await _all_tools(self._client)
        except Exception as error:  # noqa: BLE001  Whatever is wrong with it, starting it again is the answer.
            _log.info("%s does not answer: %r", self._who, error)
            return False
        return True

    def _failure(self, said: str) -> ToolFailed:
        """What is wrong, without what the settings give the server to keep: a server may print that."""
        given = (*self.server.env.values(), *self.server.headers.values())
        secrets = [Secret(word) for value in given for word in value.split() if len(word) >= SHORTEST]
        return ToolFailed(f"{self._who} {redact(said, secrets)}.")

    def _leave(self) -> None:
        self._client = None
        self._over.set()

    async def _start(self) -> None:
        try:
            await asyncio.to_thread(importlib.import_module, "mcp")
        except ImportError as error:
            raise ToolFailed(f"{self._who} needs the extra: pip install 'lsp-llm[mcp]'.") from error
        await self.close()
        self._over = asyncio.Event()
        words = LastWords()
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # Its context has to be left by the task that entered it.
        self._owner = asyncio.create_task(self._live(words, ready, self._over))
        try:
            async with asyncio.timeout(self._start_seconds):
                await ready
        except TimeoutError:
            self._owner.cancel()
            said = await asyncio.to_thread(words.line)
            limit = f"did not get ready within {self._start_seconds:g} s"
            raise self._failure(f"{limit}{_quoted(said)}") from None

    async def _live(self, words: LastWords, ready: asyncio.Future[None], over: asyncio.Event) -> None:
        try:
            async with _client(self.server, words) as client:
                self._offered = await _all_tools(client)
                self._client = client
                if not ready.done():
                    ready.set_result(None)
                await over.wait()
        except Exception as error:  # noqa: BLE001  The package raises groups of whatever its transports raise.
            said = await asyncio.to_thread(words.line)
            failure = self._failure(f"does not work: {_innermost(error)}{_quoted(said)}")
            if ready.done():
                _log.warning("%s", failure)
            else:
                ready.set_exception(failure)
        finally:
            self._client = None
            words.file.close()


@asynccontextmanager
async def _client(server: McpServer, words: LastWords) -> AsyncGenerator[mcp.Client, None]:
    import httpx2
    from mcp import Client, StdioServerParameters
    from mcp.client.stdio import stdio_client
    from mcp.client.streamable_http import streamable_http_client

    if server.command:
        program, *arguments = server.command
        # Not in the folder of a project: a program that looks there for parts of itself would find the project's.
        parameters = StdioServerParameters(
            command=program, args=arguments, env=dict(server.env), cwd=Path.home(), encoding_error_handler="replace"
        )
        async with Client(stdio_client(parameters, errlog=words.file)) as client:
            words.file.close()
            yield client
    else:
        limits = httpx2.Timeout(START_SECONDS, read=300.0)
        async with (
            httpx2.AsyncClient(headers=dict(server.headers), timeout=limits) as http,
            Client(streamable_http_client(server.url, http_client=http)) as client,
        ):
            yield client


async def _all_tools(client: mcp.Client) -> tuple[Offered, ...]:
    found: list[Offered] = []
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        page = await client.list_tools(cursor=cursor, cache_mode="refresh")
        found += page.tools
        cursor = page.next_cursor
        if cursor is None:
            break
    return tuple(found)


def _connection_closed() -> int:
    from mcp_types import CONNECTION_CLOSED

    return CONNECTION_CLOSED


def _innermost(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error).rstrip(".") or type(error).__name__


def _quoted(said: str) -> str:
    return f" (it says: {said})" if said else ""
