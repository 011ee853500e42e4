"""How the jobs of a document end, and what is said of it; it moves no region and sends no edit."""

from __future__ import annotations

from collections.abc import Iterable

from lsp_llm.jobs.edit_events import Effect, Publish, Settled, Stop
from lsp_llm.jobs.job import Job
from lsp_llm.jobs.job_row import JobRow
from lsp_llm.status.events import Cancelled, Failed, Message, Outcome

COVERED = "the editor took an edit among keys that it had not sent; see that none of them is missing"
IN_DOUBT = "the document was closed while an edit was on its way: what was offered is dropped"
MISPLACED = "an edit landed in the wrong place, because of keys that came in between; it is taken out and sent again"
UNANSWERED = "the editor has not answered an edit yet; the answer waits for it"
UNSEEN = "the document was closed before the editor showed an edit that met new keys; see that none of them is missing"
UNSHOWN = "the editor has not shown an edit yet; the answer waits until it does"


class Lifecycle:
    """The ends of the jobs in a row; what has to be done goes to `effects`."""

    def __init__(self, row: JobRow, effects: list[Effect]) -> None:
        self._row = row
        self._effects = effects

    def end(self, job: Job) -> None:
        """The job's region is at rest."""
        was_restored = job.phase == "restoring"
        job.stands_unseen |= job.phase == "taking" and not job.writer.region.has_ours
        job.resumes_as, job.phase = job.phase, "ended"
        self._row.uncover(job)
        if job.is_repair:
            self._row.forget(job)
        elif not job.is_settled:
            job.is_settled = True
            self._effects.append(Settled(job.id, job.outcome))
        elif was_restored:
            self._effects.append(Publish(job.id, Message("the original is back")))

    def put_back(self, job: Job, outcome: Outcome) -> None:
        """End a job that is still writing, as soon as what it replaced is back."""
        if job.phase != "writing":
            return
        job.outcome = outcome
        if job.replaces_answer:
            self.end(job)
        else:
            job.phase = "restoring"

    def stop(self, job: Job, outcome: Outcome) -> None:
        """End a job that is still writing; what has arrived stays."""
        if job.phase == "writing":
            self._effects.append(Stop(job.id))
            job.outcome = outcome
            self.end(job)
            job.resumes_as = "ended"

    def close(self) -> None:
        """The document is gone."""
        for job in self._row.running:
            if not job.is_repair:
                self._effects.append(Stop(job.id))
            self._break_off(job, Cancelled("the document was closed"))

    def give_up(self, reason: str) -> None:
        """The editor takes no edit: every job under way ends as it is."""
        for job in self._row.running:
            if not job.is_settled and not job.is_repair:
                self._effects.append(Stop(job.id))
            elif not job.is_repair:
                self._effects.append(Publish(job.id, Message(reason, "error")))
            self._break_off(job, Failed(reason, "see that the document can be edited, then run the action again"))

    def _break_off(self, job: Job, outcome: Outcome) -> None:
        """End a job as it is; so nothing says that the original is back, or that a change is taken."""
        job.outcome = outcome
        job.phase = "writing"
        self.end(job)
        job.resumes_as = "ended"

    def warn(self, text: str, concerned: Iterable[str] = ()) -> None:
        """Tell every job under way, and those that are `concerned` also when they have ended."""
        running = [job.id for job in self._row.running]
        for job_id in dict.fromkeys([*running, *concerned]):
            job = self._row.jobs.get(job_id)
            if job is not None and not job.is_repair:
                self._effects.append(Publish(job_id, Message(text, "warning")))
