"""`lsp-llm serve` on a network, as a process of its own, and the line that says where it is."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from tests.cli.calling import bare_environment

LIMIT_SECONDS = 60
LINE = re.compile(r"listening on (\w+)://[\d.]+:(\d+)(?:/\?token=|/? ?token=|/?)(\S*)\n")


class Program:
    """`async with Program(home, "--ws", ":0") as program`: listening; it is ended by SIGTERM."""

    def __init__(self, home: Path, *arguments: str, environ: Mapping[str, str] | None = None) -> None:
        self._home = home
        self._arguments = arguments
        self._environ = environ or {}
        self.said = ""

    async def __aenter__(self) -> Self:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "lsp_llm", "serve", *self._arguments,
            stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env={**bare_environment(self._home), **self._environ},
        )  # fmt: skip
        assert self.process.stderr is not None
        while (found := LINE.search(self.said)) is None:
            line = await asyncio.wait_for(self.process.stderr.readline(), LIMIT_SECONDS)
            assert line, f"the program ended: {self.said}"
            self.said += line.decode()
        self.scheme, port, self.token = found.groups()
        self.port = int(port)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.terminate()
        await self.ended()

    async def ended(self) -> int:
        """The exit code; what was written to stderr is in `said`."""
        try:
            output, errors = await asyncio.wait_for(self.process.communicate(), LIMIT_SECONDS)
        except TimeoutError:
            self.process.kill()
            raise
        self.said += errors.decode()
        assert output == b""
        assert self.process.returncode is not None
        return self.process.returncode

    @property
    def url(self) -> str:
        """The address without the token."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def interrupt(self) -> None:
        """What a terminal does at Ctrl+C."""
        self.process.send_signal(signal.SIGINT)
