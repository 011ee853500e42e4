"""The text of open documents: a window around the selection of a long one, and the others; it reads no file.

A window shows with visible marks where it was cut. The selection itself is never cut. Text is left out by whole lines
where that loses little, else between characters as a reader sees them: no accent loses its letter and no joined emoji
falls apart.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lsp_llm.context.base import Gathered, Item
from lsp_llm.context.selection import Selection

if TYPE_CHECKING:  # The door is loaded with the first prompt, not with the start of the server.
    from lsp_llm.context.access import View

# How far a cut may move to reach the end of a line (and not more than a quarter of what is kept), and of a character.
LINE_SEARCH_CHARACTERS = 400
CLUSTER_SEARCH_CHARACTERS = 32

_JOINER = "\u200d"


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a buffer that goes into the prompt; `before` and `after` show where and how much was cut."""

    before: str
    selection: str
    after: str

    @property
    def text(self) -> str:
        """The window as one text."""
        return self.before + self.selection + self.after


def window(selection: Selection, limit_characters: int) -> Window:
    """At most `limit_characters` of the buffer beside the marks; more only when the selection alone is longer."""
    spare = max(0, limit_characters - len(selection.text))
    before, after = len(selection.before), len(selection.after)
    # Half of what is spare to each side; a side that needs less leaves the rest to the other.
    keep_before = min(before, max(spare // 2, spare - after))
    keep_after = min(after, spare - keep_before)
    return Window(
        _end_of(selection.before, before - keep_before), selection.text, _start_of(selection.after, keep_after)
    )


def other_buffers(view: View, current: Path | None) -> Gathered:
    """The open documents of the workspace beside the current one, by their paths; what stays behind is not named.

    Nobody asked for these one by one: that an open `.env` does not go along is no news.
    """
    items: list[Item] = []
    here = current.as_posix() if current else ""
    for path, text in sorted(view.buffers.items()):
        named, real = view.place(path)
        if path != here and text and view.refusal(named, real) is None:
            items.append(Item("buffer", view.workspace.shown(named), text))
    return Gathered(tuple(items))


def _end_of(text: str, cut: int) -> str:
    if cut == 0:
        return text
    line = _next_line(text, cut)
    if line is not None:
        return f"{_mark(line)}\n{text[line:]}"
    cut = _forward_to_character(text, cut)
    return _mark(cut) + text[cut:]


def _start_of(text: str, cut: int) -> str:
    if cut == len(text):
        return text
    line = _last_line(text, cut)
    if line is not None:
        return f"{text[:line]}{_mark(len(text) - line)}"
    cut = _back_to_character(text, cut)
    return text[:cut] + _mark(len(text) - cut)


def _mark(characters: int) -> str:
    return f"[... {characters} characters cut ...]"


def _next_line(text: str, cut: int) -> int | None:
    """The first line start at or after the cut, unless it is far."""
    reach = min(LINE_SEARCH_CHARACTERS, (len(text) - cut) // 4)
    newline = text.find("\n", cut - 1, cut + reach)
    return None if newline < 0 else newline + 1


def _last_line(text: str, cut: int) -> int | None:
    """The last line start at or before the cut, unless it is far."""
    reach = min(LINE_SEARCH_CHARACTERS, cut // 4)
    newline = text.rfind("\n", max(0, cut - 1 - reach), cut)
    return None if newline < 0 else newline + 1


def _forward_to_character(text: str, cut: int) -> int:
    end = min(len(text), cut + CLUSTER_SEARCH_CHARACTERS)
    return next((place for place in range(cut, end) if not _is_inside_character(text, place)), end)


def _back_to_character(text: str, cut: int) -> int:
    start = max(0, cut - CLUSTER_SEARCH_CHARACTERS)
    return next((place for place in range(cut, start, -1) if not _is_inside_character(text, place)), start)


def _is_inside_character(text: str, place: int) -> bool:
    if not 0 < place < len(text):
        return False
    last, following = text[place - 1], text[place]
    return (
        unicodedata.category(following) in {"Mn", "Me", "Mc", "Cs"}
        or _JOINER in (last, following)
        or "\U0001f3fb" <= following <= "\U0001f3ff"  # skin tones
        or "\U0001f1e6" <= following <= "\U0001f1ff"  # flags are two of these; four in a row stay together
        or (last, following) == ("\r", "\n")
    )
