"""A real Emacs in a terminal of its own, driven by keys and asked through emacsclient.

It starts without any configuration but the Lisp that a test hands over. Lisp is for setting up and for looking: text
goes in as keys.
"""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from tests.editors import waiting
from tests.editors.surroundings import environment
from tests.editors.terminal import Terminal

# Compiling Lisp to machine code would start a compiler in the background, which these tests do not provide. Looking for
# garbage after every 800 kB is four fifths of the work of a start with lsp-mode.
QUIET = """
(setq native-comp-jit-compilation nil native-comp-enable-subr-trampolines nil gc-cons-threshold 100000000
      inhibit-startup-screen t make-backup-files nil create-lockfiles nil)
"""
VISIBLE = "(window-buffer (selected-window))"


class Emacs:
    """One running Emacs with a file open; `init` is Lisp to run first, `home` an empty folder."""

    def __init__(self, program: Path, home: Path, file: Path, init: str = "") -> None:
        # A folder of mode 0700 with a short path: Emacs refuses any other for its socket.
        self._folder = tempfile.TemporaryDirectory(prefix="emacs-")
        self._client = [str(program.with_name("emacsclient")), "-s", f"{self._folder.name}/server", "--eval"]
        self._environment = environment(home)
        start = f'(setq server-socket-dir "{self._folder.name}" server-name "server") (server-start)'
        (home / "early-init.el").write_text(QUIET)
        (home / "init.el").write_text(f"{init}\n{start}\n")
        command: list[str | Path] = [program, "-nw", "--no-site-file", "--init-directory", home, file]
        self._terminal = Terminal(program.with_name("tmux"), command, home)
        with ExitStack() as on_failure:
            on_failure.callback(self.close)
            self.wait_until(lambda: self._shows(file))
            on_failure.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def keys(self, *names: str) -> None:
        """Press keys by tmux's names: `C-x`, `M-x`, `Enter`, or plain characters."""
        self._terminal.keys(*names)

    def type(self, text: str) -> None:
        """Type a text at once."""
        self._terminal.type(text)

    def type_slowly(self, text: str, interval_seconds: float = 0.025) -> None:
        """Type at the pace of a person."""
        self._terminal.type_slowly(text, interval_seconds)

    def evaluate(self, lisp: str) -> str:
        """The printed value of a Lisp expression; an error in it fails the test."""
        result = subprocess.run(
            [*self._client, lisp], env=self._environment, capture_output=True, text=True, timeout=30, check=False
        )
        if result.returncode != 0:
            raise AssertionError(f"emacsclient: {result.stderr.strip() or result.stdout.strip()}")
        return result.stdout.strip()

    def in_buffer(self, lisp: str) -> str:
        """The printed value of a Lisp expression, evaluated in the buffer that is being looked at."""
        return self.evaluate(f"(with-current-buffer {VISIBLE} {lisp})")

    def text(self) -> str:
        """The text of the buffer that is being looked at."""
        # Base64 passes through Lisp's printer and emacsclient's quoting unchanged.
        lisp = "(save-restriction (widen) (base64-encode-string (encode-coding-string (buffer-string) 'utf-8) t))"
        return base64.b64decode(self.in_buffer(lisp).strip('"')).decode()

    def carry_out(self, key: str) -> None:
        """Press one key that is a whole command, and wait until Emacs has carried it out."""
        before = self.evaluate("num-input-keys")
        self.keys(key)
        self.wait_until(lambda: self.evaluate("num-input-keys") != before)

    def undo_until(self, text: str) -> None:
        """Undo step by step until the buffer is this text, at most 99 times."""
        for _ in range(99):
            if self.text() == text:
                break
            # One step more than there are would do all of them again.
            self.carry_out("C-_")

    def screen(self) -> str:
        """What is visible now."""
        return self._terminal.screen()

    def wait_for(self, text: str) -> None:
        """Wait until the screen shows a text."""
        self._terminal.wait_for(text)

    def wait_for_server(self) -> None:
        """Wait until Eglot manages the buffer that is being looked at."""
        self.wait_until(lambda: self.in_buffer("(bound-and-true-p eglot--managed-mode)") == "t")

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to be seen; fails with the screen."""
        waiting.wait_until(condition, waiting.LIMIT_SECONDS, self.screen)

    def close(self) -> None:
        """End Emacs, whatever it is doing."""
        self._terminal.close()
        self._folder.cleanup()

    def _shows(self, file: Path) -> bool:
        try:
            return self.evaluate(f"(buffer-file-name {VISIBLE})") == json.dumps(str(file))
        except AssertionError:
            # There is nobody to ask yet: the socket is made before it is listened to.
            return False
