"""A real Neovim, driven over its RPC socket as a person drives it: keys in, lines out.

It has no screen, and with CLEAN it reads no configuration but the Lua that a test hands over. It never touches the
buffer behind the editor's back: text goes in as keys only.
"""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

import pynvim  # type: ignore[import-untyped]

from tests.editors import waiting
from tests.editors.surroundings import environment

CLEAN = ("--clean",)
# With the first Python file Neovim looks for a Python that can run its plugins, which takes most of a second.
NO_PYTHON = "let g:loaded_python3_provider = 0"
ATTACHED = """
local client = vim.lsp.get_clients({ bufnr = 0 })[1]
return client ~= nil and client.initialized == true
"""


class Neovim:
    """One running Neovim; `home` is a folder that it may fill, and where it looks for configuration without CLEAN."""

    def __init__(self, program: Path, home: Path, options: Sequence[str] = CLEAN) -> None:
        address = home / "nvim.sock"
        # Not pynvim's own "child" session: that gives no say in the environment and warns on Python 3.12.
        self._process = subprocess.Popen(
            [program, "--headless", *options, "-n", "--cmd", NO_PYTHON, "--listen", address],
            cwd=home,
            env=environment(home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with ExitStack() as on_failure:
            on_failure.callback(self._process.wait)
            on_failure.callback(self._process.kill)
            waiting.wait_until(lambda: _listens(address), waiting.LIMIT_SECONDS, self._exit_status)
            self._session = pynvim.attach("socket", path=str(address))
            on_failure.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self, path: Path) -> None:
        """Edit a file."""
        self._session.api.cmd({"cmd": "edit", "args": [str(path)], "magic": {"file": False}}, {})

    def lua(self, chunk: str, *arguments: object) -> Any:
        """Run Lua, for instance a configuration from a README; gives what the chunk returns."""
        return self._session.exec_lua(chunk, *arguments)

    def keys(self, keys: str) -> None:
        """Press keys in Neovim's notation (`<Esc>`, `<C-w>`; a plain `<` is `<lt>`)."""
        self._session.api.input(keys)

    def type_slowly(self, text: str, interval_seconds: float = 0.025) -> None:
        """Type at the pace of a person; the text is taken literally."""
        waiting.one_by_one(text, lambda character: self.keys(character.replace("<", "<lt>")), interval_seconds)

    def lines(self) -> list[str]:
        """The current buffer."""
        lines: list[str] = self._session.api.buf_get_lines(0, 0, -1, True)
        return lines

    def messages(self) -> str:
        """Everything that was echoed or complained about so far."""
        messages: str = self._session.api.exec2("messages", {"output": True})["output"]
        return messages

    def wait_for_server(self) -> None:
        """Wait until a language server is at the current buffer's service."""
        self.wait_until(lambda: self.lua(ATTACHED) is True)

    def wait_until(self, condition: Callable[[], bool], timeout_seconds: float = waiting.LIMIT_SECONDS) -> None:
        """Wait for something to be seen in the editor; fails with the buffer and the messages."""
        waiting.wait_until(condition, timeout_seconds, self._seen)

    def close(self) -> None:
        """Quit without saving, and see the process end."""
        self._session.command("qall!", async_=True)
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        # One more question lets pynvim notice the end of the connection; it would leave the socket open otherwise.
        with suppress(OSError):
            self._session.api.get_mode()
        self._session.close()

    def _exit_status(self) -> str:
        return f"exit status {self._process.poll()}"

    def _seen(self) -> str:
        return "\n".join([*self.lines(), "--- messages", self.messages()])


def _listens(address: Path) -> bool:
    """Whether someone can be reached there: a socket is made before it is listened to."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(address))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True
