"""Work-done progress of jobs (`$/progress`), and the sentences that must not be missed; it decides nothing.

A progress begins only after the client has accepted its token (LSP 3.17, "Work Done Progress"). While a job runs its
message changes once a second and with every new kind of status, not with every edit.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, assert_never

from lsp_llm.lsp.client import Client
from lsp_llm.status.events import (
    Applying,
    Cancelled,
    ConnectionIssue,
    Failed,
    Finished,
    Message,
    Outcome,
    Queued,
    RateLimitWait,
    RequestCompleted,
    RequestSent,
    Status,
    Streaming,
    Thinking,
)
from lsp_llm.status.wording import title, wording

EVERY_SECONDS = 1.0
PROGRESS_PREFIX = "lsp-llm/"
"""What the tokens of our progress begin with."""


@dataclass(slots=True)
class _Shown:
    """One job's progress."""

    token: int | str
    title: str
    began: float
    last: Status
    is_begun: bool = False
    outcome: Outcome | None = None
    timer: asyncio.TimerHandle | None = field(default=None, repr=False)


class Progress:
    """A status sink that shows jobs in the editor's own way."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._shown: dict[str, _Shown] = {}
        self._given: dict[str, int | str] = {}

    def use(self, job_id: str, token: int | str) -> None:
        """Show a job that is about to begin under a `workDoneToken` that came with its request."""
        self._given[job_id] = token

    def job_of(self, token: object) -> str | None:
        """The job that a progress token belongs to."""
        return next((job_id for job_id, shown in self._shown.items() if shown.token == token), None)

    def publish(self, job_id: str, status: Status) -> None:
        """Show one step."""
        match status:
            case Streaming() | RequestSent() | Thinking() | RequestCompleted() | Applying():
                self._report(job_id, status)
            case RateLimitWait() | ConnectionIssue():
                self._report(job_id, status)
            case Queued():
                self._begin(job_id, status)
            case Message(text, level):
                if level != "info":
                    self._client.show_message(level, f"LLM: {text}")
                else:
                    self._report(job_id, status)
            case Failed():
                self._client.show_message("error", f"LLM: {wording(status)}")
                self._end(job_id, status)
            case Finished() | Cancelled():
                self._end(job_id, status)
            case _:
                assert_never(status)

    def _begin(self, job_id: str, queued: Queued) -> None:
        now = asyncio.get_running_loop().time()
        if (given := self._given.pop(job_id, None)) is not None:
            # The client waits for what it has named: nothing has to be accepted.
            shown = self._shown[job_id] = _Shown(given, title(queued), now, queued)
            self._answered(job_id, shown, accepted=True)
            return
        if not self._client.facts.shows_progress:
            return
        token = f"{PROGRESS_PREFIX}{job_id}"
        shown = self._shown[job_id] = _Shown(token, title(queued), now, queued)
        self._client.create_progress(token, lambda accepted: self._answered(job_id, shown, accepted=accepted))

    def _answered(self, job_id: str, shown: _Shown, *, accepted: bool) -> None:
        if not accepted:
            del self._shown[job_id]
            return
        shown.is_begun = True
        begin = {"kind": "begin", "title": shown.title, "cancellable": True, "message": self._message(shown)}
        self._send(shown, begin)
        if shown.outcome is not None:
            self._end(job_id, shown.outcome)
        else:
            self._wait(shown)

    def _report(self, job_id: str, status: Status) -> None:
        shown = self._shown.get(job_id)
        if shown is None:
            return
        # A countdown is shown second by second; streaming is shown by the timer.
        is_new = type(status) is not type(shown.last) or isinstance(status, (RateLimitWait, ConnectionIssue))
        shown.last = status
        if is_new and shown.is_begun and self._speaks_for_all(shown):
            self._send(shown, {"kind": "report", "message": self._message(shown)})

    def _wait(self, shown: _Shown) -> None:
        shown.timer = asyncio.get_running_loop().call_later(EVERY_SECONDS, self._tick, shown)

    def _tick(self, shown: _Shown) -> None:
        if self._speaks_for_all(shown):
            self._send(shown, {"kind": "report", "message": self._message(shown)})
        self._wait(shown)

    def _speaks_for_all(self, shown: _Shown) -> bool:
        """Several jobs make one line: the oldest's."""
        return next(iter(self._shown.values())) is shown

    def _end(self, job_id: str, outcome: Outcome) -> None:
        shown = self._shown.get(job_id)
        if shown is None:
            return
        shown.last = shown.outcome = outcome
        if shown.timer is not None:
            shown.timer.cancel()
        if shown.is_begun:
            del self._shown[job_id]
            self._send(shown, {"kind": "end", "message": self._message(shown)})

    def _message(self, shown: _Shown) -> str:
        seconds = asyncio.get_running_loop().time() - shown.began
        others = f"{len(self._shown)} running, " if len(self._shown) > 1 and shown.outcome is None else ""
        return f"{others}{seconds:.0f} s, {wording(shown.last)}"

    def _send(self, shown: _Shown, value: dict[str, Any]) -> None:
        self._client.notify("$/progress", {"token": shown.token, "value": value})
