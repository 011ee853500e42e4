"""The edit session of one document: events in, effects out; pure, without clock, socket or task.

Laws (ARCHITECTURE.md, "The edit session"):
1. The editor is the truth. The replica moves only by didChange; an answer is a hint, the echo is the proof.
2. One edit is in flight per document, shared by all its jobs; what arrives meanwhile goes out when it is confirmed.
3. An echo is known by its result (echo.py). Regions then move by our own edit, not by the reported range.
4. What was refused, or is shown not to be there, is planned anew on the newest replica. Silence is no reason to.
5. Others' edits outside a region shift it; inside they stay. Deleting or undoing our text stops the job.
6. Nothing before the first real text; a failure puts the original back; a cancel keeps what has arrived.
7. Only what differs is sent (writer.py).

A plan that has not landed changes no state: forgetting it is all that a refusal takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, assert_never

from lsp_llm.jobs.echo import read_echo, read_others
from lsp_llm.jobs.edit_events import (
    Answered,
    ApplyEdit,
    DocumentChanged,
    DocumentClosed,
    EditAnswered,
    EditPolicy,
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
from lsp_llm.jobs.flight import Flight
from lsp_llm.jobs.writer import Answer, Writer
from lsp_llm.status.events import Applying, Cancelled, Failed, Finished, Message, Outcome, Streaming
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change, Edit, sequential
from lsp_llm.text.tracking import Region

MAX_REFUSALS = 6
"""Refusals in a row, without a change that explains them, after which an edit counts as lost."""
RETRY_SECONDS = 0.25
"""The first wait after such a refusal; each further one is twice as long, a change ends it at once."""
KEPT_JOBS = 32
"""Ended jobs of a document that can still be restored."""


@dataclass(slots=True)
class Job:
    """One answer on its way; `outcome` is what it will have been once its region is at rest."""

    id: str
    writer: Writer
    answer: Answer = field(default_factory=Answer)
    phase: Literal["writing", "restoring", "ended"] = "writing"
    outcome: Outcome = field(default_factory=Finished)
    is_settled: bool = False
    characters: int = 0


class EditSession:
    """All jobs of one document, and the one edit in flight."""

    def __init__(self, document: Document, version: int, policy: EditPolicy) -> None:
        self._document = document
        self._version = version
        self._policy = policy
        self._jobs: dict[str, Job] = {}
        self._flight: Flight | None = None
        self._flights = 0
        self._tokens = 0
        self._trust_token = self._retry_token = self._rest_token = 0
        self._refusals = 0
        self._undoing: list[Edit] = []
        self._trusted: list[Change] = []
        self._writers_before_trust: dict[str, Writer] = {}
        self._effects: list[Effect] = []

    # --- what the shell asks ------------------------------------------------------------------------------------------

    @property
    def is_idle(self) -> bool:
        """Whether no job is under way and no edit in flight."""
        return self._flight is None and all(job.phase == "ended" for job in self._jobs.values())

    def running_in(self, start: int, end: int) -> str | None:
        """The id of a job under way whose region overlaps the range, or holds it inside if it is empty."""
        for job in self._jobs.values():
            low, high = self.region(job.id)
            if job.phase != "ended" and (max(start, low) < min(end, high) or low < start == end < high):
                return job.id
        return None

    def restorable(self) -> list[str]:
        """Ended jobs whose text is in the document, the latest last."""
        return [job.id for job in self._jobs.values() if job.phase == "ended" and job.writer.region.has_ours]

    def region(self, job_id: str) -> tuple[int, int]:
        """Where the job's region lies in the replica now."""
        region = self._jobs[job_id].writer.region
        return region.start, region.end

    def answer(self, job_id: str) -> str:
        """The filtered answer as far as it has come."""
        return self._jobs[job_id].answer.text

    def start(self, job_id: str, start: int, end: int) -> None:
        """Begin a job for the text between two offsets of the replica."""
        original = self._document.slice(start, end)
        is_one_line = not any(mark in original for mark in "\r\n")
        self._jobs[job_id] = Job(job_id, Writer(Region.of(start, end), is_one_line, self._document.line_end))
        ended = [job.id for job in self._jobs.values() if job.phase == "ended"]
        for old in ended[: max(0, len(ended) - KEPT_JOBS)]:
            del self._jobs[old]

    def before_change(self) -> None:
        """To be called before the replica moves: takes back from it what was trusted without an echo."""
        for change in reversed(self._trusted):
            self._document.apply(Edit(change.start, change.start + len(change.inserted), change.removed))

    # --- events -------------------------------------------------------------------------------------------------------

    def handle(self, event: Event) -> list[Effect]:
        """Take one event and give what has to be done."""
        match event:
            case TextArrived(job_id, text, restart):
                self._take_text(self._jobs[job_id], text, restart)
            case StreamEnded(job_id):
                self._end_stream(self._jobs[job_id])
            case StreamFailed(job_id, failure):
                self._put_back(self._jobs[job_id], failure)
            case StopRequested(job_id, reason):
                self._stop(self._jobs[job_id], Cancelled(reason))
            case RestoreRequested(job_id):
                self._restore(self._jobs[job_id])
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
        effects, self._effects = self._effects, []
        return effects

    def _take_text(self, job: Job, text: str, restart: bool) -> None:
        if job.phase != "writing":
            return
        if restart:
            job.answer.withdraw()
            job.characters = 0
        if text:
            job.answer.chunks.append(text)
            job.characters += len(text)
        self._flush()

    def _end_stream(self, job: Job) -> None:
        if job.phase != "writing":
            return
        if not any(map(str.strip, job.answer.chunks)):
            self._put_back(job, Failed("the model's answer is empty", "ask again, or with other words"))
            return
        job.answer.ended = True
        self._effects.append(Publish(job.id, Applying()))
        self._flush()

    def _put_back(self, job: Job, outcome: Outcome) -> None:
        if job.phase == "writing":
            job.phase, job.outcome = "restoring", outcome
            self._flush()

    def _restore(self, job: Job) -> None:
        if job.phase == "writing":
            self._effects.append(Stop(job.id))
        self._put_back(job, Cancelled("the original was restored"))
        if job.phase == "ended":
            job.phase = "restoring"
            self._flush()

    def _stop(self, job: Job, outcome: Outcome) -> None:
        if job.phase == "writing":
            self._effects.append(Stop(job.id))
            job.outcome = outcome
            self._end(job)

    def _end(self, job: Job) -> None:
        """The job's region is at rest."""
        was_restored = job.phase == "restoring"
        job.phase = "ended"
        if not job.is_settled:
            job.is_settled = True
            self._effects.append(Settled(job.id, job.outcome))
        elif was_restored:
            self._effects.append(Publish(job.id, Message("the original is back")))

    def _close(self) -> None:
        self._drop_flight()
        for job in self._running():
            self._effects.append(Stop(job.id))
            job.outcome = Cancelled("the document was closed")
            self._end(job)

    def _running(self) -> list[Job]:
        return [job for job in self._jobs.values() if job.phase != "ended"]

    # --- the replica --------------------------------------------------------------------------------------------------

    def _follow_document(self, changes: Sequence[Change], version: int) -> None:
        self._version = version
        if not changes:
            return
        self._retry_token = 0
        if self._trusted:
            self._read_trusted(changes)
        elif self._flight is not None:
            self._flight.changes += changes
            self._decide(self._flight)
        else:
            self._follow(read_others(changes))
        self._flush()

    def _follow(self, edits: Sequence[Edit]) -> None:
        """Others' edits, each counted in the text that those before it have made (law 5)."""
        if not edits:
            return
        undone = list(edits) == self._undoing
        self._undoing = []
        for edit in edits:
            for job in list(self._jobs.values()):
                touch = job.writer.take(edit)
                if job.phase == "writing" and (touch.tail_cut or touch.covered or undone):
                    self._stop(job, Cancelled("its text was deleted or undone"))

    # --- the edit in flight -------------------------------------------------------------------------------------------

    def _flush(self) -> None:
        """Send what has gathered, unless an edit is in flight or a wait is on (law 2)."""
        if self._flight is not None or self._retry_token or self._rest_token:
            return
        flight = Flight(self._flights + 1)
        for job in self._running():
            plan = job.writer.plan(self._document, job.answer) if job.phase == "writing" else job.writer.restore()
            if plan.edits:
                flight.add(job.id, plan)
                continue
            job.writer = plan.writer
            if job.phase == "restoring" or job.answer.ended:
                self._end(job)
        if flight.plans:
            self._send(flight)

    def _send(self, flight: Flight) -> None:
        self._flights = flight.id
        self._flight = flight
        flight.remember_removed(self._document)
        version = self._version if self._policy.sends_version else None
        self._effects.append(ApplyEdit(flight.id, flight.edits, version))

    def _take_answer(self, number: int, answered: Answered, reason: str) -> None:
        flight = self._flight
        if flight is None or flight.id != number:
            return
        flight.answered = answered
        self._decide(flight)
        if self._flight is flight:
            self._wait_for_echo(answered)
        elif answered is Answered.REFUSED and not flight.changes:
            self._back_off(reason)
        self._flush()

    def _decide(self, flight: Flight) -> None:
        """Landed, not there, or not to be told yet (laws 1, 3, 4)."""
        if flight.answered is Answered.REFUSED:
            self._drop_flight()
            self._follow(read_others(flight.changes))
        elif flight.changes:
            reading = read_echo(self._document, flight.changes, [sequential(flight.edits)])
            proof = self._policy.applied_is_proof
            if reading.landed is not None and (flight.answered is not None or not proof):
                self._land(flight)
                self._follow(sequential(reading.others))
            elif (
                reading.landed is None
                and flight.answered is not None
                and not (proof and flight.answered is Answered.APPLIED)
            ):
                self._drop_flight()
                self._follow(sequential(reading.others))

    def _drop_flight(self) -> None:
        self._flight = None
        self._trust_token = 0

    def _land(self, flight: Flight) -> None:
        self._drop_flight()
        self._refusals = 0
        self._undoing = flight.undoing()
        flight.commit({job.id: job for job in self._jobs.values()})
        for job_id in flight.plans:
            job = self._jobs[job_id]
            if job.phase == "writing":
                self._effects.append(Publish(job_id, Streaming(job.characters)))
        if self._policy.minimum_interval_seconds:
            self._rest_token = self._schedule(self._policy.minimum_interval_seconds)

    def _wait_for_echo(self, answered: Answered) -> None:
        if answered is Answered.SILENT:
            text = "the editor has not answered an edit yet; the answer waits for it"
            for job in self._running():
                self._effects.append(Publish(job.id, Message(text, "warning")))
        elif self._policy.trust_after_seconds is not None:
            self._trust_token = self._schedule(self._policy.trust_after_seconds)

    def _back_off(self, reason: str) -> None:
        self._refusals += 1
        if self._refusals >= MAX_REFUSALS:
            self._give_up(reason)
        else:
            self._retry_token = self._schedule(RETRY_SECONDS * 2 ** (self._refusals - 1))

    def _give_up(self, reason: str) -> None:
        self._refusals = 0
        said = f"the editor refused the edit {MAX_REFUSALS} times" + (f" ({reason})" if reason else "")
        for job in self._running():
            self._effects.append(Stop(job.id))
            job.outcome = Failed(said, "see that the document can be edited, then run the action again")
            self._end(job)

    def _schedule(self, delay_seconds: float) -> int:
        self._tokens += 1
        self._effects.append(Schedule(delay_seconds, self._tokens))
        return self._tokens

    def _take_tick(self, token: int) -> None:
        if token == self._trust_token:
            self._trust_token = 0
            if self._flight is not None:
                self._trust(self._flight)
        elif token == self._retry_token:
            self._retry_token = 0
        elif token == self._rest_token:
            self._rest_token = 0
        self._flush()

    # --- clients that send no echo ------------------------------------------------------------------------------------

    def _trust(self, flight: Flight) -> None:
        """No echo in time after "applied": count the edit as landed until a change tells."""
        if flight.changes:
            # The client does report changes, and this edit was not among them: it was dropped.
            self._drop_flight()
            self._follow(read_others(flight.changes))
            return
        if not self._trusted:
            self._writers_before_trust = {job.id: job.writer.copy() for job in self._jobs.values()}
        self._trusted += [self._document.apply(edit) for edit in sequential(flight.edits)]
        self._land(flight)

    def _read_trusted(self, changes: Sequence[Change]) -> None:
        """A change at last: it holds all that was trusted, with or without the edit in flight, or nothing of it."""
        trusted = [change.as_edit() for change in self._trusted]
        flight, self._trusted = self._flight, []
        self._drop_flight()
        with_flight = [[*trusted, *sequential(flight.edits)]] if flight else []
        reading = read_echo(self._document, changes, [trusted, *with_flight])
        if reading.landed is None:
            self._distrust()
        elif reading.landed == 1 and flight:
            self._land(flight)
        self._follow(sequential(reading.others))

    def _distrust(self) -> None:
        """Nothing of what was trusted is there: the jobs stand where they stood before, and write again."""
        for job_id, writer in self._writers_before_trust.items():
            if (job := self._jobs.get(job_id)) is not None:
                job.writer = writer
                if job.phase == "ended" and isinstance(job.outcome, Finished):
                    job.phase = "writing"
