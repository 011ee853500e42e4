"""A terminal with one program in it: a private tmux server that no other tmux on the machine can see.

It knows nothing of the program inside: keys go in, the visible screen comes out.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.editors import waiting
from tests.editors.surroundings import environment

COLUMNS = 140
ROWS = 40


class Terminal:
    """One running program; `tmux` is the path of tmux, `home` an empty folder that the program may fill."""

    def __init__(
        self, tmux: Path, command: Sequence[str | Path], home: Path, columns: int = COLUMNS, rows: int = ROWS
    ) -> None:
        # A socket's path may be 107 characters long at most: pytest's folders are too deep for it.
        self._folder = tempfile.TemporaryDirectory(prefix="tmux-")
        self._tmux = [str(tmux), "-u", "-S", f"{self._folder.name}/socket", "-f", "/dev/null"]
        self._environment = environment(home)
        size = ["-x", str(columns), "-y", str(rows)]
        # The screen of a program that died is the best account of why it did.
        self._run(
            "set-option",
            "-g",
            "remain-on-exit",
            "on",
            ";",
            # Else tmux takes all colours for those of an old terminal.
            "set-option",
            "-g",
            "default-terminal",
            "tmux-256color",
            ";",
            "new-session",
            "-d",
            *size,
            "-c",
            str(home),
            "--",
            *map(str, command),
        )

    def keys(self, *names: str) -> None:
        """Press keys by tmux's names (`Escape`, `Enter`, `C-x`, `M-x`)."""
        self._run("send-keys", "--", *names)

    def type(self, text: str) -> None:
        """Type a text at once, taken literally."""
        # A semicolon at the end of a word would end tmux's command.
        word = text[:-1] + "\\;" if text.endswith(";") else text
        self._run("send-keys", "-l", "--", word)

    def type_slowly(self, text: str, interval_seconds: float = 0.025) -> None:
        """Type at the pace of a person."""
        waiting.one_by_one(text, self.type, interval_seconds)

    def resize(self, columns: int, rows: int) -> None:
        """Make the terminal this large."""
        self._run("resize-window", "-x", str(columns), "-y", str(rows))

    def screen(self) -> str:
        """What is visible now."""
        return self._run("capture-pane", "-p")

    def wait_for(self, text: str, timeout_seconds: float = waiting.LIMIT_SECONDS) -> None:
        """Wait until the screen shows a text."""
        waiting.wait_until(lambda: text in self.screen(), timeout_seconds, self.screen)

    def picture(self) -> list[str]:
        """The visible rows with their colours, as escape sequences."""
        return self._run("capture-pane", "-p", "-e", "-N").split("\n")[:-1]

    def cursor(self) -> tuple[int, int] | None:
        """Column and row from 0, where it can be seen."""
        flag, column, row = self._run("display-message", "-p", "#{cursor_flag} #{cursor_x} #{cursor_y}").split()
        return (int(column), int(row)) if flag == "1" else None

    def is_running(self) -> bool:
        """Whether the program has not ended."""
        return self._run("display-message", "-p", "#{pane_dead}").strip() != "1"

    def close(self) -> None:
        """End the program and the terminal."""
        process_id = int(self._run("display-message", "-p", "#{pane_pid}")) if self.is_running() else None
        self._run("kill-server")
        if process_id is not None:
            # tmux only hangs up, which a program may take its time over.
            with suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGKILL)
        self._folder.cleanup()

    def _run(self, *words: str) -> str:
        result = subprocess.run(
            [*self._tmux, *words], env=self._environment, capture_output=True, text=True, check=False
        )
        if result.returncode != 0:
            raise AssertionError(f"tmux {words[0]}: {result.stderr.strip()}")
        return result.stdout
