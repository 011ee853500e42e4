"""The instructions that a user gave, the latest last: one private file for all servers of the user; it runs nothing.

It is bounded: a full file loses its older half. What another server adds in that very moment may be lost with it.
"""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec

from lsp_llm.exchange.kinds import Kind
from lsp_llm.records.journal import append_line_privately, replace_privately
from lsp_llm.stream.surrogates import json_of

_log = logging.getLogger(__name__)

MAX_BYTES = 256 * 1024


class Instruction(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a fill was told: its kind and preset, the user's words, and the id of a prompt of the library, if any."""

    kind: Kind
    preset: str
    query: str = ""
    action: str = ""


_decoder = msgspec.json.Decoder(Instruction)


class Instructions:
    """`instructions.jsonl` in the state folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "instructions.jsonl"
        self._unwritten: Instruction | None = None

    def add(self, instruction: Instruction) -> None:
        """Keep one; never raises. What cannot be written is known as long as the server."""
        line = json_of(instruction)
        self._unwritten = instruction
        if len(line) > MAX_BYTES // 2:
            return
        try:
            append_line_privately(self._path, line)
            self._unwritten = None
            if self._path.stat().st_size > MAX_BYTES:
                self._halve()
        except OSError as error:
            _log.warning("%s cannot be written: %s", self._path, error.strerror)

    def last(self) -> Instruction | None:
        """The latest of all servers, None where there is none; reads the file."""
        if self._unwritten is not None:
            return self._unwritten
        try:
            lines = self._path.read_bytes().split(b"\n")
        except OSError:
            return None
        return next((found for line in reversed(lines) if (found := _decoded(line)) is not None), None)

    def _halve(self) -> None:
        kept = self._path.read_bytes()[-MAX_BYTES // 2 :].partition(b"\n")[2]
        replace_privately(self._path, kept)


def _decoded(line: bytes) -> Instruction | None:
    """None for an empty line, and for one that a full disk has cut."""
    try:
        return _decoder.decode(line)
    except ValueError:
        return None
