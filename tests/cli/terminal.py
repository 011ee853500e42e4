"""The real program in a real terminal: what it shows is gathered as it comes, and keys go in."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.cli.calling import begun

CTRL_C = "\x03"
LIMIT_SECONDS = 60
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


class Terminal:
    """`async with Terminal(home, "fill", …) as terminal`; it is 120 columns wide, and knows colours."""

    def __init__(self, home: Path, *arguments: str, environ: Mapping[str, str] | None = None) -> None:
        self._call = home, arguments, {"TERM": "xterm-256color", "COLUMNS": "120", **(environ or {})}
        self._bytes = bytearray()
        self._fresh = asyncio.Event()

    async def __aenter__(self) -> Self:
        home, arguments, environ = self._call
        self._ours, theirs = os.openpty()
        os.set_blocking(self._ours, False)
        # Its controlling terminal, so that Ctrl+C is a signal.
        self._process = await begun(
            home, *arguments, environ=environ, stdin=theirs, stdout=theirs, stderr=theirs,
            preexec_fn=lambda: os.login_tty(theirs),
        )  # fmt: skip
        os.close(theirs)
        asyncio.get_running_loop().add_reader(self._ours, self._read)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        asyncio.get_running_loop().remove_reader(self._ours)
        os.close(self._ours)

    @property
    def raw(self) -> str:
        """All that came, with what moves the cursor and sets colours."""
        return self._bytes.decode("utf-8", "replace")

    @property
    def text(self) -> str:
        """The same without that."""
        return _CONTROL.sub("", self.raw)

    async def shows(self, text: str) -> None:
        """Return when the text has been shown at some time."""
        async with asyncio.timeout(LIMIT_SECONDS):
            while text not in self.text:
                self._fresh.clear()
                await self._fresh.wait()

    def press(self, keys: str) -> None:
        """Press keys."""
        os.write(self._ours, keys.encode())

    async def end(self) -> int:
        """The exit code."""
        code = await asyncio.wait_for(self._process.wait(), LIMIT_SECONDS)
        self._read()
        return code

    def _read(self) -> None:
        try:
            while data := os.read(self._ours, 65536):
                self._bytes += data
        except BlockingIOError:
            pass
        except OSError:
            # Linux says so when the program has gone.
            asyncio.get_running_loop().remove_reader(self._ours)
        self._fresh.set()
