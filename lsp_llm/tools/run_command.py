"""The tool run_command: a shell command line in the workspace folder, with a time limit; off unless the user names it.

It is no sandbox: what it runs can do what the user can. That is why each command line is approved by itself.
"""

from __future__ import annotations

import os
import threading
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from lsp_llm.tools.base import ToolFailed, World
from lsp_llm.tools.child import GRACE_SECONDS, Child, while_alive
from lsp_llm.tools.environment import without_keys
from lsp_llm.tools.head_and_tail import HeadAndTail
from lsp_llm.tools.own import Own

MAX_BYTES_EACH_END: Final = 12_000
_CHUNK_BYTES: Final = 65_536
# What a program printed before it ended is in the pipe by then; only what it left running can hold the pipe open.
_DRAIN_SECONDS: Final = 0.3


class RunCommand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which command."""

    command: Annotated[str, Meta(description="A shell command line; it runs in the workspace folder, without input.")]


async def run(arguments: RunCommand, world: World) -> str:
    """What the command printed, and how it ended."""
    if not arguments.command.strip() or "\0" in arguments.command:
        raise ToolFailed("There is no command to run.")
    try:
        child = Child(arguments.command, world.project.workspace().root, without_keys(os.environ))
    except OSError as error:
        raise ToolFailed(f"The command cannot be started: {error.strerror or error}.") from error
    return await while_alive(child, lambda: attended(child, world.time_limit_seconds))


def attended(child: Child, limit_seconds: float) -> str:
    """Read and wait until it ends or the time is over; blocks. Raises ToolFailed where it did not end well."""
    printed = HeadAndTail(MAX_BYTES_EACH_END)
    reader = threading.Thread(target=_read, args=(child, printed), daemon=True)
    reader.start()
    code = child.wait(limit_seconds)
    reader.join(_DRAIN_SECONDS)
    child.kill()
    reader.join(GRACE_SECONDS)
    text = printed.finish()
    if code is None:
        raise ToolFailed(f"The command did not end within {limit_seconds:g} s and was killed.\n{text}".rstrip())
    if code != 0:
        raise ToolFailed(f"The command ended with exit code {code}.\n{text}".rstrip())
    return text or "The command printed nothing; exit code 0."


def _read(child: Child, printed: HeadAndTail) -> None:
    descriptor = child.output.fileno()
    while chunk := os.read(descriptor, _CHUNK_BYTES):
        printed.push(chunk)
    child.output.close()


def _command(arguments: RunCommand) -> str:
    return arguments.command


RUN_COMMAND: Final = Own(
    "run_command",
    "Run a shell command line in the workspace folder. Its output, errors too, is the result.",
    RunCommand,
    run,
    subject=_command,
)
