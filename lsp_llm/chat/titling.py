"""What a chat is called that nobody gave a title; pure."""

from __future__ import annotations

from typing import Final

TITLE_CHARACTERS: Final = 60


def title_of(words: str) -> str:
    """The first of these words, in one line."""
    line = " ".join(words.split())
    return line if len(line) <= TITLE_CHARACTERS else f"{line[:TITLE_CHARACTERS]}…"
