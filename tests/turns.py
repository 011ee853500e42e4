"""Waits for what has no event of its own, turn by turn of the loop; it never sleeps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

LIMIT_SECONDS = 60


async def until(holds: Callable[[], object]) -> None:
    """Return in the turn in which it holds."""
    async with asyncio.timeout(LIMIT_SECONDS):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0)


async def some_turns() -> None:
    """Give all that is due now the time to happen."""
    for _ in range(5):
        await asyncio.sleep(0)
