"""The last that a child has printed as errors, so that its failure can be told in its words; it starts nothing."""

from __future__ import annotations

import os
import threading
from typing import Final

MAX_BYTES: Final = 4096
_GRACE_SECONDS: Final = 0.5


class LastWords:
    """`file` is for the child to write to; close it here as soon as the child has it."""

    def __init__(self) -> None:
        self._from, to = os.pipe()
        self.file = os.fdopen(to, "w")
        self._kept = b""
        # A pipe that nobody reads stops whoever writes to it.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def line(self) -> str:
        """The last line so far that says something; waits a moment for a child that has just ended."""
        self.file.close()
        self._reader.join(_GRACE_SECONDS)
        lines = self._kept.decode("utf-8", "replace").split("\n")
        return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")

    def _read(self) -> None:
        while chunk := os.read(self._from, MAX_BYTES):
            self._kept = (self._kept + chunk)[-MAX_BYTES:]
        os.close(self._from)
