"""A readable transcript of the wire in a file, secrets redacted; it changes nothing that passes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import msgspec


class TraceFile:
    """One line a message: time, direction (`->` from the client, `<-` to it), JSON."""

    def __init__(self, path: Path, redact: Callable[[str], str]) -> None:
        self._file: IO[str] = path.open("a", encoding="utf-8")
        path.chmod(0o600)
        self._redact = redact
        self._began = time.monotonic()

    def received(self, body: bytes) -> None:
        """From the client."""
        self._line("->", body)

    def sent(self, body: bytes) -> None:
        """To the client."""
        self._line("<-", body)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _line(self, direction: str, body: bytes) -> None:
        text = self._redact(body.decode("utf-8", "replace"))
        self._file.write(f"{time.monotonic() - self._began:9.3f} {direction} {_one_line(text)}\n")
        self._file.flush()


def _one_line(text: str) -> str:
    try:
        return msgspec.json.format(text, indent=-1)
    except msgspec.DecodeError:
        return repr(text)
