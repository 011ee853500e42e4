"""What jobs replaced, in a form that outlives the server, so that it can be put back; pure, it touches no file."""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

from lsp_llm.text.tracking import Kind, Region, Span


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


def digest(text: str) -> str:
    """What a document's text is known by."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def saved(region: Region) -> SavedJob:
    """A region as it is kept."""
    spans = [*region.settled, *region.ahead]
    return SavedJob(region.start, tuple(SavedSpan(span.kind.value, span.length, span.text) for span in spans))


def restored(job: SavedJob) -> Region:
    """The region that was kept."""
    return Region(job.start, [Span(Kind(span.kind), span.length, span.text) for span in job.spans])
