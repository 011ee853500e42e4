"""The server, as a table of contents: which message leads where. It holds no logic of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from lsp_llm.commands.base import Services
from lsp_llm.commands.preset import PresetMenu
from lsp_llm.commands.table import COMMANDS
from lsp_llm.config.nearest import known_names
from lsp_llm.errors import LspLlmError, UserError
from lsp_llm.jobs.ports import Target
from lsp_llm.lsp.arguments import Arguments
from lsp_llm.lsp.chat_documents import ChatDocuments
from lsp_llm.lsp.client import Client
from lsp_llm.lsp.configuration import Configuration
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.handshake import Misshapen, answer, read_facts
from lsp_llm.lsp.lifecycle import Lifecycle, Phase
from lsp_llm.lsp.messages import CodeAction, CodeActionParams
from lsp_llm.lsp.parent import ParentWatch
from lsp_llm.lsp.progress import Progress
from lsp_llm.lsp.requests import Asked, Handler, request_handlers
from lsp_llm.lsp.sync import Sync
from lsp_llm.lsp.template_diagnostics import TemplateDiagnostics
from lsp_llm.lsp.uris import path_of
from lsp_llm.lsp.wire import INVALID_PARAMS, REQUEST_FAILED, HotHandler, RequestRefused, Wire

if TYPE_CHECKING:
    from lsp_llm.lsp.cold import ColdServer

_log = logging.getLogger(__name__)
SETTINGS_SECONDS = 1.0
"""So long the editor's own settings are waited for; an answer that comes later counts from then on."""
_code_action = msgspec.json.Decoder(CodeActionParams)


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that the server's messages lead to; `stop` ends the reading of them."""

    wire: Wire
    lifecycle: Lifecycle
    client: Client
    documents: Documents
    sync: Sync
    arguments: Arguments
    configuration: Configuration
    progress: Progress
    templates: TemplateDiagnostics
    chats: ChatDocuments
    presets: PresetMenu
    services: Services
    parent: ParentWatch
    stop: Callable[[], None]


class Server:
    """One client's server."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    # --- hot ----------------------------------------------------------------------------------------------------------

    def hot_handlers(self) -> Mapping[str, HotHandler]:
        """What does not wait for the heavy imports."""
        return {
            "initialize": self.initialize,
            "shutdown": self.shutdown,
            "exit": self.exit,
            "textDocument/didChange": self.did_change,
            "textDocument/diagnostic": self.diagnostic,
            "textDocument/codeAction": self.code_action,
            **self._parts.chats.handlers(),
        }

    def initialize(self, params: msgspec.Raw) -> dict[str, Any]:
        """`initialize`; settings are read later, because the user can be told of bad ones only then."""
        try:
            facts = read_facts(msgspec.json.decode(params))
        except Misshapen as error:
            raise RequestRefused(INVALID_PARAMS, f"initialize: {error}") from None
        self._parts.lifecycle.phase = Phase.RUNNING
        self._parts.client.meet(facts)
        self._parts.configuration.start(facts.roots, facts.options)
        self._parts.parent.start(facts.process_id)
        return answer(facts, self._parts.client.row)

    def did_change(self, params: msgspec.Raw) -> None:
        """`textDocument/didChange`."""
        self._parts.sync.did_change(params)
        self._parts.templates.changed()

    def diagnostic(self, params: msgspec.Raw) -> dict[str, Any]:
        """`textDocument/diagnostic`: there are none; it is asked for only to make a client report its changes."""
        return {"kind": "full", "items": []}

    def code_action(self, params: msgspec.Raw) -> list[CodeAction]:
        """`textDocument/codeAction`: sent at every cursor move by some clients, so it only looks."""
        from lsp_llm.lsp.code_actions import Menu, code_actions
        from lsp_llm.lsp.reported import reported

        asked = _code_action.decode(params)
        uri = asked.text_document.uri
        if (found := self._parts.documents.find(uri)) is None:
            return []
        client, services = self._parts.client, self._parts.services
        encoding = client.facts.encoding
        target = self._parts.arguments.look(
            uri, asked.range, encoding, cursor_is_a_character=client.row.cursor_is_a_character
        )
        diagnostics = reported(target.document, asked.context.diagnostics, encoding)
        found.reported(diagnostics)
        menu = Menu(
            services.library.seen(uri).prompts,
            diagnostics,
            () if client.facts.can_pick else self._parts.presets.names(),
            tuple(self._parts.chats.offers(uri, target.end)),
            self._parts.chats.uris(),
        )
        return code_actions(target, encoding, services.runner, asked.context.only or (), menu)

    def shutdown(self, params: msgspec.Raw) -> None:
        """`shutdown`: every job stops at once."""
        self._parts.lifecycle.phase = Phase.SHUT_DOWN
        for job_id in self._parts.services.runner.running():
            self._parts.services.runner.stop(job_id, "the server is shutting down")
        for job_id in self._parts.services.sends.running():
            self._parts.services.sends.stop(job_id, "the server is shutting down")

    def exit(self, params: msgspec.Raw) -> None:
        """`exit`."""
        self._parts.stop()

    # --- cold ---------------------------------------------------------------------------------------------------------

    def load_cold(self) -> ColdServer:
        """The pygls server with its features; imports pygls and lsprotocol."""
        from lsp_llm.lsp.cold import ColdServer, guarded

        server = ColdServer(self._parts.wire)
        for method, handler in self._features().items():
            server.feature(method)(guarded(handler))
        for method, inquiry in request_handlers(self._parts.services, self._addressed).items():
            server.feature(method)(inquiry)
        for method, request in self._chat_requests().items():
            server.feature(method)(request)
        return server

    def _chat_requests(self) -> Mapping[str, Handler]:
        from lsp_llm.lsp.chat_requests import ChatRequests

        parts = self._parts
        return ChatRequests(parts.services.chats(), parts.client, parts.documents, parts.progress).handlers()

    def _addressed(self, asked: Asked, params: Any) -> tuple[Target | None, Any]:
        return self._parts.arguments.read(asked, [params], self._parts.client.facts.encoding)

    def _features(self) -> Mapping[str, Callable[[Any], Any]]:
        return {
            "initialized": self.initialized,
            "$/setTrace": self.ignore,
            "textDocument/didOpen": self.did_open,
            "textDocument/didClose": self.did_close,
            "textDocument/didSave": self.did_save,
            "workspace/executeCommand": self.execute_command,
            "workspace/didChangeConfiguration": self.did_change_configuration,
            "workspace/didChangeWorkspaceFolders": self.did_change_workspace_folders,
            "window/workDoneProgress/cancel": self.cancel_progress,
        }

    def ignore(self, params: Any) -> None:
        """A notification that changes nothing here."""

    def initialized(self, params: Any) -> None:
        """`initialized`: the client's own settings can be asked for now."""
        self._ask_for_settings()

    def did_open(self, params: Any) -> None:
        """`textDocument/didOpen`."""
        item = params.text_document
        self._parts.sync.did_open(item.uri, item.language_id, item.version, item.text)
        self._parts.chats.opened(item.uri)
        self._parts.templates.opened(item.uri)
        self._parts.services.library.look(item.uri)

    def did_close(self, params: Any) -> None:
        """`textDocument/didClose`."""
        self._parts.sync.did_close(params.text_document.uri)
        self._parts.chats.closed(params.text_document.uri)
        self._parts.templates.closed(params.text_document.uri)

    def did_save(self, params: Any) -> None:
        """`textDocument/didSave`."""
        self._parts.sync.did_save(params.text_document.uri)
        self._parts.templates.saved()
        self._parts.services.library.look(params.text_document.uri)

    def execute_command(self, params: Any) -> Any:
        """`workspace/executeCommand`: answered at once, the work goes on in a job."""
        from lsp_llm.lsp.cold import refused

        self._parts.client.obey(self._parts.configuration.settings().edits.client)
        command = next((command for command in COMMANDS if command.name == params.command), None)
        if command is None:
            known = known_names(params.command, [command.name for command in COMMANDS])
            raise refused(INVALID_PARAMS, UserError(f'there is no command "{params.command}"; {known}'))
        try:
            encoding = self._parts.client.facts.encoding
            target, options = self._parts.arguments.read(command, params.arguments or [], encoding)
        except UserError as error:
            raise refused(INVALID_PARAMS, error) from None
        try:
            return command.run(self._parts.services, target, options)
        except LspLlmError as error:
            raise refused(REQUEST_FAILED, error) from None

    def did_change_configuration(self, params: Any) -> None:
        """`workspace/didChangeConfiguration`: pulled where the client can be asked, else what it sends."""
        if self._parts.client.facts.has_configuration:
            self._ask_for_settings()
        else:
            self._take_settings([params.settings])

    def did_change_workspace_folders(self, params: Any) -> None:
        """`workspace/didChangeWorkspaceFolders`."""
        change = params.event
        self._parts.configuration.change_roots(
            [path_of(folder.uri) for folder in change.added], [path_of(folder.uri) for folder in change.removed]
        )

    def cancel_progress(self, params: Any) -> None:
        """`window/workDoneProgress/cancel`."""
        job_id = self._parts.progress.job_of(params.token)
        if job_id is not None and job_id in self._parts.services.runner.running():
            self._parts.services.runner.stop(job_id)
        elif job_id is not None:
            self._parts.services.sends.stop(job_id)

    def _ask_for_settings(self) -> None:
        if self._parts.client.facts.has_configuration:
            items = {"items": [{"section": "lsp-llm"}]}
            self._parts.client.request("workspace/configuration", items, self._take_settings)
            # A command that was sent meanwhile must not ask the host of the settings that are about to change.
            self._parts.wire.hold(SETTINGS_SECONDS)
        else:
            self._parts.configuration.settings()

    def _take_settings(self, answer: Any) -> None:
        """The client's settings; what is wrong with them is told now and not at the first command."""
        if isinstance(answer, list) and answer:
            self._parts.configuration.change_workspace(answer[0])
        self._parts.configuration.settings()
        self._parts.wire.release()
