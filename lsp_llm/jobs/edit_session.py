"""The edit session of one document: events in, effects out; pure, without clock, socket or task.

Laws (ARCHITECTURE.md, "The edit session"):
1. The editor is the truth. The replica moves only by didChange; an answer is a hint, the echo is the proof.
2. One edit is in flight per document, shared by all its jobs; what arrives meanwhile goes out when it is confirmed.
3. An echo is known by its result (echo.py). Regions then move by our own edit, not by the reported range.
4. What was refused, or is shown not to be there, is planned anew on the newest replica. Silence is no reason to.
   What landed elsewhere (misplaced.py) is taken out there and planned anew.
5. Others' edits outside a region shift it; inside they stay. Deleting or undoing our text stops the job.
6. Nothing before the first real text; a failure puts the original back; a cancel keeps what has arrived.
7. Only what differs is sent (writer.py).

A plan that has not landed changes no state: forgetting it is all that a refusal takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from lsp_llm.exchange.kinds import Mode
from lsp_llm.jobs.arriving import Arriving
from lsp_llm.jobs.choices import Choices
from lsp_llm.jobs.echo import narrowed, read_others
from lsp_llm.jobs.edit_events import (
    AcceptRequested,
    AlternativeRequested,
    Answered,
    ApplyEdit,
    ChangeRequested,
    DocumentChanged,
    DocumentClosed,
    EditAnswered,
    Effect,
    Event,
    OfferDropped,
    OfferRequested,
    Publish,
    RestoreRequested,
    StopRequested,
    StreamEnded,
    StreamFailed,
    TextArrived,
    Tick,
)
from lsp_llm.jobs.edit_policy import EditPolicy
from lsp_llm.jobs.flight import Flight
from lsp_llm.jobs.job import Job
from lsp_llm.jobs.job_row import JobRow
from lsp_llm.jobs.lifecycle import COVERED, IN_DOUBT, MISPLACED, UNANSWERED, UNSEEN, UNSHOWN, Lifecycle
from lsp_llm.jobs.misplaced import Misplacement
from lsp_llm.jobs.trust import Trust
from lsp_llm.jobs.undo_history import UndoHistory
from lsp_llm.jobs.users_changes import UsersChanges
from lsp_llm.jobs.verdict import Landed, Missing, verdict
from lsp_llm.jobs.waits import Waits
from lsp_llm.jobs.writer import Writer
from lsp_llm.status.events import Cancelled, Streaming
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change
from lsp_llm.text.tracking import Region

MAX_REFUSALS = 6
"""Refusals in a row, without a change that explains them, after which an edit counts as lost."""
RETRY_SECONDS = 0.25
"""The first wait after such a refusal; each further one is twice as long, a change ends it at once."""

SHOW_SECONDS = 1.0
"""How long a client that places edits blindly may take to show one, until the user is told that the answer waits."""


class EditSession:
    """All jobs of one document, and the one edit in flight."""

    def __init__(self, document: Document, version: int, policy: EditPolicy) -> None:
        self._document = document
        self._version = version
        self._policy = policy
        self.jobs = JobRow()
        """For the shell to look at; only events change them."""
        self._flight: Flight | None = None
        self._flights = 0
        self._refusals = 0
        self._history = UndoHistory()
        self._trust = Trust()
        self._effects: list[Effect] = []
        self._waits = Waits(self._effects)
        self._lifecycle = Lifecycle(self.jobs, self._effects)
        self._users = UsersChanges(self._document, self.jobs, self._history, self._lifecycle)
        self._choices = Choices(self.jobs, self._lifecycle, self._effects)
        self._arriving = Arriving(self._lifecycle, self._choices, self._effects)

    # --- what the shell asks ------------------------------------------------------------------------------------------

    def start(self, job_id: str, start: int, end: int, mode: Mode = "stream") -> None:
        """Begin a job for the text between two offsets of the replica."""
        is_one_line = not any(mark in self._document.slice(start, end) for mark in "\r\n")
        # The other regions do not follow what was reported before the flight is decided.
        place = (start, end) if self._flight is None else self._flight.before_reports(start, end)
        region = Region.of(*(place or (start, end)))
        job = Job(job_id, Writer(region, is_one_line, self._document.line_end), mode=mode)
        if place is None:
            self.jobs.announce(job)
        else:
            self.jobs.cover(job)
            self.jobs.add(job)

    def start_again(self, job_id: str, former: str, mode: Mode) -> None:
        """Begin a job in the place of an ended one, whose answer stays until the new one's first text."""
        self._choices.succeed(self.jobs[former], job_id).mode = mode

    def original(self, job_id: str) -> tuple[str, int, int]:
        """The document's text as if the job had written nothing, and the offsets of its region in it."""
        return self.jobs[job_id].writer.region.original_in(self._document.text)

    def adopt(self, job_id: str, region: Region) -> None:
        """Know an ended job of an earlier time again."""
        writer = Writer(region, is_one_line=False, line_end=self._document.line_end)
        self.jobs.add(Job(job_id, writer, phase="ended", is_settled=True))

    def take_over(self, former: EditSession) -> None:
        """Go on with what is offered in the same text since before it was closed; there it is forgotten."""
        waiting = former.jobs.behind_offers()
        for job in [each for each in former.jobs if each in waiting]:
            former.jobs.forget(job)
            job.turn = 0
            self.jobs.add(job)
        self._choices.offers.take_over(former._choices.offers)

    @property
    def is_in_doubt(self) -> bool:
        """Whether the regions do not follow yet what was reported since the edit in flight was sent."""
        return self._flight is not None and self._flight.was_reported_on

    def before_change(self) -> None:
        """To be called before the replica moves: takes back from it what was trusted without an echo."""
        self._trust.take_back(self._document)

    # --- events -------------------------------------------------------------------------------------------------------

    def handle(self, event: Event) -> list[Effect]:
        """Take one event and give what has to be done."""
        match event:
            case TextArrived(job_id, text, restart):
                self._arriving.take_text(self.jobs[job_id], text, restart=restart)
                self._flush()
            case StreamEnded(job_id):
                self._arriving.end(self.jobs[job_id])
                self._flush()
            case OfferRequested(job_id, text):
                self._arriving.offer(self.jobs[job_id], text)
                self._flush()
            case ChangeRequested(job_id, text):
                self._arriving.make(self.jobs[job_id], text)
                self._flush()
            case OfferDropped(job_id, reason):
                self._choices.drop(job_id, reason)
            case StreamFailed(job_id, failure):
                self._lifecycle.put_back(self.jobs[job_id], failure)
                self._flush()
            case StopRequested(job_id, reason):
                self._lifecycle.stop(self.jobs[job_id], Cancelled(reason))
            case RestoreRequested(job_id, hunk):
                self._choices.restore(job_id, hunk)
                self._flush()
            case AcceptRequested(job_id, hunk):
                self._choices.accept(job_id, hunk)
                self._flush()
            case AlternativeRequested(job_id, step):
                self._choices.show_another(self.jobs[job_id], step, self._document)
                self._flush()
            case DocumentChanged(changes, version):
                self._follow_document(changes, version)
            case DocumentClosed():
                self._close()
            case EditAnswered(flight, answered, reason):
                self._take_answer(flight, answered, reason)
            case Tick(token):
                self._take_tick(token)
            case _:
                assert_never(event)
        self._choices.offers.decide()
        effects = self._effects.copy()
        self._effects.clear()
        return effects

    def _close(self) -> None:
        flight, doubt = self._flight, IN_DOUBT if self.is_in_doubt else ""
        if flight is not None and flight.may_be_misplaced:
            self._lifecycle.warn(UNSEEN, flight.plans)
        self._drop_flight()
        self.jobs.admit_newcomers()
        self._choices.close(doubt)
        self._lifecycle.close()

    # --- the replica --------------------------------------------------------------------------------------------------

    def _follow_document(self, changes: Sequence[Change], version: int) -> None:
        self._version = version
        # What was refused was meant for the text before.
        self._waits.end("retry")
        self._refusals = 0
        flight = self._flight
        if self._trust:
            self._read_trusted(list(changes))
        elif flight is not None:
            self.jobs.move_newcomers(read_others(changes))
            flight.report(changes)
            self._decide(flight)
        else:
            self._users.take(narrowed(changes))
        self._flush()

    # --- the edit in flight -------------------------------------------------------------------------------------------

    def _flush(self) -> None:
        """Send what has gathered, unless an edit is in flight or a wait is on (law 2)."""
        if self._flight is None:
            self.jobs.admit_newcomers()
            self._arriving.settle(self._document)
        if self._flight is not None or self._waits.is_any("retry", "rest"):
            return
        if len(self.jobs.running) > 1:
            self.jobs.sort()
        flight = Flight(self._flights + 1)
        planned: list[Job] = []
        for job in self.jobs.running:
            if planned and any(job.overlaps(*other.borders) for other in planned):
                continue
            if job.phase == "writing" and not job.may_write:
                continue
            plan = job.plan(self._document).without_idle_edits(self._document)
            if plan.edits and flight.edits and flight.edits[-1].end == plan.edits[0].start:
                # Where edits of two jobs touch, one might undo what the other does: nothing would be reported.
                continue
            if plan.edits:
                flight.add(job.id, plan)
                planned.append(job)
                continue
            job.writer = plan.writer
            if job.phase != "writing" or job.answer.ended:
                self._lifecycle.end(job)
        if planned:
            self._send(flight)

    def _send(self, flight: Flight) -> None:
        self._flights = flight.id
        self._flight, self.jobs.in_flight = flight, flight.plans
        flight.remember_removed(self._document)
        # After an edit without an echo the version is known to be old.
        flight.version = self._version if self._policy.sends_version and not self._trust else None
        self._effects.append(ApplyEdit(flight.id, flight.edits, flight.version))

    def _take_answer(self, number: int, answered: Answered, reason: str) -> None:
        flight = self._flight
        if flight is None or flight.id != number:
            return
        flight.answer(answered)
        self._decide(flight)
        if self._flight is flight:
            self._wait_for_echo(flight)
        elif answered is Answered.REFUSED and not flight.was_reported_on:
            self._back_off(reason)
        self._flush()

    def _decide(self, flight: Flight) -> None:
        """Act on what the reports say of the flight (laws 1, 3, 4)."""
        match verdict(flight, self._document, self._policy):
            case Landed(others, may_have_covered_keys):
                if may_have_covered_keys:
                    self._lifecycle.warn(COVERED, flight.plans)
                self._land(flight)
                self._users.take(others)
            case Missing(others):
                self._drop_flight()
                self._users.take(others)
            case Misplacement() as misplacement:
                self._take_out(flight, misplacement)
            case None:
                if flight.is_settled_by_report:
                    # It may be there in part: the next report tells, which may be long in coming.
                    self._waits.begin("show", SHOW_SECONDS)
            case found:
                assert_never(found)

    def _take_out(self, flight: Flight, misplacement: Misplacement) -> None:
        """Our edit stands elsewhere: forget its plans, and have a job of its own put back what it covered."""
        self._lifecycle.warn(MISPLACED, flight.plans)
        self._drop_flight()
        self._users.take(misplacement.others)
        self._history.forget()
        for number, stray in enumerate(misplacement.strays):
            self.jobs.take_stray(f"repair {flight.id}.{number}", stray)
        self._users.take(misplacement.later)

    def _drop_flight(self) -> None:
        self._flight, self.jobs.in_flight = None, ()
        self._waits.end("show")

    def _land(self, flight: Flight) -> None:
        self._drop_flight()
        self._refusals = 0
        self._history.landed(flight, self.jobs.jobs)
        for job, touch in self.jobs.commit(flight):
            if touch.tail_cut or touch.covered:
                self._lifecycle.stop(job, Cancelled("the original around it was put back"))
            if touch.ahead:
                self._choices.cross(job)
        for job_id in flight.plans:
            job = self.jobs[job_id]
            if job.phase == "taking":
                self._lifecycle.end(job)
            elif job.phase == "writing" and not job.answer.ended:
                self._effects.append(Publish(job_id, Streaming(job.characters)))
        if self._policy.minimum_interval_seconds:
            self._waits.begin("rest", self._policy.minimum_interval_seconds)

    def _wait_for_echo(self, flight: Flight) -> None:
        wait_seconds = self._policy.trust_after_seconds
        if flight.answered is Answered.SILENT:
            self._lifecycle.warn(UNANSWERED)
        elif flight.version is None and flight.was_reported_on:
            # Not the echo yet, and it may have landed elsewhere: only a report from now on tells.
            self._waits.begin("show", SHOW_SECONDS)
        elif wait_seconds == 0:
            self._trust_flight(flight)
        elif wait_seconds is not None:
            self._waits.begin("show", wait_seconds)

    def _back_off(self, reason: str) -> None:
        self._refusals += 1
        if self._refusals >= MAX_REFUSALS:
            self._refusals = 0
            said = f"the editor refused the edit {MAX_REFUSALS} times"
            self._lifecycle.give_up(f"{said} ({reason})" if reason else said)
        else:
            self._waits.begin("retry", RETRY_SECONDS * 2 ** (self._refusals - 1))

    def _take_tick(self, token: int) -> None:
        if self._waits.over(token) == "show" and self._flight is not None:
            self._trust_flight(self._flight)
        self._flush()

    # --- clients that report late -------------------------------------------------------------------------------------

    def _trust_flight(self, flight: Flight) -> None:
        """No echo in time after "applied": count the edit as landed until a report tells."""
        if not flight.was_reported_on:
            self._trust.take(self._document, flight, self.jobs)
            self._land(flight)
        else:
            self._lifecycle.warn(UNSHOWN, flight.plans)

    def _read_trusted(self, changes: list[Change]) -> None:
        """A report at last: it tells how many of the trusted edits are there, and whether the one in flight is."""
        flight, trusted = self._flight, len(self._trust)
        is_proof = self._policy.applied_is_proof
        in_doubt = None if flight is None or (is_proof and flight.answered is None) else flight
        landed, others = self._trust.read(self._document, changes, in_doubt, is_proof=is_proof)
        astray = None if flight is not None else self._trust.misplaced(self._document, changes, others)
        if astray is None and (moved := self._trust.moved(others)):
            self._lifecycle.warn(COVERED, moved)
        missing = self._trust.settle(landed if astray is None else trusted - 1)
        if missing is not None:
            self._drop_flight()
            self._history.forget()
            # The jobs stand where they stood before what is not there, and write again.
            self.jobs.take_back(missing.flight, missing.writers, missing.undoing)
            if astray is not None:
                self._take_out(missing.flight, astray)
                return
        elif flight is not None and landed > trusted:
            self._land(flight)
        elif flight is not None:
            flight.report(others)
            self._decide(flight)
            return
        self._users.take(others)
