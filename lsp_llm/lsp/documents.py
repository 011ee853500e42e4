"""The open documents: replicas that move only by what the client reports; it sends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lsp_llm.errors import UserError
from lsp_llm.lsp.convert import point_of
from lsp_llm.lsp.messages import ContentChange
from lsp_llm.lsp.uris import shown_name
from lsp_llm.text.diffing import common_prefix, common_suffix
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change, Edit
from lsp_llm.text.positions import Encoding


@dataclass(slots=True)
class OpenDocument:
    """One open document as the client last reported it."""

    uri: str
    language_id: str
    version: int
    document: Document


class Documents:
    """All open documents of one client."""

    def __init__(self) -> None:
        self._open: dict[str, OpenDocument] = {}

    def open(self, uri: str, language_id: str, version: int, text: str) -> None:
        """The client opened a document (or sends one anew)."""
        self._open[uri] = OpenDocument(uri, language_id, version, Document(text))

    def close(self, uri: str) -> None:
        """The client closed a document."""
        self._open.pop(uri, None)

    def find(self, uri: str) -> OpenDocument | None:
        """The document, None if it is not open."""
        return self._open.get(uri)

    def get(self, uri: str) -> OpenDocument:
        """The document; raises UserError if it is not open."""
        found = self._open.get(uri)
        if found is None:
            raise UserError(f"{shown_name(uri)} is not open in the editor: open it first")
        return found


def move(document: Document, changes: Sequence[ContentChange], encoding: Encoding) -> None:
    """Carry out reported changes, one after the other; costs nothing that grows with the document."""
    for change in changes:
        if change.range is None:
            _replace_whole(document, change.text)
        else:
            start = point_of(document, change.range.start, encoding)
            document.replace(start, point_of(document, change.range.end, encoding), change.text)


def move_and_tell(document: Document, changes: Sequence[ContentChange], encoding: Encoding) -> list[Change]:
    """Like `move`, and tell what happened in offsets."""
    told: list[Change] = []
    for change in changes:
        if change.range is None:
            told += _replace_whole(document, change.text)
        else:
            start = document.offset(*point_of(document, change.range.start, encoding))
            end = document.offset(*point_of(document, change.range.end, encoding))
            told.append(document.apply(Edit(start, max(start, end), change.text)))
    return told


def _replace_whole(document: Document, text: str) -> list[Change]:
    """A change of the whole text is narrowed to what differs."""
    old = document.text
    if old == text:
        return []
    prefix = common_prefix(old, text)
    suffix = common_suffix(old, text, min(len(old), len(text)) - prefix)
    return [document.apply(Edit(prefix, len(old) - suffix, text[prefix : len(text) - suffix]))]
