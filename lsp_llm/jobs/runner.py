"""Runs jobs: feeds answers to edit sessions and carries out their effects; it decides nothing about text.

Every job is one task of its own, held here until it ends (law L9). Errors are caught once, here, and become a status.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from lsp_llm.errors import LspLlmError, ProviderError, UserError
from lsp_llm.errors import Timeout as ProviderTimeout
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.jobs.edit_events import (
    Answered,
    ApplyEdit,
    DocumentChanged,
    DocumentClosed,
    EditAnswered,
    Effect,
    Event,
    Publish,
    RestoreRequested,
    Schedule,
    Settled,
    Stop,
    StopRequested,
    StreamEnded,
    StreamFailed,
    TextArrived,
    Tick,
)
from lsp_llm.jobs.edit_session import EditSession
from lsp_llm.jobs.ports import AnswerSource, Editor, Order, StatusSink, Target
from lsp_llm.records.history import Entry, History
from lsp_llm.status.events import Failed, Finished, Message, Outcome, Queued, RequestCompleted, RequestSent, Thinking
from lsp_llm.stream import events as stream
from lsp_llm.stream.filters.base import Filter, Piece
from lsp_llm.text.edits import Change

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A job that is ready to ask; `notes` are sentences for the user."""

    source: AnswerSource
    filters: Filter
    notes: tuple[Message, ...] = ()


@dataclass(slots=True)
class _Running:
    uri: str
    order: Order
    task: asyncio.Task[None] | None = None


class Runner:
    """All jobs in all documents of one client."""

    def __init__(self, editor: Editor, status: StatusSink, history: History) -> None:
        self._editor = editor
        self._status = status
        self._history = history
        self._sessions: dict[str, EditSession] = {}
        self._jobs: dict[str, _Running] = {}
        self._count = 0

    # --- commands -----------------------------------------------------------------------------------------------------

    def start(self, target: Target, order: Order, prepare: Callable[[], Awaitable[Prepared]]) -> str:
        """Begin a job and give its id; raises UserError where another job is writing."""
        session = self._sessions.get(target.uri)
        if session is None:
            session = EditSession(target.document, target.version, self._editor.policy)
            self._sessions[target.uri] = session
        if (other := session.running_in(target.start, target.end)) is not None:
            raise UserError(f"job {other} is still writing there: stop it first, or choose another place")
        self._count += 1
        job_id = str(self._count)
        session.start(job_id, target.start, target.end)
        running = self._jobs[job_id] = _Running(target.uri, order)
        self._status.publish(job_id, Queued(target.uri, order.kind, order.preset))
        running.task = asyncio.get_running_loop().create_task(self._run(job_id, target.uri, prepare))
        return job_id

    def running(self, uri: str | None = None) -> list[str]:
        """Ids of the jobs under way, in one document or in all."""
        return [job_id for job_id, job in self._jobs.items() if uri in (None, job.uri)]

    def restorable(self, uri: str | None = None) -> list[str]:
        """Ids of ended jobs whose original can be put back, the latest last."""
        sessions = self._sessions.items()
        found = [job_id for place, session in sessions if uri in (None, place) for job_id in session.restorable()]
        return sorted(found, key=int)

    def touched(self, uri: str, start: int, end: int, job_ids: Sequence[str]) -> str | None:
        """The latest of the jobs whose region touches the range."""
        for job_id in reversed(job_ids):
            low, high = self._sessions[uri].region(job_id)
            if start <= high and low <= end:
                return job_id
        return None

    def stop(self, job_id: str, reason: str = "") -> None:
        """Stop a job; what has arrived stays."""
        self._feed(self._jobs[job_id].uri, StopRequested(job_id, reason))

    def restore(self, job_id: str) -> None:
        """Put a job's original back, running or ended."""
        for uri, session in list(self._sessions.items()):
            if job_id in session.restorable() or job_id in self.running(uri):
                self._feed(uri, RestoreRequested(job_id))

    def knows(self, job_id: str) -> bool:
        """Whether the job is under way or can be restored."""
        return job_id in self._jobs or job_id in self.restorable()

    async def close(self) -> None:
        """Stop everything and wait until the providers' connections are closed."""
        tasks = [job.task for job in self._jobs.values() if job.task is not None]
        for job_id in list(self._jobs):
            self.stop(job_id, "the server is shutting down")
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- the replica --------------------------------------------------------------------------------------------------

    def watches(self, uri: str) -> bool:
        """Whether changes of the document must be reported."""
        return uri in self._sessions

    def before_change(self, uri: str) -> None:
        """The replica of a watched document is about to move."""
        self._sessions[uri].before_change()

    def changed(self, uri: str, changes: Sequence[Change], version: int) -> None:
        """The replica of a watched document has moved."""
        self._feed(uri, DocumentChanged(changes, version))

    def closed(self, uri: str) -> None:
        """The editor closed the document."""
        if uri in self._sessions:
            self._feed(uri, DocumentClosed())
            del self._sessions[uri]

    # --- one job ------------------------------------------------------------------------------------------------------

    async def _run(self, job_id: str, uri: str, prepare: Callable[[], Awaitable[Prepared]]) -> None:
        try:
            prepared = await prepare()
            for note in prepared.notes:
                self._status.publish(job_id, note)
            await self._read(job_id, uri, prepared)
            self._feed(uri, StreamEnded(job_id))
        except LspLlmError as error:
            hint = error.hint if isinstance(error, ProviderError) else ""
            self._feed(uri, StreamFailed(job_id, Failed(str(error), hint)))
        except Exception as error:  # noqa: BLE001  The last catch before the loop: a fault of ours must not go unsaid.
            _log.error("job %s failed: %s", job_id, error, exc_info=True)
            self._feed(uri, StreamFailed(job_id, Failed(f"a fault in lsp-llm: {error}", "see the log (--log-file)")))

    async def _read(self, job_id: str, uri: str, prepared: Prepared) -> None:
        """Feed the answer through the filters; the timers count meaningful events, which keep-alives are not."""
        source = prepared.source
        self._status.publish(job_id, RequestSent(source.provider, source.model))
        reader = _Reader(prepared.filters)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(source.first_token_timeout_seconds) as timer:
                async for events in source.events():
                    was_thinking = reader.is_thinking
                    piece = reader.take(events)
                    if reader.is_thinking and not was_thinking:
                        self._status.publish(job_id, Thinking())
                    if reader.is_meaningful:
                        timer.reschedule(loop.time() + source.inter_token_timeout_seconds)
                    self._feed_piece(job_id, uri, piece)
        except TimeoutError:
            raise _timed_out(source, reader) from None
        self._feed_piece(job_id, uri, prepared.filters.finish())
        self._status.publish(job_id, RequestCompleted(reader.usage, reader.finish))
        if reader.finish is FinishReason.LENGTH:
            self._status.publish(job_id, Message("the answer was cut off at the token limit", "warning"))

    def _feed_piece(self, job_id: str, uri: str, piece: Piece) -> None:
        if piece.text or piece.restart:
            self._feed(uri, TextArrived(job_id, piece.text, piece.restart))

    # --- effects ------------------------------------------------------------------------------------------------------

    def _feed(self, uri: str, event: Event) -> None:
        session = self._sessions.get(uri)
        if session is not None:
            for effect in session.handle(event):
                self._carry_out(uri, effect)

    def _carry_out(self, uri: str, effect: Effect) -> None:
        match effect:
            case ApplyEdit(flight, edits, version):
                self._editor.apply(
                    uri, edits, version, lambda answered, reason: self._answered(uri, flight, answered, reason)
                )
            case Publish(job_id, status):
                self._status.publish(job_id, status)
            case Schedule(delay_seconds, token):
                asyncio.get_running_loop().call_later(delay_seconds, self._feed, uri, Tick(token))
            case Stop(job_id):
                self._cancel(job_id)
            case Settled(job_id, outcome):
                self._settle(job_id, outcome)

    def _answered(self, uri: str, flight: int, answered: Answered, reason: str) -> None:
        self._feed(uri, EditAnswered(flight, answered, reason))

    def _cancel(self, job_id: str) -> None:
        job = self._jobs.get(job_id)
        if job is not None and job.task is not None:
            job.task.cancel()

    def _settle(self, job_id: str, outcome: Outcome) -> None:
        job = self._jobs.pop(job_id, None)
        if job is not None:
            answer = self._sessions[job.uri].answer(job_id)
            reason = "" if isinstance(outcome, Finished) else outcome.reason
            order = job.order
            ended = type(outcome).__name__.lower()
            self._history.add(Entry(job.uri, order.kind, order.preset, order.query, ended, reason, answer))
        self._status.publish(job_id, outcome)


class _Reader:
    """What the events of one answer amount to."""

    def __init__(self, filters: Filter) -> None:
        self._filters = filters
        self.usage = Usage()
        self.finish = FinishReason.UNKNOWN
        self.is_thinking = False
        self.is_meaningful = False
        self.has_text = False

    def take(self, events: Sequence[stream.Event]) -> Piece:
        """The text that the filters let through; raises the error of a failed stream after its text."""
        self.is_meaningful = False
        texts: list[str] = []
        for event in events:
            match event:
                case stream.Text(delta):
                    texts.append(delta)
                    self.is_meaningful = self.has_text = True
                case stream.Thinking():
                    self.is_thinking = self.is_meaningful = True
                case stream.UsageReported(usage):
                    self.usage = usage
                case stream.Finish(reason):
                    self.finish = reason
                case stream.Failed(error):
                    raise error
                case stream.Unknown(raw):
                    _log.debug("not understood, ignored: %s", raw)
        return self._filters.push("".join(texts)) if texts else Piece("")


def _timed_out(source: AnswerSource, reader: _Reader) -> ProviderTimeout:
    if reader.has_text or reader.is_thinking:
        waited, setting = source.inter_token_timeout_seconds, "inter_token_timeout_seconds"
        said = f"{source.provider} stopped in the middle of the answer and said nothing for {waited:g} s"
    else:
        waited, setting = source.first_token_timeout_seconds, "first_token_timeout_seconds"
        said = f"{source.provider} sent no first token within {waited:g} s"
    return ProviderTimeout(said, f"try again, or raise {setting} of the provider")
