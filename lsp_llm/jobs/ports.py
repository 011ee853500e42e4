"""What the runner needs of the world outside: an editor that takes edits, and somewhere to put what is said of a job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lsp_llm.jobs.edit_events import Answered
from lsp_llm.status.events import Status
from lsp_llm.text.edits import Edit


class Editor(Protocol):
    """The editor behind a document."""

    async def apply(self, uri: str, edits: Sequence[Edit], version: int | None) -> Answered:
        """Offer simultaneous edits of the replica; the answer proves nothing yet (rule 1)."""
        ...


class StatusSink(Protocol):
    """Where the course of every job is told."""

    def publish(self, job_id: str, status: Status) -> None:
        """Tell one step."""
        ...


class Clock(Protocol):
    """Monotonic time."""

    def seconds(self) -> float:
        """Seconds since some fixed point."""
        ...
