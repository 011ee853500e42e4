"""A conversation as values, and what of it goes to a model; it knows neither Markdown nor files.

A turn's text and thinking have no blank lines at their edges and `\n` between lines: a document cannot tell the former
from the space around a heading, and keeps the latter as its editor likes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, takewhile
from typing import Literal

from lsp_llm.errors import UserError
from lsp_llm.exchange.messages import Message, Replay
from lsp_llm.exchange.outcome import Usage
from lsp_llm.exchange.tools import ToolCall, ToolResult

TurnRole = Literal["user", "assistant"]
TurnStatus = Literal["done", "cut off", "cancelled", "failed", "unknown"]
"""How an answer ended. Unknown: nothing says so, because it was written by hand, or its server ended before it did."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn; calls belong to an assistant's turn, results to a user's.

    `timestamp` is ISO 8601. `replay_key` names what the turn's dialect wants back with it, which is kept elsewhere.
    """

    message_id: str
    role: TurnRole
    text: str = ""
    thinking: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    tool_results: tuple[ToolResult, ...] = ()
    usage: Usage | None = None
    model: str = ""
    timestamp: str = ""
    status: TurnStatus = "done"
    replay_key: str = ""
    gap: str = ""
    """What stood behind the text where it was cut off, from a line end on; the next words come behind it."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that a model could be sent."""
        return not (self.text or self.tool_calls or self.tool_results)

    @property
    def is_cut_off(self) -> bool:
        """Whether it is an answer that can go on: nothing says that it is whole, and it calls nothing."""
        has_begun = bool(self.text or self.thinking)
        return self.role == "assistant" and self.status != "done" and has_begun and not self.tool_calls


@dataclass(frozen=True, slots=True)
class Conversation:
    """All turns, the oldest first; `system` stands above them and is never left out."""

    chat_id: str
    title: str = ""
    preset: str = ""
    system: str = ""
    turns: tuple[Turn, ...] = ()

    def with_turn(self, turn: Turn) -> Conversation:
        """The same with one more turn at the end."""
        return replace(self, turns=(*self.turns, turn))

    def branched_before(self, message_id: str, chat_id: str) -> Conversation:
        """A conversation of its own with the turns before this one; raises UserError where there is none such."""
        return replace(self, chat_id=chat_id, turns=self.turns[: self._place(message_id)])

    def branched_with(self, message_id: str, text: str, chat_id: str) -> Conversation:
        """A conversation of its own that ends in this turn of the user's, with other words; raises UserError."""
        turn = self.turns[self._place(message_id)]
        if turn.role != "user" or turn.tool_results:
            raise UserError(f'"{message_id}" is not a message of the user, and only those can be edited')
        edited = replace(turn, text=tidy(text))
        return self.branched_before(message_id, chat_id).with_turn(edited)

    def _place(self, message_id: str) -> int:
        for place, turn in enumerate(self.turns):
            if turn.message_id == message_id:
                return place
        raise UserError(f'there is no message "{message_id}" in this chat')


def messages_of(system: str, turns: Sequence[Turn], replay_of: Callable[[Turn], Replay | None]) -> Iterator[Message]:
    """What goes out for these turns but the empty ones; `replay_of` finds what a turn's dialect wants back."""
    if system:
        yield Message("system", system)
    for turn in turns:
        if not turn.is_empty:
            yield Message(turn.role, turn.text + turn.gap, turn.tool_calls, turn.tool_results, replay_of(turn))


def tidy(text: str) -> str:
    r"""The text with `\n` between lines and without blank lines at its edges; a first line keeps its indentation."""
    return "\n".join(without_blank_edges(_lines(text)))


def gap_behind(text: str) -> str:
    """What `tidy` takes from the end of a text, with plain line ends; nothing where that is all of it."""
    lines = _lines(text)
    kept = len(lines) - len(list(takewhile(is_blank, reversed(lines))))
    return "".join(f"\n{line}" for line in lines[kept:]) if kept else ""


def without_blank_edges(lines: Sequence[str]) -> list[str]:
    """The lines without the blank ones before the first and behind the last that is not."""
    kept = list(dropwhile(is_blank, lines))
    while kept and is_blank(kept[-1]):
        kept.pop()
    return kept


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def is_blank(line: str) -> bool:
    """Whether the line, without its end, has nothing but blanks and tabs, as CommonMark says it."""
    return not line.strip(" \t")
