"""What jobs replaced, in a form that outlives the server, so that it can be put back; pure, it touches no file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

import msgspec

from lsp_llm.stream.surrogates import json_of
from lsp_llm.text.document import Document
from lsp_llm.text.spans import Kind, Span
from lsp_llm.text.tracking import Region


class SavedSpan(msgspec.Struct, frozen=True, array_like=True):
    """A span of a region: `text` is what was removed, `length` counts code points in the document."""

    kind: Literal["kept", "ours", "theirs", "removed"]
    length: int
    text: str = ""


class SavedJob(msgspec.Struct, frozen=True, rename="camel"):
    """One ended job whose original can be put back."""

    start: int
    spans: tuple[SavedSpan, ...]


class SavedDocument(msgspec.Struct, frozen=True, rename="camel"):
    """All such jobs of one document; they fit only a text with this digest."""

    uri: str
    digest: str
    jobs: tuple[SavedJob, ...]


_saved = msgspec.json.Decoder(SavedDocument)


def content_of(uri: str, document: Document, regions: Sequence[Region]) -> bytes:
    """What is kept of a document."""
    return json_of(SavedDocument(uri, digest(document.text), tuple(map(_kept, regions))))


def regions_in(content: bytes, document: Document) -> list[Region]:
    """The regions that were kept, none where the content is not ours or the text is another by now."""
    saved = _read(content)
    return [] if saved is None or saved.digest != digest(document.text) else [_known(job) for job in saved.jobs]


def is_of_another_text(content: bytes, document: Document) -> bool:
    """Whether what was kept does not fit the document as it is."""
    saved = _read(content)
    return saved is not None and saved.digest != digest(document.text)


def digest(text: str) -> str:
    """What a document's text is known by."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _read(content: bytes) -> SavedDocument | None:
    try:
        return _saved.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _kept(region: Region) -> SavedJob:
    spans = [*region.settled, *region.ahead]
    return SavedJob(region.start, tuple(SavedSpan(span.kind.value, span.length, span.text) for span in spans))


def _known(job: SavedJob) -> Region:
    return Region(job.start, [Span(Kind(span.kind), span.length, span.text) for span in job.spans])
