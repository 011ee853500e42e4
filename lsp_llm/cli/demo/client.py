"""A small LSP client with one document, which does with the server's edits what VS Code does; it shows nothing.

An edit for another version than the document's is refused; any other is applied, answered, and then reported with
didChange. It never waits for whoever shows the demo: what happens is queued as moments.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

import msgspec

from lsp_llm.cli.demo.connection import Connection
from lsp_llm.cli.demo.moments import Edited, Ended, FillMoment, Stated
from lsp_llm.cli.demo.story import Step
from lsp_llm.cli.demo.wording import streaming
from lsp_llm.errors import UserError
from lsp_llm.lsp.documents import OpenDocument, move_and_tell
from lsp_llm.lsp.messages import (
    ApplyEditParams,
    ApplyEditResult,
    ContentChange,
    DidChange,
    Envelope,
    Position,
    Range,
    TextEdit,
    VersionedDocument,
)
from lsp_llm.lsp.uris import uri_of
from lsp_llm.text.document import Document
from lsp_llm.text.positions import Encoding

STOP_SECONDS = 10.0
"""How long the server may take to shut down before it is killed."""
_ENCODING: Encoding = "utf-16"
_METHOD_NOT_FOUND = -32601


class _Status(msgspec.Struct, rename="camel"):
    """`lsp-llm/status`, as far as the demo shows it."""

    kind: str
    provider: str = ""
    model: str = ""
    reason: str = ""
    hint: str = ""


_edit = msgspec.json.Decoder(ApplyEditParams)
_status = msgspec.json.Decoder(_Status)


class DemoClient:
    """`async with DemoClient(...) as client`: the server is initialized, and it is gone afterwards whatever happens."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], folder: Path, log: IO[bytes]) -> None:
        """`folder` is the workspace; `log` takes what the server writes to stderr and can be read."""
        self._command = command
        self._environ = environ
        self._folder = folder
        self._log = log
        self._moments: asyncio.Queue[FillMoment | UserError] = asyncio.Queue()
        self._began_seconds = self._first_text_seconds = 0.0
        self._connection: Connection
        self._open: OpenDocument

    async def __aenter__(self) -> Self:
        self._connection = await Connection.start(self._command, self._environ, self._folder, self._log, self._received)
        try:
            await self._connection.request("initialize", self._introduction())
        except BaseException:
            await self._connection.end()
            raise
        self._connection.notify("initialized", {})
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            with suppress(UserError, TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await self._connection.request("shutdown", None)
                    self._connection.notify("exit", None)
                    await self._connection.wait()
        finally:
            await self._connection.end()

    @property
    def text(self) -> str:
        """The document as it is now."""
        return self._open.document.text

    def open(self, path: Path, language_id: str) -> None:
        """Open a file; it is the document of all that follows."""
        text = path.read_text(encoding="utf-8")
        self._open = OpenDocument(uri_of(str(path)), language_id, 1, Document(text))
        item = {"uri": self._open.uri, "languageId": language_id, "version": 1, "text": text}
        self._connection.notify("textDocument/didOpen", {"textDocument": item})

    async def fill(self, step: Step) -> AsyncIterator[FillMoment]:
        """Run a command and give what happens, up to `Ended`; raises UserError with the server's own words."""
        range_ = Range(Position(step.first_line, 0), Position(step.end_line, 0))
        argument = {"uri": self._open.uri, "range": range_, "query": step.instruction}
        self._began_seconds, self._first_text_seconds = _now_seconds(), 0.0
        command = {"command": f"lsp-llm.{step.verb}", "arguments": [argument]}
        await self._connection.request("workspace/executeCommand", command)
        while True:
            moment = await self._connection.unless_it_ends(self._moments.get())
            if isinstance(moment, UserError):
                raise moment
            yield moment
            if isinstance(moment, Ended):
                return

    def _introduction(self) -> dict[str, Any]:
        return {
            "processId": os.getpid(),
            "clientInfo": {"name": "lsp-llm demo"},
            "workspaceFolders": [{"uri": uri_of(str(self._folder)), "name": self._folder.name}],
            "capabilities": {
                "general": {"positionEncodings": [_ENCODING]},
                "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
                "experimental": {"lspLlm": {"status": True}},
            },
            "initializationOptions": {"preset": "local"},
        }

    # --- what the server asks and says --------------------------------------------------------------------------------

    def _received(self, message: Envelope) -> None:
        if message.method == "workspace/applyEdit":
            self._apply(message)
        elif message.method == "lsp-llm/status":
            self._take_status(_status.decode(_params(message)))
        elif message.id is not msgspec.UNSET:
            # No capability was announced for it.
            self._connection.refuse(message, _METHOD_NOT_FOUND, f"the demo does not know {message.method}")

    def _apply(self, request: Envelope) -> None:
        (wanted,) = _edit.decode(_params(request)).edit.document_changes
        document, named = self._open, wanted.text_document
        if named.uri != document.uri or named.version not in (None, document.version):
            refusal = ApplyEditResult(applied=False, failure_reason="the document has changed")
            self._connection.answer(request, refusal)
            return
        last_first = sorted(wanted.edits, key=_place)[::-1]
        reports = [ContentChange(edit.new_text, edit.range) for edit in last_first]
        changes = move_and_tell(document.document, reports, _ENCODING)
        document.version += 1
        self._connection.answer(request, ApplyEditResult(applied=True))
        report = DidChange(VersionedDocument(document.uri, document.version), reports)
        self._connection.notify("textDocument/didChange", report)
        self._note_first_text("".join(change.inserted for change in changes))
        self._moments.put_nowait(Edited(changes))

    def _note_first_text(self, text: str) -> None:
        if text.strip() and not self._first_text_seconds:
            self._first_text_seconds = _now_seconds() - self._began_seconds
            self._moments.put_nowait(Stated(streaming(self._first_text_seconds)))

    def _take_status(self, status: _Status) -> None:
        match status.kind:
            case "requestSent":
                self._moments.put_nowait(Stated(f"request sent to {status.provider}: {status.model}"))
            case "finished":
                self._moments.put_nowait(Ended(self._first_text_seconds, _now_seconds() - self._began_seconds))
            case "failed" | "cancelled":
                said = " ".join(filter(None, [status.reason, status.hint])) or "the server stopped the job"
                self._moments.put_nowait(UserError(said))
            case _:
                pass  # Unknown kinds are to be ignored (PROTOCOL.md); "streaming" is seen by the edits themselves.


def _params(message: Envelope) -> msgspec.Raw:
    return message.params if isinstance(message.params, msgspec.Raw) else msgspec.Raw(b"{}")


def _place(edit: TextEdit) -> tuple[int, int]:
    return edit.range.start.line, edit.range.start.character


def _now_seconds() -> float:
    return asyncio.get_running_loop().time()
