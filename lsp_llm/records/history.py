"""The history of jobs: what was asked, what came, how it ended; an answer that found no place in a document is here."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import msgspec

from lsp_llm.records.journal import Journal


class Entry(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One job, as it ended; `answer` is what had come, after the filters."""

    uri: str
    kind: str
    preset: str
    query: str
    outcome: str
    reason: str
    answer: str
    statuses: tuple[str, ...] = ()
    """What was said on the way, in order."""
    files: tuple[str, ...] = ()
    """What went along, by path."""
    input_tokens: int = 0
    output_tokens: int = 0
    timestamp: str = ""


class History:
    """`history.jsonl` in the state folder."""

    def __init__(self, folder: Path, redact: Callable[[str], str] = str) -> None:
        """`redact` takes secrets out of a text: a host may have repeated one."""
        self._redact = redact
        self._journal = Journal(folder / "history.jsonl")

    def add(self, entry: Entry) -> None:
        """Write one job down."""
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        self._journal.append(
            msgspec.structs.replace(
                entry,
                reason=self._redact(entry.reason),
                answer=self._redact(entry.answer),
                statuses=tuple(map(self._redact, entry.statuses)),
                timestamp=now,
            )
        )
