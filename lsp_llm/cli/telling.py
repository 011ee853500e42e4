"""How a job goes, on standard error: one line that moves where that is a terminal, warnings wherever it leads."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from lsp_llm.cli.columns import printable
from lsp_llm.status.events import Cancelled, Failed, Finished, Message, Queued, Status
from lsp_llm.status.wording import title, wording


class Teller(Protocol):
    """A status sink that makes room for a text of the program's own."""

    def publish(self, job_id: str, status: Status) -> None:
        """Tell one step."""
        ...

    def hush(self) -> None:
        """Take the moving line away for good: the terminal is needed for the answer."""
        ...


@contextmanager
def telling() -> Iterator[Teller]:
    """Who tells how a job goes, as long as it does."""
    # Not rich's own look at it: FORCE_COLOR would make a terminal of a file.
    if sys.stderr is None or not sys.stderr.isatty():
        yield Warnings()
        return
    line = MovingLine()
    try:
        yield line
    finally:
        line.hush()


class Warnings:
    """Tells what a user should know, and nothing of the course."""

    def publish(self, job_id: str, status: Status) -> None:
        """A warning is one line."""
        if isinstance(status, Message) and status.level != "info":
            print(f"lsp-llm: {printable(status.text)}", file=sys.stderr)

    def hush(self) -> None:
        """There is no line to take away."""


class MovingLine:
    """The latest status in the terminal's last line, and messages above it."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.status import Status as Spinner

        self._console = Console(stderr=True, highlight=False)
        self._spinner = Spinner("", console=self._console)
        self._title = ""
        self._is_hushed = False

    def publish(self, job_id: str, status: Status) -> None:
        """Show it."""
        from rich.text import Text

        match status:
            case Message(text):
                self._console.print(Text(f"lsp-llm: {printable(text)}"), soft_wrap=True)
            case Finished() if not self._is_hushed:
                self.hush()
                self._console.print(Text(printable(f"{self._title}: {wording(status)}")), soft_wrap=True)
            case Finished() | Cancelled() | Failed():
                self.hush()
            case _ if self._is_hushed:
                pass
            case _:
                if isinstance(status, Queued):
                    self._title = title(status)
                    self._spinner.start()
                said = printable(f"{self._title}: {wording(status)}")
                self._spinner.update(Text(said, no_wrap=True, overflow="ellipsis"))

    def hush(self) -> None:
        """Take the line away."""
        self._is_hushed = True
        self._spinner.stop()
