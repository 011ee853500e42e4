"""Tells while a template or a prompt of the library is being written what is wrong with it; it knows no template.

The work is done in a thread, one look at a document at a time. What a look finds is told if the text is still the same
by then; else the newest text is looked at next.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import msgspec

from lsp_llm.lsp.client import Client
from lsp_llm.lsp.convert import range_of
from lsp_llm.lsp.documents import Documents, OpenDocument
from lsp_llm.lsp.uris import path_of
from lsp_llm.prompts.problems import TemplateProblem

_log = logging.getLogger(__name__)

ERROR, WARNING = 1, 2


class Checking(Protocol):
    """Who knows templates."""

    def name_of(self, uri: str, path: Path) -> str:
        """What the file is called as a template, "" where it is none; answers at once."""
        ...

    def problems(self, uri: str, path: Path, text: str) -> Sequence[TemplateProblem]:
        """What is wrong with it; may block."""
        ...


@dataclass(slots=True, eq=False)
class _Watched:
    """One open template: the document and version that were looked at last, and whether anything is shown of it."""

    seen: OpenDocument | None = None
    version: int = 0
    is_looked_at: bool = False
    shows: bool = False


class TemplateDiagnostics:
    """The open templates of one client."""

    def __init__(self, client: Client, documents: Documents, checking: Checking) -> None:
        self._client = client
        self._documents = documents
        self._checking = checking
        self._watched: dict[str, _Watched] = {}

    def opened(self, uri: str) -> None:
        """A document is there, perhaps anew."""
        path = path_of(uri)
        if path and self._checking.name_of(uri, Path(path)):
            self._watched.setdefault(uri, _Watched()).version = -1
            self.changed()

    def changed(self) -> None:
        """Some document has moved (hot): costs nothing while no template is open."""
        for uri in list(self._watched):
            self._look(uri)

    def saved(self) -> None:
        """Some file is on disk as it is here: what templates include may be there now, or gone."""
        for watched in self._watched.values():
            watched.version = -1
        self.changed()

    def closed(self, uri: str) -> None:
        """A document is gone."""
        watched = self._watched.pop(uri, None)
        if watched is not None and watched.shows:
            self._client.notify("textDocument/publishDiagnostics", {"uri": uri, "diagnostics": []})

    def _look(self, uri: str) -> None:
        """Look at a template's newest text, unless it is known or another text of it is being looked at."""
        watched, found = self._watched[uri], self._documents.find(uri)
        if found is None:
            self.closed(uri)
            return
        if watched.is_looked_at or (watched.seen is found and watched.version == found.version):
            return
        watched.seen, watched.version, watched.is_looked_at = found, found.version, True
        text, path = found.document.text, Path(path_of(uri))
        look = asyncio.get_running_loop().run_in_executor(None, self._checking.problems, uri, path, text)
        look.add_done_callback(lambda done: self._looked(uri, watched, done))

    def _looked(self, uri: str, watched: _Watched, done: asyncio.Future[Sequence[TemplateProblem]]) -> None:
        watched.is_looked_at = False
        if done.cancelled() or self._watched.get(uri) is not watched:
            return
        if (error := done.exception()) is not None:
            _log.error("%s cannot be checked: %s", uri, error, exc_info=error)
            return
        found = self._documents.find(uri)
        if found is not None and found is watched.seen and found.version == watched.version:
            self._publish(found, watched, done.result())
        else:
            self._look(uri)

    def _publish(self, found: OpenDocument, watched: _Watched, problems: Sequence[TemplateProblem]) -> None:
        if problems or watched.shows:
            watched.shows = bool(problems)
            shown = [self._shown(found, problem) for problem in problems]
            params = {"uri": found.uri, "version": found.version, "diagnostics": shown}
            self._client.notify("textDocument/publishDiagnostics", params)

    def _shown(self, found: OpenDocument, problem: TemplateProblem) -> dict[str, Any]:
        """A problem over the text of its line; of the first line where it is about the whole file."""
        document = found.document
        line = min(max(problem.line, 1), len(document.lines)) - 1
        indent = len(document.lines[line]) - len(document.lines[line].lstrip(" \t"))
        start, end = document.offset(line, indent), document.offset(line, len(document.lines[line]))
        place = range_of(document, start, end, self._client.facts.encoding)
        return {
            "range": msgspec.to_builtins(place),
            "severity": WARNING if problem.level == "warning" else ERROR,
            "source": "lsp-llm",
            "message": problem.sentence,
        }
