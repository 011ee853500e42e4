"""All clients of a server that is reached over a network: each is served beside the others, none holds them up.

Who is let in is decided before.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from lsp_llm.app.serving import serve_link
from lsp_llm.app.shared import Shared
from lsp_llm.lsp.link import Link
from lsp_llm.lsp.trace import TraceFile
from lsp_llm.remote.pace import Pace

_log = logging.getLogger(__name__)

MOST_CLIENTS: Final = 256
MESSAGES_PER_SECOND: Final = 5_000
"""Many times what several fast answers at once need, and no more than one core can take."""
MESSAGES_AT_ONCE: Final = 10_000
FULL: Final = f"this server has {MOST_CLIENTS} clients, which is all that it takes: try again later"


class Clients:
    """Those that are connected now."""

    def __init__(self, shared: Shared, trace: TraceFile | None) -> None:
        self._shared = shared
        self._trace = trace
        self._serving: set[asyncio.Task[None]] = set()
        self._count = 0

    @property
    def has_room(self) -> bool:
        """Whether another one can be served."""
        return len(self._serving) < MOST_CLIENTS

    async def serve(self, link: Link, origin: str) -> None:
        """Serve one client until it has gone; `origin` is where it is, for the log."""
        self._count += 1
        name = f"client-{self._count}"
        _log.info("%s has come from %s", name, origin)
        trace = self._trace.of(name) if self._trace is not None else None
        serving = asyncio.get_running_loop().create_task(serve_link(self._shared, _Paced(link), trace))
        self._serving.add(serving)
        await asyncio.wait([serving])
        self._serving.discard(serving)
        if not serving.cancelled() and (error := serving.exception()) is not None:
            _log.error("a fault in the service of %s: %s", name, error, exc_info=error)
        _log.info("%s has gone", name)

    async def close(self) -> None:
        """Stop the jobs of all clients, send what is to be sent, and close their links."""
        serving = tuple(self._serving)
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


class _Paced:
    """A link whose other end is read no faster than it may talk."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._clock = asyncio.get_running_loop().time
        self._pace = Pace(MESSAGES_PER_SECOND, MESSAGES_AT_ONCE, self._clock())

    async def receive(self) -> bytes | None:
        message = await self._link.receive()
        if wait_seconds := self._pace.wait_seconds(self._clock()):
            await asyncio.sleep(wait_seconds)
        return message

    async def send(self, message: bytes) -> None:
        await self._link.send(message)

    async def close(self) -> None:
        await self._link.close()
