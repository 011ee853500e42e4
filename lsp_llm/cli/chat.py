"""`lsp-llm chat`: the chat in a terminal, with a server inside this process or one that is reached over a network.

The chat and the network do not know each other: here they are put together.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, assert_never

from lsp_llm.app.serving import serve_link, stop_on_signals
from lsp_llm.app.shared import ServeOptions, Shared, shared_parts
from lsp_llm.cli.configured import check_there
from lsp_llm.cli.exit_codes import DONE, NO_TERMINAL
from lsp_llm.cli.serve import log_to
from lsp_llm.config.redactor import Redactor
from lsp_llm.errors import UserError
from lsp_llm.lsp.link import Link, linked_pair
from lsp_llm.lsp.trace import TraceFile

if TYPE_CHECKING:
    from lsp_llm.remote import reconnecting
    from lsp_llm.tui.session import Dialer
    from lsp_llm.tui.states import State

Dialing = Callable[[Callable[["State"], None]], "Dialer"]

PAUSE_SECONDS: Final = 1.0
"""A server inside that ends at once is not begun again and again without a pause."""


def chat(options: argparse.Namespace) -> int:
    """Chat until the user ends it; gives the exit code. Raises UserError."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        said = "chat needs a terminal for what you type and for what it shows; `lsp-llm pipe` does not"
        print(f"lsp-llm: {said}", file=sys.stderr)
        return NO_TERMINAL
    redactor = Redactor(os.environ)
    # Standard error is the terminal that the chat is drawn on.
    log_to(options.log_file or Path(os.devnull), options.log_level, redactor)
    check_there(options.config)
    chat_id = asyncio.run(_chat(options, redactor))
    if chat_id:
        print(f"lsp-llm chat --chat {chat_id}")
    return DONE


async def _chat(options: argparse.Namespace, redactor: Redactor) -> str:
    if options.connect is not None:
        return await _run(options, reached(options, redactor))
    trace = TraceFile(options.trace, redactor) if options.trace else None
    shared = shared_parts(ServeOptions(options.config, options.trace, redactor))
    inside = Inside(shared, trace)
    try:
        return await _run(options, lambda tell: inside)
    finally:
        await inside.close()
        if trace is not None:
            trace.close()


async def _run(options: argparse.Namespace, dialing: Dialing) -> str:
    """The screen, until it is left; gives the id of the chat that was on it last."""
    try:
        from lsp_llm.tui.app import LATEST, ChatApp, Opening
    except ModuleNotFoundError as error:
        if error.name != "textual":
            raise
        raise UserError("chat needs the extra: pip install 'lsp-llm[tui]'.") from None
    app = ChatApp(dialing, Opening(LATEST if options.go_on else options.chat, options.preset))
    stop_on_signals(app.exit)
    await app.run_async()
    if app.return_code:
        # What was wrong stands above: the screen says it when it is left.
        raise UserError("a fault ended the chat; what was said is in its file")
    return app.talk.chat_id


class Inside:
    """A server in this process (the `Dialer` port); `close` it."""

    def __init__(self, shared: Shared, trace: TraceFile | None = None) -> None:
        self._shared = shared
        self._trace = trace
        self._serving: asyncio.Task[None] | None = None

    async def link(self) -> Link:
        """To a new one, where the former has ended."""
        if self._serving is not None:
            await asyncio.gather(self._serving, asyncio.sleep(PAUSE_SECONDS), return_exceptions=True)
        near, far = linked_pair()
        self._serving = asyncio.create_task(serve_link(self._shared, far, self._trace))
        return near

    def hurry(self) -> None:
        """It is there at once."""

    async def close(self) -> None:
        """Wait until it has ended, which it does with its link."""
        if self._serving is not None:
            await asyncio.gather(self._serving, return_exceptions=True)
        await self._shared.hosts.close()


def reached(options: argparse.Namespace, redactor: Redactor) -> Dialing:
    """The dialer of a server that is reached over a network; raises UserError where nothing says which."""
    from lsp_llm.cli.network import far_server
    from lsp_llm.remote.reconnecting import Connection

    server = far_server(options.connect, options.config, redactor)
    return lambda tell: Connection(server.dial, server.backoff, lambda state: _translated(state, tell))


def _translated(state: reconnecting.State, tell: Callable[[State], None]) -> None:
    """What is told of the network, as the chat says it; that there is a link is no news before the server answers."""
    from lsp_llm.remote import reconnecting as network
    from lsp_llm.tui import states

    match state:
        case network.Connecting():
            tell(states.Connecting())
        case network.Reconnecting(attempt, of):
            tell(states.Reconnecting(attempt, of))
        case network.Disconnected(reason) | network.Refused(reason):
            tell(states.Error(reason))
        case network.Connected():
            pass
        case _:
            assert_never(state)
