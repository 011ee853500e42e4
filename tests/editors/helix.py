"""A real Helix in a terminal of its own, driven by keys and read from its screen and from the files it saves.

It never reads Helix's memory: what it knows is what a person would see.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from tests.editors import waiting
from tests.editors.terminal import Terminal


class Helix:
    """One running Helix with a file open.

    `languages` and `config` are the texts of languages.toml and config.toml; one that is empty leaves what is there.
    """

    def __init__(self, program: Path, home: Path, file: Path, languages: str = "", config: str = "") -> None:
        settings = home / ".config/helix"
        settings.mkdir(parents=True, exist_ok=True)
        for name, text in (("languages.toml", languages), ("config.toml", config)):
            if text:
                (settings / name).write_text(text)
        self._file = file
        self._log = home / "helix.log"
        command: list[str | Path] = [program, "-v", "--log", self._log, file]
        self._terminal = Terminal(program.with_name("tmux"), command, home)
        with ExitStack() as on_failure:
            on_failure.callback(self.close)
            self.wait_for(" NOR ")
            on_failure.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def keys(self, *names: str) -> None:
        """Press keys by tmux's names: `Enter`, `C-c`, or plain characters."""
        self._terminal.keys(*names)

    def type(self, text: str) -> None:
        """Type a text at once."""
        self._terminal.type(text)

    def type_slowly(self, text: str, interval_seconds: float = 0.025) -> None:
        """Type at the pace of a person."""
        self._terminal.type_slowly(text, interval_seconds)

    def normal_mode(self) -> None:
        """Leave insert or select mode, and see the mode change.

        Escape is pressed only where it changes something: the next key could be read as Alt with that key.
        """
        if " NOR " not in self.screen():
            self.keys("Escape")
            self.wait_for(" NOR ")

    def pick(self, action: str) -> None:
        """From normal mode: open the code action menu and go down to the action."""
        # An earlier menu may still be seen, and would be taken for the one that is asked for.
        self.wait_until(lambda: action not in self.screen())
        self.keys("Space", "a")
        self.wait_for(action)
        titles = [line for line in self.screen().splitlines() if "LLM: " in line]
        place = next(number for number, line in enumerate(titles) if action in line)
        self.keys(*["Down"] * place, "Enter")

    def insert_mode(self, key: str) -> None:
        """Press a key that begins insert mode, and see the mode change."""
        self.keys(key)
        self.wait_for(" INS ")

    def command(self, line: str) -> None:
        """Run a typable command, such as `write` or `lsp-workspace-command`; the answer to an earlier one is gone."""
        self.normal_mode()
        self.type(f":{line}")
        self.wait_for(f":{line}")
        self.keys("Enter")

    def screen(self) -> str:
        """What is visible now."""
        return self._terminal.screen()

    def wait_for(self, text: str) -> None:
        """Wait until the screen shows a text."""
        self._terminal.wait_for(text)

    def wait_for_server(self) -> None:
        """Wait until a language server knows the document: only Helix's log tells.

        Its greeting is not enough: what is asked for right after it may overtake the document (25.07).
        """
        waiting.wait_until(lambda: '"method":"textDocument/didOpen"' in self.log(), waiting.LIMIT_SECONDS, self.log)

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to be seen; fails with the screen."""
        waiting.wait_until(condition, waiting.LIMIT_SECONDS, self.screen)

    def log(self) -> str:
        """What Helix noted about language servers and failures."""
        # A letter may be half written.
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def saved(self) -> str:
        """Save, and give the file's text."""
        self.command("write!")
        self.wait_for("' written, ")
        return self._file.read_bytes().decode()

    def save_and_quit(self) -> str:
        """Save, leave, and give the file's text."""
        self.command("write-quit!")
        waiting.wait_until(lambda: not self._terminal.is_running(), waiting.LIMIT_SECONDS, seen=self.screen)
        return self._file.read_bytes().decode()

    def close(self) -> None:
        """End Helix, whatever it is doing."""
        self._terminal.close()
