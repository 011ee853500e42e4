"""One answer on its way into one region: plans the edits that bring the document up to the text so far; pure.

Law 7 of the edit session: replacing sends only what differs. New lines are written above the original lines that the
stream has not reached. When a line of the answer is one of those, the lines passed over go and the line itself stays
untouched; what was written since the last such line is settled against what goes (a smallest line difference), so that
no line is both taken out and written again for good. The line in progress is written with a line end of its own, which
it gives up when the line is whole; while it could still become the next original line it is not written at all.

A plan is made on copies: it comes true when its edits have landed, and is forgotten when they have not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from lsp_llm.jobs.rewrite import Rewrite
from lsp_llm.text.diffing import diff
from lsp_llm.text.document import Document, split_lines
from lsp_llm.text.edits import Edit, composed, sequential
from lsp_llm.text.lines_ahead import LinesAhead
from lsp_llm.text.spans import Kind
from lsp_llm.text.tracking import Region, Touch

NOBODYS = "\0"
"""Stands for a letter that no line of an answer has."""


@dataclass(slots=True)
class Answer:
    """The filtered text so far; `epoch` grows when all of it is withdrawn, `ended` says that it is whole."""

    chunks: list[str] = field(default_factory=list)
    epoch: int = 0
    ended: bool = False

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.chunks)

    def withdraw(self) -> None:
        """Begin anew."""
        self.chunks = []
        self.epoch += 1


@dataclass(frozen=True, slots=True)
class Block:
    """The first `count` lines of a list that the plans of one writer share: a copy costs nothing.

    Of two plans made one after the other from the same writer only one comes true, so a later plan may overwrite what
    lies behind `count`.
    """

    lines: list[str] = field(default_factory=list)
    count: int = 0

    def extended(self, fresh: Sequence[str]) -> Block:
        """The block with more lines."""
        del self.lines[self.count :]
        self.lines.extend(fresh)
        return Block(self.lines, len(self.lines))

    def written(self) -> list[str]:
        """The lines of this block."""
        return self.lines[: self.count]


@dataclass(frozen=True, slots=True)
class Plan:
    """Simultaneous edits, and the writer as it will be when they have landed."""

    edits: list[Edit]
    writer: Writer

    def without_idle_edits(self, document: Document) -> Plan:
        """The plan less the edits that leave the text as it is: no editor would report them."""
        for edit in self.edits:
            if edit.end - edit.start == len(edit.text):
                edits = [edit for edit in self.edits if document.slice(edit.start, edit.end) != edit.text]
                return Plan(edits, self.writer)
        return self


@dataclass(slots=True)
class Writer:
    """Where one job stands in its region; `is_one_line` says that the original had no line end to write above of."""

    region: Region
    is_one_line: bool
    line_end: str
    epoch: int = 0
    consumed: int = 0
    """Chunks of the answer that are planned for."""
    block: Block | None = field(default_factory=Block)
    """Lines written since the last settled one; None when others have edited in there."""
    open_line: str = ""
    """The line in progress, as far as the document shows it."""
    held: str = ""
    """The line in progress, while it may become the next original line."""
    ahead: LinesAhead | None = None
    """What the stream has not reached; None when it has to be read anew."""

    def copy(self) -> Writer:
        """A writer that goes on by itself."""
        ahead = self.ahead
        return Writer(
            self.region.copy(),
            self.is_one_line,
            self.line_end,
            self.epoch,
            self.consumed,
            self.block,
            self.open_line,
            self.held,
            None if ahead is None else LinesAhead(ahead.lines, ahead.places, ahead.at),
        )

    def take(self, edit: Edit) -> Touch:
        """Follow an edit of others."""
        touch = self.region.take(edit)
        if touch.settled:
            self.block = None
        if touch.ahead:
            self.ahead = None
        return touch

    def restore(self) -> Plan:
        """Put the original back; what others typed stays."""
        region = self.region
        return Plan(region.restoring_edits(), Writer(region.restored(), self.is_one_line, self.line_end))

    def substitute(self, document: Document, text: str) -> Plan:
        """Put the text in the place of the whole region at once; what others typed there stays."""
        twin = self.copy()
        rewrite = Rewrite(document, twin.region)
        rewrite.remove(sum(span.length for span in twin.region.ahead))
        rewrite.insert(text)
        return Plan(rewrite.edits, twin)

    def plan(self, document: Document, answer: Answer) -> Plan:
        """The next step towards the answer; no edits where the document shows it already."""
        if answer.epoch != self.epoch:
            return self._begin_anew(document, answer)
        if self.consumed == 0 and not any(map(str.strip, answer.chunks)):
            return Plan([], self)
        if self.consumed == len(answer.chunks) and not answer.ended:
            return Plan([], self)
        twin = self.copy()
        return Plan(twin._advance(document, answer), twin)

    def _begin_anew(self, document: Document, answer: Answer) -> Plan:
        """Put the original back and write what there is of the new answer, in one edit."""
        back = self.restore()
        writer = back.writer
        writer.epoch = answer.epoch
        if not back.edits:
            return writer.plan(document, answer)
        begin = self.region.start
        stage = Document(document.slice(begin, self.region.end))
        for edit in sequential(back.edits):
            stage.apply(edit.moved(-begin))
        writer.region.shifted(-begin)
        anew = writer.plan(stage, answer)
        anew.writer.region.shifted(begin)
        edits = composed(back.edits, [edit.moved(begin) for edit in anew.edits])
        return Plan([part for edit in edits for part in _by_line(document, edit)], anew.writer)

    def _advance(self, document: Document, answer: Answer) -> list[Edit]:
        rewrite = Rewrite(document, self.region)
        fresh = "".join(answer.chunks[self.consumed :])
        self.consumed = len(answer.chunks)
        ahead = self._read_ahead(document, rewrite)
        if ahead.next is None and not self.region.has_ours_ahead:
            rewrite.insert(self.held + fresh)
            self.block, self.open_line, self.held = Block(), "", ""
        else:
            self._write_lines(rewrite, ahead, split_lines(self.open_line + self.held + fresh), answer.ended)
        return rewrite.edits

    def _read_ahead(self, document: Document, rewrite: Rewrite) -> LinesAhead:
        if self.ahead is None:
            region = self.region
            self.ahead = LinesAhead.of(_own_text_ahead(document, region))
            if self.is_one_line and not region.has_ours:
                rewrite.remove(sum(map(len, self.ahead.rest())))
        return self.ahead

    def _write_lines(self, rewrite: Rewrite, ahead: LinesAhead, lines: list[str], ended: bool) -> None:
        """`lines` begin with the line in progress; the last one has no end yet."""
        partial = lines.pop()
        fresh: list[str] = []
        for line in lines:
            passed = None if self._is_spoilt(fresh) else ahead.reach(line)
            if passed is None:
                fresh.append(line)
            else:
                self._settle(rewrite, fresh, passed)
                rewrite.skip(len(line))
                fresh = []
        if ended:
            self._settle(rewrite, [*fresh, partial] if partial else fresh, ahead.rest())
        else:
            self._write_rest(rewrite, ahead, fresh, partial)

    def _is_spoilt(self, fresh: list[str]) -> bool:
        """The line in progress stands in the document, and others have edited there: it is no longer the answer's."""
        return self.block is None and bool(self.open_line) and not fresh

    def _write_rest(self, rewrite: Rewrite, ahead: LinesAhead, fresh: list[str], partial: str) -> None:
        """Write whole lines that match nothing, then the line in progress where it differs from the next original."""
        if fresh:
            rewrite.insert("".join(fresh)[len(self.open_line) :])
            is_parted = rewrite.drop_ours_ahead()
            self.open_line = ""
            if is_parted:
                self.block = None
            elif self.block is not None:
                self.block = self.block.extended(fresh)
        self.held = ""
        if self.open_line:
            rewrite.insert(partial[len(self.open_line) :])
            self.open_line = partial
        elif ahead.next is not None and ahead.next.startswith(partial):
            self.held = partial
        else:
            self._open(rewrite, ahead, partial)

    def _open(self, rewrite: Rewrite, ahead: LinesAhead, partial: str) -> None:
        """Begin to show the line in progress, on a line of its own where original lines follow."""
        if not partial:
            return
        rewrite.insert(partial)
        self.open_line = partial
        if ahead.next is not None:
            rewrite.insert_ahead(self.line_end)

    def _settle(self, rewrite: Rewrite, fresh: Sequence[str], passed: Sequence[str]) -> None:
        """The lines written since the last settled one, and `fresh`, take the place of the lines `passed`."""
        written = [] if self.block is None else self.block.written()
        ours = [*written, *fresh]
        pairs = [] if self.block is None else _pairs(ours, passed)
        first = pairs[0][0] if pairs else len(ours)
        shown = len("".join(written)) + len(self.open_line)
        wanted = "".join(ours[:first])
        rewrite.rewind(max(0, shown - len(wanted)))
        rewrite.insert(wanted[shown:])
        rewrite.drop_ours_ahead()
        done_ours, done_passed = first, 0
        for mine, original in [*pairs, (len(ours), len(passed))]:
            rewrite.remove(sum(map(len, passed[done_passed:original])))
            rewrite.insert("".join(ours[done_ours:mine]))
            if original < len(passed):
                rewrite.skip(len(passed[original]))
            done_ours, done_passed = mine + 1, original + 1
        self.block, self.open_line, self.held = Block(), "", ""


def _by_line(document: Document, edit: Edit) -> list[Edit]:
    """The simultaneous edits that do the same and leave the lines that come again untouched."""
    old, new = split_lines(document.slice(edit.start, edit.end)), split_lines(edit.text)
    starts = list(accumulate(map(len, old), initial=edit.start))
    return [
        Edit(starts[hunk.old_start], starts[hunk.old_end], "".join(new[hunk.new_start : hunk.new_end]))
        for hunk in diff(old, new)
    ]


def _own_text_ahead(document: Document, region: Region) -> str:
    """The text that the stream has not reached, with what others typed in there made unlike any answer."""
    text = document.slice(region.original_ahead, region.end)
    behind = region.end
    for span in reversed(region.ahead):
        start = behind - span.length - region.original_ahead
        if span.kind is Kind.THEIRS and start >= 0:
            text = text[:start] + NOBODYS * span.length + text[start + span.length :]
        behind -= span.length
    return text


def _pairs(ours: Sequence[str], passed: Sequence[str]) -> list[tuple[int, int]]:
    """Which of our lines are the same as which of the original ones, in order and as many as possible."""
    pairs: list[tuple[int, int]] = []
    mine = original = 0
    for hunk in diff(passed, ours):
        pairs += zip(range(mine, hunk.new_start), range(original, hunk.old_start), strict=True)
        mine, original = hunk.new_end, hunk.old_end
    pairs += zip(range(mine, len(ours)), range(original, len(passed)), strict=True)
    return pairs
