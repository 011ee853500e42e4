"""Finds the one place that an edit of a model's means; pure. What stands nowhere or more than once is not guessed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Offsets of the old text, and what is to stand there."""

    start: int
    end: int
    replacement: str


def place_of(text: str, old: str, new: str) -> Place | str:
    """Where `old` stands once in the text, or a sentence for the model that says why there is no such place.

    A model writes line feeds alone; in a file with Windows' line ends its texts mean those.
    """
    if "\r\n" in text and "\r" not in old:
        old, new = old.replace("\n", "\r\n"), new.replace("\r\n", "\n").replace("\n", "\r\n")
    if old == new:
        return "old_text and new_text are the same"
    start = text.find(old)
    if start < 0:
        return f"old_text does not stand in the file{_hint(text, old)}"
    if text.find(old, start + 1) >= 0:
        return f"old_text stands more than once (at lines {_lines(text, old)}); give more of the lines around it"
    return Place(start, start + len(old), new)


def _hint(text: str, old: str) -> str:
    """Nearly right is worth saying: models mostly slip in blanks."""
    squeezed = [" ".join(line.split()) for line in old.strip().splitlines()]
    lines = [" ".join(line.split()) for line in text.splitlines()]
    for at in range(len(lines) - len(squeezed) + 1):
        if squeezed and lines[at : at + len(squeezed)] == squeezed:
            return f"; line {at + 1} differs from it in blanks only: read it again"
    return "; read it again, it may have changed"


def _lines(text: str, old: str) -> str:
    found: list[str] = []
    at = text.find(old)
    while at >= 0 and len(found) < 5:
        found.append(str(text.count("\n", 0, at) + 1))
        at = text.find(old, at + 1)
    return ", ".join(found) + (", ..." if at >= 0 else "")
