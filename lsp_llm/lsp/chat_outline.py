"""Folding ranges and symbols of a chat document: turns, thinking, calls and their results; it reads no text anew."""

from __future__ import annotations

from collections.abc import Iterator

from lsp_llm.commands.open_chats import OpenChat
from lsp_llm.lsp.messages import DocumentSymbol, FoldingRange, Position, Range

_STRING, _FUNCTION = 15, 12
"""Kinds of symbols (LSP 3.17, "SymbolKind"): a turn, and what a tool did in it."""
MAX_WORDS = 60
"""Letters of a turn's first line in its name."""


def chat_folds(chat: OpenChat) -> list[FoldingRange]:
    """Every turn, and every block in it; lines count from 0, the last one included."""
    return list(_folds(chat))


def _folds(chat: OpenChat) -> Iterator[FoldingRange]:
    for place in range(len(chat.parsed)):
        first, last = chat.parsed.first_line(place), chat.last_line_of(place)
        if last > first:
            yield FoldingRange(first, last, "region")
        for fold in chat.parsed.read(place).folds:
            if fold.last_line > fold.first_line:
                yield FoldingRange(first + fold.first_line, first + fold.last_line, "comment")


def chat_symbols(chat: OpenChat) -> list[DocumentSymbol]:
    """A symbol for each turn, with those of its blocks."""
    return [_symbol(chat, place) for place in range(len(chat.parsed))]


def _symbol(chat: OpenChat, place: int) -> DocumentSymbol:
    read = chat.parsed.read(place)
    turn = read.turn
    first, last = chat.parsed.first_line(place), chat.last_line_of(place)
    who = "Tools" if turn.tool_results else "User" if turn.role == "user" else "Assistant"
    words = " ".join(turn.text[: 4 * MAX_WORDS].split())
    said = words if len(words) <= MAX_WORDS else f"{words[:MAX_WORDS]}…"
    blocks = [
        _ranged(fold.name or fold.kind, fold.kind, _FUNCTION, first + fold.first_line, first + fold.last_line)
        for fold in read.folds
    ]
    symbol = _ranged(f"{who}: {said}" if said else who, turn.model, _STRING, first, last)
    symbol.children = blocks
    return symbol


def _ranged(name: str, detail: str, kind: int, first: int, last: int) -> DocumentSymbol:
    start = Position(first, 0)
    return DocumentSymbol(name, detail, kind, Range(start, Position(last + 1, 0)), Range(start, start))
