"""The composition root: builds every part and wires the ports; it holds no logic."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from lsp_llm.commands.base import Services
from lsp_llm.commands.prompting import Prompting
from lsp_llm.config.secrets import Secret, redact
from lsp_llm.context.templates import built_in_folder
from lsp_llm.jobs.runner import Runner
from lsp_llm.lsp.arguments import Arguments
from lsp_llm.lsp.client import Client
from lsp_llm.lsp.configuration import Configuration
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.progress import Progress
from lsp_llm.lsp.server import Parts, Server
from lsp_llm.lsp.status_notification import StatusNotification
from lsp_llm.lsp.stdio import Stdio
from lsp_llm.lsp.sync import Sync
from lsp_llm.lsp.trace import TraceFile
from lsp_llm.lsp.wire import Wire
from lsp_llm.providers.hosts import ModelHosts
from lsp_llm.records.history import History
from lsp_llm.records.journal import state_folder
from lsp_llm.status.hub import Hub

DRAIN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What the command line says about serving."""

    config_file: Path | None = None
    trace_file: Path | None = None


def serve_stdio(options: ServeOptions) -> int:
    """Serve one client on standard input and output; gives the exit code."""
    # Whatever prints by mistake goes to stderr from here on: stdout belongs to the protocol.
    output = os.dup(1)
    os.dup2(2, 1)
    return asyncio.run(_serve(0, output, options))


async def _serve(read_fd: int, write_fd: int, options: ServeOptions) -> int:
    stdio = Stdio(read_fd, write_fd)
    trace = TraceFile(options.trace_file, redact_environment) if options.trace_file else None
    hosts = ModelHosts()
    exit_codes: list[int] = []

    def end(code: int) -> None:
        exit_codes.append(code)
        stdio.stop()

    wire = Wire(stdio, lambda: server.load_cold(), trace)
    documents = Documents()
    client = Client(wire, documents)
    progress = Progress(client)
    history = History(state_folder())
    runner = Runner(client, Hub([progress, StatusNotification(client)]), history)
    configuration = Configuration(options.config_file, lambda text: client.show_message("warning", f"LLM: {text}"))
    services = Services(runner, hosts, Prompting([built_in_folder()]), configuration.settings, os.environ)
    sync = Sync(client, documents, runner)
    arguments = Arguments(documents)
    server = Server(Parts(wire, client, documents, sync, arguments, configuration, progress, services, end))
    wire.handle_hot(server.hot_handlers())
    try:
        await stdio.run(wire.receive)
    finally:
        await runner.close()
        await hosts.close()
        await stdio.drain(DRAIN_SECONDS)
        if trace is not None:
            trace.close()
    # An input that ends without `exit` is a client that died: code 1, as the protocol says for an exit without shutdown.
    return exit_codes[0] if exit_codes else 1


def redact_environment(text: str) -> str:
    """The text without the secrets that the environment holds."""
    endings = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")
    secrets = [Secret(value) for name, value in os.environ.items() if name.endswith(endings) and len(value) >= 8]
    return redact(text, secrets)
