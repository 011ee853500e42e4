"""What a chat is called that nobody gave a title; pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lsp_llm.chat.conversation import Turn

TITLE_CHARACTERS: Final = 60


def one_line(words: str) -> str:
    """The words in one line, as lists show a title."""
    return " ".join(words.split())


def title_of(words: str) -> str:
    """The first of these words, in one line."""
    line = one_line(words)
    return line if len(line) <= TITLE_CHARACTERS else f"{line[:TITLE_CHARACTERS]}…"


def title_of_turns(turns: Iterable[Turn]) -> str:
    """The first words that the user said in these turns, "" where there are none."""
    return next((title for turn in turns if turn.role == "user" and (title := title_of(turn.text))), "")
