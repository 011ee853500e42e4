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
from lsp_llm.jobs.job import Job
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change, Edit
from lsp_llm.text.tracking import Region

KEPT_FLIGHTS = 32


@dataclass(slots=True)
class Step:
    """One flight as it would be undone, and every region in it as it was before; user's edits ahead have `moved` both.

    `undoing` are the sequential edits of the undo: `growth` is by how much they would change the text's length, `start`
    is the first place that they touch; both are kept because every key of the user asks for them.
    """

    flight: Flight
    regions: dict[Job, Region]
    undoing: list[Edit]
    growth: int
    start: int
    moved: int = 0

    @classmethod
    def of(cls, flight: Flight, regions: dict[Job, Region]) -> Step:
        """The step that a flight is."""
        undoing = flight.undoing()
        growth = sum(edit.growth for edit in undoing)
        return cls(flight, regions, undoing, growth, min(edit.start for edit in undoing))

    def move(self, by: int) -> None:
        """The user's edits ahead have moved all of it."""
        self.moved += by
        self.start += by

    def undo(self) -> list[Edit]:
        """The sequential edits that would undo the flight by now."""
        return [edit.moved(self.moved) for edit in self.undoing]

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
        self._steps.append(Step.of(flight, {jobs[job_id]: jobs[job_id].writer.region for job_id in flight.plans}))

    def forget(self) -> None:
        """What the user changed lies among the flights: no undo of theirs can be told any more."""
        self._steps.clear()

    def follow(self, edit: Edit) -> None:
        """An edit of the user that is no undo: ahead of all that is remembered it moves it, in the midst it ends it."""
        if not self._steps:
            return
        regions = [job.writer.region for job in {job for step in self._steps for job in step.regions}]
        first = min(step.start for step in self._steps)
        if edit.end <= min(first, *(region.start for region in regions)):
            for step in self._steps:
                step.move(edit.growth)
        elif edit.start < max(region.end for region in regions):
            self.forget()

    def undone(self, document: Document, changes: Sequence[Change]) -> Undone | None:
        """What the changes undo of the last flights; None if they are no undo.

        Nearly every change is none and its growth says so, which costs next to nothing: only where it fits are the
        edits and the regions worked out.
        """
        rests = _rests_by_growth(changes)
        growth = 0
        steps: list[Step] = []
        for step in reversed(self._steps):
            steps.append(step)
            growth += step.growth
            rest = rests.get(growth)
            undone = None if rest is None else _read_undo(document, changes, steps, rest)
            if undone is not None:
                for _ in steps:
                    self._steps.pop()
                return undone
        return None


def _read_undo(document: Document, changes: Sequence[Change], steps: Sequence[Step], rest: int) -> Undone | None:
    """The changes as an undo of these steps, the latest first, if that leaves no more than `rest` to the user."""
    undo = [edit for step in steps for edit in step.undo()]
    reading = read_echo(document, changes, [undo])
    written = "".join(edit.text for step in steps for edit in step.flight.edits)
    if reading.landed != 0 or reading.cost > rest or _has_it_typed(reading.others, written):
        return None
    return Undone(undo, _regions_before(steps), reading.others)


def _regions_before(steps: Sequence[Step]) -> dict[Job, Region]:
    """The regions as an undo of the steps, the latest first, would leave them."""
    regions: dict[Job, Region] = {}
    for step in steps:
        for region in regions.values():
            for edit in step.undo():
                region.take(edit)
        regions |= step.regions_before()
    return regions


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
