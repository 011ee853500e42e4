"""The few messages of the hot paths, as structs that decode and encode without an intermediate object.

Everything else is cold and goes through lsprotocol (cold.py). Names are the protocol's own (LSP 3.17).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

MessageId = int | str
Count = Annotated[int, msgspec.Meta(ge=0)]


class Envelope(msgspec.Struct, gc=False):
    """Any JSON-RPC message, its parts still raw; `id` is UNSET in a notification."""

    jsonrpc: str = ""
    id: MessageId | msgspec.UnsetType | None = msgspec.UNSET
    method: str | msgspec.UnsetType = msgspec.UNSET
    params: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    error: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class Position(msgspec.Struct, gc=False):
    """A line and a column in units of the negotiated encoding."""

    line: Count
    character: Count


class Range(msgspec.Struct, gc=False):
    """Two positions, the end exclusive."""

    start: Position
    end: Position


class ContentChange(msgspec.Struct, gc=False):
    """One change; without a range it is the whole text."""

    text: str
    range: Range | None = None


class VersionedDocument(msgspec.Struct, gc=False):
    """A document and its version; null says that the edit takes any version."""

    uri: str
    version: int | None


class DidChange(msgspec.Struct, rename="camel", gc=False):
    """`textDocument/didChange`."""

    text_document: VersionedDocument
    content_changes: list[ContentChange]


class DocumentName(msgspec.Struct, gc=False):
    """A document."""

    uri: str


class DocumentOnly(msgspec.Struct, rename="camel", gc=False):
    """Which document a message is about, whatever else it says."""

    text_document: DocumentName


class TextEdit(msgspec.Struct, rename="camel", gc=False):
    """One replacement."""

    range: Range
    new_text: str


class DocumentEdit(msgspec.Struct, rename="camel", gc=False):
    """All replacements in one document."""

    text_document: VersionedDocument
    edits: list[TextEdit]


class WorkspaceEdit(msgspec.Struct, rename="camel", gc=False):
    """Edits of documents; no label: Eglot and others announce it at every edit."""

    document_changes: list[DocumentEdit]


class ApplyEditParams(msgspec.Struct, gc=False):
    """`workspace/applyEdit`."""

    edit: WorkspaceEdit


class ApplyEditResult(msgspec.Struct, rename="camel", gc=False):
    """What the client says it did."""

    applied: bool
    failure_reason: str | None = None


class StreamedEdit(msgspec.Struct, rename="camel", gc=False):
    """`lsp-llm/edit`; `range` goes with "begin", `edits` with "insert", in the order in which they are carried out."""

    job_id: str
    uri: str
    version: int | None
    kind: Literal["begin", "insert", "end", "abort"]
    range: Range | msgspec.UnsetType = msgspec.UNSET
    edits: list[ContentChange] | msgspec.UnsetType = msgspec.UNSET


class ReportedDiagnostic(msgspec.Struct, gc=False):
    """What some server has found, as the client sends it along."""

    range: Range
    message: str
    severity: Literal[1, 2, 3, 4] | None = None
    source: str | None = None
    code: int | str | None = None


class CodeActionContext(msgspec.Struct, gc=False):
    """What is known where a menu is opened, and the kinds that are wanted, all for none."""

    diagnostics: list[ReportedDiagnostic] = []
    only: list[str] | None = None


class CodeActionParams(msgspec.Struct, rename="camel", gc=False):
    """`textDocument/codeAction`."""

    text_document: DocumentName
    range: Range
    context: CodeActionContext


class Command(msgspec.Struct, gc=False):
    """A command ready to run."""

    title: str
    command: str
    arguments: list[dict[str, Any]]


class CodeAction(msgspec.Struct, gc=False):
    """A line of a menu."""

    title: str
    kind: Literal["quickfix", "refactor.rewrite"]
    command: Command


class CodeLens(msgspec.Struct, gc=False):
    """A line above a line."""

    range: Range
    command: Command


class FoldingRange(msgspec.Struct, rename="camel", gc=False):
    """Lines that can be folded, the last one included."""

    start_line: int
    end_line: int
    kind: Literal["region", "comment"]


class DocumentSymbol(msgspec.Struct, rename="camel", gc=False):
    """A part of a document with its parts."""

    name: str
    detail: str
    kind: int
    range: Range
    selection_range: Range
    children: list[DocumentSymbol] = []


class DocumentLink(msgspec.Struct, gc=False):
    """A place that leads to a file."""

    range: Range
    target: str


class PlaceParams(msgspec.Struct, rename="camel", gc=False):
    """A request about a position of a document."""

    text_document: DocumentName
    position: Position


class Markup(msgspec.Struct, gc=False):
    """A text to show."""

    value: str
    kind: Literal["markdown", "plaintext"] = "markdown"


class Hover(msgspec.Struct, gc=False):
    """What is said of a place."""

    contents: Markup
    range: Range


class CompletionItem(msgspec.Struct, rename="camel", gc=False, omit_defaults=True):
    """One way to go on; the edit says what it takes the place of."""

    label: str
    kind: int
    text_edit: TextEdit
    filter_text: str
    detail: str = ""
    sort_text: str = ""


class CompletionList(msgspec.Struct, rename="camel", gc=False):
    """Ways to go on."""

    is_incomplete: bool
    items: list[CompletionItem]


class ResponseError(msgspec.Struct):
    """The error of a response."""

    code: int
    message: str
    data: Any = None


class Request(msgspec.Struct, gc=False):
    """A request of ours."""

    id: MessageId
    method: str
    params: Any
    jsonrpc: str = "2.0"


class Notification(msgspec.Struct, gc=False):
    """A notification of ours."""

    method: str
    params: Any
    jsonrpc: str = "2.0"


class Result(msgspec.Struct, gc=False):
    """Our answer to a request."""

    id: MessageId | None
    result: Any
    jsonrpc: str = "2.0"


class ErrorAnswer(msgspec.Struct, gc=False):
    """Our refusal of a request."""

    id: MessageId | None
    error: ResponseError
    jsonrpc: str = "2.0"
