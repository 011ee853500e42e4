"""The client of fakes/lsp_client.py over a link, with no process of its own."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from lsp_llm.lsp.link import Link
from lsp_llm.lsp.linked import Linked
from tests.fakes.lsp_client import LIMIT_SECONDS, LspClient, Message


class LinkClient(LspClient):
    """`async with LinkClient(link, options=...) as client`: initialized and ready."""

    def __init__(self, link: Link, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._link = link

    async def __aexit__(self, kind: object, *_: object) -> None:
        if kind is None and not self._serving.done():
            await self.request("shutdown", None)
            self.notify("exit", None)
            await self.gone()
        await self.vanish()

    async def spawn(self) -> None:
        self._linked = Linked(self._link)
        self._serving = asyncio.create_task(self._linked.run(self))

    async def gone(self) -> int:
        """Wait until the server has closed the link."""
        await asyncio.wait_for(asyncio.shield(self._serving), LIMIT_SECONDS)
        return 0

    async def kill(self) -> None:
        await self.vanish()

    async def vanish(self) -> None:
        """Close the link without a word."""
        self._linked.stop()
        await self._linked.drain(LIMIT_SECONDS)
        await self._serving

    def send(self, message: Message) -> None:
        self._linked.send(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def take(self, body: bytes) -> None:
        self._take(json.loads(body))
        self._news.set()
