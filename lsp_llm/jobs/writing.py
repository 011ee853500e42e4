"""The right to write at one place of an open document, text by text, while the user types elsewhere in it.

It is a job without a model: where its text goes, and how it gets there, is the edit session's; what it says is not.
"""

from __future__ import annotations

from collections.abc import Callable

from lsp_llm.jobs.edit_events import AcceptRequested, Event, RestoreRequested, StopRequested, StreamEnded, TextArrived


class Writing:
    """One place; what is written once it has ended goes nowhere."""

    def __init__(self, job_id: str, feed: Callable[[Event], None]) -> None:
        self.job_id = job_id
        self._feed = feed

    def write(self, text: str) -> None:
        """More text, behind what was written."""
        self._feed(TextArrived(self.job_id, text))

    def write_anew(self, text: str) -> None:
        """This in the place of all that was written."""
        self._feed(TextArrived(self.job_id, text, restart=True))

    def end(self) -> None:
        """That was all; the holder is told when it is in the document."""
        self._feed(StreamEnded(self.job_id))

    def stop(self) -> None:
        """Nothing more; what is there stays."""
        self._feed(StopRequested(self.job_id))

    def take_back(self) -> None:
        """Nothing more, and what is there goes again."""
        self._feed(RestoreRequested(self.job_id))

    def give_away(self) -> None:
        """What it wrote is the user's from now on: no restore takes it out."""
        self._feed(AcceptRequested(self.job_id))
