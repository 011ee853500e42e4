"""One job in a document: its answer, its place, how far both have come; it knows no other job and decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, assert_never

from lsp_llm.exchange.kinds import Mode
from lsp_llm.jobs.writer import Answer, Plan, Writer
from lsp_llm.status.events import Finished, Outcome
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change
from lsp_llm.text.spans import Kind, Span
from lsp_llm.text.tracking import Region

Phase = Literal["writing", "restoring", "offered", "taking", "ended"]
"""An *offered* change waits for the user, who takes or drops it; the other phases but *ended* are under way."""


@dataclass(slots=True, eq=False)
class Job:
    """One answer on its way; `outcome` is what it will have been once its region is at rest."""

    id: str
    writer: Writer
    answer: Answer = field(default_factory=Answer)
    phase: Phase = "writing"
    outcome: Outcome = field(default_factory=Finished)
    is_settled: bool = False
    """Whether its end was told."""
    is_repair: bool = False
    """Not an answer: takes an edit of ours out of a place where it should not have landed."""
    resumes_as: Phase = "ended"
    """What it is again if its last edit, which was trusted, turns out to be missing."""
    is_unasked: bool = False
    """A change that is made at once: the user is never asked whether to take it."""
    stands_unseen: bool = False
    """A change that was taken, and of which nothing shows: the user had made it already, or accepted what it wrote."""
    characters: int = 0
    mode: Mode = "stream"
    replaces_answer: bool = False
    """A retry whose first text has not come: until then the former answer stays."""
    former: list[str] = field(default_factory=list)
    """Answers that stood here before."""
    shown: int | None = None
    """Which of the answers is there, once the user has walked among them."""

    turn: int = 0
    """Grows from job to job in the order in which they ended; those that ended first are forgotten first."""
    covered: list[Covered] = field(default_factory=list)
    """Ended jobs whose regions this one took over whole."""

    @property
    def is_under_way(self) -> bool:
        """Whether it has something to do in the document, now or later, without being asked."""
        return self.phase not in ("ended", "offered")

    @property
    def may_write(self) -> bool:
        """Whether its answer may go into the document as far as it has come."""
        return not self.replaces_answer and (self.mode == "stream" or self.answer.ended)

    def plan(self, document: Document) -> Plan:
        """What its phase asks for in the document."""
        match self.phase:
            case "writing":
                return self.writer.plan(document, self.answer)
            case "taking":
                return self.writer.substitute(document, self.answer.text)
            case "restoring" | "offered" | "ended":
                return self.writer.restore()
            case _:
                assert_never(self.phase)

    @classmethod
    def repairing(cls, job_id: str, stray: Change) -> Job:
        """A job that takes out what was put at a wrong place and puts back what it covered."""
        spans = [Span(Kind.OURS, len(stray.inserted)), Span(Kind.REMOVED, 0, stray.removed)]
        writer = Writer(Region(stray.start, spans), is_one_line=False, line_end="\n")
        return cls(job_id, writer, phase="restoring", is_repair=True)

    @property
    def borders(self) -> tuple[int, int]:
        """Where its region begins and ends."""
        region = self.writer.region
        return region.start, region.end

    def overlaps(self, start: int, end: int) -> bool:
        """Whether the region and a range share text, or one holds the other, which is empty, inside."""
        low, high = self.borders
        return max(start, low) < min(end, high) or low < start == end < high or start < low == high < end


@dataclass(frozen=True, slots=True)
class Covered:
    """An ended job in the region of a newer one: how far into it it began, and how long that region was."""

    job: Job
    offset: int
    length: int
