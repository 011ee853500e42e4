"""Document synchronisation: the client's reports move the replicas and reach the jobs; it sends nothing."""

from __future__ import annotations

import logging

import msgspec

from lsp_llm.jobs.runner import Runner
from lsp_llm.lsp.client import Client
from lsp_llm.lsp.documents import Documents, OpenDocument, move, move_and_tell
from lsp_llm.lsp.messages import DidChange, DocumentOnly
from lsp_llm.lsp.uris import shown_name

_log = logging.getLogger(__name__)
_did_change = msgspec.json.Decoder(DidChange)
_which = msgspec.json.Decoder(DocumentOnly)


class Sync:
    """didOpen, didChange, didClose."""

    def __init__(self, client: Client, documents: Documents, runner: Runner) -> None:
        self._client = client
        self._documents = documents
        self._runner = runner

    def did_open(self, uri: str, language_id: str, version: int, text: str) -> None:
        """A document is there."""
        self._runner.closed(uri)
        self._documents.open(uri, language_id, version, text)
        self._runner.opened(uri, self._documents.get(uri).document, version)

    def did_save(self, uri: str) -> None:
        """A document is on disk as it is here."""
        self._runner.saved(uri)

    def did_close(self, uri: str) -> None:
        """A document is gone, and with it its jobs."""
        self._runner.closed(uri)
        self._documents.close(uri)

    def did_change(self, params: msgspec.Raw) -> None:
        """A document has moved (hot). A replica that cannot follow is dropped: it would put edits in wrong places."""
        try:
            message = _did_change.decode(params)
        except msgspec.ValidationError:
            self._lose(_which.decode(params).text_document.uri)
            raise
        uri = message.text_document.uri
        found = self._documents.find(uri)
        if found is None:
            _log.warning("didChange for a document that is not open")
            return
        try:
            self._follow(found, message)
        except Exception:
            self._lose(uri)
            raise

    def _follow(self, found: OpenDocument, message: DidChange) -> None:
        version = message.text_document.version
        if version is None:
            version = found.version + 1
        elif self._client.row.wants_full_sync and version < found.version:
            # Overtaken by a later text (Helix before 25.07): what it says is no longer so.
            return
        encoding = self._client.facts.encoding
        if self._runner.watches(found.uri):
            self._runner.before_change(found.uri)
            changes = move_and_tell(found.document, message.content_changes, encoding)
            found.version = version
            self._runner.changed(found.uri, changes, version)
        else:
            move(found.document, message.content_changes, encoding)
            found.version = version

    def _lose(self, uri: str) -> None:
        if self._documents.find(uri) is not None:
            self.did_close(uri)
            self._client.show_message("warning", f"LLM: lost track of {shown_name(uri)}: close it and open it again")
