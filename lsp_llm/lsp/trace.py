"""A readable transcript of the wire in a file, secrets redacted; it changes nothing that passes."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsp_llm.config.secrets import REDACTED
from lsp_llm.errors import UserError
from lsp_llm.lsp.progress import PROGRESS_PREFIX

_log = logging.getLogger(__name__)

# Tables of the settings whose values may hold a key, and names under which people put one where none belongs.
_SECRET_TABLES = frozenset({"headers", "query"})
_SECRET_VALUE = re.compile(r"^token$|authorization$|api[-_]?key$|secret$|password$", re.IGNORECASE)
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")


class TraceFile:
    """One line a message: seconds since the start, direction (`->` from the client, `<-` to it), JSON."""

    def __init__(self, path: Path, redact: Callable[[str], str]) -> None:
        """Raises UserError where the file cannot be written."""
        try:
            path.touch(mode=0o600)
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise UserError(f"--trace: {path} cannot be written: {error.strerror}") from None
        self._redact = redact
        self._began = time.monotonic()

    def received(self, body: bytes) -> None:
        """From the client."""
        self.line("->", body)

    def sent(self, body: bytes) -> None:
        """To the client."""
        self.line("<-", body)

    def of(self, name: str) -> ClientTrace:
        """The lines of one client among several."""
        return ClientTrace(self, name)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def line(self, direction: str, body: bytes) -> None:
        """Write one message down; never raises for a disk that is full."""
        text = self._redact(readable(body))
        try:
            self._file.write(f"{time.monotonic() - self._began:9.3f} {direction} {text}\n".encode())
        except OSError as error:
            # A full disk must not end the session.
            _log.warning("a line of the trace is missing: %s", error.strerror)


class ClientTrace:
    """The part of a transcript that is one client's: its name stands before the direction."""

    def __init__(self, file: TraceFile, name: str) -> None:
        self._file = file
        self._name = name

    def received(self, body: bytes) -> None:
        """From the client."""
        self._file.line(f"{self._name} ->", body)

    def sent(self, body: bytes) -> None:
        """To the client."""
        self._file.line(f"{self._name} <-", body)


def readable(body: bytes) -> str:
    """A message on one line, without what stands in headers, queries and addresses of its settings."""
    try:
        text = json.dumps(_without_secrets(json.loads(body)), ensure_ascii=False)
    except (ValueError, RecursionError):
        return repr(body)
    # Half a surrogate pair cannot be written as UTF-8.
    return _CREDENTIALS.sub(f"{REDACTED}@", text.encode("utf-8", "backslashreplace").decode("utf-8"))


def _without_secrets(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _hidden(key, item) for key, item in value.items()}


def _hidden(key: str, item: Any) -> Any:
    if key in _SECRET_TABLES and isinstance(item, dict):
        return dict.fromkeys(item, REDACTED)
    # A progress token of ours is no secret, and tells what belongs together.
    if isinstance(item, str) and _SECRET_VALUE.search(key) and not item.startswith(PROGRESS_PREFIX):
        return REDACTED
    return _without_secrets(item)
