"""What a command does beside jobs after it has answered; every errand is held here until it ends (law L9)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from lsp_llm.errors import LspLlmError

_log = logging.getLogger(__name__)


class Errands:
    """Tasks of one client; `report` tells the user why one failed."""

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this beside everything else."""
        task = asyncio.get_running_loop().create_task(self._carried_out(work))
        self._tasks.add(task)

        def ended(done: asyncio.Task[None]) -> None:
            self._tasks.discard(done)
            # Also of a task that was cancelled before it had begun.
            work.close()

        task.add_done_callback(ended)

    async def close(self) -> None:
        """Drop what is not done yet."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _carried_out(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except LspLlmError as error:
            self._report(str(error))
        except Exception as error:  # noqa: BLE001  The last catch before the loop: a fault of ours must not go unsaid.
            _log.error("an errand failed: %s", error, exc_info=True)
            self._report(f"a fault in lsp-llm: {error}")
