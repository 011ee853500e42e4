"""Runs jobs: feeds answers to edit sessions and carries out their effects; it decides nothing about text.

Every job is one task of its own, held here until it ends (law L9). Errors are caught once, here, and become a status.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from lsp_llm.errors import (
    LspLlmError,
    ProviderError,
    UserError,
)
from lsp_llm.exchange.kinds import Mode
from lsp_llm.exchange.outcome import Usage
from lsp_llm.jobs.answering import Prepared, answer
from lsp_llm.jobs.edit_events import (
    AcceptRequested,
    AlternativeRequested,
    Answered,
    ApplyEdit,
    DocumentChanged,
    DocumentClosed,
    EditAnswered,
    Effect,
    Event,
    Offered,
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
from lsp_llm.jobs.job_row import JobRow
from lsp_llm.jobs.ledger import content_of, regions_in
from lsp_llm.jobs.ports import Editor, Holder, Order, StatusSink, Target, Viewer
from lsp_llm.jobs.writing import Writing
from lsp_llm.records.history import Entry, History
from lsp_llm.records.ledger_files import LedgerFiles
from lsp_llm.status.events import (
    Failed,
    Finished,
    Outcome,
    Queued,
    RequestCompleted,
    Status,
    Streaming,
)
from lsp_llm.status.wording import wording
from lsp_llm.stream.filters.base import Piece
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """One open document with jobs; opened anew, it is another place, which no answer and no timer of before reaches."""

    uri: str
    document: Document
    session: EditSession


@dataclass(frozen=True, slots=True)
class _Told:
    """What a job was told to do, and where; kept as long as its document's session remembers it."""

    order: Order
    target: Target


@dataclass(slots=True)
class _Running:
    place: _Place
    told: _Told
    said: list[str] = field(default_factory=list)
    """The statuses in words, for the history."""
    files: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    task: asyncio.Task[None] | None = None


class Runner:
    """All jobs in all documents of one client."""

    def __init__(
        self, editor: Editor, viewer: Viewer, status: StatusSink, history: History, ledger: LedgerFiles
    ) -> None:
        self._editor = editor
        self._viewer = viewer
        self._ledger = ledger
        self._told: dict[str, _Told] = {}
        self._status = status
        self._history = history
        self._places: dict[str, _Place] = {}
        self._jobs: dict[str, _Running] = {}
        self._holders: dict[str, Holder] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._count = 0

    # --- commands -----------------------------------------------------------------------------------------------------

    def start(self, target: Target, order: Order, prepare: Callable[[], Awaitable[Prepared]]) -> str:
        """Begin a job and give its id; raises UserError where another job is writing."""
        place = self._place(target.uri, target.document, target.version)
        self._refuse_busy(place, target.start, target.end)
        job_id = self._next_id()
        place.session.start(job_id, target.start, target.end, order.mode)
        return self._begin(job_id, place, _Told(order, target), prepare)

    def start_again(self, former: str, order: Order, prepare: Callable[[], Awaitable[Prepared]]) -> str:
        """Begin a job in the place of an ended one, whose answer stays until the new one's first text."""
        place = self._free_place_of(former)
        job_id = self._next_id()
        place.session.start_again(job_id, former, order.mode)
        return self._begin(job_id, place, _Told(order, self._told[former].target), prepare)

    def lend(self, job_id: str, target: Target, holder: Holder, mode: Mode = "stream") -> Writing:
        """A place to write in by hand, under an id of the caller's; raises UserError where another job is writing."""
        place = self._place(target.uri, target.document, target.version)
        self._refuse_busy(place, target.start, target.end)
        place.session.start(job_id, target.start, target.end, mode)
        self._holders[job_id] = holder
        return Writing(job_id, lambda event: self._feed(place, event))

    def _begin(self, job_id: str, place: _Place, told: _Told, prepare: Callable[[], Awaitable[Prepared]]) -> str:
        running = self._jobs[job_id] = _Running(place, told)
        self._tell(job_id, Queued(place.uri, told.order.kind, told.order.preset))
        running.task = asyncio.get_running_loop().create_task(self._run(job_id, place, prepare))
        self._tasks.add(running.task)
        running.task.add_done_callback(self._tasks.discard)
        return job_id

    def _next_id(self) -> str:
        self._count += 1
        return str(self._count)

    def _place(self, uri: str, document: Document, version: int) -> _Place:
        if uri not in self._places:
            self._places[uri] = _Place(uri, document, EditSession(document, version, self._editor.policy))
        return self._places[uri]

    def running(self, uri: str | None = None) -> list[str]:
        """Ids of the jobs under way, in one document or in all."""
        return [job_id for job_id, job in self._jobs.items() if uri in (None, job.place.uri)]

    def restorable(self, uri: str | None = None) -> list[str]:
        """Ids of ended jobs whose original can be put back, the latest last."""
        return self._found(uri, JobRow.restorable)

    def offered(self, uri: str | None = None) -> list[str]:
        """Ids of changes that wait to be taken or dropped."""
        return self._found(uri, JobRow.offered)

    def _found(self, uri: str | None, kind: Callable[[JobRow], list[str]]) -> list[str]:
        places = [place for place in self._places.values() if uri in (None, place.uri)]
        return sorted((job_id for place in places for job_id in kind(place.session.jobs)), key=_order)

    def latest(self, uri: str | None = None) -> str | None:
        """The latest ended job that wrote or offers something; not one of its changes, as long as it is known."""
        latest = max([*self.restorable(uri), *self.offered(uri)], key=_order, default="")
        job_id = latest.partition(".")[0]
        return (job_id if self.knows(job_id) else latest) or None

    def has_change(self, job_id: str, hunk: int) -> bool:
        """Whether an ended job has so many changes."""
        return self._place_of(job_id).session.jobs.has_change(job_id, hunk)

    def touched(self, uri: str, start: int, end: int, job_ids: Sequence[str]) -> str | None:
        """The latest of the jobs whose region touches the range."""
        for job_id in reversed(job_ids):
            low, high = self._places[uri].session.jobs[job_id].borders
            if start <= high and low <= end:
                return job_id
        return None

    def stop(self, job_id: str, reason: str = "") -> None:
        """Stop a job; what has arrived stays."""
        self._feed(self._jobs[job_id].place, StopRequested(job_id, reason))

    def restore(self, job_id: str, hunk: int | None = None) -> None:
        """Put a job's original back, running or ended, or one change of it; drop what is only offered."""
        self._feed(self._place_of(job_id), RestoreRequested(job_id, hunk))

    def accept(self, job_id: str, hunk: int | None = None) -> None:
        """Take what is offered; what an ended job wrote can no longer be restored."""
        place = self._place_of(job_id)
        self._feed(place, AcceptRequested(job_id, hunk))
        self._keep(place)

    def show_another(self, job_id: str, step: int) -> None:
        """Show the next or the former answer of a job and its retries."""
        self._feed(self._free_place_of(job_id), AlternativeRequested(job_id, step))

    def order(self, job_id: str) -> Order | None:
        """What an ended job was told to do, None if that is not known any more."""
        told = self._told.get(job_id)
        return told.order if told else None

    def original(self, job_id: str) -> tuple[Target, str]:
        """A job's place in its document's text as if it had written nothing, and that text."""
        place = self._place_of(job_id)
        text, start, end = place.session.original(job_id)
        return replace(self._told[job_id].target, document=place.document, start=start, end=end), text

    def knows(self, job_id: str) -> bool:
        """Whether the job is under way, was restored or can be, or waits to be taken."""
        return any(job_id in place.session.jobs.jobs for place in self._places.values())

    def _place_of(self, job_id: str) -> _Place:
        for place in self._places.values():
            if job_id in place.session.jobs.jobs:
                return place
        raise UserError(f"there is no job {job_id}")

    def _free_place_of(self, job_id: str) -> _Place:
        """The place of an ended job where no other one is writing."""
        place = self._place_of(job_id)
        self._refuse_busy(place, *place.session.jobs[job_id].borders)
        return place

    def _refuse_busy(self, place: _Place, start: int, end: int) -> None:
        if (other := place.session.jobs.writing_in(start, end)) is not None:
            raise UserError(f"job {other} is still writing there: stop it first, or choose another place")

    async def close(self) -> None:
        """Stop everything and wait until the providers' connections are closed."""
        for job_id in list(self._jobs):
            self.stop(job_id, "the server is shutting down")
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- the replica --------------------------------------------------------------------------------------------------

    def watches(self, uri: str) -> bool:
        """Whether changes of the document must be reported."""
        return uri in self._places

    def before_change(self, uri: str) -> None:
        """The replica of a watched document is about to move."""
        self._places[uri].session.before_change()

    def changed(self, uri: str, changes: Sequence[Change], version: int) -> None:
        """The replica of a watched document has moved."""
        self._feed(self._places[uri], DocumentChanged(changes, version))

    def opened(self, uri: str, document: Document, version: int) -> None:
        """The editor opened a document: jobs of an earlier time are known again if the text is as they left it."""
        content = self._ledger.read(uri)
        for region in regions_in(content, document) if content else ():
            self._place(uri, document, version).session.adopt(self._next_id(), region)

    def saved(self, uri: str) -> None:
        """The editor saved the document: what can be restored is kept for later."""
        if (place := self._places.get(uri)) is not None:
            self._keep(place)

    def closed(self, uri: str) -> None:
        """The editor closed the document."""
        if (place := self._places.get(uri)) is not None:
            # Nothing is kept now: what was not saved is discarded, and what was saved has been kept.
            self._feed(place, DocumentClosed())
            self._told = {job_id: told for job_id, told in self._told.items() if told.target.uri != uri}
            del self._places[uri]

    def _keep(self, place: _Place) -> None:
        jobs = place.session.jobs
        regions = [jobs[job_id].writer.region for job_id in jobs.restorable()]
        if regions:
            self._ledger.write(place.uri, content_of(place.uri, place.document, regions))
        else:
            self._ledger.remove(place.uri)

    # --- one job ------------------------------------------------------------------------------------------------------

    async def _run(self, job_id: str, place: _Place, prepare: Callable[[], Awaitable[Prepared]]) -> None:
        running = self._jobs[job_id]

        async def noted() -> Prepared:
            prepared = await prepare()
            running.files = prepared.files
            return prepared

        try:
            await answer(
                noted,
                lambda piece: self._feed_piece(job_id, place, piece),
                lambda status: self._tell(job_id, status),
            )
            self._feed(place, StreamEnded(job_id))
        except LspLlmError as error:
            hint = error.hint if isinstance(error, ProviderError) else ""
            self._feed(place, StreamFailed(job_id, Failed(str(error), hint)))
        except Exception as error:  # noqa: BLE001  The last catch before the loop: a fault of ours must not go unsaid.
            _log.error("job %s failed: %s", job_id, error, exc_info=True)
            self._feed(place, StreamFailed(job_id, Failed(f"a fault in lsp-llm: {error}", "see the log (--log-file)")))

    def _feed_piece(self, job_id: str, place: _Place, piece: Piece) -> None:
        if piece.text or piece.restart:
            self._feed(place, TextArrived(job_id, piece.text, piece.restart))

    def _tell(self, job_id: str, status: Status) -> None:
        if (holder := self._holders.get(job_id)) is not None:
            holder.told(status)
            return
        job = self._jobs.get(job_id)
        if job is not None and not isinstance(status, Streaming):
            job.said.append(wording(status))
        if job is not None and isinstance(status, RequestCompleted):
            job.usage = status.usage
        self._status.publish(job_id, status)

    # --- effects ------------------------------------------------------------------------------------------------------

    def _feed(self, place: _Place, event: Event) -> None:
        for effect in place.session.handle(event):
            self._carry_out(place, effect)

    def _carry_out(self, place: _Place, effect: Effect) -> None:
        match effect:
            case ApplyEdit():
                self._apply(place, effect)
            case Publish(job_id, status):
                self._tell(job_id, status)
            case Schedule(delay_seconds, token):
                asyncio.get_running_loop().call_later(delay_seconds, self._feed, place, Tick(token))
            case Stop(job_id):
                self._cancel(job_id)
            case Settled(job_id, outcome):
                self._settle(place, job_id, outcome)
            case Offered(job_id, original, answer):
                self._viewer.show_difference(place.uri, job_id, original, answer)
            case _:
                assert_never(effect)

    def _apply(self, place: _Place, effect: ApplyEdit) -> None:
        jobs = place.session.jobs
        regions = {job_id: jobs[job_id].borders for job_id in jobs.in_flight}

        def answered(said: Answered, reason: str) -> None:
            self._feed(place, EditAnswered(effect.flight, said, reason))

        self._editor.apply(place.uri, effect.edits, effect.version, regions, answered)

    def _cancel(self, job_id: str) -> None:
        job = self._jobs.get(job_id)
        if job is not None and job.task is not None:
            job.task.cancel()

    def _settle(self, place: _Place, job_id: str, outcome: Outcome) -> None:
        if (holder := self._holders.pop(job_id, None)) is not None:
            self._keep(place)
            holder.settled(outcome)
            return
        job = self._jobs.pop(job_id, None)
        if job is not None:
            text = job.place.session.jobs[job_id].answer.text
            reason = "" if isinstance(outcome, Finished) else outcome.reason
            order = job.told.order
            self._told[job_id] = job.told
            self._forget_told(job.place)
            self._keep(job.place)
            ended = type(outcome).__name__.lower()
            usage = job.usage
            said = (ended, reason, text, tuple(job.said), job.files, usage.input_tokens, usage.output_tokens)
            self._history.add(Entry(job.place.uri, order.kind, order.preset, order.query, *said))
        self._tell(job_id, outcome)

    def _forget_told(self, place: _Place) -> None:
        known = place.session.jobs.remembered()
        told = self._told.items()
        self._told = {job_id: each for job_id, each in told if each.target.uri != place.uri or job_id in known}


def _order(job_id: str) -> tuple[int, ...]:
    """Ids are numbers, those of single changes with a second one behind a dot; those of others come before them."""
    own = job_id.split(".")
    return tuple(map(int, own)) if own[0].isdigit() else (0, *map(int, re.findall(r"\d+", job_id)))
