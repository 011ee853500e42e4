"""What left the machine: a line for each request, with its files and its size; never a word of the text."""

from __future__ import annotations

import datetime
from pathlib import Path

import msgspec

from lsp_llm.records.journal import Journal


class Departure(msgspec.Struct, frozen=True, rename="camel"):
    """One request; `files` are those that something was sent of, `tokens` about how much, `secrets` were kept back."""

    provider: str
    model: str
    preset: str
    files: tuple[str, ...]
    tokens: int
    secrets: int = 0
    workspace: str = ""
    timestamp: str = ""


class LeftLog:
    """`left.jsonl` in the state folder, its owner's alone; bounded as every journal."""

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder / "left.jsonl")

    def add(self, departure: Departure) -> None:
        """Write one request down; never raises."""
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        self._journal.append(msgspec.structs.replace(departure, timestamp=now))
