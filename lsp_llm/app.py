"""The composition root: builds every part and wires the ports; it holds no logic."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lsp_llm.chat.jobs import ChatJobs
from lsp_llm.commands.base import Services
from lsp_llm.commands.errands import Errands
from lsp_llm.commands.open_chats import OpenChats
from lsp_llm.commands.preset import PresetMenu
from lsp_llm.commands.prompt_library import PromptLibrary
from lsp_llm.commands.prompting import Prompting
from lsp_llm.commands.template_checking import TemplateChecking
from lsp_llm.commands.tool_servers import ToolServers
from lsp_llm.config.files import user_file
from lsp_llm.config.redactor import Redactor
from lsp_llm.context.library import built_in_prompts
from lsp_llm.context.templates import built_in_folder
from lsp_llm.errors import UserError
from lsp_llm.jobs.runner import Runner
from lsp_llm.lsp.arguments import Arguments
from lsp_llm.lsp.changes import Changes
from lsp_llm.lsp.chat_documents import ChatDocuments
from lsp_llm.lsp.client import Client
from lsp_llm.lsp.configuration import Configuration
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.following import MessageQuestions
from lsp_llm.lsp.greeting import NO_GREETING, Greeting
from lsp_llm.lsp.lifecycle import Lifecycle
from lsp_llm.lsp.parent import ParentWatch
from lsp_llm.lsp.picker import MessagePicker
from lsp_llm.lsp.preview import Preview
from lsp_llm.lsp.progress import Progress
from lsp_llm.lsp.server import Parts, Server
from lsp_llm.lsp.status_notification import StatusNotification
from lsp_llm.lsp.stdio import Stdio
from lsp_llm.lsp.streamed_edits import StreamedEdits
from lsp_llm.lsp.surroundings import surroundings_of
from lsp_llm.lsp.sync import Sync
from lsp_llm.lsp.template_diagnostics import TemplateDiagnostics
from lsp_llm.lsp.trace import TraceFile
from lsp_llm.lsp.wire import Wire
from lsp_llm.providers.hosts import ModelHosts
from lsp_llm.records.choices import PresetChoices
from lsp_llm.records.history import History
from lsp_llm.records.instructions import Instructions
from lsp_llm.records.journal import state_folder
from lsp_llm.records.ledger_files import LedgerFiles
from lsp_llm.records.left import LeftLog
from lsp_llm.records.usage import UsageLog
from lsp_llm.status.hub import Hub

if TYPE_CHECKING:
    from lsp_llm.commands.chats import Chats

DRAIN_SECONDS = 2.0
SWITCH_SECONDS = 0.0005
"""For so long a thread that makes a prompt may keep Python to itself while a key waits; usually it is ten times so."""

Loaded = TypeVar("Loaded")


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What the command line says about serving."""

    config_file: Path | None = None
    trace_file: Path | None = None
    greeting: Greeting = NO_GREETING
    """What has been read and answered before."""
    redactor: Redactor = field(default_factory=lambda: Redactor(os.environ))
    """Takes secrets out of what is written."""


def serve_stdio(options: ServeOptions) -> int:
    """Serve one client on standard input and output; gives the exit code. Raises UserError where it cannot begin."""
    trace = TraceFile(options.trace_file, options.redactor) if options.trace_file else None
    output = _take_stdout()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        return asyncio.run(_serve(0, output, options, trace))
    finally:
        if trace is not None:
            trace.close()


def _take_stdout() -> int:
    """A descriptor for the protocol alone: whatever prints by mistake goes to stderr from here on."""
    try:
        os.fstat(0)
        output = os.dup(1)
        os.dup2(2, 1)
    except OSError:
        raise UserError("standard input, output and error must be open: an editor starts lsp-llm with pipes") from None
    return output


async def _serve(read_fd: int, write_fd: int, options: ServeOptions, trace: TraceFile | None) -> int:
    stdio = Stdio(read_fd, write_fd)
    _stop_on_signals(stdio)
    hosts = ModelHosts(os.environ)
    options.redactor.also(hosts.secrets)
    wire = Wire(stdio, lambda: _for_good(server.load_cold), trace)
    lifecycle, parent = Lifecycle(), ParentWatch(stdio.stop)
    documents = Documents()
    client = Client(wire, documents)
    progress = Progress(client)
    history = History(state_folder(), options.redactor)
    editor = StreamedEdits(client, documents)
    configuration = Configuration(options.config_file, lambda text: client.show_message("warning", f"LLM: {text}"))
    clock = asyncio.get_running_loop().time
    hub = Hub([editor, progress, StatusNotification(client)], lambda uri: configuration.settings(uri).status, clock)
    preview = Preview(client)
    errands = Errands(lambda text: client.show_message("error", f"LLM: {text}"))
    runner = Runner(editor, preview, hub, history, LedgerFiles(state_folder()))
    folders = _PromptFolders()
    library = PromptLibrary(folders.prompts, configuration.root_of)
    services = Services(
        runner=runner,
        hosts=hosts,
        prompting=Prompting(folders.templates, library.read),
        settings=configuration.settings,
        environ=os.environ,
        usage=UsageLog(state_folder()),
        library=library,
        instructions=Instructions(state_folder()),
        choices=PresetChoices(state_folder()),
        workspace=configuration.workspace,
        picker=MessagePicker(client),
        surroundings=lambda uri: surroundings_of(documents, configuration, uri),
        left=LeftLog(state_folder()),
        pages=preview,
        errands=errands,
        sends=ChatJobs(hub, history),
        tool_servers=ToolServers(),
        open_chats=OpenChats(),
        questions=lambda decide: MessageQuestions(client, decide),
        chats=cache(lambda: _chats(services, folders, Changes(client, documents, preview))),
    )
    sync, arguments = Sync(client, documents, runner), Arguments(documents)
    checking = TemplateChecking(folders.templates, folders.prompts, configuration.root_of)
    templates, presets = TemplateDiagnostics(client, documents, checking), PresetMenu(services)
    chats = ChatDocuments(client, documents, services)
    parts = (wire, lifecycle, client, documents, sync, arguments, configuration, progress, templates, chats, presets)
    server = Server(Parts(*parts, services, parent, stdio.stop))
    wire.serve(server.hot_handlers(), lifecycle.refusal)
    asyncio.get_running_loop().call_soon(wire.resume, options.greeting)
    try:
        await stdio.run(wire.receive)
    finally:
        parent.stop()
        await _close(services)
        preview.close()
        await stdio.drain(DRAIN_SECONDS)
    return lifecycle.exit_code


async def _close(services: Services) -> None:
    """End all that runs and what it runs on."""
    await services.errands.close()
    await services.sends.close()
    await services.tool_servers.close()
    await services.runner.close()
    await services.hosts.close()


def _chats(services: Services, folders: _PromptFolders, changes: Changes) -> Chats:
    """Loaded with the first message that is not hot."""
    from lsp_llm.commands.chat_prompting import ChatPrompting
    from lsp_llm.commands.chat_world import ChatWorld
    from lsp_llm.commands.chats import Chats

    prompting = ChatPrompting(folders.templates, services.library.read, services.prompting.estimates)
    return Chats(services, prompting, services.sends, ChatWorld(services, changes))


@dataclass(frozen=True, slots=True)
class _PromptFolders:
    """Where the user's own templates and prompts lie, and behind them the built-in ones."""

    templates: tuple[Path, ...] = field(default_factory=lambda: (user_file().parent / "templates", built_in_folder()))
    prompts: tuple[Path, ...] = field(default_factory=lambda: (user_file().parent / "prompts", built_in_prompts()))


def _for_good(load: Callable[[], Loaded]) -> Loaded:
    """What is loaded stays: collections need not look at it, neither while the rest is loaded nor during a stream."""
    gc.freeze()
    loaded = load()
    gc.freeze()
    return loaded


def _stop_on_signals(stdio: Stdio) -> None:
    """End as if the input had ended, so that connections are closed and the embedded engine goes too."""
    # Windows has no such handlers; there the process simply ends.
    with suppress(NotImplementedError):
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stdio.stop)
