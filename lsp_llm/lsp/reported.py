"""The diagnostics that a client sends along with a codeAction request, in offsets; it keeps none."""

from __future__ import annotations

from collections.abc import Iterable

from lsp_llm.context.diagnostics import Diagnostic, Severity
from lsp_llm.lsp.convert import offsets_of
from lsp_llm.lsp.messages import ReportedDiagnostic
from lsp_llm.text.document import Document
from lsp_llm.text.positions import Encoding

MAX_MESSAGE = 4_000
"""Letters of a message: it goes to the client and back, and type checkers write novels."""

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "information", "hint")


def reported(document: Document, items: Iterable[ReportedDiagnostic], encoding: Encoding) -> tuple[Diagnostic, ...]:
    """The diagnostics of a document; without a severity they are errors."""
    return tuple(_reported(document, item, encoding) for item in items)


def _reported(document: Document, item: ReportedDiagnostic, encoding: Encoding) -> Diagnostic:
    start, end = offsets_of(document, item.range, encoding)
    code = "" if item.code is None else str(item.code)
    severity = SEVERITIES[(item.severity or 1) - 1]
    return Diagnostic(start, end, severity, item.message[:MAX_MESSAGE], item.source or "", code)
