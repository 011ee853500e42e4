"""Keeps messages back, in their order, while the client has been asked for something that they depend on.

It knows no message but the two that end a session, which nothing keeps back, and it waits for a limited time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

import msgspec

from lsp_llm.lsp.messages import Envelope

_LAST = ("shutdown", "exit")


class Hold:
    """Hands messages on, at once or after the hold."""

    def __init__(self, handle: Callable[[Envelope, bytes], None]) -> None:
        self._handle = handle
        self._kept: deque[tuple[Envelope, bytes]] = deque()
        self._limit: asyncio.TimerHandle | None = None

    def begin(self, limit_seconds: float) -> None:
        """Keep what comes from now on, no longer than this."""
        self._stop_waiting()
        self._limit = asyncio.get_running_loop().call_later(limit_seconds, self.end)

    def end(self) -> None:
        """Hand on what was kept, up to a message that begins a hold itself."""
        self._stop_waiting()
        while self._kept and self._limit is None:
            self._handle(*self._kept.popleft())

    def take(self, message: Envelope, body: bytes) -> None:
        """Hand on one message, or keep it; an answer is what is waited for, so it is never kept."""
        if message.method in _LAST:
            self._let_go()
        if self._limit is None or message.method is msgspec.UNSET:
            self._handle(message, body)
        else:
            self._kept.append((message, body))

    def close(self) -> None:
        """Forget what was kept: the client has gone."""
        self._stop_waiting()
        self._kept.clear()

    def _let_go(self) -> None:
        while self._limit is not None:
            self.end()

    def _stop_waiting(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
