"""Diagnostics as a model reads them: place, message, and the lines around; where they come from is not its concern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lsp_llm.context.base import Item
from lsp_llm.text.document import split_lines

LINES_AROUND = 3
MAX_DIAGNOSTICS = 50
MAX_LINES_EACH = 20
MAX_LINE_CHARACTERS = 400

Severity = Literal["error", "warning", "information", "hint"]
_WEIGHT: tuple[Severity, ...] = ("error", "warning", "information", "hint")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What a server or linter found between two offsets (code points) of a document."""

    start: int
    end: int
    severity: Severity
    message: str
    source: str = ""
    code: str = ""

    @property
    def heading(self) -> str:
        """`error (pyright undefined-variable): the message`, on one line."""
        origin = " ".join(filter(None, (self.source, self.code)))
        return f"{self.severity}{f' ({origin})' if origin else ''}: {' '.join(self.message.split())}"


def diagnostics_item(path: str, text: str, found: Sequence[Diagnostic]) -> Item | None:
    """The diagnostics of one document, errors first when there are many, then by their place; None without any."""
    if not found:
        return None
    kept = sorted(found, key=lambda each: (_WEIGHT.index(each.severity), each.start))[:MAX_DIAGNOSTICS]
    parts = [described(path, text, each) for each in sorted(kept, key=lambda each: each.start)]
    if len(found) > len(kept):
        parts.append(f"[... {len(found) - len(kept)} more diagnostics ...]\n")
    return Item("diagnostics", path, "\n".join(parts))


def described(path: str, text: str, diagnostic: Diagnostic) -> str:
    """One diagnostic: a line as compilers print it, and the lines around with a mark at those that are meant."""
    first = len(split_lines(text[: diagnostic.start])) - 1
    # A range that ends at the start of a line does not mean that line.
    last = max(first, len(split_lines(text[: max(diagnostic.start, diagnostic.end - 1)])) - 1)
    return described_in(path, split_lines(text), diagnostic, first, last)


def described_in(path: str, lines: Sequence[str], diagnostic: Diagnostic, first: int, last: int) -> str:
    """The same where the lines that are meant are known, counted from 0; costs nothing that grows with the document."""
    end = min(len(lines), last + LINES_AROUND + 1, first + MAX_LINES_EACH)
    shown = range(max(0, first - LINES_AROUND), end)
    width = len(str(shown.stop))
    marks = [f"{'>' if first <= at <= last else ' '} {at + 1:{width}} | {_short(lines[at])}" for at in shown]
    return "\n".join([f"{path}:{first + 1}: {diagnostic.heading}", *(mark.rstrip() for mark in marks)]) + "\n"


def _short(line: str) -> str:
    line = line.rstrip("\r\n")
    return line if len(line) <= MAX_LINE_CHARACTERS else f"{line[:MAX_LINE_CHARACTERS]}[...]"
