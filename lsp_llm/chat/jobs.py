"""Sends as jobs: a task each, held here until it ends (law L9), with statuses and an entry in the history like a fill.

Errors are caught once, here; whoever waits for a send gets them as they are.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from lsp_llm.errors import LspLlmError, ProviderError
from lsp_llm.jobs.ports import StatusSink
from lsp_llm.records.history import Entry, History
from lsp_llm.status.events import Cancelled, Failed, Finished, Outcome, Queued, RequestCompleted, Status, Streaming
from lsp_llm.status.wording import wording

_log = logging.getLogger(__name__)

Tell = Callable[[Status], None]

PREFIX = "chat-"
"""What the ids of these jobs begin with, so that they are never those of fills."""


@dataclass(frozen=True, slots=True)
class ChatOrder:
    """What a send is to answer, for statuses and history; `uri` is that of the chat's document."""

    chat_id: str
    uri: str
    preset: str
    query: str


@dataclass(slots=True)
class _Running:
    order: ChatOrder
    release: Callable[[], None]
    answer: Callable[[], str]
    said: list[str] = field(default_factory=list)
    """The statuses in words, for the history."""
    input_tokens: int = 0
    output_tokens: int = 0
    reason: str = ""
    """Why it was stopped, "" where the user did."""
    outcome: Outcome | None = None
    task: asyncio.Task[None] | None = None


class ChatJobs:
    """All sends of one client."""

    def __init__(self, status: StatusSink, history: History, name_of: Callable[[str], str]) -> None:
        """`name_of` is what a document is called, however its uri is spelled."""
        self._status = status
        self._history = history
        self._name_of = name_of
        self._jobs: dict[str, _Running] = {}
        self._count = 0

    def next_id(self) -> str:
        """An id for a job that is about to begin."""
        self._count += 1
        return f"{PREFIX}{self._count}"

    def begin(
        self,
        job_id: str,
        order: ChatOrder,
        work: Coroutine[Any, Any, None],
        answer: Callable[[], str],
        release: Callable[[], None],
    ) -> asyncio.Task[None]:
        """Do the work, whose text so far is `answer`; `release` is called at its end, however it ends."""
        job = self._jobs[job_id] = _Running(order, release, answer)
        self.tell(job_id)(Queued(order.uri, "chat", order.preset))
        task = job.task = asyncio.get_running_loop().create_task(_kept(job, work))

        def ended(done: asyncio.Task[None]) -> None:
            if not done.cancelled():
                # Of a send in a document nobody waits for the task: its status has said how it ended.
                done.exception()
            self._settle(job_id, job, work)

        # Also for a task that is cancelled before it has begun.
        task.add_done_callback(ended)
        return task

    def tell(self, job_id: str) -> Tell:
        """Where the course of a job is told."""

        def tell(status: Status) -> None:
            job = self._jobs.get(job_id)
            if job is not None and not isinstance(status, Streaming):
                job.said.append(wording(status))
            if job is not None and isinstance(status, RequestCompleted):
                job.input_tokens += status.usage.input_tokens
                job.output_tokens += status.usage.output_tokens
            self._status.publish(job_id, status)

        return tell

    def running(self, chat_id: str | None = None, uri: str | None = None) -> list[str]:
        """Ids of the sends under way: all, those in a chat, or those in a document."""
        name = None if uri is None else self._name_of(uri)
        return [
            job_id
            for job_id, job in self._jobs.items()
            if chat_id in (None, job.order.chat_id) and name in (None, self._name_of(job.order.uri))
        ]

    def knows(self, job_id: str) -> bool:
        """Whether there is such a job, or was one."""
        number = job_id.removeprefix(PREFIX)
        return job_id.startswith(PREFIX) and number.isdecimal() and 1 <= int(number) <= self._count

    def stop(self, job_id: str, reason: str = "") -> bool:
        """Stop a send; what has come stays. False where there is none such."""
        job = self._jobs.get(job_id)
        if job is None or job.task is None:
            return False
        job.reason = reason
        return job.task.cancel()

    async def close(self) -> None:
        """Stop everything, and wait until connections are closed and tools are gone."""
        tasks = [job.task for job in self._jobs.values() if job.task is not None]
        for job_id in list(self._jobs):
            self.stop(job_id, "the server is shutting down")
        await asyncio.gather(*tasks, return_exceptions=True)

    def _settle(self, job_id: str, job: _Running, work: Coroutine[Any, Any, None]) -> None:
        work.close()
        job.release()
        outcome = job.outcome or Cancelled(job.reason)
        order = job.order
        reason = "" if isinstance(outcome, Finished) else outcome.reason
        ended = type(outcome).__name__.lower()
        del self._jobs[job_id]
        said = (ended, reason, job.answer(), tuple(job.said), (), job.input_tokens, job.output_tokens)
        self._history.add(Entry(order.uri, "chat", order.preset, order.query, *said))
        self._status.publish(job_id, outcome)


async def _kept(job: _Running, work: Coroutine[Any, Any, None]) -> None:
    """Do the work and keep how it ended; raises what it raises."""
    try:
        await work
        job.outcome = Finished()
    except LspLlmError as error:
        job.outcome = Failed(str(error), error.hint if isinstance(error, ProviderError) else "")
        raise
    except Exception as error:
        _log.error("a send in %s failed: %s", job.order.chat_id, error, exc_info=True)
        job.outcome = Failed(f"a fault in lsp-llm: {error}", "see the log (--log-file)")
        raise
