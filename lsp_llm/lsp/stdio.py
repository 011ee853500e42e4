"""Standard input and output as a transport that never blocks the loop; it knows bytes only.

Where the loop can watch the descriptors (pipes, sockets, terminals) they are read and written without a thread; where
it cannot (a regular file, Windows), one thread reads and writes block. What the editor does not read yet is queued.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable
from contextlib import suppress

# A pipe holds no more on Linux; memory for more would be asked for, and given back, at every read.
READ_BYTES = 64 * 1024


class Stdio:
    """Bytes from one descriptor to a callback, and bytes to another."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._queue: deque[memoryview] = deque()
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._drained = asyncio.Event()
        self._drained.set()

    async def run(self, received: Callable[[bytes], None]) -> None:
        """Hand over what comes until the input ends or `stop` is called."""
        os.set_blocking(self._write_fd, False)
        os.set_blocking(self._read_fd, False)
        try:
            self._loop.add_reader(self._read_fd, self._read, received)
        except (PermissionError, NotImplementedError):
            os.set_blocking(self._read_fd, True)
            await self._read_in_thread(received)
            return
        try:
            await self._ended
        finally:
            self._loop.remove_reader(self._read_fd)

    def stop(self) -> None:
        """End `run`; what is queued may still be written by `drain`."""
        if not self._ended.done():
            self._ended.set_result(None)

    def write(self, data: bytes) -> None:
        """Send now what the pipe takes, queue the rest; the order is kept."""
        if self._queue:
            self._enqueue(memoryview(data))
            return
        rest = self._send(memoryview(data))
        if rest:
            self._enqueue(rest)
            self._watch()

    async def drain(self, time_limit_seconds: float) -> None:
        """Wait until all is written, but not for ever; the descriptors are left as they were, nothing is sent after."""
        with suppress(TimeoutError):
            async with asyncio.timeout(time_limit_seconds):
                await self._drained.wait()
        self._unwatch()
        for fd in (self._read_fd, self._write_fd):
            with suppress(OSError):
                os.set_blocking(fd, True)

    def _read(self, received: Callable[[bytes], None]) -> None:
        try:
            data = os.read(self._read_fd, READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            received(data)
        else:
            self.stop()

    async def _read_in_thread(self, received: Callable[[bytes], None]) -> None:
        while not self._ended.done() and (data := await asyncio.to_thread(os.read, self._read_fd, READ_BYTES)):
            received(data)

    def _send(self, data: memoryview) -> memoryview:
        """Write as much as goes; a closed pipe ends the session, there is nobody left to tell."""
        try:
            while data:
                data = data[os.write(self._write_fd, data) :]
        except (BlockingIOError, InterruptedError):
            return data
        except OSError:
            self.stop()
        return memoryview(b"")

    def _enqueue(self, data: memoryview) -> None:
        self._queue.append(data)
        self._drained.clear()

    def _watch(self) -> None:
        try:
            self._loop.add_writer(self._write_fd, self._flush)
        except (PermissionError, NotImplementedError):
            os.set_blocking(self._write_fd, True)
            self._flush()

    def _flush(self) -> None:
        while self._queue:
            data = self._queue.popleft()
            rest = self._send(data)
            if rest:
                self._queue.appendleft(rest)
                return
        self._unwatch()
        self._drained.set()

    def _unwatch(self) -> None:
        with suppress(NotImplementedError, ValueError):
            self._loop.remove_writer(self._write_fd)
