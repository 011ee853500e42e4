"""A child process with a group of its own, which is gone when whoever started it is done; it keeps no output.

It blocks, so that what a thread does with it works on every system; `while_alive` ties it to a task.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, TypeVar

GRACE_SECONDS: Final = 1.0

Made = TypeVar("Made")


class Child:
    """A program that runs; what it prints, errors too, comes from `output`."""

    def __init__(self, command: str | Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        """Start it; a text is a command line for the system's shell. Raises OSError."""
        self._process = subprocess.Popen(
            command,
            shell=isinstance(command, str),
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def output(self) -> IO[bytes]:
        """What it prints; to be read by one thread."""
        assert self._process.stdout is not None
        return self._process.stdout

    def wait(self, limit_seconds: float) -> int | None:
        """Its exit code; None when it has not ended in time."""
        try:
            return self._process.wait(limit_seconds)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        """Tell it and all that it has started to end; safe to call again, and from another thread."""
        if os.name == "posix":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()


async def while_alive(child: Child, work: Callable[[], Made]) -> Made:
    """What `work` makes of the child, in a thread; the child ends with it, and when the task is cancelled."""

    def tended() -> Made:
        try:
            return work()
        finally:
            child.kill()
            child.wait(GRACE_SECONDS)

    working = asyncio.create_task(asyncio.to_thread(tended))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        child.kill()
        # What reads from the child ends with it, so the thread is not left behind. How it ends is no news any more.
        await asyncio.wait({working}, timeout=GRACE_SECONDS)
        if working.done() and not working.cancelled():
            working.exception()
        raise
