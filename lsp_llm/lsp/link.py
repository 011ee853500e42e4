"""A link carries whole JSON-RPC messages between a client and a server; what they say is no matter of it.

Here are the port and two ends of a link inside one process. Links over a network are in `remote`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol

MOST_MESSAGES = 256
"""So many wait on their way in one direction; then whoever sends waits."""


class Link(Protocol):
    """One end of a connection."""

    async def receive(self) -> bytes | None:
        """The next message, without a header; None when the other end has closed, or this one."""
        ...

    async def send(self, message: bytes) -> None:
        """Send one message, in order; waits for a slow reader. Raises ConnectionError once it is closed."""
        ...

    async def close(self) -> None:
        """Close it for both ends; what was sent before can still be received by the other one."""
        ...


def linked_pair() -> tuple[Link, Link]:
    """Both ends of a link inside one loop."""
    there, back = _Lane(), _Lane()
    return _End(there, back), _End(back, there)


class _Lane:
    """One direction."""

    def __init__(self) -> None:
        self._messages: deque[bytes] = deque()
        self._is_closed = False
        self._changed = asyncio.Condition()

    async def put(self, message: bytes) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._is_closed or len(self._messages) < MOST_MESSAGES)
            if self._is_closed:
                raise ConnectionResetError("the link is closed")
            self._messages.append(message)
            self._changed.notify_all()

    async def get(self) -> bytes | None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._is_closed or self._messages)
            message = self._messages.popleft() if self._messages else None
            self._changed.notify_all()
            return message

    async def close(self) -> None:
        async with self._changed:
            self._is_closed = True
            self._changed.notify_all()


class _End:
    """A link, see there."""

    def __init__(self, outward: _Lane, inward: _Lane) -> None:
        self._outward = outward
        self._inward = inward

    async def receive(self) -> bytes | None:
        return await self._inward.get()

    async def send(self, message: bytes) -> None:
        await self._outward.put(message)

    async def close(self) -> None:
        await self._outward.close()
        await self._inward.close()
