"""The jobs of one document in the order of their regions; it moves the regions and decides nothing about a job.

Regions of jobs under way do not overlap, but they may touch, and an empty one has its neighbours' borders at its own
place. So the order is kept here: text that an earlier job of the row writes at such a place comes before a later one's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from lsp_llm.jobs.flight import Flight
from lsp_llm.jobs.job import Covered, Job
from lsp_llm.jobs.writer import Writer
from lsp_llm.text.edits import Change, Edit, sequential
from lsp_llm.text.spans import Kind
from lsp_llm.text.tracking import Touch

KEPT_JOBS = 32
"""Ended jobs of a document that can still be restored, and previews that can still be taken."""


class JobRow:
    """All jobs of a document, those under way, and the order of their regions."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.running: list[Job] = []
        """Jobs under way in the order of their regions."""
        self.in_flight: Collection[str] = ()
        """Ids of those with an edit on its way: until it is decided none is forgotten, and no other takes its place."""
        self._row: list[Job] = []
        self._newcomers: list[Job] = []
        self._turns = 0

    def __getitem__(self, job_id: str) -> Job:
        return self.jobs[job_id]

    def __iter__(self) -> Iterator[Job]:
        return iter(list(self._row))

    def writing_in(self, start: int, end: int) -> str | None:
        """The id of a job that may yet write into the range, which its region overlaps or holds inside."""
        jobs = (*self._newcomers, *(job for job in self._row if job.is_under_way or job.id in self.in_flight))
        return next((job.id for job in jobs if job.overlaps(start, end) and not job.is_repair), None)

    def restorable(self) -> list[str]:
        """Ids of ended jobs whose text is in the document, the latest last."""
        return [job.id for job in self.jobs.values() if job.phase == "ended" and job.writer.region.has_ours]

    def offered(self) -> list[str]:
        """Ids of changes that wait to be taken or dropped."""
        return [job.id for job in self.jobs.values() if job.phase == "offered"]

    def taking(self) -> list[str]:
        """Ids of changes that were taken and are not in the document yet."""
        return [job.id for job in self.jobs.values() if job.phase == "taking"]

    def behind_offers(self) -> list[Job]:
        """The changes that wait to be taken or dropped, and before them the jobs that they are changes of."""
        offered = [self.jobs[job_id] for job_id in self.offered()]
        previews = [self.jobs[name] for name in dict.fromkeys(map(_preview, offered)) if name in self.jobs]
        return [*previews, *offered]

    def remembered(self) -> set[str]:
        """Ids of all that it knows, and of those that it will know again should what covers them leave no trace."""
        found = list(self.jobs.values())
        for job in found:
            found += [covered.job for covered in job.covered]
        return {job.id for job in found}

    def has_change(self, job_id: str, hunk: int) -> bool:
        """Whether a job has so many changes that can be taken, dropped or put back by themselves."""
        job = self.jobs[job_id]
        if job.mode != "preview":
            return job.writer.region.copy().cut_out(hunk) is not None
        return f"{job_id}.{hunk}" in (*self.offered(), *self.taking(), *self.restorable())

    def add(self, job: Job, before: Job | None = None) -> None:
        """Put a job where its region lies; the oldest ended ones are forgotten.

        At a place that it shares with others it comes behind them, or else right behind the one that is `before` it.
        """
        self.jobs[job.id] = job
        self._row.insert(len(self._row) if before is None else self._row.index(before) + 1, job)
        if not job.turn:
            self._make_latest(job)
        ended = [old for old in self.jobs.values() if old.phase == "ended" and old.id not in self.in_flight]
        ended.sort(key=_turn)
        for old in [*ended[:-KEPT_JOBS], *self._oldest_offered()]:
            self.forget(old)
        self.sort()

    def take_stray(self, job_id: str, stray: Change) -> None:
        """Follow an edit of ours that landed at a wrong place, and add the job that takes it out there again."""
        covered = self._without_strays(stray)
        self.take(stray.as_edit())
        self.add(Job.repairing(job_id, Change(stray.start, covered, stray.inserted)))

    def _without_strays(self, change: Change) -> str:
        """What a change took away, but for text that stood at a wrong place: nobody is to put that back."""
        strays = [
            range(start, start + span.length)
            for job in self.jobs.values()
            if job.is_repair
            for start, span in job.writer.region.placed()
            if span.kind is Kind.OURS
        ]
        letters = enumerate(change.removed, change.start)
        return "".join(letter for place, letter in letters if not any(place in stray for stray in strays))

    def _make_latest(self, job: Job) -> None:
        self._turns += 1
        job.turn = self._turns

    def _oldest_offered(self) -> list[Job]:
        """The changes of all previews but the latest."""
        offered = [self.jobs[job_id] for job_id in self.offered()]
        previews = dict.fromkeys(_preview(job) for job in offered)
        kept = list(previews)[-KEPT_JOBS:]
        return [job for job in offered if _preview(job) not in kept]

    def announce(self, job: Job) -> None:
        """Know a job that begins while the regions wait for a flight: its own region follows the document already."""
        self.jobs[job.id] = job
        self._newcomers.append(job)

    def move_newcomers(self, edits: Sequence[Edit]) -> None:
        """Sequential edits that the regions in the row do not follow yet."""
        for job in self._newcomers:
            for edit in edits:
                job.writer.take(edit)

    def admit_newcomers(self) -> None:
        """No flight is waited for: announced jobs take their places."""
        newcomers, self._newcomers = self._newcomers, []
        for job in newcomers:
            if job.is_under_way:
                self.cover(job)
            self.add(job)

    def forget(self, job: Job) -> None:
        """Keep nothing of the job."""
        del self.jobs[job.id]
        self._row.remove(job)
        self.sort()

    def sort(self) -> None:
        """To be called when a job has begun, ended, or is taken up again; jobs at one place keep their order."""
        self._row.sort(key=_borders)
        self.running = [job for job in self._row if job.is_under_way]

    def cover(self, job: Job) -> None:
        """Ended jobs that lie whole in a new job's region leave the row until it has left no trace."""
        low, high = job.borders
        for other in [job for job in self if job.phase == "ended"]:
            start, end = other.borders
            if low <= start and end <= high and start < end:
                job.covered.append(Covered(other, start - low, high - low))
                self.forget(other)
        _bound_covered(job)

    def uncover(self, job: Job) -> None:
        """A job has ended: where its region is as it was, the jobs that it covered can be restored again."""
        self._make_latest(job)
        region = job.writer.region
        covered = job.covered if region.is_original else []
        for other in [each for each in covered if each.length == region.end - region.start]:
            other.job.writer.region.start = region.start + other.offset
            job.covered.remove(other)
            self.add(other.job)
        self.sort()

    def take_back(self, flight: Flight, writers: Mapping[str, Writer], undoing: Sequence[Edit]) -> None:
        """A flight turned out not to be there: its jobs have to go on.

        Jobs with a writer stand where it stands, the others follow `undoing`.
        """
        for job in self:
            if job.id in flight.plans and job.phase == "ended":
                job.phase = job.resumes_as
            if job.id in writers:
                job.writer = writers[job.id]
            else:
                for edit in undoing:
                    job.writer.take(edit)
        self.sort()

    def take(self, edit: Edit) -> list[tuple[Job, Touch]]:
        """Follow an edit of the user in every region, and tell what was touched."""
        return [(job, job.writer.take(edit)) for job in self._row]

    def commit(self, flight: Flight) -> list[tuple[Job, Touch]]:
        """The flight's edits are in the document: planned writers come true, the other jobs follow the edits.

        Gives what the edits did to the jobs that were not in it.
        """
        touches: list[tuple[Job, Touch]] = []
        grown = 0
        before: list[Edit] = []
        behind = list(flight.edits)
        for job in self._row:
            plan = flight.plans.get(job.id)
            if plan is not None:
                plan.writer.region.shifted(grown)
                job.writer = plan.writer
                grown += sum(edit.growth for edit in plan.edits)
                before += plan.edits
                del behind[: len(plan.edits)]
            else:
                touches += [(job, touch) for touch in _follow(job.writer, before, behind)]
        return touches


def _bound_covered(job: Job) -> None:
    """Where jobs have covered one another again and again, those covered last can be restored, not all."""
    found = [job]
    for each in found:
        del each.covered[max(0, KEPT_JOBS + 1 - len(found)) :]
        found += [covered.job for covered in each.covered]


def _turn(job: Job) -> int:
    return job.turn


def _preview(change: Job) -> str:
    return change.id.rpartition(".")[0]


def _borders(job: Job) -> tuple[int, int]:
    return job.borders


def _follow(writer: Writer, before: Sequence[Edit], behind: Sequence[Edit]) -> Iterable[Touch]:
    """Take simultaneous edits; those of jobs further on in the row leave what lies before them as it is."""
    for edit in sequential(behind):
        if edit.start < writer.region.end:
            yield writer.take(edit)
    for edit in sequential(before):
        yield writer.take(edit)
