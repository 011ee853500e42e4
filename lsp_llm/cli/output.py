"""Text to standard output as it comes; it waits for a slow reader and makes nobody else wait."""

from __future__ import annotations

import asyncio
import os
import stat
import sys

from lsp_llm.cli.columns import printable_lines
from lsp_llm.errors import UserError


class Output:
    """Standard output; in a terminal, what it would obey is taken out of the text."""

    def __init__(self) -> None:
        """Raises UserError where there is none."""
        if sys.stdout is None:
            raise UserError("standard output is closed")
        sys.stdout.flush()
        self._descriptor = sys.stdout.fileno()
        self._is_terminal = sys.stdout.isatty()
        # What goes through a pipe usually ends in the terminal as well.
        self.may_be_seen = not stat.S_ISREG(os.fstat(self._descriptor).st_mode)
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()

    def write(self, text: str) -> None:
        """More text; never blocks."""
        self._queue.put_nowait(text)

    def end(self) -> None:
        """That was all."""
        self._queue.put_nowait(None)

    async def run(self) -> None:
        """Write until the end; raises BrokenPipeError where the reader has gone, UserError for a full disk."""
        while (text := await self._queue.get()) is not None:
            shown = printable_lines(text) if self._is_terminal else text
            await asyncio.to_thread(self._write, shown.encode("utf-8", "replace"))

    def _write(self, data: bytes) -> None:
        # Not through sys.stdout: what a reader that has gone leaves in its buffer would be tried again at the end.
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except BrokenPipeError:
            raise
        except OSError as error:
            raise UserError(f"standard output cannot be written: {error.strerror}") from None
