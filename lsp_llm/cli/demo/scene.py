"""What is to be seen of the demo at one moment: the document, its marks, and the fills; it draws nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from lsp_llm.cli.demo.moments import Asked, Edited, Ended, Moment, Opened, Over, Stated
from lsp_llm.cli.demo.story import Step
from lsp_llm.cli.demo.wording import times
from lsp_llm.text.diffing import diff
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change

_WORD = re.compile(r"\s*\S+|\s+\Z")


@dataclass(slots=True)
class Fill:
    """One command, and what was last heard of it."""

    step: Step
    state: str = "request being sent"
    is_done: bool = False


class Scene:
    """The document as far as it has been shown, and the fills so far."""

    def __init__(self) -> None:
        self.file_name = ""
        self.document = Document("")
        self.fills: list[Fill] = []
        self.cursor: int | None = None
        """While a command runs: the offset behind what it has written, at first where it will write."""
        self._original: list[str] = []
        self._selected = (0, 0)

    def take(self, moment: Moment) -> None:
        """Go on by one moment."""
        match moment:
            case Opened(file_name, text):
                self.file_name, self.document = file_name, Document(text)
                self._original = list(self.document.lines)
            case Asked(step):
                self.fills.append(Fill(step))
                self._selected = self.document.offset(step.first_line, 0), self.document.offset(step.end_line, 0)
                self.cursor = self._selected[0]
            case Stated(text):
                self.fills[-1].state = text
            case Edited(changes):
                for change in changes:
                    self.change(change)
            case Ended():
                self.fills[-1].state, self.fills[-1].is_done = times(moment), True
                self.cursor, self._selected = None, (0, 0)
            case Over():
                pass
            case _:
                assert_never(moment)

    def change(self, change: Change) -> None:
        """Carry out one change."""
        edit = change.as_edit()
        self.document.apply(edit)
        if change.inserted:
            self.cursor = change.start + len(change.inserted.rstrip("\n"))
        start, end = self._selected
        if start <= edit.start <= end:
            self._selected = (start, end + edit.growth)

    def new_lines(self) -> set[int]:
        """The lines that the file did not have when it was opened."""
        hunks = diff(self._original, self.document.lines)
        return {number for hunk in hunks for number in range(hunk.new_start, hunk.new_end)}

    def waiting_lines(self) -> range:
        """The lines that the running command was given and has not reached."""
        start, end = self._selected
        first = max(start, self.cursor or 0)
        return range(self.document.point(first)[0], self.document.point(end)[0])


def word_by_word(change: Change) -> Iterator[Change]:
    """The change in pieces to be shown one after the other; together they do the same, and what goes does so last."""
    start, removed, inserted = change.start, change.removed, change.inserted
    if removed.endswith("\n") and inserted.endswith("\n"):
        removed, inserted = removed[:-1], inserted[:-1]
    words = _WORD.findall(inserted)
    # The line in progress never runs into the line below: what parts the two comes first.
    between = words.pop() if words and words[-1].isspace() else ""
    added = "\n" if words and removed and not between and not removed.startswith("\n") else ""
    if between or added:
        yield Change(start, "", between + added)
    for word in words:
        yield Change(start, "", word)
        start += len(word)
    if removed:
        yield Change(start + len(between), added + removed, "")
