"""The client as the rest of the server sees it: how it is served, edited, asked, and what is shown to its user."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from lsp_llm.config.settings import ClientEdits
from lsp_llm.jobs.edit_events import Answered
from lsp_llm.jobs.edit_policy import EditPolicy
from lsp_llm.lsp.clients import UNKNOWN, ClientRow, client_row, with_own
from lsp_llm.lsp.convert import text_edit
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.handshake import ClientFacts
from lsp_llm.lsp.messages import (
    ApplyEditParams,
    ApplyEditResult,
    DocumentEdit,
    ResponseError,
    VersionedDocument,
    WorkspaceEdit,
)
from lsp_llm.lsp.wire import Wire
from lsp_llm.status.events import Level
from lsp_llm.text.edits import Edit

_MESSAGE_TYPES: Mapping[Level, int] = {"error": 1, "warning": 2, "info": 3}
_applied = msgspec.json.Decoder(ApplyEditResult)


class Client:
    """One connected client, unknown until `meet`."""

    def __init__(self, wire: Wire, documents: Documents) -> None:
        self._wire = wire
        self._documents = documents
        self.facts = ClientFacts()
        self.row: ClientRow = UNKNOWN
        self._own = ClientEdits()

    def meet(self, facts: ClientFacts) -> None:
        """Take in what the client says of itself in initialize."""
        self.facts = facts
        self.row = client_row(facts.name, facts.version)

    def obey(self, own: ClientEdits) -> None:
        """Serve the client as its user's `edits.client` says, and otherwise as its row."""
        self._own = own

    @property
    def policy(self) -> EditPolicy:
        """How this client's edits are confirmed."""
        return with_own(self.row.policy, self._own)

    def apply(
        self, uri: str, edits: Sequence[Edit], version: int | None, answered: Callable[[Answered, str], None]
    ) -> None:
        """Send the edits of the replica as one `workspace/applyEdit` (hot)."""
        document = self._documents.get(uri).document
        if version == 0 and self.row.takes_version_0_for_none:
            version = 1
        encoding = self.facts.encoding
        change = DocumentEdit(VersionedDocument(uri, version), [text_edit(document, edit, encoding) for edit in edits])
        self.offer("workspace/applyEdit", ApplyEditParams(WorkspaceEdit([change])), answered)

    def offer(self, method: str, params: object, answered: Callable[[Answered, str], None]) -> None:
        """Send a request to edit, whose answer says whether it was applied (hot)."""

        def answer(result: msgspec.Raw | None, error: ResponseError | None) -> None:
            answered(*_reading(result, error))
            if self.row.reports_when_refreshed:
                self._wire.request("workspace/diagnostic/refresh", None, _ignore)

        self._wire.request(method, params, answer)

    def show_message(self, level: Level, text: str) -> None:
        """Show a sentence to the user."""
        self._wire.notify("window/showMessage", {"type": _MESSAGE_TYPES[level], "message": text})

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Send any notification."""
        self._wire.notify(method, params)

    def request(
        self, method: str, params: object, answer: Callable[[Any], None], limit_seconds: float | None = None
    ) -> None:
        """Send any request; `answer` gets the result, None for an error or no answer in time (that of all requests)."""

        def decoded(result: msgspec.Raw | None, error: ResponseError | None) -> None:
            answer(None if result is None or error is not None else msgspec.json.decode(result))

        self._wire.request(method, params, decoded, limit_seconds)

    def refresh_lenses(self) -> None:
        """Have the client ask for code lenses anew, if it says that it can be asked to."""
        if self.facts.refreshes_lenses:
            self._wire.request("workspace/codeLens/refresh", None, _ignore)

    def create_progress(self, token: str, answered: Callable[[bool], None]) -> None:
        """Ask for a progress display; `answered` is told whether the client has one."""

        def answer(result: msgspec.Raw | None, error: ResponseError | None) -> None:
            answered(result is not None and error is None)

        self._wire.request("window/workDoneProgress/create", {"token": token}, answer)


def _ignore(result: msgspec.Raw | None, error: ResponseError | None) -> None:
    """The answer to a request that is sent for its side effect."""


def _reading(result: msgspec.Raw | None, error: ResponseError | None) -> tuple[Answered, str]:
    if error is not None:
        return Answered.REFUSED, error.message
    if result is None:
        return Answered.SILENT, ""
    try:
        said = _applied.decode(result)
    except msgspec.DecodeError:
        return Answered.REFUSED, "the answer to the edit was not understood"
    return (Answered.APPLIED, "") if said.applied else (Answered.REFUSED, said.failure_reason or "")
