"""What a user may do with a job's answer once it is whole: take or drop changes, walk among answers, ask again; pure.

A change that is taken or dropped by itself becomes a job of its own, with an id of the form `<job>.<change>`.
"""

from __future__ import annotations

from dataclasses import replace

from lsp_llm.jobs.edit_events import Effect, Offered, Stop
from lsp_llm.jobs.job_row import Job, JobRow
from lsp_llm.jobs.lifecycle import Lifecycle
from lsp_llm.jobs.writer import Answer, Writer
from lsp_llm.status.events import Cancelled
from lsp_llm.text.diffing import diff
from lsp_llm.text.document import Document, split_lines
from lsp_llm.text.tracking import Region


class Choices:
    """The user's choices over the jobs of a document; the session sends what follows from them."""

    def __init__(self, row: JobRow, lifecycle: Lifecycle, effects: list[Effect]) -> None:
        self._row = row
        self._lifecycle = lifecycle
        self._effects = effects

    def cover(self, job: Job) -> None:
        """A new job begins: what ended jobs wrote in its region is what it would put back."""
        self._row.cover(job)

    def offer(self, job: Job, document: Document) -> None:
        """The answer is whole: make every change that it means an offered job, and end this one."""
        low, high = job.borders
        original, answer = document.slice(low, high), job.answer.text
        old, new = split_lines(original), split_lines(answer)
        starts = [low]
        for line in old:
            starts.append(starts[-1] + len(line))
        for number, hunk in enumerate(diff(old, new), 1):
            text = "".join(new[hunk.new_start : hunk.new_end])
            region = Region.of(starts[hunk.old_start], starts[hunk.old_end])
            self._add_part(f"{job.id}.{number}", region, Answer([text], ended=True)).phase = "offered"
        job.writer = replace(job.writer, region=Region.of(low, low))
        self._effects.append(Offered(job.id, original, answer))
        self._lifecycle.end(job)

    def accept(self, job_id: str, hunk: int | None) -> None:
        """Take what is offered; what an ended job wrote is the user's own from now on."""
        if changes := self._offered(job_id, hunk):
            for change in changes:
                change.phase = "taking"
            self._row.sort()
        elif (job := self._part(job_id, hunk)) is not None and job.phase == "ended":
            job.writer = replace(job.writer, region=job.writer.region.accepted())

    def restore(self, job_id: str, hunk: int | None) -> None:
        """Drop what is offered; put back what a job replaced."""
        if changes := self._offered(job_id, hunk):
            for change in changes:
                self._row.forget(change)
        elif (job := self._part(job_id, hunk)) is not None:
            if job.phase == "writing":
                self._effects.append(Stop(job.id))
            self._lifecycle.put_back(job, Cancelled("the original was restored"))
            if job.phase == "ended":
                job.phase = "restoring"
                self._row.sort()

    def show_another(self, job: Job, step: int) -> None:
        """Have an ended job write another of its answers, if there is one."""
        if job.phase != "ended":
            return
        if job.shown is None:
            job.former.append(job.answer.text)
            job.shown = len(job.former) - 1
        if len(job.former) > 1:
            job.shown = (job.shown + step) % len(job.former)
            job.answer = Answer([job.former[job.shown]], job.writer.epoch + 1, ended=True)
            job.phase = "writing"
            self._row.sort()

    def succeed(self, former: Job, job_id: str) -> Job:
        """A job that asks again for the place of a former one, whose answer stays until the first text comes."""
        answers = former.former if former.shown is not None else [*former.former, former.answer.text]
        answer = Answer(epoch=former.writer.epoch)
        job = Job(job_id, former.writer, answer, replaces_answer=True, former=list(answers), covered=former.covered)
        self._row.forget(former)
        self._row.add(job)
        return job

    def _offered(self, job_id: str, hunk: int | None) -> list[Job]:
        """The offered changes of a job, or the one that is meant."""
        wanted = job_id if hunk is None else f"{job_id}.{hunk}"
        jobs = [self._row[found] for found in self._row.offered()]
        return [job for job in jobs if job.id == wanted or (hunk is None and job.id.startswith(f"{wanted}."))]

    def _part(self, job_id: str, hunk: int | None) -> Job | None:
        """The job, or one of its changes made a job of its own; None if there are not so many."""
        job = self._row[job_id]
        if hunk is None:
            return job
        region = job.writer.region.cut_out(hunk)
        if region is None:
            return None
        number = sum(other.startswith(f"{job.id}.") for other in self._row.jobs) + 1
        return self._add_part(f"{job.id}.{number}", region, Answer())

    def _add_part(self, job_id: str, region: Region, answer: Answer) -> Job:
        writer = Writer(region, is_one_line=False, line_end="\n")
        part = Job(job_id, writer, answer, phase="ended", is_settled=True)
        self._row.add(part)
        return part
