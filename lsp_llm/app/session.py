"""One client's server: its wire, documents, settings, jobs and all that hangs on them, from first to last.

What it shares with other clients of the process comes from `shared`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

from lsp_llm.app.shared import PromptFolders, Shared
from lsp_llm.chat.jobs import ChatJobs
from lsp_llm.commands.base import Services
from lsp_llm.commands.errands import Errands
from lsp_llm.commands.open_chats import OpenChats
from lsp_llm.commands.preset import PresetMenu
from lsp_llm.commands.prompt_library import PromptLibrary
from lsp_llm.commands.prompting import Prompting
from lsp_llm.commands.template_checking import TemplateChecking
from lsp_llm.commands.tool_servers import ToolServers
from lsp_llm.jobs.runner import Runner
from lsp_llm.lsp.arguments import Arguments
from lsp_llm.lsp.chat_documents import ChatDocuments
from lsp_llm.lsp.client import Client
from lsp_llm.lsp.configuration import Configuration
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.following import MessageQuestions
from lsp_llm.lsp.lens_refresh import LensRefresh
from lsp_llm.lsp.lifecycle import Lifecycle
from lsp_llm.lsp.parent import ParentWatch
from lsp_llm.lsp.picker import MessagePicker
from lsp_llm.lsp.preview import Preview
from lsp_llm.lsp.progress import Progress
from lsp_llm.lsp.server import Parts, Server
from lsp_llm.lsp.status_notification import StatusNotification
from lsp_llm.lsp.streamed_edits import StreamedEdits
from lsp_llm.lsp.surroundings import surroundings_of
from lsp_llm.lsp.sync import Sync
from lsp_llm.lsp.template_diagnostics import TemplateDiagnostics
from lsp_llm.lsp.uris import shown_name
from lsp_llm.lsp.wire import Trace, Wire
from lsp_llm.status.hub import Hub, Sink

if TYPE_CHECKING:
    from lsp_llm.commands.chats import Chats
    from lsp_llm.lsp.cold import ColdServer

DRAIN_SECONDS = 2.0


class Transport(Protocol):
    """How messages go to and from one client."""

    def send(self, body: bytes) -> None:
        """Send or queue one whole message; never block."""
        ...

    async def run(self, receiver: Wire) -> None:
        """Hand over what comes until the client has gone or `stop` is called."""
        ...

    def stop(self) -> None:
        """End `run`."""
        ...

    async def drain(self, time_limit_seconds: float) -> None:
        """Wait until all is sent, but not for ever, and send nothing after that."""
        ...


@dataclass(frozen=True, slots=True)
class Seat:
    """What differs between clients that share a process and the only client of one."""

    transport: Transport
    parent: ParentWatch
    trace: Trace | None = None
    keep: Callable[[Callable[[], ColdServer]], ColdServer] = lambda load: load()
    """Loads what is not hot, and does what is right for memory that is never given back."""


async def serve_client(shared: Shared, seat: Seat, initialize: bytes = b"") -> int:
    """Serve one client until it has gone; gives its exit code. `initialize`: one that has its answer already."""
    transport = seat.transport
    wire = Wire(transport, lambda: seat.keep(server.load_cold), seat.trace)
    lifecycle, documents = Lifecycle(), Documents()
    client = Client(wire, documents)
    progress, preview = Progress(client), Preview(client)
    editor = StreamedEdits(client, documents)
    configuration = Configuration(shared.config_file, lambda text: client.show_message("warning", f"LLM: {text}"))
    clock = asyncio.get_running_loop().time
    sinks: tuple[Sink, ...] = (editor, progress, StatusNotification(client), LensRefresh(client))
    hub = Hub(sinks, lambda uri: configuration.settings(uri).status, clock)
    folders = shared.folders
    library = PromptLibrary(folders.prompts, configuration.root_of)
    services = Services(
        runner=Runner(editor, preview, hub, shared.history, shared.ledger),
        hosts=shared.hosts,
        prompting=Prompting(folders.templates, library.read),
        settings=configuration.settings,
        environ=os.environ,
        usage=shared.usage,
        library=library,
        instructions=shared.instructions,
        choices=shared.choices,
        workspace=configuration.workspace,
        picker=MessagePicker(client),
        surroundings=lambda uri: surroundings_of(documents, configuration, uri),
        left=shared.left,
        pages=preview,
        errands=Errands(lambda text: client.show_message("error", f"LLM: {text}")),
        sends=ChatJobs(hub, shared.history, shown_name),
        tool_servers=ToolServers(),
        open_chats=OpenChats(),
        questions=lambda decide: MessageQuestions(client, decide),
        chats=cache(lambda: _chats(services, folders)),
    )
    sync, arguments = Sync(client, documents, services.runner), Arguments(documents)
    checking = TemplateChecking(folders.templates, folders.prompts, configuration.root_of)
    templates, presets = TemplateDiagnostics(client, documents, checking), PresetMenu(services)
    chats = ChatDocuments(client, documents, services)
    parts = (wire, lifecycle, client, documents, sync, arguments, configuration, progress, templates, chats, presets)
    server = Server(Parts(*parts, services, seat.parent, transport.stop))
    wire.serve(server.hot_handlers(), lifecycle.refusal)
    try:
        if initialize:
            wire.resume(initialize)
        await transport.run(wire)
    finally:
        seat.parent.stop()
        await _close(services)
        preview.close()
        wire.close()
        await transport.drain(DRAIN_SECONDS)
    return lifecycle.exit_code


async def _close(services: Services) -> None:
    """End all that runs for the client, and what it runs on."""
    await services.errands.close()
    await services.sends.close()
    # An answer that a full disk did not take leaves one more.
    await services.errands.close()
    await services.tool_servers.close()
    await services.runner.close()


def _chats(services: Services, folders: PromptFolders) -> Chats:
    """Loaded with the first message that is not hot."""
    from lsp_llm.commands.chat_prompting import ChatPrompting
    from lsp_llm.commands.chat_world import ChatWorld
    from lsp_llm.commands.chats import Chats

    prompting = ChatPrompting(folders.templates, services.library.read, services.prompting.estimates)
    return Chats(services, prompting, services.sends, ChatWorld(services))
