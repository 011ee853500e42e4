"""The files that a server wants to change, as an editor would have them: opened, changed, saved, closed; it shows none.

A file outside its folder is not opened, be it on this machine or not, and one that somebody else has changed meanwhile
is not touched.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from lsp_llm.lsp.documents import move_and_tell
from lsp_llm.lsp.messages import (
    ApplyEditParams,
    ApplyEditResult,
    ContentChange,
    DidChange,
    DocumentEdit,
    TextEdit,
    VersionedDocument,
)
from lsp_llm.lsp.uris import path_of
from lsp_llm.text.document import Document
from lsp_llm.text.positions import Encoding

ENCODING: Final[Encoding] = "utf-16"
REFUSED: Final = ApplyEditResult(applied=False, failure_reason="the file is not as it was opened")
ONE_BY_ONE: Final = ApplyEditResult(applied=False, failure_reason="one file is changed at a time")

Notice = tuple[str, object]
"""A notification: method and params."""


@dataclass(slots=True)
class _Open:
    path: Path
    document: Document
    version: int = 1


class Files:
    """Those below a folder, for one connection."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._open: dict[str, _Open] = {}

    def show(self, uri: str) -> list[Notice] | None:
        """Open a file; what the server is to be told then, None where it cannot be opened."""
        if uri in self._open:
            return []
        path = Path(path_of(uri))
        try:
            if not path.resolve().is_relative_to(self._folder):
                return None
            text = path.read_bytes().decode("utf-8")
        except (OSError, ValueError, RuntimeError):
            # ValueError: no text, or no name of a file; RuntimeError: links that lead in a circle.
            return None
        self._open[uri] = _Open(path, Document(text))
        item = {"uri": uri, "languageId": "", "version": 1, "text": text}
        return [("textDocument/didOpen", {"textDocument": item})]

    def apply(self, params: Any) -> tuple[ApplyEditResult, list[Notice]]:
        """Make changes and save them; the answer to `workspace/applyEdit`, and what the server is to be told then."""
        changed = msgspec.convert(params, ApplyEditParams).edit.document_changes
        if len(changed) != 1:
            return ONE_BY_ONE, []
        wanted = changed[0]
        document = wanted.text_document
        found = self._open.get(document.uri)
        if found is None or document.version not in (None, found.version) or not _is_as_it_was(found):
            return REFUSED, []
        changes = _changed(found, wanted)
        try:
            _save(found)
        except OSError as error:
            return ApplyEditResult(applied=False, failure_reason=error.strerror), self.close(document.uri)
        report = DidChange(VersionedDocument(document.uri, found.version), changes)
        saved = {"textDocument": {"uri": document.uri}}
        return ApplyEditResult(applied=True), [("textDocument/didChange", report), ("textDocument/didSave", saved)]

    def close(self, uri: str) -> list[Notice]:
        """Whoever wants it next gets it as it is then."""
        del self._open[uri]
        return [("textDocument/didClose", {"textDocument": {"uri": uri}})]

    def close_all(self) -> list[Notice]:
        """Keep none."""
        return [notice for uri in list(self._open) for notice in self.close(uri)]


def _changed(found: _Open, wanted: DocumentEdit) -> list[ContentChange]:
    changes = [ContentChange(edit.new_text, edit.range) for edit in sorted(wanted.edits, key=_place)[::-1]]
    move_and_tell(found.document, changes, ENCODING)
    found.version += 1
    return changes


def _place(edit: TextEdit) -> tuple[int, int]:
    return edit.range.start.line, edit.range.start.character


def _is_as_it_was(found: _Open) -> bool:
    try:
        return found.path.read_bytes() == found.document.text.encode("utf-8")
    except OSError:
        return False


def _save(found: _Open) -> None:
    """All of it or nothing; a link stays one."""
    place = found.path.resolve()
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".lsp-llm-")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(found.document.text.encode("utf-8"))
        shutil.copymode(place, fresh)
        fresh.replace(place)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
