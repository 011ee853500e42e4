"""Connects as often as it takes and says how it stands, in states; what is sent over the link is no matter of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass

from lsp_llm.lsp.link import Link
from lsp_llm.remote.backoff import Backoff
from lsp_llm.remote.dialing import Dial, NotAdmitted, Unreachable


@dataclass(frozen=True, slots=True)
class Connecting:
    """The first attempt is under way."""


@dataclass(frozen=True, slots=True)
class Connected:
    """There is a link."""


@dataclass(frozen=True, slots=True)
class Reconnecting:
    """The next attempt is number `attempt` of `of`, in about so many seconds, or at once (0)."""

    attempt: int
    of: int
    wait_seconds: float


@dataclass(frozen=True, slots=True)
class Disconnected:
    """No attempt has helped, and none is made by itself any more; `reason` is a sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The server does not let us in; `reason` is a sentence."""

    reason: str


State = Connecting | Connected | Reconnecting | Disconnected | Refused


class Connection:
    """The connections of one client to its server, one after the other."""

    def __init__(
        self, dial: Dial, backoff: Backoff, tell: Callable[[State], None], chance: Callable[[], float] = random.random
    ) -> None:
        """`tell` is given every state; `chance` is at least 0 and below 1."""
        self._dial = dial
        self._backoff = backoff
        self._tell = tell
        self._chance = chance
        self._hurry = asyncio.Event()
        self._was_connected = False

    async def link(self) -> Link:
        """A new link, after as many attempts as it takes; the former one is closed.

        Raises Unreachable when all attempts have failed, NotAdmitted when one was refused. It may be called again.
        """
        of, reason = self._backoff.max_attempts, Unreachable("")
        for attempt in range(1, of + 1):
            await self._pause(attempt)
            try:
                link = await self._dial()
            except Unreachable as error:
                reason = error
                continue
            except NotAdmitted as error:
                self._tell(Refused(str(error)))
                raise
            self._was_connected = True
            self._tell(Connected())
            return link
        self._was_connected = False
        self._tell(Disconnected(str(reason)))
        raise reason

    def hurry(self) -> None:
        """Make the attempt that is waited for now."""
        self._hurry.set()

    async def _pause(self, attempt: int) -> None:
        """Wait as long as is right before an attempt; the very first one is made at once."""
        self._hurry.clear()
        if attempt == 1 and not self._was_connected:
            self._tell(Connecting())
            return
        # A link that has just been lost gets a moment; where there was none, one attempt has failed already.
        waits = attempt if self._was_connected else attempt - 1
        wait_seconds = self._backoff.wait_seconds(waits, self._chance())
        self._tell(Reconnecting(attempt, self._backoff.max_attempts, wait_seconds))
        try:
            async with asyncio.timeout(wait_seconds):
                await self._hurry.wait()
        except TimeoutError:
            pass
        self._tell(Reconnecting(attempt, self._backoff.max_attempts, 0))
