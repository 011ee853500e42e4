"""`Context[]` of the chat requests as words of the user's turn: mentions of files, quotes of what may change.

A file is mentioned, so that the model always reads it as it is. A selection, a document without a file, and diagnostics
are quoted, because nobody could find them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, assert_never

import msgspec

from lsp_llm.commands.quoting import quoted
from lsp_llm.context.access import Access
from lsp_llm.context.base import Workspace
from lsp_llm.context.diagnostics import diagnostics_item
from lsp_llm.errors import UserError
from lsp_llm.lsp.convert import offsets_of
from lsp_llm.lsp.documents import Documents, OpenDocument
from lsp_llm.lsp.messages import Range
from lsp_llm.lsp.uris import path_of, shown_name
from lsp_llm.text.positions import Encoding


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """One thing that goes along."""


class FileContext(_Part, frozen=True, tag="file"):
    """A file or folder, by its path in the workspace."""

    path: str


class SelectionContext(_Part, frozen=True, tag="selection"):
    """A range of an open document."""

    uri: str
    range: Range


class BufferContext(_Part, frozen=True, tag="buffer"):
    """An open document."""

    uri: str


class DiagnosticsContext(_Part, frozen=True, tag="diagnostics"):
    """What the client has told of problems in an open document."""

    uri: str


class DiffContext(_Part, frozen=True, tag="diff"):
    """What is not committed yet."""


class ProjectContext(_Part, frozen=True, tag="project"):
    """The project's own files and notes, which go along with every chat."""


Part = FileContext | SelectionContext | BufferContext | DiagnosticsContext | DiffContext | ProjectContext


def context_text(items: Sequence[Any], documents: Documents, workspace: Workspace, encoding: Encoding) -> str:
    """The words for these; raises UserError for what is no context, is not open, or never leaves the machine."""
    try:
        parts = msgspec.convert(list(items), list[Part])
    except msgspec.ValidationError as error:
        raise UserError(f"context: {error}") from None
    return "\n\n".join(filter(None, (_Wording(documents, workspace, encoding).of(part) for part in parts)))


class _Wording:
    def __init__(self, documents: Documents, workspace: Workspace, encoding: Encoding) -> None:
        self._documents = documents
        self._workspace = workspace
        self._encoding = encoding

    def of(self, part: Part) -> str:
        match part:
            case FileContext(path):
                return mention(path)
            case SelectionContext(uri, range_):
                return self._selection(self._get(uri), range_)
            case BufferContext(uri):
                found = self._get(uri)
                shown = self._shown(uri)
                is_inside = path_of(uri) and not Path(shown).is_absolute()
                return mention(shown) if is_inside else quoted(shown, found.language_id, found.document.text)
            case DiagnosticsContext(uri):
                return self._diagnostics(self._get(uri))
            case DiffContext():
                return "@diff"
            case ProjectContext():
                return ""
            case _:
                assert_never(part)

    def _selection(self, found: OpenDocument, range_: Range) -> str:
        document = found.document
        start, end = offsets_of(document, range_, self._encoding)
        first, _ = document.point(start)
        last, column = document.point(end)
        last = last if column or last == first else last - 1
        place = f"line {first + 1}" if first == last else f"lines {first + 1} to {last + 1}"
        return quoted(f"{self._shown(found.uri)}, {place}", found.language_id, document.slice(start, end))

    def _diagnostics(self, found: OpenDocument) -> str:
        shown = self._shown(found.uri)
        known = found.diagnostics if found.diagnosed_version == found.version else ()
        item = diagnostics_item(shown, found.document.text, known)
        return quoted(f"diagnostics of {shown}", "text", item.text) if item else f"No diagnostics of {shown} are known."

    def _get(self, uri: str) -> OpenDocument:
        """The document, if it may leave the machine."""
        found = self._documents.get(uri)
        name = Path(shown_name(uri)).name
        # The user has asked for it by name, so that what a pattern ignores may go. What is named like a secret not.
        if said := Access().look(self._workspace).rules.secret(name):
            raise UserError(f"{name} {said}")
        return found

    def _shown(self, uri: str) -> str:
        path = path_of(uri)
        return self._workspace.shown(Path(path).as_posix()) if path else uri


def mention(path: str) -> str:
    """A path as the user would mention it."""
    return f"@{path}" if not set(" \t'\"`@<>|*?,;:!)]}(") & set(path) and path else f'@"{path}"'
