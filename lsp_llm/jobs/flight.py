"""Edits under way to an editor: the plans that they carry out, and what has been seen of them; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lsp_llm.jobs.edit_events import Answered
from lsp_llm.jobs.writer import Plan
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change, Edit, sequential


@dataclass(slots=True)
class Flight:
    """The simultaneous edits of one or more jobs, sent as one; `version` is None where it goes without."""

    id: int
    version: int | None = None
    edits: list[Edit] = field(default_factory=list)
    plans: dict[str, Plan] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    answered: Answered | None = None
    changes: list[Change] = field(default_factory=list)
    """What the editor has reported since."""
    was_reported_on: bool = False
    """Whether it has reported at all since, be it that nothing changed."""
    was_reported_on_since_answer: bool = False
    changes_before_answer: int = 0

    def add(self, job_id: str, plan: Plan) -> None:
        """Take along the plan of one more job; jobs come in the order of their regions, which do not overlap."""
        self.plans[job_id] = plan
        self.edits += plan.edits

    def remember_removed(self, document: Document) -> None:
        """Keep what the edits take out."""
        self.removed = [document.slice(edit.start, edit.end) for edit in self.edits]

    @property
    def is_settled_by_report(self) -> bool:
        """Whether what the editor has reported must show the edit, if it was carried out at all.

        An edit with a version is dropped once the text has moved on. One without may be carried out at any time, so
        only a report that follows the answer tells.
        """
        if self.version is not None:
            return self.was_reported_on and self.answered is not None
        return self.was_reported_on_since_answer and self.answered is Answered.APPLIED

    @property
    def may_be_misplaced(self) -> bool:
        """Whether the editor may have carried it out on text that the server had not seen."""
        return self.version is None and self.was_reported_on

    def answer(self, answered: Answered) -> None:
        """The editor has answered."""
        self.answered = answered
        self.changes_before_answer = len(self.changes)

    def report(self, changes: Sequence[Change]) -> None:
        """The editor has told what its text has become."""
        self.changes += changes
        self.was_reported_on = True
        self.was_reported_on_since_answer = self.answered is not None

    def before_reports(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a range of the replica lay before what was reported since; None where a report touches it."""
        for change in reversed(self.changes):
            if start >= change.start + len(change.inserted):
                by = change.as_edit().growth
                start, end = start - by, end - by
            elif end > change.start:
                return None
        return start, end

    def is_touched_by(self, changes: Sequence[Change]) -> bool:
        """Whether sequential changes, counted behind this flight, touch what it replaced or what it wrote."""
        low = min(edit.start for edit in self.edits)
        high = max(edit.end for edit in self.edits) + sum(max(0, edit.growth) for edit in self.edits)
        return any(change.start <= high and change.start + len(change.removed) >= low for change in changes)

    def undoing(self) -> list[Edit]:
        """The sequential edits by which an editor would undo this flight."""
        grown = 0
        undo: list[Edit] = []
        for edit, removed in zip(self.edits, self.removed, strict=True):
            start = edit.start + grown
            undo.append(Edit(start, start + len(edit.text), removed))
            grown += edit.growth
        return sequential(undo)
