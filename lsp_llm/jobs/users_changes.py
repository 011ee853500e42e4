"""What others do to a document, in the regions of its jobs; a job whose text goes is stopped; pure."""

from __future__ import annotations

from collections.abc import Sequence

from lsp_llm.jobs.job_row import JobRow
from lsp_llm.jobs.lifecycle import Lifecycle
from lsp_llm.jobs.undo_history import UndoHistory, Undone
from lsp_llm.jobs.writer import Writer
from lsp_llm.status.events import Cancelled
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change


class UsersChanges:
    """Those of one document, where no edit of ours is in doubt."""

    def __init__(self, document: Document, row: JobRow, history: UndoHistory, lifecycle: Lifecycle) -> None:
        self._document = document
        self._row = row
        self._history = history
        self._lifecycle = lifecycle

    def take(self, changes: Sequence[Change]) -> None:
        """Follow changes, each counted in the text that those before it have made (law 5)."""
        if not changes:
            return
        undone = self._history.undone(self._document, changes)
        if undone is not None:
            self._take_undo(undone)
            changes = undone.others
        for change in changes:
            edit = change.as_edit()
            self._history.follow(edit)
            for job, touch in self._row.take(edit):
                if touch.tail_cut or touch.covered:
                    self._lifecycle.stop(job, Cancelled("its text was deleted"))

    def _take_undo(self, undone: Undone) -> None:
        for edit in undone.edits:
            self._row.take(edit)
        for job, region in undone.regions.items():
            job.writer = Writer(region, job.writer.is_one_line, job.writer.line_end, job.writer.epoch)
            self._lifecycle.stop(job, Cancelled("its text was undone"))
