"""What a filter is; it knows no filter by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that a filter lets through; with `restart`, everything let through before is withdrawn first."""

    text: str
    restart: bool = False


class Filter(Protocol):
    """Answer text in, answer text out; may hold back, never depends on the cuts (law L4)."""

    def push(self, text: str) -> Piece:
        """Take the next text."""
        ...

    def finish(self) -> Piece:
        """The answer is whole: let go of what was held back."""
        ...
