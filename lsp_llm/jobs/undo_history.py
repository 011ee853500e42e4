"""Recognises the user's undo of edits that landed, and knows where the regions stood before them; pure.

An undo is known by its result, like an echo. Without this a text that came back by undo would count as typed by the
user, and a later restore would put it there once more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lsp_llm.jobs.echo import cost, read_echo
from lsp_llm.jobs.flight import Flight
from lsp_llm.jobs.job_row import Job
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change, Edit
from lsp_llm.text.tracking import Region

KEPT_FLIGHTS = 32


@dataclass(slots=True)
class Step:
    """One flight, every region in it as it was before, and by how much the user's edits have moved both since."""

    flight: Flight
    regions: dict[Job, Region]
    moved: int = 0

    def undo(self) -> list[Edit]:
        """The sequential edits that would undo the flight."""
        by = self.moved
        return [Edit(edit.start + by, edit.end + by, edit.text) for edit in self.flight.undoing()]

    def regions_before(self) -> dict[Job, Region]:
        """The regions as an undo would leave them."""
        regions = {job: region.copy() for job, region in self.regions.items()}
        for region in regions.values():
            region.shifted(self.moved)
        return regions


@dataclass(frozen=True, slots=True)
class Undone:
    """The sequential edits of an undo, the regions as it left them, and what the user changed after it."""

    edits: list[Edit]
    regions: dict[Job, Region]
    others: list[Change]


class UndoHistory:
    """The last flights since the user last changed what they touched."""

    def __init__(self) -> None:
        self._steps: deque[Step] = deque(maxlen=KEPT_FLIGHTS)

    def landed(self, flight: Flight, jobs: Mapping[str, Job]) -> None:
        """A flight is about to be committed."""
        self._steps.append(Step(flight, {jobs[job_id]: jobs[job_id].writer.region for job_id in flight.plans}))

    def forget(self) -> None:
        """What the user changed lies among the flights: no undo of theirs can be told any more."""
        self._steps.clear()

    def follow(self, edit: Edit) -> None:
        """An edit of the user that is no undo: ahead of all that is remembered it moves it, in the midst it ends it."""
        if not self._steps:
            return
        starts = [edit.start for step in self._steps for edit in step.undo()]
        jobs = {job for step in self._steps for job in step.regions}
        if edit.end <= min(*starts, *(job.writer.region.start for job in jobs)):
            for step in self._steps:
                step.moved += edit.growth
        elif edit.start < max(job.writer.region.end for job in jobs):
            self.forget()

    def undone(self, document: Document, changes: Sequence[Change]) -> Undone | None:
        """What the changes undo of the last flights; None if they are no undo."""
        rests = _rests_by_growth(changes)
        undo: list[Edit] = []
        written = ""
        regions: dict[Job, Region] = {}
        for count, step in enumerate(reversed(self._steps), 1):
            edits = step.undo()
            undo += edits
            written += "".join(edit.text for edit in step.flight.edits)
            for region in regions.values():
                for edit in edits:
                    region.take(edit)
            regions |= step.regions_before()
            rest = rests.get(sum(edit.growth for edit in undo))
            if rest is None:
                continue
            reading = read_echo(document, changes, [undo])
            if reading.landed == 0 and reading.cost <= rest and not _has_it_typed(reading.others, written):
                for _ in range(count):
                    self._steps.pop()
                return Undone(undo, regions, reading.others)
        return None


def _has_it_typed(changes: Sequence[Change], written: str) -> bool:
    """Whether all letters of a text come again in the changes: then it was not undone, but is still there."""
    letters = set("".join(written.split()))
    return bool(letters) and letters <= set("".join(change.inserted for change in changes))


def _rests_by_growth(changes: Sequence[Change]) -> dict[int, int]:
    """For every way to cut the changes in two: by how much the first part grows the text, and the cost of the rest."""
    rests: dict[int, int] = {}
    growth = 0
    for count, change in enumerate(changes, 1):
        growth += change.as_edit().growth
        rests[growth] = max(rests.get(growth, 0), cost(changes[count:]))
    return rests
