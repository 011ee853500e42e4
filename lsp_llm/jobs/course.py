"""How one job went, as the history has it: what was said of it, what went along, what it used; it writes nothing."""

from __future__ import annotations

from lsp_llm.exchange.outcome import Usage
from lsp_llm.jobs.ports import Order
from lsp_llm.records.history import Entry
from lsp_llm.status.events import Finished, Outcome, RequestCompleted, Status, Streaming
from lsp_llm.status.wording import wording


class Course:
    """One job from its beginning to its end."""

    def __init__(self, uri: str, order: Order) -> None:
        self._uri = uri
        self._order = order
        self._said: list[str] = []
        self._usage = Usage()
        self.files: tuple[str, ...] = ()
        """Paths of what goes along, once that is known."""

    def note(self, status: Status) -> None:
        """Keep what was said, in words; that text comes is said too often to be kept."""
        if not isinstance(status, Streaming):
            self._said.append(wording(status))
        if isinstance(status, RequestCompleted):
            self._usage = status.usage

    def entry(self, outcome: Outcome, answer: str) -> Entry:
        """All of it; `answer` is what had come."""
        return Entry(
            self._uri,
            self._order.kind,
            self._order.preset,
            self._order.query,
            outcome=type(outcome).__name__.lower(),
            reason="" if isinstance(outcome, Finished) else outcome.reason,
            answer=answer,
            statuses=tuple(self._said),
            files=self.files,
            input_tokens=self._usage.input_tokens,
            output_tokens=self._usage.output_tokens,
        )
