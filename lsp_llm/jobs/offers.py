"""The offers of a document that wait for the user, and what became of each change; it changes none; pure.

A change is *taken* where the document has it, *left* where it was dropped, put back or undone. One that the user had
made already when they took it is there, whatever they decide after that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lsp_llm.jobs.edit_events import Decided, Effect
from lsp_llm.jobs.job import Job
from lsp_llm.jobs.job_row import JobRow
from lsp_llm.status.events import Finished


@dataclass(frozen=True, slots=True)
class OfferedChange:
    """One change of an offer: the job that it is, and its text before and after as the user was shown it."""

    job: Job
    before: str
    after: str


class Offers:
    """Those of one document that are not decided."""

    def __init__(self, row: JobRow, effects: list[Effect]) -> None:
        self._row = row
        self._effects = effects
        self._waiting: dict[str, Sequence[OfferedChange]] = {}

    def add(self, job_id: str, changes: Sequence[OfferedChange]) -> None:
        """A job has offered these, in the place of what it offered before."""
        self._waiting[job_id] = changes

    def take_over(self, former: Offers) -> None:
        """Go on with those of the same document before it was closed: one session tells of each."""
        self._waiting |= former._waiting
        former._waiting.clear()

    def decide(self) -> None:
        """Tell of every offer of which nothing is open any more."""
        for job_id, changes in list(self._waiting.items()):
            if not any(self._state(change.job) == "open" for change in changes):
                del self._waiting[job_id]
                self._effects.append(self._decided(job_id, changes))

    def _decided(self, job_id: str, changes: Sequence[OfferedChange]) -> Decided:
        left = [change for change in changes if self._state(change.job) == "left"]
        outcomes = [change.job.outcome for change in left]
        reasons = [outcome.reason for outcome in outcomes if not isinstance(outcome, Finished) and outcome.reason]
        pairs = tuple((change.before, change.after) for change in left)
        return Decided(job_id, len(changes) - len(left), pairs, next(iter(reasons), ""))

    def _state(self, change: Job) -> Literal["open", "taken", "left"]:
        if change.phase == "ended":
            # The document tells: what was undone, or deleted to the last letter, is not there, whoever took it.
            is_there = change.writer.region.has_ours and isinstance(change.outcome, Finished)
            return "taken" if is_there or change.stands_unseen else "left"
        is_known = self._row.jobs.get(change.id) is change
        return "left" if change.phase == "offered" and not is_known else "open"
