"""Edits under way to an editor: the plans that they carry out, and what has been seen of them; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from lsp_llm.jobs.edit_events import Answered
from lsp_llm.jobs.writer import Plan, Writer
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change, Edit, sequential


class Written(Protocol):
    """Whatever has a writer."""

    writer: Writer


@dataclass(slots=True)
class Flight:
    """The simultaneous edits of one or more jobs, sent as one."""

    id: int
    edits: list[Edit] = field(default_factory=list)
    plans: dict[str, Plan] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    answered: Answered | None = None
    changes: list[Change] = field(default_factory=list)
    """What the editor has reported since."""

    def add(self, job_id: str, plan: Plan) -> None:
        """Take along the plan of one more job; regions do not overlap, at the same place the earlier job is first."""
        self.plans[job_id] = plan
        self.edits = sorted([*self.edits, *plan.edits], key=lambda edit: edit.start)

    def remember_removed(self, document: Document) -> None:
        """Keep what the edits take out."""
        self.removed = [document.slice(edit.start, edit.end) for edit in self.edits]

    def undoing(self) -> list[Edit]:
        """The sequential edits by which an editor would undo this flight."""
        grown = 0
        undo: list[Edit] = []
        for edit, removed in zip(self.edits, self.removed, strict=True):
            start = edit.start + grown
            undo.append(Edit(start, start + len(edit.text), removed))
            grown += edit.growth
        return sequential(undo)

    def commit(self, jobs: Mapping[str, Written]) -> None:
        """The edits are in the document: every writer follows its own plan and the edits of the other jobs."""
        for job_id, job in jobs.items():
            plan = self.plans.get(job_id)
            if plan is None:
                for edit in sequential(self.edits):
                    job.writer.take(edit)
            else:
                plan.writer.region.shifted(self._growth_before(job_id, job.writer.region.start))
                job.writer = plan.writer

    def _growth_before(self, job_id: str, start: int) -> int:
        """By how much the other jobs' edits move a region that begins at `start`."""
        grown = 0
        is_earlier = True
        for other, plan in self.plans.items():
            if other == job_id:
                is_earlier = False
                continue
            for edit in plan.edits:
                if edit.end <= start and (edit.start < start or is_earlier):
                    grown += edit.growth
        return grown
