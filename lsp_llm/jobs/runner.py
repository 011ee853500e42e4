"""Runs jobs: feeds answers to edit sessions and carries out their effects; it decides nothing about text.

Every job is one task of its own, held here until it ends (law L9). Errors are caught once, here, and become a status.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from lsp_llm.errors import LspLlmError, ProviderError, UserError
from lsp_llm.exchange.kinds import Mode
from lsp_llm.jobs.answering import Prepared, answer
from lsp_llm.jobs.course import Course
from lsp_llm.jobs.edit_events import (
    AcceptRequested,
    AlternativeRequested,
    Answered,
    ApplyEdit,
    ChangeRequested,
    Decided,
    DocumentChanged,
    DocumentClosed,
    EditAnswered,
    Effect,
    Event,
    OfferDropped,
    Offered,
    OfferRequested,
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
from lsp_llm.jobs.keeping import Keeping
from lsp_llm.jobs.places import Place, Places
from lsp_llm.jobs.ports import Archive, Editor, Holder, Ledger, Order, StatusSink, Target, Viewer
from lsp_llm.jobs.writing import Writing
from lsp_llm.status.events import Cancelled, Failed, Outcome, Queued, Status
from lsp_llm.stream.filters.base import Piece
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change

CHANGED = "the document was changed while it was closed: what was offered in it is dropped"
FORGOTTEN = "what was offered in a document that was closed is dropped: too many of them are closed"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a job was told to do, and where; kept as long as its document's session remembers it."""

    order: Order
    target: Target


@dataclass(slots=True)
class _Running:
    place: Place
    told: _Told
    course: Course
    task: asyncio.Task[None] | None = None


class Runner:
    """All jobs in all documents of one client."""

    def __init__(self, editor: Editor, viewer: Viewer, status: StatusSink, history: Archive, ledger: Ledger) -> None:
        self._editor = editor
        self._viewer = viewer
        self._keeping = Keeping(ledger)
        self._told: dict[str, _Told] = {}
        self._status = status
        self._history = history
        self.places = Places()
        """For commands to look at."""
        self._jobs: dict[str, _Running] = {}
        self._holders: dict[str, Holder] = {}
        self._deciding: dict[str, Callable[[Decided], None]] = {}
        """Whom to tell what became of an offer."""
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

    def lend(self, job_id: str, target: Target, holder: Holder) -> Writing:
        """A place to write in by hand, under an id of the caller's; raises UserError where another job is writing."""
        place = self._lent_place(job_id, target, "stream")
        self._holders[job_id] = holder
        return Writing(job_id, lambda event: self._feed(place, event))

    def _lent_place(self, job_id: str, target: Target, mode: Mode) -> Place:
        place = self._place(target.uri, target.document, target.version)
        self._refuse_busy(place, target.start, target.end)
        place.session.start(job_id, target.start, target.end, mode)
        self.places.lent(job_id, self._count)
        return place

    def offer(self, job_id: str, target: Target, text: str, decided: Callable[[Decided], None]) -> None:
        """Offer a text for the target's place; `decided` is told what becomes of it. Raises UserError, as `lend`."""
        self._lend_for(OfferRequested(job_id, text), target, decided)

    def make(self, job_id: str, target: Target, text: str, decided: Callable[[Decided], None]) -> None:
        """The same without asking: it goes into the document, where each of its changes can be put back."""
        self._lend_for(ChangeRequested(job_id, text), target, decided)

    def _lend_for(
        self, event: OfferRequested | ChangeRequested, target: Target, decided: Callable[[Decided], None]
    ) -> None:
        place = self._lent_place(event.job_id, target, "preview")
        self._deciding[event.job_id] = decided
        self._feed(place, event)

    def drop(self, job_id: str) -> None:
        """Drop what is still offered of a job, if anything is; what was taken stays."""
        for place in list(self.places):
            self._feed(place, OfferDropped(job_id))

    def _begin(self, job_id: str, place: Place, told: _Told, prepare: Callable[[], Awaitable[Prepared]]) -> str:
        running = self._jobs[job_id] = _Running(place, told, Course(place.uri, told.order))
        self._tell(job_id, Queued(place.uri, told.order.kind, told.order.preset))
        running.task = asyncio.get_running_loop().create_task(self._run(job_id, place, prepare))
        self._tasks.add(running.task)
        running.task.add_done_callback(self._tasks.discard)
        return job_id

    def _next_id(self) -> str:
        self._count += 1
        return str(self._count)

    def _place(self, uri: str, document: Document, version: int) -> Place:
        return self.places.at(uri, document, version, self._editor.policy)

    def running(self, uri: str | None = None) -> list[str]:
        """Ids of the jobs under way, in one document or in all."""
        return [job_id for job_id, job in self._jobs.items() if uri in (None, job.place.uri)]

    def stop(self, job_id: str, reason: str = "") -> None:
        """Stop a job; what has arrived stays."""
        self._feed(self._jobs[job_id].place, StopRequested(job_id, reason))

    def restore(self, job_id: str, hunk: int | None = None) -> None:
        """Put a job's original back, running or ended, or one change of it; drop what is only offered."""
        place = self.places.of(job_id)
        if self.places.is_closed(place):
            self._feed(place, OfferDropped(job_id if hunk is None else f"{job_id}.{hunk}"))
        else:
            self._feed(place, RestoreRequested(job_id, hunk))

    def accept(self, job_id: str, hunk: int | None = None) -> None:
        """Take what is offered; what an ended job wrote can no longer be restored.

        Raises UserError where the document is closed.
        """
        place = self.places.open_at(job_id)
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
        place = self.places.open_at(job_id)
        text, start, end = place.session.original(job_id)
        return replace(self._told[job_id].target, document=place.document, start=start, end=end), text

    def _free_place_of(self, job_id: str) -> Place:
        """The place of an ended job where no other one is writing."""
        place = self.places.open_at(job_id)
        self._refuse_busy(place, *place.session.jobs[job_id].borders)
        return place

    def _refuse_busy(self, place: Place, start: int, end: int) -> None:
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
        return self.places.find(uri) is not None

    def before_change(self, uri: str) -> None:
        """The replica of a watched document is about to move."""
        self._known(uri).session.before_change()

    def changed(self, uri: str, changes: Sequence[Change], version: int) -> None:
        """The replica of a watched document has moved."""
        self._feed(self._known(uri), DocumentChanged(changes, version))

    def _known(self, uri: str) -> Place:
        place = self.places.find(uri)
        assert place is not None, "only watched documents are reported"
        return place

    def opened(self, uri: str, document: Document, version: int) -> None:
        """The editor opened a document: jobs of before are known again if the text is as they left it."""
        for region in self._keeping.known(uri, document):
            self._place(uri, document, version).session.adopt(self._next_id(), region)
        former = self.places.reopened(uri)
        if former is not None and former.document.text == document.text:
            self._place(uri, document, version).session.take_over(former.session)
        elif former is not None:
            self._withdraw(former, CHANGED)

    def saved(self, uri: str) -> None:
        """The editor saved the document: what can be restored is kept for later."""
        if (place := self.places.find(uri)) is not None:
            self._keep(place)

    def closed(self, uri: str) -> None:
        """The editor closed the document; what is offered waits for it to be opened again."""
        if (place := self.places.find(uri)) is not None:
            was_in_doubt = place.session.is_in_doubt
            self.places.close(place)
            self._feed(place, DocumentClosed())
            if not was_in_doubt:
                self._keeping.keep_closed(place)
            self.places.forget_decided()
            if (oldest := self.places.crowded_out()) is not None:
                self._withdraw(oldest, FORGOTTEN)
            offering = {job.id for job in place.session.jobs.behind_offers()}
            self._told = {each: told for each, told in self._told.items() if told.target.uri != uri or each in offering}

    def _withdraw(self, place: Place, reason: str) -> None:
        for job_id in dict.fromkeys(change.partition(".")[0] for change in place.session.jobs.offered()):
            self._feed(place, OfferDropped(job_id, reason))

    def _keep(self, place: Place) -> None:
        if self.places.find(place.uri) is place:
            self._keeping.keep(place)

    # --- one job ------------------------------------------------------------------------------------------------------

    async def _run(self, job_id: str, place: Place, prepare: Callable[[], Awaitable[Prepared]]) -> None:
        running = self._jobs[job_id]

        async def noted() -> Prepared:
            prepared = await prepare()
            running.course.files = prepared.files
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

    def _feed_piece(self, job_id: str, place: Place, piece: Piece) -> None:
        if piece.text or piece.restart:
            self._feed(place, TextArrived(job_id, piece.text, piece.restart))

    def _tell(self, job_id: str, status: Status) -> None:
        if (holder := self._holders.get(job_id)) is not None:
            holder.told(status)
            return
        if (job := self._jobs.get(job_id)) is not None:
            job.course.note(status)
        self._status.publish(job_id, status)

    # --- effects ------------------------------------------------------------------------------------------------------

    def _feed(self, place: Place, event: Event) -> None:
        for effect in place.session.handle(event):
            self._carry_out(place, effect)

    def _carry_out(self, place: Place, effect: Effect) -> None:
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
            case Offered(job_id, changes):
                self._viewer.show_difference(place.uri, job_id, place.document, changes)
            case Decided():
                self._decide(place, effect)
            case _:
                assert_never(effect)

    def _apply(self, place: Place, effect: ApplyEdit) -> None:
        jobs = place.session.jobs
        regions = {job_id: jobs[job_id].borders for job_id in jobs.in_flight}

        def answered(said: Answered, reason: str) -> None:
            self._feed(place, EditAnswered(effect.flight, said, reason))

        self._editor.apply(place.uri, effect.edits, effect.version, regions, answered)

    def _decide(self, place: Place, effect: Decided) -> None:
        self._keep(place)
        self.places.forget_decided()
        if (decided := self._deciding.pop(effect.job_id, None)) is not None:
            decided(effect)

    def _cancel(self, job_id: str) -> None:
        job = self._jobs.get(job_id)
        if job is not None and job.task is not None:
            job.task.cancel()

    def _settle(self, place: Place, job_id: str, outcome: Outcome) -> None:
        if (holder := self._holders.pop(job_id, None)) is not None:
            self._keep(place)
            holder.settled(outcome)
            return
        if job_id in self._deciding:
            if isinstance(outcome, Cancelled | Failed):
                self._decide(place, Decided(job_id, 0, (), outcome.reason))
            return
        job = self._jobs.pop(job_id, None)
        if job is not None:
            answered = place.session.jobs[job_id].answer.text
            self._told[job_id] = job.told
            self._forget_told(place)
            self._keep(place)
            self._history.add(job.course.entry(outcome, answered))
        self._tell(job_id, outcome)

    def _forget_told(self, place: Place) -> None:
        known = place.session.jobs.remembered()
        told = self._told.items()
        self._told = {job_id: each for job_id, each in told if each.target.uri != place.uri or job_id in known}
