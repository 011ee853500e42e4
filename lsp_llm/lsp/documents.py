"""The open documents: replicas that move only by what the client reports; it sends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lsp_llm.context.diagnostics import Diagnostic
from lsp_llm.errors import UserError
from lsp_llm.lsp.convert import point_of
from lsp_llm.lsp.messages import ContentChange, Range
from lsp_llm.lsp.uris import path_of, shown_name
from lsp_llm.text.diffing import common_prefix, common_suffix
from lsp_llm.text.document import Document, Point
from lsp_llm.text.edits import Change, Edit
from lsp_llm.text.positions import Encoding


@dataclass(slots=True)
class OpenDocument:
    """One open document as the client last reported it."""

    uri: str
    language_id: str
    version: int
    document: Document
    diagnostics: tuple[Diagnostic, ...] = ()
    """What a client last sent along for `diagnosed_version`: what other servers found at the place it asked about."""
    diagnosed_version: int | None = None

    def reported(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        """Keep what was sent for the text as it is now."""
        self.diagnostics, self.diagnosed_version = diagnostics, self.version


class Documents:
    """All open documents of one client."""

    def __init__(self) -> None:
        self._open: dict[str, OpenDocument] = {}
        self._spelled: dict[str, str] = {}
        """The uri of each document that is or was open, by what it is called: its path, where it has one."""

    def open(self, uri: str, language_id: str, version: int, text: str) -> None:
        """The client opened a document (or sends one anew)."""
        self._open[uri] = OpenDocument(uri, language_id, version, Document(text))
        self._spelled[shown_name(uri)] = uri

    def close(self, uri: str) -> None:
        """The client closed a document."""
        self._open.pop(uri, None)

    def find(self, uri: str) -> OpenDocument | None:
        """The document, None if it is not open."""
        return self._open.get(uri) or self._open.get(self.spelled(uri))

    def all(self) -> tuple[OpenDocument, ...]:
        """Every open document."""
        return tuple(self._open.values())

    def get(self, uri: str) -> OpenDocument:
        """The document; raises UserError if it is not open."""
        found = self.find(uri)
        if found is None:
            raise UserError(f"{shown_name(uri)} is not open in the editor: open it first")
        return found

    def spelled(self, uri: str) -> str:
        """A uri as this client spells that of the same file, which others, we ourselves too, may spell otherwise."""
        return self._spelled.get(shown_name(uri), uri)

    def at_path(self, path: str) -> OpenDocument:
        """The document of a file, by its path or by an end of it that no other open document has."""
        ending = f"/{path.removeprefix('./')}"
        found = [item for uri, item in self._open.items() if path_of(uri) == path or path_of(uri).endswith(ending)]
        if not found:
            raise UserError(f"{path} is not open in the editor: open it first")
        if len(found) > 1:
            raise UserError(f"{path} may be any of {len(found)} open files: give its whole path")
        return found[0]


def move(document: Document, changes: Sequence[ContentChange], encoding: Encoding) -> None:
    """Carry out reported changes, one after the other; costs nothing that grows with the document."""
    for change in changes:
        if change.range is None:
            _replace_whole(document, change.text)
        else:
            document.replace(*_points(document, change.range, encoding), change.text)


def move_and_tell(document: Document, changes: Sequence[ContentChange], encoding: Encoding) -> list[Change]:
    """Like `move`, and tell what happened in offsets."""
    told: list[Change] = []
    for change in changes:
        if change.range is None:
            told += _replace_whole(document, change.text)
        else:
            start, end = _points(document, change.range, encoding)
            offset = document.offset(*start)
            removed = document.slice(offset, document.offset(*end)) if end > start else ""
            document.replace(start, end, change.text)
            told.append(Change(offset, removed, change.text))
    return told


def _points(document: Document, range_: Range, encoding: Encoding) -> tuple[Point, Point]:
    start = point_of(document, range_.start, encoding)
    if range_.end == range_.start:
        return start, start
    return start, max(start, point_of(document, range_.end, encoding))


def _replace_whole(document: Document, text: str) -> list[Change]:
    """A change of the whole text is narrowed to what differs."""
    old = document.text
    if old == text:
        return []
    prefix = common_prefix(old, text)
    suffix = common_suffix(old, text, min(len(old), len(text)) - prefix)
    return [document.apply(Edit(prefix, len(old) - suffix, text[prefix : len(text) - suffix]))]
