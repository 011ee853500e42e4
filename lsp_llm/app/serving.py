"""The ways to serve: one client on standard input and output, or clients over links, any number in one process.

It reads no message, and knows no network.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from lsp_llm.app.session import Seat, serve_client
from lsp_llm.app.shared import ServeOptions, Shared, shared_parts
from lsp_llm.errors import UserError
from lsp_llm.lsp.framed import Framed
from lsp_llm.lsp.greeting import Greeting
from lsp_llm.lsp.link import Link
from lsp_llm.lsp.linked import Linked
from lsp_llm.lsp.parent import ParentWatch
from lsp_llm.lsp.stdio import Stdio
from lsp_llm.lsp.trace import TraceFile
from lsp_llm.lsp.wire import Trace

SWITCH_SECONDS = 0.0005
"""For so long a thread that makes a prompt may keep Python to itself while a key waits; usually it is ten times so."""

Loaded = TypeVar("Loaded")


def serve_stdio(options: ServeOptions, greeting: Greeting) -> int:
    """Serve one client on standard input and output; gives the exit code. Raises UserError where it cannot begin.

    `greeting` is what has been read and answered before.
    """
    trace = TraceFile(options.trace_file, options.redactor) if options.trace_file else None
    output = take_stdout()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        return asyncio.run(_serve_stdio(output, options, greeting, trace))
    finally:
        if trace is not None:
            trace.close()


async def serve_link(shared: Shared, link: Link, trace: Trace | None = None) -> None:
    """Serve one client over a link until it closes; the hosts of `shared` are the caller's to close.

    Cancelling it stops the client's jobs and closes the link.
    """
    transport = Linked(link)
    # The processes of a client elsewhere cannot be seen from here.
    parent = ParentWatch(transport.stop, is_alive=lambda process_id: False)
    await serve_client(shared, Seat(transport, parent, trace))


def take_stdout() -> int:
    """A descriptor for the protocol alone: whatever prints by mistake goes to stderr from here on.

    Raises UserError where a standard descriptor is closed.
    """
    try:
        os.fstat(0)
        output = os.dup(1)
        os.dup2(2, 1)
    except OSError:
        raise UserError("standard input, output and error must be open: an editor starts lsp-llm with pipes") from None
    return output


async def _serve_stdio(output: int, options: ServeOptions, greeting: Greeting, trace: TraceFile | None) -> int:
    stdio = Stdio(0, output)
    stop_on_signals(stdio.stop)
    shared = shared_parts(options)
    seat = Seat(Framed(stdio, greeting.rest), ParentWatch(stdio.stop), trace, _for_good)
    try:
        return await serve_client(shared, seat, greeting.initialize)
    finally:
        await shared.hosts.close()


def load_for_good() -> None:
    """Load now what every client needs, before there is one: it takes a moment in which nobody is served."""
    _for_good(_load_all)


def _load_all() -> None:
    import lsp_llm.commands.chats
    import lsp_llm.lsp.chat_requests
    import lsp_llm.lsp.code_actions
    import lsp_llm.lsp.cold
    import lsp_llm.lsp.reported  # noqa: F401


def _for_good(load: Callable[[], Loaded]) -> Loaded:
    """What is loaded stays: collections need not look at it, neither while the rest is loaded nor during a stream."""
    gc.freeze()
    loaded = load()
    gc.freeze()
    return loaded


def stop_on_signals(stop: Callable[[], None]) -> None:
    """End as if the clients had gone, so that connections are closed and the embedded engine goes too."""
    # Windows has no such handlers; there the process simply ends.
    with suppress(NotImplementedError):
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop)
