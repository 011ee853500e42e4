"""What the editor knows around a document, as commands take it: its folder, what is open, what was reported there."""

from __future__ import annotations

from pathlib import Path

from lsp_llm.commands.job import Surroundings
from lsp_llm.lsp.configuration import Configuration
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.uris import path_of


def surroundings_of(documents: Documents, configuration: Configuration, uri: str) -> Surroundings:
    """A snapshot; lists are copied and no text is joined, so that it costs little for large documents too."""
    lines = {Path(path): tuple(item.document.lines) for item in documents.all() if (path := path_of(item.uri))}
    here = documents.find(uri)
    # Ranges of another version would mark other lines.
    is_current = here is not None and here.diagnosed_version == here.version
    diagnostics = here.diagnostics if here is not None and is_current else ()
    return Surroundings(configuration.root_of(uri), lines, diagnostics)
