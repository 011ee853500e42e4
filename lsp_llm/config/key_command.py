"""Runs the user's shell command that prints an API key; it never logs, shows or keeps what the command printed."""

from __future__ import annotations

import os
import signal
import subprocess

from lsp_llm.errors import UserError

TIME_LIMIT_SECONDS = 10.0


def first_line_printed(command: str, time_limit_seconds: float = TIME_LIMIT_SECONDS) -> str:
    """The first line that the shell command prints, without blanks around it; blocks until the command has ended.

    Raises UserError, worded to follow the setting's name, when the command fails or takes too long.
    """
    # The command's errors are dropped: a script that traces itself would print the key there.
    with subprocess.Popen(
        command,
        shell=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            printed, _ = process.communicate(timeout=time_limit_seconds)
        except subprocess.TimeoutExpired:
            _kill(process)
            raise UserError(f"did not end within {time_limit_seconds:g} s") from None
    if process.returncode != 0:
        raise UserError(f"ended with exit code {process.returncode}; run it in a terminal to see why")
    return printed.decode("utf-8", "replace").partition("\n")[0].strip()


def _kill(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        # The shell's children hold the pipe as well: only the whole group ends it.
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
