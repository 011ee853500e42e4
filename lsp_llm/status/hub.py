"""Hands every status to everyone who tells it on; it keeps nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lsp_llm.status.events import Status


class Sink(Protocol):
    """Someone who tells statuses on."""

    def publish(self, job_id: str, status: Status) -> None:
        """Tell one step of a job."""
        ...


class Hub:
    """One sink made of several."""

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self._sinks = tuple(sinks)

    def publish(self, job_id: str, status: Status) -> None:
        """Tell all of them, in their order."""
        for sink in self._sinks:
            sink.publish(job_id, status)
