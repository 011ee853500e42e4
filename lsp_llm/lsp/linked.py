"""One client at the other end of a link; it never blocks, and it never keeps more than a bounded number of bytes.

A client that does not read what it is sent is given up, so that it cannot fill the memory that others need.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Protocol

from lsp_llm.lsp.link import Link

_log = logging.getLogger(__name__)

MOST_BYTES = 64 * 1024 * 1024
"""So much waits for a client that reads slowly."""
TURN = 32
"""After so many messages of one client the others have theirs."""


class Receiver(Protocol):
    """Whoever takes the messages."""

    def take(self, body: bytes) -> None:
        """One whole message."""
        ...


class Linked:
    """Messages over a link."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._queue: deque[bytes] = deque()
        self._bytes = 0
        self._news = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self._ended = asyncio.Event()
        self._writing = asyncio.get_running_loop().create_task(self._write())

    async def run(self, receiver: Receiver) -> None:
        """Hand over what comes until the link closes or `stop` is called."""
        reading = asyncio.get_running_loop().create_task(self._read(receiver))
        try:
            await self._ended.wait()
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    def send(self, body: bytes) -> None:
        """Queue one whole message."""
        if self._writing.done():
            return
        self._bytes += len(body)
        if self._bytes > MOST_BYTES:
            _log.warning("a client that does not read was given up: %d bytes wait for it", self._bytes)
            self._give_up()
            return
        self._queue.append(body)
        self._drained.clear()
        self._news.set()

    def stop(self) -> None:
        """End `run`; what is queued may still be sent by `drain`."""
        self._ended.set()

    async def drain(self, time_limit_seconds: float) -> None:
        """Wait until all is sent, but not for ever, and close the link."""
        try:
            async with asyncio.timeout(time_limit_seconds):
                await self._drained.wait()
        except TimeoutError:
            _log.info("a client has gone without reading everything")
        self._give_up()
        await asyncio.gather(self._writing, return_exceptions=True)
        await self._link.close()

    async def _read(self, receiver: Receiver) -> None:
        count = 0
        try:
            while (body := await self._link.receive()) is not None:
                receiver.take(body)
                count += 1
                if count % TURN == 0:
                    await asyncio.sleep(0)
        finally:
            self.stop()

    async def _write(self) -> None:
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                while self._queue:
                    body = self._queue.popleft()
                    await self._link.send(body)
                    self._bytes -= len(body)
                self._drained.set()
        except ConnectionError:
            self._give_up()

    def _give_up(self) -> None:
        """Nothing more can be sent, or shall be."""
        self._queue.clear()
        self._drained.set()
        self._writing.cancel()
        self.stop()
