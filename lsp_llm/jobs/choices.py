"""What a user may do with a job's answer once it is whole: take or drop changes, walk among answers, ask again; pure.

A change that is taken or dropped by itself becomes a job of its own, with an id of the form `<job>.<change>`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lsp_llm.jobs.edit_events import Effect, Offered, Publish, Stop
from lsp_llm.jobs.job import Job
from lsp_llm.jobs.job_row import JobRow
from lsp_llm.jobs.lifecycle import Lifecycle
from lsp_llm.jobs.offers import OfferedChange, Offers
from lsp_llm.jobs.writer import Answer, Writer
from lsp_llm.status.events import Cancelled, Message
from lsp_llm.text.diffing import diff
from lsp_llm.text.document import Document, split_lines
from lsp_llm.text.edits import Edit
from lsp_llm.text.tracking import Region

CROSSED = "another change was made in its place: what was offered there is dropped"

UNMADE = "the document was closed before the editor showed the change"

KEPT_ANSWERS = 16
"""Answers of a job and its retries among which the user can walk, the latest ones."""


class Choices:
    """The user's choices over the jobs of a document; the session sends what follows from them."""

    def __init__(self, row: JobRow, lifecycle: Lifecycle, effects: list[Effect]) -> None:
        self._row = row
        self._lifecycle = lifecycle
        self._effects = effects
        self.offers = Offers(row, effects)

    def offer(self, job: Job, document: Document) -> None:
        """The answer is whole: make every change that it means an offered job, and end this one."""
        changes = self._split(job, document)
        self._effects.append(Offered(job.id, changes))
        self._lifecycle.end(job)

    def make(self, job: Job, document: Document) -> None:
        """The same, and take all of them at once: nobody is asked, so what the user has typed there meanwhile stays."""
        self._split(job, document)
        for part in self._offered(job.id, None):
            part.writer.region = job.writer.region.between(*part.borders)
            part.is_unasked = True
        self._lifecycle.end(job)
        self.accept(job.id, None)

    def _split(self, job: Job, document: Document) -> tuple[Edit, ...]:
        """Add the changes of an answer, and give them."""
        low, high = job.borders
        old, new = split_lines(document.slice(low, high)), split_lines(job.answer.text)
        starts = [low]
        for line in old:
            starts.append(starts[-1] + len(line))
        changes: list[OfferedChange] = []
        edits: list[Edit] = []
        part = job
        for number, hunk in enumerate(diff(old, new), 1):
            before, after = old[hunk.old_start : hunk.old_end], new[hunk.new_start : hunk.new_end]
            edit = Edit(starts[hunk.old_start], starts[hunk.old_end], "".join(after))
            region = Region.of(edit.start, edit.end)
            part = self._add_part(f"{job.id}.{number}", region, Answer([edit.text], ended=True), part)
            part.phase = "offered"
            changes.append(OfferedChange(part, "".join(before), edit.text))
            edits.append(edit)
        self.offers.add(job.id, changes)
        return tuple(edits)

    def drop(self, job_id: str, reason: str) -> None:
        """Drop what is still offered of a job, or will be, and leave what was taken."""
        if (job := self._row.jobs.get(job_id)) is not None:
            self._lifecycle.stop(job, Cancelled(reason))
        if changes := self._offered(job_id, None):
            self._drop(changes, reason)
            if reason:
                self._effects.append(Publish(job_id, Message(reason, "warning")))

    def close(self, doubt: str) -> None:
        """The document is gone: what was being taken is offered again; a `doubt` says why all has to be dropped.

        A change that nobody was asked for is dropped too: nobody would know of it, and somebody waits to hear.
        """
        for job in self._row:
            if job.phase == "taking":
                job.phase = "offered"
        offered = [self._row[job_id] for job_id in self._row.offered()]
        if doubt:
            self._drop(offered, doubt)
        else:
            self._drop([change for change in offered if change.is_unasked], UNMADE)
        self._row.sort()

    def cross(self, change: Job) -> None:
        """An edit of another job went into its text: taken now, it would stand there beside what it was to become."""
        is_known = self._row.jobs.get(change.id) is change
        if is_known and change.phase in ("offered", "taking"):
            change.phase = "offered"
            self._drop([change], CROSSED)
            self._effects.append(Publish(change.id, Message(CROSSED, "warning")))

    def _drop(self, changes: Sequence[Job], reason: str) -> None:
        for change in changes:
            change.outcome = Cancelled(reason)
            self._row.forget(change)

    def accept(self, job_id: str, hunk: int | None) -> None:
        """Take what is offered; what an ended job wrote is the user's own from now on."""
        if changes := self._offered(job_id, hunk):
            for change in changes:
                change.phase = "taking"
            self._row.sort()
        else:
            for job in self._meant(job_id, hunk):
                if job.phase == "ended":
                    job.stands_unseen |= job.writer.region.has_ours
                    job.writer = replace(job.writer, region=job.writer.region.accepted())

    def restore(self, job_id: str, hunk: int | None) -> None:
        """Drop what is offered; put back what a job replaced, also what was taken of its preview."""
        if changes := self._offered(job_id, hunk):
            self._drop(changes, "")
            jobs = self._taken(job_id) if hunk is None else []
        else:
            jobs = self._meant(job_id, hunk)
        for job in jobs:
            self._put_back(job)

    def _put_back(self, job: Job) -> None:
        if job.phase == "writing":
            self._effects.append(Stop(job.id))
        self._lifecycle.put_back(job, Cancelled("the original was restored"))
        if job.phase in ("ended", "taking"):
            job.phase = "restoring"
            self._row.sort()

    def show_another(self, job: Job, step: int, document: Document) -> None:
        """Have an ended job write another of its answers, if there is one; a preview offers it."""
        if job.phase != "ended" or self._taken(job.id):
            return
        if job.shown is None:
            job.former.append(job.answer.text)
            job.shown = len(job.former) - 1
        if len(job.former) > 1:
            job.shown = (job.shown + step) % len(job.former)
            job.replaces_answer = False
            job.answer = Answer([job.former[job.shown]], job.writer.epoch + 1, ended=True)
            if job.mode == "preview":
                self._withdraw(job)
                self.offer(job, document)
            else:
                job.phase = "writing"
                self._row.sort()

    def succeed(self, former: Job, job_id: str) -> Job:
        """A job that asks again for the place of a former one, whose answer stays until the first text comes.

        What a preview offers is withdrawn at once.
        """
        answers, shown = list(former.former), former.shown
        if shown is None:
            answers = [*answers, former.answer.text][-KEPT_ANSWERS:]
            shown = len(answers) - 1
        answer = Answer(epoch=former.writer.epoch)
        job = Job(job_id, former.writer, answer, replaces_answer=True, former=answers, shown=shown)
        job.covered = former.covered
        self._withdraw(former)
        self._row.forget(former)
        self._row.cover(job)
        self._row.add(job)
        return job

    def _withdraw(self, job: Job) -> None:
        self._drop(self._offered(job.id, None), "")

    def _offered(self, job_id: str, hunk: int | None) -> list[Job]:
        """The offered changes of a job, or the one that is meant."""
        wanted = job_id if hunk is None else f"{job_id}.{hunk}"
        jobs = [self._row[found] for found in self._row.offered()]
        return [job for job in jobs if job.id == wanted or (hunk is None and job.id.startswith(f"{wanted}."))]

    def _taken(self, job_id: str) -> list[Job]:
        """The changes of a job that are jobs of their own and stand in the document, or are on their way there."""
        found = [*self._row.restorable(), *self._row.taking()]
        return [self._row[each] for each in found if each.startswith(f"{job_id}.")]

    def _meant(self, job_id: str, hunk: int | None) -> list[Job]:
        """The job with all that was taken of it, or one of its changes; none if there are not so many."""
        job = self._row[job_id]
        if hunk is not None:
            part = self._part(job, hunk)
            return [] if part is None else [part]
        taken = self._taken(job_id)
        return taken if taken and not job.writer.region.has_ours else [*taken, job]

    def _part(self, job: Job, hunk: int) -> Job | None:
        """A change of an ended job, made a job of its own if it is none yet."""
        if job.phase != "ended":
            return None
        if job.mode == "preview":
            return self._row.jobs.get(f"{job.id}.{hunk}")
        region = job.writer.region.cut_out(hunk)
        if region is None:
            return None
        numbers = [int(other.rpartition(".")[2]) for other in self._row.jobs if other.startswith(f"{job.id}.")]
        return self._add_part(f"{job.id}.{max(numbers, default=0) + 1}", region, Answer(), job)

    def _add_part(self, job_id: str, region: Region, answer: Answer, before: Job) -> Job:
        writer = Writer(region, is_one_line=False, line_end="\n")
        part = Job(job_id, writer, answer, phase="ended", is_settled=True)
        self._row.add(part, before)
        return part
