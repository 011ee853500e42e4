"""Reads the history of jobs back, the latest first; it writes nothing, and a line that is broken is not there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from lsp_llm.records.history import Entry

_decoder = msgspec.json.Decoder(Entry)


def past(folder: Path, query: str, limit: int) -> list[Entry]:
    """At most so many entries with the query in their words, in upper or lower case; blocks while it reads."""
    return list(islice(_found(folder, query.casefold()), limit))


def _found(folder: Path, query: str) -> Iterator[Entry]:
    for name in ("history.jsonl", "history.jsonl.1"):
        try:
            lines = (folder / name).read_bytes().splitlines()
        except OSError:
            continue
        for line in reversed(lines):
            try:
                entry = _decoder.decode(line)
            except msgspec.DecodeError:
                continue
            if not query or query in _words(entry).casefold():
                yield entry


def _words(entry: Entry) -> str:
    own = (entry.uri, entry.kind, entry.preset, entry.query, entry.outcome, entry.reason, entry.answer, entry.timestamp)
    return "\n".join([*own, *entry.statuses, *entry.files])
