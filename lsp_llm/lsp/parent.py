"""Watches the process that started the server, as LSP asks ("processId" of initialize); it ends nothing itself.

An editor that was killed closes our standard input, unless another process holds it open too.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

EVERY_SECONDS = 1.0


class ParentWatch:
    """Looks once a second whether a process is still there."""

    def __init__(self, gone: Callable[[], None], is_alive: Callable[[int], bool] | None = None) -> None:
        """`gone` is called once, when the process has ended."""
        self._gone = gone
        self._is_alive = is_alive or is_running
        self._timer: asyncio.TimerHandle | None = None
        self._is_own_parent = False

    def start(self, process_id: int | None) -> None:
        """Begin to watch; a process that cannot be seen is not watched, its editor may live in another container."""
        # Windows knows no signal 0, and 0 or less would mean a process group.
        if os.name == "posix" and process_id is not None and process_id > 0 and self._is_alive(process_id):
            self._is_own_parent = os.getppid() == process_id
            self._wait(process_id)

    def stop(self) -> None:
        """Watch no longer."""
        if self._timer is not None:
            self._timer.cancel()

    def _wait(self, process_id: int) -> None:
        self._timer = asyncio.get_running_loop().call_later(EVERY_SECONDS, self._look, process_id)

    def _look(self, process_id: int) -> None:
        # A dead parent that nobody has reaped still takes signals, but its children have a new parent at once.
        is_orphan = self._is_own_parent and os.getppid() != process_id
        if is_orphan or not self._is_alive(process_id):
            self._gone()
        else:
            self._wait(process_id)


def is_running(process_id: int) -> bool:
    """Whether there is such a process, of whatever user."""
    try:
        os.kill(process_id, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True
